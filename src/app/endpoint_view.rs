//! The view of endpoints: state, cost and age of the lists of each, trouble first, and what is known about the one
//! under the cursor.

pub(crate) mod columns;
mod facts;

use std::collections::BTreeSet;
use std::time::Duration;

use self::columns::EndpointWidths;
use super::App;
use super::cursor::{Cursor, KeyedRows};
use super::endpoint::{EndpointState, IntervalStretch, LinkState};
use super::endpoint_health::{age_text, rejection};
use super::help::CONNECTIONS;
use super::status::Status;
use crate::diagnosis::Severity;
use crate::filter::Filter;
use crate::model::{EndpointId, Instance, ServerState, counted, measured_text};

pub(crate) use self::facts::Fact;

/// Lines above the rows: the title and the headings.
const HEAD_LINES: usize = 2;
/// Minimum and maximum number of lines for the endpoint under the cursor, if the rows need the rest.
const MIN_FACT_LINES: usize = 4;
const MAX_FACT_LINES: usize = 12;

/// An endpoint on the screen.
#[derive(Clone, Debug, Default)]
pub(crate) struct EndpointRow {
    /// Its name.
    pub name: String,
    /// Its worst severity, without that of sessions.
    pub severity: Option<Severity>,
    /// State of its lists: `live`, `stale 7h 55m`, `login rejected`.
    pub state: String,
    /// Severity of that state.
    pub state_severity: Option<Severity>,
    /// Its worst trouble, in words.
    pub trouble: Option<String>,
    /// Version of MaxScale, or the dialect.
    pub version: Option<String>,
    /// Number of sessions; `None` before the first list.
    pub sessions: Option<usize>,
    /// Number of sessions marked ▲.
    pub act: usize,
    /// Number of sessions marked ●.
    pub look: usize,
    /// Response time of the last list.
    pub cost: Option<Duration>,
    /// Response time that 95 of 100 lists do not exceed.
    pub p95: Option<Duration>,
    /// Age of the last list.
    pub age: Option<String>,
    /// Effective interval between lists, and what makes it longer.
    pub interval: String,
    /// Difference of the proxy's clock.
    pub clock: Option<String>,
    /// State of server access.
    pub locks: Option<String>,
    /// Number of servers that are down, of all: `1 of 3 down`.
    pub servers: Option<String>,
}

/// State of the open view.
#[derive(Clone, Debug, Default)]
pub(crate) struct EndpointPane {
    cursor: Cursor<EndpointId>,
    /// Widths of the cells of all rows.
    pub widths: EndpointWidths,
    /// Endpoints that have changed since the last table view, which counts their stuck sessions.
    changed: BTreeSet<EndpointId>,
}

impl KeyedRows<EndpointId> for Vec<EndpointId> {
    fn row_count(&self) -> usize {
        self.len()
    }

    fn key_at(&self, position: usize) -> Option<EndpointId> {
        self.get(position).copied()
    }

    fn position_of(&self, key: &EndpointId) -> Option<usize> {
        self.iter().position(|id| id == key)
    }

    fn has_departed(&self) -> bool {
        false
    }
}

impl EndpointPane {
    /// Returns the position of the cursor: its endpoint, otherwise the first one.
    pub(crate) fn position(&self, order: &Vec<EndpointId>) -> usize {
        let key = self.cursor.key.as_ref();
        key.and_then(|key| order.position_of(key)).unwrap_or_default()
    }

    /// Returns the position of the first row on the screen, so that the cursor is visible.
    pub(crate) fn first_row(&self, order: &Vec<EndpointId>, height: usize) -> usize {
        let position = self.position(order);
        super::layout::clamp_scroll(self.cursor.offset, position, order.len(), height)
    }
}

/// Lines of the view on a screen of some height.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EndpointLayout {
    /// Number of rows of the table.
    pub rows: usize,
    /// Number of lines below it for the endpoint under the cursor.
    pub facts: usize,
}

impl EndpointLayout {
    /// Divides the lines of the view. The rows get what they need, as long as the facts have a third.
    pub(crate) fn new(endpoints: usize, height: usize) -> Self {
        let below = height.saturating_sub(HEAD_LINES);
        let least = (height / 3).clamp(MIN_FACT_LINES, MAX_FACT_LINES).min(below);
        let rows = endpoints.min(below - least).max(below.min(1));
        Self {
            rows,
            facts: below.saturating_sub(rows),
        }
    }
}

impl App {
    /// `E`: opens the view.
    pub(super) fn open_endpoints(&mut self) {
        self.modal.close();
        self.leave_view();
        self.endpoint_pane = Some(EndpointPane::default());
        self.measure_endpoints();
    }

