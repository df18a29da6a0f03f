use std::fs;
use std::path::Path;

use super::TARGETS;

/// Inputs that were kept, and that fuzzing starts from.
fn kept(name: &str) -> Vec<Vec<u8>> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/kept").join(name);
    let files = fs::read_dir(&directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    let mut paths: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

#[test]
fn every_input_that_was_kept_is_handled() {
    for target in &TARGETS {
        let inputs = kept(target.name);
        assert!(!inputs.is_empty(), "{}", target.name);
        for input in inputs {
            (target.check)(&input);
        }
    }
}

#[test]
fn every_target_has_its_file() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/fuzz_targets");
    for target in &TARGETS {
        let path = directory.join(format!("{}.rs", target.name));
        let text = fs::read_to_string(&path).unwrap();
        assert!(
            text.contains(&format!("check(\"{}\", data)", target.name)),
            "{}",
            path.display()
        );
    }
    assert_eq!(fs::read_dir(directory).unwrap().count(), TARGETS.len());
}
