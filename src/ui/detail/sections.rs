//! The sections that only JSON:API has data for: statements, buffers, client, memory and log. An empty
//! section is left out.
//!
//! Also the reasons why the session is stuck, with their evidence, the most severe first, and a note if
//! long queries cannot be detected because no statements are kept.

use std::time::Duration;

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::Pen;
use crate::app::App;
use crate::app::detail::DetailPane;
use crate::app::endpoint::NoStatements;
use crate::model::{Buffer, RetainedStatement, SessionDetail, measured_text, size_text};
use crate::ui::draw::wrap;

/// Maximum number of log lines shown.
const LOG_LINES: usize = 200;

/// Returns the statements, newest first, with the running one marked.
pub(super) fn statements<'a>(
    app: &App,
    pane: &DetailPane,
    detail: &SessionDetail,
    pen: &Pen<'_>,
) -> Vec<Line<'a>> {
    let Some(queries) = &detail.queries else {
        return Vec::new();
    };
    if queries.is_empty() {
        let [blank, heading] = pen.heading("STATEMENTS", "none retained");
        let mut text = vec![blank, heading];
        if let Some(none) = missing_statements(app, pane) {
            let keeper = none.keeper;
            text.push(Line::raw(format!(
                "The {keeper} keeps no statements (retain_last_statements=0). To enable:"
            )));
            text.push(Line::styled(format!("  {}", none.command), pen.theme.input));
        }
        return text;
    }
    let mut text = Vec::from(pen.heading("STATEMENTS", "newest first"));
    text.extend(
        queries
            .iter()
            .rev()
            .enumerate()
            .map(|(age, query)| statement(query, age == 0, pen)),
    );
    text
}

/// Returns why there are no statements and the command that enables them, if a setting is the cause.
pub(super) fn missing_statements(app: &App, pane: &DetailPane) -> Option<NoStatements> {
    let endpoint = app.endpoints.get(pane.identity.endpoint)?;
    endpoint.missing_statements(pane.session().service.as_ref())
}

/// Formats a statement. Only the newest can be running: some routers up to 6.1 never record older ones
/// as complete.
fn statement<'a>(query: &RetainedStatement, newest: bool, pen: &Pen<'_>) -> Line<'a> {
    let (time, style) = match query.duration_ms() {
        Some(ms) => (measured_text(Duration::from_millis(ms)), pen.theme.quiet),
        None if newest && query.completed.is_none() => ("running".to_owned(), pen.theme.warning),
        None => (String::new(), pen.theme.quiet),
    };
    let servers: Vec<_> = query
        .responses
        .iter()
        .filter_map(|response| response.server.as_ref())
        .collect();
    let by = servers
        .last()
        .map(|server| format!("{server}: "))
        .unwrap_or_default();
    let room = pen.width.saturating_sub(9);
    Line::from(vec![
        Span::styled(format!("{time:>8} "), style),
        Span::raw(pen.fit(&format!("{by}{}", query.title()), room)),
    ])
}

/// Returns the section about the queues towards the client.
pub(super) fn buffers<'a>(detail: &SessionDetail, pen: &Pen<'_>) -> Vec<Line<'a>> {
    let Some(Buffer { readq, writeq }) = detail.client_buffer else {
        return Vec::new();
    };
    let size = |bytes: Option<u64>| bytes.map_or_else(|| "unknown".to_owned(), size_text);
    let waiting = if writeq.is_some_and(|bytes| bytes > 0) {
        pen.theme.alarm
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
    text.extend(detail.client.iter().map(|(name, value)| {
        let room = pen.width.saturating_sub(19);
        Line::from(vec![
            Span::styled(format!("{:<18} ", pen.fit(name.as_str(), 18)), pen.theme.quiet),
            Span::raw(pen.fit(value.as_str(), room)),
        ])
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
            Span::styled(format!("{:<18} ", pen.fit(part.as_str(), 18)), pen.theme.quiet),
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
            .map(|line| Line::raw(pen.fit(line.as_str(), pen.width))),
    );
    text
}

/// Returns the section with the reasons.
pub(super) fn section<'a>(app: &App, pane: &DetailPane, pen: &Pen<'_>) -> Vec<Line<'a>> {
    let found = pane.findings();
    let open = missing_statements(app, pane).filter(|_| pane.ended.is_none() && has_no_statements(pane));
    let has_any = !found.is_empty() || open.is_some();
    let mut text: Vec<_> = has_any.then(Line::default).into_iter().collect();
    for finding in found {
        let style = pen.theme.severity(finding.severity);
        let words = wrap(&finding.words(pane.session()), pen.width.saturating_sub(2));
        text.extend(words.into_iter().enumerate().map(|(index, words)| {
            let glyph = if index == 0 { finding.severity.glyph() } else { " " };
            Line::from(vec![
                Span::styled(format!("{glyph} "), style),
                Span::styled(words, style),
            ])
        }));
    }
    if let Some(NoStatements { command, .. }) = open {
        // A command that is broken into lines cannot be copied.
        let lines = [
            "query times are unknown: MaxScale keeps no statements. To enable:",
            &command,
        ];
        let lines = lines.map(|line| format!("  {}", pen.fit(line, pen.width.saturating_sub(2))));
        text.extend(lines.map(|line| Line::styled(line, pen.theme.quiet)));
    }
    text
}

/// Whether the session has no retained statements. Statements retained before the setting was changed
/// still count.
fn has_no_statements(pane: &DetailPane) -> bool {
    let observation = pane.observation.as_ref();
    let queries = observation.and_then(|observation| observation.detail.queries.as_ref());
    queries.is_none_or(Vec::is_empty)
}
