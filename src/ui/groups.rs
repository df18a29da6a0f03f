//! The table by groups. Draws only the groups of the window, regardless of their number.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;
use unicode_width::UnicodeWidthStr;

use super::draw::{fit, fit_middle};
use super::table::{aligned, head_cell, is_live, nothing};
use super::theme::Theme;
use crate::app::App;
use crate::app::groups::Groups;
use crate::app::groups::columns::{GroupColumn, GroupColumnId};
use crate::app::groups::group::Group;
use crate::diagnosis::Severity;
use crate::model::counted;

/// A column with its width on the screen.
struct FittedColumn {
    id: GroupColumnId,
    width: u16,
}

/// Draws the head and the window of groups.
pub(super) fn draw(app: &App, groups: &Groups, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    if area.is_empty() {
        return;
    }
    let columns = fitted(app, groups, area.width);
    head(app, groups, theme, &columns).render(Rect { height: 1, ..area }, frame.buffer_mut());
    let body = Rect {
        y: area.y + 1,
        height: area.height - 1,
        ..area
    };
    if groups.is_empty() {
        return nothing(app, theme, body, frame);
    }
    let pane = &app.table.groups;
    let live = is_all_live(app);
    let window = groups.window(pane.offset, usize::from(body.height));
    for ((place, group), line) in (pane.offset..).zip(window).zip(body.rows()) {
        let base = if live && !group.is_gone {
            Style::new()
        } else {
            theme.stale
        };
        let selected = place == pane.position();
        let style = if selected {
            base.patch(theme.selected)
        } else {
            base
        };
        frame.buffer_mut().set_style(line, style);
        cells(group, theme, &columns, selected, style).render(line, frame.buffer_mut());
        mark(app, theme, group, place, line, frame);
    }
}

/// Columns from this drop priority on are dropped before a name is cut below the minimum width.
const FIRST_OPTIONAL_COLUMN: u8 = 4;
const READABLE_NAME_WIDTH: u16 = 24;
/// Minimum width of a name in cells, before columns below that priority are dropped.
const MIN_NAME_WIDTH: u16 = 11;

/// Returns the columns that fit: all, then without the ones with the highest drop priority. Names use
/// the space that the others leave, and the last unbounded column the rest.
fn fitted(app: &App, groups: &Groups, width: u16) -> Vec<FittedColumn> {
    let natural = |id: GroupColumnId| {
        let column = id.column();
        let head = heading(groups, id).width();
        let head = u16::try_from(head).unwrap_or(u16::MAX).saturating_add(1);
        let shown = groups.widths.get(id.index()).copied().unwrap_or(0);
        shown.max(column.min).max(head).min(column.max)
    };
    let (mut names, mut others): (Vec<_>, Vec<_>) = app
        .endpoints
        .known_group_columns()
        .map(|id| FittedColumn {
            id,
            width: natural(id),
        })
        .partition(|fitted| fitted.id == GroupColumnId::NAME);
    while let Some(last) = others
        .iter()
        .map(|fitted| fitted.id)
        .max_by_key(|id| id.column().drop)
    {
        let enough = if last.column().drop < FIRST_OPTIONAL_COLUMN {
            MIN_NAME_WIDTH
        } else {
            READABLE_NAME_WIDTH
        };
        let needed: u16 = names.iter().map(|name| name.width.min(enough) + 1).sum();
        if total(&others).saturating_add(needed) <= width {
            break;
        }
        others.retain(|fitted| fitted.id != last);
    }
    let room = width.saturating_sub(total(&others)).saturating_sub(1);
    for name in &mut names {
        name.width = name.width.min(room);
    }
    names.extend(others);
    let spare = width.saturating_sub(total(&names));
    let mut open = names.iter_mut();
    if let Some(open) = open.rfind(|fitted| fitted.id.column().max == u16::MAX) {
        open.width += spare;
    }
    names
}

/// One blank before the row and one between columns.
fn total(columns: &[FittedColumn]) -> u16 {
    columns
        .iter()
        .map(|fitted| fitted.width.saturating_add(1))
        .fold(1, u16::saturating_add)
}

fn heading(groups: &Groups, id: GroupColumnId) -> &'static str {
    if id == GroupColumnId::NAME {
        groups.spec.by.grouping().heading
    } else {
        id.column().heading
    }
}

