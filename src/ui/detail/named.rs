//! A server's name at its connection, with a warning if the server has a problem.
//!
//! Also shows how full the session's service is, if it has a limit: a client may be waiting for a free
//! slot.

use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr as _;

use super::{Pen, servers};
use crate::app::App;
use crate::app::detail::DetailPane;
use crate::app::servers::ServersKnown;
use crate::model::{ConnectionDetail, Text, counted};

/// A server's name with an optional warning.
pub(super) struct Named<'a> {
    server: String,
    word: Option<Span<'a>>,
}

impl<'a> Named<'a> {
    pub(super) fn of(connection: &ConnectionDetail, known: Option<&ServersKnown>, pen: &Pen<'_>) -> Self {
        let server = connection.server.as_ref();
        Self {
            server: server.map_or("?", Text::as_str).to_owned(),
            word: servers::word(known, server, pen.theme),
        }
    }

    /// Returns the width of the warning with the blank before it.
    fn word_room(&self) -> usize {
        self.word.as_ref().map_or(0, |word| word.width() + 1)
    }

    /// Returns the width of name and warning. A name without warning needs the default width.
    pub(super) fn wanted(&self) -> usize {
        match self.word_room() {
            0 => 0,
            word => self.server.width() + word,
        }
    }

    /// Formats name and warning in exactly this width. The name is cut first.
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

/// Returns the line about the service; `None` without a limit.
pub(super) fn line<'a>(app: &App, pane: &DetailPane, pen: &Pen<'_>) -> Option<Line<'a>> {
    let endpoint = app.endpoints.get(pane.identity.endpoint)?;
    let services = endpoint.services.latest.as_ref()?;
    let service = services.find(pane.session().service.as_ref()?)?;
    let load = service.load()?;
    let (what, style) = match (load.is_full(), load.is_nearly_full()) {
        (true, _) => (": full, new clients are rejected", pen.theme.act),
        (false, true) => (": nearly full", pen.theme.act),
        (false, false) => ("", pen.theme.dim),
    };
    let words = format!(
        "{} {} of {}{what}",
        service.name,
        load.connections,
        counted(load.limit, "connection")
    );
    Some(Line::styled(pen.fit(&words, pen.width), style))
}
