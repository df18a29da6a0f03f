//! Reports: an incident as Markdown, from the facts of a recording or of live polling.
//!
//! [`Reporter`] receives facts in order, and keeps what a report has. Its memory is bounded, however long the time is.
//! `text` writes the sections.

mod blocking;
mod endpoint;
mod groups;
mod markdown;
mod servers;
mod stuck;
mod text;

use std::sync::Arc;

use jiff::tz::TimeZone;

use self::blocking::WorstBlocking;
use self::endpoint::EndpointTotals;
use self::groups::TopGroups;
use self::servers::SeenStates;
use self::stuck::StuckSessions;
use crate::app::build_view::{TableView, ViewQuery, ViewRequest, build_view};
use crate::app::endpoint::EndpointState;
use crate::app::events::{EventFinder, EventList};
use crate::app::list_rounds::ListRounds;
use crate::app::msg::Effect;
use crate::app::recorded::msg_of;
use crate::model::{EndpointId, Now};
use crate::recording::{Fact, FactKind, Header, Redactor};

/// Origin of the facts of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReportSource {
    /// The endpoints were polled.
    Live,
    /// A recording.
    Recording {
        /// Whether it ends as usual.
        is_complete: bool,
    },
}

/// Choices for a report.
#[derive(Clone, Debug)]
pub(crate) struct ReportOptions {
    /// Origin of the facts.
    pub source: ReportSource,
    /// Whether users, addresses and literals are replaced.
    pub redacts: bool,
    /// Time zone of the times.
    pub zone: TimeZone,
    /// Settings of the diagnosis.
    pub query: ViewQuery,
}

/// Collects what a report has.
#[derive(Debug)]
pub(crate) struct Reporter {
    header: Header,
    options: ReportOptions,
    redactor: Option<Redactor>,
    rounds: ListRounds,
    finder: EventFinder,
    events: EventList,
    /// Times of the first and of the last fact.
    span: Option<(Now, Now)>,
    totals: Vec<EndpointTotals>,
    stuck: StuckSessions,
    groups: TopGroups,
    blocking: WorstBlocking,
    states: SeenStates,
    /// Number of diagnosed rounds that have a list.
    diagnosed: u64,
    /// Number of parts of the recording that could not be read.
    damaged: u32,
}

impl Reporter {
    /// Creates a report without facts. `has_access` is whether the locks of an endpoint's servers are read.
    pub(crate) fn new(
        header: Header,
        has_access: impl Fn(EndpointId) -> bool,
        options: ReportOptions,
    ) -> Self {
        let mut redactor = options.redacts.then(Redactor::default);
        let header = match &mut redactor {
            Some(redactor) => redactor.header(header),
            None => header,
        };
        let endpoints = header.endpoints.iter().zip(0..).map(|(endpoint, number)| {
            let mut state = EndpointState::new(endpoint.name.to_string(), false, Vec::new());
            state.server_access.is_set = has_access(EndpointId(number));
            state
        });
        Self {
            rounds: ListRounds::new(endpoints.collect(), options.query.clone()),
            totals: header
                .endpoints
                .iter()
                .map(|_| EndpointTotals::default())
                .collect(),
            header,
            options,
            redactor,
            finder: EventFinder::default(),
            events: EventList::default(),
            span: None,
            stuck: StuckSessions::default(),
            groups: TopGroups::default(),
            blocking: WorstBlocking::default(),
            states: SeenStates::default(),
            diagnosed: 0,
            damaged: 0,
        }
    }

    /// Handles a fact. Afterwards a round of lists may be complete.
    pub(crate) fn on_fact(&mut self, fact: Fact) {
        let fact = match &mut self.redactor {
            Some(redactor) => redactor.fact(fact),
            None => fact,
        };
        let at = fact.at;
        self.span = Some((self.span.map_or(at, |(from, _)| from), at));
        for event in self.finder.in_fact(&fact) {
            self.events.push(event.alone());
        }
        if let Some(endpoint) = fact.endpoint {
            if let Some(totals) = self.totals.get_mut(usize::from(endpoint.0)) {
                totals.on_fact(&fact.kind);
            }
            if let FactKind::Servers(Ok(servers)) = &fact.kind {
                self.states.add(endpoint, servers);
            }
        }
        if let Some(msg) = msg_of(fact) {
            self.rounds.update(msg, at);
        }
    }

    /// Handles a fact of a recording, and diagnoses the lists of a complete round.
    pub(crate) fn on_recorded_fact(&mut self, fact: Fact) {
        let at = fact.at;
        self.on_fact(fact);
        if self.rounds.is_complete(at) {
            let view = Arc::new(build_view(self.rounds.begin()));
            self.on_view(&view, at);
        }
    }

    /// Counts a part of the recording that cannot be read.
    pub(crate) const fn on_damage(&mut self) {
        self.damaged = self.damaged.saturating_add(1);
    }

    /// Whether the lists of a round are complete.
    pub(crate) fn is_round_complete(&self, now: Now) -> bool {
        self.rounds.is_complete(now)
    }

    /// Begins a round: returns the request for its view.
    pub(crate) fn begin_round(&mut self) -> ViewRequest {
        self.rounds.begin()
    }

    /// Returns the rows whose connections are sampled next (draft).
    pub(crate) fn prioritized(&mut self, rows: usize) -> Option<Effect> {
        self.rounds.prioritized(rows)
    }

    /// Handles the diagnosed lists of a round.
    pub(crate) fn on_view(&mut self, view: &Arc<TableView>, at: Now) {
        self.rounds.set_view(Arc::clone(view));
        self.diagnosed += u64::from(!view.snapshots.is_empty());
        for event in self.finder.in_view(view, at) {
            self.events.push(event.alone());
        }
        self.stuck.on_view(view, at);
        self.groups.on_view(view);
        self.blocking.on_view(view, at);
    }

    /// Whether an endpoint has replied with a list.
    pub(crate) fn has_lists(&self) -> bool {
        self.totals.iter().any(|totals| totals.lists > 0)
    }
}

#[cfg(test)]
mod tests;
