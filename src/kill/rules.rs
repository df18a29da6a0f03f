//! What holds for every victim of a question, whoever asks it.

use crate::query::Filter;
use crate::triage::Thresholds;

/// What holds for every victim of a question.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// Who must never be ended; an empty one is nobody.
    pub protect: Filter,
    /// From when on a session is stuck, for filters that ask for it.
    pub thresholds: Thresholds,
}

impl Rules {
    /// The filter of those who must never be ended, if there is one: an empty filter lets everybody
    /// through.
    pub(super) fn protects(&self) -> Option<&Filter> {
        Some(&self.protect).filter(|filter| !filter.is_empty())
    }
}
