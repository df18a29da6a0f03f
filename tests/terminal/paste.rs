//! Pasted text never runs as keys.

use crate::endpoint::Endpoint;
use crate::kill::{ask_checked, lives};
use crate::screen::{cursor_id, ids};

fn pasted(text: &str) -> String {
    format!("\x1b[200~{text}\x1b[201~")
}

#[test]
fn in_the_table_it_does_nothing() {
    let endpoint = Endpoint::frozen(12);
    let mut pty = endpoint.watched("draft").open();
    pty.wait("a table", |screen| ids(screen).len() == 12);
    let order = pty.look(ids);
    pty.keys(&pasted("qK\ny\nQ\x03?/G"));
    // Keys typed after the paste are handled after it.
    pty.keys("j");
    pty.wait("the second row", |screen| cursor_id(screen) == Some(order[1]));
    pty.look(|screen| {
        let text = screen.contents();
        assert!(
            !text.contains("Kill session") && !text.contains("Help for"),
            "{text}"
        );
    });
    lives(&endpoint, &pty, order[0]);
    pty.keys("q");
    pty.ends_with(0);
}

#[test]
fn in_the_dialog_it_confirms_nothing() {
    let endpoint = Endpoint::frozen(12);
    let mut pty = endpoint.watched("draft").open();
    let id = ask_checked(&mut pty);
    endpoint.polled(5, &pty);
    pty.keys(&pasted("y\ny\r"));
    endpoint.polled(2, &pty);
    pty.sees(&format!("Kill session {id}?"));
    pty.keys("n");
    pty.no_longer_sees("Kill session");
    lives(&endpoint, &pty, id);
}

#[test]
fn in_the_filter_it_is_one_line_of_text() {
    let endpoint = Endpoint::frozen(12);
    let mut pty = endpoint.watched("draft").open();
    pty.wait("a table", |screen| ids(screen).len() == 12);
    pty.keys("/");
    pty.keys(&pasted("et\nl\r"));
    pty.sees("/ etl");
    pty.look(|screen| assert!(!screen.hide_cursor(), "still typing"));
}
