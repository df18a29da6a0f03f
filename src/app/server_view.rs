//! The view of servers and services: what the proxy's monitor says about them, and how many sessions of the lists
//! use each, trouble first.

pub(crate) mod columns;
mod counts;

use super::App;
use super::cursor::{Cursor, KeyedRows};
use super::endpoint::EndpointState;
use super::layout::clamp_scroll;
use super::server_trouble::ServerTrouble;
use super::status::Status;
use crate::diagnosis::Severity;
use crate::filter::{Filter, FilterField};
use crate::model::{Dialect, EndpointId, Health, ServerState, ServiceState, Text};

pub(crate) use self::counts::{ServerCounts, SessionCount};

/// A server or service, in both tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ServerKey {
    /// A server of an endpoint.
    Server(EndpointId, Text),
    /// A service of an endpoint.
    Service(EndpointId, Text),
}

/// A server on the screen.
#[derive(Clone, Debug)]
pub(crate) struct ServerRow {
    /// The endpoint that reports it.
    pub endpoint: EndpointId,
    /// Name of the endpoint.
    pub endpoint_name: String,
    /// The server, as reported.
    pub server: ServerState,
    /// Its trouble.
    pub trouble: Option<Trouble>,
    /// Sessions that are connected to it.
    pub count: SessionCount,
}

/// A service on the screen.
#[derive(Clone, Debug)]
pub(crate) struct ServiceRow {
    /// The endpoint that reports it.
    pub endpoint: EndpointId,
    /// Name of the endpoint.
    pub endpoint_name: String,
    /// The service, as reported.
    pub service: ServiceState,
    /// Its trouble.
    pub trouble: Option<Trouble>,
    /// Its sessions.
    pub count: SessionCount,
}

/// Trouble of a server or service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trouble {
    /// How severe it is.
    pub severity: Severity,
    /// Position among the troubles of the endpoint, worst first.
    pub rank: usize,
    /// The trouble and its age: `DOWN 40s`.
    pub words: String,
}

/// Rows of both tables.
#[derive(Clone, Debug, Default)]
pub(crate) struct ServerRows {
    /// Servers, trouble first.
    pub servers: Vec<ServerRow>,
    /// Services, trouble first.
    pub services: Vec<ServiceRow>,
}

impl ServerRows {
    /// Whether both tables are empty.
    pub(crate) const fn is_empty(&self) -> bool {
        self.servers.is_empty() && self.services.is_empty()
    }

    /// Whether both tables have rows.
    pub(crate) const fn has_both(&self) -> bool {
        !self.servers.is_empty() && !self.services.is_empty()
    }
}

impl KeyedRows<ServerKey> for ServerRows {
    fn row_count(&self) -> usize {
        self.servers.len() + self.services.len()
    }

    fn key_at(&self, position: usize) -> Option<ServerKey> {
        let server = |row: &ServerRow| ServerKey::Server(row.endpoint, row.server.name.clone());
        let service = |row: &ServiceRow| ServerKey::Service(row.endpoint, row.service.name.clone());
        let of_service = |position| self.services.get(position).map(service);
        match position.checked_sub(self.servers.len()) {
            Some(position) => of_service(position),
            None => self.servers.get(position).map(server),
        }
    }

    fn position_of(&self, key: &ServerKey) -> Option<usize> {
        (0..self.row_count()).find(|position| self.key_at(*position).as_ref() == Some(key))
    }

    fn has_departed(&self) -> bool {
        false
    }
}

/// State of the open view.
#[derive(Clone, Debug, Default)]
pub(crate) struct ServerPane {
    cursor: Cursor<ServerKey>,
    /// The first line of the view on the screen.
    top: usize,
}

/// A line of the view, from top to bottom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ServerLine {
    /// Title of the servers, with their age.
    ServersTitle,
    /// Headings of the servers.
    ServersHead,
    /// A server, by its position.
    Server(usize),
    /// An empty line.
    Blank,
    /// Title of the services.
    ServicesTitle,
    /// Headings of the services.
    ServicesHead,
    /// A service, by its position among the services.
    Service(usize),
    /// Why an endpoint reports no servers.
    Remark(EndpointId),
}

impl ServerLine {
    /// Returns the position of the row among all rows, if the line is one.
    pub(crate) const fn position(self, rows: &ServerRows) -> Option<usize> {
        match self {
            Self::Server(position) => Some(position),
            Self::Service(position) => Some(position + rows.servers.len()),
            _ => None,
        }
    }
}

impl ServerPane {
    /// Returns the position of the cursor among all rows: its row, otherwise the first one.
    pub(crate) fn position(&self, rows: &ServerRows) -> usize {
        let key = self.cursor.key.as_ref();
        key.and_then(|key| rows.position_of(key)).unwrap_or_default()
    }

