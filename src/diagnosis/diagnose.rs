//! Diagnosis of one snapshot: updates the histories, computes the baseline, and evaluates every rule for every
//! session.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::baseline::Baseline;
use super::capabilities::Capabilities;
use super::evidence::Evidence;
use super::finding::ReasonSet;
use super::finding::Severity;
use super::finding::{Diagnosis, Finding, order};
use super::history::{Gap, SessionHistory, merge};
use super::reason::RuleFn;
use super::reasons::REASONS;
use super::rule::RuleInput;
use super::rule::RuleResult;
use super::sample::{ConnectionSample, SeenSample};
use super::server_time::{ServerTime, Zone};
use super::settings::DiagnosisSettings;
use crate::model::{Dialect, EndpointLocks, Instance, RowReads, Session, SessionId, Snapshot};

/// Samples of the sessions whose connections were read.
pub type Samples = BTreeMap<SessionId, ConnectionSample>;

/// Sessions to diagnose: a snapshot, or a single session.
#[derive(Clone, Copy, Debug)]
pub struct DiagnosisInput<'a> {
    /// Dialect of the reply.
    pub dialect: Dialect,
    /// Name of the endpoint, for the filter of expected sessions.
    pub endpoint: Option<&'a str>,
    /// Process that replied.
    pub instance: Option<&'a Instance>,
    /// Time of the reply, by this machine's clock.
    pub taken_at: Timestamp,
    /// Whether the proxy was restarted since the previous snapshot.
    pub is_after_restart: bool,
    /// Sessions, in ascending order of id.
    pub sessions: &'a [Session],
    /// Transactions and locks of the sessions; `None` if no server is read.
    pub locks: Option<&'a EndpointLocks>,
    /// Sessions that were read after the list; `None` if there are none.
    pub rows: Option<&'a RowReads>,
}

impl<'a> From<&'a Snapshot> for DiagnosisInput<'a> {
    fn from(snapshot: &'a Snapshot) -> Self {
        Self {
            dialect: snapshot.dialect,
            endpoint: None,
            instance: snapshot.instance.as_ref(),
            taken_at: snapshot.taken_at,
            is_after_restart: snapshot.change.is_after_restart,
            sessions: &snapshot.sessions,
            locks: None,
            rows: Some(&snapshot.rows).filter(|rows| !rows.read_at.is_empty()),
        }
    }
}

/// Findings of each session of a snapshot, and the histories for the next one.
#[derive(Clone, Debug, Default)]
pub struct Diagnoses {
    histories: Vec<SessionHistory>,
    marks: Vec<FindingRange>,
    /// Findings of all sessions. Those of one session are consecutive, strongest first.
    found: Vec<Finding>,
    /// Number of sessions with this severity.
    look: usize,
    act: usize,
    /// Number of sessions with each reason, in the order of the table of reasons.
    by_reason: [u32; REASONS.len()],
    /// Number of sessions that are expected to wait.
    expected: usize,
    zone: Option<Zone>,
}

/// Range of one session's findings in [`Diagnoses::found`].
#[derive(Clone, Copy, Debug)]
struct FindingRange {
    first: u32,
    count: u8,
    unjudged: ReasonSet,
    is_expected: bool,
}

impl Diagnoses {
    /// Returns the diagnosis of the session at this index.
    pub fn diagnosis(&self, index: usize) -> Diagnosis<'_> {
        self.marks.get(index).map_or_else(Diagnosis::default, |mark| {
            let first = mark.first as usize;
            Diagnosis {
                found: self
                    .found
                    .get(first..first + usize::from(mark.count))
                    .unwrap_or_default(),
                unjudged: mark.unjudged,
                is_expected: mark.is_expected,
            }
        })
    }

    /// Returns the number of sessions with this severity.
    pub const fn count(&self, severity: Severity) -> usize {
        match severity {
            Severity::Look => self.look,
            Severity::Act => self.act,
        }
    }

    /// Returns the number of sessions with a reason.
    pub(crate) fn count_reason(&self, name: &str) -> usize {
        let counts = REASONS.iter().zip(self.by_reason);
        let own = counts.filter(|(reason, _)| reason.name == name);
        own.map(|(_, count)| count as usize).sum()
    }

    /// Returns the number of sessions that are expected to wait. They have no findings.
    pub const fn expected(&self) -> usize {
        self.expected
    }

    /// Returns the number of histories: one for each session.
    pub fn kept(&self) -> usize {
        self.histories.len()
    }
}

