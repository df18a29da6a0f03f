//! Terminals with fewer features: no color, no UTF-8.

use crate::bytes::{is_color, renditions, text_of};
use crate::endpoint::{DIALECTS, Endpoint};
use crate::pty::Pty;
use crate::screen::{cursor_id, has_rows};
use crate::start::Start;

/// Opens all panes in turn.
fn tour(start: Start) -> Pty {
    let mut pty = start.open();
    pty.wait("a table", |screen| has_rows(screen, 3));
    pty.keys("\r");
    pty.sees("CONNECTIONS");
    pty.keys("K");
    pty.sees("Yes, kill it");
    pty.keys("n");
    pty.no_longer_sees("Kill session");
    pty.keys("?");
    pty.sees("Help for");
    pty.keys(&"\x1b[6~".repeat(20));
    pty.sees("more memory than typical");
    pty.keys("\x1b");
    pty.no_longer_sees("Help for");
    pty.keys("\x1b");
    pty.no_longer_sees("CONNECTIONS");
    pty.keys("/zzz");
    pty.sees("no session matches");
    pty.keys("\x1b");
    pty.wait("the table", |screen| has_rows(screen, 3));
    pty.keys("K");
    pty.sees("Yes, kill it");
    pty.keys("n");
    pty.no_longer_sees("Kill session");
    pty
}

fn has_color(pty: &Pty) -> bool {
    renditions(&pty.bytes())
        .iter()
        .any(|rendition| is_color(rendition))
}

#[test]
fn color_is_used_unless_it_is_disabled() {
    let endpoint = Endpoint::frozen(12);
    let start = || endpoint.watched("jsonapi");
    assert!(has_color(&tour(start())));
    for plain in [start().env("NO_COLOR", "1"), start().args(["--color", "never"])] {
        let mut pty = tour(plain);
        assert!(!has_color(&pty), "{:?}", renditions(&pty.bytes()));
        assert!(pty.look(cursor_id).is_some(), "the cursor is seen without colour");
        pty.keys("q");
        pty.ends_with(0);
    }
    assert!(has_color(&tour(
        start().env("NO_COLOR", "1").args(["--color", "always"])
    )));
}

#[test]
fn without_utf_8_it_is_ascii_only() {
    for dialect in DIALECTS {
        let endpoint = Endpoint::with(20, |spec| {
            spec.world.hostile = true;
            spec.speed = 0.0;
        });
        for ascii in [
            endpoint.watched(dialect).env("LANG", "C"),
            endpoint.watched(dialect).args(["--ascii"]),
        ] {
            let mut pty = tour(ascii);
            pty.keys("q");
            pty.ends_with(0);
            let text = text_of(&pty.bytes());
            let other: String = text.chars().filter(|c| !c.is_ascii()).collect();
            assert_eq!(other, "");
        }
    }
}
