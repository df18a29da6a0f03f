//! `P` writes the screen and its data to two files.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use serde_json::Value;

use crate::endpoint::{DIALECTS, Endpoint};
use crate::json_schema::assert_matches;
use crate::screen::{has_rows, ids, lines};

/// Returns the files in the directory of recordings, sorted.
fn files(state: &tempfile::TempDir) -> Vec<PathBuf> {
    let files = fs::read_dir(state.path().join("maxtop/recordings")).unwrap();
    let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn both_files_have_what_the_screen_shows() {
    for dialect in DIALECTS {
        let endpoint = Endpoint::frozen(12);
        let state = tempfile::tempdir().unwrap();
        let path: &'static str = state.path().display().to_string().leak();
        let mut pty = endpoint.watched(dialect).env("XDG_STATE_HOME", path).open();
        pty.wait("a table", |screen| has_rows(screen, 3));
        pty.keys("pP");
        pty.sees("written: ");
        let (shown, frame) = pty.look(|screen| (ids(screen), lines(screen)));
        pty.keys("q");
        pty.ends_with(0);
        let files = files(&state);
        let endings: Vec<_> = files.iter().map(|file| file.extension().unwrap()).collect();
        assert_eq!(endings, ["json", "txt"], "{files:?}");
        for file in &files {
            let mode = fs::metadata(file).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{file:?}");
        }
        let text = fs::read_to_string(&files[1]).unwrap();
        // The header has ages, the last lines the message that the files are written.
        let heading = frame.iter().position(|line| line.contains("USER")).unwrap();
        let row = frame[heading].trim_end();
        assert!(text.contains(row), "{row}: {text}");
        let data: Value = serde_json::from_slice(&fs::read(&files[0]).unwrap()).unwrap();
        assert_matches("screen", &data);
        let written: Vec<_> = data["sessions"].as_array().unwrap().iter().collect();
        let written: Vec<_> = written.iter().map(|one| one["id"].as_u64().unwrap()).collect();
        assert_eq!(written[..shown.len()], shown);
    }
}
