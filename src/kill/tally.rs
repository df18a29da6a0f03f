//! How many of a batch stand where, for the progress and for the last word.

use super::{KillOutcome, KillState, KillTask};

/// The outcomes in the order in which they are summed up: one entry each.
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

/// How many of a batch stand where. Those that were struck out do not count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    ended: [usize; WORDS.len()],
    left: usize,
    watched: usize,
}

impl Tally {
    /// Counts.
    pub fn of(tasks: &[KillTask]) -> Self {
        let mut tally = Self::default();
        for task in tasks.iter().filter(|task| !task.is_removed()) {
            let word = task.outcome().map(KillOutcome::word);
            let place = word.and_then(|word| WORDS.iter().position(|known| *known == word));
            match (place.and_then(|place| tally.ended.get_mut(place)), task.state()) {
                (Some(count), _) => *count += 1,
                (None, KillState::FollowingUp(_)) => tally.watched += 1,
                (None, _) => tally.left += 1,
            }
        }
        tally
    }

    /// All that count.
    pub fn total(&self) -> usize {
        self.finished() + self.left + self.watched
    }

    /// Those that have an outcome.
    pub fn finished(&self) -> usize {
        self.ended.iter().sum()
    }

    /// Those of whom nothing was sent yet, or whose DELETE is under way.
    pub const fn left(&self) -> usize {
        self.left
    }

    /// The outcomes that there are, with how many have them.
    pub fn outcomes(&self) -> impl Iterator<Item = (&'static str, usize)> {
        WORDS.into_iter().zip(self.ended).filter(|(_, count)| *count > 0)
    }

    /// `197 killed, 2 already gone, 1 refused`.
    pub fn words(&self) -> String {
        let each = self.outcomes().map(|(word, count)| format!("{count} {word}"));
        each.collect::<Vec<_>>().join(", ")
    }
}
