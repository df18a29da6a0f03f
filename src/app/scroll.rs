//! How far a list is scrolled: its cursor stays in sight.

/// The first row on the screen, so that the one at `position` is in sight.
pub(super) fn settled(offset: usize, position: usize, rows: usize, height: usize) -> usize {
    let last_offset = rows.saturating_sub(height.max(1));
    let lowest = position.saturating_sub(height.saturating_sub(1));
    offset
        .clamp(lowest, position.max(lowest))
        .min(last_offset.max(lowest))
}
