//! The output to a terminal, checked for sequences and characters that are not the program's own.

use crate::bytes::{Token, tokens};

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
pub(crate) fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{13430}'..='\u{1345f}' | '\u{e0000}'..='\u{e0fff}')
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
