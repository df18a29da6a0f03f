//! The grace period: every way to cancel a kill leaves no request and no log entry.

use std::time::{Duration, Instant};

use crate::endpoint::{DIALECTS, Endpoint};
use crate::kill::{ask_checked, confirm, lives};
use crate::pty::Pty;

/// A confirmed kill, with some seconds left.
fn in_grace(endpoint: &Endpoint, dialect: &str, grace: &str) -> (Pty, u64) {
    let start = endpoint.watched_every("100ms", dialect);
    let mut pty = start.args(["--grace", grace, "--sort", "-idle"]).open();
    let id = ask_checked(&mut pty);
    confirm(&mut pty, "y");
    pty.sees("u cancels");
    (pty, id)
}

fn nothing_was_done(endpoint: &Endpoint, pty: &Pty, id: u64) {
    lives(endpoint, pty, id);
    assert!(!pty.audit_log().exists(), "nothing was to be done");
}

#[test]
fn these_keys_take_it_back_and_the_program_goes_on() {
    for key in ["u", "U", "\x1b", "q", "\x03"] {
        let endpoint = Endpoint::frozen(12);
        let (mut pty, id) = in_grace(&endpoint, "draft", "10m");
        pty.keys(key);
        pty.sees("Canceled");
        pty.no_longer_sees("u cancels");
        nothing_was_done(&endpoint, &pty, id);
        pty.keys("q");
        assert_eq!(pty.ends_with(0), "");
    }
}

#[test]
fn when_it_is_over_the_kill_goes_on_by_itself() {
    let endpoint = Endpoint::frozen(12);
    let (pty, id) = in_grace(&endpoint, "jsonapi", "1s");
    pty.sees(&format!("killed {id} "));
    assert_eq!(endpoint.deletes().len(), 1);
}

#[test]
fn a_restart_of_the_proxy_kills_no_session() {
    for dialect in DIALECTS {
        let endpoint = Endpoint::new(12);
        let (pty, _) = in_grace(&endpoint, dialect, "2s");
        endpoint.running().restart();
        pty.sees("Canceled");
        pty.sees("restarted");
        endpoint.polled(30, &pty);
        assert_eq!(endpoint.deletes(), Vec::<String>::new());
        assert!(!pty.audit_log().exists());
    }
}

#[test]
fn a_signal_that_ends_the_program_sends_nothing() {
    for (name, status) in [("HUP", 129), ("TERM", 143), ("INT", 130)] {
        let endpoint = Endpoint::frozen(12);
        let (mut pty, id) = in_grace(&endpoint, "jsonapi", "10m");
        pty.signal(name);
        pty.ends_with(status);
        assert_eq!(endpoint.deletes(), Vec::<String>::new());
        assert!(endpoint.has(id));
        assert!(!pty.audit_log().exists());
    }
}

#[test]
fn a_stop_for_longer_than_it_lasts_takes_it_back() {
    for stop in ["TSTP", "STOP"] {
        let endpoint = Endpoint::frozen(12);
        let (mut pty, id) = in_grace(&endpoint, "draft", "2s");
        let until = Instant::now() + Duration::from_secs(4);
        pty.signal(stop);
        pty.is_stopped();
        // The stopped program sends no event when the time has passed.
        while let Some(left) = until.checked_duration_since(Instant::now()) {
            std::thread::sleep(left);
        }
        pty.signal("CONT");
        pty.sees("Canceled");
        nothing_was_done(&endpoint, &pty, id);
        pty.keys("q");
        assert_eq!(pty.ends_with(0), "");
    }
}

/// Continued when the time has nearly passed, has just passed, and has passed a little longer ago.
#[test]
fn a_stop_over_its_end_takes_it_back() {
    for stopped in [950, 1_000, 1_050, 1_500] {
        let endpoint = Endpoint::frozen(12);
        let (pty, id) = in_grace(&endpoint, "draft", "1s");
        let until = Instant::now() + Duration::from_millis(stopped);
        pty.signal("STOP");
        // The stopped program sends no event when the time has passed.
        while let Some(left) = until.checked_duration_since(Instant::now()) {
            std::thread::sleep(left);
        }
        pty.signal("CONT");
        pty.sees("Canceled");
        nothing_was_done(&endpoint, &pty, id);
    }
}

#[test]
fn a_short_stop_by_job_control_takes_it_back_as_well() {
    let endpoint = Endpoint::frozen(12);
    let (pty, id) = in_grace(&endpoint, "draft", "10m");
    pty.signal("TSTP");
    pty.is_stopped();
    pty.signal("CONT");
    pty.sees("Canceled");
    nothing_was_done(&endpoint, &pty, id);
}
