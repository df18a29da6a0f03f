//! The states that servers had.

use std::collections::BTreeMap;

use crate::model::{EndpointId, Health, Servers, Text};

/// Maximum number of servers that are kept, and of states of each.
const MAX_KEPT: usize = 1_000;
const MAX_STATES: usize = 8;

/// The states of every server, in the order in which they were seen.
#[derive(Clone, Debug, Default)]
pub(super) struct SeenStates(BTreeMap<(EndpointId, Text), Vec<String>>);

impl SeenStates {
    pub(super) fn add(&mut self, endpoint: EndpointId, servers: &Servers) {
        for server in &servers.states {
            let key = (endpoint, server.name.clone());
            if self.0.len() >= MAX_KEPT && !self.0.contains_key(&key) {
                continue;
            }
            let word = match server.health() {
                // The number changes with every reply.
                Health::Lagging(_) => "lagging".to_owned(),
                health => health.to_string(),
            };
            let seen = self.0.entry(key).or_default();
            if seen.last() != Some(&word) && seen.len() < MAX_STATES {
                seen.push(word);
            }
        }
    }

    /// Returns the states of a server, oldest first.
    pub(super) fn of(&self, endpoint: EndpointId, server: &Text) -> String {
        let seen = self.0.get(&(endpoint, server.clone()));
        seen.map(|seen| seen.join(" → ")).unwrap_or_default()
    }
}
