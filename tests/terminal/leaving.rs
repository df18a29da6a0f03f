//! Quitting by key, and a terminal that closes first. `signals` has the signals.

use std::process::{Command, Stdio};

use crate::endpoint::Endpoint;
use crate::screen::{cursor_line, ids};

#[test]
fn q_and_ctrl_c_end_it_at_once() {
    let endpoint = Endpoint::new(30);
    for key in ["q", "\x03", "\x1b[21~"] {
        let mut pty = endpoint.watched("draft").open();
        pty.wait("a table", |screen| ids(screen).len() == 19);
        pty.keys(key);
        let left = pty.ends_with(0);
        assert_eq!(left, "");
    }
}

#[test]
fn frames_on_their_way_do_not_land_on_the_normal_screen() {
    let endpoint = Endpoint::new(30);
    for _ in 0..8 {
        let mut pty = endpoint.watched("draft").open();
        pty.wait("a table", |screen| ids(screen).len() == 19);
        pty.keys("jjjjjjjjGgGgq");
        assert_eq!(pty.ends_with(0), "");
    }
}

#[test]
fn capital_q_leaves_the_last_frame_as_text() {
    let endpoint = Endpoint::frozen(30);
    let mut pty = endpoint.watched("draft").open();
    pty.wait("a table", |screen| ids(screen).len() == 19);
    let (_, row) = pty.look(cursor_line).unwrap();
    pty.keys("Q");
    let left = pty.ends_with(0);
    assert!(left.contains("USER") && left.contains(row.trim()), "{left}");
    assert_eq!(left.lines().count(), 24, "{left}");
    pty.sees(row.trim());
}

#[test]
fn without_a_terminal_it_says_so_and_ends() {
    for args in [&[][..], &["demo"][..]] {
        let output = Command::new(env!("CARGO_BIN_EXE_maxtop"))
            .args(args)
            .env_remove("MAXTOP_ENDPOINT")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(said.contains("needs a terminal"), "{said}");
        assert_eq!(output.stdout, b"");
    }
}

#[test]
fn a_dumb_terminal_is_refused_with_what_to_try() {
    let endpoint = Endpoint::frozen(3);
    let mut pty = endpoint.watched("draft").size(200, 24).env("TERM", "dumb").open();
    pty.ends_anyhow_with(2);
    pty.sees("TERM is 'dumb'");
    pty.sees("maxtop list");
    assert!(!pty.bytes().contains(&0x1b), "{}", pty.text());
}

#[test]
fn it_ends_with_its_terminal() {
    let endpoint = Endpoint::new(30);
    for _ in 0..8 {
        let pty = endpoint.watched("draft").open();
        pty.wait("a table", |screen| ids(screen).len() == 19);
        assert_ne!(pty.hang_up(), 0);
    }
}

#[test]
fn it_ends_with_its_terminal_without_changes_or_signals() {
    let endpoint = Endpoint::frozen(30);
    let pty = endpoint
        .watched_every("1h", "draft")
        .without_hangup_signal()
        .open();
    pty.wait("a table", |screen| ids(screen).len() == 19);
    assert_ne!(pty.hang_up(), 0);
}

#[test]
fn a_line_that_has_stalled_does_not_hold_it() {
    let endpoint = Endpoint::frozen(100);
    let mut pty = endpoint.watched("draft").size(200, 60).open();
    pty.wait("a table", |screen| ids(screen).len() == 55);
    pty.stall();
    // Whole screens, more than any line buffers.
    for _ in 0..12 {
        pty.keys("\x0c");
        endpoint.polled(1, &pty);
    }
    pty.keys("jjq");
    assert_eq!(pty.exit_status(), 0);
}
