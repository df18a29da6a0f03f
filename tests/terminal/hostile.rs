//! Hostile names reach the terminal as text only.

use crate::bytes::{Token, tokens};
use crate::endpoint::{DIALECTS, Endpoint};
use crate::screen::{cursor_id, ids};

/// Whether the frames use this sequence.
fn is_known(sequence: &str) -> bool {
    let modes = [
        "?1049h", "?1049l", "?2004h", "?2004l", "?25h", "?25l", "?2026h", "?2026l", "2J",
    ];
    let numbers = |rest: &str| rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b';');
    // Moves of the cursor to a place, to the right and down; colors and attributes.
    modes.contains(&sequence) || sequence.strip_suffix(['H', 'C', 'B', 'm']).is_some_and(numbers)
}

/// Whether a terminal obeys or hides this character in text.
fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// The question for the terminal's background, sent once at the start.
const BACKGROUND_QUERY: &[u8] = b"\x1b]11;?\x1b\\\x1b[c";

/// Returns the bytes without the question for the background.
fn without_query(bytes: &[u8]) -> Vec<u8> {
    let length = BACKGROUND_QUERY.len();
    let at = bytes.windows(length).position(|part| part == BACKGROUND_QUERY);
    at.map_or_else(
        || bytes.to_vec(),
        |at| [&bytes[..at], &bytes[at + length..]].concat(),
    )
}

pub(crate) fn assert_harmless(bytes: &[u8]) {
    let mut text = Vec::new();
    let tokens = tokens(&without_query(bytes));
    for (place, token) in tokens.iter().enumerate() {
        match token {
            Token::Text(bytes) => text.extend(bytes),
            Token::Csi(sequence) => assert!(is_known(sequence), "CSI {sequence:?}"),
            Token::Escape(first) => panic!("ESC {:?}", char::from(*first)),
            // At most two columns back, after a move down.
            Token::Control(8) => {
                let before = tokens[..place]
                    .iter()
                    .rev()
                    .find(|token| **token != Token::Control(8));
                let is_down =
                    |token: &Token| matches!(token, Token::Csi(sequence) if sequence.ends_with('B'));
                assert!(before.is_some_and(is_down), "backspace after {before:?}");
            }
            // Line breaks come after the screen: the last frame.
            Token::Control(byte) => assert!(matches!(byte, b'\r' | b'\n'), "byte {byte:#x}"),
        }
    }
    let text = String::from_utf8(text).expect("whole characters");
    let harmful: Vec<char> = text.chars().filter(|c| is_harmful(*c)).collect();
    assert_eq!(harmful, Vec::<char>::new());
}

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
