//! The line of a past moment, in place of the trends: its time, its keys, and how far the history goes back.
//!
//! ```text
//!  PAST  13:41:05, 2m 10s ago  [ ] step  { } minute  L live           history 14m 50s, 3.2 MB
//! ```

use std::time::Duration;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::app::App;
use crate::app::keymap::Action;
use crate::app::past::PastMoment;
use crate::model;
use crate::ui::draw::clear;
use crate::ui::theme::Theme;

/// Keys of the line, each with a word.
const KEYS: [(&[Action], &str); 3] = [
    (&[Action::TravelLists(-1), Action::TravelLists(1)], "step"),
    (&[Action::TravelMinutes(-1), Action::TravelMinutes(1)], "minute"),
    (&[Action::Live], "live"),
];

/// Draws the line.
pub(super) fn draw(app: &App, past: &PastMoment, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    clear(area, frame.buffer_mut());
    let zoned = app.now.wall.to_zoned_datetime(app.settings.zone.clone());
    let ago = past.live.elapsed.saturating_sub(app.now.elapsed);
    let text = format!(" {}, {} ago", zoned.strftime("%H:%M:%S"), span(ago));
    let mut line = Line::from(vec![
        Span::styled(" PAST ", theme.past_chip),
        Span::styled(text, theme.past),
    ]);
    for (actions, word) in KEYS {
        let keys: Vec<_> = actions
            .iter()
            .map(|action| app.settings.keys.first(*action))
            .collect();
        let hint = [
            Span::styled(format!("  {}", keys.join(" ")), theme.key),
            Span::raw(format!(" {word}")),
        ];
        let width: usize = hint.iter().map(Span::width).sum();
        if line.width() + width <= usize::from(area.width) {
            line.extend(hint);
        }
    }
    let extent = extent(past);
    let fits = line.width() + extent.len() + 3 <= usize::from(area.width);
    line.render(area, frame.buffer_mut());
    if fits {
        let extent = Line::styled(format!("{extent} "), theme.dim);
        extent.right_aligned().render(area, frame.buffer_mut());
    }
}

/// Formats how far the history goes back, and its size: `history 14m 50s, 3.2 MB`.
fn extent(past: &PastMoment) -> String {
    let back = past.live.elapsed.saturating_sub(past.from.elapsed);
    format!("history {}, {}", span(back), size_text(past.bytes))
}

fn span(duration: Duration) -> model::Span {
    model::Span::from_secs(i64::try_from(duration.as_secs()).unwrap_or(i64::MAX))
}

/// Formats a size: `850 kB`, `3.2 MB`.
fn size_text(bytes: usize) -> String {
    if bytes < 1_000_000 {
        return format!("{} kB", bytes.div_ceil(1_000));
    }
    let (whole, tenth) = (bytes / 1_000_000, bytes % 1_000_000 / 100_000);
    format!("{whole}.{tenth} MB")
}
