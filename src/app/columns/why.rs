//! Content and sort key of WHY, and the state of a session.

use std::borrow::Cow;

use crate::app::column::CellStyle;
use crate::app::row::{SortKey, TableRow};
use crate::diagnosis::{Finding, Rank, Severity};
use crate::model::SessionPhase;

/// Returns the most severe reason; without one, the state unless it is ready.
pub(super) fn cell<'a>(row: &TableRow<'a>) -> Option<Cow<'a, str>> {
    if let Some(reason) = row.diagnosis.short(row.session).filter(|_| !row.has_ended()) {
        return Some(reason.into());
    }
    match row.session.phase() {
        _ if row.has_ended() => state(row),
        Some(SessionPhase::Ready) => None,
        // The word of the reason, which follows after some seconds.
        Some(SessionPhase::Stopping) => Some("closing".into()),
        _ => state(row),
    }
}

/// Milliseconds of an hour.
const HOUR: u64 = 3_600_000;

/// Returns a key that sorts by severity, then by the rank of the reason, then by the hours that it has lasted. Equal
/// rows, and sessions without a reason, are in the order of their ids: they keep their places. By seconds, those
/// that began in the same second would change places often.
pub(super) fn key<'a>(row: &TableRow<'a>) -> SortKey<'a> {
    let severity = match row.diagnosis.severity() {
        None => 0,
        Some(Severity::Look) => 1,
        Some(Severity::Act) => 2,
    };
    let strongest = row.diagnosis.strongest();
    let rank = match strongest.map(|finding| finding.reason.rank) {
        Some(Rank::Last) => 0,
        Some(Rank::Usual) | None => 1,
        Some(Rank::First) => 2,
    };
    let lasted = strongest.and_then(Finding::lasted);
    let hours = lasted.map_or(0, |lasted| lasted.as_millis() / HOUR);
    SortKey::Number(severity << 50 | rank << 48 | hours)
}

/// Returns `ended` for a departed row, otherwise the phase. A phase without a name is shown as the
/// server sent it.
pub(super) fn state<'a>(row: &TableRow<'a>) -> Option<Cow<'a, str>> {
    if row.has_ended() {
        return Some("ended".into());
    }
    match row.session.phase()? {
        SessionPhase::Other => row.session.state.as_ref().map(|state| state.as_str().into()),
        phase => Some(phase.name().into()),
    }
}

/// Returns the severity that the row shows. A departed row is not stuck any more.
fn shown_severity(row: &TableRow<'_>) -> Option<Severity> {
    row.diagnosis.severity().filter(|_| !row.has_ended())
}

/// Returns the sign of the severity; `-` for a row that has ended.
pub(super) fn sign<'a>(row: &TableRow<'a>) -> Option<Cow<'a, str>> {
    if row.has_ended() {
        return Some("-".into());
    }
    shown_severity(row).map(|severity| severity.glyph().into())
}

/// Returns the style of that sign.
pub(super) fn sign_style(row: &TableRow<'_>) -> CellStyle {
    match shown_severity(row) {
        Some(severity) => CellStyle::Sign(severity),
        None if row.has_ended() => CellStyle::Dim,
        None => CellStyle::Plain,
    }
}

/// Returns the style of WHY: that of the severity, or that of the state.
pub(super) fn style(row: &TableRow<'_>) -> CellStyle {
    shown_severity(row).map_or_else(|| state_style(row), CellStyle::Severity)
}

/// Returns the style of the state. The normal state is dimmed, so that the others are easy to find.
pub(super) fn state_style(row: &TableRow<'_>) -> CellStyle {
    match row.session.phase() {
        Some(SessionPhase::Ready) | None => CellStyle::Dim,
        Some(SessionPhase::Stopping | SessionPhase::Starting | SessionPhase::Other) => CellStyle::Look,
    }
}
