//! The statement that runs: since when, on which server, wrapped in full. The servers report it with server
//! access; otherwise it is the newest retained statement.

use jiff::SignedDuration;
use ratatui::text::{Line, Span};

use super::{LABEL, Pen, clock_time};
use crate::app::App;
use crate::app::detail::DetailPane;
use crate::diagnosis::Evidence;
use crate::model::{RetainedStatement, ServerLocks, ServerThread, Text};
use crate::ui::draw::wrap;

/// Returns the section. An ended session runs nothing.
pub(super) fn section<'a>(app: &App, pane: &DetailPane, pen: &Pen<'_>) -> Vec<Line<'a>> {
    let mut text = Vec::new();
    for (server, thread) in threads(app, pane) {
        text.extend(on_server(app, server, thread, pen));
    }
    if text.is_empty()
        && let Some(query) = retained(pane)
    {
        let sql = query.title().to_owned();
        text.extend(block(&since_received(app, pane, query), &sql, pane, pen));
    }
    text
}

/// Returns the newest retained statement, if it is not complete. Some routers up to 6.1 never record older
/// ones as complete.
pub(super) fn retained(pane: &DetailPane) -> Option<&RetainedStatement> {
    let queries = pane.observation.as_ref()?.detail.queries.as_ref()?;
    queries.last().filter(|query| query.completed.is_none())
}

/// Returns the threads of the session that run a statement, with their servers.
pub(super) fn threads<'a>(app: &'a App, pane: &DetailPane) -> Vec<(&'a ServerLocks, &'a ServerThread)> {
    if pane.ended.is_some() {
        return Vec::new();
    }
    let Some(locks) = app.locks_of(pane.identity.endpoint) else {
        return Vec::new();
    };
    let connections = pane.session().server_connections().unwrap_or_default().iter();
    let running = connections.filter_map(|connection| {
        let thread = app.thread_of(pane, &connection.server, connection.thread_id?)?;
        let server = locks.server(&connection.server)?;
        thread.statement.is_some().then_some((server, thread))
    });
    running.collect()
}

fn on_server<'a>(app: &App, server: &ServerLocks, thread: &ServerThread, pen: &Pen<'_>) -> Vec<Line<'a>> {
    let report = &server.report;
    let time = thread.time.map(|time| format!("{time} ")).unwrap_or_default();
    let since = thread.time.and_then(|time| {
        let age = SignedDuration::from_secs(i64::from(time.as_secs()));
        let began = report.taken_at.checked_sub(age).ok()?;
        Some(format!(", since {}", clock_time(app, began)))
    });
    let state = thread.state.as_ref().filter(|state| !state.as_str().is_empty());
    let state = state.map(|state| format!(" {} {state}", pen.theme.glyphs.dot));
    let remark = format!(
        "{time}on {}, thread {}{}{}",
        report.server,
        thread.id,
        since.unwrap_or_default(),
        state.unwrap_or_default()
    );
    lines(
        "RUNNING",
        &remark,
        thread.statement.as_ref().map_or("", Text::as_str),
        pen,
    )
}

/// Returns `48s, since 14:14:41 on db-01`, or the time of receipt as sent.
fn since_received(app: &App, pane: &DetailPane, query: &RetainedStatement) -> String {
    let lasted = pane
        .findings()
        .into_iter()
        .find_map(|finding| match finding.evidence {
            Evidence::Query { lasted, .. } => Some(lasted),
            _ => None,
        });
    let on = pane.running_server().map(|server| format!(", on {server}"));
    let on = on.unwrap_or_default();
    let received = query.received_time();
    match lasted {
        Some(lasted) => {
            let age = SignedDuration::from_secs(i64::from(lasted.span.as_secs()));
            let since = app.now.wall.checked_sub(age).ok();
            let since = since.map(|since| format!(", since {}", clock_time(app, since)));
            format!("{}{}{on}", lasted.in_sentence(), since.unwrap_or_default())
        }
        None if received.is_empty() => format!("received at an unknown time{on}"),
        None => format!("since {received} by the clock of the proxy{on}"),
    }
}

fn block<'a>(remark: &str, sql: &str, pane: &DetailPane, pen: &Pen<'_>) -> Vec<Line<'a>> {
    if pane.ended.is_some() {
        return lines("LAST RAN", "not complete when it was last seen", sql, pen);
    }
    lines("RUNNING", remark, sql, pen)
}

fn lines<'a>(label: &'static str, remark: &str, sql: &str, pen: &Pen<'_>) -> Vec<Line<'a>> {
    let remark = pen.fit(remark, pen.width.saturating_sub(LABEL));
    let heading = Line::from(vec![
        Span::styled(format!("{label:<LABEL$}"), pen.theme.head),
        Span::styled(remark, pen.theme.look),
    ]);
    let sql = wrap(sql, pen.width.saturating_sub(2).max(1)).into_iter();
    let sql = sql.map(|line| Line::raw(format!("  {line}")));
    [Line::default(), heading].into_iter().chain(sql).collect()
}
