//! The kill log: the outcomes of this run, newest first.

use ratatui::Frame;
use ratatui::text::{Line, Span};

use super::draw::{dialog_box, fit, lines, wrap};
use super::theme::Theme;
use crate::app::App;
use crate::app::killing::KillLogEntry;
use crate::kill::{KillOutcome, RefusalReason};

/// Minimum height of the log in lines; a lower screen is covered completely.
const MIN_HEIGHT: u16 = 8;
/// Width of a time of day and the longest outcome, in cells.
const HEAD: usize = 24;

/// Draws the log over everything, from entry `top` on. Returns the last entry that it can be scrolled
/// to.
pub(super) fn draw(app: &App, top: usize, theme: &Theme, frame: &mut Frame<'_>) -> usize {
    let screen = frame.area();
    let log = &app.kills.log;
    let width = screen.width.min(120);
    let inner_width = usize::from(width.saturating_sub(4));
    let shown = log.iter().rev().take(usize::from(screen.height));
    let needed: usize = shown.map(|logged| words(app, logged, inner_width).len()).sum();
    let height = u16::try_from(needed.max(1) + 4).unwrap_or(u16::MAX);
    // The status line with the totals stays visible.
    let height = height.min(screen.height.saturating_sub(4).max(MIN_HEIGHT.min(screen.height)));
    let title = Line::from(Span::styled(" Kill log (this run) ", theme.strong));
    let inner = dialog_box(theme, title, (width, height), frame.buffer_mut());
    let rows = usize::from(inner.height.saturating_sub(2));
    let width = usize::from(inner.width);
    let last = log.len().saturating_sub(fitting(app, rows, width));
    let newest_first = log.iter().rev().skip(top.min(last));
    let mut text: Vec<_> = newest_first
        .take(rows)
        .flat_map(|logged| entry(app, logged, theme, width))
        .take(rows)
        .collect();
    if text.is_empty() {
        text.push(Line::styled("no kills in this run", theme.quiet));
    }
    text.push(Line::default());
    let audit = &app.settings.audit;
    if !audit.is_empty() {
        let kept = format!("also written to {audit}");
        text.push(Line::styled(fit(&kept, width, theme.glyphs.more), theme.quiet));
    }
    lines(text, inner, frame.buffer_mut());
    last
}

/// Returns how many of the oldest entries fit into `rows` lines.
fn fitting(app: &App, rows: usize, width: usize) -> usize {
    let mut left = rows;
    let fits = |logged: &&KillLogEntry| {
        let needed = words(app, logged, width).len();
        let fits = needed <= left;
        left = left.saturating_sub(needed);
        fits
    };
    app.kills.log.iter().take_while(fits).count()
}

/// Returns the victim and the details of the outcome, wrapped. A refusal shows the old and the new
/// identity in full.
fn words(app: &App, logged: &KillLogEntry, width: usize) -> Vec<String> {
    let room = width.saturating_sub(HEAD).max(1);
    let (id, client) = (logged.identity.id, logged.identity.client());
    let back = logged
        .back
        .map(|back| format!("  {}", back.words()))
        .unwrap_or_default();
    let text = match logged.outcome.refusal() {
        Some(RefusalReason::Changed(_)) => logged.outcome.words(&logged.identity),
        _ => format!("{id} {client}  {}{back}", logged.outcome.detail()),
    };
    let text = text.trim_start_matches("refused: ").trim_end();
    match app.endpoints.name_among_several(logged.identity.endpoint) {
        Some(name) => wrap(&format!("{name}: {text}"), room),
        None => wrap(text, room),
    }
}

fn entry<'a>(app: &App, logged: &KillLogEntry, theme: &Theme, width: usize) -> Vec<Line<'a>> {
    let at = logged
        .at
        .to_zoned_datetime(app.settings.zone.clone())
        .strftime("%H:%M:%S")
        .to_string();
    let style = match logged.outcome {
        KillOutcome::Killed { .. } | KillOutcome::AlreadyGone => theme.good,
        _ => theme.warning,
    };
    let lines = words(app, logged, width).into_iter().enumerate();
    let lines = lines.map(|(place, text)| {
        let (at, word) = if place == 0 {
            (at.as_str(), logged.outcome.word())
        } else {
            ("", "")
        };
        Line::from(vec![
            Span::styled(format!("{at:<8}  "), theme.quiet),
            Span::styled(format!("{word:<14}"), style),
            Span::raw(text),
        ])
    });
    lines.collect()
}
