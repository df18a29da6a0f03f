//! The sections that only JSON:API has data for: buffers, client, memory and log. An empty section is left
//! out.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::Pen;
use crate::model::{Buffer, SessionDetail, size_text};

/// Maximum number of log lines shown.
const LOG_LINES: usize = 200;

/// Returns the section about the queues towards the client.
pub(super) fn buffers<'a>(detail: &SessionDetail, pen: &Pen<'_>) -> Vec<Line<'a>> {
    let Some(Buffer { readq, writeq }) = detail.client_buffer else {
        return Vec::new();
    };
    let size = |bytes: Option<u64>| bytes.map_or_else(|| "unknown".to_owned(), size_text);
    let waiting = if writeq.is_some_and(|bytes| bytes > 0) {
        pen.theme.act
    } else {
        Style::new()
    };
    let mut text = Vec::from(pen.heading("BUFFERS", "towards the client"));
    text.push(Line::from(vec![
        Span::raw(format!("read queue {}   write queue ", size(readq))),
        Span::styled(size(writeq), waiting),
    ]));
    text
}

/// Returns everything that the client reports about itself.
pub(super) fn client<'a>(detail: &SessionDetail, pen: &Pen<'_>) -> Vec<Line<'a>> {
    if detail.client.is_empty() {
        return Vec::new();
    }
    let mut text = Vec::from(pen.heading("CLIENT", "as reported by the client"));
    text.extend(detail.client.iter().flat_map(|(name, value)| {
        let room = pen.width.saturating_sub(19);
        let values = pen.long(value.as_str(), room).into_iter().enumerate();
        values.map(|(place, value)| {
            let name = if place == 0 {
                pen.fit(name.as_str(), 18)
            } else {
                String::new()
            };
            Line::from(vec![
                Span::styled(format!("{name:<18} "), pen.theme.dim),
                Span::raw(value),
            ])
        })
    }));
    text
}

/// Returns the memory by part.
pub(super) fn memory<'a>(detail: &SessionDetail, pen: &Pen<'_>) -> Vec<Line<'a>> {
    if detail.memory.is_empty() {
        return Vec::new();
    }
    let mut text = Vec::from(pen.heading("MEMORY", "estimated by MaxScale"));
    text.extend(detail.memory.iter().map(|(part, bytes)| {
        Line::from(vec![
            Span::styled(format!("{:<18} ", pen.fit(part.as_str(), 18)), pen.theme.dim),
            Span::raw(format!("{:>8}", size_text(*bytes))),
        ])
    }));
    text
}

/// Returns the session's log lines as MaxScale keeps them.
pub(super) fn log<'a>(detail: &SessionDetail, pen: &Pen<'_>) -> Vec<Line<'a>> {
    if detail.log.is_empty() {
        return Vec::new();
    }
    let mut text = Vec::from(pen.heading("LOG", ""));
    text.extend(
        detail
            .log
            .iter()
            .take(LOG_LINES)
            .flat_map(|line| pen.long(line.as_str(), pen.width))
            .map(Line::raw),
    );
    text
}
