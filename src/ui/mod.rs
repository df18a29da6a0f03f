//! Draws a state, changes nothing: [`view`] and one file for each pane.
//!
//! It may look at `app` and the pure rooms; it knows ratatui's buffers, but no terminal.

mod detail;
mod dialog;
mod draw;
mod footer;
mod header;
mod help;
pub mod plain;
mod sparkline;
mod table;
mod theme;

use ratatui::Frame;

use crate::app::App;
use draw::rect;
use theme::Theme;

/// Draws the whole screen.
pub fn view(app: &App, frame: &mut Frame<'_>) {
    let areas = app.areas();
    let theme = Theme::new(app.settings.plain, app.settings.ascii);
    header::draw(app, &theme, rect(areas.header), frame);
    draw::rule(&theme, rect(areas.rule), frame.buffer_mut());
    table::draw(app, &theme, rect(areas.table), frame);
    draw::rule(&theme, rect(areas.divider), frame.buffer_mut());
    detail::draw(app, &theme, rect(areas.detail), frame);
    footer::status(app, &theme, rect(areas.status), frame);
    footer::hints(app, &theme, rect(areas.hints), frame);
    dialog::draw(app, &theme, frame);
    help::draw(app, &theme, frame);
    if app.settings.ascii {
        plain::to_ascii(frame.buffer_mut());
    }
}

#[cfg(test)]
mod tests;
