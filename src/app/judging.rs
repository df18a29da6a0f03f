//! Why sessions are stuck, for the rows: every new list is judged once, with the one before in mind.

use std::sync::Arc;

use super::generation::Generation;
use crate::model::Snapshot;
use crate::query::Reasons;
use crate::triage::{Judged, Look, REASONS, ReasonSet, Samples, Thresholds, Verdict, judge};

/// Judges each list; one that was judged already stays as it is.
pub(super) fn judged(
    previous: Option<&Generation>,
    snapshots: &[Arc<Snapshot>],
    limits: &Thresholds,
) -> Vec<Arc<Judged>> {
    let same_limits = previous.is_some_and(|previous| previous.spec.thresholds == *limits);
    let one = |snapshot: &Arc<Snapshot>| {
        let before = previous.and_then(|previous| {
            let known = previous.snapshots.iter().zip(&previous.judged);
            known
                .clone()
                .find(|(before, _)| before.endpoint == snapshot.endpoint)
        });
        match before {
            Some((before, judged)) if before.number == snapshot.number && same_limits => Arc::clone(judged),
            before => {
                let past = before.map(|(before, judged)| (Look::from(before.as_ref()), judged.as_ref()));
                // Connections are not looked at for the whole list.
                Arc::new(judge(
                    past,
                    Look::from(snapshot.as_ref()),
                    limits,
                    &Samples::new(),
                ))
            }
        }
    };
    snapshots.iter().map(one).collect()
}

/// The names of what a verdict says, as a filter asks for them.
pub(crate) struct Names {
    found: [&'static str; REASONS.len()],
    found_count: usize,
    unjudged: [&'static str; REASONS.len()],
    unjudged_count: usize,
    /// Whose names are in `unjudged`: neighbours mostly have the same.
    unjudged_of: ReasonSet,
}

impl Names {
    /// Of nobody yet.
    pub(crate) const fn new() -> Self {
        Self {
            found: [""; REASONS.len()],
            found_count: 0,
            unjudged: [""; REASONS.len()],
            unjudged_count: 0,
            unjudged_of: ReasonSet::NONE,
        }
    }

    /// Those of one session.
    pub(crate) fn of(&mut self, verdict: &Verdict<'_>) -> Reasons<'_> {
        self.found_count = fill(
            &mut self.found,
            verdict.found.iter().map(|finding| finding.reason.name),
        );
        if self.unjudged_of != verdict.unjudged {
            self.unjudged_of = verdict.unjudged;
            self.unjudged_count = fill(&mut self.unjudged, verdict.unjudged.names());
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
