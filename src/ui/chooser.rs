//! The column chooser. Covers the lower part of the table, so that the head and the first rows stay
//! visible and show each change at once.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;
use unicode_width::UnicodeWidthStr;

use super::draw::{fit, framed, lines, rect};
use super::theme::Theme;
use super::{clicks, outside};
use crate::app::App;
use crate::app::chooser::{Chooser, option, setting};
use crate::app::columns::{ColumnId, FittedColumn};
use crate::app::mouse::{ClickTarget, ClickableLine};

/// Width of the list, in cells. Fits what each column shows.
const WIDTH: u16 = 78;
/// Minimum height of the list on a low screen, in lines.
const MIN_LIST_HEIGHT: u16 = 5;
/// Width of the mark before a name and of the blank after it, in cells.
const AROUND_NAME: usize = 5;

/// Draws the list, if it is open. Returns the lines with an effect of clicks.
pub(super) fn draw(app: &App, theme: &Theme, frame: &mut Frame<'_>) -> Option<Vec<ClickableLine>> {
    let chooser = app.modal.chooser()?;
    let areas = app.areas();
    let table = if areas.table.is_empty() {
        rect(areas.detail)
    } else {
        rect(areas.table)
    };
    let width = WIDTH.min(table.width);
    let most = (table.height * 2 / 3).max(MIN_LIST_HEIGHT + 2).min(table.height);
    let keeping = keeping(app, theme, usize::from(width.saturating_sub(4)), most);
    let wanted = u16::try_from(chooser.order.len() + keeping.len() + 2).unwrap_or(u16::MAX);
    let height = wanted.min(most);
    let place = Rect {
        x: table.x + (table.width - width) / 2,
        y: table.bottom() - height,
        width,
        height,
    };
    let title = Line::from(Span::styled(" Columns, from left to right ", theme.head));
    let inner = framed(theme, title, place, frame.buffer_mut());
    // On a low screen the list takes precedence over the lines below it.
    let below = u16::try_from(keeping.len()).unwrap_or(0);
    let below = if inner.height >= MIN_LIST_HEIGHT + below {
        below
    } else {
        0
    };
    let list = Rect {
        height: inner.height - below,
        ..inner
    };
    let hidden = draw_list(app, chooser, theme, list, frame);
    outside::mark_border(theme, place, hidden, frame.buffer_mut());
    let foot = Rect {
        y: list.bottom(),
        height: below,
        ..inner
    };
    lines(keeping, foot, frame.buffer_mut());
    let columns = (hidden.0..chooser.order.len()).map(ClickTarget::Column);
    Some(clicks::rows(list, columns))
}

/// Draws the part of the list that fits, with the cursor in the middle if it is longer. Returns the numbers of
/// columns above and below.
fn draw_list(
    app: &App,
    chooser: &Chooser,
    theme: &Theme,
    area: Rect,
    frame: &mut Frame<'_>,
) -> (usize, usize) {
    let rows = usize::from(area.height);
    let last = chooser.order.len().saturating_sub(rows);
    let middle = chooser.cursor.saturating_sub(rows / 2);
    let top = chooser
        .top
        .map_or(middle, |top| {
            top.clamp((chooser.cursor + 1).saturating_sub(rows), chooser.cursor)
        })
        .min(last);
    let seen = app.seen_columns();
    let shown = chooser.order.iter().enumerate().skip(top);
    for ((place, id), row) in shown.zip(area.rows()) {
        let line = entry(app, *id, &seen, theme, usize::from(row.width));
        line.render(row, frame.buffer_mut());
        if place == chooser.cursor {
            frame.buffer_mut().set_style(row, theme.cursor);
        }
    }
    (top, last - top)
}

/// Formats a line such as `[x] memory    memory of the session in MaxScale        does not fit`.
fn entry<'a>(app: &App, id: ColumnId, seen: &[FittedColumn], theme: &Theme, width: usize) -> Line<'a> {
    let column = id.column();
    let chosen = app.table.columns.contains(&id);
    let note = if !app.endpoints.is_reported(column.only) {
        "not reported"
    } else if chosen && !seen.iter().any(|fitted| fitted.id == id) {
        "does not fit"
    } else {
        ""
    };
    let mark = if chosen { "[x]" } else { "[ ]" };
    let name = format!("{mark} {}", column.name);
    let names = ColumnId::all().map(|id: ColumnId| id.column().name.width());
    let name_width = names.max().unwrap_or(0) + AROUND_NAME;
    let room = width.saturating_sub(name_width + note.width() + 1);
    let about = fit(column.about, room, theme.glyphs.more);
    let gap = room.saturating_sub(about.width()) + 1;
    let (name_style, about_style) = if chosen {
        (theme.head, Style::new())
    } else {
        (theme.dim, theme.dim)
    };
    Line::from(vec![
        Span::styled(format!("{name:<name_width$}"), name_style),
        Span::styled(about, about_style),
        Span::raw(" ".repeat(gap)),
        Span::styled(note, theme.look),
    ])
}

/// Returns how to keep this choice for the next run; only the shorter form on a low screen.
fn keeping<'a>(app: &App, theme: &Theme, width: usize, height: u16) -> Vec<Line<'a>> {
    let columns = &app.table.columns;
    if *columns == ColumnId::defaults(app.endpoints.len()) {
        return vec![Line::styled("default columns", theme.dim)];
    }
    let styled = |text: String| {
        broken(&text, width)
            .into_iter()
            .map(|line| Line::styled(line, theme.hit))
    };
    let mut kept: Vec<Line<'a>> = styled(option(columns)).collect();
    if usize::from(height) > columns.len() + 10 {
        let heading = fit("or in the configuration file:", width, theme.glyphs.more);
        kept.push(Line::styled(heading, theme.dim));
        kept.extend(styled(setting(columns)));
    }
    kept
}

/// Breaks a list into lines after its commas.
fn broken(text: &str, width: usize) -> Vec<String> {
    let mut broken = vec![String::new()];
    for part in text.split_inclusive(',') {
        match broken.last_mut() {
            Some(line) if line.width() + part.width() <= width || line.is_empty() => line.push_str(part),
            _ => broken.push(part.trim_start().to_owned()),
        }
    }
    broken
}
