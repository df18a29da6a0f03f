//! The kill dialog: the victims, the consequences, and the result of the check of each.
//!
//! ```text
//! title         a question that names the victims: `title`
//! head          who, the result of the check, how many are not stuck
//! middle        one victim in full, or many as a list: `one` and `many`; it scrolls
//! consequences  what happens to client, data and others
//! reason        once it is typed
//! buttons       No, and Yes or the number to type
//! ```

mod consequences;
mod many;
mod one;
mod title;
mod victims;

use std::time::Duration;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;
use unicode_width::UnicodeWidthStr as _;

use super::draw::{fit, lines};
use super::outside::mark_border;
use super::theme::Theme;
use super::typed::TypedLine;
use crate::app::App;
use crate::app::kill_dialog::KillDialog;
use crate::kill::{Choice, MAX_CONFIRMED_BY_KEY, Ticket};
use crate::model::exact_text;

/// Usual width of the dialog, in cells.
const WIDTH: u16 = 76;
/// Maximum width of the dialog about many victims.
const WIDTH_OF_MANY: u16 = 112;
/// Part of a wide screen that stays visible beside it, in cells.
const BESIDE: u16 = 4;

/// Number of lines below the dialog that stay visible, if the screen has enough lines.
const LINES_BELOW: u16 = 2;
/// Minimum height of a screen with those lines, and of one with the last of them.
const HEIGHTS_WITH_LINES: (u16, u16) = (20, 15);

/// Width of a fact's name, in cells: the sign and the longest name of a reason.
const LABEL: usize = 16;

/// The part of the dialog that scrolls.
struct Middle<'a> {
    lines: Vec<Line<'a>>,
    /// Number of lines or victims above and below.
    hidden: (usize, usize),
    /// Maximum scroll offset.
    end: usize,
}

/// Draws the dialog over everything, if it is open. Returns the ticket of the question if this frame
/// enables Yes, because victim, check result and the whole button are visible; and the maximum scroll
/// offset.
pub(super) fn draw(app: &App, theme: &Theme, frame: &mut Frame<'_>) -> Option<(Option<Ticket>, usize)> {
    let asking = app.modal.kill_dialog()?;
    let screen = frame.area();
    let width = width(asking, screen.width);
    let text_width = usize::from(width.saturating_sub(4)).max(1);
    let mut foot = foot(app, asking, theme, text_width);
    let (head, wanted) = match asking.batch.tasks() {
        [task] => one::head(app, asking, task, theme, text_width),
        _ => many::head(app, asking, theme, text_width),
    };
    let lines_below = lines_below(screen.height, app.areas().tour.height);
    let max = usize::from(screen.height.saturating_sub(lines_below + 2));
    let mut tail = consequences::lines(app, asking, theme, text_width, false);
    let min_lines = match asking.batch.tasks() {
        [_] => 0,
        _ => many::min_lines(asking, theme, text_width),
    };
    if head.len() + foot.len() + min_lines + tail.len() > max {
        tail = consequences::lines(app, asking, theme, text_width, true);
    }
    // The line about an early key never takes the room of who and what.
    let early = early_key(asking, theme, text_width);
    if head.len() + foot.len() + early.len() <= max {
        let place = foot.len().saturating_sub(1);
        foot.splice(place..place, early);
    }
    let fixed = head.len() + foot.len();
    tail.truncate(max.saturating_sub(fixed));
    let fixed = fixed + tail.len();
    // Blank lines are left out first. The last one is that above the buttons.
    let room = max.saturating_sub(fixed);
    let blanks = room
        .saturating_sub(wanted)
        .min(if tail.is_empty() { 2 } else { 3 });
    let room = room - blanks;
    let middle = match asking.batch.tasks() {
        [task] => one::middle(app, asking, task, theme, (text_width, room)),
        _ => many::middle(app, asking, theme, (text_width, room)),
    };
    let height = u16::try_from(fixed + blanks + middle.lines.len() + 2).unwrap_or(u16::MAX);
    let title = title::text(
        app,
        asking,
        usize::from(width.saturating_sub(4)),
        theme.glyphs.more,
    );
    let title = Line::from(Span::styled(format!(" {title} "), theme.act));
    let area = top_area(screen, width, height, lines_below);
    let inner = super::draw::framed(theme, title, area, frame.buffer_mut());
    mark_border(theme, area, middle.hidden, frame.buffer_mut());
    let blank = |least: usize| (blanks >= least).then(Line::default);
    let needed = head.len();
    let text = head
        .into_iter()
        .chain(blank(2))
        .chain(middle.lines)
        .chain(blank(3))
        .chain(tail)
        .chain(blank(1));
    let (body, below) = split(inner, foot.len());
    lines(text, body, frame.buffer_mut());
    let is_whole = needed <= usize::from(body.height) && draw_foot(foot, below, frame);
    if !is_whole {
        let last = below.rows().next_back().unwrap_or(below);
        Line::styled("too small: enlarge the window", theme.look).render(last, frame.buffer_mut());
    }
    if asking.types_reason {
        show_text_cursor(asking, below, frame);
    }
    let ticket = app.modal.open_dialog_ticket().filter(|_| is_whole);
    Some((ticket, middle.end))
}

