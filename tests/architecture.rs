//! Dependencies between rooms, and code that pure rooms must not contain.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::{Path, PathBuf};

/// Every room, with the rooms that it may use.
const ROOMS: [(&str, &[&str]); 19] = [
    ("model", &[]),
    ("wire", &["model"]),
    ("filter", &["model"]),
    ("diagnosis", &["model", "filter"]),
    ("kill", &["model", "filter", "diagnosis"]),
    ("recording", &["model", "diagnosis", "kill"]),
    ("app", &["model", "filter", "diagnosis", "kill", "recording"]),
    ("ui", &["model", "filter", "diagnosis", "kill", "app"]),
    ("export", &["model", "diagnosis", "app"]),
    ("report", &["model", "diagnosis", "recording", "app"]),
    ("cli", &["config"]),
    ("config", &["model", "filter", "diagnosis", "kill", "app"]),
    ("clock", &["model"]),
    ("client", &["model", "wire", "kill", "clock"]),
    (
        "poller",
        &["model", "wire", "diagnosis", "kill", "app", "clock", "client"],
    ),
    (
        "runtime",
        &[
            "model",
            "filter",
            "diagnosis",
            "kill",
            "recording",
            "app",
            "ui",
            "config",
            "clock",
            "client",
            "poller",
        ],
    ),
    (
        "fuzzing",
        &["model", "wire", "filter", "recording", "app", "ui", "config"],
    ),
    ("demo", &[]),
    (
        "commands",
        &[
            "model",
            "wire",
            "filter",
            "diagnosis",
            "kill",
            "recording",
            "app",
            "ui",
            "config",
            "cli",
            "clock",
            "client",
            "poller",
            "runtime",
            "demo",
            "export",
            "report",
        ],
    ),
];

/// Rooms without I/O, clock, threads or randomness.
const PURE: [&str; 10] = [
    "model",
    "wire",
    "filter",
    "diagnosis",
    "kill",
    "recording",
    "app",
    "ui",
    "export",
    "report",
];

/// Names of what reaches the world. The traits of `std::io` are allowed: they also write to memory.
const IMPURE: [&str; 20] = [
    "tokio",
    "reqwest",
    "crossterm::",
    "axum",
    "std::fs",
    "std::net",
    "std::thread",
    "std::env",
    "std::process",
    "stdin",
    "stdout",
    "stderr",
    "std::time::Instant",
    "std::time::SystemTime",
    "Instant::now",
    "SystemTime::now",
    "Timestamp::now",
    "fastrand",
    "RandomState",
    "Mutex",
];

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Returns the files of a room, without its tests.
fn files(room: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![source().join(room)];
    open.push(source().join(format!("{room}.rs")));
    open.retain(|path| path.exists());
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|ending| ending == "rs") && !is_test(&path) {
            found.push(path);
        }
    }
    found
}

fn is_test(path: &Path) -> bool {
    path.ends_with("tests.rs")
        || path.ends_with("harness.rs")
        || path.components().any(|part| part.as_os_str() == "tests")
}

/// Returns the code of a file: no comments, and only up to its unit tests.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let lines = text.lines().take_while(|line| !line.starts_with("#[cfg(test)]"));
    lines
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn every_room_is_known() {
    let lib = fs::read_to_string(source().join("lib.rs")).unwrap();
    let declared: Vec<_> = lib
        .lines()
        .filter_map(|line| {
            let line = line.strip_prefix("pub(crate) ").or(line.strip_prefix("pub "))?;
            line.strip_prefix("mod ")?.strip_suffix(';')
        })
        .collect();
    let mut known: Vec<_> = ROOMS.iter().map(|(room, _)| *room).collect();
    known.sort_unstable();
    assert_eq!(declared, known);
}

#[test]
fn rooms_use_only_the_rooms_below_them() {
    for (room, allowed) in ROOMS {
        for file in files(room) {
            let code = code(&file);
            for (other, _) in ROOMS {
                let uses = [
                    format!("crate::{other}::"),
                    format!("crate::{other};"),
                    format!("crate::{{{other}"),
                ];
                let found = uses.iter().any(|path| code.contains(path.as_str()));
                assert!(
                    !found || other == room || allowed.contains(&other),
                    "{} uses {other}",
                    file.display()
                );
            }
        }
    }
}

#[test]
fn pure_rooms_know_no_world() {
    for room in PURE {
        let files = files(room);
        assert!(!files.is_empty(), "{room}");
        for file in files {
            let code = code(&file);
            for word in IMPURE {
                assert!(!code.contains(word), "{} mentions {word}", file.display());
            }
        }
    }
}