    /// Measures the rows of all endpoints for the columns of the view.
    pub(super) fn measure_endpoints(&mut self) {
        if self.endpoint_pane.is_none() {
            return;
        }
        let widths = EndpointWidths::new(self.endpoints.ids().map(|id| self.endpoint_row(id)));
        if let Some(pane) = &mut self.endpoint_pane {
            pane.widths = widths;
        }
    }

    /// Measures the row of an endpoint that has changed, if the view is open.
    pub(super) fn measure_endpoint(&mut self, id: EndpointId) {
        if self.endpoint_pane.is_none() {
            return;
        }
        let row = self.endpoint_row(id);
        if let Some(pane) = &mut self.endpoint_pane {
            pane.widths.measure(usize::from(id.0), &row);
            pane.changed.insert(id);
        }
    }

    /// Measures the rows of the endpoints that have changed before a new table view.
    pub(super) fn measure_changed_endpoints(&mut self) {
        let changed = self
            .endpoint_pane
            .as_mut()
            .map(|pane| std::mem::take(&mut pane.changed));
        for id in changed.unwrap_or_default() {
            self.measure_endpoint(id);
        }
        if let Some(pane) = &mut self.endpoint_pane {
            pane.changed.clear();
        }
    }

    /// Returns the lines of the view.
    pub(crate) fn endpoint_layout(&self) -> EndpointLayout {
        let height = usize::from(self.areas().below_header().height);
        EndpointLayout::new(self.endpoints.len(), height)
    }

    /// Returns the number of rows on the screen.
    pub(super) fn endpoint_view_page(&self) -> usize {
        self.endpoint_layout().rows.max(1)
    }

    /// Moves the cursor of the view.
    pub(super) fn step_endpoint(&mut self, by: isize) {
        let (order, height) = (self.endpoints_by_trouble(), self.endpoint_view_page());
        if let Some(pane) = &mut self.endpoint_pane {
            pane.cursor.offset = pane.first_row(&order, height);
            let position = pane.position(&order).saturating_add_signed(by);
            pane.cursor.go_to(position, &order, height);
        }
    }

    /// Moves the cursor of the view to the endpoint at a position.
    pub(super) fn choose_endpoint(&mut self, position: usize) {
        let order = self.endpoints_by_trouble();
        let Some(pane) = &self.endpoint_pane else { return };
        let now = isize::try_from(pane.position(&order)).unwrap_or(0);
        self.step_endpoint(isize::try_from(position).unwrap_or(0) - now);
    }

    /// Returns the endpoint under the cursor.
    pub(crate) fn chosen_endpoint(&self) -> Option<EndpointId> {
        let order = self.endpoints_by_trouble();
        let position = self.endpoint_pane.as_ref()?.position(&order);
        order.get(position).copied()
    }

    /// Enter in the view: shows only the sessions of the endpoint.
    pub(super) fn open_endpoint(&mut self) {
        let Some(id) = self.chosen_endpoint() else { return };
        if self.endpoints.len() == 1 {
            self.close_view();
            self.status = Some(Status::note("all sessions are of this endpoint".to_owned()));
            return;
        }
        let shown = self.endpoint_shown_for(id);
        let Some(filter) = self.filter_of_endpoint(&Filter::default(), shown) else {
            let text = "cannot filter by this endpoint: its name is too long";
            self.status = Some(Status::warning(text.to_owned()));
            return;
        };
        self.show_only(filter);
        if shown != id
            && let (Some(own), Some(other)) = (self.endpoints.get(id), self.endpoints.get(shown))
        {
            let text = format!("{} is the same proxy as {}", own.name, other.name);
            self.status = Some(Status::note(text));
        }
    }

    /// Returns the endpoint with the rows of this one: another one if it is the same proxy.
    fn endpoint_shown_for(&self, id: EndpointId) -> EndpointId {
        let endpoint = self.endpoints.get(id);
        let is_shown_there = endpoint.is_some_and(|endpoint| self.endpoints.shown_by(endpoint).is_some());
        let other = endpoint.and_then(|endpoint| endpoint.proxies.same_as);
        other.filter(|_| is_shown_there).unwrap_or(id)
    }

    /// Returns the row of an endpoint.
    pub(crate) fn endpoint_row(&self, id: EndpointId) -> EndpointRow {
        let Some(endpoint) = self.endpoints.get(id) else {
            return EndpointRow::default();
        };
        let latest = endpoint.latest.as_ref();
        let rejected = match &endpoint.link {
            LinkState::Failing { fault, .. } => rejection(fault),
            _ => None,
        };
        let state = rejected.map_or_else(|| self.link_words(endpoint).state, ToOwned::to_owned);
        EndpointRow {
            name: endpoint.name.clone(),
            severity: self.endpoint_severity(endpoint),
            state,
            state_severity: self.health(endpoint).severity(),
            trouble: worst(&self.endpoint_troubles(endpoint)),
            version: version(endpoint),
            sessions: latest.map(|latest| latest.sessions.len()),
            act: self.newest_view().count(id, Severity::Act),
            look: self.newest_view().count(id, Severity::Look),
            cost: endpoint.costs.last(),
            p95: endpoint.costs.p95(),
            age: endpoint.age(self.now.elapsed).map(age_text),
            interval: self.interval_words(endpoint),
            clock: clock_words(endpoint),
            locks: locks_words(endpoint),
            servers: servers_words(endpoint),
        }
    }

