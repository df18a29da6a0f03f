use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};

use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;

use super::*;
use crate::model::{Text, TextLimit};
use crate::recording::{FactKind, Limits, MINOR_VERSION, Recording};

fn at(seconds: u64) -> Now {
    let elapsed = Duration::from_secs(seconds);
    Now {
        elapsed,
        wall: Timestamp::from_second(1_790_000_000).unwrap() + SignedDuration::try_from(elapsed).unwrap(),
    }
}

fn header() -> Header {
    Header {
        program: Text::clean("0", TextLimit::Name),
        endpoints: Vec::new(),
        started: at(0),
        is_redacted: false,
        minor_version: MINOR_VERSION,
    }
}

/// Returns a note that is hard to compress.
fn note(second: u64) -> Fact {
    let mut state = second + 1;
    let mut text = String::new();
    for _ in 0..200 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        write!(text, "{:x}", state >> 32).unwrap();
    }
    Fact {
        at: at(second),
        endpoint: None,
        kind: FactKind::Note(Text::clean(&text, TextLimit::Line)),
    }
}

struct Stage {
    directory: TempDir,
    rotation: Rotation,
    overwrite: bool,
    needs_list: bool,
}

type Ended = Receiver<Result<RecordedSize, RecorderError>>;

impl Stage {
    fn new(max_size: u64, max_age: Option<Duration>, keep: u32) -> Self {
        Self {
            directory: tempfile::tempdir().unwrap(),
            rotation: Rotation {
                max_size,
                max_age,
                keep,
            },
            overwrite: false,
            needs_list: false,
        }
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("a.mxr")
    }

    fn start(&self) -> Result<(Recorder, Ended), RecorderError> {
        let (sender, ended) = channel();
        let target = RecordingTarget::File {
            path: self.path(),
            overwrite: self.overwrite,
            rotation: self.rotation,
            needs_list: self.needs_list,
        };
        let recorder = Recorder::start(target, header(), move |result| sender.send(result).unwrap())?;
        Ok((recorder, ended))
    }

    /// Records a note per second. Returns how it ended.
    fn record(&self, seconds: u64) -> Result<RecordedSize, RecorderError> {
        let (recorder, ended) = self.start()?;
        for second in 0..seconds {
            recorder.push(note(second))?;
        }
        let closed = recorder.finish().wait(Duration::from_secs(30));
        assert_ne!(closed, Err(IncompleteRecording::TooSlow));
        ended.recv().unwrap()
    }

    fn names(&self) -> Vec<String> {
        let files = fs::read_dir(self.directory.path()).unwrap();
        let mut names: Vec<_> = files
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

/// Returns the seconds of the notes of a file.
fn seconds(path: &Path) -> Vec<u64> {
    let recording = Recording::open(fs::read(path).unwrap(), Limits::default()).unwrap();
    let facts = recording.facts().map(|fact| fact.unwrap().at.elapsed.as_secs());
    facts.collect()
}

#[test]
fn only_the_owner_can_read_a_recording_and_it_is_complete() {
    let stage = Stage::new(1_000_000, None, 0);
    let size = stage.record(5).unwrap();
    let metadata = fs::metadata(stage.path()).unwrap();
    assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
    assert_eq!((size.facts, size.bytes), (5, metadata.len()));
    assert_eq!(seconds(&stage.path()), [0, 1, 2, 3, 4]);
}

#[test]
fn a_full_file_is_numbered_and_only_the_newest_are_kept() {
    let stage = Stage::new(u64::MAX, Some(Duration::from_secs(3)), 2);
    stage.record(11).unwrap();
    assert_eq!(stage.names(), ["a.mxr", "a.mxr.1", "a.mxr.2"]);
    let of = |number: &str| seconds(&stage.directory.path().join(format!("a.mxr{number}")));
    assert_eq!(of(""), [9, 10]);
    assert_eq!(of(".1"), [6, 7, 8]);
    assert_eq!(of(".2"), [3, 4, 5]);
}

#[test]
fn a_file_ends_at_its_maximum_size() {
    let stage = Stage::new(5_000, None, 3);
    stage.record(40).unwrap();
    assert_eq!(stage.names().len(), 4);
    for name in &stage.names()[1..] {
        let length = fs::metadata(stage.directory.path().join(name)).unwrap().len();
        assert!((5_000..8_000).contains(&length), "{length}");
    }
}

#[test]
fn without_files_to_keep_a_recording_ends_when_its_file_is_full() {
    let stage = Stage::new(5_000, None, 0);
    let error = stage.record(20).unwrap_err();
    assert!(matches!(error, RecorderError::Full(_)), "{error}");
    assert_eq!(stage.names(), ["a.mxr"]);
    assert_eq!(seconds(&stage.path())[..3], [0, 1, 2]);
}

#[test]
fn nothing_is_overwritten_without_being_asked_to() {
    let mut stage = Stage::new(u64::MAX, Some(Duration::from_secs(3)), 2);
    stage.record(11).unwrap();
    let error = stage.record(1).unwrap_err();
    assert!(matches!(error, RecorderError::Exists(_)), "{error}");
    // A full file of an earlier recording is in the way too.
    fs::remove_file(stage.path()).unwrap();
    let error = stage.record(1).unwrap_err();
    assert!(error.to_string().contains("a.mxr.1 exists"), "{error}");
    stage.overwrite = true;
    let full = fs::read(stage.directory.path().join("a.mxr.1")).unwrap();
    stage.record(1).unwrap();
    assert_eq!(stage.names(), ["a.mxr", "a.mxr.1", "a.mxr.2"]);
    assert_eq!(fs::read(stage.directory.path().join("a.mxr.1")).unwrap(), full);
}

#[test]
fn without_a_list_nothing_is_rotated_or_replaced() {
    let mut stage = Stage::new(1_000, Some(Duration::from_secs(1)), 2);
    fs::write(stage.path(), "mine").unwrap();
    (stage.overwrite, stage.needs_list) = (true, true);
    assert!(stage.record(20).unwrap().is_discarded);
    assert_eq!(stage.names(), ["a.mxr"]);
    assert_eq!(fs::read_to_string(stage.path()).unwrap(), "mine");
}

#[test]
fn a_link_is_not_followed() {
    let mut stage = Stage::new(1_000_000, None, 0);
    stage.overwrite = true;
    let other = stage.directory.path().join("other");
    fs::write(&other, "kept").unwrap();
    std::os::unix::fs::symlink(&other, stage.path()).unwrap();
    assert!(matches!(stage.record(1), Err(RecorderError::File { .. })));
    assert_eq!(fs::read_to_string(&other).unwrap(), "kept");
}
