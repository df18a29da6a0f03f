//! The terminal is resized, down to a single cell and up again.

use crate::endpoint::Endpoint;
use crate::screen::{cursor_id, ids, lines};

#[test]
fn it_shrinks_and_grows() {
    let endpoint = Endpoint::frozen(30);
    let mut pty = endpoint.watched("draft").open();
    pty.wait("a table", |screen| ids(screen).len() == 19);
    pty.keys("jjjj");
    pty.wait("the fifth row", |screen| {
        cursor_id(screen) == Some(ids(screen)[4])
    });
    let id = pty.look(cursor_id).unwrap();
    let table = |screen: &vt100::Screen| ids(screen).len() == 19 && cursor_id(screen) == Some(id);

    pty.resize(20, 5);
    pty.wait("a small table", |screen| {
        ids(screen).len() == 2 && cursor_id(screen) == Some(id)
    });
    for (columns, rows) in [(1, 1), (2, 3), (1, 24), (80, 1)] {
        let mark = pty.mark();
        pty.resize(columns, rows);
        pty.writes(mark, b"\x1b[?2026l");
    }
    pty.resize(80, 24);
    pty.wait("the table", table);
    pty.resize(200, 60);
    pty.wait("all of them", |screen| ids(screen).len() == 30);
    pty.resize(80, 24);
    pty.wait("the table", table);
    pty.keys("q");
    pty.ends_with(0);
}

#[test]
fn everything_that_can_be_open_survives_a_single_cell() {
    let endpoint = Endpoint::frozen(30);
    for (keys, text) in [
        ("\r", "CONNECTIONS"),
        ("K", "Kill session"),
        ("/web", "/ web"),
        ("?", "WHY A SESSION"),
    ] {
        let mut pty = endpoint.watched("jsonapi").open();
        pty.wait("a table", |screen| ids(screen).len() == 19);
        pty.keys(keys);
        pty.sees(text);
        for (columns, rows) in [(1, 1), (3, 2), (20, 5), (132, 43), (1, 43)] {
            let mark = pty.mark();
            pty.resize(columns, rows);
            pty.writes(mark, b"\x1b[?2026l");
        }
        pty.resize(80, 24);
        pty.sees(text);
    }
}

#[test]
fn a_terminal_beyond_every_screen_is_drawn_in_part() {
    let endpoint = Endpoint::frozen(30);
    let mut pty = endpoint.watched("draft").open();
    pty.wait("a table", |screen| ids(screen).len() == 19);
    for (columns, rows) in [(20_000, 5_000), (u16::MAX, u16::MAX)] {
        let mark = pty.mark();
        pty.resize_unseen(columns, rows);
        pty.writes(mark, b"\x1b[?2026l");
    }
    pty.resize(80, 24);
    pty.wait("a table", |screen| ids(screen).len() == 19);
    pty.keys("q");
    pty.ends_with(0);
}

#[test]
fn it_begins_in_a_single_cell() {
    let endpoint = Endpoint::frozen(30);
    let mut pty = endpoint.watched("draft").size(1, 1).open();
    pty.wait("the screen", vt100::Screen::alternate_screen);
    // The screen shows no content, but replies to the key.
    pty.keys("\x0c");
    pty.writes(0, b"\x1b[2J");
    pty.resize(80, 24);
    pty.wait("a table", |screen| ids(screen).len() == 19);
    assert!(!lines(&pty.look(Clone::clone)).is_empty());
    pty.keys("q");
    pty.ends_with(0);
}
