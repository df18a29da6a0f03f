//! The grace time of `maxtop kill` at a terminal.

use std::time::{Duration, Instant};

use maxtop::demo::ServedDialects;

use crate::program::Demo;
use crate::terminal::AtTerminal;

/// Last line of the output when the kill can be canceled.
const CUE: &str = "press Ctrl-C to cancel\r\n";

/// A kill in its grace period, and its audit log.
struct InGrace {
    demo: Demo,
    maxtop: AtTerminal,
    home: tempfile::TempDir,
}

fn in_grace(dialects: ServedDialects, grace: &str) -> InGrace {
    let demo = Demo::start(dialects);
    let home = tempfile::tempdir().unwrap();
    let (url, id, log) = (demo.running.url(), demo.ready_id(), home.path().join("log"));
    let args = ["-e", &url, "kill", &id, "--yes", "--grace", grace, "--audit"];
    let mut maxtop = AtTerminal::start(&[&args[..], &[log.to_str().unwrap()]].concat());
    maxtop.awaits(CUE);
    InGrace { demo, maxtop, home }
}

fn nothing_was_done(demo: &Demo, home: &tempfile::TempDir) {
    assert_eq!(demo.deletes(), [""; 0]);
    assert!(!home.path().join("log").exists(), "an intent");
}

#[test]
fn ctrl_c_takes_it_back() {
    for dialects in [ServedDialects::Draft, ServedDialects::JsonApi] {
        let InGrace { demo, maxtop, home } = in_grace(dialects, "10m");
        maxtop.types("\x03");
        let (status, screen) = maxtop.ends();
        assert_eq!(status, 130, "{screen}");
        assert!(screen.contains("in 10m; "), "{screen}");
        assert!(screen.contains("canceled, nothing was killed"), "{screen}");
        nothing_was_done(&demo, &home);
    }
}

#[test]
fn left_alone_it_goes_on() {
    let InGrace { demo, maxtop, home } = in_grace(ServedDialects::JsonApi, "500ms");
    let (status, screen) = maxtop.ends();
    assert_eq!(status, 0, "{screen}");
    assert!(home.path().join("log").exists());
    assert_eq!(demo.deletes().len(), 1);
}

#[test]
fn a_terminal_that_closes_kills_no_session() {
    let InGrace { demo, maxtop, home } = in_grace(ServedDialects::Draft, "10m");
    assert_ne!(maxtop.hang_up(), 0);
    nothing_was_done(&demo, &home);
}

/// Continued when the time has nearly passed, has just passed, and has passed long ago.
#[test]
fn a_program_stopped_in_the_grace_period_kills_no_session() {
    for stopped in [900, 1_000, 1_010, 1_100, 1_800, 2_500] {
        let InGrace { demo, maxtop, home } = in_grace(ServedDialects::Draft, "1s");
        let until = Instant::now() + Duration::from_millis(stopped);
        maxtop.signal("STOP");
        // The stopped program sends no event when the time has passed.
        while let Some(left) = until.checked_duration_since(Instant::now()) {
            std::thread::sleep(left);
        }
        maxtop.signal("CONT");
        let (status, screen) = maxtop.ends();
        assert_eq!(status, 1, "{stopped}: {screen}");
        assert!(screen.contains("canceled, nothing was killed"), "{screen}");
        nothing_was_done(&demo, &home);
    }
}

#[test]
fn without_a_terminal_only_the_option_gives_a_grace_period() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let id = demo.ready_id();
    let ran = demo.maxtop(&["kill", &id, "--yes", "--grace", "300ms"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert!(ran.err.contains("in 300ms; SIGINT or SIGTERM cancels"), "{ran:?}");
    let ran = demo.maxtop(&["kill", &demo.ready_id(), "--yes"]);
    assert_eq!((ran.status, ran.err.as_str()), (0, ""), "{ran:?}");
    assert_eq!(demo.deletes().len(), 2);
}
