//! State of the exporter: the rounds of lists, and what is counted.

use std::sync::Arc;
use std::time::Duration;

use super::counts::SessionCounts;
use super::exposition::{EndpointFacts, Exposition, OwnFacts};
use super::gauges::{Labels, SessionGauges};
use super::totals::Totals;
use crate::app::build_view::{TableView, ViewQuery};
use crate::app::endpoint::EndpointState;
use crate::app::list_rounds::ListRounds;
use crate::app::msg::{Msg, Now};
use crate::model::EndpointId;

/// The exporter.
#[derive(Clone, Debug)]
pub(crate) struct Exporter {
    /// The endpoints, and the rounds of their lists.
    pub(crate) rounds: ListRounds,
    endpoints: Vec<ExportedEndpoint>,
    limit: usize,
    interval: Duration,
}

/// Counts of one endpoint.
#[derive(Clone, Debug)]
struct ExportedEndpoint {
    labels: Labels,
    totals: Totals,
    sessions: Option<Arc<SessionGauges>>,
}

impl Exporter {
    /// Creates the state before the first list. `limit` is the maximum number of values of each label, `interval` the
    /// configured one.
    pub(crate) fn new(
        endpoints: Vec<EndpointState>,
        query: ViewQuery,
        limit: usize,
        interval: Duration,
    ) -> Self {
        let own = |_: &EndpointState| ExportedEndpoint {
            labels: Labels::new(limit),
            totals: Totals::new(),
            sessions: None,
        };
        Self {
            endpoints: endpoints.iter().map(own).collect(),
            rounds: ListRounds::new(endpoints, query),
            limit,
            interval,
        }
    }

    /// Handles a message. Returns a note for the user, if there is one.
    pub(crate) fn update(&mut self, msg: Msg, now: Now) -> Option<String> {
        match &msg {
            Msg::Listed(snapshot) => {
                if let Some(own) = self.endpoint(snapshot.endpoint) {
                    own.totals.on_list(snapshot);
                }
            }
            Msg::ListFailed { endpoint, fault, .. } => {
                if let Some(own) = self.endpoint(*endpoint) {
                    own.totals.on_failure(fault);
                    own.sessions = None;
                }
            }
            Msg::Sampled(endpoint, samples) => {
                if let Some(own) = self.endpoint(*endpoint) {
                    for (_, sample) in samples {
                        own.totals.on_sample(sample);
                    }
                }
            }
            _ => {}
        }
        self.rounds.update(msg, now)
    }

    fn endpoint(&mut self, id: EndpointId) -> Option<&mut ExportedEndpoint> {
        self.endpoints.get_mut(usize::from(id.0))
    }

    /// Handles the view of a round and its counts. Endpoints without rows have no counts.
    pub(crate) fn on_view(&mut self, view: Arc<TableView>, counts: Vec<SessionCounts>, now: Now) {
        self.rounds.set_view(view);
        for own in &mut self.endpoints {
            own.sessions = None;
        }
        for counts in counts {
            if let Some(own) = self.endpoint(counts.endpoint) {
                own.sessions = Some(Arc::new(own.labels.update(counts, now.elapsed)));
            }
        }
    }

    /// Returns what a scrape shows now.
    pub(crate) fn exposition(&self) -> Exposition {
        let all = self.rounds.endpoints();
        let facts = all.iter().zip(&self.endpoints).map(|(endpoint, own)| {
            let own = OwnFacts {
                sessions: own.sessions.clone(),
                is_counted_elsewhere: all.shown_by(endpoint).is_some(),
                totals: own.totals.clone(),
                limit: self.limit,
                interval: self.interval,
            };
            EndpointFacts::new(endpoint, own)
        });
        Exposition {
            endpoints: facts.collect(),
        }
    }
}
