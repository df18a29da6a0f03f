//! Finds events in facts and in the differences of two diagnosed lists. Runs off the drawing thread.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::changes::{changes, in_first_list};
use super::kills::KillBatches;
use super::{Event, EventKind, Subject};
use crate::app::msg::Now;
use crate::app::table_view::TableView;
use crate::diagnosis::Diagnoses;
use crate::model::{
    Dialect, EndpointId, EndpointLocks, Health, RequestError, Snapshot, Span, Text, counted, visible,
};
use crate::recording::{Fact, FactKind};

/// Sessions that come or go between two lists are an event from this number on, and from this part of the list on.
const MIN_BULK: u32 = 20;
const MIN_BULK_PART: u32 = 10;

/// Maximum number of lists of an endpoint that wait for the first reports of its servers. The servers are read after
/// the list: without their reports a session that waits for a lock has another reason, or none.
const MAX_LISTS_WITHOUT_LOCKS: u64 = 3;

/// Finds events. Keeps what it needs of the past.
#[derive(Debug, Default)]
pub struct EventFinder {
    endpoints: BTreeMap<EndpointId, Known>,
    lists: BTreeMap<EndpointId, (Arc<Snapshot>, Arc<Diagnoses>)>,
    /// The first list of each endpoint: when it was seen, and its number.
    first: BTreeMap<EndpointId, (Timestamp, u64)>,
    kills: KillBatches,
}

/// State of one endpoint.
#[derive(Debug, Default)]
struct Known {
    has_list: bool,
    /// When its lists began to fail.
    lost_at: Option<Duration>,
    /// Whether each server is down.
    down: BTreeMap<Text, bool>,
}

impl EventFinder {
    /// Returns the events in a fact.
    pub fn in_fact(&mut self, fact: &Fact) -> Vec<Event> {
        let Some(endpoint) = fact.endpoint else {
            return Vec::new();
        };
        let known = self.endpoints.entry(endpoint).or_default();
        let event = |kind, subject, text| Event::new(fact.at, endpoint, kind, subject, text);
        match &fact.kind {
            FactKind::Listed(list) => {
                let found = known.on_list(list, fact.at.elapsed);
                found
                    .into_iter()
                    .map(|(kind, subject, text)| event(kind, subject, text))
                    .collect()
            }
            FactKind::ListFailed { fault, .. } => known
                .on_failure(fault, fact.at.elapsed)
                .map(|text| event(EventKind::EndpointLost, Subject::Endpoint, text))
                .into_iter()
                .collect(),
            FactKind::Servers(Ok(servers)) => {
                let states = servers.states.iter();
                let changed = states.filter_map(|server| {
                    let is_down = server.health() == Health::Down;
                    let was_down = known.down.insert(server.name.clone(), is_down)?;
                    let kind = if is_down {
                        EventKind::ServerDown
                    } else {
                        EventKind::ServerUp
                    };
                    let name = visible(server.name.as_str()).into_owned();
                    (is_down != was_down).then(|| event(kind, Subject::Server(name.clone()), name))
                });
                changed.collect()
            }
            FactKind::Kill(kill) => self.kills.on_kill(kill, endpoint, fact.at).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    /// Returns the sessions that became stuck or recovered, compared with the last view. In the first list of an
    /// endpoint these are the sessions that are stuck already.
    pub fn in_view(&mut self, view: &TableView, at: Now) -> Vec<Event> {
        let mut events = Vec::new();
        for (now, diagnoses) in view.snapshots.iter().zip(&view.diagnoses) {
            let (first, number) = *self.first.entry(now.endpoint).or_insert((at.wall, now.number));
            let is_early = now.number < number.saturating_add(MAX_LISTS_WITHOUT_LOCKS);
            if is_early && !self.lists.contains_key(&now.endpoint) && lacks_locks(view, now) {
                continue;
            }
            let next = (Arc::clone(now), Arc::clone(diagnoses));
            let before = self.lists.insert(now.endpoint, next);
            let Some((before, earlier)) = before else {
                events.extend(in_first_list((now, diagnoses), at));
                continue;
            };
            let is_comparable = before.process() == now.process() && !now.change.is_after_restart;
            if is_comparable && !Arc::ptr_eq(&before, now) {
                events.extend(changes((&before, &earlier), (now, diagnoses), at, first));
            }
        }
        events
    }
}

/// Whether the servers of a list's endpoint are read for locks, and not all of them have been.
fn lacks_locks(view: &TableView, list: &Snapshot) -> bool {
    let is_read = list.dialect == Dialect::JsonApi && view.spec.server_access.contains(&list.endpoint);
    is_read && !view.locks_of(list.endpoint).is_some_and(EndpointLocks::were_read)
}

type Found = (EventKind, Subject, String);

impl Known {
    fn on_list(&mut self, list: &Snapshot, at: Duration) -> Vec<Found> {
        let mut found = Vec::new();
        let lost_at = self.lost_at.take();
        if let Some(lost_at) = lost_at {
            let seconds = i64::try_from(at.saturating_sub(lost_at).as_secs()).unwrap_or(i64::MAX);
            let text = format!("after {}", Span::from_secs(seconds));
            found.push((EventKind::EndpointBack, Subject::Endpoint, text));
        }
        let is_first = !std::mem::replace(&mut self.has_list, true);
        let change = list.change;
        if change.is_after_restart && !is_first {
            let text = "session ids start at 1 again".to_owned();
            found.push((EventKind::Restarted, Subject::Endpoint, text));
            return found;
        }
        let sessions = u32::try_from(list.sessions.len()).unwrap_or(u32::MAX);
        let before = sessions.saturating_add(change.went).saturating_sub(change.came);
        for (kind, count) in [(EventKind::Came, change.came), (EventKind::Went, change.went)] {
            if !is_first && count >= MIN_BULK && count >= before / MIN_BULK_PART {
                let text = format!("{}, now {sessions}", counted(count as usize, "session"));
                found.push((kind, Subject::Sessions(None), text));
            }
        }
        found
    }

    /// Returns the cause if the endpoint was not lost before.
    fn on_failure(&mut self, fault: &RequestError, at: Duration) -> Option<String> {
        let is_news = self.has_list && self.lost_at.is_none();
        self.lost_at.get_or_insert(at);
        is_news.then(|| fault.one_line())
    }
}
