//! The line of a recording, in place of the trends: its time, speed and keys, and the file.
//!
//! ```text
//!  REPLAY  13:41:05  playing 4x  Space play/pause  + - speed  [ ] step  ) ( event      night.mxr 09:00:00-17:00:00
//! ```

use jiff::Timestamp;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;
use unicode_width::UnicodeWidthStr as _;

use crate::app::App;
use crate::app::key_names::key_name;
use crate::app::keymap::{Action, KeyContext, bindings};
use crate::app::replay::Replay;
use crate::ui::draw::{clear, fit};
use crate::ui::theme::Theme;

/// Keys of the line, each with a word, the most important first.
const KEYS: [(&[Action], &str); 6] = [
    (&[Action::Play], "play/pause"),
    (&[Action::PlaySpeed(1), Action::PlaySpeed(-1)], "speed"),
    (&[Action::TravelLists(-1), Action::TravelLists(1)], "step"),
    (&[Action::TravelEvents(-1), Action::TravelEvents(1)], "event"),
    (&[Action::AskTime], "time"),
    (&[Action::TravelMinutes(-1), Action::TravelMinutes(1)], "minute"),
];
/// Width that the name of the file has at most, in cells.
const MAX_FILE: usize = 24;

/// Draws the line.
pub(super) fn draw(app: &App, replay: &Replay, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    clear(area, frame.buffer_mut());
    let mut line = Line::from(vec![
        Span::styled(" REPLAY ", theme.past_chip),
        Span::styled(
            format!(" {}  {}", time(app, app.now.wall), state(app, replay)),
            theme.past,
        ),
    ]);
    let file = file(app, replay, theme);
    let width = usize::from(area.width);
    let hints: Vec<_> = KEYS
        .iter()
        .map(|(actions, word)| hint(app, actions, word, theme))
        .collect();
    let first = hints.first().map_or(0, |hint| span_width(hint));
    let has_file = line.width() + first + file.width() + 2 <= width;
    let room = if has_file {
        width.saturating_sub(file.width() + 2)
    } else {
        width
    };
    for hint in hints {
        if line.width() + span_width(&hint) <= room {
            line.extend(hint);
        }
    }
    line.render(area, frame.buffer_mut());
    if has_file {
        let file = Line::styled(format!("{file} "), theme.dim);
        file.right_aligned().render(area, frame.buffer_mut());
    }
}

/// Formats whether and how fast it plays: `playing 4x`, `paused`, `end`.
fn state(app: &App, replay: &Replay) -> String {
    let speed = match replay.speed {
        1 => String::new(),
        speed => format!(" {speed}x"),
    };
    match (replay.is_playing, app.is_at_end()) {
        (true, _) => format!("playing {}x", replay.speed),
        (false, true) if replay.is_cut => "ends in the middle".to_owned(),
        (false, true) => "end".to_owned(),
        (false, false) => format!("paused{speed}"),
    }
}

/// Formats the file with its times: `night.mxr 09:00:00-17:00:00`.
fn file(app: &App, replay: &Replay, theme: &Theme) -> String {
    let (from, to) = (time(app, replay.span.0.wall), time(app, replay.span.1.wall));
    let mut name = replay.file.clone();
    if name.width() > MAX_FILE {
        name = fit(&name, MAX_FILE, theme.glyphs.more);
    }
    format!("{name} {from}-{to}")
}

/// Returns the keys of some actions with a word.
fn hint<'a>(app: &App, actions: &[Action], word: &str, theme: &Theme) -> [Span<'a>; 2] {
    let keys: Vec<_> = actions.iter().map(|action| key(app, *action)).collect();
    [
        Span::styled(format!("  {}", keys.join(" ")), theme.key),
        Span::raw(format!(" {word}")),
    ]
}

fn span_width(spans: &[Span<'_>]) -> usize {
    spans.iter().map(Span::width).sum()
}

/// Returns the name of the key of an action: one of recordings is not changed by the configuration file.
fn key(app: &App, action: Action) -> String {
    let own = bindings(KeyContext::Replay).find(|binding| binding.action == action);
    let own = own.and_then(|binding| binding.keys.first());
    own.map_or_else(|| app.settings.keys.first(action), |key| key_name(*key))
}

fn time(app: &App, at: Timestamp) -> String {
    let zone = app.settings.zone.clone();
    at.to_zoned_datetime(zone).strftime("%H:%M:%S").to_string()
}
