//! What is known at a moment: the facts that are repeated at the start of each chunk.

use std::collections::BTreeMap;

use super::fact::{Fact, FactKind};
use crate::model::{EndpointId, Text};

/// The facts that last, of all endpoints.
#[derive(Debug, Default)]
pub(super) struct Lasting {
    endpoints: BTreeMap<EndpointId, Known>,
}

/// The facts that last, of one endpoint.
#[derive(Debug, Default)]
struct Known {
    dialect: Option<Fact>,
    list: Option<Fact>,
    /// The last failure; `None` after a list.
    failure: Option<Fact>,
    servers: Option<Fact>,
    services: Option<Fact>,
    may_only_read: Option<Fact>,
    several_proxies: Option<Fact>,
    reports: BTreeMap<Text, Fact>,
}

impl Lasting {
    /// Adds a fact. Details, samples, kills and notes do not last.
    pub(super) fn add(&mut self, fact: &Fact) {
        let Some(endpoint) = fact.endpoint else {
            return;
        };
        let known = self.endpoints.entry(endpoint).or_default();
        let place = match &fact.kind {
            FactKind::Dialect(_) => &mut known.dialect,
            FactKind::Listed(_) => {
                known.failure = None;
                &mut known.list
            }
            FactKind::ListFailed { .. } => &mut known.failure,
            FactKind::Servers(_) => &mut known.servers,
            FactKind::Services(_) => &mut known.services,
            FactKind::MayOnlyRead => &mut known.may_only_read,
            FactKind::SeveralProxies => &mut known.several_proxies,
            FactKind::ServerReport(report) => {
                known.reports.insert(report.server.clone(), fact.clone());
                return;
            }
            FactKind::RowsRead(_)
            | FactKind::Sampled(_)
            | FactKind::Seen { .. }
            | FactKind::Kill(_)
            | FactKind::Note(_) => return,
        };
        *place = Some(fact.clone());
    }

    /// Returns the facts that last in order of time, without those that `next` replaces.
    pub(super) fn facts_before(&self, next: &Fact) -> Vec<Fact> {
        let is_listed = matches!(next.kind, FactKind::Listed(_));
        let mut facts: Vec<Fact> = Vec::new();
        for (endpoint, known) in &self.endpoints {
            let is_replaced = is_listed && next.endpoint == Some(*endpoint);
            let singles = [
                &known.dialect,
                &known.servers,
                &known.services,
                &known.may_only_read,
                &known.several_proxies,
            ];
            facts.extend(singles.into_iter().flatten().cloned());
            facts.extend(known.reports.values().cloned());
            if !is_replaced {
                facts.extend(known.list.iter().chain(&known.failure).cloned());
            }
        }
        facts.sort_by_key(|fact| fact.at.elapsed);
        facts
    }
}
