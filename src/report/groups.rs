//! Users, addresses and services with the most stuck sessions.

use rustc_hash::FxHashMap;

use crate::app::table_view::TableView;
use crate::model::{Session, Text};

/// Maximum number of values that are kept for each field.
const MAX_KEPT: usize = 10_000;

/// A field that sessions are counted by.
pub(super) struct GroupedField {
    /// Its name.
    pub name: &'static str,
    value: fn(&Session) -> Option<&Text>,
}

/// The fields, in the order of the report.
pub(super) const FIELDS: [GroupedField; 3] = [
    GroupedField {
        name: "user",
        value: |session| session.user.as_ref(),
    },
    GroupedField {
        name: "address",
        value: |session| session.address.as_ref(),
    },
    GroupedField {
        name: "service",
        value: |session| session.service.as_ref(),
    },
];

/// Largest numbers of sessions with a common value at the same time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct GroupCounts {
    /// Stuck sessions.
    pub stuck: u64,
    /// All sessions.
    pub sessions: u64,
}

/// The largest counts of every value.
#[derive(Clone, Debug, Default)]
pub(super) struct TopGroups {
    most: [FxHashMap<Text, GroupCounts>; FIELDS.len()],
}

impl TopGroups {
    pub(super) fn on_view(&mut self, view: &TableView) {
        for (field, most) in FIELDS.iter().zip(&mut self.most) {
            let mut counts: FxHashMap<&Text, GroupCounts> = FxHashMap::default();
            for row in view.window(0, usize::MAX).filter(|row| row.missing == 0) {
                if let Some(value) = (field.value)(row.session) {
                    let count = counts.entry(value).or_default();
                    count.sessions += 1;
                    count.stuck += u64::from(row.diagnosis.severity().is_some());
                }
            }
            for (value, now) in counts {
                if most.len() >= MAX_KEPT && !most.contains_key(value) {
                    continue;
                }
                let known = most.entry(value.clone()).or_default();
                known.stuck = known.stuck.max(now.stuck);
                known.sessions = known.sessions.max(now.sessions);
            }
        }
    }

    /// Returns the values of each field with their counts: most stuck sessions first.
    pub(super) fn sorted(&self) -> impl Iterator<Item = (&'static str, Vec<(&Text, GroupCounts)>)> {
        FIELDS.iter().zip(&self.most).map(|(field, most)| {
            let mut values: Vec<_> = most.iter().map(|(value, counts)| (value, *counts)).collect();
            values.sort_by(|(one, a), (other, b)| b.cmp(a).then_with(|| one.cmp(other)));
            (field.name, values)
        })
    }
}
