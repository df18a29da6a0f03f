//! Counts the tasks of a batch by state, for the progress and the summary.

use std::collections::BTreeMap;

use super::{KillOutcome, KillState, KillTask, OutcomeKind};

/// Number of tasks in each state. Removed victims are ignored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    outcomes: BTreeMap<OutcomeKind, usize>,
    left: usize,
    watched: usize,
}

impl Tally {
    /// Counts the states of `tasks`.
    pub(crate) fn of(tasks: &[KillTask]) -> Self {
        let mut tally = Self::default();
        for task in tasks.iter().filter(|task| !task.is_removed()) {
            match (task.outcome().map(KillOutcome::kind), task.state()) {
                (Some(kind), _) => *tally.outcomes.entry(kind).or_default() += 1,
                (None, KillState::FollowingUp(_) | KillState::EndingStatements(_)) => tally.watched += 1,
                (None, _) => tally.left += 1,
            }
        }
        tally
    }

    /// Whether all were refused or skipped, so that no DELETE was sent.
    pub(crate) fn is_refused(&self) -> bool {
        let is_refused = |kind: &OutcomeKind| {
            matches!(
                kind,
                OutcomeKind::Refused | OutcomeKind::Skipped | OutcomeKind::Stopped
            )
        };
        self.finished() == self.total() && self.outcomes.keys().all(is_refused)
    }

    /// Returns a tally with these counts of outcomes.
    #[cfg(test)]
    pub(crate) fn of_outcomes(outcomes: impl IntoIterator<Item = (OutcomeKind, usize)>) -> Self {
        Self {
            outcomes: outcomes.into_iter().collect(),
            ..Self::default()
        }
    }

    /// Adds the counts of other tasks.
    pub(super) fn join(&mut self, other: &Self) {
        for (kind, count) in &other.outcomes {
            *self.outcomes.entry(*kind).or_default() += count;
        }
        self.left += other.left;
        self.watched += other.watched;
    }

    /// Returns the number of tasks that were not removed.
    pub(crate) fn total(&self) -> usize {
        self.finished() + self.left + self.watched
    }

    /// Returns the number of tasks with an outcome.
    pub(crate) fn finished(&self) -> usize {
        self.outcomes.values().sum()
    }

    /// Returns the number of tasks with an outcome of this kind.
    pub(crate) fn count(&self, kind: OutcomeKind) -> usize {
        self.outcomes.get(&kind).copied().unwrap_or(0)
    }

    /// Returns the number of tasks that were not sent yet, or whose DELETE is in flight.
    pub(crate) const fn left(&self) -> usize {
        self.left
    }

    /// Formats the counts: `197 killed, 2 already gone, 1 refused`.
    pub(crate) fn words(&self) -> String {
        let each = self.outcomes.iter();
        let each = each.map(|(kind, count)| format!("{count} {}", kind.word()));
        each.collect::<Vec<_>>().join(", ")
    }
}
