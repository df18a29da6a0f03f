//! What a closer look at a session's connections adds to what its list tells.

use super::finding::{Finding, Verdict, order};
use super::judgment::Judgment;
use super::reason_set::ReasonSet;
use super::reasons::REASONS;
use super::sample::ConnectionSample;

/// What a list found of a session, with what a closer look adds to it. The strongest first.
pub fn closer(listed: &Verdict<'_>, sample: Option<&ConnectionSample>) -> (Vec<Finding>, ReasonSet) {
    let (mut found, mut unjudged) = (listed.found.to_vec(), listed.unjudged);
    for (place, reason) in REASONS.iter().enumerate() {
        let (Some(judge), Some(sample)) = (reason.judge.closer(), sample) else {
            continue;
        };
        found.retain(|finding| finding.reason != reason);
        unjudged.remove(place);
        match judge(sample) {
            Judgment::Unjudged => unjudged.insert(place),
            Judgment::No => {}
            Judgment::Found(severity, evidence) => found.push(Finding {
                reason,
                severity,
                evidence,
            }),
        }
    }
    order(&mut found);
    (found, unjudged)
}
