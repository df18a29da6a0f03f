//! The view of servers and services. Covers the table.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use super::draw::{clear, fit, rect};
use super::table::{RowLook, TableFrame};
use super::theme::Theme;
use super::{clicks, outside};
use crate::app::App;
use crate::app::column::TableKind;
use crate::app::layout::Areas;
use crate::app::mouse::{ClickTarget, ClickableLine};
use crate::app::server_view::columns::{ServerTable, ServiceTable, fitted};
use crate::app::server_view::{ServerLine, ServerPane, ServerRows, remark};
use crate::model::{self, EndpointId, counted};

/// Draws the view, if it is open. Returns the lines with an effect of clicks.
pub(super) fn draw(
    app: &App,
    theme: &Theme,
    areas: &Areas,
    frame: &mut Frame<'_>,
) -> Option<Vec<ClickableLine>> {
    let pane = app.servers.as_ref()?;
    let area = rect(areas.below_header()).intersection(frame.area());
    clear(area, frame.buffer_mut());
    let rows = app.server_rows();
    let lines = app.server_lines(&rows);
    let (list, mark) = outside::split_mark(area, lines.len());
    let height = usize::from(list.height);
    let first = pane.first_line(&rows, &lines, height);
    let tables = Tables::new(&rows, pane, app.endpoints.len(), area.width);
    for (line, place) in lines.iter().skip(first).zip(list.rows()) {
        tables.draw(app, *line, theme, place, frame);
    }
    let below = lines.len().saturating_sub(first + height);
    outside::mark(theme, mark, (first, below), frame.buffer_mut());
    let shown = lines.iter().skip(first).zip(list.rows());
    let clickable = shown.filter_map(|(line, place)| {
        let position = line.position(&rows)?;
        Some(clicks::line(place, ClickTarget::Server(position)))
    });
    Some(clickable.collect())
}

/// Both tables on a screen of this width.
struct Tables<'a> {
    rows: &'a ServerRows,
    servers: TableFrame<'a, ServerTable>,
    services: TableFrame<'a, ServiceTable>,
}

impl<'a> Tables<'a> {
    fn new(rows: &'a ServerRows, pane: &ServerPane, endpoints: usize, width: u16) -> Self {
        let selected = pane.position(rows);
        Self {
            rows,
            servers: table(fitted(&rows.servers, endpoints, width), selected),
            services: table(
                fitted(&rows.services, endpoints, width),
                selected.checked_sub(rows.servers.len()).unwrap_or(usize::MAX),
            ),
        }
    }

    /// Draws one line.
    fn draw(&self, app: &App, line: ServerLine, theme: &Theme, place: Rect, frame: &mut Frame<'_>) {
        match line {
            ServerLine::Blank => {}
            ServerLine::ServersTitle => servers_title(app, theme).render(place, frame.buffer_mut()),
            ServerLine::ServicesTitle => {
                Line::styled(" SERVICES", theme.head).render(place, frame.buffer_mut());
            }
            ServerLine::Remark(id) => remark_line(app, id, theme, place).render(place, frame.buffer_mut()),
            ServerLine::ServersHead => _ = self.servers.draw_head(theme, place, frame),
            ServerLine::ServicesHead => _ = self.services.draw_head(theme, place, frame),
            ServerLine::Server(position) => {
                let row = self.rows.servers.get(position);
                self.servers.draw_row(position, row, theme, place, frame);
            }
            ServerLine::Service(position) => {
                let row = self.rows.services.get(position);
                self.services.draw_row(position, row, theme, place, frame);
            }
        }
    }
}

fn table<'a, T: TableKind>(
    columns: Vec<crate::app::column::fit::FittedColumn<T>>,
    selected: usize,
) -> TableFrame<'a, T> {
    TableFrame {
        columns,
        heading: &|id| id.column().heading,
        sort: None,
        selected,
        offset: 0,
        search: None,
    }
}

impl<T: TableKind> TableFrame<'_, T> {
    /// Draws one row of a table that is not scrolled by itself.
    fn draw_row<'r>(
        &self,
        position: usize,
        row: Option<T::Row<'r>>,
        theme: &Theme,
        place: Rect,
        frame: &mut Frame<'_>,
    ) {
        let look = |_, _: &T::Row<'r>| RowLook {
            is_live: true,
            mark: None,
        };
        self.draw_rows_from(position, row.into_iter(), look, theme, place, frame);
    }
}

/// Returns the title of the servers with the age of the oldest reply.
fn servers_title<'a>(app: &App, theme: &Theme) -> Line<'a> {
    let taken = app
        .endpoints
        .iter()
        .filter_map(|endpoint| endpoint.servers.latest.as_ref());
    let age = taken.map(|servers| app.now.since(servers.taken_at)).max();
    let mut line = vec![Span::styled(" SERVERS", theme.head)];
    line.extend(age.map(|age| {
        let seconds = i64::try_from(age.as_secs()).unwrap_or(i64::MAX);
        let age = model::Span::from_secs(seconds);
        let sessions = if app.size.0 >= 80 {
            "; SESSIONS by the last list"
        } else {
            ""
        };
        let text = format!("  as MaxScale's monitor sees them, {age} ago{sessions}");
        Span::styled(text, theme.dim)
    }));
    Line::from(line)
}

/// Returns what an endpoint does not report.
fn remark_line<'a>(app: &App, id: EndpointId, theme: &Theme, place: Rect) -> Line<'a> {
    let Some(endpoint) = app.endpoints.get(id) else {
        return Line::default();
    };
    let text = remark(endpoint).unwrap_or_default();
    let text = if app.endpoints.len() > 1 {
        format!("{}: {text}", endpoint.name)
    } else {
        text
    };
    let text = fit(
        &text,
        usize::from(place.width).saturating_sub(2),
        theme.glyphs.more,
    );
    Line::styled(format!(" {text}"), theme.look)
}

/// Formats the number of servers and services: `3 servers, 1 down · 3 services`.
pub(super) fn counts(app: &App) -> Vec<String> {
    let servers = app
        .endpoints
        .iter()
        .filter_map(|endpoint| endpoint.servers.latest.as_ref());
    let servers = servers.flat_map(|servers| &servers.states);
    let services = app.server_rows().services.len();
    let down = servers
        .clone()
        .filter(|server| server.health().is_unusable())
        .count();
    let down = if down > 0 {
        format!(", {down} down")
    } else {
        String::new()
    };
    vec![
        format!("{}{down}", counted(servers.count(), "server")),
        counted(services, "service"),
    ]
}
