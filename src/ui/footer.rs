//! The last two lines: the status line, and the keys.

mod counts;
mod hints;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::Widget;
use unicode_width::UnicodeWidthStr as _;

use super::draw::{fit, wrap};
use super::kill_progress;
use super::prompt;
use super::theme::Theme;
use crate::app::App;
use crate::app::mouse::HintPlace;
use crate::app::status::StatusLevel;

/// Draws the status line: the filter while it is typed, otherwise the last event, otherwise the row
/// counts. A long event also uses the line of the keys.
pub(super) fn draw(
    app: &App,
    theme: &Theme,
    status: Rect,
    keys: Rect,
    frame: &mut Frame<'_>,
) -> Vec<HintPlace> {
    if status.is_empty() {
        return hints::draw(app, theme, keys, frame);
    }
    if app.help.is_none() && prompt::draw(app, theme, status, frame) {
        if let Some(line) = prompt::long_message(app, theme, status.width.into()) {
            line.render(keys, frame.buffer_mut());
            return Vec::new();
        }
        return hints::draw(app, theme, keys, frame);
    }
    let width = usize::from(status.width.saturating_sub(2));
    let message = app.status.as_ref();
    let Some((text, style)) = message.map(|event| (event.text.as_str(), level_style(event.level, theme)))
    else {
        counts::shown(app, theme, width).render(status, frame.buffer_mut());
        return hints::draw(app, theme, keys, frame);
    };
    // The line of the keys stays while it is needed to stop a kill.
    let areas = if kill_progress::is_shown(app) || text.width() <= width {
        &[status][..]
    } else {
        &[status, keys]
    };
    let is_logged = app.status.as_ref().is_some_and(|status| status.is_logged);
    let lines = in_lines(text, is_logged, (width, areas.len()), theme.glyphs.more);
    for (line, area) in lines.into_iter().zip(areas) {
        Line::styled(format!(" {line}"), style).render(*area, frame.buffer_mut());
    }
    if areas.len() == 1 {
        return hints::draw(app, theme, keys, frame);
    }
    Vec::new()
}

/// Note after the outcome of a kill that has too little room.
const REST_IN_LOG: &str = "l: all of it";

/// Wraps an event into at most `count` lines. What has no room is cut, and if the kill log has it, the end says so.
fn in_lines(text: &str, is_logged: bool, (width, count): (usize, usize), more: &str) -> Vec<String> {
    let mut lines = wrap(text, width);
    if lines.len() <= count {
        return lines;
    }
    let rest = lines.split_off(count.saturating_sub(1)).join(" ");
    lines.push(if is_logged {
        let room = width.saturating_sub(REST_IN_LOG.len() + 2);
        format!("{}  {REST_IN_LOG}", fit(&rest, room, more))
    } else {
        fit(&rest, width, more)
    });
    lines
}

pub(super) const fn level_style(level: StatusLevel, theme: &Theme) -> Style {
    match level {
        StatusLevel::Note => theme.input,
        StatusLevel::Done => theme.good,
        StatusLevel::Warning => theme.look,
    }
}
