//! The table of group columns. Heads, cells, sorting and the help are generated from it.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::group::Group;
use crate::app::columns::{Align, rate_key};
use crate::app::row::SortKey;
use crate::diagnosis::REASONS;
use crate::model::{Dialect, rate_text, size_text};

/// A column of groups.
pub struct GroupColumn {
    /// Heading. That of the first column is the field that sessions are grouped by.
    pub heading: &'static str,
    /// Description for the help.
    pub about: &'static str,
    /// Alignment of heading and cells.
    pub align: Align,
    /// Minimum width, in cells of the terminal.
    pub min: u16,
    /// Maximum width, in cells of the terminal.
    pub max: u16,
    /// Drop priority when the columns do not fit: the highest is dropped first.
    pub drop: u8,
    /// The only dialect that reports it; `None` if both do.
    pub only: Option<Dialect>,
    /// Whether the first sort is descending, for columns whose largest values matter most.
    pub descending: bool,
    /// Returns the content of the cell; `None` if it is unknown or 0 stuck sessions.
    pub cell: fn(&Group) -> Option<Cow<'_, str>>,
    /// Returns the sort key.
    pub key: fn(&Group) -> SortKey<'_>,
}

const READS: GroupColumn = GroupColumn {
    heading: "READS/s",
    about: "reads per second from the servers, where known",
    align: Align::Right,
    min: 8,
    max: 8,
    drop: 7,
    only: Some(Dialect::Draft),
    descending: true,
    cell: |group| live(group)?.reads.map(|rate| rate_text(rate).into()),
    key: |group| rate_key(group.reads),
};

/// All columns of groups, from left to right.
pub static GROUP_COLUMNS: [GroupColumn; 9] = [
    GroupColumn {
        heading: "",
        about: "value that the sessions of the group have in common",
        align: Align::Left,
        min: 8,
        max: 72,
        drop: 0,
        only: None,
        descending: false,
        cell: |group| Some(group.name().into()),
        key: name,
    },
    GroupColumn {
        heading: "SESSIONS",
        about: "number of sessions",
        align: Align::Right,
        min: 9,
        max: 9,
        drop: 1,
        only: None,
        descending: true,
        cell: |group| {
            let left = if group.is_gone { 0 } else { group.sessions };
            Some(left.to_string().into())
        },
        key: |group| SortKey::Number(group.sessions),
    },
    GroupColumn {
        heading: "▲",
        about: "number of sessions with severity ▲; worst groups first",
        align: Align::Right,
        min: 4,
        max: 7,
        drop: 2,
        only: None,
        descending: true,
        cell: |group| some(live(group)?.act),
        key: |group| SortKey::Number((group.act << 32) | group.look.min(u64::from(u32::MAX))),
    },
    GroupColumn {
        heading: "●",
        about: "number of other sessions with severity ●",
        align: Align::Right,
        min: 4,
        max: 7,
        drop: 3,
        only: None,
        descending: true,
        cell: |group| some(live(group)?.look),
        key: |group| SortKey::Number(group.look),
    },
    GroupColumn {
        heading: "IDLE",
        about: "longest idle time in the group",
        align: Align::Right,
        min: 7,
        max: 7,
        drop: 4,
        only: None,
        descending: true,
        cell: |group| live(group)?.idle.map(|idle| idle.to_string().into()),
        key: |group| {
            group
                .idle
                .map_or(SortKey::Unknown, |idle| SortKey::Number(idle.as_millis()))
        },
    },
    GroupColumn {
        heading: "MEMORY",
        about: "total memory, of sessions that report it",
        align: Align::Right,
        min: 7,
        max: 7,
        drop: 6,
        only: Some(Dialect::JsonApi),
        descending: true,
        cell: |group| live(group)?.memory.map(|bytes| size_text(bytes).into()),
        key: |group| group.memory.map_or(SortKey::Unknown, SortKey::Number),
    },
    READS,
    GroupColumn {
        heading: "WRITES/s",
        about: "writes per second to the servers, where known",
        min: 9,
        max: 9,
        drop: 8,
        cell: |group| live(group)?.writes.map(|rate| rate_text(rate).into()),
        key: |group| rate_key(group.writes),
        ..READS
    },
    GroupColumn {
        heading: "WHY",
        about: "why they are stuck, most common reason first",
        align: Align::Left,
        min: 12,
        max: u16::MAX,
        drop: 5,
        only: None,
        descending: true,
        cell: why,
        key: |group| SortKey::Number(group.act + group.look),
    },
];

