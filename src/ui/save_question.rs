//! The question before settings are saved: the file, and each value that it would get.

use ratatui::Frame;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr as _;

use super::draw::{dialog_box, fit_middle, lines, wrap};
use super::theme::Theme;
use crate::app::App;
use crate::app::saving::{SaveQuestion, SettingChange};
use crate::model::visible;

/// Maximum width of the box, in cells.
const WIDTH: u16 = 90;
/// Width of the choice and the name of a setting, in cells.
const NAME: usize = 14;

/// Draws the question, if it is open.
pub(super) fn draw(app: &App, theme: &Theme, frame: &mut Frame<'_>) {
    let Some(question) = app.modal.save_question() else {
        return;
    };
    let width = WIDTH.min(frame.area().width);
    let text = text(question, theme, usize::from(width.saturating_sub(4)));
    let height = u16::try_from(text.len() + 2).unwrap_or(u16::MAX);
    // The line of the keys stays visible.
    let height = height.min(frame.area().height.saturating_sub(2));
    let title = Line::from(Span::styled(" Write to the configuration file? ", theme.head));
    let inner = dialog_box(theme, title, (width, height), frame.buffer_mut());
    lines(text, inner, frame.buffer_mut());
}

fn text<'a>(question: &SaveQuestion, theme: &Theme, width: usize) -> Vec<Line<'a>> {
    let more = theme.glyphs.more;
    let place = fit_middle(&question.place, width, more);
    let mut text = vec![Line::styled(place, theme.dim), Line::default()];
    for change in &question.changes {
        text.extend(value(change, "    ", theme, width));
    }
    if question.changes.is_empty() {
        text.push(Line::styled(
            "sort, columns, grouping and theme are saved already",
            theme.dim,
        ));
    }
    if let Some(filter) = &question.filter {
        let choice = if question.with_filter { "[x] " } else { "[ ] " };
        text.push(Line::default());
        text.extend(value(filter, choice, theme, width));
        let advice = if question.with_filter {
            "f leaves the filter out"
        } else {
            "f writes the filter too; every start would use it"
        };
        text.push(Line::styled(format!("    {advice}"), theme.dim));
    }
    text
}

/// Returns the lines of a value: `sort      "-idle"   now 'id'`.
fn value<'a>(change: &SettingChange, choice: &str, theme: &Theme, width: usize) -> Vec<Line<'a>> {
    let now = change.present.as_ref();
    let now = now.map_or_else(String::new, |present| format!("   now {}", visible(present)));
    let room = width.saturating_sub(NAME).max(1);
    let mut parts: Vec<_> = wrap(&visible(&change.written), room)
        .into_iter()
        .map(|line| (line, theme.hit))
        .collect();
    match parts.last_mut() {
        Some((last, _)) if last.width() + now.width() <= room => {}
        _ => parts.push((String::new(), theme.hit)),
    }
    let head = format!("{choice}{}", change.name);
    let count = parts.len();
    let lines = parts.into_iter().enumerate().map(|(index, (part, style))| {
        let head = if index == 0 { head.as_str() } else { "" };
        let mut line = Line::from(vec![
            Span::styled(format!("{head:<NAME$}"), theme.head),
            Span::styled(part, style),
        ]);
        if index + 1 == count {
            line.push_span(Span::styled(now.clone(), theme.dim));
        }
        line
    });
    lines.collect()
}
