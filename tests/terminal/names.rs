//! Names with a backslash, with combining marks and with hidden characters on the screen.

use crate::endpoint::{DIALECTS, Endpoint};
use crate::kill::lives;
use crate::screen::{cursor_id, ids};

const NAMES: [(&str, &str); 3] = [
    (r"CORP\svc_app", r"CORP\\svc_app"),
    ("สมศรี", "สมศรี"),
    ("a\u{202e}b", r"a\u{202e}b"),
];

fn renamed() -> (Endpoint, Vec<u64>) {
    let endpoint = Endpoint::frozen(12);
    let ids = endpoint.running().with_world(|world| {
        let named = world.sessions().filter(|session| session.user().is_some());
        named
            .map(|session| session.id())
            .take(NAMES.len())
            .collect::<Vec<_>>()
    });
    for (id, (raw, _)) in ids.iter().zip(NAMES) {
        assert!(endpoint.running().rename(*id, raw));
    }
    (endpoint, ids)
}

#[test]
fn a_filter_typed_as_the_name_finds_its_row() {
    for dialect in DIALECTS {
        let (endpoint, named) = renamed();
        let mut pty = endpoint.watched(dialect).size(160, 30).open();
        pty.wait("a table", |screen| ids(screen).len() >= 12);
        for (_, shown) in NAMES {
            pty.sees(shown);
        }
        for (id, typed) in [
            (named[0], r"user=CORP\svc_app"),
            (named[0], r"CORP\svc"),
            (named[1], "user=สมศรี"),
            (named[1], "สมศ"),
            (named[2], "user='a\u{202e}b'"),
        ] {
            pty.keys(&format!("/\x15{typed}"));
            pty.wait("its row alone", |screen| ids(screen) == [id]);
            pty.sees(&format!("/ {}", typed.replace('\u{202e}', r"\u{202e}")));
            pty.keys("\r");
            pty.wait("the table again", vt100::Screen::hide_cursor);
        }
    }
}

#[test]
fn the_text_cursor_is_behind_what_is_seen() {
    let (endpoint, _) = renamed();
    let mut pty = endpoint.watched("draft").args(["--filter", "a\u{202e}b"]).open();
    pty.sees(r"/a\u{202e}b");
    pty.keys("/");
    // ` / ` and `a\u{202e}b`.
    pty.wait("the cursor at the end", |screen| {
        !screen.hide_cursor() && screen.cursor_position().1 == 3 + 10
    });
    pty.keys("\x1b[D\x1b[D");
    pty.wait("the cursor on the escape", |screen| {
        screen.cursor_position().1 == 3 + 1
    });
    assert!(!String::from_utf8_lossy(&pty.bytes()).contains('\u{202e}'));
}

#[test]
fn a_protected_name_cannot_be_killed() {
    for dialect in DIALECTS {
        let (endpoint, named) = renamed();
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("config.toml");
        std::fs::write(&config, "protect = 'user=CORP\\svc_app or user=สมศรี'\n").unwrap();
        let config = config.to_str().unwrap();
        let mut pty = endpoint.watched(dialect).args(["--config", config]).open();
        pty.wait("a table", |screen| ids(screen).len() >= 12);
        for id in &named[..2] {
            pty.keys("g");
            pty.keys(&id.to_string());
            pty.wait("its row", |screen| cursor_id(screen) == Some(*id));
            pty.keys("K");
            pty.sees(&format!("{id}: protected by the configuration"));
            lives(&endpoint, &pty, *id);
        }
    }
}
