//! Counts the tasks of a batch by state, for the progress and the summary.

use super::{KillOutcome, KillState, KillTask};

/// The outcomes in the order of the summary.
const WORDS: [&str; 9] = [
    "killed",
    "already gone",
    "skipped",
    "refused",
    "stopped",
    "not allowed",
    "failed",
    "still there",
    "unknown",
];

/// Number of tasks in each state. Removed victims are ignored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    ended: [usize; WORDS.len()],
    left: usize,
    watched: usize,
}

impl Tally {
    /// Counts the states of `tasks`.
    pub fn of(tasks: &[KillTask]) -> Self {
        let mut tally = Self::default();
        for task in tasks.iter().filter(|task| !task.is_removed()) {
            let word = task.outcome().map(KillOutcome::word);
            let index = word.and_then(|word| WORDS.iter().position(|known| *known == word));
            match (index.and_then(|index| tally.ended.get_mut(index)), task.state()) {
                (Some(count), _) => *count += 1,
                (None, KillState::FollowingUp(_)) => tally.watched += 1,
                (None, _) => tally.left += 1,
            }
        }
        tally
    }

    /// Returns the number of tasks that were not removed.
    pub fn total(&self) -> usize {
        self.finished() + self.left + self.watched
    }

    /// Returns the number of tasks with an outcome.
    pub fn finished(&self) -> usize {
        self.ended.iter().sum()
    }

    /// Returns the number of tasks that were not sent yet, or whose DELETE is in flight.
    pub const fn left(&self) -> usize {
        self.left
    }

    /// Returns each outcome with its number of tasks, without those that are 0.
    pub fn outcomes(&self) -> impl Iterator<Item = (&'static str, usize)> {
        WORDS.into_iter().zip(self.ended).filter(|(_, count)| *count > 0)
    }

    /// Formats the counts: `197 killed, 2 already gone, 1 refused`.
    pub fn words(&self) -> String {
        let each = self.outcomes().map(|(word, count)| format!("{count} {word}"));
        each.collect::<Vec<_>>().join(", ")
    }
}
