//! A server's name at its connection, with a word behind it where the server is not well.

use ratatui::text::Span;
use unicode_width::UnicodeWidthStr as _;

use super::{Pen, servers};
use crate::app::servers::ServersKnown;
use crate::model::{Connection, Text};

/// A server by its name, and a word behind it where it is not well.
pub(super) struct Named<'a> {
    server: String,
    word: Option<Span<'a>>,
}

impl<'a> Named<'a> {
    pub(super) fn of(connection: &Connection, known: Option<&ServersKnown>, pen: &Pen<'_>) -> Self {
        let server = connection.server.as_ref();
        Self {
            server: server.map_or("?", Text::as_str).to_owned(),
            word: servers::word(known, server, pen.theme),
        }
    }

    /// The room that a word needs with the blank before it.
    fn word_room(&self) -> usize {
        self.word.as_ref().map_or(0, |word| word.width() + 1)
    }

    /// The room that both want. A name alone makes do with the usual.
    pub(super) fn wanted(&self) -> usize {
        match self.word_room() {
            0 => 0,
            word => self.server.width() + word,
        }
    }

    /// Both, in exactly that much room; where it is too small, the name gives way.
    pub(super) fn spans(self, room: usize, pen: &Pen<'_>) -> Vec<Span<'a>> {
        let word_room = self.word_room();
        let name = pen.fit(&self.server, room.saturating_sub(word_room));
        let gap = room.saturating_sub(name.width() + word_room);
        match self.word {
            None => vec![Span::raw(format!("{name}{:gap$}", ""))],
            Some(word) => vec![
                Span::raw(format!("{name} ")),
                word,
                Span::raw(format!("{:gap$}", "")),
            ],
        }
    }
}
