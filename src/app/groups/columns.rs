//! The columns of groups. Heads, cells, sorting and the help are generated from it.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::group::Group;
use crate::app::column::fit::FitRules;
use crate::app::column::{CellStyle, Column, ColumnId, TableKind, Truncate};
use crate::app::columns::rate_key;
use crate::app::row::SortKey;
use crate::diagnosis::{REASONS, Severity};
use crate::model::{Dialect, rate_text, size_text};

/// The table of groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GroupTable;

impl TableKind for GroupTable {
    type Row<'a> = &'a Group;
    type Cell = fn(&Group) -> Option<Cow<'_, str>>;
    type Key = fn(&Group) -> SortKey<'_>;

    const NO_CELL: Self::Cell = |_| None;
    const NO_KEY: Self::Key = |_| SortKey::Unknown;
    const FIT: FitRules = FitRules {
        first_optional: 4,
        readable: 11,
        readable_beside_optional: Some(24),
        identifying: 0,
    };

    fn columns() -> &'static [GroupColumn] {
        &GROUP_COLUMNS
    }

    fn cell<'a>(column: &GroupColumn, group: &Self::Row<'a>) -> Option<Cow<'a, str>> {
        (column.cell)(group)
    }
}

/// A column of groups.
pub type GroupColumn = Column<GroupTable>;

/// Index of a column in [`GROUP_COLUMNS`].
pub type GroupColumnId = ColumnId<GroupTable>;

impl ColumnId<GroupTable> {
    /// The value that the sessions have in common. Its heading is the field that they are grouped by.
    pub const NAME: Self = Self::constant(&GROUP_COLUMNS, "name");
    /// The default sort column: worst group first.
    pub const WORST: Self = Self::constant(&GROUP_COLUMNS, "act");
}

const READS: Column<GroupTable> = Column {
    name: "reads",
    heading: "READS/s",
    about: "reads per second from the servers, where known",
    min: 8,
    max: 8,
    drop: 7,
    only: Some(Dialect::Draft),
    descending: true,
    cell: |group| live(group)?.reads.map(|rate| rate_text(rate).into()),
    key: |group| rate_key(group.reads),
    ..Column::NUMBER
};

/// All columns of groups, from left to right.
pub static GROUP_COLUMNS: [GroupColumn; 9] = [
    Column {
        name: "name",
        truncate: Truncate::Middle,
        heading: "",
        about: "value that the sessions of the group have in common",
        min: 8,
        max: 72,
        drop: 0,
        cell: |group| Some(group.name().into()),
        key: name,
        style: |group| name_style(group),
        ..Column::TEXT
    },
    Column {
        name: "sessions",
        heading: "SESSIONS",
        about: "number of sessions",
        min: 9,
        max: 9,
        drop: 1,
        descending: true,
        cell: |group| {
            let left = if group.is_gone { 0 } else { group.sessions };
            Some(left.to_string().into())
        },
        key: |group| SortKey::Number(group.sessions),
        ..Column::NUMBER
    },
    Column {
        name: "act",
        heading: "▲",
        about: "number of sessions with severity ▲; worst groups first",
        min: 4,
        max: 7,
        drop: 2,
        descending: true,
        cell: |group| some(live(group)?.act),
        key: |group| SortKey::Number((group.act << 32) | group.look.min(u64::from(u32::MAX))),
        style: |_| CellStyle::Sign(Severity::Act),
        ..Column::NUMBER
    },
    Column {
        name: "look",
        heading: "●",
        about: "number of other sessions with severity ●",
        min: 4,
        max: 7,
        drop: 3,
        descending: true,
        cell: |group| some(live(group)?.look),
        key: |group| SortKey::Number(group.look),
        style: |_| CellStyle::Sign(Severity::Look),
        ..Column::NUMBER
    },
    Column {
        name: "idle",
        heading: "IDLE",
        about: "longest idle time in the group",
        min: 7,
        max: 7,
        drop: 4,
        descending: true,
        cell: |group| live(group)?.idle.map(|idle| idle.to_string().into()),
        key: |group| {
            group
                .idle
                .map_or(SortKey::Unknown, |idle| SortKey::Number(idle.as_millis()))
        },
        ..Column::NUMBER
    },
    Column {
        name: "memory",
        heading: "MEMORY",
        about: "total memory, of sessions that report it",
        min: 7,
        max: 7,
        drop: 6,
        only: Some(Dialect::JsonApi),
        descending: true,
        cell: |group| live(group)?.memory.map(|bytes| size_text(bytes).into()),
        key: |group| group.memory.map_or(SortKey::Unknown, SortKey::Number),
        ..Column::NUMBER
    },
    READS,
    Column {
        name: "writes",
        heading: "WRITES/s",
        about: "writes per second to the servers, where known",
        min: 9,
        max: 9,
        drop: 8,
        cell: |group| live(group)?.writes.map(|rate| rate_text(rate).into()),
        key: |group| rate_key(group.writes),
        ..READS
    },
    Column {
        name: "why",
        heading: "WHY",
        about: "why they are stuck, most common reason first",
        min: 12,
        max: u16::MAX,
        drop: 5,
        descending: true,
        cell: why,
        key: |group| SortKey::Number(group.act + group.look),
        style: |group| group.severity().map_or(CellStyle::Plain, CellStyle::Severity),
        ..Column::TEXT
    },
];

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

/// Returns the heading of a column. That of the name is the field that sessions are grouped by.
pub(crate) fn heading(groups: &super::Groups, id: GroupColumnId) -> &'static str {
    if id == GroupColumnId::NAME {
        groups.spec.by.grouping().heading
    } else {
        id.column().heading
    }
}

/// Returns the style of a name. A missing value is dimmed.
fn name_style(group: &Group) -> CellStyle {
    match group.key.text() {
        Some(text) if !text.is_empty() => CellStyle::Plain,
        _ => CellStyle::Dim,
    }
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
