//! One group: what its sessions have in common, and what is told of them together.

use super::groupings::GroupValue;
use crate::app::row::TableRow;
use crate::diagnosis::{REASONS, Severity};
use crate::model::{Counter, RawText, Span, Text};

/// What a group is known by, and what its cursor holds: a text, or that none is known. Two keys are
/// equal if their raw texts are, which is what a filter compares.
#[derive(Clone, Debug)]
pub struct GroupKey(Option<GroupName>);

#[derive(Clone, Debug)]
enum GroupName {
    Sent(Text),
    Named(Box<str>),
    Word(&'static str),
}

impl GroupKey {
    /// Returns the raw text; `None` where it is not known.
    pub fn raw(&self) -> Option<RawText<'_>> {
        self.0.as_ref().map(|name| match name {
            GroupName::Sent(text) => text.raw(),
            GroupName::Named(name) => RawText::from(&**name),
            GroupName::Word(word) => RawText::from(*word),
        })
    }

    /// Returns the text as it is shown; `None` where it is not known.
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

/// Sessions that have something in common. What none of them tells is `None`.
#[derive(Clone, Debug)]
pub struct Group {
    /// What they have in common.
    pub key: GroupKey,
    /// What stands for the empty text.
    pub nothing: &'static str,
    /// How many there are; of one that is gone, how many there were.
    pub sessions: u64,
    /// How many of them have a reason to act.
    pub act: u64,
    /// How many have a reason to look at them, and none to act.
    pub look: u64,
    /// How long the longest idle one has been so.
    pub idle: Option<Span>,
    /// What they take in the proxy, in bytes, as far as it is told.
    pub memory: Option<u64>,
    /// Reads from servers a second, as far as connections were looked at.
    pub reads: Option<f64>,
    /// Writes to servers a second, likewise.
    pub writes: Option<f64>,
    /// How many are stuck for each reason, in the order of the table of reasons.
    pub reasons: [u32; REASONS.len()],
    /// Its last session is gone: it is kept, with what it is sorted by, while the cursor is on it.
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

    /// The text that stands for it.
    pub fn name(&self) -> &str {
        match self.key.text() {
            None => "(unknown)",
            Some("") => self.nothing,
            Some(text) => text,
        }
    }

    /// How much it matters.
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

    /// As it is kept when its last session is gone.
    pub(super) fn gone(&self) -> Self {
        Self {
            is_gone: true,
            ..self.clone()
        }
    }
}

/// What is known of two, together.
fn sum<T>(one: Option<T>, other: Option<T>, add: impl Fn(T, T) -> T) -> Option<T> {
    match (one, other) {
        (Some(one), Some(other)) => Some(add(one, other)),
        (one, other) => one.or(other),
    }
}