    /// Returns all trouble of an endpoint in words, worst first.
    fn endpoint_troubles(&self, endpoint: &EndpointState) -> Vec<String> {
        let mut all = Vec::new();
        if let LinkState::Failing { fault, .. } = &endpoint.link {
            all.push(fault.one_line());
        }
        if endpoint.proxies.are_several() {
            all.push("several proxies answer".to_owned());
        }
        all.extend(
            endpoint
                .token_expiry
                .and_then(|expiry| expiry.words(self.now.wall)),
        );
        let servers = endpoint.shown_troubles();
        all.extend(
            servers
                .iter()
                .map(|trouble| trouble.named_words(self.now.elapsed)),
        );
        let fault = endpoint.connections_fault(self.now.elapsed);
        all.extend(fault.map(|fault| format!("{CONNECTIONS}: {}", fault.one_line())));
        let faults = endpoint.server_access.faults();
        all.extend(faults.map(|(server, fault)| format!("locks of {server}: {fault}")));
        if let Some(other) = self.endpoints.shown_by(endpoint) {
            all.push(format!("same proxy as {}", other.name));
        }
        all
    }

    /// Formats the effective interval: `1s`, or `4.2s duty` with what makes it longer.
    fn interval_words(&self, endpoint: &EndpointState) -> String {
        let interval = interval_text(endpoint.kept_interval(self.settings.interval));
        match self.stretch(endpoint) {
            None => interval,
            Some(IntervalStretch::Duty) => format!("{interval} duty"),
            Some(IntervalStretch::Decoding) => format!("{interval} decoding"),
        }
    }

    /// Returns what makes the interval of an endpoint longer than configured.
    fn stretch(&self, endpoint: &EndpointState) -> Option<IntervalStretch> {
        endpoint.stretch(self.settings.interval, self.settings.duty)
    }
}

/// Formats the worst trouble and the number of the others: `db-02 DOWN 40s, 2 more`.
fn worst(all: &[String]) -> Option<String> {
    match all {
        [] => None,
        [only] => Some(only.clone()),
        [worst, others @ ..] => Some(format!("{worst}, {} more", others.len())),
    }
}

/// Formats an interval: `1s`, `4.2s`.
fn interval_text(interval: Duration) -> String {
    measured_text(interval).replace(".0s", "s")
}

/// Returns the version of MaxScale, or the dialect.
fn version(endpoint: &EndpointState) -> Option<String> {
    let instance = endpoint.latest.as_ref()?.instance.as_ref();
    let version = instance.and_then(Instance::shown_version).map(ToOwned::to_owned);
    version.or_else(|| Some(endpoint.dialect?.name().to_owned()))
}

/// Accuracy of the comparison of both clocks, in seconds.
const CLOCK_ACCURACY: i64 = 2;

/// Formats the difference between the proxy's clock and that of this machine: `same`, `5m ahead`, `1h behind`.
fn clock_words(endpoint: &EndpointState) -> Option<String> {
    let latest = endpoint.latest.as_ref()?;
    let ahead = latest
        .proxy_time(latest.taken_at)?
        .duration_since(latest.taken_at);
    let seconds = ahead.as_secs();
    if seconds.abs() <= CLOCK_ACCURACY {
        return Some("same".to_owned());
    }
    let age = age_text(ahead.unsigned_abs());
    Some(format!("{age} {}", if seconds > 0 { "ahead" } else { "behind" }))
}

/// Formats the state of server access: `not set`, `3 servers`, `1 of 3 fail`.
fn locks_words(endpoint: &EndpointState) -> Option<String> {
    let access = &endpoint.server_access;
    let all = access.reports.len();
    match access.faults().count() {
        _ if !access.is_set => None,
        0 => Some(counted(all, "server")),
        failing => Some(format!("{failing} of {all} fail")),
    }
}

/// Formats the servers that are down: `1 of 3 down`, `3 up`.
fn servers_words(endpoint: &EndpointState) -> Option<String> {
    let states = &endpoint.servers.latest.as_ref()?.states;
    let down = states.iter().filter(|server| is_down(server)).count();
    Some(match down {
        0 => format!("{} up", states.len()),
        down => format!("{down} of {} down", states.len()),
    })
}

fn is_down(server: &ServerState) -> bool {
    server.health().is_unusable()
}
