//! The judging of one list: histories are carried over, the surroundings looked at, and every reason
//! of the table asked about every session.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::baseline::Baseline;
use super::capabilities::Capabilities;
use super::finding::ReasonSet;
use super::finding::Severity;
use super::finding::{Diagnosis, Finding, order};
use super::history::{Gap, SessionHistory, merge};
use super::reason::RuleFn;
use super::reasons::REASONS;
use super::rule::RuleInput;
use super::rule::RuleResult;
use super::sample::ConnectionSample;
use super::server_time::{ServerTime, Zone};
use super::thresholds::Thresholds;
use crate::model::{Dialect, Instance, Session, SessionId, Snapshot};

/// The sessions whose connections were looked at.
pub type Samples = BTreeMap<SessionId, ConnectionSample>;

/// What is judged: a list, or a single session.
#[derive(Clone, Copy, Debug)]
pub struct DiagnosisInput<'a> {
    /// In which dialect it came.
    pub dialect: Dialect,
    /// The process that answered.
    pub instance: Option<&'a Instance>,
    /// When, by this machine's clock.
    pub taken_at: Timestamp,
    /// Another process answered than the time before.
    pub is_after_restart: bool,
    /// Ascending by id.
    pub sessions: &'a [Session],
}

impl<'a> From<&'a Snapshot> for DiagnosisInput<'a> {
    fn from(snapshot: &'a Snapshot) -> Self {
        Self {
            dialect: snapshot.dialect,
            instance: snapshot.instance.as_ref(),
            taken_at: snapshot.taken_at,
            is_after_restart: snapshot.change.is_after_restart,
            sessions: &snapshot.sessions,
        }
    }
}

/// What was found of each session of a list, and what the next one has to know.
#[derive(Clone, Debug, Default)]
pub struct Diagnoses {
    histories: Vec<SessionHistory>,
    marks: Vec<FindingRange>,
    /// Those of one session stand together, the strongest first.
    found: Vec<Finding>,
    /// How many sessions are that severe.
    look: usize,
    act: usize,
    zone: Option<Zone>,
}

/// Where the findings of one session stand.
#[derive(Clone, Copy, Debug)]
struct FindingRange {
    first: u32,
    count: u8,
    unjudged: ReasonSet,
}

impl Diagnoses {
    /// What was found of the session at this place of the list.
    pub fn diagnosis(&self, index: usize) -> Diagnosis<'_> {
        self.marks.get(index).map_or_else(Diagnosis::default, |mark| {
            let first = mark.first as usize;
            Diagnosis {
                found: self
                    .found
                    .get(first..first + usize::from(mark.count))
                    .unwrap_or_default(),
                unjudged: mark.unjudged,
            }
        })
    }

    /// How many sessions are that severe.
    pub const fn count(&self, severity: Severity) -> usize {
        match severity {
            Severity::Look => self.look,
            Severity::Act => self.act,
        }
    }

    /// How much is kept: one history for each session, whatever happened before.
    pub fn kept(&self) -> usize {
        self.histories.len()
    }
}

/// Judges a list. `past` is the one before, with what was found of it.
pub fn diagnose(
    past: Option<(DiagnosisInput<'_>, &Diagnoses)>,
    now: DiagnosisInput<'_>,
    limits: &Thresholds,
    samples: &Samples,
) -> Diagnoses {
    let past = past.filter(|(before, _)| !is_restarted(before, &now));
    let gap = past.map_or_else(Gap::default, |(before, _)| gap(&before, &now));
    let capabilities = Capabilities::new(now.dialect, now.instance);
    let (sessions, histories): (&[Session], &[SessionHistory]) = past
        .map_or((&[], &[]), |(before, diagnoses)| {
            (before.sessions, &diagnoses.histories)
        });
    let histories = merge(sessions, histories, now.sessions, gap, capabilities);
    let zone = past.and_then(|(_, diagnoses)| diagnoses.zone);
    let server = ServerTime::read(zone, now.sessions, &histories, gap);
    let baseline = Baseline::of(now.sessions, &histories, limits);
    let mut diagnoses = Diagnoses {
        marks: Vec::with_capacity(now.sessions.len()),
        zone: server.zone(),
        ..Diagnoses::default()
    };
    for (session, history) in now.sessions.iter().zip(&histories) {
        let input = RuleInput {
            session,
            history,
            baseline: &baseline,
            capabilities,
            server,
            limits,
        };
        let sample = samples
            .get(&session.id)
            .filter(|sample| sample.is_current_at(now.taken_at));
        diagnoses.add(&input, sample);
    }
    diagnoses.histories = histories;
    diagnoses
}

impl Diagnoses {
    fn add(&mut self, input: &RuleInput<'_>, sample: Option<&ConnectionSample>) {
        let first = self.found.len();
        let mut unjudged = ReasonSet::default();
        for (place, reason) in REASONS.iter().enumerate() {
            let judgment = match reason.judge {
                RuleFn::List(judge) => judge(input),
                RuleFn::Connections(judge) => sample.map_or(RuleResult::Unknown, judge),
                RuleFn::Either { connections, list } => sample.map_or_else(|| list(input), connections),
            };
            match judgment {
                RuleResult::No => {}
                RuleResult::Unknown => unjudged.insert(place),
                RuleResult::Found(severity, evidence) => self.found.push(Finding {
                    reason,
                    severity,
                    evidence,
                }),
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
        });
    }
}

fn is_restarted(before: &DiagnosisInput<'_>, now: &DiagnosisInput<'_>) -> bool {
    let process = |look: &DiagnosisInput<'_>| look.instance.and_then(|instance| instance.process.clone());
    let differ = process(before)
        .zip(process(now))
        .is_some_and(|(before, now)| before != now);
    now.is_after_restart || differ || before.dialect != now.dialect
}

fn gap(before: &DiagnosisInput<'_>, now: &DiagnosisInput<'_>) -> Gap {
    let passed = now.taken_at.duration_since(before.taken_at).as_millis();
    Gap {
        passed_ms: u32::try_from(passed.max(0)).unwrap_or(u32::MAX),
        // Before an empty list nobody was there.
        newest: Some(before.sessions.last().map_or(SessionId(0), |session| session.id)),
    }
}
