//! Lines of the screen with an effect of clicks, for the mouse. What is drawn over others replaces theirs.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::app::mouse::{ClickTarget, ClickableLine, HintPlace};

/// Returns the lines of an area with their targets, from the top.
pub(super) fn rows(area: Rect, targets: impl IntoIterator<Item = ClickTarget>) -> Vec<ClickableLine> {
    let lines = area.rows().zip(targets);
    lines.map(|(row, target)| line(row, target)).collect()
}

/// Returns one line with its target.
pub(super) const fn line(row: Rect, target: ClickTarget) -> ClickableLine {
    ClickableLine {
        line: row.y,
        start: row.x,
        end: row.x.saturating_add(row.width),
        target,
    }
}

/// Returns the lines of a table: its headings, and below them the rows from a position on.
pub(super) fn table(area: Rect, body: Rect, first: usize, count: usize) -> Vec<ClickableLine> {
    let mut lines = rows(area, [ClickTarget::Headings]);
    lines.extend(rows(body, (first..count).map(ClickTarget::Row)));
    lines
}

/// Returns the symbols of a line.
pub(super) fn symbols(line: Rect, buffer: &Buffer) -> Vec<String> {
    let cells = line.positions().map(|place| buffer.cell(place));
    cells
        .map(|cell| cell.map_or_else(String::new, |cell| cell.symbol().to_owned()))
        .collect()
}

/// Removes the hints that a dialog covers. `before` are the symbols of the line right after they were drawn.
pub(super) fn keep_visible(hints: &mut Vec<HintPlace>, line: Rect, before: &[String], now: &Buffer) {
    let now = symbols(line, now);
    hints.retain(|hint| {
        let place =
            usize::from(hint.start.saturating_sub(line.x))..usize::from(hint.end.saturating_sub(line.x));
        now.get(place.clone()) == before.get(place)
    });
}
