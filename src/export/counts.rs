//! Counts the sessions of a table view. All work of the exporter that grows with their number is here.

use rustc_hash::FxHashMap;

use super::histogram::{AGE_BOUNDS, Histogram};
use super::label::label;
use super::top::ByLabel;
use crate::app::build_view::TableView;
use crate::diagnosis::{Diagnoses, Diagnosis, REASONS, Severity};
use crate::model::{EndpointId, EndpointLocks, LockNumbers, ServerLocks, Session, Snapshot, Span, Text};

/// A field by which sessions are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Breakdown {
    Service,
    User,
    Address,
    State,
}

impl Breakdown {
    /// All fields, in the order of the arrays.
    pub(super) const ALL: [Self; 4] = [Self::Service, Self::User, Self::Address, Self::State];

    fn value(self, session: &Session) -> Option<&Text> {
        match self {
            Self::Service => session.service.as_ref(),
            Self::User => session.user.as_ref(),
            Self::Address => session.address.as_ref(),
            Self::State => session.state.as_ref(),
        }
    }
}

/// Number of sessions by reason, in the order of [`REASONS`], and by severity, in the order of [`Severity::ALL`].
pub(super) type ByReason = [[u64; Severity::ALL.len()]; REASONS.len()];

/// Numbers of one endpoint's sessions.
#[derive(Clone, Debug)]
pub(crate) struct SessionCounts {
    pub(super) endpoint: EndpointId,
    pub(super) total: u64,
    /// By the fields of [`Breakdown::ALL`].
    pub(super) by: [ByLabel; Breakdown::ALL.len()],
    /// Number of server connections by server. Empty if lists do not contain them.
    pub(super) by_server: ByLabel,
    pub(super) fixed: FixedCounts,
}

/// Numbers without labels from outside, except for the servers of the configuration.
#[derive(Clone, Debug)]
pub(super) struct FixedCounts {
    /// A session with several reasons counts for each.
    pub(super) by_reason: ByReason,
    /// Number of sessions without enough data, by reason.
    pub(super) undecided: [u64; REASONS.len()],
    /// Number of sessions by their strongest finding.
    pub(super) stuck: [u64; Severity::ALL.len()],
    pub(super) age: Histogram,
    pub(super) idle: Histogram,
    /// Sum of the memory, of sessions that report it.
    pub(super) memory: Option<u64>,
    /// Sum of the longest write queues, of sessions that report them.
    pub(super) write_queue: Option<u64>,
    /// `None` if no server is read.
    pub(super) locks: Option<LockCounts>,
}

/// Numbers of transactions and locks.
#[derive(Clone, Debug, Default)]
pub(super) struct LockCounts {
    /// Number of sessions for which other threads wait. This and the next two are `None` if no session's locks are
    /// known.
    pub(super) blocking: Option<u64>,
    /// Number of sessions that wait for a lock.
    pub(super) waiting: Option<u64>,
    /// Number of sessions with an open transaction.
    pub(super) in_transaction: Option<u64>,
    pub(super) servers: Vec<ServerLockCounts>,
}

/// Numbers of the threads of one server, of all its clients.
#[derive(Clone, Debug)]
pub(super) struct ServerLockCounts {
    pub(super) server: String,
    /// `None` if its locks are not known.
    pub(super) threads: Option<ThreadCounts>,
}

/// Numbers of threads of a server.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct ThreadCounts {
    pub(super) root_blockers: u64,
    pub(super) waiters: u64,
    pub(super) transactions: u64,
    /// In seconds. 0 if no thread waits.
    pub(super) longest_wait: f64,
}

/// Counts the sessions of every endpoint that has rows in the view.
pub(crate) fn count(view: &TableView) -> Vec<SessionCounts> {
    let lists = view.snapshots.iter().zip(&view.diagnoses).zip(&view.locks);
    let shown = lists.filter(|((snapshot, _), _)| !view.spec.hidden_endpoints.contains(&snapshot.endpoint));
    shown
        .map(|((snapshot, diagnoses), locks)| SessionCounts::of(snapshot, diagnoses, locks))
        .collect()
}

