//! The audit log of `maxtop kill` where it cannot be written.

use std::fs;
use std::process::{Command, Stdio};

use maxtop::demo::ServedDialects;

use crate::program::{Demo, ran};

#[test]
fn a_log_at_the_limit_of_file_sizes_ends_no_session() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let home = tempfile::tempdir().unwrap();
    let audit = home.path().join("audit.jsonl");
    // More than 8 blocks, whatever size they have.
    fs::write(&audit, "{}\n".repeat(8 * 1024)).unwrap();
    let mut shell = Command::new("sh");
    shell
        .args(["-c", "trap '' XFSZ; ulimit -f 8; exec \"$@\"", "sh"])
        .arg(env!("CARGO_BIN_EXE_maxtop"))
        .args(["kill", &demo.ready_id(), "--yes", "-e", &demo.running.url()])
        .arg("--audit")
        .arg(&audit)
        .env("HOME", home.path())
        .stdin(Stdio::null());
    let ran = ran(&mut shell);
    assert_eq!(ran.status, 1, "{ran:?}");
    for words in ["cannot write the audit log", "File too large"] {
        assert!(ran.out.contains(words), "{ran:?}");
    }
    assert_eq!(demo.deletes(), [""; 0]);
}

#[test]
fn directories_of_a_chosen_log_are_not_created() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let home = tempfile::tempdir().unwrap();
    let audit = home.path().join("nope/audit.jsonl");
    let args = ["kill", "1", "--yes", "--audit", audit.to_str().unwrap()];
    demo.maxtop(&args).failed(2, "--audit: no directory ");
    assert!(!home.path().join("nope").exists());
    assert!(demo.running.log().is_empty());
}

#[test]
fn the_kills_of_a_run_have_numbers_from_1() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let home = tempfile::tempdir().unwrap();
    let audit = home.path().join("audit.jsonl");
    let ran = demo.maxtop(&[
        "kill",
        "-f",
        "user=web",
        "--yes",
        "--audit",
        audit.to_str().unwrap(),
    ]);
    assert_eq!(ran.status, 0, "{ran:?}");
    let log = fs::read_to_string(&audit).unwrap();
    let numbers = log.lines().map(|line| {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        line["kill"].as_u64().unwrap()
    });
    let numbers: std::collections::BTreeSet<_> = numbers.collect();
    let count = demo.deletes().len() as u64;
    assert!(count > 1 && numbers.into_iter().eq(1..=count), "{log}");
}

#[test]
fn a_dry_run_refuses_if_the_log_cannot_be_written() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let home = tempfile::tempdir().unwrap();
    let id = demo.ready_id();
    for mode in ["--dry-run", "--yes"] {
        let args = ["kill", &id, mode, "-o", "json", "--audit"];
        let ran = demo.maxtop(&[&args[..], &[home.path().to_str().unwrap()]].concat());
        assert_eq!(ran.status, 1, "{ran:?}");
        assert!(ran.out.contains("\"outcome\": \"refused\""), "{ran:?}");
        assert!(ran.out.contains("cannot write the audit log"), "{ran:?}");
    }
    let absent = home.path().join("log");
    let ran = demo.maxtop(&["kill", &id, "--dry-run", "--audit", absent.to_str().unwrap()]);
    assert_eq!((ran.status, absent.exists()), (0, false), "{ran:?}");
    assert_eq!(demo.deletes(), [""; 0]);
}
