//! The log of events: time, kind and details of each, newest first.

use ratatui::Frame;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use super::draw::{dialog_box, fit};
use super::outside::mark_border;
use super::theme::Theme;
use crate::app::App;
use crate::app::events::{Event, EventPane};

/// Maximum width of the log, in cells.
const MAX_WIDTH: u16 = 120;
/// Lines above and below the events.
const FRAME_LINES: u16 = 2;
/// Width of a time of day with the blanks after it, and of a kind, in cells.
const TIME: usize = 10;
const KIND: usize = 14;

/// Draws the log over everything, if it is open.
pub(super) fn draw(app: &App, theme: &Theme, frame: &mut Frame<'_>) {
    let Some(pane) = app.modal.events() else { return };
    let screen = frame.area();
    let width = screen.width.min(MAX_WIDTH);
    let lines = u16::try_from(app.events.len().max(1)).unwrap_or(u16::MAX);
    let most = u16::try_from(app.event_page()).unwrap_or(u16::MAX);
    let height = lines.min(most).saturating_add(FRAME_LINES);
    let inner = dialog_box(theme, title(app, theme), (width, height), frame.buffer_mut());
    if app.events.is_empty() {
        let text = "nothing has happened since maxtop started";
        Line::styled(text, theme.dim).render(inner, frame.buffer_mut());
        return;
    }
    draw_lines(app, pane, theme, inner, frame);
}

fn draw_lines(
    app: &App,
    pane: &EventPane,
    theme: &Theme,
    inner: ratatui::layout::Rect,
    frame: &mut Frame<'_>,
) {
    let rows = usize::from(inner.height);
    let top = pane.first(&app.events, rows);
    let chosen = pane.position(&app.events);
    for (place, (event, row)) in (top..).zip(app.events.from(top).zip(inner.rows())) {
        line(app, event, theme, usize::from(row.width)).render(row, frame.buffer_mut());
        if place == chosen {
            frame.buffer_mut().set_style(row, theme.cursor);
        }
    }
    let area = ratatui::layout::Rect {
        x: inner.x.saturating_sub(2),
        width: inner.width + 4,
        height: inner.height + 1,
        ..inner
    };
    let below = app.events.len().saturating_sub(top + rows);
    mark_border(theme, area, (top, below), frame.buffer_mut());
}

fn title<'a>(app: &App, theme: &Theme) -> Line<'a> {
    let zoned = app.now.wall.to_zoned_datetime(app.settings.zone.clone());
    let text = format!(" Events, newest first (times: {}) ", zoned.strftime("%Z"));
    Line::from(Span::styled(text, theme.head))
}

fn line<'a>(app: &App, event: &Event, theme: &Theme, width: usize) -> Line<'a> {
    let zoned = event.at.wall.to_zoned_datetime(app.settings.zone.clone());
    let glyph = event.kind.severity().map_or(" ", |severity| severity.glyph());
    let style = event
        .kind
        .severity()
        .map_or(theme.good, |severity| theme.severity(severity));
    let count = match event.count {
        1 => String::new(),
        count => {
            let first = event.first.wall.to_zoned_datetime(app.settings.zone.clone());
            format!("{count} times since {}  ", first.strftime("%H:%M:%S"))
        }
    };
    let name = app.endpoints.name_among_several(event.endpoint);
    let name = name.map(|name| format!("{name}: ")).unwrap_or_default();
    let room = width.saturating_sub(TIME + KIND + 2);
    let text = fit(&format!("{count}{name}{}", event.text), room, theme.glyphs.more);
    Line::from(vec![
        Span::styled(
            format!("{:<TIME$}", zoned.strftime("%H:%M:%S").to_string()),
            theme.dim,
        ),
        Span::styled(format!("{glyph} {:<KIND$}", event.kind.words()), style),
        Span::raw(text),
    ])
}
