//! All victims of one question, from the question to the last outcome (docs/kill-protocol.md): ask, wait
//! for the grace to pass, log what is meant to be done, check, DELETE, watch, log what came of it.
//!
//! It owns the [`KillTask`]s, hears what the outside says ([`KillEvent`]) and answers what to do
//! ([`Order`]). A DELETE is ordered only for an attempt that was confirmed, whose intent is logged
//! and whose check has just passed.

mod dispatch;
mod lists;
mod log;
mod replies;
mod surveys;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::event::{KillEvent, Order, Ticket};
use super::grace::Grace;
use super::request_scheduler::RequestScheduler;
use super::task::{KillTask, SessionReply};
use super::{KillOutcome, RefusalReason, Rules, Tally, Victim};
use crate::model::{EndpointId, Now, RequestError, Text, counted};

/// Over so many victims the first check is one fresh list for all.
pub(super) const MAX_SINGLE_CHECKS: usize = 16;
/// The audit log has so long to say that the intents are safe.
const LOG_TIMEOUT: Duration = Duration::from_secs(2);

/// Where a batch is.
#[derive(Clone, Debug)]
enum BatchPhase {
    /// A person is being asked.
    Asking,
    /// It can be taken back.
    Grace(Grace),
    /// The intents are being written.
    Logging { since: Duration },
    /// Under way, or over.
    Running,
    /// Taken back in its grace time, and why.
    TakenBack(&'static str),
}

/// The victims of one question.
#[derive(Clone, Debug)]
pub struct KillBatch {
    tasks: Vec<KillTask>,
    /// What was said to be the reason.
    reason: Option<Text>,
    rules: Rules,
    phase: BatchPhase,
    scheduler: BTreeMap<EndpointId, RequestScheduler>,
    /// The batch's own last question: for a list, a process, the log.
    ticket: Ticket,
    /// The lists and the log entry that it waits for.
    waits_for: BTreeMap<Ticket, EndpointId>,
    relist_at: BTreeMap<EndpointId, Duration>,
    /// Endpoints at which several proxies answer.
    several: BTreeSet<EndpointId>,
    /// The surveys in progress.
    surveys: BTreeMap<Ticket, EndpointId>,
    /// When a survey that failed is repeated, and why it failed.
    survey_at: BTreeMap<EndpointId, (Duration, RequestError)>,
    /// Goes up whenever Yes closes: which question a frame has shown.
    revision: u32,
    /// Attempts whose outcome is new, and not logged yet.
    fresh: Vec<usize>,
    /// Attempts whose outcome is new to whoever drives it.
    news: Vec<usize>,
    /// So many of the first attempts are over.
    over: usize,
    /// Its sum was told.
    summed_up: bool,
}

/// How many numbers a batch of so many victims takes: one for each, one for itself.
pub fn numbers(victims: usize) -> u32 {
    u32::try_from(victims).unwrap_or(u32::MAX).saturating_add(1)
}

impl KillBatch {
    /// Asks about these victims: the first checks are ordered at once. `number` is the first of
    /// [`numbers`] numbers of this run.
    pub fn open(number: u32, victims: Vec<Victim>, rules: Rules) -> (Self, Vec<Order>) {
        let numbered = (number.saturating_add(1)..).zip(victims);
        let tasks: Vec<_> = numbered
            .map(|(number, victim)| KillTask::new(number, victim))
            .collect();
        let mut batch = Self {
            scheduler: BTreeMap::new(),
            reason: None,
            rules,
            phase: BatchPhase::Asking,
            ticket: Ticket::before_first(number),
            waits_for: BTreeMap::new(),
            relist_at: BTreeMap::new(),
            several: BTreeSet::new(),
            surveys: BTreeMap::new(),
            survey_at: BTreeMap::new(),
            revision: 0,
            fresh: Vec::new(),
            news: Vec::new(),
            over: 0,
            summed_up: false,
            tasks,
        };
        for task in &batch.tasks {
            batch.scheduler.entry(task.victim.identity.endpoint).or_default();
        }
        let mut orders = Vec::new();
        if batch.tasks.len() > MAX_SINGLE_CHECKS {
            let endpoints: Vec<_> = batch.scheduler.keys().copied().collect();
            for endpoint in endpoints {
                batch.request_list(endpoint, &mut orders);
            }
        } else {
            for place in 0..batch.tasks.len() {
                if batch.tasks.get(place).is_some_and(KillTask::is_undecided) {
                    batch.with_traffic(place, |scheduler| scheduler.queue_check(place));
                }
            }
        }
        batch.survey_all(&mut orders);
        batch.send(&mut orders);
        (batch, orders)
    }

