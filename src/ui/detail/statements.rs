//! The retained statements, newest first, with the time of day of each. The running one has its own section.

use std::time::Duration;

use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr as _;

use super::{Pen, running};
use crate::app::App;
use crate::app::detail::DetailPane;
use crate::app::endpoint::NoStatements;
use crate::model::{RetainedStatement, SessionDetail, measured_text};

/// Width of the time of day and the duration before a statement, in cells.
const TIMES: usize = 18;

/// Returns the section.
pub(super) fn section<'a>(
    app: &App,
    pane: &DetailPane,
    detail: &SessionDetail,
    pen: &Pen<'_>,
) -> Vec<Line<'a>> {
    let Some(queries) = &detail.queries else {
        return Vec::new();
    };
    if queries.is_empty() {
        let mut text = Vec::from(pen.heading("STATEMENTS", "none retained"));
        if let Some(none) = missing_statements(app, pane) {
            let keeper = none.keeper;
            text.push(Line::raw(format!(
                "The {keeper} keeps no statements (retain_last_statements=0). To enable:"
            )));
            text.push(Line::styled(format!("  {}", none.command), pen.theme.input));
        }
        return text;
    }
    let shown_above = usize::from(running::retained(pane).is_some());
    let rest = queries.iter().rev().skip(shown_above);
    if rest.len() == 0 {
        return Vec::new();
    }
    let unfold = if pen.unfolded {
        "w one line each"
    } else {
        "w all in full"
    };
    let remark = format!(
        "newest first, times of the proxy {} {unfold}",
        pen.theme.glyphs.dot
    );
    let mut text = Vec::from(pen.heading("STATEMENTS", &remark));
    text.extend(rest.flat_map(|query| statement(query, pen)));
    text
}

/// Returns why there are no statements and the command that enables them, if a setting is the cause.
pub(super) fn missing_statements(app: &App, pane: &DetailPane) -> Option<NoStatements> {
    let endpoint = app.endpoints.get(pane.identity.endpoint)?;
    endpoint.missing_statements(pane.session().service.as_ref())
}

/// Formats a statement: time of day, duration, server, text.
fn statement<'a>(query: &RetainedStatement, pen: &Pen<'_>) -> Vec<Line<'a>> {
    let received = query.received_time();
    let lasted = query
        .duration_ms()
        .map(|ms| measured_text(Duration::from_millis(ms)))
        .unwrap_or_default();
    let servers = query.responses.iter();
    let server = servers.rev().find_map(|response| response.server.as_ref());
    let by = server.map(|server| format!("{server}: ")).unwrap_or_default();
    let room = pen.width.saturating_sub(TIMES + by.width());
    let lines = pen.long(query.title(), room).into_iter().enumerate();
    let lines = lines.map(|(place, line)| {
        let (times, by) = if place == 0 {
            (format!("{received:<8} {lasted:>7}  "), by.clone())
        } else {
            (String::new(), " ".repeat(by.width()))
        };
        Line::from(vec![
            Span::styled(format!("{times:<TIMES$}"), pen.theme.dim),
            Span::styled(by, pen.theme.dim),
            Span::raw(line),
        ])
    });
    lines.collect()
}
