//! The player of a recording.

use std::iter::Peekable;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use jiff::SignedDuration;
use tokio::sync::mpsc::UnboundedSender;

use super::ReplaySource;
use crate::app::build_view::build_view;
use crate::app::msg::{Now, Travel};
use crate::app::past::{HistoryExtent, Moment};
use crate::model::Identity;
use crate::recording::{Fact, Facts, Recording, RecordingError};
use crate::runtime::history::{HistoryCommand, HistoryReply, TravelRequest};
use crate::runtime::read_ahead::read_ahead;

/// Longest time between two frames while it plays: ages and idle times grow.
const TICK: Duration = Duration::from_millis(250);
/// Shortest time between two frames, so that many facts at a high speed are sent together.
const MIN_TICK: Duration = Duration::from_millis(15);
/// Maximum time that passes at once.
const MAX_PASSED: Duration = Duration::from_secs(1);
/// Maximum number of facts that are sent at once. If more are due, it plays slower.
const MAX_FACTS: usize = 64;
/// Length of a step by minutes.
const MINUTE: Duration = Duration::from_mins(1);

/// Plays a recording.
pub(super) struct Player {
    recording: Recording,
    /// The facts after the moment.
    facts: Peekable<Facts>,
    /// The moment that is shown.
    moment: Duration,
    /// Speed; `None` while it is paused.
    pace: Option<u32>,
    /// When the moment was reached.
    since: Instant,
    /// Number of the request for the screen that is shown.
    number: u64,
    out: UnboundedSender<HistoryReply>,
}

impl Player {
    /// Creates a player that is paused at the start.
    pub(super) fn new(source: ReplaySource, out: UnboundedSender<HistoryReply>) -> Self {
        let mut facts = source.recording.facts_from(source.start).peekable();
        while next_until(&mut facts, source.start).is_some() {}
        Self {
            facts,
            recording: source.recording,
            moment: source.start,
            pace: None,
            since: Instant::now(),
            number: 0,
            out,
        }
    }

