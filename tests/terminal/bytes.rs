//! Parses the output to a terminal: text, control bytes and escape sequences.

/// One element of the output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// Printable bytes.
    Text(Vec<u8>),
    /// One C0 byte, or DEL.
    Control(u8),
    /// `ESC [`, without these two bytes.
    Csi(String),
    /// Any other escape sequence: its first byte after ESC.
    Escape(u8),
}

/// Splits the output into tokens. Text is taken byte by byte; C1 characters in UTF-8 are text here.
pub(crate) fn tokens(bytes: &[u8]) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = bytes;
    while let Some((&first, tail)) = rest.split_first() {
        rest = tail;
        match (first, tail.first()) {
            (0x1b, Some(b'[')) => {
                let end = tail.iter().skip(1).position(|byte| (0x40..0x7f).contains(byte));
                let length = end.map_or(tail.len(), |end| end + 2);
                tokens.push(Token::Csi(String::from_utf8_lossy(&tail[1..length]).into_owned()));
                rest = &tail[length..];
            }
            (0x1b, next) => {
                tokens.push(Token::Escape(next.copied().unwrap_or(0)));
                rest = tail.get(1..).unwrap_or_default();
            }
            (0..0x20 | 0x7f, _) => tokens.push(Token::Control(first)),
            _ => match tokens.last_mut() {
                Some(Token::Text(text)) => text.push(first),
                _ => tokens.push(Token::Text(vec![first])),
            },
        }
    }
    tokens
}

/// Returns the parameters of every sequence that sets colors or attributes.
pub(crate) fn renditions(bytes: &[u8]) -> Vec<String> {
    let sequences = tokens(bytes).into_iter().filter_map(|token| match token {
        Token::Csi(sequence) => sequence.strip_suffix('m').map(str::to_owned),
        _ => None,
    });
    sequences.collect()
}

/// Whether a rendition sets a color. 39 and 49 restore the terminal's own.
pub(crate) fn is_color(rendition: &str) -> bool {
    rendition
        .split([';', ':'])
        .filter_map(|part| part.parse::<u16>().ok())
        .any(|code| matches!(code, 30..=38 | 40..=48 | 90..=97 | 100..=107))
}

/// Returns the text among the bytes, with its line breaks.
pub(crate) fn text_of(bytes: &[u8]) -> String {
    let mut text = Vec::new();
    for token in tokens(bytes) {
        match token {
            Token::Text(bytes) => text.extend(bytes),
            Token::Control(b'\n') => text.push(b'\n'),
            Token::Control(_) | Token::Csi(_) | Token::Escape(_) => {}
        }
    }
    String::from_utf8_lossy(&text).into_owned()
}

pub(crate) fn contain(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// Returns the bytes after the last occurrence of `part`.
pub(crate) fn after_last<'a>(bytes: &'a [u8], part: &[u8]) -> &'a [u8] {
    let place = bytes.windows(part.len()).rposition(|window| window == part);
    let place = place.unwrap_or_else(|| panic!("never written: {:?}", String::from_utf8_lossy(part)));
    &bytes[place + part.len()..]
}

#[test]
fn bytes_are_split_into_tokens() {
    let expected = [
        Token::Csi("?25l".to_owned()),
        Token::Text("é".as_bytes().to_vec()),
        Token::Control(7),
        Token::Escape(b']'),
        Token::Text(b"0;x".to_vec()),
    ];
    assert_eq!(tokens("\x1b[?25lé\x07\x1b]0;x".as_bytes()), expected);
    assert!(is_color("1;31") && is_color("38;5;2"));
    assert!(!is_color("39") && !is_color("") && !is_color("7"));
}
