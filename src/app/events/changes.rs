//! Finds the sessions that became stuck or recovered from one diagnosed list to the next, and those that are stuck
//! already when they are seen first.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::{Event, EventKind, Subject};
use crate::app::msg::Now;
use crate::diagnosis::{Diagnoses, Evidence, Finding, Rank, Severity};
use crate::model::{Identity, Lookup, Session, Snapshot, Span, counted};

/// Number of sessions with the same change in one list above which they are one line.
const MAX_LINES: usize = 5;

/// A list with its diagnoses.
pub(super) type Diagnosed<'a> = (&'a Snapshot, &'a Diagnoses);

/// A session with a change.
struct Change {
    identity: Identity,
    kind: EventKind,
    /// Name of the reason that sessions are counted by.
    reason: &'static str,
    words: String,
    /// How long the trouble had lasted, if that is known.
    lasted: Option<Span>,
    /// How long sessions have waited for a lock, if the trouble is a lock.
    waited: Option<Span>,
    /// The root blocker that the session waits for.
    blocker: Option<String>,
}

/// Returns the events of a session list compared with the one before. `first` is the time of the first list.
pub(super) fn changes(before: Diagnosed<'_>, now: Diagnosed<'_>, at: Now, first: Timestamp) -> Vec<Event> {
    let (list, diagnoses) = now;
    let sessions = list.sessions.iter().enumerate();
    let all = sessions.filter_map(|(index, session)| {
        let mut change = change(before, list, session, diagnoses, index)?;
        change.check_start(at, first);
        Some(change)
    });
    lines(all.collect(), list, at)
}

/// Returns the sessions that are stuck in the first list of an endpoint.
pub(super) fn in_first_list((list, diagnoses): Diagnosed<'_>, at: Now) -> Vec<Event> {
    let sessions = list.sessions.iter().enumerate();
    let all = sessions.filter_map(|(index, session)| {
        let finding = diagnoses.diagnosis(index).strongest()?;
        let kind = EventKind::AlreadyStuck(finding.severity);
        Some(Change::new(kind, finding, session, list))
    });
    lines(all.collect(), list, at)
}

/// Returns one line for each change, or one for all sessions with the same reason: always if they are stuck already,
/// otherwise if they are many.
fn lines(changes: Vec<Change>, list: &Snapshot, at: Now) -> Vec<Event> {
    let mut groups: BTreeMap<(&str, &str), Vec<Change>> = BTreeMap::new();
    for change in changes {
        let group = groups.entry((change.kind.words(), change.reason)).or_default();
        group.push(change);
    }
    let mut events = Vec::new();
    for group in groups.into_values() {
        let is_already = |change: &Change| matches!(change.kind, EventKind::AlreadyStuck(_));
        let most = if group.iter().any(is_already) {
            1
        } else {
            MAX_LINES
        };
        if group.len() > most {
            events.extend(group_line(&group, list, at));
        } else {
            events.extend(group.into_iter().map(|change| change.line(list, at)));
        }
    }
    // Of one list the most severe event is the newest line.
    events.sort_by_key(|event| event.kind.severity());
    events
}

/// Returns the line of several sessions with the same change and reason: `12 sessions: lock-wait, longest 6m, 11 wait
/// for 107 etl@10.0.3.7`.
fn group_line(group: &[Change], list: &Snapshot, at: Now) -> Option<Event> {
    let worst = group
        .iter()
        .max_by_key(|change| (change.kind.severity(), change.lasted))?;
    let mut text = format!("{}: {}", counted(group.len(), "session"), worst.reason);
    let longest = group.iter().filter_map(|change| change.lasted).max();
    let is_recovery = worst.kind == EventKind::Recovered;
    if let Some(longest) = longest.filter(|_| !is_recovery) {
        text = format!("{text}, longest {longest}");
    }
    let mut blockers: BTreeMap<&str, usize> = BTreeMap::new();
    for blocker in group.iter().filter_map(|change| change.blocker.as_deref()) {
        *blockers.entry(blocker).or_default() += 1;
    }
    let most = blockers.into_iter().max_by_key(|(_, count)| *count);
    if let Some((blocker, count)) = most {
        let were = if is_recovery { " were" } else { "" };
        text = format!("{text}, {count}{were} blocked by {blocker}");
    }
    let text = format!("{text}: {}", ids(group));
    let subject = Subject::Sessions(Some(Box::new(worst.identity.clone())));
    let event = Event::new(at, list.endpoint, worst.kind, subject, text);
    Some(event.since(longest.and_then(|span| start(at, span)).filter(|_| !is_recovery)))
}