/// Returns the width of the dialog: for many victims as wide as their list, if the screen has the room.
fn width(asking: &KillDialog, screen: u16) -> u16 {
    if let [_] = asking.batch.tasks() {
        return WIDTH.min(screen);
    }
    let list = u16::try_from(victims::wanted_width(asking) + 4).unwrap_or(u16::MAX);
    let room = screen.saturating_sub(BESIDE).min(WIDTH_OF_MANY);
    list.min(room).max(WIDTH).min(screen)
}

/// Splits the dialog into the lines above the foot, and the foot. The foot is always visible; the lines above it are
/// cut.
fn split(inner: Rect, foot: usize) -> (Rect, Rect) {
    let height = u16::try_from(foot).unwrap_or(u16::MAX).min(inner.height);
    let body = Rect {
        height: inner.height.saturating_sub(height),
        ..inner
    };
    let below = Rect {
        y: inner.bottom().saturating_sub(height),
        height,
        ..inner
    };
    (body, below)
}

/// Draws the buttons if they fit. Returns whether they do.
fn draw_foot(foot: Vec<Line<'_>>, area: Rect, frame: &mut Frame<'_>) -> bool {
    let fits = foot.iter().all(|line| line.width() <= usize::from(area.width));
    if fits {
        lines(foot, area, frame.buffer_mut());
    }
    fits
}

/// Returns the number of lines below the dialog that stay visible: all of them with a tour of this height.
const fn lines_below(height: u16, tour: u16) -> u16 {
    if tour > 0 {
        LINES_BELOW + tour
    } else if height >= HEIGHTS_WITH_LINES.0 {
        LINES_BELOW
    } else if height >= HEIGHTS_WITH_LINES.1 {
        1
    } else {
        0
    }
}

/// Returns the area of the dialog: in the middle of the screen, above the lines that stay visible.
fn top_area(screen: Rect, width: u16, height: u16, lines_below: u16) -> Rect {
    let above = Rect {
        height: screen.height.saturating_sub(lines_below),
        ..screen
    };
    let height = height.min(above.height);
    Rect {
        x: screen.x + (screen.width - width) / 2,
        y: above.y + (above.height - height) / 2,
        width,
        height,
    }
}

/// Returns the age of a check that was sent at this time: `2s ago`.
fn age_of_check(app: &App, at: Duration) -> String {
    match app.now.elapsed.saturating_sub(at).as_secs() {
        0 => "just now".to_owned(),
        seconds => format!("{seconds}s ago"),
    }
}

/// Returns the width of a fact's name with the blank behind it.
fn label_width(label: &str) -> usize {
    LABEL.max(label.chars().count() + 1)
}

/// Returns a fact as lines: its name in a column, then its value, wrapped.
fn fact<'a>(label: &str, value: &str, theme: &Theme, width: usize) -> Vec<Line<'a>> {
    let place = label_width(label);
    let room = width.saturating_sub(place).max(1);
    let wrapped = super::draw::wrap(&theme.compared(value), room);
    let lines = wrapped.into_iter().enumerate().map(|(line, text)| {
        let label = if line == 0 { label } else { "" };
        Line::from(vec![
            Span::styled(format!("{label:<place$}"), theme.dim),
            Span::raw(text),
        ])
    });
    lines.collect()
}

/// Returns the reason, if there is one, and the buttons.
fn foot<'a>(app: &App, asking: &KillDialog, theme: &Theme, width: usize) -> Vec<Line<'a>> {
    let mut foot = Vec::new();
    let reason = asking.reason.value();
    if asking.types_reason || !reason.is_empty() {
        let room = width.saturating_sub(REASON.len() + 1);
        let typed = TypedLine::of(&asking.reason);
        let (parts, _) = typed.window(room);
        let text: String = parts.map(|part| part.text.as_str()).collect();
        foot.push(Line::from(vec![
            Span::styled(REASON, theme.dim),
            Span::styled(text, theme.input),
        ]));
    }
    foot.extend(statements(asking, theme));
    foot.push(buttons(app, asking, theme, width));
    foot
}

