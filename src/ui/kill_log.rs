//! What came of the kills of this run, the newest first.

use ratatui::Frame;
use ratatui::text::{Line, Span};

use super::draw::{dialog_box, fit, lines};
use super::theme::Theme;
use crate::app::App;
use crate::app::killing::Logged;
use crate::kill::Outcome;

/// Room for a time of day and for the longest word of an outcome.
const HEAD: usize = 24;

/// Draws the log over everything, from this line on; says how far it can be scrolled.
pub(super) fn draw(app: &App, top: usize, theme: &Theme, frame: &mut Frame<'_>) -> usize {
    let screen = frame.area();
    let log = &app.kills.log;
    let height = u16::try_from(log.len().max(1) + 4).unwrap_or(u16::MAX);
    let height = height.min(screen.height);
    let title = Line::from(Span::styled(" what came of the kills of this run ", theme.strong));
    let width = screen.width.min(120);
    let inner = dialog_box(theme, title, (width, height), frame.buffer_mut());
    let rows = usize::from(inner.height.saturating_sub(2));
    let last = log.len().saturating_sub(rows);
    let width = usize::from(inner.width);
    let mut text: Vec<_> = log
        .iter()
        .rev()
        .skip(top.min(last))
        .take(rows)
        .map(|logged| line(app, logged, theme, width))
        .collect();
    if text.is_empty() {
        text.push(Line::styled("nothing was ended in this run", theme.quiet));
    }
    text.push(Line::default());
    let audit = &app.settings.audit;
    if !audit.is_empty() {
        let kept = format!("kept in {audit}");
        text.push(Line::styled(fit(&kept, width, theme.glyphs.more), theme.quiet));
    }
    lines(text, inner, frame.buffer_mut());
    last
}

fn line<'a>(app: &App, logged: &Logged, theme: &Theme, width: usize) -> Line<'a> {
    let at = logged
        .at
        .to_zoned_datetime(app.settings.zone.clone())
        .strftime("%H:%M:%S");
    let style = match logged.outcome {
        Outcome::Killed { .. } | Outcome::AlreadyGone => theme.good,
        _ => theme.warning,
    };
    let back = logged
        .back
        .map(|back| format!("  {}", back.words()))
        .unwrap_or_default();
    let text = format!(
        "{} {}  {}",
        logged.identity.id,
        logged.identity.client(),
        logged.outcome.detail()
    );
    let room = width.saturating_sub(HEAD + back.len());
    Line::from(vec![
        Span::styled(format!("{at}  "), theme.quiet),
        Span::styled(format!("{:<14}", logged.outcome.word()), style),
        Span::raw(fit(&text, room, theme.glyphs.more)),
        Span::styled(back, theme.warning),
    ])
}
