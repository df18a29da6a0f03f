//! Facts about the victims of a kill and its consequences, for the kill dialog and `maxtop kill`.

use super::{FirstCheck, KillOutcome, KillState, KillTask};
use crate::model::{CLOSING_KILL, Part, Session, SessionPhase, Span, Text, closing_text};

/// Maximum number of characters shown of a statement; enough to recognize it.
const MAX_SQL_CHARS: usize = 200;

/// Number of victims by the result of their first check.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct CheckCounts {
    /// Still the same session: would be killed.
    pub passed: usize,
    /// Has ended: there is nothing to kill.
    pub ended: usize,
    /// Would not be killed.
    pub refused: usize,
    /// No result yet.
    pub waiting: usize,
    /// Removed by the user.
    pub removed: usize,
}

impl CheckCounts {
    /// Counts the results of `tasks`.
    pub(crate) fn of(tasks: &[KillTask]) -> Self {
        let mut counts = Self::default();
        for task in tasks {
            let count = if task.is_removed() {
                &mut counts.removed
            } else if task.may_be_confirmed() {
                &mut counts.passed
            } else if matches!(task.outcome(), Some(KillOutcome::AlreadyGone)) {
                &mut counts.ended
            } else if task.outcome().is_some() {
                &mut counts.refused
            } else {
                &mut counts.waiting
            };
            *count += 1;
        }
        counts
    }
}

impl CheckCounts {
    /// Adds the counts of other victims.
    pub(super) const fn join(&mut self, other: Self) {
        self.passed += other.passed;
        self.ended += other.ended;
        self.refused += other.refused;
        self.waiting += other.waiting;
        self.removed += other.removed;
    }
}

/// Returns the parts of the identity that the first checks could not compare, which weakens them:
/// `process start, port`. `None` if all were compared.
pub(crate) fn not_compared<'a>(tasks: impl IntoIterator<Item = &'a KillTask>) -> Option<String> {
    let mut parts: Vec<&'static str> = Vec::new();
    for part in tasks.into_iter().flat_map(unchecked) {
        if !parts.contains(&part.name()) {
            parts.push(part.name());
        }
    }
    joined_parts(&parts)
}

/// Joins the names of parts; `None` if there are none.
pub(super) fn joined_parts(parts: &[&str]) -> Option<String> {
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// Returns the parts of the identity that the first check of a victim could not compare.
pub(super) fn unchecked(task: &KillTask) -> &[Part] {
    match task.state() {
        KillState::Unconfirmed(FirstCheck::Passed { unchecked, .. }) => unchecked,
        _ => &[],
    }
}

/// Returns what is known of a session, as labels and values: where it belongs, its ages, what it runs
/// and where.
pub(crate) fn facts(session: &Session) -> Vec<(&'static str, String)> {
    let known = |text: Option<&Text>| text.map_or("unknown", Text::as_str).to_owned();
    let span = |span: Option<Span>| span.map_or_else(|| "unknown".to_owned(), |span| span.to_string());
    let connected = session.connected.as_ref().map(|connected| &connected.sent);
    let ages = format!("{}, idle {}", span(session.age), span(session.idle));
    let is_closing = session.phase() == Some(SessionPhase::Stopping);
    let closing = is_closing.then(|| ("closing", format!("{}{CLOSING_KILL}", closing_text(None))));
    let mut facts: Vec<_> = closing.into_iter().collect();
    facts.extend([
        ("service", known(session.service.as_ref())),
        ("connected", known(connected)),
        ("age", ages),
    ]);
    if let Some(extra) = &session.extra {
        let pid = extra.pid.map(|pid| format!(" pid {pid}")).unwrap_or_default();
        let program = extra.program.as_ref();
        facts.extend(program.map(|program| ("program", format!("{program}{pid}"))));
    }
    facts.extend(activity(session));
    facts
}

/// Returns what a session runs and where, as labels and values. Empty if it runs nothing and holds no
/// server.
pub(crate) fn activity(session: &Session) -> Vec<(&'static str, String)> {
    let facts = [("servers", servers(session)), ("runs", statement(session))];
    facts
        .into_iter()
        .filter_map(|(label, value)| Some((label, value?)))
        .collect()
}

/// Formats the servers on which a statement may keep running: `db-01 #4021, db-02 #7718`.
fn servers(session: &Session) -> Option<String> {
    let connections = session.server_connections()?;
    let each = connections.iter().map(|connection| match connection.thread_id {
        Some(thread) => format!("{} #{thread}", connection.server),
        None => connection.server.to_string(),
    });
    (!connections.is_empty()).then(|| each.collect::<Vec<_>>().join(", "))
}

/// Returns the beginning of the running statement.
fn statement(session: &Session) -> Option<String> {
    let running = session.extra.as_ref()?.running.as_ref()?;
    let sql = running.sql.as_ref().map_or("(no text)", Text::as_str);
    let mut shown: String = sql.chars().take(MAX_SQL_CHARS).collect();
    if shown.len() < sql.len() {
        shown.push('…');
    }
    Some(shown)
}
