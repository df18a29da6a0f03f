//! What a row says of why it is stuck, and what state it is in.

use std::borrow::Cow;

use crate::app::row::{SortKey, TableRow};
use crate::diagnosis::Severity;
use crate::model::SessionPhase;

/// The strongest reason; without one, the state while it is not simply ready.
pub(super) fn cell<'a>(row: &TableRow<'a>) -> Option<Cow<'a, str>> {
    let strongest = row.diagnosis.strongest().filter(|_| !row.has_ended());
    if let Some(finding) = strongest {
        return Some(finding.short(row.session).into());
    }
    let is_usual = !row.has_ended() && row.session.phase() == Some(SessionPhase::Ready);
    if is_usual { None } else { state(row) }
}

/// By severity, then by how long it was idle.
pub(super) fn key<'a>(row: &TableRow<'a>) -> SortKey<'a> {
    let severity = match row.diagnosis.severity() {
        None => 0,
        Some(Severity::Look) => 1,
        Some(Severity::Act) => 2,
    };
    let idle = row.session.idle.map_or(0, |idle| idle.as_millis() + 1);
    SortKey::Number(severity << 48 | idle)
}

/// A ghost says that it ended; a phase without a word of its own shows what the server sent.
pub(super) fn state<'a>(row: &TableRow<'a>) -> Option<Cow<'a, str>> {
    if row.has_ended() {
        return Some("ended".into());
    }
    match row.session.phase()? {
        SessionPhase::Other => row.session.state.as_ref().map(|state| state.as_str().into()),
        phase => Some(phase.name().into()),
    }
}
