//! The session table. Builds only the rows of the window, regardless of the number of sessions.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use super::draw::{fit, fit_middle, wrap};
use super::theme::Theme;
use crate::app::App;
use crate::app::columns::{Align, Column, FittedColumn};
use crate::app::endpoint::{EndpointState, LinkState};
use crate::app::row::TableRow;
use crate::model::{SessionPhase, Snapshot, display_width, visible};

/// Draws the head and the window of rows.
pub(super) fn draw(app: &App, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    if area.is_empty() {
        return;
    }
    let columns = app.table.fitted_columns(&app.endpoints, area.width);
    head(app, theme, &columns).render(Rect { height: 1, ..area }, frame.buffer_mut());
    let body = Rect {
        y: area.y + 1,
        height: area.height - 1,
        ..area
    };
    if app.table.view.is_empty() {
        nothing(app, theme, body, frame);
        return;
    }
    let window = app.table.view.window(app.table.offset, usize::from(body.height));
    for ((place, row), line) in (app.table.offset..).zip(window).zip(body.rows()) {
        let selected = place == app.table.position();
        let style = row_style(app, theme, &row, selected);
        frame.buffer_mut().set_style(line, style);
        cells(&row, theme, &columns, selected, style).render(line, frame.buffer_mut());
        mark(app, theme, &row, line, frame);
    }
}

fn head<'a>(app: &App, theme: &Theme, columns: &[FittedColumn]) -> Line<'a> {
    let sort = app.table.sort;
    let cells = columns.iter().map(|fitted| {
        let column = fitted.id.column();
        let descending = (fitted.id == sort.column).then_some(sort.descending);
        head_cell(column.heading, descending, column.align, fitted.width, theme)
    });
    Line::from(cells.collect::<Vec<_>>())
}

/// Returns the heading of a column. The heading of the sort column shows the direction.
pub(super) fn head_cell<'a>(
    heading: &str,
    descending: Option<bool>,
    align: Align,
    width: u16,
    theme: &Theme,
) -> Span<'a> {
    let mark = match descending {
        Some(true) => theme.glyphs.down,
        Some(false) => theme.glyphs.up,
        None => "",
    };
    let text = aligned(&format!("{heading}{mark}"), align, width);
    Span::styled(format!(" {text}"), theme.strong)
}

fn cells<'a>(
    row: &TableRow<'_>,
    theme: &Theme,
    columns: &[FittedColumn],
    selected: bool,
    style: Style,
) -> Line<'a> {
    let cells = columns.iter().map(|fitted| {
        let column = fitted.id.column();
        let text = (column.cell)(row).unwrap_or_default();
        let width = usize::from(fitted.width);
        let more = theme.glyphs.more;
        let cut = if column.keeps_ends() {
            fit_middle(&text, width, more)
        } else {
            fit(&text, width, more)
        };
        let tint = if selected {
            style
        } else {
            tint(column, theme, row).patch(style)
        };
        Span::styled(format!(" {}", aligned(&cut, column.align, fitted.width)), tint)
    });
    Line::from(cells.collect::<Vec<_>>())
}

/// Returns the mark before the row: marked, or the start of a range.
fn mark(app: &App, theme: &Theme, row: &TableRow<'_>, line: Rect, frame: &mut Frame<'_>) {
    if app.marks.is_empty() && app.marks.anchor().is_none() {
        return;
    }
    let key = row.key();
    let sign = if app.marks.has(&key) {
        "*"
    } else if app.marks.anchor().is_some_and(|anchor| anchor.agrees_with(&key)) {
        "v"
    } else {
        return;
    };
    if let Some(cell) = frame.buffer_mut().cell_mut((line.x, line.y)) {
        cell.set_symbol(sign).set_style(theme.alarm);
    }
}

pub(super) fn aligned(text: &str, align: Align, width: u16) -> String {
    let gap = usize::from(width).saturating_sub(display_width(text));
    match align {
        Align::Left => format!("{text}{:gap$}", ""),
        Align::Right => format!("{:gap$}{text}", ""),
    }
}

/// Returns the style of a row: the cursor's row is reversed, stale and ended rows are dimmed.
fn row_style(app: &App, theme: &Theme, row: &TableRow<'_>, selected: bool) -> Style {
    let live = app
        .endpoints
        .get(row.snapshot.endpoint)
        .is_some_and(|endpoint| is_live(app, endpoint, row.snapshot));
    let base = if live && row.missing == 0 {
        Style::new()
    } else {
        theme.stale
    };
    if selected {
        base.patch(theme.selected)
    } else {
        base
    }
}

/// Whether the table shows live data. A paused table does not, even while polling continues.
pub(super) fn is_live(app: &App, endpoint: &EndpointState, shown: &Snapshot) -> bool {
    let newest = endpoint
        .latest
        .as_ref()
        .is_some_and(|latest| latest.number == shown.number);
    if app.paused && !newest {
        return false;
    }
    let stale = endpoint.is_stale(app.now.elapsed, app.settings.interval, app.settings.duty);
    !stale && !matches!(endpoint.link, LinkState::Failing { .. })
}

/// Returns the style of a cell. Cells that explain why a session is stuck have the color of the
/// severity.
fn tint(column: &Column, theme: &Theme, row: &TableRow<'_>) -> Style {
    match (column.name, row.diagnosis.severity()) {
        ("severity" | "why", Some(severity)) if !row.has_ended() => theme.severity(severity),
        ("why" | "state", _) => state_style(theme, row),
        _ => Style::new(),
    }
}

/// Returns the style of the state. The normal state is dimmed, so that the others are easy to find.
fn state_style(theme: &Theme, row: &TableRow<'_>) -> Style {
    match row.session.phase() {
        Some(SessionPhase::Ready) | None => theme.quiet,
        Some(SessionPhase::Stopping | SessionPhase::Starting | SessionPhase::Other) => theme.warning,
    }
}

/// Draws why there are no rows, and what to do about it.
pub(super) fn nothing(app: &App, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    let failing = app.endpoints.iter().find_map(|endpoint| match &endpoint.link {
        LinkState::Failing { fault, .. } => Some((endpoint, fault)),
        _ => None,
    });
    let heard = app.endpoints.iter().any(|endpoint| endpoint.latest.is_some());
    let (text, style) = if let (Some((endpoint, fault)), false) = (failing, heard) {
        let remedy = fault
            .remedy()
            .map(|remedy| format!(": {}", remedy.0))
            .unwrap_or_default();
        (format!("{}: {fault}{remedy}", endpoint.name), theme.warning)
    } else if !heard {
        ("waiting for the first list …".to_owned(), theme.quiet)
    } else if app.table.view.idle_hidden > 0 {
        let hidden = app.table.view.idle_hidden;
        (
            format!("all {hidden} are idle without a reason; i shows them"),
            theme.quiet,
        )
    } else if app.table.filter.is_empty() {
        ("no sessions".to_owned(), theme.quiet)
    } else {
        (
            format!(
                "no session matches '{}'; Esc shows all",
                visible(app.table.filter.text().trim())
            ),
            theme.quiet,
        )
    };
    let width = usize::from(area.width.saturating_sub(4));
    let inner = Rect {
        x: area.x + 2.min(area.width),
        width: area.width.saturating_sub(4),
        ..area
    };
    for (line, place) in wrap(&text, width).into_iter().zip(inner.rows().skip(1)) {
        Line::styled(line, style).render(place, frame.buffer_mut());
    }
}
