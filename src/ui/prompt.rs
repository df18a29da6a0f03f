//! The line of a prompt: the filter while it is typed, or the text to search for.

use std::ops::Range;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};
use tui_input::Input;
use unicode_width::UnicodeWidthStr as _;

use super::cut::wrap;
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
        if let Some((text, style)) = message_above(app, prompt, width, theme) {
            draw_above(&text, style, area, frame);
        }
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
    } else if let Some(prompt) = app.modal.time_prompt() {
        let error = prompt.error.as_deref();
        let error = error.map_or_else(String::new, |error| format!(" {error} "));
        let room = (width / 2).max(width.saturating_sub(prompt.input.value().width() + 8));
        let note = (
            fit(&error, room, theme.glyphs.more).trim_end().to_owned(),
            theme.look,
        );
        line(" time: ", &prompt.input, None, note, theme, area, frame);
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

/// Draws a message on the lines above the prompt, wrapped at words.
fn draw_above(text: &str, style: Style, area: Rect, frame: &mut Frame<'_>) {
    let lines = wrap(text, usize::from(area.width.saturating_sub(2)));
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX).min(area.y);
    let above = Rect {
        y: area.y - height,
        height,
        ..area
    };
    Clear.render(above, frame.buffer_mut());
    for (row, text) in above.rows().zip(lines) {
        Line::styled(format!(" {text}"), style).render(row, frame.buffer_mut());
    }
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

/// Returns a message that is too long for the line of the prompt, for the line below.
pub(super) fn long_message<'a>(app: &App, theme: &Theme, width: usize) -> Option<Line<'a>> {
    let prompt = app.modal.prompt().filter(|_| !kill_progress::is_shown(app))?;
    let (text, style) = message(app, prompt, theme)?;
    let is_here = text.width() > note_room(prompt, width) && text.width() <= room_below(width);
    is_here.then(|| Line::styled(format!(" {text}"), style))
}

/// Returns a message that is too long for one line, for the lines above the prompt.
fn message_above(app: &App, prompt: &FilterPrompt, width: usize, theme: &Theme) -> Option<(String, Style)> {
    let text = message(app, prompt, theme).filter(|_| !kill_progress::is_shown(app));
    text.filter(|(text, _)| text.width() > note_room(prompt, width).max(room_below(width)))
}

const fn room_below(width: usize) -> usize {
    width.saturating_sub(2)
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
