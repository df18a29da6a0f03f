//! The session table.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use super::draw::wrap;
use super::no_data;
use super::table::{RowLook, TableFrame};
use super::theme::Theme;
use crate::app::App;
use crate::app::endpoint::{EndpointState, LinkState};
use crate::app::keymap::Action;
use crate::app::row::TableRow;
use crate::diagnosis::Severity;
use crate::model::{Snapshot, visible};

/// Draws the head and the window of rows.
pub(super) fn draw(app: &App, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    if area.is_empty() {
        return;
    }
    let (table, sort) = (&app.table, app.table.sort);
    let drawn = TableFrame {
        columns: table.fitted_columns(&app.endpoints, area.width),
        heading: &|id| id.column().heading,
        sort: Some((sort.column, sort.descending)),
        selected: table.cursor.position(),
        offset: table.cursor.offset,
    };
    let body = drawn.draw_head(theme, area, frame);
    stuck_above(app, theme, area, frame);
    if table.view.is_empty() {
        return nothing(app, theme, body, frame);
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
}

/// Draws the number of stuck rows above the window at the right end of the head: `▲2 ●3 above`. On a
/// narrow screen the headings are more important.
fn stuck_above(app: &App, theme: &Theme, head: Rect, frame: &mut Frame<'_>) {
    let offset = app.table.cursor.offset;
    let mut spans: Vec<_> = Severity::ALL
        .into_iter()
        .filter_map(|severity| {
            let count = app.table.view.count_rows(severity, 0..offset);
            let text = format!(" {}{count} ", severity.glyph());
            (count > 0).then(|| Span::styled(text, theme.chip(severity)))
        })
        .collect();
    if spans.is_empty() {
        return;
    }
    spans.insert(0, Span::raw(" "));
    spans.push(Span::styled(" above ", theme.head));
    let line = Line::from(spans);
    let width = u16::try_from(line.width()).unwrap_or(u16::MAX);
    if width > head.width / 2 {
        return;
    }
    let place = Rect {
        x: head.right() - width,
        width,
        height: 1,
        ..head
    };
    line.render(place, frame.buffer_mut());
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

/// Returns why the filter matches no session, and the way back to all if Esc leads there now.
fn no_match(app: &App) -> String {
    let view = &app.table.view;
    let mut text = format!("no session matches '{}'", visible(view.spec.filter.text().trim()));
    if let Some(why) = &view.no_match {
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

/// Draws why there are no rows, and what to do about it.
pub(super) fn nothing(app: &App, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    if no_data::draw(app, theme, area, frame) {
        return;
    }
    let (text, style) = if app.table.view.idle_hidden > 0 {
        let hidden = app.table.view.idle_hidden;
        (
            format!(
                "all {hidden} are idle without a reason; {} shows them",
                app.settings.keys.first(Action::HideIdle)
            ),
            theme.dim,
        )
    } else if app.table.view.logins_hidden > 0 {
        let hidden = app.table.view.logins_hidden;
        (
            format!("{hidden} are not logged in; the filter reason=login shows them"),
            theme.dim,
        )
    } else if app.table.view.spec.filter.is_empty() {
        (
            "no client is connected: the proxy replies, and lists no sessions".to_owned(),
            theme.dim,
        )
    } else {
        (no_match(app), theme.dim)
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
