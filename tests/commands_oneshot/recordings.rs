//! `maxtop record` and `maxtop replay` without a screen.

use std::fs;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use maxtop::demo::ServedDialects;
use maxtop::recording::{FactKind, Limits, Recording};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

use crate::program::{Demo, Ran, command, maxtop, ran};
use crate::terminal::AtTerminal;

struct Stage {
    demo: Demo,
    directory: TempDir,
}

impl Stage {
    fn new(dialects: ServedDialects) -> Self {
        Self {
            demo: Demo::start(dialects),
            directory: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("a.mxr")
    }

    fn record(&self, args: &[&str]) -> Ran {
        let path = self.path();
        let file = path.to_str().unwrap();
        self.demo
            .maxtop(&[&["-i", "100ms", "record", file][..], args].concat())
    }

    /// Records until a condition is met, then sends a signal. Returns the exit status, if it has one.
    fn record_until(&self, signal: Signal, is_met: impl Fn(&Recording) -> bool) -> Option<i32> {
        let (path, url) = (self.path(), self.demo.running.url());
        let args = ["-e", &url, "-i", "50ms", "record", path.to_str().unwrap()];
        let mut child = command(&args).spawn().unwrap();
        while !path.exists() || fs::metadata(&path).unwrap().len() == 0 || !is_met(&open(&path)) {
            assert!(child.try_wait().unwrap().is_none());
            std::thread::sleep(Duration::from_millis(20));
        }
        kill(Pid::from_raw(i32::try_from(child.id()).unwrap()), signal).unwrap();
        child.wait().unwrap().code()
    }
}

fn open(path: &Path) -> Recording {
    Recording::open(fs::read(path).unwrap(), Limits::default()).unwrap()
}

/// Returns the number of sessions of each list.
fn lists(recording: &Recording) -> Vec<usize> {
    let lists = recording.facts().filter_map(|fact| match fact.unwrap().kind {
        FactKind::Listed(list) => Some(list.sessions.len()),
        _ => None,
    });
    lists.collect()
}

#[test]
fn everything_that_is_fetched_is_recorded_in_both_dialects() {
    for dialects in [ServedDialects::Draft, ServedDialects::JsonApi] {
        let stage = Stage::new(dialects);
        let ran = stage.record(&["--for", "1s"]);
        assert_eq!((ran.status, ran.out.as_str(), ran.err.as_str()), (0, "", ""));
        let path = stage.path();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let recording = open(&path);
        assert!(recording.is_complete());
        let sessions = stage.demo.list().len();
        let lists = lists(&recording);
        assert!(
            lists.len() > 3 && lists.iter().all(|count| *count == sessions),
            "{lists:?}"
        );
        assert_eq!(
            recording.header().endpoints[0].url.as_str(),
            stage.demo.running.url()
        );
        assert_eq!(stage.demo.deletes(), [""; 0]);
    }
}

#[test]
fn a_signal_finishes_a_recording() {
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        let stage = Stage::new(ServedDialects::JsonApi);
        let status = stage.record_until(signal, |recording| lists(recording).len() > 2);
        assert_eq!(status, Some(0));
        assert!(open(&stage.path()).is_complete());
    }
}

#[test]
fn after_sigkill_a_recording_can_be_read_up_to_the_last_fact() {
    let stage = Stage::new(ServedDialects::JsonApi);
    let status = stage.record_until(Signal::SIGKILL, |recording| lists(recording).len() > 2);
    assert_eq!(status, None);
    let recording = open(&stage.path());
    assert!(!recording.is_complete());
    assert!(lists(&recording).len() > 2);
    let part = stage.path().with_extension("part");
    let cut = |to: &str| {
        let (file, part) = (stage.path(), part.clone());
        let (file, part) = (file.to_str().unwrap(), part.to_str().unwrap());
        let args = ["replay", file, "--cut", "0s", to, "-o", part, "--force"];
        let ran = maxtop(&args);
        assert_eq!((ran.status, ran.err.as_str()), (0, ""), "{to}");
        maxtop(&["replay", part, "--info"]).out
    };
    let (_, end) = recording.span().unwrap();
    // Users type whole seconds.
    let end = (end.wall + Duration::from_millis(500)).to_string();
    assert!(
        cut(&end).contains("ends in the middle"),
        "the part has the same end"
    );
    assert!(!open(&part).is_complete() && !lists(&open(&part)).is_empty());
    let mut facts = recording.facts().map(Result::unwrap);
    let first = facts
        .find(|fact| matches!(fact.kind, FactKind::Listed(_)))
        .unwrap();
    let start = recording.span().unwrap().0.elapsed;
    let first = first.at.elapsed.saturating_sub(start);
    assert!(cut(&format!("{}ms", first.as_millis() + 1)).contains("complete"));
}

