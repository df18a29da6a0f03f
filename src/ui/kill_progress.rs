//! The last line during a kill: the countdown or the progress, and the key that cancels or stops it.

use std::time::Duration;

use ratatui::text::{Line, Span};

use super::draw::fit;
use super::theme::Theme;
use crate::app::App;
use crate::kill::{KillBatch, OutcomeKind};
use crate::model::counted;

/// Width of the progress bar, in cells.
const BAR_WIDTH: usize = 20;

/// Effect of Esc.
const STOP: &str = " stops the rest";

/// Whether a countdown or a kill is in progress.
pub(super) fn is_shown(app: &App) -> bool {
    let goes_on = |batch: &KillBatch| {
        let tally = batch.tally();
        tally.finished() < tally.total()
    };
    app.kills.in_grace().is_some() || app.kills.batches.last().is_some_and(goes_on)
}

/// Returns the columns of the line with the key that cancels or stops the kill, from the left end.
pub(super) fn key_columns(line: &Line<'_>, theme: &Theme) -> Option<(usize, usize)> {
    let key = line.spans.iter().position(|span| span.style == theme.head)?;
    let start: usize = line.spans.iter().take(key).map(Span::width).sum();
    Some((start, line.width()))
}

/// Returns the line; `None` if no kill is in progress.
pub(super) fn line<'a>(app: &App, theme: &Theme, width: usize) -> Option<Line<'a>> {
    if let Some(batch) = app.kills.in_grace() {
        return Some(countdown(app, batch, theme, width));
    }
    let batch = app.kills.batches.last()?;
    is_shown(app).then(|| progress(batch, theme, width, app.now.elapsed))
}

fn countdown<'a>(app: &App, batch: &KillBatch, theme: &Theme, width: usize) -> Line<'a> {
    let left = batch
        .grace()
        .map_or(0, |grace| grace.left(app.now.elapsed).as_millis().div_ceil(1000));
    let (key, cancels) = (app.kill_cancel_key(), " cancels");
    let text = format!(" killing {} in {left}s   ", batch.describe_victims());
    let room = width.saturating_sub(cancels.len() + key.len() + 1);
    Line::from(vec![
        Span::styled(fit(&text, room, theme.glyphs.more), theme.act),
        Span::styled(key, theme.head),
        Span::raw(cancels),
    ])
}

/// Returns the progress. The key that stops the rest stays; the bar is left out first, then the outcomes are cut.
fn progress<'a>(batch: &KillBatch, theme: &Theme, width: usize, now: Duration) -> Line<'a> {
    let tally = batch.tally();
    let (done, total) = batch.progress();
    if tally.count(OutcomeKind::Stopped) > 0 {
        let left = counted(total.saturating_sub(done), "session");
        let text = format!(" stopped, waiting for {left}: {}", tally.words());
        return Line::styled(fit(&text, width, theme.glyphs.more), theme.act);
    }
    let is_stoppable = batch.is_busy() && tally.total() > 1 || batch.open_statements().next().is_some();
    let stop = if is_stoppable {
        STOP.len() + "  Esc".len()
    } else {
        0
    };
    let room = width.saturating_sub(stop);
    let mut spans = vec![Span::styled(" killing ", theme.act)];
    if total == 1 {
        let progress = batch.tasks().iter().find_map(|task| task.progress_text(now));
        let progress = progress
            .map(|progress| format!(": {progress}"))
            .unwrap_or_default();
        let text = format!("{}{progress}", batch.describe_victims());
        let room = room.saturating_sub(" killing ".len());
        spans.push(Span::raw(fit(&text, room, theme.glyphs.more)));
    } else {
        let full = BAR_WIDTH * done / total.max(1);
        let bars = &theme.glyphs.bars;
        let sign = |place: usize| {
            let bar = if place < full { bars.last() } else { bars.first() };
            bar.copied().unwrap_or(" ")
        };
        let bar: String = (0..BAR_WIDTH).map(sign).collect();
        let outcomes = format!(" {}", tally.words());
        spans.push(Span::raw(format!("{done} of {total} ")));
        let used: usize = spans.iter().map(Span::width).sum();
        if used + BAR_WIDTH + outcomes.len() <= room {
            spans.push(Span::styled(bar, theme.spark));
        }
        let used: usize = spans.iter().map(Span::width).sum();
        let outcomes = fit(&outcomes, room.saturating_sub(used), theme.glyphs.more);
        spans.push(Span::raw(outcomes));
    }
    if is_stoppable {
        spans.push(Span::raw("  "));
        spans.push(Span::styled("Esc", theme.head));
        spans.push(Span::raw(STOP));
    }
    Line::from(spans)
}
