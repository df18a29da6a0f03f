//! Layout of a one-line input: hidden characters are escaped, and the cursor is at the column where it
//! is displayed.

use std::ops::Range;

use tui_input::Input;
use unicode_width::UnicodeWidthChar as _;

use crate::model::{Pieces, TextPiece, visible};

/// A typed text, split into characters with their own columns.
pub(super) struct TypedLine {
    parts: Vec<TypedChar>,
    cursor: usize,
    width: usize,
}

/// A character with its combining marks, or the escape of a hidden one.
pub(super) struct TypedChar {
    pub(super) text: String,
    /// Range of characters in the typed text.
    pub(super) places: Range<usize>,
    pub(super) is_escape: bool,
    columns: Range<usize>,
}

impl TypedLine {
    pub(super) fn of(input: &Input) -> Self {
        let mut line = Self {
            parts: Vec::new(),
            cursor: 0,
            width: 0,
        };
        for piece in Pieces::of(input.value()) {
            match piece {
                TextPiece::Plain(plain) => plain.chars().for_each(|c| line.push_plain(c)),
                // A typed backslash is shown as one, not as an escape.
                TextPiece::Escaped('\\') => line.push_plain('\\'),
                TextPiece::Escaped(c) => line.push(visible(c.encode_utf8(&mut [0; 4])).into_owned(), true),
            }
        }
        line.cursor = line.column(input.cursor());
        line
    }

    fn push_plain(&mut self, c: char) {
        match self.parts.last_mut() {
            Some(base) if c.width() == Some(0) => {
                base.text.push(c);
                base.places.end += 1;
            }
            _ => self.push(c.to_string(), false),
        }
    }

    fn push(&mut self, text: String, is_escape: bool) {
        let place = self.parts.last().map_or(0, |part| part.places.end);
        let start = self.width;
        self.width += text.chars().map(|c| c.width().unwrap_or(0)).sum::<usize>();
        self.parts.push(TypedChar {
            text,
            is_escape,
            places: place..place + 1,
            columns: start..self.width,
        });
    }

    /// Returns the column of a character of the typed text, or of the end.
    fn column(&self, place: usize) -> usize {
        let part = self.parts.iter().find(|part| place < part.places.end);
        part.map_or(self.width, |part| part.columns.start)
    }

    /// Number of columns of the whole line.
    pub(super) const fn width(&self) -> usize {
        self.width
    }

    /// Number of typed characters.
    pub(super) fn len(&self) -> usize {
        self.parts.last().map_or(0, |part| part.places.end)
    }

    /// Returns the first column to draw, so that the cursor is visible.
    fn scroll(&self, room: usize) -> usize {
        let least = self.cursor.saturating_sub(room);
        let mut starts = self.parts.iter().map(|part| part.columns.start);
        starts.find(|start| *start >= least).unwrap_or(self.cursor)
    }

    /// Returns the visible parts and the column of the cursor among them.
    pub(super) fn window(&self, room: usize) -> (impl Iterator<Item = &TypedChar>, usize) {
        let scroll = self.scroll(room);
        let seen = self
            .parts
            .iter()
            .filter(move |part| part.columns.start >= scroll && part.columns.end <= scroll + room);
        (seen, self.cursor.saturating_sub(scroll).min(room))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(text: &str, cursor: usize, room: usize) -> (String, usize) {
        let line = TypedLine::of(&Input::new(text.to_owned()).with_cursor(cursor));
        let (parts, cursor) = line.window(room);
        (parts.map(|part| part.text.as_str()).collect(), cursor)
    }

    #[test]
    fn the_cursor_is_where_it_is_seen() {
        for (text, cursor, shown, column) in [
            ("user=app", 8, "user=app", 8),
            ("a\u{202e}b", 1, "a\\u{202e}b", 1),
            ("a\u{202e}b", 2, "a\\u{202e}b", 9),
            ("a\u{202e}b", 3, "a\\u{202e}b", 10),
            ("สมศรี=", 5, "สมศรี=", 4),
            ("สมศรี=", 6, "สมศรี=", 5),
            ("日本", 1, "日本", 2),
            (r"CORP\svc", 5, r"CORP\svc", 5),
        ] {
            assert_eq!(drawn(text, cursor, 40), (shown.to_owned(), column), "{text}");
        }
    }

    #[test]
    fn a_long_line_is_scrolled_by_whole_parts() {
        assert_eq!(drawn("\u{202e}abcdef", 7, 8), ("abcdef".to_owned(), 6));
        assert_eq!(drawn("日本日本", 4, 5), ("日本".to_owned(), 4));
        assert_eq!(drawn("abc", 0, 2), ("ab".to_owned(), 0));
    }
}