    /// Returns the first line on a screen of this height, so that the cursor is visible.
    pub(crate) fn first_line(&self, rows: &ServerRows, lines: &[ServerLine], height: usize) -> usize {
        let cursor = self.position(rows);
        let is_cursor = |line: &ServerLine| line.position(rows) == Some(cursor);
        let line = lines.iter().position(is_cursor).unwrap_or_default();
        // The titles above the first row stay on the screen.
        let top = if cursor == 0 { 0 } else { self.top };
        clamp_scroll(top, line, lines.len(), height)
    }

    /// Moves the cursor by rows.
    fn step(&mut self, rows: &ServerRows, lines: &[ServerLine], by: isize, height: usize) {
        let position = self.position(rows).saturating_add_signed(by);
        self.cursor.go_to(position, rows, height);
        self.top = self.first_line(rows, lines, height);
    }
}

impl App {
    /// `S`: opens the view.
    pub(super) fn open_servers(&mut self) {
        self.modal.close();
        self.leave_view();
        self.servers = Some(ServerPane::default());
        // Sessions are counted by server only while the view is open.
        self.rebuild_view();
    }

    /// Returns the rows of both tables. Their number does not grow with that of the sessions.
    pub(crate) fn server_rows(&self) -> ServerRows {
        let mut rows = ServerRows::default();
        for (id, endpoint) in self.endpoints.ids().zip(self.endpoints.iter()) {
            let counts = self.newest_view().server_counts.of_endpoint(id);
            let (troubles, now) = (endpoint.troubles.all(), self.now.elapsed);
            for server in endpoint.servers.latest.iter().flat_map(|servers| &servers.states) {
                rows.servers.push(ServerRow {
                    endpoint: id,
                    endpoint_name: endpoint.name.clone(),
                    server: server.clone(),
                    trouble: trouble(&troubles, &server.name, false, now),
                    count: counts
                        .map(|counts| counts.server(&server.name))
                        .unwrap_or_default(),
                });
            }
            for service in services(endpoint) {
                rows.services.push(ServiceRow {
                    endpoint: id,
                    endpoint_name: endpoint.name.clone(),
                    trouble: trouble(&troubles, &service.name, true, now),
                    count: counts
                        .map(|counts| counts.service(&service.name))
                        .unwrap_or_default(),
                    service,
                });
            }
        }
        let rank = |trouble: &Option<Trouble>| trouble.as_ref().map_or(usize::MAX, |trouble| trouble.rank);
        rows.servers.sort_by(|a, b| {
            let names = (&a.server.name, a.endpoint).cmp(&(&b.server.name, b.endpoint));
            rank(&a.trouble).cmp(&rank(&b.trouble)).then(names)
        });
        rows.services.sort_by(|a, b| {
            let names = (&a.service.name, a.endpoint).cmp(&(&b.service.name, b.endpoint));
            rank(&a.trouble).cmp(&rank(&b.trouble)).then(names)
        });
        rows
    }

    /// Returns the lines of the view, from top to bottom.
    pub(crate) fn server_lines(&self, rows: &ServerRows) -> Vec<ServerLine> {
        let mut lines = vec![ServerLine::ServersTitle];
        let remarks = self.endpoints.ids().zip(self.endpoints.iter());
        let remarks = remarks.filter(|(_, endpoint)| remark(endpoint).is_some());
        lines.extend(remarks.map(|(id, _)| ServerLine::Remark(id)));
        if !rows.servers.is_empty() {
            lines.push(ServerLine::ServersHead);
        }
        lines.extend((0..rows.servers.len()).map(ServerLine::Server));
        if !rows.services.is_empty() {
            lines.extend([
                ServerLine::Blank,
                ServerLine::ServicesTitle,
                ServerLine::ServicesHead,
            ]);
        }
        lines.extend((0..rows.services.len()).map(ServerLine::Service));
        lines
    }

    /// Returns the number of lines of the view on the screen, if it has this many. The last one has the mark of the
    /// lines that do not fit.
    fn server_view_height(&self, lines: usize) -> usize {
        let height = usize::from(self.areas().below_header().height);
        let mark = usize::from(lines > height);
        height.saturating_sub(mark).max(1)
    }

    /// Moves the cursor of the view.
    pub(super) fn step_server(&mut self, by: isize) {
        let rows = self.server_rows();
        let lines = self.server_lines(&rows);
        let height = self.server_view_height(lines.len());
        if let Some(pane) = &mut self.servers {
            pane.step(&rows, &lines, by, height);
        }
    }

    /// Moves the cursor of the view to the server or service at a position.
    pub(super) fn choose_server(&mut self, position: usize) {
        let rows = self.server_rows();
        let Some(pane) = &self.servers else { return };
        let by = isize::try_from(position).unwrap_or(0) - isize::try_from(pane.position(&rows)).unwrap_or(0);
        self.step_server(by);
    }

