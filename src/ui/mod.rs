//! Draws the state without changing it: [`view`], and one file per pane.
//!
//! Depends on `app` and the pure rooms. Uses ratatui's buffers, but no terminal.

mod blockers;
mod chooser;
mod clicks;
mod copy_menu;
pub(crate) mod cut;
mod detail;
mod dialog;
mod draw;
mod endpoint_view;
mod footer;
mod groups;
mod header;
mod help;
mod kill_log;
mod kill_progress;
mod matching;
mod no_data;
mod outside;
mod overview;
pub mod plain;
mod prompt;
mod save_question;
mod server_view;
mod sessions;
mod sparkline;
mod table;
mod theme;
mod tour;
mod typed;

use ratatui::Frame;

use crate::app::App;
use crate::app::msg::FrameReport;
use crate::app::overlay::Topic;
use draw::rect;
use theme::Theme;

/// Draws the whole screen. Returns the scroll limits and the question whose Yes was fully visible.
pub fn view(app: &App, frame: &mut Frame<'_>) -> FrameReport {
    let areas = app.areas();
    let theme = Theme::of(&app.settings, app.background);
    header::draw(app, &theme, rect(areas.header), rect(areas.trends), frame);
    let mut clickable = match &app.table.view.groups {
        Some(groups) => groups::draw(app, groups, &theme, rect(areas.table), frame),
        None => sessions::draw(app, &theme, rect(areas.table), frame),
    };
    draw::rule(&theme, rect(areas.divider), frame.buffer_mut());
    let (detail_end, links) = detail::draw(app, &theme, rect(areas.detail), frame).unzip();
    clickable.extend(links.into_iter().flatten());
    let keys = rect(areas.hints);
    let mut hints = footer::draw(app, &theme, rect(areas.status), keys, frame);
    let drawn_keys = clicks::symbols(keys, frame.buffer_mut());
    tour::draw(app, &theme, &areas, frame);
    // A view covers the table and the details, and an open modal has all clicks.
    let (threads, blocker_lines) = blockers::draw(app, &theme, &areas, frame).unzip();
    let views = [
        threads,
        server_view::draw(app, &theme, &areas, frame),
        endpoint_view::draw(app, &theme, &areas, frame),
        (!app.modal.is_closed()).then(Vec::new),
        chooser::draw(app, &theme, frame),
        copy_menu::draw(app, &theme, frame),
    ];
    save_question::draw(app, &theme, frame);
    let (question, dialog_end) = dialog::draw(app, &theme, frame).unzip();
    // Under the help the question is not visible.
    let question = question.flatten().filter(|_| app.help.is_none());
    let overlay = app.modal.overlay().map(|overlay| match overlay.topic {
        Topic::KillLog => kill_log::draw(app, overlay, &theme, frame),
        Topic::Overview => (
            overview::draw(app, overlay.top, &theme, &areas, frame),
            Vec::new(),
        ),
    });
    let (overlay_end, log_lines) = overlay.unzip();
    let covers = views
        .into_iter()
        .chain([log_lines, app.help.is_some().then(Vec::new)]);
    let clickable = covers.flatten().last().unwrap_or(clickable);
    help::draw(app, &theme, frame);
    clicks::keep_visible(&mut hints, keys, &drawn_keys, frame.buffer_mut());
    theme.color_text(frame.buffer_mut());
    if app.settings.ascii {
        plain::to_ascii(frame.buffer_mut());
    }
    FrameReport {
        hints,
        lines: clickable,
        question,
        dialog_end,
        detail_end,
        blocker_lines,
        overlay_end,
    }
}

#[cfg(test)]
mod tests;