#[test]
fn an_existing_recording_is_kept_unless_it_may_be_overwritten() {
    let stage = Stage::new(ServedDialects::JsonApi);
    fs::write(stage.path(), "mine").unwrap();
    let refused = stage.record(&["--for", "1s"]);
    refused.failed(2, "--force");
    assert_eq!(fs::read(stage.path()).unwrap(), b"mine");
    assert_eq!(stage.record(&["--for", "1s", "--force"]).status, 0);
    assert!(!lists(&open(&stage.path())).is_empty());
}

#[test]
fn a_recording_that_cannot_be_written_is_an_error() {
    let stage = Stage::new(ServedDialects::JsonApi);
    let url = stage.demo.running.url();
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let args = ["-e", &url, "-i", "100ms", "record", "-"];
    ran(command(&args).stdout(full)).failed(1, "No space left on device");
    maxtop(&["-e", &url, "record", "/nowhere/a.mxr"]).failed(1, "No such file");
    let directory = stage.directory.path().to_str().unwrap();
    for force in [&["record", directory][..], &["record", directory, "--force"]] {
        maxtop(&[&["-e", &url], force].concat()).failed(2, " is a directory: name a file in it");
    }
}

#[test]
fn a_reader_that_has_had_enough_ends_a_recording_quietly() {
    let stage = Stage::new(ServedDialects::JsonApi);
    let url = stage.demo.running.url();
    let args = ["-e", &url, "-i", "100ms", "record", "-"];
    let mut child = command(&args).spawn().unwrap();
    child.stdout.take().unwrap().read_exact(&mut [0]).unwrap();
    let output = child.wait_with_output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), err.as_str()), (Some(0), ""));
}

#[test]
fn an_endpoint_that_is_not_reached_gives_its_status() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.mxr");
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    let ran = maxtop(&["-e", &url, "record", path.to_str().unwrap(), "--for", "1s"]);
    assert_eq!(ran.status, 3, "{ran:?}");
    assert!(ran.err.contains("connection refused"), "{ran:?}");
    assert!(
        !path.exists(),
        "a file without lists would be in the way of the next recording"
    );
    // Nor does a terminal end it at the first failed poll.
    let started = std::time::Instant::now();
    let args = ["-e", &url, "record", path.to_str().unwrap(), "--for", "1s"];
    let (status, screen) = AtTerminal::start(&args).ends();
    assert_eq!(status, 3, "{screen}");
    assert!(started.elapsed() >= Duration::from_secs(1), "{screen}");
    // An earlier recording is not replaced by nothing.
    fs::write(&path, "mine").unwrap();
    let file = path.to_str().unwrap();
    let ran = maxtop(&["-e", &url, "record", file, "--for", "1s", "--force"]);
    assert!(
        ran.err.ends_with("no list was received: nothing is written\n"),
        "{ran:?}"
    );
    assert_eq!(fs::read(&path).unwrap(), b"mine");
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
}

