//! The session table.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use super::draw::{fit, wrap};
use super::table::{RowLook, TableFrame};
use super::theme::Theme;
use super::{clicks, no_data, outside};
use crate::app::App;
use crate::app::columns::{ColumnId, Sessions, TableKind as _};
use crate::app::endpoint::{EndpointState, LinkState};
use crate::app::keymap::Action;
use crate::app::mouse::{ClickTarget, ClickableLine};
use crate::app::row::TableRow;
use crate::model::{Snapshot, counted, display_width, visible};

/// Draws the head and the window of rows. Returns the lines with an effect of clicks.
pub(super) fn draw(app: &App, theme: &Theme, area: Rect, frame: &mut Frame<'_>) -> Vec<ClickableLine> {
    if area.is_empty() {
        return Vec::new();
    }
    let (table, sort) = (&app.table, app.table.sort);
    let drawn = TableFrame {
        columns: table.fitted_columns(&app.endpoints, area.width),
        heading: &|id| id.column().heading,
        sort: Some((sort.column, sort.descending)),
        selected: table.cursor.position(),
        offset: table.cursor.offset,
        search: app.search_text(),
    };
    let body = drawn.draw_head(theme, area, frame);
    outside::draw_above(app, theme, area, frame);
    if table.view.is_empty() {
        nothing(app, theme, body, frame);
        return clicks::rows(area, [ClickTarget::Headings]);
    }
    let rows = table.view.window(drawn.offset, usize::from(body.height));
    let look = |_, row: &TableRow<'_>| RowLook {
        is_live: row.missing == 0
            && app
                .endpoints
                .get(row.snapshot.endpoint)
                .is_some_and(|endpoint| is_live(app, endpoint, row.snapshot)),
        mark: mark(app, row),
    };
    drawn.draw_rows(rows, look, theme, body, frame);
    clicks::table(area, body, drawn.offset, table.view.len())
}

/// Returns the mark before the row: marked, or the start of a range.
fn mark(app: &App, row: &TableRow<'_>) -> Option<&'static str> {
    let anchor = app.marks.anchor();
    if app.marks.is_empty() && anchor.is_none() {
        return None;
    }
    let key = row.key();
    if app.marks.has(&key) {
        Some("*")
    } else if anchor.is_some_and(|anchor| anchor.agrees_with(&key)) {
        Some("v")
    } else {
        None
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

/// Returns the id and the whole reason of the row under the cursor if the column WHY is cut or has no room: `2: idle
/// 4h 12m, keeps db-01 open`. `None` if the reason can be read elsewhere.
pub(super) fn whole_reason(app: &App, theme: &Theme, width: usize) -> Option<Vec<Span<'static>>> {
    let is_covered = app.covers_table() || app.modal.kill_dialog().is_some() || app.detail.is_some();
    if is_covered || app.areas().table.is_empty() || app.table.shows_groups() {
        return None;
    }
    let row = app.table.view.row(app.table.cursor.position())?;
    let severity = row.diagnosis.severity().filter(|_| !row.has_ended())?;
    let reason = Sessions::cell(ColumnId::WHY.column(), &row)?;
    let columns = app.seen_columns();
    let room = columns.iter().find(|fitted| fitted.id == ColumnId::WHY);
    let is_whole = room.is_some_and(|fitted| display_width(&reason) <= usize::from(fitted.width));
    // The counts keep their place.
    let text = fit(
        &format!("{}: {reason}", row.session.id),
        width * 2 / 3,
        theme.glyphs.more,
    );
    (!is_whole).then(|| vec![Span::styled(text, theme.severity(severity))])
}

/// Returns why the filter matches no session, and the way back to all if Esc leads there now.
fn no_match(app: &App) -> String {
    let view = &app.table.view;
    let mut text = format!("no session matches '{}'", visible(view.spec.filter.text().trim()));
    if let Some(why) = view.no_match.as_ref().map(|why| why.text.as_str()) {
        // The reason repeats a single condition that has no hint.
        if !why.starts_with("no session matches") || view.spec.filter.has_several_conditions() {
            text.push_str(": ");
            text.push_str(&visible(why));
        }
    }
    if app.esc_shows_all() {
        text.push_str("; Esc shows all");
    }
    text
}

/// Returns why there are no rows: what is hidden, otherwise why the filter matches none.
fn nothing_text(app: &App) -> String {
    let view = &app.table.view;
    if view.total() == 0 && view.spec.filter.is_empty() {
        return "no client is connected: the proxy replies, and lists no sessions".to_owned();
    }
    // With a filter these are the sessions that match it.
    let matching = if view.spec.filter.is_empty() {
        ""
    } else {
        " that match the filter"
    };
    let hidden_as = |count: usize, why: &str, remedy: String| {
        let are = if count == 1 { "is" } else { "are" };
        let sessions = counted(count, "session");
        (count > 0).then(|| format!("{sessions}{matching} {are} hidden: {why}; {remedy}"))
    };
    let key = app.settings.keys.first(Action::HideIdle);
    let idle = hidden_as(
        view.idle_hidden,
        "idle without a reason",
        format!("{key} shows them"),
    );
    let login = "the filter reason=login shows them".to_owned();
    let logins = hidden_as(view.logins_hidden, "not logged in", login);
    let hidden: Vec<_> = idle.into_iter().chain(logins).collect();
    if hidden.is_empty() {
        return no_match(app);
    }
    hidden.join(". ")
}

/// Draws why there are no rows, and what to do about it.
pub(super) fn nothing(app: &App, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    if no_data::draw(app, theme, area, frame) {
        return;
    }
    let text = nothing_text(app);
    let width = usize::from(area.width.saturating_sub(4));
    let inner = Rect {
        x: area.x + 2.min(area.width),
        width: area.width.saturating_sub(4),
        ..area
    };
    for (line, place) in wrap(&text, width).into_iter().zip(inner.rows().skip(1)) {
        Line::styled(line, theme.dim).render(place, frame.buffer_mut());
    }
}
