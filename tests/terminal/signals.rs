//! Signals: those that end the program, with their status, and those that stop and continue it.

use crate::endpoint::Endpoint;
use crate::screen::{cursor_id, ids};

#[test]
fn it_ends_by_signals_with_their_status() {
    let endpoint = Endpoint::new(30);
    for (name, status) in [
        ("TERM", 143),
        ("HUP", 129),
        ("INT", 130),
        ("QUIT", 131),
        ("ALRM", 142),
        ("USR1", 138),
        ("USR2", 140),
        ("ABRT", 134),
        ("XCPU", 152),
    ] {
        let mut pty = endpoint.watched("draft").open();
        pty.wait("a table", |screen| ids(screen).len() == 19);
        pty.signal(name);
        assert_eq!(pty.ends_with(status), "");
    }
}

#[test]
fn they_end_it_wherever_it_is() {
    let endpoint = Endpoint::new(30);
    for keys in ["\r", "K", "/web", "?"] {
        let mut pty = endpoint.watched("jsonapi").open();
        pty.wait("a table", |screen| ids(screen).len() == 19);
        pty.keys(keys);
        pty.wait("it", |screen| ids(screen).len() < 19 || !screen.hide_cursor());
        pty.signal("TERM");
        assert_eq!(pty.ends_with(143), "");
    }
}

#[test]
fn it_stops_with_the_terminal_given_back_and_comes_back() {
    let endpoint = Endpoint::frozen(30);
    let mut pty = endpoint.watched("draft").open();
    pty.wait("a table", |screen| ids(screen).len() == 19);
    let id = pty.look(ids)[1];
    pty.keys("j");
    pty.wait("the second row", |screen| cursor_id(screen) == Some(id));
    for _ in 0..2 {
        pty.signal("TSTP");
        pty.is_stopped();
        pty.is_given_back();
        pty.signal("CONT");
        pty.wait("the table", |screen| {
            screen.alternate_screen()
                && screen.hide_cursor()
                && screen.bracketed_paste()
                && ids(screen).len() == 19
                && cursor_id(screen) == Some(id)
        });
        pty.is_raw();
    }
    pty.keys("k");
    pty.wait("keys answer", |screen| cursor_id(screen) != Some(id));
    pty.keys("q");
    assert_eq!(pty.ends_with(0), "");
}

#[test]
fn without_a_shell_to_go_to_the_key_stops_nothing() {
    let endpoint = Endpoint::frozen(30);
    let mut pty = endpoint.watched("draft").open();
    pty.wait("a table", |screen| ids(screen).len() == 19);
    pty.keys("\x1a");
    pty.sees("cannot suspend: no shell");
    pty.keys("q");
    assert_eq!(pty.ends_with(0), "");
}

#[test]
fn stopped_without_a_word_it_repaints_when_it_goes_on() {
    let endpoint = Endpoint::frozen(30);
    let mut pty = endpoint.watched("draft").open();
    pty.wait("a table", |screen| ids(screen).len() == 19);
    pty.signal("STOP");
    pty.is_stopped();
    let mark = pty.mark();
    pty.signal("CONT");
    pty.writes(mark, b"\x1b[2J");
    pty.wait("the table", |screen| ids(screen).len() == 19);
    pty.keys("q");
    assert_eq!(pty.ends_with(0), "");
}