/// Returns what to do about a key that was typed before the question could be read.
fn early_key<'a>(asking: &KillDialog, theme: &Theme, width: usize) -> Vec<Line<'a>> {
    let text = asking.dialog.early_key(asking.batch.confirmable());
    let lines = text.into_iter().flat_map(|text| super::draw::wrap(text, width));
    lines.map(|line| Line::styled(line, theme.look)).collect()
}

/// Returns the option to kill the statements too. `None` without a database user.
fn statements<'a>(asking: &KillDialog, theme: &Theme) -> Option<Line<'a>> {
    let batch = &asking.batch;
    let mark = if batch.kills_statements() { 'x' } else { ' ' };
    let whose = if batch.tasks().len() == 1 { "its" } else { "their" };
    let option = format!(" [{mark}] kill {whose} statements too");
    let is_possible = batch.has_server_access() && batch.counts().has_open;
    is_possible.then(|| Line::from(vec![Span::styled("s", theme.head), Span::raw(option)]))
}

const REASON: &str = "reason          ";

fn show_text_cursor(asking: &KillDialog, foot: Rect, frame: &mut Frame<'_>) {
    let room = usize::from(foot.width).saturating_sub(REASON.len() + 1);
    let typed = TypedLine::of(&asking.reason);
    let (_, cursor) = typed.window(room);
    let cursor = cursor + REASON.len();
    let x = foot.x.saturating_add(u16::try_from(cursor).unwrap_or(u16::MAX));
    if !foot.is_empty() {
        frame.set_cursor_position((x.min(foot.right().saturating_sub(1)), foot.y));
    }
}

fn buttons<'a>(app: &App, asking: &KillDialog, theme: &Theme, width: usize) -> Line<'a> {
    let button = |label: String, chosen: bool, style| {
        let style = if chosen { theme.chosen } else { style };
        Span::styled(format!("  {label}  "), style)
    };
    let count = asking.batch.confirmable();
    // With the whole number typed, Enter is not No any more.
    let is_typed = count > MAX_CONFIRMED_BY_KEY && asking.dialog.typed() == count.to_string();
    let no_chosen = asking.dialog.choice() == Choice::No && !is_typed;
    let has_question = asking.batch.counts().has_open;
    let no = if has_question { "No" } else { "Close" };
    let mut spans = vec![
        Span::raw("  "),
        button(no.to_owned(), no_chosen, theme.head),
        Span::raw("    "),
    ];
    if asking.batch.open_dialog_ticket().is_none() {
        if asking.batch.tally().left() > 0 {
            spans.push(Span::styled("Yes is enabled after the check", theme.dim));
        }
        return Line::from(spans);
    }
    if count > MAX_CONFIRMED_BY_KEY {
        spans.push(Span::styled(format!("type {count}, then Enter: "), theme.act));
        spans.push(Span::styled(asking.dialog.typed().to_owned(), theme.input));
        spans.push(Span::styled("_", theme.dim));
        let note = if asking.dialog.is_mismatch() {
            Some(format!("  not {count}: nothing was sent"))
        } else if asking.dialog.is_cleared() {
            Some("  cleared by a change: type it again".to_owned())
        } else if is_typed {
            Some(format!("  Enter kills {count}"))
        } else {
            None
        };
        if let Some(text) = note {
            let used: usize = spans.iter().map(Span::width).sum();
            spans.push(Span::styled(
                fit(&text, width.saturating_sub(used), theme.glyphs.more),
                theme.look,
            ));
            return Line::from(spans);
        }
    } else {
        let label = match asking.batch.tasks() {
            [_] => "Yes, kill it".to_owned(),
            _ => format!("Yes, kill {count}"),
        };
        spans.push(Span::styled("y", theme.head));
        spans.push(button(label, !no_chosen, theme.act));
    }
    let grace = app.settings.grace;
    if !grace.is_zero() {
        let after = exact_text(grace);
        let used: usize = spans.iter().map(Span::width).sum();
        let hints = [
            format!("   sent after {after}, u cancels"),
            format!("   sent after {after}"),
            format!("  in {after}"),
        ];
        let hint = hints.into_iter().find(|hint| used + hint.width() <= width);
        spans.extend(hint.map(|hint| Span::styled(hint, theme.dim)));
    }
    Line::from(spans)
}
