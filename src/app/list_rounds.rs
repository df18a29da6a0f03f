//! Rounds of session lists without a screen: the state of `maxtop list --watch`.
//!
//! A round is complete when every endpoint has replied or failed since the last round. An endpoint that waits
//! after an error does not delay the others. History and samples are kept from round to round.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::build_view::{TableView, ViewQuery, ViewRequest};
use super::endpoint::{EndpointState, LinkState};
use super::endpoints::Endpoints;
use super::msg::{Effect, Msg, Now};
use super::sampling::PrioritizedRows;
use crate::model::{
    Dialect, EndpointId, RequestError, ServerAccessFault, ServerReport, ServerReports, Snapshot,
};

/// Maximum time that the first round waits for the reports of all servers.
const MAX_REPORT_WAIT: Duration = Duration::from_secs(5);

/// The endpoints, their replies since the last round, and the view of that round.
#[derive(Clone, Debug)]
pub(crate) struct ListRounds {
    endpoints: Endpoints,
    /// Whether each endpoint has replied or failed since the last round.
    answered: Vec<bool>,
    query: ViewQuery,
    view: Arc<TableView>,
    prioritized: PrioritizedRows,
    /// When the first round stops waiting for reports of servers. `None` before the first list.
    reports_until: Option<Duration>,
    has_view: bool,
}

impl ListRounds {
    /// Creates the state before the first round. The names of the endpoints are added to the query.
    pub(crate) fn new(endpoints: Vec<EndpointState>, query: ViewQuery) -> Self {
        let names = endpoints.iter().map(|endpoint| endpoint.name.as_str().into());
        Self {
            answered: vec![false; endpoints.len()],
            query: ViewQuery {
                endpoints: names.collect(),
                ..query
            },
            endpoints: Endpoints::new(endpoints),
            view: Arc::default(),
            prioritized: PrioritizedRows::default(),
            reports_until: None,
            has_view: false,
        }
    }

    /// Handles one message. Returns a note for the user, if there is one. The error of a failed poll is not one:
    /// the caller reports it.
    pub(crate) fn update(&mut self, msg: Msg, now: Now) -> Option<String> {
        let now = now.elapsed;
        match msg {
            Msg::Listed(snapshot) => {
                let id = snapshot.endpoint;
                let is_after_restart = snapshot.change.is_after_restart;
                self.reports_until.get_or_insert(now + MAX_REPORT_WAIT);
                let endpoint = self.answer(id)?;
                endpoint.on_list(snapshot, now);
                let restarted = is_after_restart
                    .then(|| format!("{} restarted: session ids start at 1 again", endpoint.name));
                let same = self.endpoints.compare_proxies(id);
                let mut notes: Vec<_> = same.into_iter().map(|same| same.text).collect();
                notes.extend(restarted);
                (!notes.is_empty()).then(|| notes.join("; "))
            }
            Msg::ListFailed {
                endpoint,
                fault,
                retry_in,
            } => {
                self.answer(endpoint)?.on_failure(fault, now, retry_in);
                None
            }
            Msg::SeveralProxies(id) => {
                let endpoint = self.endpoints.get_mut(id)?;
                let is_new = endpoint.proxies.on_switch(now);
                is_new.then(|| format!("{}: several proxies answer here", endpoint.name))
            }
            Msg::Sampled(id, samples) => {
                self.endpoints.get_mut(id)?.on_samples(samples);
                None
            }
            Msg::Servers { endpoint, answer } => {
                self.endpoints.get_mut(endpoint)?.servers.on_reply(answer);
                None
            }
            Msg::Services { endpoint, answer } => {
                self.endpoints.get_mut(endpoint)?.services.on_reply(answer);
                None
            }
            Msg::ServerAccess { endpoint, report } => {
                self.endpoints.get_mut(endpoint)?.server_access.on_report(report);
                None
            }
            _ => None,
        }
    }

    fn answer(&mut self, id: EndpointId) -> Option<&mut EndpointState> {
        *self.answered.get_mut(usize::from(id.0))? = true;
        self.endpoints.get_mut(id)
    }

    /// Whether a round is complete.
    pub(crate) fn is_complete(&self, now: Now) -> bool {
        let answers = || self.answered.iter().zip(self.endpoints.iter());
        let all_have_answered = self.answered.iter().all(|answered| *answered);
        let only_failing_are_missing =
            answers().all(|(answered, endpoint)| *answered || is_failing(endpoint));
        let one_is_live = answers().any(|(answered, endpoint)| *answered && !is_failing(endpoint));
        (all_have_answered || (one_is_live && only_failing_are_missing)) && !self.waits_for_reports(now)
    }