#[test]
fn force_replaces_the_file_alone() {
    let stage = Stage::new(ServedDialects::JsonApi);
    fs::write(stage.path(), "mine").unwrap();
    let beside = stage.directory.path().join("a.mxr.1");
    fs::write(&beside, "my notes").unwrap();
    stage
        .record(&["--for", "1s", "--force"])
        .failed(2, "a.mxr.1 is not a recording, and would be moved");
    assert_eq!(fs::read(&beside).unwrap(), b"my notes");
    assert_eq!(stage.record(&["--for", "1s", "--force", "--keep", "0"]).status, 0);
    let unfinished = stage.directory.path().join("a.mxr.new");
    fs::write(&unfinished, "my notes").unwrap();
    stage
        .record(&["--for", "1s", "--force", "--keep", "0"])
        .failed(2, "a.mxr.new is not a recording");
    assert_eq!(fs::read(&unfinished).unwrap(), b"my notes");
    fs::remove_file(&unfinished).unwrap();
    fs::copy(stage.path(), &beside).unwrap();
    let before = fs::read(&beside).unwrap();
    assert_eq!(stage.record(&["--for", "1s", "--force"]).status, 0);
    assert_eq!(fs::read(&beside).unwrap(), before, "nothing was rotated");
}

#[test]
fn a_recording_ends_if_the_password_is_rejected_from_the_start() {
    let demo = Demo::with(ServedDialects::JsonApi, |spec| {
        spec.auth = Some(("admin".to_owned(), "secret".into()));
    });
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.mxr");
    let ran = demo.maxtop(&["record", path.to_str().unwrap()]);
    assert_eq!(ran.status, 4, "{ran:?}");
    assert!(!path.exists());
}

#[test]
fn a_file_that_is_written_by_another_recorder_is_not_overwritten() {
    let stage = Stage::new(ServedDialects::JsonApi);
    let refused = std::cell::OnceCell::new();
    let status = stage.record_until(Signal::SIGINT, |recording| {
        if lists(recording).is_empty() {
            return false;
        }
        refused.get_or_init(|| stage.record(&["--for", "1s", "--force"]));
        true
    });
    assert_eq!(status, Some(0));
    refused
        .into_inner()
        .unwrap()
        .failed(2, "another maxtop writes to");
    assert!(open(&stage.path()).is_complete());
}

/// Records for a second. Returns the path.
fn recorded(stage: &Stage) -> String {
    assert_eq!(stage.record(&["--for", "1s"]).status, 0);
    stage.path().display().to_string()
}

#[test]
fn the_info_of_a_recording_names_its_endpoints_and_times() {
    let stage = Stage::new(ServedDialects::JsonApi);
    let file = recorded(&stage);
    let ran = maxtop(&["replay", &file, "--info"]);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""));
    for words in ["a.mxr", "1 chunk", "complete", stage.demo.running.url().as_str()] {
        assert!(ran.out.contains(words), "{words}: {ran:?}");
    }
    fs::write(stage.path(), {
        let bytes = fs::read(stage.path()).unwrap();
        bytes[..bytes.len() - 200].to_vec()
    })
    .unwrap();
    let cut = maxtop(&["replay", &file, "--info"]);
    assert!(cut.out.contains("ends in the middle"), "{cut:?}");
}

#[test]
fn a_recording_that_was_cut_in_its_first_chunk_has_no_end() {
    let stage = Stage::new(ServedDialects::JsonApi);
    let file = recorded(&stage);
    let bytes = fs::read(stage.path()).unwrap();
    for length in [bytes.len() / 4, bytes.len() / 2] {
        fs::write(stage.path(), &bytes[..length]).unwrap();
        let info = maxtop(&["replay", &file, "--info"]);
        assert!(info.out.contains("ends in the middle"), "{length}: {info:?}");
    }
}

#[test]
fn a_part_does_not_replace_its_recording() {
    let stage = Stage::new(ServedDialects::JsonApi);
    let file = recorded(&stage);
    let bytes = fs::read(stage.path()).unwrap();
    let args = ["replay", &file, "--cut", "0s", "0s", "-o", &file, "--force"];
    maxtop(&args).failed(2, "would replace the recording itself");
    assert!(fs::read(stage.path()).unwrap() == bytes);
}

