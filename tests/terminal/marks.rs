//! Marks: one, a range, all; they stay with their sessions.

use crate::endpoint::Endpoint;
use crate::screen::{cursor_id, has_rows, ids, lines};

/// The ids of the rows with a mark.
fn marked(screen: &vt100::Screen) -> Vec<u64> {
    let lines = lines(screen);
    let marked = lines.iter().filter_map(|line| line.strip_prefix('*'));
    let ids = marked.filter_map(|line| line.split_whitespace().next()?.parse().ok());
    ids.collect()
}

#[test]
fn marks_stay_with_their_sessions_and_the_count_has_the_hidden_ones() {
    let endpoint = Endpoint::frozen(12);
    let mut pty = endpoint.watched("jsonapi").open();
    pty.wait("a table", |screen| has_rows(screen, 8));
    let rows = pty.look(ids);
    pty.keys("  ");
    pty.wait("two marks", |screen| marked(screen) == rows[..2]);
    pty.keys("I");
    pty.wait("the marks where their sessions are", |screen| {
        ids(screen) != rows
            && marked(screen).len() == 2
            && marked(screen).iter().all(|id| rows[..2].contains(id))
    });
    pty.keys(&format!("/id={}\r", rows[1]));
    pty.sees("2 marked (1 hidden)");
    pty.keys("\x1b");
    pty.no_longer_sees("marked");
    pty.keys("\x1b");
    pty.wait("all again", |screen| ids(screen).len() == rows.len());
}

#[test]
fn a_range_and_all() {
    let endpoint = Endpoint::frozen(12);
    let mut pty = endpoint.watched("draft").open();
    pty.wait("a table", |screen| has_rows(screen, 8));
    let rows = pty.look(ids);
    pty.keys("jv");
    pty.sees("range from");
    pty.keys("jjv");
    pty.wait("a range", |screen| marked(screen) == rows[1..4]);
    pty.keys("*");
    pty.wait("all", |screen| marked(screen) == rows);
    pty.keys("U");
    pty.wait("none", |screen| marked(screen).is_empty());
}

#[test]
fn the_dialog_warns_when_the_cursor_is_elsewhere() {
    let endpoint = Endpoint::frozen(12);
    let mut pty = endpoint.watched("draft").open();
    pty.wait("a table", |screen| has_rows(screen, 8));
    let rows = pty.look(ids);
    pty.keys("  K");
    pty.sees("Kill 2 marked sessions (the cursor is on another row)?");
    pty.keys("n");
    pty.no_longer_sees("not the row");
    pty.keys("k");
    pty.wait("back on a mark", |screen| cursor_id(screen) == Some(rows[1]));
    pty.keys("K");
    pty.sees("Kill 2 marked sessions?");
}

#[test]
fn a_session_that_one_list_misses_has_not_ended_and_keeps_its_mark() {
    for dialect in ["draft", "jsonapi"] {
        let endpoint = Endpoint::frozen(12);
        let mut pty = endpoint.watched(dialect).open();
        pty.wait("a table", |screen| has_rows(screen, 8));
        let id = pty.look(ids)[0];
        pty.keys(" ");
        pty.wait("a mark", |screen| marked(screen) == [id]);
        let mark = pty.mark();
        assert!(endpoint.running().hide(id, 1));
        endpoint.polled(4, &pty);
        pty.wait("its mark", |screen| marked(screen) == [id]);
        let since = String::from_utf8_lossy(&pty.bytes()[mark..]).into_owned();
        assert!(!since.contains("ended"), "{since}");
        assert_eq!(endpoint.deletes(), Vec::<String>::new());
    }
}