    /// Returns when the first round is complete without the reports of servers that are missing now.
    pub(crate) fn wake_at(&self) -> Option<Duration> {
        self.reports_until.filter(|_| !self.has_view)
    }

    /// Whether the first round waits for reports of servers. Without them all locks would be unknown in it.
    fn waits_for_reports(&self, now: Now) -> bool {
        let is_early = self.wake_at().is_some_and(|until| now.elapsed < until);
        is_early
            && self.endpoints.iter().any(|endpoint| {
                let is_read = endpoint.server_access.is_set && endpoint.dialect == Some(Dialect::JsonApi);
                is_read && !is_failing(endpoint) && !has_all_reports(endpoint)
            })
    }

    /// Begins the next round. Returns the request for its view, in which only endpoints without an error have
    /// rows.
    pub(crate) fn begin(&mut self) -> ViewRequest {
        self.answered.fill(false);
        let (snapshots, samples, _) = self.endpoints.shown_lists();
        let of = |snapshot: &Arc<Snapshot>| {
            let endpoint = self.endpoints.get(snapshot.endpoint);
            endpoint
                .map(|endpoint| reports(endpoint, snapshot.taken_at))
                .unwrap_or_default()
        };
        let reports = snapshots.iter().map(of).collect();
        let hidden = self.failed().map(|(id, _)| id).collect();
        ViewRequest {
            previous: Some(Arc::clone(&self.view)).filter(|_| self.has_view),
            snapshots,
            samples,
            reports,
            spec: ViewQuery {
                hidden_endpoints: hidden,
                names: self.endpoints.names(),
                ..self.query.clone()
            },
        }
    }

    /// Stores the view of a round.
    pub(crate) fn set_view(&mut self, view: Arc<TableView>) {
        self.view = view;
        self.has_view = true;
    }

    /// Returns the draft sessions to read first, if the first `rows` rows have changed. Sessions of JSON:API are
    /// not read one by one: every list is printed.
    pub(crate) fn prioritized(&mut self, rows: usize) -> Option<Effect> {
        let rows = self.view.window(0, rows);
        let draft = rows.filter(|row| row.snapshot.dialect == Dialect::Draft);
        self.prioritized.update(draft)
    }

    /// Returns the endpoints whose last poll failed, with the cause.
    pub(crate) fn failed(&self) -> impl Iterator<Item = (EndpointId, &RequestError)> {
        let all = self.endpoints.ids().zip(self.endpoints.iter());
        all.filter_map(|(id, endpoint)| match &endpoint.link {
            LinkState::Failing { fault, .. } => Some((id, fault)),
            _ => None,
        })
    }

    /// Returns the endpoints with a database user that have sent no list of servers, with the cause.
    pub(crate) fn lock_faults(&self) -> impl Iterator<Item = (EndpointId, String)> + use<'_> {
        let all = self.endpoints.ids().zip(self.endpoints.iter());
        let without_servers = all.filter(|(_, endpoint)| {
            endpoint.server_access.is_set && !is_failing(endpoint) && endpoint.servers.latest.is_none()
        });
        without_servers.filter_map(|(id, endpoint)| {
            let cause = match endpoint.dialect {
                Some(Dialect::Draft) => ServerAccessFault::NotInDraft.to_string(),
                _ => endpoint.servers.fault.as_ref()?.to_string(),
            };
            Some((id, cause))
        })
    }

    /// Returns the endpoints.
    pub(crate) const fn endpoints(&self) -> &Endpoints {
        &self.endpoints
    }
}

/// Returns the latest reports of the servers of an endpoint with server access, also of those that are down.
fn reports(endpoint: &EndpointState, at: Timestamp) -> Arc<ServerReports> {
    let reports = &endpoint.server_access.reports;
    let latest = endpoint.servers.latest.as_ref();
    let latest = latest.filter(|_| endpoint.server_access.is_set);
    let states = latest
        .map(|servers| servers.states.as_slice())
        .unwrap_or_default();
    let mut down = states
        .iter()
        .filter_map(|state| ServerReport::of_down(state, at))
        .peekable();
    if down.peek().is_none() {
        return Arc::clone(reports);
    }
    let mut all = ServerReports::clone(reports);
    all.extend(down.map(|report| (report.server.clone(), Arc::new(report))));
    Arc::new(all)
}

const fn is_failing(endpoint: &EndpointState) -> bool {
    matches!(endpoint.link, LinkState::Failing { .. })
}

