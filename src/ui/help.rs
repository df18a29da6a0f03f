//! The help: its title, a page of its lines, and the search.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;
use unicode_width::UnicodeWidthStr as _;

use super::draw::{fit, rect};
use super::matching::{highlighted, split};
use super::outside;
use super::theme::Theme;
use crate::app::App;
use crate::app::help::{Help, HelpLine, HelpPages, HelpStyle, title};
use crate::diagnosis::Severity;

/// Draws the help over everything but the keys, if it is open.
pub(super) fn draw(app: &App, theme: &Theme, frame: &mut Frame<'_>) {
    let (Some(help), Some(pages)) = (&app.help, app.help_pages()) else {
        return;
    };
    let screen = frame.area();
    let areas = app.areas();
    let (status, hints) = (rect(areas.status), rect(areas.hints));
    let covered = Rect {
        height: screen.height.saturating_sub(hints.height),
        ..screen
    };
    for position in covered.positions() {
        if let Some(cell) = frame.buffer_mut().cell_mut(position) {
            cell.reset();
        }
    }
    head(help, &pages, theme, screen, frame);
    let body = screen.rows().skip(1).take(pages.page);
    for (line, row) in pages.lines.iter().skip(help.top).zip(body) {
        let inner = Rect {
            x: row.x + 1.min(row.width),
            width: row.width.saturating_sub(2),
            ..row
        };
        styled(line, help, theme, usize::from(inner.width)).render(inner, frame.buffer_mut());
    }
    foot(app, help, &pages, theme, status, frame);
}

/// Draws the title with the number of the page.
fn head(help: &Help, pages: &HelpPages, theme: &Theme, screen: Rect, frame: &mut Frame<'_>) {
    let Some(row) = screen.rows().next() else { return };
    let width = usize::from(row.width);
    let mark = format!("page {} of {} ", pages.number(help.top), pages.count());
    let room = width.saturating_sub(mark.width() + 1);
    let name = fit(&format!("Help for {}", title(help.from)), room, theme.glyphs.more);
    let style = theme.head.add_modifier(Modifier::UNDERLINED);
    let gap = width.saturating_sub(name.width() + mark.width() + 1);
    Line::styled(format!(" {name}{:gap$}{mark}", ""), style).render(row, frame.buffer_mut());
}

/// Returns a line, with the text to find marked.
fn styled<'a>(line: &HelpLine, help: &Help, theme: &Theme, width: usize) -> Line<'a> {
    let mut room = width;
    let mut spans = Vec::new();
    for (style, text) in &line.parts {
        let style = match style {
            HelpStyle::Heading => theme.head,
            HelpStyle::Name => theme.input,
            HelpStyle::Plain => ratatui::style::Style::new(),
            HelpStyle::Dim => theme.dim,
            HelpStyle::Look => theme.severity(Severity::Look),
            HelpStyle::Act => theme.severity(Severity::Act),
        };
        let text = fit(text.trim_end_matches(' '), room, theme.glyphs.more)
            + &" ".repeat(text.len() - text.trim_end_matches(' ').len());
        room = room.saturating_sub(text.width());
        for (part, is_match) in split(&text, &help.term) {
            let style = if is_match { highlighted(style) } else { style };
            spans.push(Span::styled(part, style));
        }
    }
    Line::from(spans)
}

/// Draws the last event, or the search, or the number of lines below.
fn foot(app: &App, help: &Help, pages: &HelpPages, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    if area.is_empty() {
        return;
    }
    let width = usize::from(area.width);
    if let Some(status) = &app.status {
        let text = format!(
            " {}",
            fit(&status.text, width.saturating_sub(2), theme.glyphs.more)
        );
        return Line::styled(text, theme.look).render(area, frame.buffer_mut());
    }
    let below = pages.lines.len().saturating_sub(help.top + pages.page);
    if help.search.is_none() && help.term.is_empty() {
        let text = format!(" {}", outside::words(theme, help.top, below));
        return Line::styled(text, theme.dim).render(area, frame.buffer_mut());
    }
    let found = found(help, pages);
    let room = width.saturating_sub(found.width() + 4);
    let line = Line::from(vec![
        Span::styled(" / ", theme.head),
        Span::styled(fit(&help.term, room, theme.glyphs.more), theme.input),
    ]);
    let cursor = u16::try_from(line.width()).unwrap_or(0);
    line.render(area, frame.buffer_mut());
    Line::styled(found, theme.dim)
        .right_aligned()
        .render(area, frame.buffer_mut());
    if help.search.is_some() {
        frame.set_cursor_position((area.x + cursor.min(area.width.saturating_sub(1)), area.y));
    }
}

/// Formats the number of the match: `match 2 of 7`.
fn found(help: &Help, pages: &HelpPages) -> String {
    if help.term.is_empty() {
        return "type a text to find ".to_owned();
    }
    let matches = pages.matches(&help.term);
    match matches.iter().position(|line| Some(*line) == help.hit) {
        Some(place) => format!("match {} of {} ", place + 1, matches.len()),
        None if matches.is_empty() => "no match ".to_owned(),
        None => format!("{} matches ", matches.len()),
    }
}
