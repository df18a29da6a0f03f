//! The mouse.

use vt100::MouseProtocolMode;

use crate::endpoint::Endpoint;
use crate::pty::Pty;
use crate::screen::{cursor_id, cursor_line, ids};

fn mode(pty: &Pty) -> MouseProtocolMode {
    pty.look(vt100::Screen::mouse_protocol_mode)
}

#[test]
fn clicks_and_the_wheel_move_the_cursor() {
    let endpoint = Endpoint::frozen(12);
    let mut pty = endpoint.watched("draft").args(["--mouse"]).open();
    pty.wait("a table", |screen| ids(screen).len() == 12);
    assert_eq!(mode(&pty), MouseProtocolMode::PressRelease);
    let order = pty.look(ids);
    let (first, _) = pty.look(cursor_line).unwrap();
    // A click is for rows that the program knows to be on the screen: not before its first frame is reported.
    for (key, place) in [("j", 1), ("k", 0)] {
        pty.keys(key);
        pty.wait("the cursor", |screen| cursor_id(screen) == Some(order[place]));
    }
    pty.keys(&format!("\x1b[<0;10;{}M\x1b[<0;10;{}m", first + 5, first + 5));
    pty.wait("the fifth row", |screen| cursor_id(screen) == Some(order[4]));
    pty.keys("\x1b[<64;10;8M");
    pty.wait("the second row", |screen| cursor_id(screen) == Some(order[1]));
    pty.keys("q");
    pty.ends_with(0);
    assert_eq!(mode(&pty), MouseProtocolMode::None);
}

#[test]
fn the_terminal_keeps_its_mouse_without_the_setting() {
    let endpoint = Endpoint::frozen(12);
    let mut pty = endpoint.watched("draft").open();
    pty.wait("a table", |screen| ids(screen).len() == 12);
    assert_eq!(mode(&pty), MouseProtocolMode::None);
    pty.keys("\x1b[<0;10;10M");
    pty.keys("q");
    pty.ends_with(0);
}

#[test]
fn the_mouse_is_given_back_whenever_it_ends() {
    let endpoint = Endpoint::frozen(12);
    let mut pty = endpoint.watched("draft").args(["--mouse"]).open();
    pty.wait("a table", |screen| ids(screen).len() == 12);
    pty.signal("TSTP");
    pty.is_stopped();
    pty.is_given_back();
    assert_eq!(mode(&pty), MouseProtocolMode::None, "while it is suspended");
    pty.signal("CONT");
    pty.wait("the mouse", |screen| {
        screen.mouse_protocol_mode() == MouseProtocolMode::PressRelease
    });
    pty.signal("TERM");
    pty.ends_anyhow_with(143);
    assert_eq!(mode(&pty), MouseProtocolMode::None);
}