/// Index of a column in [`GROUP_COLUMNS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupColumnId(usize);

impl GroupColumnId {
    /// The value that the sessions have in common.
    pub const NAME: Self = Self(0);
    /// The default sort column: worst group first.
    pub const WORST: Self = Self(2);

    /// Returns all columns, from left to right.
    pub fn all() -> impl DoubleEndedIterator<Item = Self> {
        (0..GROUP_COLUMNS.len()).map(Self)
    }

    /// Returns the index in [`GROUP_COLUMNS`].
    pub const fn index(self) -> usize {
        self.0
    }

    /// Returns the entry in [`GROUP_COLUMNS`].
    #[expect(
        clippy::indexing_slicing,
        reason = "an id is only made from a place in the table"
    )]
    pub fn column(self) -> &'static GroupColumn {
        &GROUP_COLUMNS[self.0]
    }
}

/// Sort column and direction of groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupSort {
    /// The sort column.
    pub column: GroupColumnId,
    /// Whether the largest comes first.
    pub descending: bool,
}

impl Default for GroupSort {
    fn default() -> Self {
        Self {
            column: GroupColumnId::WORST,
            descending: true,
        }
    }
}

impl GroupSort {
    /// Returns the sort key of a group.
    pub(super) fn rank(self, group: &Group) -> Rank<'_> {
        let name = name(group);
        let first = group.key.text().and_then(|text| text.as_bytes().first_chunk());
        Rank {
            key: (self.column.column().key)(group),
            sessions: group.sessions,
            prefix: first.copied().map(u64::from_be_bytes),
            name,
        }
    }

    /// Compares two groups: by the column, then by size, then by name.
    pub(super) fn compare(self, a: &Rank<'_>, b: &Rank<'_>) -> Ordering {
        let by_prefix = match (a.prefix, b.prefix) {
            (Some(a), Some(b)) => a.cmp(&b),
            _ => Ordering::Equal,
        };
        a.key
            .compare(b.key, self.descending)
            .then(b.sessions.cmp(&a.sessions))
            .then(by_prefix)
            .then_with(|| a.name.compare(b.name, false))
    }
}

/// Sort key of a group.
pub(super) struct Rank<'a> {
    key: SortKey<'a>,
    sessions: u64,
    /// First bytes of the name, if it is long enough. Most names differ there.
    prefix: Option<u64>,
    name: SortKey<'a>,
}

fn name(group: &Group) -> SortKey<'_> {
    group.key.text().map_or(SortKey::Unknown, SortKey::Text)
}

/// Returns the group unless it is gone: a group that is gone shows no values.
fn live(group: &Group) -> Option<&Group> {
    (!group.is_gone).then_some(group)
}

fn some(count: u64) -> Option<Cow<'static, str>> {
    (count > 0).then(|| count.to_string().into())
}

/// Formats the reasons: `idle 3, closing 1`.
fn why(group: &Group) -> Option<Cow<'_, str>> {
    let mut counts: Vec<_> = REASONS
        .iter()
        .zip(live(group)?.reasons)
        .filter(|(_, count)| *count > 0)
        .collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let words = counts
        .iter()
        .map(|(reason, count)| format!("{} {count}", reason.name));
    let words: Vec<_> = words.collect();
    (!words.is_empty()).then(|| words.join(", ").into())
}
