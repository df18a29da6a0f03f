//! The table by groups.

use ratatui::Frame;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use super::sessions::{is_live, nothing};
use super::table::{RowLook, TableFrame};
use super::theme::Theme;
use super::{clicks, outside};
use crate::app::App;
use crate::app::column::fit::fit;
use crate::app::groups::Groups;
use crate::app::groups::columns;
use crate::app::groups::group::Group;
use crate::app::mouse::{ClickTarget, ClickableLine};
use crate::model::counted;

/// Draws the head and the window of groups. Returns the lines with an effect of clicks.
pub(super) fn draw(
    app: &App,
    groups: &Groups,
    theme: &Theme,
    area: Rect,
    frame: &mut Frame<'_>,
) -> Vec<ClickableLine> {
    if area.is_empty() {
        return Vec::new();
    }
    let pane = &app.table.groups;
    let heading = |id| columns::heading(groups, id);
    let known = app.endpoints.known_group_columns();
    let drawn = TableFrame {
        columns: fit(known, &groups.widths, heading, area.width),
        heading: &heading,
        sort: Some((pane.sort.column, pane.sort.descending)),
        selected: pane.cursor.position(),
        offset: pane.cursor.offset,
        search: app.search_text(),
    };
    let body = drawn.draw_head(theme, area, frame);
    outside::draw_above(app, theme, area, frame);
    if groups.is_empty() {
        nothing(app, theme, body, frame);
        return clicks::rows(area, [ClickTarget::Headings]);
    }
    let are_live = is_all_live(app);
    let rows = groups.window(drawn.offset, usize::from(body.height));
    let look = |_, group: &&Group| RowLook {
        is_live: are_live && !group.is_gone,
        mark: mark(app, group),
    };
    drawn.draw_rows(rows, look, theme, body, frame);
    clicks::table(area, body, drawn.offset, groups.len())
}

/// Returns the mark before a group: all sessions marked, or some.
fn mark(app: &App, group: &Group) -> Option<&'static str> {
    if app.marks.is_empty() || group.is_gone {
        return None;
    }
    match app.table.groups.marks_of(&group.key) {
        0 => None,
        marked if marked >= group.sessions => Some("*"),
        _ => Some("+"),
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
