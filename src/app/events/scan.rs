//! Finds the events of a recording.

use std::sync::Arc;

use super::{Event, EventFinder};
use crate::app::build_view::{ViewQuery, diagnose_view};
use crate::app::endpoint::EndpointState;
use crate::app::list_rounds::ListRounds;
use crate::app::recorded::msg_of;
use crate::recording::Fact;

/// Finds the events in facts, one after the other. Diagnoses every list.
#[derive(Debug)]
pub(crate) struct EventScan {
    rounds: ListRounds,
    finder: EventFinder,
}

impl EventScan {
    /// Creates the state before the first fact.
    pub(crate) fn new(endpoints: Vec<EndpointState>, query: ViewQuery) -> Self {
        Self {
            rounds: ListRounds::new(endpoints, query),
            finder: EventFinder::default(),
        }
    }

    /// Returns the events in a fact.
    pub(crate) fn add(&mut self, fact: Fact) -> Vec<Event> {
        let at = fact.at;
        let mut events = self.finder.in_fact(&fact);
        if let Some(msg) = msg_of(fact) {
            // Notes are for the user of a live command.
            let _ = self.rounds.update(msg, at);
        }
        if self.rounds.is_complete(at) {
            let view = Arc::new(diagnose_view(self.rounds.begin()));
            events.extend(self.finder.in_view(&view, at));
            self.rounds.set_view(view);
        }
        events
    }
}
