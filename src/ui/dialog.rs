//! The kill dialog: the victims, the consequences, and the result of the check of each.
//!
//! ```text
//! title       the victims, or that the row under the cursor is not one
//! text        one victim in full, or many as a list: `one` and `many`
//! reason      once it is typed
//! buttons     No, and Yes or the number to type
//! ```

mod many;
mod one;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use super::draw::{dialog_box, fit, lines, wrap};
use super::theme::Theme;
use super::typed::TypedLine;
use crate::app::App;
use crate::app::kill_dialog::KillDialog;
use crate::kill::{Choice, KillTask, MAX_CONFIRMED_BY_KEY, Ticket, summary};
use crate::model::{counted, exact_text};

/// Maximum widths of the dialog in cells: for one victim, and for a list of many.
const WIDTHS: (u16, u16) = (70, 76);

/// Number of lines that a list leaves free above and below itself.
const KEYS_BELOW: u16 = 2;

/// Content of the dialog above the buttons.
struct DialogBody<'a> {
    lines: Vec<Line<'a>>,
    /// Number of leading lines that must be visible before Yes is enabled.
    needed: usize,
}

/// Draws the dialog over everything, if it is open. Returns the ticket of the question if this frame
/// enables Yes: victim, check result and the whole button are visible.
pub(super) fn draw(app: &App, theme: &Theme, frame: &mut Frame<'_>) -> Option<Ticket> {
    let asking = app.modal.kill_dialog()?;
    let screen = frame.area();
    let is_list = asking.batch.tasks().len() > 1;
    let width = if is_list { WIDTHS.1 } else { WIDTHS.0 }.min(screen.width);
    let text_width = usize::from(width.saturating_sub(4)).max(1);
    let foot = foot(app, asking, theme, text_width);
    let frame_and_foot = u16::try_from(foot.len() + 3).unwrap_or(u16::MAX);
    // The hint lines below the dialog stay visible if both fit.
    let room = usize::from(screen.height.saturating_sub(frame_and_foot + KEYS_BELOW));
    let text = match asking.batch.tasks() {
        [task] => one::text(app, task, theme, text_width),
        _ => many::text(app, asking, theme, text_width, room),
    };
    let height = u16::try_from(text.lines.len()).unwrap_or(u16::MAX);
    let size = (width, height.saturating_add(frame_and_foot));
    let inner = dialog_box(theme, title(asking, theme), size, frame.buffer_mut());
    // The foot is always visible; the lines above it are cut.
    let foot_height = u16::try_from(foot.len()).unwrap_or(u16::MAX).min(inner.height);
    let body = Rect {
        height: inner.height.saturating_sub(foot_height + 1),
        ..inner
    };
    let fits = text.needed <= usize::from(body.height);
    lines(text.lines, body, frame.buffer_mut());
    let below = Rect {
        y: inner.bottom().saturating_sub(foot_height),
        height: foot_height,
        ..inner
    };
    let whole = fits && foot.iter().all(|line| line.width() <= usize::from(below.width));
    if whole {
        lines(foot, below, frame.buffer_mut());
    } else {
        let last = below.rows().next_back().unwrap_or(below);
        Line::styled("too small: enlarge the window", theme.warning).render(last, frame.buffer_mut());
    }
    if asking.types_reason {
        show_text_cursor(asking, below, frame);
    }
    app.modal.open_dialog_ticket().filter(|_| whole)
}

fn title<'a>(asking: &KillDialog, theme: &Theme) -> Line<'a> {
    let tasks = asking.batch.tasks();
    let text = match tasks {
        _ if asking.beside_cursor => {
            let marked = counted(tasks.len(), "marked session");
            format!(" Kill {marked} (NOT the row under the cursor)? ")
        }
        [task] => format!(" Kill session {}? ", task.victim.identity.id),
        _ => format!(" Kill {} sessions? ", tasks.len()),
    };
    Line::from(Span::styled(text, theme.alarm))
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
            Span::styled(REASON, theme.quiet),
            Span::styled(text, theme.input),
        ]));
    }
    foot.extend(statements(asking, theme));
    foot.push(buttons(app, asking, theme, width));
    foot
}

/// Returns the option to end the statements too. `None` without a database user.
fn statements<'a>(asking: &KillDialog, theme: &Theme) -> Option<Line<'a>> {
    let batch = &asking.batch;
    let mark = if batch.kills_statements() { 'x' } else { ' ' };
    let option = format!(" [{mark}] kill its statements too");
    batch
        .has_server_access()
        .then(|| Line::from(vec![Span::styled("s", theme.strong), Span::raw(option)]))
}

const REASON: &str = "reason     ";

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
    let no_chosen = asking.dialog.choice() == Choice::No;
    let count = asking.batch.confirmable();
    let mut spans = vec![
        Span::raw("  "),
        button("No".to_owned(), no_chosen, theme.strong),
        Span::raw("    "),
    ];
    if asking.batch.open_dialog_ticket().is_none() {
        if asking.batch.tally().left() > 0 {
            spans.push(Span::styled("(Yes is enabled after the check)", theme.quiet));
        }
        return Line::from(spans);
    }
    if count > MAX_CONFIRMED_BY_KEY {
        spans.push(Span::styled(format!("type {count}, then Enter: "), theme.alarm));
        spans.push(Span::styled(asking.dialog.typed().to_owned(), theme.input));
        spans.push(Span::styled("_", theme.quiet));
        if asking.dialog.is_mismatch() {
            let text = format!("  {} is not {count}", asking.dialog.typed());
            let used: usize = spans.iter().map(Span::width).sum();
            spans.push(Span::styled(
                fit(&text, width.saturating_sub(used), theme.glyphs.more),
                theme.warning,
            ));
            return Line::from(spans);
        }
    } else {
        let label = match asking.batch.tasks() {
            [_] => "Yes, kill it".to_owned(),
            _ => format!("Yes, kill {count}"),
        };
        spans.push(Span::styled("y", theme.strong));
        spans.push(button(label, !no_chosen, theme.alarm));
    }
    let grace = app.settings.grace;
    if !grace.is_zero() {
        let after = exact_text(grace);
        let hint = Span::styled(format!("  after {after} (u cancels)"), theme.quiet);
        let used: usize = spans.iter().map(Span::width).sum();
        if used + hint.width() <= width {
            spans.push(hint);
        }
    }
    Line::from(spans)
}

/// Returns the consequences that apply to at least one of the victims.
fn consequences<'a>(tasks: &[KillTask], theme: &Theme, width: usize) -> Vec<Line<'a>> {
    wrap(&summary::consequences(tasks).join(" "), width)
        .into_iter()
        .map(|line| Line::styled(line, theme.quiet))
        .collect()
}
