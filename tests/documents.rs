//! The documents of the repository: a short README, and no dead links or paths.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Returns the files with this extension in a directory and below it.
fn files(directory: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|own| own == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Returns the documents at the root and below `docs/`.
fn documents() -> Vec<PathBuf> {
    let at_root = fs::read_dir(root()).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<_> = at_root
        .filter(|path| path.extension().is_some_and(|own| own == "md"))
        .collect();
    found.extend(files(&root().join("docs"), "md"));
    found.sort();
    assert!(found.len() > 10, "{found:?}");
    found
}

/// Returns the anchor of a Markdown heading.
fn anchor(heading: &str) -> String {
    let kept = heading
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.flat_map(char::to_lowercase)
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

fn anchors(text: &str) -> Vec<String> {
    text.lines()
        .filter(|line| line.starts_with('#'))
        .map(|line| anchor(line.trim_start_matches('#').trim()))
        .collect()
}

/// Returns all text between `](` and `)`.
fn links(text: &str) -> Vec<&str> {
    text.split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')'))
        .map(|(link, _)| link)
        .collect()
}

#[test]
fn the_readme_is_read_in_three_minutes() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    // Rows of tables are looked up, not read.
    let lines = readme.lines().filter(|line| !line.starts_with('|')).count();
    assert!(lines <= 120, "{lines} lines");
}

#[test]
fn every_link_leads_somewhere() {
    for document in documents() {
        let text = fs::read_to_string(&document).unwrap();
        for link in links(&text) {
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            assert!(!file.contains("://"), "{}: {link}", document.display());
            let target = match file {
                "" => document.clone(),
                file => document.parent().unwrap().join(file),
            };
            assert!(target.exists(), "{}: {link}", document.display());
            if !heading.is_empty() {
                let own = anchors(&fs::read_to_string(&target).unwrap());
                assert!(
                    own.iter().any(|name| name == heading),
                    "{}: {link}",
                    document.display()
                );
            }
        }
    }
}

#[test]
fn the_readme_links_every_document() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    for document in files(&root().join("docs"), "md") {
        let name = document.file_name().unwrap().to_str().unwrap();
        assert!(readme.contains(&format!("](docs/{name})")), "docs/{name}");
    }
}

/// Returns the file names and paths in backticks.
fn paths(text: &str) -> Vec<&str> {
    let is_path = |code: &&str| {
        let only_names = code
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-._/".contains(c));
        let is_file = Path::new(code)
            .extension()
            .is_some_and(|own| ["rs", "md", "toml", "txt"].iter().any(|known| own == *known));
        only_names && !code.starts_with('/') && (code.contains('/') || is_file)
    };
    text.lines()
        .flat_map(|line| line.split('`').skip(1).step_by(2))
        .filter(is_path)
        .collect()
}

/// Paths in these documents are relative to the root folder or to `src/`.
#[test]
fn every_path_in_the_documents_about_the_code_exists() {
    for (name, least) in [("ARCHITECTURE.md", 50), ("CONTRIBUTING.md", 10)] {
        let text = fs::read_to_string(root().join(name)).unwrap();
        let found = paths(&text);
        assert!(found.len() >= least, "{name}: {found:?}");
        let missing: Vec<_> = found
            .iter()
            .filter(|path| !root().join(path).exists() && !root().join("src").join(path).exists())
            .collect();
        assert!(missing.is_empty(), "{name}: {missing:?}");
    }
}

#[test]
fn paths_are_found_in_backticks_only() {
    let text = "`src/no.rs`, `Makefile`, `a b/c`, `/sessions`, docs/x.md, `mod.rs`";
    assert_eq!(paths(text), ["src/no.rs", "mod.rs"]);
}

/// A comment may name a section: `docs/maxscale-api.md#idle`.
#[test]
fn comments_refer_only_to_documents_of_the_repository() {
    for file in ["src", "tests", "benches"]
        .iter()
        .flat_map(|room| files(&root().join(room), "rs"))
    {
        let text = fs::read_to_string(&file).unwrap();
        for line in text.lines().filter(|line| line.trim_start().starts_with("//")) {
            for outside in ["DESIGN", "API notes"] {
                assert!(!line.contains(outside), "{}: {line}", file.display());
            }
            for rest in line.split("docs/").skip(1) {
                let is_name = |c: char| c.is_ascii_alphanumeric() || "-._#".contains(c);
                let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
                let name = rest.get(..end).unwrap().trim_end_matches('.');
                let (name, heading) = name.split_once('#').unwrap_or((name, ""));
                if name.is_empty() || name == "FILE" {
                    continue;
                }
                let target = root().join("docs").join(name);
                let text = fs::read_to_string(&target).unwrap_or_default();
                let known = heading.is_empty() || anchors(&text).iter().any(|own| own == heading);
                assert!(!text.is_empty() && known, "{}: {line}", file.display());
            }
        }
    }
}

/// Returns the code of all files with tests.
fn code() -> String {
    let all = ["src", "tests"].map(|directory| files(&root().join(directory), "rs"));
    let texts = all
        .into_iter()
        .flatten()
        .map(|path| fs::read_to_string(path).unwrap());
    texts.collect()
}

#[test]
fn every_promise_of_the_security_policy_names_its_test() {
    let policy = fs::read_to_string(root().join("SECURITY.md")).unwrap();
    let (_, promises) = policy.split_once("## What maxtop promises").unwrap();
    let is_promise = |line: &&str| line.starts_with("| ") && !line.starts_with("| promise |");
    let code = code();
    let mut count = 0;
    for line in promises.lines().filter(is_promise) {
        let (_, test) = line.trim_end_matches(" |").rsplit_once("| ").unwrap();
        let name = test.trim_matches('`');
        assert!(code.contains(&format!("fn {name}(")), "{line}");
        count += 1;
    }
    assert!(count > 30, "{count}");
}
