//! Hostile names reach the terminal as text only.

use crate::endpoint::{DIALECTS, Endpoint};
use crate::harmless::{assert_harmless, is_harmful};
use crate::screen::{cursor_id, ids};

#[test]
fn hostile_names_are_only_text() {
    for dialect in DIALECTS {
        let endpoint = Endpoint::with(20, |spec| {
            spec.world.hostile = true;
            spec.speed = 0.0;
        });
        let hostile = |world: &mut maxtop::demo::World| -> Vec<u64> {
            let odd = |user: &str| user.chars().any(is_harmful) || !user.is_ascii() || user.len() > 100;
            world
                .sessions()
                .filter(|session| session.user().is_some_and(odd))
                .map(|session| session.id())
                .collect()
        };
        let hostile = endpoint.running().with_world(hostile);
        assert_eq!(hostile.len(), 7);

        let mut pty = endpoint.watched(dialect).size(200, 39).open();
        pty.wait("a table", |screen| ids(screen).len() >= 20);
        // In the table, the details, the dialog.
        for id in hostile {
            let digits = id.to_string();
            pty.keys("g");
            pty.keys(&digits);
            pty.wait("its row", |screen| cursor_id(screen) == Some(id));
            pty.keys("\r");
            pty.sees(&format!("Session {id} "));
            pty.sees("CONNECTIONS");
            pty.keys("K");
            pty.sees("Yes, kill it");
            pty.keys("n");
            pty.no_longer_sees("Kill session");
            pty.keys("\x1b");
            pty.no_longer_sees("CONNECTIONS");
        }
        // The column cuts the middle of the name.
        pty.sees("esc\\u{1b}");
        pty.keys("Q");
        pty.ends_with(0);
        assert_harmless(&pty.bytes());
    }
}
