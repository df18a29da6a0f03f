//! The columns of groups: one entry each, from which the head, the cells, the sort and the help come.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::group::Group;
use crate::app::columns::{Align, rate_key};
use crate::app::row::SortKey;
use crate::diagnosis::REASONS;
use crate::model::{Dialect, rate_text, size_text};

/// A column of groups.
pub struct GroupColumn {
    /// The head; that of the first is what is grouped by.
    pub heading: &'static str,
    /// What it shows, for help.
    pub about: &'static str,
    /// Which side its text stands on.
    pub align: Align,
    /// Never narrower than this, in cells of the terminal.
    pub min: u16,
    /// Never wider than this.
    pub max: u16,
    /// The order in which columns are dropped when there is no room: highest first.
    pub drop: u8,
    /// The one dialect that can know it; `None`: both.
    pub only: Option<Dialect>,
    /// Sorted downwards at first: what is largest is looked for.
    pub descending: bool,
    /// What stands in the cell; nothing where it is not known, or where there is nothing to look at.
    pub cell: fn(&Group) -> Option<Cow<'_, str>>,
    /// What it sorts by.
    pub key: fn(&Group) -> SortKey<'_>,
}

const READS: GroupColumn = GroupColumn {
    heading: "READS/s",
    about: "reads from their servers a second, as far as known",
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
        about: "what the sessions of the group have in common",
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
        about: "how many there are",
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
        about: "how many to act on, if any; the worst groups stand first",
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
        about: "how many to look at besides, if any",
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
        about: "how long the longest idle one has been so",
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
        about: "what they take in the proxy together, as far as told",
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
        about: "writes to their servers a second, as far as known",
        min: 9,
        max: 9,
        drop: 8,
        cell: |group| live(group)?.writes.map(|rate| rate_text(rate).into()),
        key: |group| rate_key(group.writes),
        ..READS
    },
    GroupColumn {
        heading: "WHY",
        about: "why they are stuck, the commonest reason first",
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

/// A column of groups, by its place in [`GROUP_COLUMNS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupColumnId(usize);

impl GroupColumnId {
    /// What the sessions have in common.
    pub const NAME: Self = Self(0);
    /// The order before anybody asked for another: the worst first.
    pub const WORST: Self = Self(2);

    /// All, from left to right.
    pub fn all() -> impl DoubleEndedIterator<Item = Self> {
        (0..GROUP_COLUMNS.len()).map(Self)
    }

    /// Its place in [`GROUP_COLUMNS`].
    pub const fn index(self) -> usize {
        self.0
    }

    /// Its entry.
    #[expect(
        clippy::indexing_slicing,
        reason = "an id is only made from a place in the table"
    )]
    pub fn column(self) -> &'static GroupColumn {
        &GROUP_COLUMNS[self.0]
    }
}

/// By which column groups stand, and which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupSort {
    /// The column.
    pub column: GroupColumnId,
    /// Largest first.
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
    /// What a group is sorted by.
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

    /// Which of two groups stands first: by the column, then the larger one, then by name.
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

/// What a group is sorted by.
pub(super) struct Rank<'a> {
    key: SortKey<'a>,
    sessions: u64,
    /// The first bytes of the name, if it has as many: most names differ there.
    prefix: Option<u64>,
    name: SortKey<'a>,
}

fn name(group: &Group) -> SortKey<'_> {
    group.key.text().map_or(SortKey::Unknown, SortKey::Text)
}

/// Of a group that is gone nothing more is told.
fn live(group: &Group) -> Option<&Group> {
    (!group.is_gone).then_some(group)
}

fn some(count: u64) -> Option<Cow<'static, str>> {
    (count > 0).then(|| count.to_string().into())
}

/// `idle 3, closing 1`.
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
