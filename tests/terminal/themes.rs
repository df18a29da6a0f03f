//! Colors: the background of the terminal, and the themes.

use vt100::{Color, Screen};

use crate::bytes;
use crate::endpoint::Endpoint;
use crate::pty::Pty;
use crate::screen::{cursor_id, ids};

/// Start of the query of the background.
pub(crate) const QUERY: &[u8] = b"\x1b]11;?";
const YELLOW: Color = Color::Idx(3);
const CYAN: Color = Color::Idx(6);

fn has_table(screen: &Screen) -> bool {
    ids(screen).len() > 3
}

/// Whether a text on the screen has this color.
fn has_text(screen: &Screen, color: Color) -> bool {
    let (lines, columns): (u16, u16) = (screen.size().0.into(), screen.size().1.into());
    let mut cells = (0..lines).flat_map(|line| (0..columns).map(move |column| (line, column)));
    cells.any(|(line, column)| {
        screen
            .cell(line, column)
            .is_some_and(|cell| cell.fgcolor() == color)
    })
}

/// Starts the program in a terminal whose background has this color, and waits for the table.
fn on(endpoint: &Endpoint, color: &str) -> Pty {
    let mut pty = endpoint.watched("draft").open();
    pty.writes(0, QUERY);
    pty.keys(&format!("\x1b]11;rgb:{color}\x1b\\\x1b[?62;22c"));
    pty.wait("a table", has_table);
    pty
}

#[test]
fn the_colors_suit_the_background_of_the_terminal() {
    let endpoint = Endpoint::frozen(60);
    let mut light = on(&endpoint, "ffff/ffff/ffff");
    let mut dark = on(&endpoint, "0000/0000/0000");
    for pty in [&mut light, &mut dark] {
        let first = pty.look(|screen| ids(screen)[0]);
        assert_eq!(pty.look(cursor_id), Some(first), "the reply is not a key");
    }
    dark.wait("yellow", |screen| has_text(screen, YELLOW));
    dark.keys("\r");
    light.keys("\r");
    for pty in [&light, &dark] {
        pty.sees("CONNECTIONS");
    }
    assert!(!light.look(|screen| has_text(screen, YELLOW) || has_text(screen, CYAN)));
    for pty in [&mut light, &mut dark] {
        pty.keys("q");
        pty.ends_with(0);
    }
}

#[test]
fn without_a_reply_the_screen_appears_nevertheless() {
    let endpoint = Endpoint::frozen(60);
    let mut pty = endpoint.watched("draft").open();
    pty.wait("a table", has_table);
    assert!(!pty.look(|screen| has_text(screen, YELLOW) || has_text(screen, CYAN)));
    pty.keys("q");
    pty.ends_with(0);
}

#[test]
fn the_background_is_queried_only_if_it_matters() {
    let endpoint = Endpoint::frozen(12);
    let start = || endpoint.watched("draft");
    for start in [
        start().args(["--theme", "high-contrast"]),
        start().args(["--theme", "mono"]),
        start().env("NO_COLOR", "1"),
        start().env("TERM", "linux"),
    ] {
        let mut pty = start.open();
        pty.wait("a table", has_table);
        assert!(!bytes::contain(&pty.bytes(), QUERY));
        pty.keys("q");
        pty.ends_with(0);
    }
}