    /// The victims, as far as each has come.
    pub fn tasks(&self) -> &[KillTask] {
        &self.tasks
    }

    /// The first of its numbers.
    pub const fn number(&self) -> u32 {
        self.ticket.number()
    }

    /// Whether an answer with this ticket is meant for it.
    pub fn owns(&self, ticket: Ticket) -> bool {
        let first = self.number();
        let numbers = numbers(self.tasks.len());
        (first..first.saturating_add(numbers)).contains(&ticket.number())
    }

    /// How many stand where.
    pub fn tally(&self) -> Tally {
        Tally::of(&self.tasks)
    }

    /// `17 bob@10.0.0.9`, or how many.
    pub fn describe_victims(&self) -> String {
        let was_begun = !matches!(self.phase, BatchPhase::Grace(_) | BatchPhase::Logging { .. });
        let is_meant = |task: &&KillTask| !task.is_removed() && (was_begun || task.is_queued());
        let meant: Vec<_> = self.tasks.iter().filter(is_meant).collect();
        match meant.as_slice() {
            [one] => one.victim.name(),
            many => counted(many.len(), "session"),
        }
    }

    /// What was said to be the reason.
    pub const fn reason(&self) -> Option<&Text> {
        self.reason.as_ref()
    }

    /// The question that can be answered with Yes, if all that it is about is decided and somebody is
    /// left to be ended.
    pub fn open_dialog_ticket(&self) -> Option<Ticket> {
        let question = Ticket(Ticket::before_first(self.number()).0 + u64::from(self.revision));
        (self.is_decided() && self.confirmable() > 0).then_some(question)
    }

    fn is_decided(&self) -> bool {
        matches!(self.phase, BatchPhase::Asking)
            && self.waits_for.is_empty()
            && !self.tasks.iter().any(KillTask::is_undecided)
            && !self.tasks.iter().any(|task| self.waits_for_survey(task))
    }

    /// How many a Yes would end.
    pub fn confirmable(&self) -> usize {
        self.tasks.iter().filter(|a| a.may_be_confirmed()).count()
    }

    /// Strikes a victim out, or takes it in again: then its check is asked for, if that was left out.
    pub fn remove(&mut self, place: usize, now: Now) -> Vec<Order> {
        if let (BatchPhase::Asking, Some(task)) = (&self.phase, self.tasks.get_mut(place)) {
            task.remove();
            self.revision += 1;
            if task.is_undecided() && !task.has_request() && self.waits_for.is_empty() {
                self.with_traffic(place, |scheduler| scheduler.queue_check(place));
            }
        }
        self.after(now, Vec::new())
    }

    /// A person said yes. Nothing is sent before the grace has passed and the intents are logged.
    /// Where nobody can be ended any more, that is logged.
    pub fn confirm(&mut self, reason: Option<Text>, grace: Duration, now: Now) -> Vec<Order> {
        if !self.is_decided() {
            return Vec::new();
        }
        self.reason = reason;
        if self.confirmable() == 0 {
            self.run();
            return self.after(now, Vec::new());
        }
        for task in &mut self.tasks {
            task.confirm();
        }
        self.phase = BatchPhase::Grace(Grace::new(grace, now));
        self.on_event(KillEvent::Clock, now)
    }

    /// The time in which it can be taken back, while it lasts.
    pub const fn grace(&self) -> Option<&Grace> {
        if let BatchPhase::Grace(grace) = &self.phase {
            Some(grace)
        } else {
            None
        }
    }

    /// Takes it back, if nothing was begun yet. Says whether it did.
    pub fn cancel(&mut self, why: &'static str) -> bool {
        let may = matches!(self.phase, BatchPhase::Grace(_));
        if may {
            self.phase = BatchPhase::TakenBack(why);
        }
        may
    }

    /// Why it was taken back, if it was.
    pub const fn cancel_reason(&self) -> Option<&'static str> {
        if let BatchPhase::TakenBack(why) = self.phase {
            Some(why)
        } else {
            None
        }
    }

    /// Whether it still sends anything but looks at what should be gone.
    pub fn is_busy(&self) -> bool {
        match self.phase {
            BatchPhase::Asking | BatchPhase::TakenBack(_) => false,
            BatchPhase::Grace(_) | BatchPhase::Logging { .. } => true,
            BatchPhase::Running => self.tally().left() > 0,
        }
    }

    /// Whether nothing more will come of it.
    pub fn is_finished(&self) -> bool {
        match self.phase {
            BatchPhase::TakenBack(_) => true,
            BatchPhase::Running => self.over == self.tasks.len(),
            _ => false,
        }
    }

