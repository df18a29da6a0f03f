//! Lines outside of a window: their number above and below, and that of the stuck rows among them. Every list
//! that scrolls uses the same words.

use std::ops::Range;

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};

use super::theme::Theme;
use crate::app::App;
use crate::diagnosis::Severity;

/// Formats the number of lines above and below: `3 more above · 12 more below`; empty if all are shown.
pub(super) fn words(theme: &Theme, above: usize, below: usize) -> String {
    let above = (above > 0).then(|| format!("{above} more above"));
    let below = (below > 0).then(|| format!("{below} more below"));
    let parts: Vec<_> = above.into_iter().chain(below).collect();
    parts.join(&format!(" {} ", theme.glyphs.dot))
}

/// Writes on the lower border of a box how many lines are hidden above and below.
pub(super) fn mark_border(theme: &Theme, area: Rect, (above, below): (usize, usize), buffer: &mut Buffer) {
    let area = area.intersection(buffer.area);
    let border = Rect {
        x: area.x + 1.min(area.width),
        y: area.bottom().saturating_sub(1),
        width: area.width.saturating_sub(2),
        height: 1.min(area.height),
    };
    mark(theme, border, (above, below), buffer);
}

/// Divides an area into the lines of a list of this length and the line of the mark below them, which is empty if
/// all lines fit.
pub(super) fn split_mark(area: Rect, lines: usize) -> (Rect, Rect) {
    let mark = u16::from(lines > usize::from(area.height)).min(area.height);
    let list = Rect {
        height: area.height - mark,
        ..area
    };
    let below = Rect {
        y: list.bottom(),
        height: mark,
        ..area
    };
    (list, below)
}

/// Writes at the right end of the last line of an area how many lines are hidden above and below.
pub(super) fn mark(theme: &Theme, area: Rect, (above, below): (usize, usize), buffer: &mut Buffer) {
    let words = words(theme, above, below);
    if words.is_empty() {
        return;
    }
    let last = area.rows().next_back().unwrap_or_default();
    let line = Line::from(Span::styled(format!(" {words} "), theme.head));
    let width = u16::try_from(line.width()).unwrap_or(u16::MAX).min(last.width);
    let place = Rect {
        x: last.right() - width,
        width,
        ..last
    };
    let cut = cut_word(place, last, buffer);
    Clear.render(
        Rect {
            x: place.x - cut,
            width: place.width + cut,
            ..place
        },
        buffer,
    );
    line.render(place, buffer);
}

/// Maximum width of the rest of a word that is removed.
const MAX_CUT_WORD: u16 = 12;

/// Returns the width of the word before a place that the place cuts. A figure without its end would be wrong.
fn cut_word(place: Rect, line: Rect, buffer: &Buffer) -> u16 {
    let is_part = |x: u16| {
        let cell = buffer.cell((x, place.y));
        cell.is_some_and(|cell| cell.symbol().chars().any(char::is_alphanumeric))
    };
    if !is_part(place.x) {
        return 0;
    }
    let before = (line.x..place.x).rev().take(usize::from(MAX_CUT_WORD));
    u16::try_from(before.take_while(|x| is_part(*x)).count()).unwrap_or(0)
}

/// Returns the numbers of stuck rows or groups in a range of the table: `▲2 ●3`; empty without any.
pub(super) fn stuck<'a>(app: &App, theme: &Theme, positions: &Range<usize>) -> Vec<Span<'a>> {
    let counted = Severity::ALL.into_iter().filter_map(|severity| {
        let count = app.table.count_stuck(severity, positions.clone());
        let text = format!(" {}{count} ", severity.glyph());
        (count > 0).then(|| Span::styled(text, theme.chip(severity)))
    });
    counted.collect()
}

/// Draws the number of stuck rows outside of the window at the right end of the head: ` ▲2 ●3 above`. On a narrow
/// screen the headings are more important.
pub(super) fn draw_above(app: &App, theme: &Theme, head: Rect, frame: &mut Frame<'_>) {
    let (window, _) = app.table.window(app.page());
    let mut spans = stuck(app, theme, &(0..window.start));
    if spans.is_empty() {
        return;
    }
    spans.insert(0, Span::raw(" "));
    spans.push(Span::styled(" above ", theme.head));
    let line = Line::from(spans);
    let width = u16::try_from(line.width()).unwrap_or(u16::MAX);
    if width > head.width / 2 {
        return;
    }
    let place = Rect {
        x: head.right() - width,
        width,
        height: 1,
        ..head
    };
    line.render(place, frame.buffer_mut());
}

#[cfg(test)]
mod tests {
    use ratatui::style::{Color, Style};

    use super::*;

    fn marked(text: &str) -> Buffer {
        let area = Rect::new(0, 0, 30, 1);
        let mut buffer = Buffer::empty(area);
        buffer.set_string(0, 0, text, Style::new().fg(Color::Red));
        mark(&Theme::new(true, false), area, (0, 14), &mut buffer);
        buffer
    }

    #[test]
    fn a_mark_leaves_no_part_of_a_figure_before_it() {
        let text = |line: &str| {
            let buffer = marked(line);
            let cells = buffer.content().iter().map(|cell| cell.symbol().to_owned());
            cells.collect::<String>()
        };
        assert_eq!(
            text("waits       134s 99 UPDATE one"),
            "waits           14 more below "
        );
        assert_eq!(
            text("waits 34s UPDATE orders SET st"),
            "waits 34s       14 more below "
        );
    }

    #[test]
    fn a_mark_does_not_take_the_color_below_it() {
        let buffer = marked("waits 34s UPDATE orders SET st");
        assert_eq!(buffer.cell((20, 0)).map(|cell| cell.fg), Some(Color::Reset));
    }
}
