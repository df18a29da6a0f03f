//! `maxtop record` and `maxtop replay` without a screen.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use maxtop::demo::ServedDialects;
use maxtop::recording::{FactKind, Limits, Recording};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

use crate::program::{Demo, Ran, command, maxtop, ran};

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
}

#[test]
fn an_endpoint_that_is_not_reached_gives_its_status() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.mxr");
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    let ran = maxtop(&["-e", &url, "record", path.to_str().unwrap(), "--for", "1s"]);
    ran.failed(3, "connection refused");
}