/// Maximum number of ids in the line of several sessions.
const MAX_IDS: usize = 8;

/// Returns the ids of the sessions: `53, 75`.
fn ids(group: &[Change]) -> String {
    let mut ids: Vec<_> = group.iter().map(|change| change.identity.id).collect();
    ids.sort_unstable();
    let shown: Vec<_> = ids.iter().take(MAX_IDS).map(ToString::to_string).collect();
    match ids.len().saturating_sub(MAX_IDS) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

impl Change {
    fn new(kind: EventKind, finding: &Finding, session: &Session, list: &Snapshot) -> Self {
        let is_recovery = kind == EventKind::Recovered;
        let waited = match finding.evidence {
            Evidence::Blocks { longest, .. } => Some(longest),
            Evidence::LockWait { lasted, .. } => Some(lasted),
            _ => None,
        };
        Self {
            identity: list.identity(session),
            kind,
            reason: finding.reason.name,
            words: if is_recovery {
                format!("was: {}", finding.reason.name)
            } else {
                finding.words(session)
            },
            // The trouble begins with the first waiter, not with the transaction of the blocker.
            lasted: waited.or_else(|| finding.lasted()),
            waited,
            blocker: blocker(finding),
        }
    }

    /// Marks a wait as old if it began before the first list: the locks are read after it.
    fn check_start(&mut self, at: Now, first: Timestamp) {
        let start = self.waited.and_then(|waited| start(at, waited));
        let severity = self
            .kind
            .severity()
            .filter(|_| start.is_some_and(|start| start < first));
        if let Some(severity) = severity {
            self.kind = EventKind::AlreadyStuck(severity);
        }
    }

    fn line(self, list: &Snapshot, at: Now) -> Event {
        let text = format!("{} {}  {}", self.identity.id, self.identity.client(), self.words);
        let is_recovery = self.kind == EventKind::Recovered;
        let since = self.lasted.and_then(|span| start(at, span));
        let subject = Subject::Session(Box::new(self.identity));
        Event::new(at, list.endpoint, self.kind, subject, text).since(since.filter(|_| !is_recovery))
    }
}

/// Returns the root blocker of a session that waits for a lock: `107 etl@10.0.3.7`.
fn blocker(finding: &Finding) -> Option<String> {
    let Evidence::LockWait { wait, .. } = &finding.evidence else {
        return None;
    };
    wait.blocker.as_ref().map(ToString::to_string)
}

/// Whether the finding is the cause of the trouble of other sessions.
fn is_cause(finding: &Finding) -> bool {
    finding.reason.rank == Rank::First
}

/// Returns the time this long ago.
fn start(at: Now, lasted: Span) -> Option<Timestamp> {
    at.wall
        .checked_sub(SignedDuration::from_secs(lasted.as_secs().into()))
        .ok()
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
        (None, Some(found)) => {
            // Without data before, it may have been stuck already.
            let is_first_data = known.is_some_and(|known| known.unjudged.has(found.reason.name));
            let kind = if is_first_data {
                EventKind::AlreadyStuck(found.severity)
            } else {
                EventKind::Stuck(found.severity)
            };
            (kind, found)
        }
        (Some(was), Some(found)) if was.severity == Severity::Look && found.severity == Severity::Act => {
            (EventKind::Worse, found)
        }
        // It holds up others now, for any reason before.
        (Some(was), Some(found)) if is_cause(found) && !is_cause(was) => (EventKind::Worse, found),
        // Without data a session has not recovered.
        (Some(was), None) if !now.unjudged.has(was.reason.name) => (EventKind::Recovered, was),
        _ => return None,
    };
    Some(Change::new(kind, finding, session, list))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnosis::Reason;
    use crate::model::{Dialect, SessionId};

    #[test]
    fn a_blocker_is_stuck_since_its_first_waiter() {
        let longest = Span::from_secs(48);
        let finding = Finding {
            reason: Reason::named("blocks").unwrap(),
            severity: Severity::Act,
            evidence: Evidence::Blocks {
                count: 7,
                has_more: false,
                longest,
                transaction: Some(Span::from_secs(360)),
                idle: Some(Span::from_secs(300)),
                rows_locked: None,
            },
        };
        let kind = EventKind::AlreadyStuck(Severity::Act);
        let session = Session::bare(SessionId(53));
        let change = Change::new(kind, &finding, &session, &Snapshot::empty(Dialect::JsonApi));
        assert_eq!(change.lasted, Some(longest));
    }
}