    /// Whether all have an outcome, for the first time: an unknown one may still be found out.
    pub fn sums_up(&mut self) -> bool {
        let tally = self.tally();
        tally.finished() == tally.total() && !std::mem::replace(&mut self.summed_up, true)
    }

    /// Whether something was sent whose end is not known.
    pub fn is_in_flight(&self) -> bool {
        self.tasks.iter().any(KillTask::is_in_flight)
    }

    /// Those whose outcome is new since this was asked last.
    pub fn take_news(&mut self) -> Vec<usize> {
        std::mem::take(&mut self.news)
    }

    /// Begins no more: whoever waits for their turn is left alone.
    pub fn stop(&mut self, now: Now) -> Vec<Order> {
        if matches!(self.phase, BatchPhase::Logging { .. }) {
            // An answer of the log is not waited for any more.
            self.run();
        }
        self.withdraw(|_| true, &KillOutcome::Refused(RefusalReason::Stopped));
        self.after(now, Vec::new())
    }

    /// The program ends: begins no more, and what is in flight stays unknown.
    pub fn abandon(&mut self, fault: &RequestError, now: Now) -> Vec<Order> {
        match self.phase {
            BatchPhase::Running => {}
            // The log's reply is no longer waited for.
            BatchPhase::Logging { .. } => self.run(),
            BatchPhase::Asking | BatchPhase::Grace(_) | BatchPhase::TakenBack(_) => return Vec::new(),
        }
        self.withdraw(|_| true, &KillOutcome::Refused(RefusalReason::Stopped));
        for place in 0..self.tasks.len() {
            let Some(task) = self.tasks.get_mut(place) else {
                continue;
            };
            if task.is_in_flight() {
                let was_told = task.outcome().is_some();
                task.abandon(fault);
                self.fresh.extend((!was_told).then_some(place));
            }
        }
        self.after(now, Vec::new())
    }

    /// Hears what happened and says what is to be done.
    pub fn on_event(&mut self, event: KillEvent, now: Now) -> Vec<Order> {
        let mut orders = Vec::new();
        match event {
            KillEvent::Seen(ticket, reply) => self.on_reply(ticket, reply.into(), now, &mut orders),
            KillEvent::Missing(ticket, absence) => {
                self.on_reply(ticket, SessionReply::Missing(absence), now, &mut orders);
            }
            KillEvent::Surveyed(ticket, reply) => self.surveyed(ticket, reply, now),
            KillEvent::Deleted(ticket, answer) => self.deleted(ticket, answer, now),
            KillEvent::Relisted(ticket, answer) => self.on_list_reply(ticket, &answer, now),
            KillEvent::Logged(ticket, answer) => self.logged(ticket, answer),
            KillEvent::Listed(snapshot) => self.on_list(&snapshot, now),
            KillEvent::SeveralProxies(endpoint) => self.several_proxies(endpoint),
            KillEvent::Clock => {}
        }
        self.after(now, orders)
    }

    /// When it next has to hear the time.
    pub fn wake_at(&self) -> Option<Duration> {
        match &self.phase {
            BatchPhase::Grace(grace) => Some(grace.wake_at()),
            BatchPhase::Logging { since } => Some(*since + LOG_TIMEOUT),
            BatchPhase::Asking | BatchPhase::Running => {
                let alarms = self.scheduler.values().filter_map(RequestScheduler::wake_at);
                let surveys = self.survey_at.values().map(|(at, _)| *at);
                alarms
                    .chain(self.relist_at.values().copied())
                    .chain(surveys)
                    .min()
            }
            BatchPhase::TakenBack(_) => None,
        }
    }

    /// Leaves those alone of whom nothing was sent.
    fn withdraw(&mut self, whom: impl Fn(&KillTask) -> bool, outcome: &KillOutcome) {
        // Before that, `run` collects the outcomes.
        let counts = matches!(self.phase, BatchPhase::Running);
        for (place, task) in (0..).zip(&mut self.tasks) {
            let is_meant = !task.is_removed() && whom(task);
            if is_meant && task.withdraw(outcome.clone()) && counts {
                self.fresh.push(place);
            }
        }
    }

    fn with_traffic(&mut self, place: usize, change: impl FnOnce(&mut RequestScheduler)) {
        let endpoint = self.tasks.get(place).map(|a| a.victim.identity.endpoint);
        if let Some(scheduler) = endpoint.and_then(|endpoint| self.scheduler.get_mut(&endpoint)) {
            change(scheduler);
        }
    }
}
