//! One group: the value that its sessions have in common, and their totals.

use std::hash::{Hash, Hasher};

use super::groupings::GroupValue;
use crate::app::row::TableRow;
use crate::diagnosis::{REASONS, Severity};
use crate::model::{Counter, RawText, Span, Text};

/// Key of a group, also stored by the cursor: a text, or that the value is unknown. Two keys are equal
/// if their raw texts are, as in filters.
#[derive(Clone, Debug)]
pub struct GroupKey(Option<GroupName>);

#[derive(Clone, Debug)]
enum GroupName {
    Sent(Text),
    Named(Box<str>),
    Word(&'static str),
}

impl GroupKey {
    /// Returns the raw text; `None` if it is unknown.
    pub fn raw(&self) -> Option<RawText<'_>> {
        self.0.as_ref().map(|name| match name {
            GroupName::Sent(text) => text.raw(),
            GroupName::Named(name) => RawText::from(&**name),
            GroupName::Word(word) => RawText::from(*word),
        })
    }

    /// Returns the text as it is shown; `None` if it is unknown.
    pub fn text(&self) -> Option<&str> {
        self.0.as_ref().map(|name| match name {
            GroupName::Sent(text) => text.as_str(),
            GroupName::Named(name) => name,
            GroupName::Word(word) => word,
        })
    }
}

impl From<Option<GroupValue<'_>>> for GroupKey {
    fn from(value: Option<GroupValue<'_>>) -> Self {
        Self(value.map(|value| match value {
            GroupValue::Sent(text) => GroupName::Sent(text.clone()),
            GroupValue::Named(name) => GroupName::Named(name.into()),
            GroupValue::Word(word) => GroupName::Word(word),
        }))
    }
}

impl PartialEq for GroupKey {
    fn eq(&self, other: &Self) -> bool {
        self.raw() == other.raw()
    }
}

impl Eq for GroupKey {}

impl Hash for GroupKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.raw().hash(state);
    }
}

/// Sessions with a common value. A total is `None` if none of them reports the value.
#[derive(Clone, Debug)]
pub struct Group {
    /// The common value.
    pub key: GroupKey,
    /// Placeholder for the empty text.
    pub nothing: &'static str,
    /// Number of sessions; for a group that is gone, its last number.
    pub sessions: u64,
    /// Number of sessions with a reason of severity `Act`.
    pub act: u64,
    /// Number of sessions with a reason of severity `Look` and none of `Act`.
    pub look: u64,
    /// Longest idle time.
    pub idle: Option<Span>,
    /// Total memory in the proxy, in bytes, of sessions that report it.
    pub memory: Option<u64>,
    /// Reads from servers per second, of sessions whose connections were sampled.
    pub reads: Option<f64>,
    /// Writes to servers per second, of sessions whose connections were sampled.
    pub writes: Option<f64>,
    /// Number of stuck sessions for each reason, in the order of the table of reasons.
    pub reasons: [u32; REASONS.len()],
    /// Whether its last session is gone. Such a group is kept with its sort key while the cursor is on
    /// it.
    pub is_gone: bool,
}

impl Group {
    pub(super) fn new(key: GroupKey, nothing: &'static str) -> Self {
        Self {
            key,
            nothing,
            sessions: 0,
            act: 0,
            look: 0,
            idle: None,
            memory: None,
            reads: None,
            writes: None,
            reasons: [0; REASONS.len()],
            is_gone: false,
        }
    }

    /// Returns the name to show.
    pub fn name(&self) -> &str {
        match self.key.text() {
            None => "(unknown)",
            Some("") => self.nothing,
            Some(text) => text,
        }
    }

    /// Returns the highest severity of its sessions.
    pub const fn severity(&self) -> Option<Severity> {
        match (self.act, self.look) {
            (0, 0) => None,
            (0, _) => Some(Severity::Look),
            _ => Some(Severity::Act),
        }
    }

    pub(super) fn add(&mut self, row: &TableRow<'_>) {
        self.sessions += 1;
        self.idle = self.idle.max(row.session.idle);
        let memory = row.session.extra.as_ref().and_then(|extra| extra.memory);
        self.memory = sum(self.memory, memory, u64::saturating_add);
        self.reads = sum(self.reads, row.rate(Counter::Reads), |a, b| a + b);
        self.writes = sum(self.writes, row.rate(Counter::Writes), |a, b| a + b);
        match row.diagnosis.severity() {
            Some(Severity::Act) => self.act += 1,
            Some(Severity::Look) => self.look += 1,
            None => return,
        }
        for finding in row.diagnosis.found {
            if let Some(count) = self.reasons.get_mut(finding.reason.index()) {
                *count += 1;
            }
        }
    }

    /// Returns the group as it is kept after its last session is gone.
    pub(super) fn gone(&self) -> Self {
        Self {
            is_gone: true,
            ..self.clone()
        }
    }
}

/// Adds two values, each of them possibly unknown.
fn sum<T>(one: Option<T>, other: Option<T>, add: impl Fn(T, T) -> T) -> Option<T> {
    match (one, other) {
        (Some(one), Some(other)) => Some(add(one, other)),
        (one, other) => one.or(other),
    }
}
