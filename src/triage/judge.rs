//! The judging of one list: histories are carried over, the surroundings looked at, and every reason
//! of the table asked about every session.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::case::Case;
use super::finding::{Finding, Verdict, order};
use super::history::{Gap, History, merge};
use super::judgment::Judgment;
use super::knowledge::Knowledge;
use super::reason::Judge;
use super::reason_set::ReasonSet;
use super::reasons::REASONS;
use super::sample::ConnectionSample;
use super::severity::Severity;
use super::surroundings::Surroundings;
use super::thresholds::Thresholds;
use super::zone::{ServerTime, Zone};
use crate::model::{Dialect, Instance, Session, SessionId, Snapshot};

/// The sessions whose connections were looked at.
pub type Samples = BTreeMap<SessionId, ConnectionSample>;

/// What is judged: a list, or a single session.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
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

impl<'a> From<&'a Snapshot> for Look<'a> {
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
pub struct Judged {
    histories: Vec<History>,
    marks: Vec<Mark>,
    /// Those of one session stand together, the strongest first.
    found: Vec<Finding>,
    /// How many sessions are that severe.
    look: usize,
    act: usize,
    zone: Option<Zone>,
}

/// Where the findings of one session stand.
#[derive(Clone, Copy, Debug)]
struct Mark {
    first: u32,
    count: u8,
    unjudged: ReasonSet,
}

impl Judged {
    /// What was found of the session at this place of the list.
    pub fn verdict(&self, index: usize) -> Verdict<'_> {
        self.marks.get(index).map_or_else(Verdict::default, |mark| {
            let first = mark.first as usize;
            Verdict {
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
pub fn judge(
    past: Option<(Look<'_>, &Judged)>,
    now: Look<'_>,
    limits: &Thresholds,
    samples: &Samples,
) -> Judged {
    let past = past.filter(|(before, _)| !is_restarted(before, &now));
    let gap = past.map_or_else(Gap::default, |(before, _)| gap(&before, &now));
    let knowledge = Knowledge::new(now.dialect, now.instance);
    let (sessions, histories): (&[Session], &[History]) = past.map_or((&[], &[]), |(before, judged)| {
        (before.sessions, &judged.histories)
    });
    let histories = merge(sessions, histories, now.sessions, gap, knowledge);
    let zone = past.and_then(|(_, judged)| judged.zone);
    let server = ServerTime::read(zone, now.sessions, &histories, gap);
    let surroundings = Surroundings::of(now.sessions, &histories, limits);
    let mut judged = Judged {
        marks: Vec::with_capacity(now.sessions.len()),
        zone: server.zone(),
        ..Judged::default()
    };
    for (session, history) in now.sessions.iter().zip(&histories) {
        let case = Case {
            session,
            history,
            surroundings: &surroundings,
            knowledge,
            server,
            limits,
        };
        let sample = samples
            .get(&session.id)
            .filter(|sample| sample.holds_at(now.taken_at));
        judged.add(&case, sample);
    }
    judged.histories = histories;
    judged
}

impl Judged {
    fn add(&mut self, case: &Case<'_>, sample: Option<&ConnectionSample>) {
        let first = self.found.len();
        let mut unjudged = ReasonSet::default();
        for (place, reason) in REASONS.iter().enumerate() {
            let judgment = match reason.judge {
                Judge::List(judge) => judge(case),
                Judge::Connections(judge) => sample.map_or(Judgment::Unjudged, judge),
                Judge::Either { connections, list } => sample.map_or_else(|| list(case), connections),
            };
            match judgment {
                Judgment::No => {}
                Judgment::Unjudged => unjudged.insert(place),
                Judgment::Found(severity, evidence) => self.found.push(Finding {
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
        self.marks.push(Mark {
            first: u32::try_from(first).unwrap_or(u32::MAX),
            count: u8::try_from(count).unwrap_or(u8::MAX),
            unjudged,
        });
    }
}

fn is_restarted(before: &Look<'_>, now: &Look<'_>) -> bool {
    let process = |look: &Look<'_>| look.instance.and_then(|instance| instance.process.clone());
    let differ = process(before)
        .zip(process(now))
        .is_some_and(|(before, now)| before != now);
    now.is_after_restart || differ || before.dialect != now.dialect
}

fn gap(before: &Look<'_>, now: &Look<'_>) -> Gap {
    let passed = now.taken_at.duration_since(before.taken_at).as_millis();
    Gap {
        passed_ms: u32::try_from(passed.max(0)).unwrap_or(u32::MAX),
        // Before an empty list nobody was there.
        newest: Some(before.sessions.last().map_or(SessionId(0), |session| session.id)),
    }
}
