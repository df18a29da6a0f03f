//! Diagnoses as input of filters, without heap allocation: a filter is evaluated for every session.

use crate::diagnosis::{Diagnosis, REASONS, ReasonSet};
use crate::filter::Reasons;

/// Names of the reasons of a diagnosis, as filters use them.
pub(crate) struct Names {
    found: [&'static str; REASONS.len()],
    found_count: usize,
    unjudged: [&'static str; REASONS.len()],
    unjudged_count: usize,
    /// The set whose names are in `unjudged`. Consecutive sessions mostly have the same set.
    unjudged_of: ReasonSet,
}

impl Names {
    /// Creates an empty value.
    pub(crate) const fn new() -> Self {
        Self {
            found: [""; REASONS.len()],
            found_count: 0,
            unjudged: [""; REASONS.len()],
            unjudged_count: 0,
            unjudged_of: ReasonSet::NONE,
        }
    }

    /// Returns the names for one session.
    pub(crate) fn of(&mut self, diagnosis: &Diagnosis<'_>) -> Reasons<'_> {
        self.found_count = fill(
            &mut self.found,
            diagnosis.found.iter().map(|finding| finding.reason.name),
        );
        if self.unjudged_of != diagnosis.unjudged {
            self.unjudged_of = diagnosis.unjudged;
            self.unjudged_count = fill(&mut self.unjudged, diagnosis.unjudged.names());
        }
        Reasons {
            found: self.found.get(..self.found_count).unwrap_or_default(),
            unjudged: self.unjudged.get(..self.unjudged_count).unwrap_or_default(),
        }
    }
}

fn fill(slots: &mut [&'static str], names: impl Iterator<Item = &'static str>) -> usize {
    let filled = slots.iter_mut().zip(names);
    filled.map(|(slot, name)| *slot = name).count()
}