/// Diagnoses all sessions of a snapshot. `past` is the previous one with its diagnoses.
pub fn diagnose(
    past: Option<(DiagnosisInput<'_>, &Diagnoses)>,
    now: DiagnosisInput<'_>,
    settings: &DiagnosisSettings,
    samples: &Samples,
) -> Diagnoses {
    let limits = &settings.thresholds;
    let past = past.filter(|(before, _)| !is_restarted(before, &now));
    let gap = past.map_or_else(Gap::default, |(before, _)| gap(&before, &now));
    let capabilities = Capabilities::new(now.dialect, now.instance);
    let (sessions, histories): (&[Session], &[SessionHistory]) = past
        .map_or((&[], &[]), |(before, diagnoses)| {
            (before.sessions, &diagnoses.histories)
        });
    let row_gap = |id| past.and_then(|(before, _)| row_gap(&before, &now, id));
    let mut histories = merge(sessions, histories, now.sessions, gap, &row_gap, capabilities);
    let zone = past.and_then(|(_, diagnoses)| diagnoses.zone);
    let server = match past {
        // The other rows are as old as before, so no statement of theirs is new.
        Some(_) if now.rows.is_some() => ServerTime::keep(zone, now.unread_rows()),
        _ => ServerTime::read(zone, now.sessions, &histories, gap),
    };
    let baseline = Baseline::of(now.sessions, &histories, limits);
    let mut diagnoses = Diagnoses {
        marks: Vec::with_capacity(now.sessions.len()),
        zone: server.zone(),
        ..Diagnoses::default()
    };
    for (session, history) in now.sessions.iter().zip(&mut histories) {
        if settings.expected.matches(session, now.endpoint) {
            diagnoses.add_expected();
            continue;
        }
        let input = RuleInput {
            session,
            history: &*history,
            baseline: &baseline,
            capabilities,
            server: server.after(since_list(&now, session.id)),
            limits,
            locks: now.locks.map(|locks| locks.of(session)).unwrap_or_default(),
        };
        let sample = samples.get(&session.id);
        diagnoses.add(&input, sample.and_then(|sample| sample.seen_at(now.taken_at)));
        history.is_forgotten = diagnoses.has_found_forgotten();
    }
    diagnoses.histories = histories;
    diagnoses
}

impl<'a> DiagnosisInput<'a> {
    /// Sets the name of the endpoint.
    #[must_use]
    pub fn at(self, endpoint: Option<&'a str>) -> Self {
        Self { endpoint, ..self }
    }

    /// Sets the transactions and locks.
    #[must_use]
    pub fn with_locks(self, locks: Option<&'a EndpointLocks>) -> Self {
        Self { locks, ..self }
    }

    /// Returns the time at which a session was read.
    fn read_at(&self, id: SessionId) -> Timestamp {
        let newer = self.rows.and_then(|rows| rows.read_at.get(&id));
        newer.copied().unwrap_or(self.taken_at)
    }

    /// Returns the sessions that were not read after the list.
    fn unread_rows(&self) -> impl Iterator<Item = &'a Session> {
        let rows = self.rows;
        self.sessions
            .iter()
            .filter(move |session| rows.is_none_or(|rows| !rows.read_at.contains_key(&session.id)))
    }
}

impl Diagnoses {
    /// Adds a session that is expected to wait: every reason is `No`.
    fn add_expected(&mut self) {
        self.expected += 1;
        self.marks.push(FindingRange {
            first: 0,
            count: 0,
            unjudged: ReasonSet::NONE,
            is_expected: true,
        });
    }

    /// Whether the session added last is idle while its pool is in use.
    fn has_found_forgotten(&self) -> bool {
        let found = self
            .marks
            .last()
            .and_then(|mark| self.found.get(mark.first as usize..));
        let is_forgotten = |finding: &Finding| {
            finding.severity == Severity::Act && matches!(finding.evidence, Evidence::Idle { .. })
        };
        found.is_some_and(|found| found.iter().any(is_forgotten))
    }

    fn add(&mut self, input: &RuleInput<'_>, sample: Option<SeenSample<'_>>) {
        let first = self.found.len();
        let mut unjudged = ReasonSet::default();
        for (index, reason) in REASONS.iter().enumerate() {
            let result = match reason.rule {
                RuleFn::List(rule) => rule(input),
                RuleFn::Connections(rule) => sample
                    .and_then(|sample| sample.apply(rule))
                    .unwrap_or(RuleResult::Unknown),
                RuleFn::Either { connections, list } => sample
                    .and_then(|sample| sample.apply(connections))
                    .unwrap_or_else(|| list(input)),
            };
            match result {
                RuleResult::No => {}
                RuleResult::Unknown => unjudged.insert(index),
                RuleResult::Found(severity, evidence) => {
                    if let Some(count) = self.by_reason.get_mut(index) {
                        *count += 1;
                    }
                    self.found.push(Finding {
                        reason,
                        severity,
                        evidence,
                    });
                }
            }
        }
        let count = self.found.len() - first;
        if let Some(own) = self.found.get_mut(first..) {
            order(own);
            match own.first().map(|strongest| strongest.severity) {
                Some(Severity::Act) => self.act += 1,
                Some(Severity::Look) => self.look += 1,
                None => {}
            }
        }
        self.marks.push(FindingRange {
            first: u32::try_from(first).unwrap_or(u32::MAX),
            count: u8::try_from(count).unwrap_or(u8::MAX),
            unjudged,
            is_expected: false,
        });
    }
}

fn is_restarted(before: &DiagnosisInput<'_>, now: &DiagnosisInput<'_>) -> bool {
    let process = |input: &DiagnosisInput<'_>| input.instance.and_then(|instance| instance.process.clone());
    let differ = process(before)
        .zip(process(now))
        .is_some_and(|(before, now)| before != now);
    now.is_after_restart || differ || before.dialect != now.dialect
}

/// Returns the time between the two readings of a session, in milliseconds; `None` if both are lists.
fn row_gap(before: &DiagnosisInput<'_>, now: &DiagnosisInput<'_>, id: SessionId) -> Option<u32> {
    (before.rows.is_some() || now.rows.is_some()).then(|| millis_between(before.read_at(id), now.read_at(id)))
}

/// Returns the time from the list to the reading of a session, in milliseconds.
fn since_list(now: &DiagnosisInput<'_>, id: SessionId) -> u32 {
    millis_between(now.taken_at, now.read_at(id))
}

/// Returns the time from one moment to the next, in milliseconds. 0 if the clock was set back.
fn millis_between(before: Timestamp, now: Timestamp) -> u32 {
    let passed = now.duration_since(before).as_millis();
    u32::try_from(passed.max(0)).unwrap_or(u32::MAX)
}

fn gap(before: &DiagnosisInput<'_>, now: &DiagnosisInput<'_>) -> Gap {
    Gap {
        passed_ms: millis_between(before.taken_at, now.taken_at),
        // After an empty list every session is new.
        newest: Some(before.sessions.last().map_or(SessionId(0), |session| session.id)),
    }
}