fn head<'a>(app: &App, groups: &Groups, theme: &Theme, columns: &[FittedColumn]) -> Line<'a> {
    let sort = app.table.groups.sort;
    let cells = columns.iter().map(|fitted| {
        let (heading, align) = (heading(groups, fitted.id), fitted.id.column().align);
        let descending = (fitted.id == sort.column).then_some(sort.descending);
        head_cell(heading, descending, align, fitted.width, theme)
    });
    Line::from(cells.collect::<Vec<_>>())
}

fn cells<'a>(
    group: &Group,
    theme: &Theme,
    columns: &[FittedColumn],
    selected: bool,
    style: Style,
) -> Line<'a> {
    let cells = columns.iter().map(|fitted| {
        let column = fitted.id.column();
        let text = (column.cell)(group).unwrap_or_default();
        let (width, more) = (usize::from(fitted.width), theme.glyphs.more);
        let cut = if fitted.id == GroupColumnId::NAME {
            fit_middle(&text, width, more)
        } else {
            fit(&text, width, more)
        };
        let tint = if selected {
            style
        } else {
            tint(column, fitted.id, theme, group).patch(style)
        };
        Span::styled(format!(" {}", aligned(&cut, column.align, fitted.width)), tint)
    });
    Line::from(cells.collect::<Vec<_>>())
}

/// Returns the style of a cell. Counts of stuck sessions have the color of their severity; a missing
/// value is dimmed.
fn tint(column: &GroupColumn, id: GroupColumnId, theme: &Theme, group: &Group) -> Style {
    let is_value = group.key.text().is_some_and(|text| !text.is_empty());
    match (column.heading, group.severity()) {
        _ if id == GroupColumnId::NAME && !is_value => theme.quiet,
        ("▲", _) => theme.severity(Severity::Act),
        ("●", _) => theme.severity(Severity::Look),
        ("WHY", Some(severity)) => theme.severity(severity),
        _ => Style::new(),
    }
}

/// Returns the mark before a group: all sessions marked, or some.
fn mark(app: &App, theme: &Theme, group: &Group, place: usize, line: Rect, frame: &mut Frame<'_>) {
    if app.marks.is_empty() || group.is_gone {
        return;
    }
    let sign = match app.table.groups.marks_at(place) {
        0 => return,
        marked if marked >= group.sessions => "*",
        _ => "+",
    };
    if let Some(cell) = frame.buffer_mut().cell_mut((line.x, line.y)) {
        cell.set_symbol(sign).set_style(theme.alarm);
    }
}

/// Whether all endpoints are live. The sessions of a group may come from any of them.
fn is_all_live(app: &App) -> bool {
    app.table.view.snapshots.iter().all(|shown| {
        let endpoint = app.endpoints.get(shown.endpoint);
        endpoint.is_some_and(|endpoint| is_live(app, endpoint, shown))
    })
}

/// Formats the number of groups and sessions: `4 servers · 88 sessions, 31 in several`.
pub(super) fn counts(app: &App, groups: &Groups) -> Vec<String> {
    let total = app.table.view.total();
    let sessions = if groups.sessions == total {
        counted(total, "session")
    } else {
        format!("{} of {}", groups.sessions, counted(total, "session"))
    };
    let several = match groups.several {
        0 => String::new(),
        several => format!(", {several} in several"),
    };
    let grouping = groups.spec.by.grouping();
    let noun = match groups.live() {
        1 => grouping.name,
        _ => grouping.plural,
    };
    vec![
        format!("{} {noun}", groups.live()),
        format!("{sessions}{several}"),
    ]
}

/// Formats the fields that `t` steps through, with the current one in brackets: `by user [address]
/// service state reason`. If that is too wide, the line begins with the current one and is cut at the
/// end.
pub(super) fn choices(app: &App, groups: &Groups, room: usize, more: &str) -> String {
    let mut names: Vec<_> = app
        .endpoints
        .known_groupings()
        .map(|id| {
            let name = id.grouping().name;
            if id == groups.spec.by {
                format!("[{name}]")
            } else {
                name.to_owned()
            }
        })
        .collect();
    let all = format!("by {}", names.join(" "));
    if all.width() <= room {
        return all;
    }
    let here = names.iter().position(|name| name.starts_with('['));
    names.rotate_left(here.unwrap_or(0));
    let mut some = format!("by [{}]", groups.spec.by.grouping().name);
    for name in names.iter().skip(1) {
        if some.width() + name.width() + more.width() + 2 > room {
            some.extend([" ", more]);
            break;
        }
        some.extend([" ", name]);
    }
    some
}