/// Whether every running server has a report. `false` if the servers are not known yet.
fn has_all_reports(endpoint: &EndpointState) -> bool {
    let servers = endpoint.servers.latest.as_ref();
    let reports = &endpoint.server_access.reports;
    servers.is_some_and(|servers| {
        let mut running = servers.states.iter().filter(|state| state.accepts_connections());
        running.all(|state| reports.contains_key(&state.name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::AppSettings;
    use crate::app::build_view::build_view;
    use crate::app::harness::{AppHarness, draft};

    const STARTED: &str = "Mon, 23 Nov 2026 15:55:27 GMT";

    fn now(seconds: u64) -> Now {
        Now {
            elapsed: Duration::from_secs(seconds),
            wall: Timestamp::UNIX_EPOCH,
        }
    }

    /// A list of each of two endpoints.
    fn lists() -> [Arc<Snapshot>; 2] {
        let settings = AppSettings::default();
        let mut stage = AppHarness::watching(&["a", "b"], settings, Dialect::Draft, (80, 24));
        stage.list_at(0, &draft(&[(1, "app", 5)]), STARTED);
        stage.list_at(1, &draft(&[(7, "etl", 5), (8, "etl", 5)]), STARTED);
        [0, 1].map(|place| stage.app.endpoints[place].latest.clone().unwrap())
    }

    fn rounds() -> ListRounds {
        let endpoints = ["a", "b"].map(|name| EndpointState::new(name.to_owned(), false, Vec::new()));
        ListRounds::new(endpoints.to_vec(), ViewQuery::default())
    }

    fn failed(endpoint: u16) -> Msg {
        Msg::ListFailed {
            endpoint: EndpointId(endpoint),
            fault: RequestError::Refused,
            retry_in: Duration::from_secs(5),
        }
    }

    /// Completes a round. Returns the ids of its rows.
    fn ids(rounds: &mut ListRounds) -> Vec<u64> {
        let view = Arc::new(build_view(rounds.begin()));
        rounds.set_view(Arc::clone(&view));
        view.window(0, usize::MAX).map(|row| row.session.id.0).collect()
    }

    #[test]
    fn a_round_waits_for_every_endpoint_that_does_not_fail() {
        let [one, other] = lists();
        let mut rounds = rounds();
        assert!(!rounds.is_complete(now(0)));
        rounds.update(Msg::Listed(Arc::clone(&one)), now(1));
        assert!(!rounds.is_complete(now(1)));
        rounds.update(Msg::Listed(other), now(2));
        assert!(rounds.is_complete(now(2)));
        assert_eq!(ids(&mut rounds), [1, 7, 8]);
        assert!(!rounds.is_complete(now(2)));
        rounds.update(failed(1), now(3));
        assert!(!rounds.is_complete(now(3)));
        rounds.update(Msg::Listed(Arc::clone(&one)), now(3));
        assert!(rounds.is_complete(now(3)));
        assert_eq!(
            ids(&mut rounds),
            [1],
            "sessions of a failing endpoint are left out"
        );
        assert_eq!(rounds.failed().count(), 1);
        rounds.update(Msg::Listed(one), now(4));
        assert!(
            rounds.is_complete(now(4)),
            "the failing endpoint is not waited for"
        );
    }

    #[test]
    fn if_all_endpoints_fail_each_failure_counts_once_in_a_round() {
        let mut rounds = rounds();
        rounds.update(failed(0), now(1));
        assert!(!rounds.is_complete(now(1)));
        rounds.update(failed(1), now(1));
        assert!(rounds.is_complete(now(1)));
        assert!(ids(&mut rounds).is_empty());
        rounds.update(failed(0), now(2));
        assert!(!rounds.is_complete(now(2)));
    }

    #[test]
    fn the_first_round_waits_for_reports_of_servers_but_not_forever() {
        let [one, _] = lists();
        let mut endpoint = EndpointState::new("a".to_owned(), false, Vec::new());
        endpoint.server_access.is_set = true;
        let mut rounds = ListRounds::new(vec![endpoint], ViewQuery::default());
        let list = Snapshot {
            dialect: Dialect::JsonApi,
            ..Snapshot::clone(&one)
        };
        rounds.update(Msg::Listed(Arc::new(list)), now(1));
        assert!(!rounds.is_complete(now(1)));
        assert_eq!(rounds.wake_at(), Some(Duration::from_secs(6)));
        assert!(rounds.is_complete(now(6)));
        ids(&mut rounds);
        assert_eq!(rounds.wake_at(), None);
    }
}