    /// Handles commands and plays, until the program ends.
    pub(super) fn run(&mut self, queue: &mpsc::Receiver<HistoryCommand>) {
        loop {
            let first = match self.wait() {
                None => queue.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(wait) => queue.recv_timeout(wait),
            };
            match first {
                Ok(first) => self.handle(std::iter::once(first).chain(queue.try_iter())),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            self.play();
        }
    }

    /// Handles all waiting commands. Of several requests for a moment, only the last one is built.
    fn handle(&mut self, commands: impl Iterator<Item = HistoryCommand>) {
        let mut open = None;
        for command in commands {
            match command {
                HistoryCommand::Arrange(job, number) => {
                    self.reply(HistoryReply::Arranged(Arc::new(build_view(*job)), number));
                }
                HistoryCommand::Calculate(calculation, number) => {
                    if let Some(calculated) = calculation.run() {
                        self.reply(HistoryReply::Calculated(Box::new(calculated), number));
                    }
                }
                HistoryCommand::Free(app) => drop(app),
                HistoryCommand::Play(pace) => {
                    self.since = Instant::now();
                    self.pace = pace;
                }
                HistoryCommand::Travel(request) => {
                    let here = open.as_ref().map_or(self.moment, |(_, moment, _)| *moment);
                    match self.find(&request, here) {
                        Ok((moment, session)) => open = Some((request, moment, session)),
                        Err(why) => self.reply(HistoryReply::Refused(why, request.number)),
                    }
                }
                // Nothing is live.
                HistoryCommand::Fact(_) | HistoryCommand::View(..) | HistoryCommand::Live => {}
            }
        }
        if let Some((request, moment, session)) = open {
            self.show(*request, moment, session.as_deref());
        }
    }

    fn reply(&self, reply: HistoryReply) {
        // The receiver ends only with the program.
        drop(self.out.send(reply));
    }

    /// Returns the times of the first and the last fact.
    fn span(&self) -> (Duration, Duration) {
        let span = self.recording.span();
        span.map_or_else(Default::default, |(from, to)| (from.elapsed, to.elapsed))
    }

    /// Returns the requested moment and session, or why there is none.
    fn find(
        &self,
        request: &TravelRequest,
        here: Duration,
    ) -> Result<(Duration, Option<Box<Identity>>), String> {
        let (from, to) = self.span();
        let (found, is_forward) = match &request.travel {
            Travel::To(moment, session) => return Ok(((*moment).clamp(from, to), session.clone())),
            Travel::Time(time) => {
                let found = time.find(&self.recording, request.screen.zone());
                return found.map(|at| (at, None)).map_err(|error| error.to_string());
            }
            Travel::Live => (Some(to), true),
            Travel::Lists(lists) => (self.step(here, *lists)?, *lists > 0),
            Travel::Minutes(minutes) => {
                let span = MINUTE * u32::try_from(minutes.unsigned_abs()).unwrap_or(u32::MAX);
                let there = if *minutes > 0 {
                    here.saturating_add(span).min(to)
                } else {
                    here.saturating_sub(span).max(from)
                };
                ((there != here).then_some(there), *minutes > 0)
            }
        };
        let edge = if is_forward { "end" } else { "start" };
        found
            .map(|moment| (moment, None))
            .ok_or_else(|| format!("this is the {edge} of the recording"))
    }

    fn step(&self, here: Duration, lists: isize) -> Result<Option<Duration>, String> {
        let mut found = Some(here);
        for _ in 0..lists.unsigned_abs() {
            let Some(at) = found else { break };
            let next = self.recording.step(at, lists > 0);
            found = next.map_err(|error| error.to_string())?;
        }
        Ok(found)
    }

    /// Builds the app of a moment, and plays on from there.
    fn show(&mut self, request: TravelRequest, moment: Duration, session: Option<&Identity>) {
        let mut facts = self.recording.facts_before(moment).peekable();
        let shown = Moment {
            at: moment,
            live: request.live,
            extent: HistoryExtent::default(),
            session,
        };
        let next = || next_until(&mut facts, moment);
        let built = read_ahead(next, |until| request.screen.at(shown, until));
        let reply = match built {
            Ok(Some(app)) => {
                self.facts = facts;
                self.moment = moment;
                self.since = Instant::now();
                self.number = request.number;
                HistoryReply::Shown(Box::new(app), request.number)
            }
            Ok(None) => {
                HistoryReply::Refused("nothing is recorded before that time".to_owned(), request.number)
            }
            Err(error) => {
                HistoryReply::Refused(format!("this moment cannot be shown: {error}"), request.number)
            }
        };
        self.reply(reply);
    }

    /// Returns the time until something is due. `None` while it is paused.
    fn wait(&mut self) -> Option<Duration> {
        let pace = self.pace?;
        let next = match self.facts.peek() {
            Some(Ok(fact)) => fact.at.elapsed.saturating_sub(self.moment) / pace.max(1),
            Some(Err(_)) => Duration::ZERO,
            None => self.span().1.saturating_sub(self.moment) / pace.max(1),
        };
        let due = self.since.checked_add(next.clamp(MIN_TICK, TICK))?;
        Some(due.saturating_duration_since(Instant::now()))
    }

    /// Sends what is due.
    fn play(&mut self) {
        let Some(pace) = self.pace else { return };
        // The time in which the program was suspended is left out.
        let passed = self.since.elapsed().min(MAX_PASSED);
        if passed < MIN_TICK {
            return;
        }
        let end = self.span().1;
        let mut due = self.moment.saturating_add(passed.saturating_mul(pace)).min(end);
        let mut facts = Vec::new();
        while let Some(fact) = next_until(&mut self.facts, due) {
            match fact {
                Ok(fact) => facts.push(fact),
                Err(error) => {
                    let why = format!("a part is left out: {error}");
                    self.reply(HistoryReply::Refused(why, self.number));
                }
            }
            if facts.len() >= MAX_FACTS {
                due = facts.last().map_or(due, |fact| fact.at.elapsed);
                break;
            }
        }
        self.moment = due;
        self.since = Instant::now();
        let now = self.now(due);
        self.reply(HistoryReply::Played(facts, now, self.number));
        if due >= end {
            self.pace = None;
            self.reply(HistoryReply::PlayEnded);
        }
    }

    /// Returns a moment on both clocks, measured from the start.
    fn now(&self, elapsed: Duration) -> Now {
        let from = self.recording.span().map_or_else(Now::default, |(from, _)| from);
        let since = SignedDuration::try_from(elapsed.saturating_sub(from.elapsed)).unwrap_or_default();
        Now {
            elapsed,
            wall: from.wall.saturating_add(since).unwrap_or(from.wall),
        }
    }
}

/// Returns the next fact, if it is not later than a moment.
fn next_until(facts: &mut Peekable<Facts>, moment: Duration) -> Option<Result<Fact, RecordingError>> {
    facts.next_if(|fact| match fact {
        Ok(fact) => fact.at.elapsed <= moment,
        Err(_) => true,
    })
}
