//! The line of a prompt: the filter while it is typed, or the text to search for.

use std::ops::Range;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;
use tui_input::Input;
use unicode_width::UnicodeWidthStr as _;

use super::draw::fit;
use super::footer::level_style;
use super::kill_progress;
use super::theme::Theme;
use super::typed::TypedLine;
use crate::app::App;
use crate::app::prompt::FilterPrompt;
use crate::filter::FilterError;

/// Draws the open prompt: the filter with the number of matching rows or the error, or the text to search for.
/// Returns whether a prompt is open.
pub(super) fn draw(app: &App, theme: &Theme, area: Rect, frame: &mut Frame<'_>) -> bool {
    let width = usize::from(area.width);
    if let Some(prompt) = app.modal.prompt() {
        let note = note(app, prompt, width, theme);
        line(
            " / ",
            &prompt.input,
            prompt.error.as_ref(),
            note,
            theme,
            area,
            frame,
        );
    } else if let Some(prompt) = app.modal.search() {
        let found = prompt
            .found
            .map_or_else(String::new, |found| format!(" {} ", found.words()));
        let style = match prompt.found {
            Some(found) if found.count == 0 => theme.look,
            _ => theme.dim,
        };
        let note = (found, style);
        line(" search: ", &prompt.input, None, note, theme, area, frame);
    } else {
        return false;
    }
    true
}

/// Draws a label, a typed text with its cursor, and a note on the right.
fn line(
    label: &'static str,
    input: &Input,
    error: Option<&FilterError>,
    (note, style): (String, Style),
    theme: &Theme,
    area: Rect,
    frame: &mut Frame<'_>,
) {
    let width = usize::from(area.width);
    let room = width.saturating_sub(note.width() + label.width() + 1);
    let typed = TypedLine::of(input);
    let (spans, cursor) = spans(&typed, error, room, theme);
    let mut line = Line::from(Span::styled(label, theme.head));
    line.extend(spans);
    line.render(area, frame.buffer_mut());
    Line::styled(note, style)
        .right_aligned()
        .render(area, frame.buffer_mut());
    let x = area.x + u16::try_from(label.width() + cursor).unwrap_or(0);
    frame.set_cursor_position((x.min(area.right().saturating_sub(1)), area.y));
}

/// Returns the note on the right: the last event, an error, or the number of rows. A text takes what the
/// filter leaves, and at least half of the line; a longer one is in the line below.
fn note(app: &App, prompt: &FilterPrompt, width: usize, theme: &Theme) -> (String, Style) {
    let Some((text, style)) = message(app, prompt, theme) else {
        let view = &app.table.view;
        let matching = format!(" {} of {} ", view.listed_count(), view.total());
        return (matching, theme.dim);
    };
    if text.width() <= note_room(prompt, width) {
        (format!(" {text} "), style)
    } else if kill_progress::is_shown(app) {
        let text = fit(&text, note_room(prompt, width), theme.glyphs.more);
        (format!(" {text} "), style)
    } else {
        (String::new(), style)
    }
}

/// Returns the last event or the error of the filter.
fn message(app: &App, prompt: &FilterPrompt, theme: &Theme) -> Option<(String, Style)> {
    let event = app.status.as_ref();
    let event = event.map(|event| (event.text.clone(), level_style(event.level, theme)));
    let error = prompt.error.as_ref();
    event.or_else(|| error.map(|error| (error.kind.to_string(), theme.look)))
}

fn note_room(prompt: &FilterPrompt, width: usize) -> usize {
    let left = width.saturating_sub(TypedLine::of(&prompt.input).width() + 7);
    left.max(width / 2)
}

/// Returns a message that is too long for the line of the prompt, for the line below. If it is cut there too, it
/// says where the rest is.
pub(super) fn long_message<'a>(app: &App, theme: &Theme, width: usize) -> Option<Line<'a>> {
    const ADVICE: &str = "  F1 has all";
    let prompt = app.modal.prompt().filter(|_| !kill_progress::is_shown(app))?;
    let (text, style) = message(app, prompt, theme)?;
    if text.width() <= note_room(prompt, width) {
        return None;
    }
    let room = width.saturating_sub(2);
    let mut line = Line::from(" ");
    if text.width() <= room {
        line.push_span(Span::styled(text, style));
    } else {
        let cut = fit(&text, room.saturating_sub(ADVICE.width()), theme.glyphs.more);
        line.extend([Span::styled(cut, style), Span::styled(ADVICE, theme.key)]);
    }
    Some(line)
}

/// Returns the visible part of the text and the column of the cursor. An error is underlined; if
/// something is missing, the place after it. The escape of a hidden character is dimmed.
fn spans<'a>(
    typed: &TypedLine,
    error: Option<&FilterError>,
    room: usize,
    theme: &Theme,
) -> (Vec<Span<'a>>, usize) {
    let wrong = theme.look.add_modifier(Modifier::UNDERLINED);
    let marked = error.map_or(0..0, |error| error.column..error.end.max(error.column + 1));
    let style = |places: &Range<usize>, usual| {
        let is_wrong = places.start < marked.end && marked.start < places.end;
        if is_wrong { wrong } else { usual }
    };
    let (parts, cursor) = typed.window(room);
    let mut spans: Vec<_> = parts
        .map(|part| {
            let usual = if part.is_escape { theme.dim } else { theme.input };
            Span::styled(part.text.clone(), style(&part.places, usual))
        })
        .collect();
    if spans.iter().map(Span::width).sum::<usize>() < room {
        let end = typed.len();
        spans.push(Span::styled(" ", style(&(end..end + 1), theme.input)));
    }
    (spans, cursor)
}
