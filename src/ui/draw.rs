//! Drawing primitives of every pane: areas, rules, boxes, lines that fit.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

pub(super) use super::cut::{fit, fit_end, fit_middle, wrap};
use super::theme::Theme;
use crate::app::layout::Area;
use crate::model::is_printable_ascii;

/// Converts the layout's area to ratatui's.
pub(super) const fn rect(area: Area) -> Rect {
    Rect {
        x: area.x,
        y: area.y,
        width: area.width,
        height: area.height,
    }
}

/// Draws a line across an area: horizontal if the area is one line high, otherwise vertical.
pub(super) fn rule(theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let stroke = if area.height == 1 {
        theme.glyphs.horizontal
    } else {
        theme.glyphs.vertical
    };
    for position in area.intersection(buffer.area).positions() {
        if let Some(cell) = buffer.cell_mut(position) {
            cell.set_symbol(stroke).set_style(theme.dim);
        }
    }
}

/// Empties an area, so that nothing below it is seen.
pub(super) fn clear(area: Rect, buffer: &mut Buffer) {
    for position in area.intersection(buffer.area).positions() {
        if let Some(cell) = buffer.cell_mut(position) {
            cell.reset();
        }
    }
}

/// Writes lines from the top of an area. Cuts what does not fit.
pub(super) fn lines<'a>(lines: impl IntoIterator<Item = Line<'a>>, area: Rect, buffer: &mut Buffer) {
    for (line, row) in lines.into_iter().zip(area.rows()) {
        line.render(row, buffer);
    }
}

/// Draws a line. Much faster than ratatui's own way if all of its text is ASCII.
pub(super) fn line(line: &Line<'_>, area: Rect, buffer: &mut Buffer) {
    let is_simple = |span: &Span<'_>| is_printable_ascii(&span.content);
    if line.alignment.is_some() || !line.spans.iter().all(is_simple) {
        return line.render(area, buffer);
    }
    let row = Rect { height: 1, ..area }.intersection(buffer.area);
    let mut places = row.positions();
    for span in &line.spans {
        let style = line.style.patch(span.style);
        for (symbol, place) in span.content.chars().zip(&mut places) {
            if let Some(cell) = buffer.cell_mut(place) {
                cell.set_char(symbol).set_style(style);
            }
        }
    }
}

/// Width of what remains beside a box, in cells, that is cleared too: parts of words would be shown there.
const MIN_BESIDE: u16 = 4;

/// Draws an empty box with a title in the middle of the screen. Returns the area inside.
pub(super) fn dialog_box(theme: &Theme, title: Line<'_>, size: (u16, u16), buffer: &mut Buffer) -> Rect {
    let screen = buffer.area;
    let (width, height) = (size.0.min(screen.width), size.1.min(screen.height));
    let x = screen.x + (screen.width - width) / 2;
    let y = screen.y + (screen.height - height) / 2;
    framed(theme, title, Rect { x, y, width, height }, buffer)
}

/// Draws an empty box with a title in this area. Returns the area inside.
pub(super) fn framed(theme: &Theme, title: Line<'_>, area: Rect, buffer: &mut Buffer) -> Rect {
    let area = area.intersection(buffer.area);
    let is_wide = buffer.area.width - area.width <= 2 * MIN_BESIDE;
    let cleared = if is_wide {
        Rect {
            x: buffer.area.x,
            width: buffer.area.width,
            ..area
        }
    } else {
        area
    };
    clear(cleared, buffer);
    border(theme, area, buffer);
    let title_room = Rect {
        x: area.x + 1,
        width: area.width.saturating_sub(2),
        height: 1.min(area.height),
        ..area
    };
    title.render(title_room, buffer);
    Rect {
        x: area.x + 2.min(area.width),
        y: area.y + 1.min(area.height),
        width: area.width.saturating_sub(4),
        height: area.height.saturating_sub(2),
    }
}

fn border(theme: &Theme, area: Rect, buffer: &mut Buffer) {
    if area.width < 2 || area.height < 2 {
        return;
    }
    let (right, bottom) = (area.right() - 1, area.bottom() - 1);
    for x in area.x..area.right() {
        for y in [area.y, bottom] {
            put(buffer, (x, y), theme.glyphs.horizontal, theme.dim);
        }
    }
    for y in area.y..area.bottom() {
        for x in [area.x, right] {
            put(buffer, (x, y), theme.glyphs.vertical, theme.dim);
        }
    }
    let places = [
        (area.x, area.y),
        (right, area.y),
        (area.x, bottom),
        (right, bottom),
    ];
    for (place, corner) in places.into_iter().zip(theme.glyphs.corners) {
        put(buffer, place, corner, theme.dim);
    }
}

fn put(buffer: &mut Buffer, place: (u16, u16), symbol: &str, style: Style) {
    if let Some(cell) = buffer.cell_mut(place) {
        cell.set_symbol(symbol).set_style(style);
    }
}
