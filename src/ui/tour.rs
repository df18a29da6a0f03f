//! The tour of the demo: a rule with the step, and what to press.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;
use unicode_width::UnicodeWidthStr as _;

use super::draw::{fit, rect, wrap};
use super::theme::Theme;
use crate::app::App;
use crate::app::keymap::Action;
use crate::app::layout::Areas;
use crate::app::tour::Tour;

/// Width from which the head names its keys in full, in cells.
const WIDE: usize = 78;

/// Draws the current step, if there is room for it.
pub(super) fn draw(app: &App, theme: &Theme, areas: &Areas, frame: &mut Frame<'_>) {
    let area = rect(areas.tour);
    let (Some(tour), false) = (app.tour, area.is_empty()) else {
        return;
    };
    let mut rows = area.rows();
    let mut text = app.tour_text();
    if area.height == 1 {
        let (step, count) = tour.progress();
        text = format!("{step}/{count} {text}");
    } else if let Some(row) = rows.next() {
        head(app, tour, theme, row, frame);
    }
    let width = usize::from(area.width.saturating_sub(2));
    let mut is_key = false;
    for (text, row) in wrap(&text, width).into_iter().zip(rows) {
        let line = keys(&text, &mut is_key, theme);
        let inner = Rect {
            x: row.x + 1.min(row.width),
            ..row
        };
        line.render(inner.intersection(row), frame.buffer_mut());
    }
}

/// Draws a rule with the number of the step.
fn head(app: &App, tour: Tour, theme: &Theme, row: Rect, frame: &mut Frame<'_>) {
    let quit = app.settings.keys.first(Action::Quit);
    let (step, count) = tour.progress();
    let title = if tour.is_finished() {
        " Tour: done ".to_owned()
    } else {
        format!(" Tour, step {step} of {count}: {} ", tour.name())
    };
    let width = usize::from(row.width);
    let keys = if width < WIDE {
        format!(" Esc: back  {quit}: end ")
    } else {
        format!(" Esc: a step back, {quit}: end the tour ")
    };
    let title = fit(&title, width.saturating_sub(4), theme.glyphs.more);
    let stroke = theme.glyphs.horizontal;
    let rest = width.saturating_sub(4 + title.width() + keys.width());
    let leave = if rest > 0 { keys } else { String::new() };
    let line = Line::from(vec![
        Span::styled(stroke.repeat(2), theme.dim),
        Span::styled(title, theme.head),
        Span::styled(stroke.repeat(rest), theme.dim),
        Span::styled(leave, theme.dim),
        Span::styled(stroke.repeat(width), theme.dim),
    ]);
    line.render(row, frame.buffer_mut());
}

/// Returns a line with its keys marked. `is_key` is whether it begins within a key.
fn keys<'a>(text: &str, is_key: &mut bool, theme: &Theme) -> Line<'a> {
    let mut spans = Vec::new();
    for part in text.split_inclusive(['[', ']']) {
        // The brackets stay: color is not the only sign.
        let style = if *is_key { theme.input } else { Style::new() };
        if part.ends_with('[') {
            *is_key = true;
        } else if part.ends_with(']') {
            *is_key = false;
        }
        spans.push(Span::styled(part.to_owned(), style));
    }
    Line::from(spans)
}
