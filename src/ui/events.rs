//! The events: when each was noticed, its kind and details, newest first. The whole text of the chosen one is
//! below.

use jiff::{Timestamp, ZonedDateTime};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use super::draw::{dialog_box, fit, lines, wrap};
use super::outside::mark_border;
use super::theme::Theme;
use crate::app::App;
use crate::app::events::{Event, EventPane};

/// Maximum width of the log, in cells.
const MAX_WIDTH: u16 = 120;
/// Lines of the border and of the headings.
const FRAME_LINES: u16 = 3;
/// Width of a time of day with the blanks after it, and of a kind with its sign, in cells.
const TIME: usize = 10;
const KIND: usize = 16;
/// Width of the time at which a trouble began, and the width of the log from which it is shown.
const SINCE: usize = 14;
const WIDTH_WITH_SINCE: usize = 100;

/// Draws the log over everything, if it is open.
pub(super) fn draw(app: &App, theme: &Theme, frame: &mut Frame<'_>) {
    let Some(pane) = app.modal.events() else { return };
    let screen = frame.area();
    let width = screen.width.min(MAX_WIDTH);
    let events = u16::try_from(app.events.len().max(1)).unwrap_or(u16::MAX);
    let most = u16::try_from(app.event_page()).unwrap_or(u16::MAX);
    let whole = if app.events.is_empty() {
        0
    } else {
        app.event_text_lines()
    };
    let height = events.min(most).saturating_add(FRAME_LINES + whole);
    let inner = dialog_box(theme, title(app, theme), (width, height), frame.buffer_mut());
    if app.events.is_empty() {
        let text = "nothing has happened since maxtop started";
        Line::styled(text, theme.dim).render(inner, frame.buffer_mut());
        return;
    }
    let parts = [
        Constraint::Length(1),
        Constraint::Fill(1),
        Constraint::Length(whole),
    ];
    let [head, list, text] = Layout::vertical(parts).areas(inner);
    let log = Log {
        app,
        theme,
        width: usize::from(inner.width),
    };
    log.head().render(head, frame.buffer_mut());
    log.draw_events(pane, list, frame);
    let chosen = app.events.from(pane.position(&app.events)).next();
    let whole = chosen.map(|event| log.whole(event, usize::from(whole)));
    lines(whole.unwrap_or_default(), text, frame.buffer_mut());
    let above = pane.first(&app.events, usize::from(list.height));
    let below = app.events.len().saturating_sub(above + usize::from(list.height));
    let area = Rect {
        x: inner.x.saturating_sub(2),
        width: inner.width + 4,
        height: inner.height + 1,
        ..inner
    };
    mark_border(theme, area, (above, below), frame.buffer_mut());
}

fn title<'a>(app: &App, theme: &Theme) -> Line<'a> {
    let zone = local(app, app.now.wall).strftime("%Z").to_string();
    let text = format!(" Events, newest first (times: {zone}) ");
    Line::from(Span::styled(text, theme.head))
}

fn local(app: &App, at: Timestamp) -> ZonedDateTime {
    at.to_zoned_datetime(app.settings.zone.clone())
}

/// The open log on a screen.
struct Log<'a> {
    app: &'a App,
    theme: &'a Theme,
    /// Width of a line, in cells.
    width: usize,
}

impl Log<'_> {
    const fn has_since(&self) -> bool {
        self.width + 4 >= WIDTH_WITH_SINCE
    }

    /// Returns the headings. An event is noticed with the list that shows it, which can be long after it happened.
    fn head<'b>(&self) -> Line<'b> {
        let since = if self.has_since() { SINCE } else { 0 };
        let since_head = if self.has_since() { "SINCE" } else { "" };
        let text = format!(
            "{:<TIME$}{:<KIND$}{since_head:<since$}{}",
            "NOTICED", "  EVENT", "DETAILS"
        );
        Line::styled(fit(&text, self.width, self.theme.glyphs.more), self.theme.head)
    }

    fn draw_events(&self, pane: &EventPane, list: Rect, frame: &mut Frame<'_>) {
        let log = &self.app.events;
        let top = pane.first(log, usize::from(list.height));
        let chosen = pane.position(log);
        for (place, (event, row)) in (top..).zip(log.from(top).zip(list.rows())) {
            self.line(event).render(row, frame.buffer_mut());
            if place == chosen {
                frame.buffer_mut().set_style(row, self.theme.cursor);
            }
        }
    }

    fn line<'b>(&self, event: &Event) -> Line<'b> {
        let at = local(self.app, event.at.wall).strftime("%H:%M:%S").to_string();
        let glyph = event.kind.severity().map_or(" ", |severity| severity.glyph());
        let mut line = Line::from(vec![
            Span::styled(format!("{at:<TIME$}"), self.theme.dim),
            Span::styled(
                format!("{glyph} {:<1$}", event.kind.words(), KIND - 2),
                self.style(event),
            ),
        ]);
        if self.has_since() {
            let since = event.since.map(|since| self.since_text(event, since));
            let since = since.unwrap_or_default();
            line.push_span(Span::styled(format!("{since:<SINCE$}"), self.theme.dim));
        }
        let room = self.width.saturating_sub(line.width());
        line.push_span(Span::raw(fit(&self.details(event), room, self.theme.glyphs.more)));
        line
    }

    fn style(&self, event: &Event) -> Style {
        let severity = event.kind.severity();
        severity.map_or(self.theme.good, |severity| self.theme.severity(severity))
    }

    /// Formats the time at which a trouble began; with the day if it is another one.
    fn since_text(&self, event: &Event, since: Timestamp) -> String {
        let (at, since) = (local(self.app, event.at.wall), local(self.app, since));
        let form = if at.date() == since.date() {
            "%H:%M:%S"
        } else {
            "%b %d %H:%M"
        };
        since.strftime(form).to_string()
    }

    /// Formats how often the event happened, its endpoint if there are several, and its text.
    fn details(&self, event: &Event) -> String {
        let count = match event.count {
            1 => String::new(),
            count => {
                let first = local(self.app, event.first.wall);
                format!("{count} times since {}  ", first.strftime("%H:%M:%S"))
            }
        };
        let name = self.app.endpoints.name_among_several(event.endpoint);
        let name = name.map(|name| format!("{name}: ")).unwrap_or_default();
        format!("{count}{name}{}", event.text)
    }

    /// Returns the whole text of an event in this number of lines.
    fn whole<'b>(&self, event: &Event, count: usize) -> Vec<Line<'b>> {
        let since = event.since.map(|since| self.since_text(event, since));
        let since = since.map(|since| format!(" (since {since})")).unwrap_or_default();
        let text = format!("{}{since}: {}", event.kind.words(), self.details(event));
        let wrapped = wrap(&text, self.width).into_iter().take(count);
        let style = self.theme.dim;
        wrapped.map(|line| Line::styled(line, style)).collect()
    }
}
