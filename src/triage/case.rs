//! One session before its judges.

use super::history::{History, Lasting};
use super::judgment::Judgment;
use super::knowledge::Knowledge;
use super::surroundings::Surroundings;
use super::thresholds::Thresholds;
use super::zone::ServerTime;
use crate::model::{Session, Span};

/// All that a reason may look at.
pub(super) struct Case<'a> {
    pub(super) session: &'a Session,
    pub(super) history: &'a History,
    pub(super) surroundings: &'a Surroundings<'a>,
    pub(super) knowledge: Knowledge,
    pub(super) server: ServerTime,
    pub(super) limits: &'a Thresholds,
}

/// Something that holds is found once it has lasted. Before that it is none, unless it held already
/// when it was first looked at: then nobody knows.
pub(super) fn once_lasted(lasting: Lasting, limit: Span, found: impl FnOnce(Span) -> Judgment) -> Judgment {
    if lasting.millis() >= limit.as_millis() {
        found(span(lasting.millis()))
    } else if lasting.is_open() {
        Judgment::Unjudged
    } else {
        Judgment::No
    }
}

/// Whole seconds are what people read.
pub(super) fn span(millis: u64) -> Span {
    Span::from_secs(i64::try_from(millis / 1000).unwrap_or(i64::MAX))
}
