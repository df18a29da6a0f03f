//! Finds events in facts and in the differences of two diagnosed lists. Runs off the drawing thread.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::{Event, EventKind, Subject};
use crate::app::msg::Now;
use crate::app::table_view::TableView;
use crate::diagnosis::{Diagnoses, Severity};
use crate::model::{
    EndpointId, Health, Identity, Lookup, RequestError, Session, Snapshot, Span, Text, counted, visible,
};
use crate::recording::{Fact, FactKind, KillFact};

/// Sessions that come or go between two lists are an event from this number on, and from this part of the list on.
const MIN_BULK: u32 = 20;
const MIN_BULK_PART: u32 = 10;
/// Number of sessions with the same change in one list above which they are one line.
const MAX_LINES: usize = 5;

/// Finds events. Keeps what it needs of the past.
#[derive(Debug, Default)]
pub struct EventFinder {
    endpoints: BTreeMap<EndpointId, Known>,
    lists: BTreeMap<EndpointId, (Arc<Snapshot>, Arc<Diagnoses>)>,
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
            FactKind::Kill(kill) => kill_text(kill)
                .map(|text| {
                    let subject = Subject::Session(Box::new(kill.identity.clone()));
                    event(EventKind::Kill, subject, text)
                })
                .into_iter()
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Returns the sessions that became stuck or recovered, compared with the last view.
    pub fn in_view(&mut self, view: &TableView, at: Now) -> Vec<Event> {
        let mut events = Vec::new();
        for (now, diagnoses) in view.snapshots.iter().zip(&view.diagnoses) {
            let next = (Arc::clone(now), Arc::clone(diagnoses));
            let before = self.lists.insert(now.endpoint, next);
            if let Some((before, earlier)) = before
                && !Arc::ptr_eq(&before, now)
                && before.process() == now.process()
                && !now.change.is_after_restart
            {
                events.extend(changes((&before, &earlier), (now, diagnoses), at));
            }
        }
        events
    }
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

/// Returns the session and the outcome of a kill; `None` for an intent.
fn kill_text(kill: &KillFact) -> Option<String> {
    let outcome = kill.outcome.as_ref()?;
    let (id, client) = (kill.identity.id, kill.identity.client());
    let text = format!("{id} {client}  {} {}", outcome.word, outcome.detail);
    Some(text.trim_end().to_owned())
}

/// A session with a change.
struct Change {
    identity: Identity,
    kind: EventKind,
    /// Name of the reason that sessions are counted by.
    reason: &'static str,
    words: String,
}

type Diagnosed<'a> = (&'a Snapshot, &'a Diagnoses);

fn changes(before: Diagnosed<'_>, now: Diagnosed<'_>, at: Now) -> Vec<Event> {
    let (list, diagnoses) = now;
    let sessions = list.sessions.iter().enumerate();
    let all: Vec<_> = sessions
        .filter_map(|(index, session)| change(before, list, session, diagnoses, index))
        .collect();
    let mut groups: BTreeMap<(&str, &str), Vec<Change>> = BTreeMap::new();
    for change in all {
        let group = groups.entry((change.kind.words(), change.reason)).or_default();
        group.push(change);
    }
    let event = |kind, subject, text| Event::new(at, list.endpoint, kind, subject, text);
    let mut events = Vec::new();
    for ((_, reason), group) in groups {
        if group.len() > MAX_LINES {
            let count = counted(group.len(), "session");
            let worst = group.iter().max_by_key(|change| change.kind.severity());
            if let Some(worst) = worst {
                let subject = Subject::Sessions(Some(Box::new(worst.identity.clone())));
                events.push(event(worst.kind, subject, format!("{count}: {reason}")));
            }
            continue;
        }
        events.extend(group.into_iter().map(|change| {
            let text = format!(
                "{} {}  {}",
                change.identity.id,
                change.identity.client(),
                change.words
            );
            event(change.kind, Subject::Session(Box::new(change.identity)), text)
        }));
    }
    events
}

/// Returns the change of a session from one list to the next.
fn change(
    (before, earlier): Diagnosed<'_>,
    list: &Snapshot,
    session: &Session,
    diagnoses: &Diagnoses,
    index: usize,
) -> Option<Change> {
    let now = diagnoses.diagnosis(index);
    let known = match before.find(&list.key(session)) {
        Lookup::Same(_) => before.position(session.id).map(|place| earlier.diagnosis(place)),
        _ => None,
    };
    let was = known.and_then(|known| known.strongest());
    let (kind, finding) = match (was, now.strongest()) {
        (None, Some(found)) => (EventKind::Stuck(found.severity), found),
        (Some(was), Some(found)) if was.severity == Severity::Look && found.severity == Severity::Act => {
            (EventKind::Worse, found)
        }
        // Without data a session has not recovered.
        (Some(was), None) if !now.unjudged.has(was.reason.name) => (EventKind::Recovered, was),
        _ => return None,
    };
    let words = if kind == EventKind::Recovered {
        format!("was: {}", finding.reason.name)
    } else {
        finding.words(session)
    };
    Some(Change {
        identity: list.identity(session),
        kind,
        reason: finding.reason.name,
        words,
    })
}