impl SessionCounts {
    fn of(snapshot: &Snapshot, diagnoses: &Diagnoses, locks: &EndpointLocks) -> Self {
        let mut by: [FxHashMap<Option<&Text>, u64>; Breakdown::ALL.len()] = Default::default();
        let mut by_server: FxHashMap<Option<&Text>, u64> = FxHashMap::default();
        let mut fixed = FixedCounts::new(locks);
        for (index, session) in snapshot.sessions.iter().enumerate() {
            for (field, counts) in Breakdown::ALL.into_iter().zip(&mut by) {
                *counts.entry(field.value(session)).or_default() += 1;
            }
            for connection in session.server_connections().unwrap_or_default() {
                *by_server.entry(Some(&connection.server)).or_default() += 1;
            }
            fixed.add_session(session);
            fixed.add_diagnosis(diagnoses.diagnosis(index));
            fixed.add_locks(locks.of(session).numbers());
        }
        Self {
            endpoint: snapshot.endpoint,
            total: snapshot.sessions.len() as u64,
            by: by.map(labeled),
            by_server: labeled(by_server),
            fixed,
        }
    }
}

/// Returns the numbers by label value. A value that is not known has the empty one.
fn labeled(counts: FxHashMap<Option<&Text>, u64>) -> ByLabel {
    let mut found = ByLabel::default();
    for (text, count) in counts {
        let value = text.map(label).unwrap_or_default();
        *found.entry(value.into_owned()).or_default() += count;
    }
    found
}

impl FixedCounts {
    fn new(locks: &EndpointLocks) -> Self {
        Self {
            by_reason: ByReason::default(),
            undecided: Default::default(),
            stuck: Default::default(),
            age: Histogram::new(&AGE_BOUNDS),
            idle: Histogram::new(&AGE_BOUNDS),
            memory: None,
            write_queue: None,
            locks: (!locks.is_empty()).then(|| LockCounts {
                servers: locks.servers.iter().map(ServerLockCounts::of).collect(),
                ..LockCounts::default()
            }),
        }
    }

    fn add_session(&mut self, session: &Session) {
        for (histogram, span) in [(&mut self.age, session.age), (&mut self.idle, session.idle)] {
            if let Some(span) = span {
                histogram.add(span.as_secs_f64());
            }
        }
        let extra = session.extra.as_deref();
        let queue = extra.and_then(|extra| extra.write_queue.as_ref());
        add(&mut self.memory, extra.and_then(|extra| extra.memory));
        add(&mut self.write_queue, queue.map(|queue| queue.bytes));
    }

    fn add_diagnosis(&mut self, diagnosis: Diagnosis<'_>) {
        for finding in diagnosis.found {
            let mut reasons = REASONS.iter().zip(&mut self.by_reason);
            if let Some((_, counts)) = reasons.find(|(reason, _)| *reason == finding.reason) {
                add_severity(counts, finding.severity);
            }
        }
        if let Some(severity) = diagnosis.severity() {
            add_severity(&mut self.stuck, severity);
        }
        for name in diagnosis.unjudged.names() {
            let mut reasons = REASONS.iter().zip(&mut self.undecided);
            if let Some((_, count)) = reasons.find(|(reason, _)| reason.name == name) {
                *count += 1;
            }
        }
    }

    fn add_locks(&mut self, numbers: LockNumbers) {
        // Known locks have a number of threads that wait, which may be 0.
        if let Some((locks, blocks)) = self.locks.as_mut().zip(numbers.blocks) {
            add(&mut locks.blocking, Some(u64::from(blocks > 0)));
            add(&mut locks.waiting, Some(u64::from(numbers.wait.is_some())));
            add(
                &mut locks.in_transaction,
                Some(u64::from(numbers.transaction_age.is_some())),
            );
        }
    }
}

fn add_severity(counts: &mut [u64; Severity::ALL.len()], severity: Severity) {
    let mut severities = Severity::ALL.into_iter().zip(counts);
    if let Some((_, count)) = severities.find(|(known, _)| *known == severity) {
        *count += 1;
    }
}

/// Adds a value to a sum of known values.
fn add(sum: &mut Option<u64>, value: Option<u64>) {
    if let Some(value) = value {
        *sum = Some(sum.unwrap_or_default().saturating_add(value));
    }
}

impl ServerLockCounts {
    fn of(server: &ServerLocks) -> Self {
        let is_known = !server.is_outdated && server.report.unknown_locks().is_none();
        Self {
            server: label(&server.report.server).into_owned(),
            threads: is_known.then(|| ThreadCounts::of(server)),
        }
    }
}

impl ThreadCounts {
    fn of(server: &ServerLocks) -> Self {
        let nodes = server.graph.nodes.values();
        let waits = nodes.clone().filter_map(|node| node.wait.as_ref());
        let count = |found: usize| found as u64;
        Self {
            root_blockers: count(nodes.clone().filter(|node| node.is_root_blocker()).count()),
            waiters: count(waits.clone().count()),
            transactions: count(nodes.filter(|node| node.transaction.is_some()).count()),
            longest_wait: waits
                .filter_map(|wait| wait.age)
                .max()
                .map_or(0.0, Span::as_secs_f64),
        }
    }
}
