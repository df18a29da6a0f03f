//! The filters that were applied in this run, for the prompt to walk through.

use crate::query::Filter;

/// So many are kept.
const MOST: usize = 100;

/// Applied filters, the oldest first, each once.
#[derive(Clone, Debug, Default)]
pub struct History(Vec<Filter>);

impl History {
    /// One that begins with the filter of the command line.
    pub fn new(first: &Filter) -> Self {
        let mut history = Self::default();
        history.add(first);
        history
    }

    /// The newest now; one that lets everybody through is not worth keeping.
    pub fn add(&mut self, filter: &Filter) {
        if filter.is_empty() {
            return;
        }
        self.0.retain(|kept| kept.text() != filter.text());
        self.0.push(filter.clone());
        let too_many = self.0.len().saturating_sub(MOST);
        self.0.drain(..too_many);
    }

    /// The one that many steps back; 1 is the newest.
    pub fn back(&self, steps: usize) -> Option<&Filter> {
        self.0.get(self.0.len().checked_sub(steps)?)
    }
}