#[test]
fn a_part_can_be_read_alone() {
    let stage = Stage::new(ServedDialects::JsonApi);
    let file = recorded(&stage);
    let part = stage.directory.path().join("part.mxr");
    let cut = [
        "replay",
        &file,
        "--cut",
        "300ms",
        "700ms",
        "-o",
        part.to_str().unwrap(),
    ];
    let ran = maxtop(&cut);
    assert_eq!((ran.status, ran.out.as_str(), ran.err.as_str()), (0, "", ""));
    assert_eq!(fs::metadata(&part).unwrap().permissions().mode() & 0o777, 0o600);
    let (whole, part) = (open(&stage.path()), open(&part));
    let start = whole.span().unwrap().0.elapsed;
    let (from, to) = part.span().unwrap();
    assert!(from.elapsed >= start + Duration::from_millis(300));
    assert!(to.elapsed <= start + Duration::from_millis(700));
    // It begins with the list before FROM.
    let sessions = stage.demo.list().len();
    assert!(!lists(&part).is_empty() && lists(&part).iter().all(|count| *count == sessions));
    assert!(part.is_complete());
    maxtop(&cut).failed(2, "--force");
    assert_eq!(maxtop(&[&cut[..], &["--force"]].concat()).status, 0);
}

#[test]
fn a_part_without_a_list_is_not_written() {
    let stage = Stage::new(ServedDialects::JsonApi);
    let file = recorded(&stage);
    // Its start is before the first list.
    let first = open(&stage.path()).facts().next().unwrap().unwrap();
    assert!(!matches!(first.kind, FactKind::Listed(_)), "{first:?}");
    let part = stage.directory.path().join("part.mxr");
    let args = ["replay", &file, "--cut", "0s", "0s", "-o", part.to_str().unwrap()];
    maxtop(&args).failed(2, "the part has no list");
    assert!(!part.exists());
}

#[test]
fn a_time_that_is_not_in_the_recording_is_a_usage_error() {
    let stage = Stage::new(ServedDialects::JsonApi);
    let file = recorded(&stage);
    let cut = |from, to| maxtop(&["replay", &file, "--cut", from, to, "-o", "/nowhere/part.mxr"]);
    for (from, to, words) in [
        ("5h", "6h", "the recording has no such time"),
        ("soon", "6h", "'soon' is not a time"),
        ("700ms", "300ms", "ends before it starts"),
    ] {
        let ran = cut(from, to);
        assert_eq!(ran.status, 2, "{ran:?}");
        assert!(ran.err.contains(words), "{ran:?}");
    }
    assert_eq!(cut("300ms", "700ms").status, 1);
    // The end of a part may be later than that of the recording.
    let part = stage.directory.path().join("part.mxr");
    let whole = ["replay", &file, "--cut", "0s", "6h", "-o", part.to_str().unwrap()];
    assert_eq!(maxtop(&whole).status, 0);
    assert_eq!(lists(&open(&part)).len(), lists(&open(&stage.path())).len());
    maxtop(&["replay", &file]).failed(2, "terminal");
}

#[test]
fn a_file_that_is_no_recording_is_a_named_error() {
    let stage = Stage::new(ServedDialects::JsonApi);
    let file = recorded(&stage);
    let bytes = fs::read(stage.path()).unwrap();
    for (content, words) in [
        (b"text".to_vec(), "not a recording of maxtop"),
        (Vec::new(), "not a recording of maxtop"),
    ] {
        fs::write(stage.path(), content).unwrap();
        maxtop(&["replay", &file, "--info"]).failed(1, words);
    }
    // A damaged chunk is found when it is read.
    let mut damaged = bytes;
    let middle = damaged.len() / 2;
    damaged[middle] ^= 0xff;
    fs::write(stage.path(), damaged).unwrap();
    let part = stage.directory.path().join("part.mxr");
    let args = [
        "replay",
        &file,
        "--cut",
        "0s",
        "900ms",
        "-o",
        part.to_str().unwrap(),
    ];
    maxtop(&args).failed(1, "byte");
    assert!(!part.exists());
    let info = maxtop(&["replay", &file, "--info"]);
    assert_eq!(info.status, 1, "{info:?}");
    assert!(info.out.contains("end       damaged"), "{info:?}");
    assert!(info.err.contains("byte"), "{info:?}");
    maxtop(&["replay", "/nowhere.mxr", "--info"]).failed(1, "cannot read the recording /nowhere.mxr");
}
