//! Facts about the victims of a kill and its consequences, for the kill dialog and `maxtop kill`.

use std::collections::{BTreeMap, BTreeSet};

use super::{FirstCheck, KillState, KillTask, RefusalReason};
use crate::filter::Filter;
use crate::model::{Part, Session, Span, Text, visible};

/// Maximum number of characters shown of a statement; enough to recognize it.
const MAX_SQL_CHARS: usize = 200;

/// Number of victims by the result of their first check.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct CheckCounts {
    /// Still the same session: would be killed.
    pub passed: usize,
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
        self.refused += other.refused;
        self.waiting += other.waiting;
        self.removed += other.removed;
    }
}

/// Counts the victims that will not be killed by the cause, largest first. Those that were removed are left out.
pub(crate) fn refusals(tasks: &[KillTask]) -> Vec<(String, usize)> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for outcome in tasks
        .iter()
        .filter(|task| !task.is_removed())
        .filter_map(KillTask::outcome)
    {
        let why = outcome
            .refusal()
            .map_or_else(|| outcome.word().to_owned(), RefusalReason::short);
        *counts.entry(why).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}

/// Counts the victims that can still be killed by a value of their sessions, largest first.
pub(crate) fn count_by(
    tasks: &[KillTask],
    value: impl Fn(&Session) -> Option<&Text>,
) -> Vec<(String, usize)> {
    let mut counts: BTreeMap<Option<&Text>, usize> = BTreeMap::new();
    let is_left = |task: &&KillTask| !task.is_removed() && task.outcome().is_none();
    for task in tasks.iter().filter(is_left) {
        *counts.entry(value(&task.victim.session)).or_default() += 1;
    }
    let mut counts: Vec<_> = counts
        .into_iter()
        .map(|(name, count)| (name.map_or("unknown", Text::as_str).to_owned(), count))
        .collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}

/// Returns the filter that selected all victims, or a list if there are several filters.
pub(crate) fn selected_by(tasks: &[KillTask]) -> Option<String> {
    let mut filters = tasks.iter().map(|task| task.victim.taken_by.as_ref());
    let first = filters.next()?;
    let is_one = filters.all(|filter| filter.map(Filter::text) == first.map(Filter::text));
    let texts = || tasks.iter().filter_map(|task| task.victim.taken_by.as_ref());
    if is_one {
        return first.map(|filter| visible(filter.text().trim()).into_owned());
    }
    let by_hand = tasks.len() - texts().count();
    let distinct: BTreeSet<_> = texts().map(|filter| filter.text().trim()).collect();
    let mut names: Vec<String> = distinct
        .into_iter()
        .map(|text| visible(text).into_owned())
        .collect();
    names.extend((by_hand > 0).then(|| format!("{by_hand} by hand")));
    Some(names.join("; "))
}

/// Returns the filter that selected all victims; `None` if it did not select one of them.
pub(crate) fn common_filter(tasks: &[KillTask]) -> Option<String> {
    let is_selected = tasks.iter().all(|task| task.victim.taken_by.is_some());
    let mut texts = tasks
        .iter()
        .filter_map(|task| task.victim.taken_by.as_ref().map(Filter::text));
    let first = texts.next()?;
    (is_selected && texts.all(|text| text == first)).then(|| visible(first.trim()).into_owned())
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
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn unchecked(task: &KillTask) -> &[Part] {
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
    let mut facts = vec![
        ("service", known(session.service.as_ref())),
        ("connected", known(connected)),
        ("age", ages),
    ];
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
