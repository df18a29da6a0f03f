//! What goes to one endpoint for one batch: whose turn it is, how many requests are under way, and
//! which process answered last.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use super::event::Ticket;
use crate::model::{Fault, Now, ProcessStart};

/// So many requests are under way at a time (docs/kill-protocol.md), of all batches together.
pub const AT_ONCE: usize = 16;
/// So many of them may be looks at sessions that should be gone, while others wait for their end.
const LOOKS_MEANWHILE: usize = 4;
/// The process start is read anew after so many checks,
const CHECKS_PER_PROCESS: u8 = 16;
/// and it is never older than this when a check is sent.
const PROCESS_FRESH: Duration = Duration::from_secs(1);
/// So many failures in a row, without a single answer between them: the endpoint is not there.
const TOO_MANY_FAILURES: u8 = 8;

/// How far the process start that was read last may be relied on.
#[derive(Clone, Copy, Debug, Default)]
enum Freshness {
    /// It has to be read before the next check.
    #[default]
    Stale,
    /// It is being read.
    Asked(Ticket),
    /// Since when, and for how many checks.
    Fresh { at: Duration, checks: u8 },
}

/// Why an attempt wants to be woken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Alarm {
    /// To be looked at.
    Look,
    /// Its time is over.
    GiveUp,
}

/// What may be sent now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// A GET of this attempt's session.
    Ask(usize, Lane),
    /// The question for the process.
    Process,
}

/// What a request under way is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lane {
    /// The check before the DELETE, and the DELETE in its place.
    Check,
    /// A look after it.
    Look,
}

/// The traffic with one endpoint. Attempts are named by their place in the batch.
#[derive(Clone, Debug)]
pub(super) struct Traffic {
    /// So many requests may be under way at a time.
    at_once: usize,
    /// The process that answered last.
    process: Option<ProcessStart>,
    freshness: Freshness,
    checks: VecDeque<usize>,
    looks: VecDeque<usize>,
    alarms: BTreeSet<(Duration, usize, Alarm)>,
    checking: usize,
    looking: usize,
    failures: u8,
}

impl Default for Traffic {
    fn default() -> Self {
        Self {
            at_once: AT_ONCE,
            process: None,
            freshness: Freshness::default(),
            checks: VecDeque::new(),
            looks: VecDeque::new(),
            alarms: BTreeSet::new(),
            checking: 0,
            looking: 0,
            failures: 0,
        }
    }
}

impl Traffic {
    /// Leaves room for others. What is under way already stays so.
    pub(super) fn confine(&mut self, at_once: usize) {
        self.at_once = at_once.clamp(1, AT_ONCE);
    }

    pub(super) fn queue_check(&mut self, attempt: usize) {
        self.checks.push_back(attempt);
    }

    /// A check that has to be repeated goes before those that have not begun.
    pub(super) fn queue_check_again(&mut self, attempt: usize) {
        self.checks.push_front(attempt);
    }

    pub(super) fn wake(&mut self, at: Duration, attempt: usize, alarm: Alarm) {
        self.alarms.insert((at, attempt, alarm));
    }

    pub(super) fn wake_at(&self) -> Option<Duration> {
        self.alarms.first().map(|(at, ..)| *at)
    }

    /// The next attempt whose alarm is due.
    pub(super) fn due(&mut self, now: Duration) -> Option<(usize, Alarm)> {
        let (at, attempt, alarm) = *self.alarms.first()?;
        if at > now {
            return None;
        }
        self.alarms.pop_first();
        Some((attempt, alarm))
    }

    pub(super) fn queue_look(&mut self, attempt: usize) {
        self.looks.push_back(attempt);
    }

    /// What may be sent now, if anything; it counts as under way from here on. `guards` says whether
    /// the check of an attempt needs a fresh process start.
    pub(super) fn turn(&mut self, now: Now, guards: impl Fn(usize) -> bool) -> Option<Turn> {
        if self.checking + self.looking >= self.at_once {
            return None;
        }
        let check = self.checks.front().copied();
        if !self.looks.is_empty() && (check.is_none() || self.looking < LOOKS_MEANWHILE) {
            self.looking += 1;
            let look = self.looks.pop_front()?;
            return Some(Turn::Ask(look, Lane::Look));
        }
        let check = check?;
        if guards(check) {
            match &mut self.freshness {
                Freshness::Asked(_) => return None,
                Freshness::Fresh { at, checks }
                    if *checks < CHECKS_PER_PROCESS && now.elapsed.saturating_sub(*at) <= PROCESS_FRESH =>
                {
                    *checks += 1;
                }
                _ => {
                    self.checking += 1;
                    return Some(Turn::Process);
                }
            }
        }
        self.checking += 1;
        self.checks.pop_front();
        Some(Turn::Ask(check, Lane::Check))
    }

    /// The question for the process has been sent.
    pub(super) const fn asked_for_process(&mut self, ticket: Ticket) {
        self.freshness = Freshness::Asked(ticket);
    }

    /// Its answer, if this is the one. Says whether it was.
    pub(super) fn heard_process(
        &mut self,
        ticket: Ticket,
        answer: Result<Option<ProcessStart>, Fault>,
        now: Now,
    ) -> bool {
        if !matches!(self.freshness, Freshness::Asked(asked) if asked == ticket) {
            return false;
        }
        self.ended(Lane::Check);
        self.freshness = Freshness::Stale;
        if let Ok(process) = answer {
            self.process = process;
            self.freshness = Freshness::Fresh {
                at: now.elapsed,
                checks: 0,
            };
        }
        true
    }

    /// Which process answered last. Every check was sent after its start had been read.
    pub(super) const fn process(&self) -> Option<&ProcessStart> {
        self.process.as_ref()
    }

    /// A request is no longer under way.
    pub(super) fn ended(&mut self, lane: Lane) {
        let under_way = match lane {
            Lane::Check => &mut self.checking,
            Lane::Look => &mut self.looking,
        };
        *under_way = under_way.saturating_sub(1);
    }

    /// How an answer went. After an error the process is read anew before the next check. Says
    /// whether the endpoint has failed too often to go on.
    pub(super) fn went(&mut self, fault: Option<&Fault>) -> bool {
        match fault {
            None | Some(Fault::NotFound) => self.failures = 0,
            Some(_) => {
                self.failures = self.failures.saturating_add(1);
                if matches!(self.freshness, Freshness::Fresh { .. }) {
                    self.freshness = Freshness::Stale;
                }
            }
        }
        self.failures >= TOO_MANY_FAILURES
    }
}
