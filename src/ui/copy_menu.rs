//! The menu of what can be copied, at the bottom of the view.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;
use unicode_width::UnicodeWidthStr as _;

use super::draw::{fit, framed, rect};
use super::theme::Theme;
use super::{clicks, outside};
use crate::app::App;
use crate::app::copying::preview;
use crate::app::mouse::{ClickTarget, ClickableLine};

/// Maximum width of the menu, in cells.
const WIDTH: u16 = 100;
/// Maximum width of what a text is, in cells.
const MAX_ABOUT: usize = 44;

/// Draws the menu, if it is open. Returns the lines with an effect of clicks.
pub(super) fn draw(app: &App, theme: &Theme, frame: &mut Frame<'_>) -> Option<Vec<ClickableLine>> {
    let menu = app.modal.copy_menu()?;
    // In the details it covers their end, in other views the end of the screen.
    let areas = app.areas();
    let place = if app.covers_table() || !app.detail_has_keys() {
        areas.below_header()
    } else {
        areas.detail
    };
    let area = rect(place);
    let width = WIDTH.min(area.width);
    let wanted = u16::try_from(menu.choices.len() + 2).unwrap_or(u16::MAX);
    let height = wanted.min(area.height);
    let place = Rect {
        x: area.x + (area.width - width) / 2,
        y: area.bottom() - height,
        width,
        height,
    };
    let mut title = Line::from(Span::styled(" Copy to the clipboard ", theme.head));
    if let Some(why) = &menu.no_kill {
        title.push_span(Span::styled(format!("(no KILL: {why}) "), theme.look));
    }
    let inner = framed(theme, title, place, frame.buffer_mut());
    let rows = usize::from(inner.height);
    let lowest = (menu.cursor + 1).saturating_sub(rows);
    let top = menu.top.map_or(lowest, |top| top.clamp(lowest, menu.cursor));
    let about_width = menu.choices.iter().map(|choice| choice.about.width()).max();
    let room = usize::from(inner.width);
    let about_width = about_width.unwrap_or(0).min(MAX_ABOUT).min(room / 2);
    let below = menu.choices.len().saturating_sub(top + rows);
    outside::mark_border(theme, place, (top, below), frame.buffer_mut());
    let shown = menu.choices.iter().enumerate().skip(top);
    for ((index, choice), row) in shown.zip(inner.rows()) {
        let text_room = room.saturating_sub(about_width + 2);
        let text = fit(&preview(&choice.text), text_room, theme.glyphs.more);
        let gap = text_room.saturating_sub(text.width()) + 2;
        let about = fit(&choice.about, about_width, theme.glyphs.more);
        let line = Line::from(vec![
            Span::raw(text),
            Span::raw(" ".repeat(gap)),
            Span::styled(about, theme.dim),
        ]);
        line.render(row, frame.buffer_mut());
        if index == menu.cursor {
            frame.buffer_mut().set_style(row, theme.cursor);
        }
    }
    let choices = (top..menu.choices.len()).map(ClickTarget::CopyChoice);
    Some(clicks::rows(inner, choices))
}
