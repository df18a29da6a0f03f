//! Recordings on the screen: `R`, and `maxtop replay`.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use crate::endpoint::{DIALECTS, Endpoint};
use crate::pty::Pty;
use crate::screen::{cursor_id, has_rows, ids, lines};
use crate::start::Start;

/// A state directory, and the path of it as a text that lives as long as the test.
fn state() -> (TempDir, &'static str) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().display().to_string().leak();
    (directory, path)
}

fn recordings(state: &TempDir) -> Vec<PathBuf> {
    let files = fs::read_dir(state.path().join("maxtop/recordings"));
    files
        .into_iter()
        .flatten()
        .map(|file| file.unwrap().path())
        .collect()
}

/// Records some lists with `R` and quits. Returns the file and the ids that were shown.
fn recorded(endpoint: &Endpoint, dialect: &str, state: &(TempDir, &'static str)) -> (&'static str, Vec<u64>) {
    let mut pty = endpoint.watched(dialect).env("XDG_STATE_HOME", state.1).open();
    pty.wait("a table", |screen| has_rows(screen, 3));
    pty.keys("R");
    pty.sees("recording to ");
    pty.wait("its size", |screen| {
        let line = &lines(screen)[1];
        line.contains(" REC ") && line.contains("kB")
    });
    endpoint.polled(5, &pty);
    let shown = pty.look(ids);
    pty.keys("R");
    pty.sees("recorded ");
    pty.wait("no recording", |screen| !lines(screen)[1].contains(" REC "));
    pty.keys("q");
    pty.ends_with(0);
    let files = recordings(&state.0);
    assert_eq!(files.len(), 1);
    (files[0].display().to_string().leak(), shown)
}

fn replay(file: &'static str, args: &[&'static str]) -> Pty {
    let args = [&["replay", file, "--sort", "-idle"], args].concat();
    let pty = Start::new(args).open();
    pty.sees(" REPLAY ");
    pty
}

#[test]
fn what_r_records_is_replayed() {
    for dialect in DIALECTS {
        let endpoint = Endpoint::frozen(12);
        let state = state();
        let (file, shown) = recorded(&endpoint, dialect, &state);
        let mut pty = replay(file, &[]);
        pty.wait("the table", |screen| ids(screen) == shown);
        pty.sees("paused");
        pty.keys("jj");
        pty.wait("the cursor", |screen| cursor_id(screen) == shown.get(2).copied());
        pty.keys("]");
        pty.keys("K");
        pty.sees("sessions of a recording cannot be killed");
        assert_eq!(pty.look(cursor_id), shown.get(2).copied());
        pty.keys("++ ");
        pty.wait("the end", |screen| lines(screen)[1].contains("  end"));
        assert_eq!(pty.look(ids), shown);
        pty.keys(" ");
        pty.sees("this is the end of the recording");
        pty.keys(":0s\r");
        pty.no_longer_sees("  end");
        pty.keys("[");
        pty.sees("this is the start of the recording");
        pty.keys("L");
        pty.wait("the end", |screen| lines(screen)[1].contains("  end"));
        pty.keys("q");
        pty.ends_with(0);
        assert_eq!(endpoint.deletes(), [""; 0]);
    }
}

#[test]
fn a_recording_that_was_interrupted_is_replayed_to_its_last_fact() {
    let endpoint = Endpoint::frozen(12);
    let state = state();
    let mut pty = endpoint.watched("jsonapi").env("XDG_STATE_HOME", state.1).open();
    pty.wait("a table", |screen| has_rows(screen, 3));
    pty.keys("R");
    pty.wait("its size", |screen| {
        let line = &lines(screen)[1];
        line.contains(" REC ") && line.contains("kB")
    });
    endpoint.polled(5, &pty);
    let shown = pty.look(ids);
    pty.kill();
    let file = recordings(&state.0)[0].display().to_string().leak();
    let mut pty = replay(file, &[]);
    pty.keys("L");
    pty.sees("ends in the middle");
    assert_eq!(pty.look(ids), shown);
    pty.keys("q");
    pty.ends_with(0);
}

#[test]
fn a_replay_starts_at_the_given_time_with_a_filter() {
    let endpoint = Endpoint::frozen(12);
    let state = state();
    let (file, shown) = recorded(&endpoint, "jsonapi", &state);
    let filter = format!("id={}", shown[1]).leak();
    let mut pty = replay(file, &["--at", "0s", "-f", filter]);
    pty.wait("one row", |screen| ids(screen) == [shown[1]]);
    pty.keys("q");
    pty.ends_with(0);
}

#[test]
fn a_recording_that_is_ending_or_starting_when_the_program_quits_is_complete() {
    for keys in ["Rq", "RRq"] {
        let endpoint = Endpoint::frozen(12);
        let state = state();
        let mut pty = endpoint.watched("draft").env("XDG_STATE_HOME", state.1).open();
        pty.wait("a table", |screen| has_rows(screen, 3));
        pty.keys(keys);
        let left = pty.ends_with(0);
        assert!(!left.contains("not complete"), "{left}");
        let files = recordings(&state.0);
        assert_eq!(files.len(), 1, "{keys}");
        let info = Command::new(env!("CARGO_BIN_EXE_maxtop"))
            .args(["replay", "--info"])
            .arg(&files[0])
            .output()
            .unwrap();
        let (out, err) = (
            String::from_utf8_lossy(&info.stdout),
            String::from_utf8_lossy(&info.stderr),
        );
        assert!(
            !out.contains("damage") && !err.contains("damage"),
            "{keys} {out} {err}"
        );
        assert!(info.status.success(), "{keys} {out} {err}");
    }
}
