//! Input from a terminal that is not keys: replies, reports, and pastes without an end.

use crate::endpoint::Endpoint;
use crate::pty::Pty;
use crate::screen::{cursor_id, ids};

/// The table, and its ids from top to bottom.
fn table(endpoint: &Endpoint) -> (Pty, Vec<u64>) {
    let pty = endpoint.watched("draft").open();
    pty.wait("a table", |screen| ids(screen).len() == 12);
    let order = pty.look(ids);
    (pty, order)
}

#[test]
fn a_reply_of_the_terminal_is_not_run_as_keys() {
    let endpoint = Endpoint::frozen(12);
    for reply in [
        "\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\",
        "\x1b]11;rgb:ffff/ffff/ffff\x07",
        "\x1b]10;qK/c?\x1b\\",
        "\x1b[?62;22c",
        "\x1b[>0;95;0c",
        "\x1bP>|XTerm(379)qcK/\x1b\\",
        "\x1b_Gqcl/\x1b\\",
        "\x1b^qcl/\x1b\\",
        "\x1bXqcl/\x1b\\",
    ] {
        let (mut pty, order) = table(&endpoint);
        pty.keys(reply);
        pty.keys("j");
        pty.wait("the second row", |screen| cursor_id(screen) == Some(order[1]));
        assert!(
            pty.look(vt100::Screen::hide_cursor),
            "a prompt: {reply:?}\n{}",
            pty.text()
        );
        pty.keys("q");
        assert_eq!(pty.ends_with(0), "", "{reply:?}");
    }
}

#[test]
fn a_reply_that_arrives_in_pieces_is_not_run_as_keys() {
    let endpoint = Endpoint::frozen(12);
    let (mut pty, order) = table(&endpoint);
    for piece in ["\x1b]", "11;r", "gb:1e1e/1e", "1e/1e1e\x1b", "\\"] {
        pty.keys(piece);
    }
    pty.keys("j");
    pty.wait("the second row", |screen| cursor_id(screen) == Some(order[1]));
    pty.keys("q");
    pty.ends_with(0);
}

#[test]
fn ctrl_c_ends_it_although_a_paste_is_open() {
    let endpoint = Endpoint::frozen(12);
    let (mut pty, order) = table(&endpoint);
    pty.keys("\x1b[200~jjabcqK\ny");
    // The first closes the paste, the second is the key.
    pty.keys("\x03q");
    endpoint.polled(2, &pty);
    assert_eq!(pty.look(cursor_id), Some(order[0]));
    pty.keys("\x03");
    pty.ends_with(0);
    assert_eq!(endpoint.deletes(), Vec::<String>::new());
}

#[test]
fn a_paste_without_an_end_does_not_hold_the_keys_for_ever() {
    let endpoint = Endpoint::frozen(12);
    let (mut pty, _) = table(&endpoint);
    pty.keys("\x1b[200~abcqK\ny");
    // Longer than the bound, in polls of the endpoint.
    endpoint.polled(70, &pty);
    pty.keys("q");
    pty.ends_with(0);
    assert_eq!(endpoint.deletes(), Vec::<String>::new());
}