    /// Moves the cursor of the view by pages.
    pub(super) fn page_server(&mut self, pages: isize) {
        let height = isize::try_from(self.server_view_height(0)).unwrap_or(1);
        self.step_server(pages.saturating_mul((height - 4).max(1)));
    }

    /// Tab in the view: goes to the first row of the other table.
    pub(super) fn switch_server_table(&mut self) {
        let rows = self.server_rows();
        let Some(pane) = &self.servers else { return };
        let (position, services) = (pane.position(&rows), rows.servers.len());
        let target = if position < services { services } else { 0 };
        self.choose_server(target);
    }

    /// Enter in the view: shows the sessions of the server or service under the cursor.
    pub(super) fn open_server(&mut self) {
        let rows = self.server_rows();
        let Some(pane) = &self.servers else { return };
        let Some(key) = rows.key_at(pane.position(&rows)) else {
            return;
        };
        let (field, endpoint, name) = match &key {
            ServerKey::Server(endpoint, name) => ("server", *endpoint, name),
            ServerKey::Service(endpoint, name) => ("service", *endpoint, name),
        };
        let Some(filter) = self.filter_of_server(field, endpoint, name) else {
            let text = format!("cannot filter by this {field}: its name is too long");
            self.status = Some(Status::warning(text));
            return;
        };
        self.show_only(filter);
    }

    /// Shows the table with the sessions that a filter matches, in place of a view.
    pub(super) fn show_only(&mut self, filter: Filter) {
        self.leave_for_sessions(&filter);
        self.close_view();
        if self.detail.is_some() {
            self.close_detail();
        }
        self.table.show_sessions(filter);
        self.rebuild_view();
    }

    /// Returns the filter that matches the sessions of a server or service; `None` if its name is too long.
    pub(super) fn filter_of_server(&self, field: &str, endpoint: EndpointId, name: &Text) -> Option<Filter> {
        let filter = Filter::default()
            .narrowed(FilterField::named(field)?, Some(name.raw()))
            .ok()?;
        if self.endpoints.len() == 1 {
            return Some(filter);
        }
        self.filter_of_endpoint(&filter, endpoint)
    }

    /// Returns a filter with the condition that the session is of an endpoint; `None` if its name is too long.
    pub(super) fn filter_of_endpoint(&self, filter: &Filter, endpoint: EndpointId) -> Option<Filter> {
        let name = Text::clean(&self.endpoints.get(endpoint)?.name, crate::model::TextLimit::Name);
        filter
            .narrowed(FilterField::named("endpoint")?, Some(name.raw()))
            .ok()
    }
}

/// Returns the worst trouble of a server or service among those of its endpoint, worst first.
fn trouble(
    all: &[ServerTrouble],
    name: &Text,
    of_service: bool,
    now: std::time::Duration,
) -> Option<Trouble> {
    let mut all = all.iter().enumerate();
    let (rank, found) = all.find(|(_, trouble)| {
        trouble.name.as_ref() == Some(name) && trouble.kind.is_of_service() == of_service
    })?;
    Some(Trouble {
        severity: found.kind.severity(),
        rank,
        words: found.words(now),
    })
}

/// Returns the services that an endpoint reports. The draft reports none; there they are those of the sessions.
fn services(endpoint: &EndpointState) -> Vec<ServiceState> {
    if endpoint.dialect == Some(Dialect::Draft) {
        let lists = endpoint.latest.iter();
        let named = lists.flat_map(|latest| &latest.stats.services);
        let named = named.filter(|(name, _)| !name.as_str().is_empty());
        return named.map(|(name, _)| ServiceState::named(name.clone())).collect();
    }
    let reported = endpoint.services.latest.iter();
    reported.flat_map(|services| services.states.clone()).collect()
}

/// Returns why an endpoint reports no servers; `None` if it does.
pub(crate) fn remark(endpoint: &EndpointState) -> Option<String> {
    let known = &endpoint.servers;
    let only = endpoint
        .dialect
        .filter(|dialect| *dialect == crate::model::Dialect::Draft);
    match (&known.latest, &known.fault) {
        _ if only.is_some() => {
            Some("the draft API reports no servers; the services are those of the sessions".to_owned())
        }
        (None, None) => Some("no reply about the servers yet".to_owned()),
        (None, Some(fault)) => Some(format!("servers cannot be read: {fault}")),
        (Some(_), Some(fault)) => Some(format!("the last reply is old, since then: {fault}")),
        (Some(_), None) => None,
    }
}

impl ServerRow {
    /// Returns the replication lag, if the server has one.
    pub(crate) fn lag(&self) -> Option<i64> {
        let is_running = matches!(self.server.health(), Health::Running | Health::Lagging(_));
        self.server
            .replication_lag
            .filter(|_| is_running && !self.server.is_primary())
    }
}
