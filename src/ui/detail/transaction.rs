//! The open transaction of the session and its locks, and the statements that its servers run for it.
//! Needs server access.

use jiff::SignedDuration;
use ratatui::text::{Line, Span};

use super::Pen;
use crate::app::App;
use crate::app::detail::DetailPane;
use crate::model::{ServerLocks, ServerThread, SessionLocks, counted};
use crate::ui::draw::wrap;

/// Returns the section.
pub(super) fn section<'a>(app: &App, pane: &DetailPane, pen: &Pen<'_>) -> Vec<Line<'a>> {
    let Some(locks) = app
        .locks_of(pane.identity.endpoint)
        .filter(|_| pane.ended.is_none())
    else {
        return Vec::new();
    };
    let mut text = Vec::new();
    let own = locks
        .session(pane.identity.id)
        .filter(|own| own.transaction.is_some() || own.blocks > 0);
    if let Some(own) = own {
        let parts = transaction(own);
        text.extend(pen.heading(
            "TRANSACTION",
            &format!("on {}, thread {}", own.server, own.thread),
        ));
        text.extend(wrap(&parts, pen.width).into_iter().map(Line::raw));
        if own.blocks > 0 || own.wait.is_some() {
            text.push(Line::from(vec![
                Span::styled("b", pen.theme.strong),
                Span::styled("  shows blockers and waiters", pen.theme.quiet),
            ]));
        }
    }
    for (server, thread) in running(pane, &locks.servers) {
        text.extend(statement(app, server, thread, pen));
    }
    text
}

/// Returns the transaction in words.
fn transaction(own: &SessionLocks) -> String {
    let transaction = own.transaction;
    let age = transaction.and_then(|transaction| transaction.age);
    let locked = transaction.and_then(|transaction| transaction.rows_locked);
    let changed = transaction.and_then(|transaction| transaction.rows_modified);
    let waiting = match own.blocks {
        0 => None,
        1 => Some("1 session waits for it".to_owned()),
        count => Some(format!("{count} sessions wait for it")),
    };
    let parts = [
        age.map(|age| format!("open for {age}")),
        own.idle
            .map(|idle| format!("idle for {idle} since its last statement")),
        locked.map(|rows| format!("{} locked", counted(rows, "row"))),
        changed.map(|rows| format!("{} changed", counted(rows, "row"))),
        waiting,
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Returns the threads of the session that run a statement, with their servers.
fn running<'a>(
    pane: &'a DetailPane,
    servers: &'a [ServerLocks],
) -> impl Iterator<Item = (&'a ServerLocks, &'a ServerThread)> {
    let session = pane.session();
    let connections = session.server_connections().unwrap_or_default().iter();
    connections.filter_map(move |connection| {
        let id = u64::from(connection.thread_id.filter(|id| *id != 0)?);
        let named = |server: &&ServerLocks| server.report.server == connection.server && !server.is_outdated;
        let server = servers.iter().find(named)?;
        let activity = server.report.activity.as_ref().ok()?;
        let mut threads = activity.threads.rows.iter();
        // The API sends the low 32 bits of a thread id.
        let thread = threads.find(|thread| thread.id & u64::from(u32::MAX) == id)?;
        let runs = thread.statement.is_some() && thread.user == session.user;
        runs.then_some((server, thread))
    })
}

fn statement<'a>(app: &App, server: &ServerLocks, thread: &ServerThread, pen: &Pen<'_>) -> Vec<Line<'a>> {
    let time = thread.time.map(|time| format!("{time} ")).unwrap_or_default();
    let since = thread.time.and_then(|time| {
        let began = server
            .report
            .taken_at
            .checked_sub(SignedDuration::from_secs(i64::from(time.as_secs())))
            .ok()?;
        let began = began.to_zoned_datetime(app.settings.zone.clone());
        Some(format!(", since {}", began.strftime("%H:%M:%S")))
    });
    let state = thread.state.as_ref().filter(|state| !state.as_str().is_empty());
    let state = state.map(|state| format!(" {} {state}", pen.theme.glyphs.dot));
    let remark = format!(
        "{time}on {}, thread {}{}{}",
        server.report.server,
        thread.id,
        since.unwrap_or_default(),
        state.unwrap_or_default()
    );
    let mut text = Vec::from(pen.heading("RUNNING", &remark));
    let sql = thread
        .statement
        .as_ref()
        .map_or("", |statement| statement.as_str());
    let lines = wrap(sql, pen.width.saturating_sub(2).max(1)).into_iter();
    text.extend(lines.map(|line| Line::raw(format!("  {line}"))));
    text
}
