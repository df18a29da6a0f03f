//! Why sessions are stuck, for the rows: every new list is judged once, with the one before in mind.

use std::sync::Arc;

use super::generation::Generation;
use crate::model::Snapshot;
use crate::triage::{Judged, Look, Samples, Thresholds, judge};

/// Judges each list; one that was judged already stays as it is.
pub(super) fn judged(
    previous: Option<&Generation>,
    snapshots: &[Arc<Snapshot>],
    samples: &[Arc<Samples>],
    limits: &Thresholds,
) -> Vec<Arc<Judged>> {
    let same_limits = previous.is_some_and(|previous| previous.spec.thresholds == *limits);
    let none = Samples::new();
    let one = |(list, snapshot): (usize, &Arc<Snapshot>)| {
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
                let samples = samples.get(list).map_or(&none, AsRef::as_ref);
                Arc::new(judge(past, Look::from(snapshot.as_ref()), limits, samples))
            }
        }
    };
    snapshots.iter().enumerate().map(one).collect()
}
