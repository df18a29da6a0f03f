//! The kills of one confirmation, from the dialog to the last outcome (docs/kill-protocol.md): confirm,
//! wait for the grace period, log the intents, check, DELETE, follow up, log the outcomes.
//!
//! Owns the [`KillTask`]s, takes [`KillEvent`]s and returns [`Order`]s. A DELETE is ordered only for a
//! task that was confirmed, whose intent is logged and whose check has just passed.

mod choices;
mod dispatch;
mod lists;
mod log;
mod replies;
mod stop;
mod surveys;
mod tasks;
mod texts;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use self::lists::ArrivedList;
pub(crate) use self::tasks::TaskCounts;
use self::tasks::{Selected, Tasks};
pub(crate) use self::texts::TaskTexts;
use super::event::{KillEvent, Order, Ticket};
use super::grace::Grace;
use super::request_scheduler::RequestScheduler;
use super::task::{KillTask, SessionReply};
use super::{Rules, Tally, Victim};
use crate::model::{EndpointId, Now, RequestError, ServerReports, Text, counted};

/// Maximum number of victims that are checked one by one. For more, one fresh list is the first check.
pub(super) const MAX_SINGLE_CHECKS: usize = 16;
/// Maximum time to wait until the intents are in the audit log.
const LOG_TIMEOUT: Duration = Duration::from_secs(2);

/// The phase of a batch.
#[derive(Clone, Debug)]
enum BatchPhase {
    /// Waiting for the user's confirmation.
    Unconfirmed,
    /// In the grace period; can be canceled.
    Grace(Grace),
    /// Writing the intents.
    Logging { since: Now },
    /// In progress or finished.
    Running,
    /// Canceled in the grace period, with the reason.
    Canceled(&'static str),
}

/// The kills of one confirmation.
#[derive(Clone, Debug)]
pub(crate) struct KillBatch {
    tasks: Tasks,
    /// Reason that the user gave, if any.
    reason: Option<Text>,
    rules: Rules,
    phase: BatchPhase,
    scheduler: BTreeMap<EndpointId, RequestScheduler>,
    /// Ticket of the batch's own last request: for a list, a survey or the log.
    ticket: Ticket,
    /// Lists and log entries that the batch waits for.
    waits_for: BTreeMap<Ticket, EndpointId>,
    /// Lists that have arrived, and are compared with the victims step by step.
    arrived: BTreeMap<EndpointId, ArrivedList>,
    relist_at: BTreeMap<EndpointId, Duration>,
    /// Endpoints where several proxies reply.
    several: BTreeSet<EndpointId>,
    /// The surveys in progress.
    surveys: BTreeMap<Ticket, EndpointId>,
    /// When a survey that failed is repeated, and why it failed.
    survey_at: BTreeMap<EndpointId, (Duration, RequestError)>,
    /// Incremented when the set of victims changes, so that a key confirms only the dialog that was on
    /// the screen.
    revision: u32,
    /// Tasks with a new outcome that is not logged yet, by index.
    fresh: Vec<usize>,
    /// Tasks with a new outcome that the caller has not fetched yet, by index.
    news: Vec<usize>,
    /// Number of tasks at the start of the list that are finished.
    over: usize,
    /// Whether the summary was reported.
    summed_up: bool,
    /// Number of sessions that were confirmed.
    confirmed: usize,
}

/// Returns how many numbers a batch uses: one for each victim and one for itself.
pub(crate) fn numbers(victims: usize) -> u32 {
    u32::try_from(victims).unwrap_or(u32::MAX).saturating_add(1)
}

impl KillBatch {
    /// Sets the latest reports of the servers of an endpoint.
    pub(crate) fn set_reports(&mut self, endpoint: EndpointId, reports: Arc<ServerReports>) {
        self.rules.reports.insert(endpoint, reports);
    }

    /// Starts a batch and orders its first checks. `number` is the first of [`numbers`] numbers of this
    /// run.
    pub(crate) fn open(number: u32, victims: Vec<Victim>, rules: Rules) -> (Self, Vec<Order>) {
        let numbered = (number.saturating_add(1)..).zip(victims);
        let tasks: Vec<_> = numbered
            .map(|(number, victim)| KillTask::new(number, victim))
            .collect();
        let mut batch = Self {
            scheduler: BTreeMap::new(),
            reason: None,
            rules,
            phase: BatchPhase::Unconfirmed,
            ticket: Ticket::before_first(number),
            waits_for: BTreeMap::new(),
            arrived: BTreeMap::new(),
            relist_at: BTreeMap::new(),
            several: BTreeSet::new(),
            surveys: BTreeMap::new(),
            survey_at: BTreeMap::new(),
            revision: 0,
            fresh: Vec::new(),
            news: Vec::new(),
            over: 0,
            summed_up: false,
            confirmed: 0,
            tasks: Tasks::new(tasks),
        };
        for task in batch.tasks.iter() {
            batch.scheduler.entry(task.victim.identity.endpoint).or_default();
        }
        let mut orders = Vec::new();
        if batch.tasks.len() > MAX_SINGLE_CHECKS {
            let endpoints: Vec<_> = batch.scheduler.keys().copied().collect();
            for endpoint in endpoints {
                batch.request_list(endpoint, &mut orders);
            }
        } else {
            for index in 0..batch.tasks.len() {
                if batch.tasks.get(index).is_some_and(KillTask::is_undecided) {
                    batch.with_scheduler(index, |scheduler| scheduler.queue_check(index));
                }
            }
        }
        batch.survey_all(&mut orders);
        batch.send(&mut orders);
        (batch, orders)
    }

    /// Returns the tasks, in the order of the victims.
    pub(crate) fn tasks(&self) -> &[KillTask] {
        &self.tasks
    }

    /// Returns counts of the tasks.
    pub(crate) fn counts(&self) -> &TaskCounts {
        self.tasks.counts()
    }

    /// Checks that the counts and texts that are kept are those of the tasks.
    #[cfg(test)]
    pub(crate) fn check_counts(&self) {
        let new = Tasks::new(self.tasks.to_vec());
        assert_eq!((self.counts(), self.texts()), (new.counts(), new.texts()));
    }

    /// Returns the indexes of each block of tasks, and a number that differs after a change of one of them.
    pub(crate) fn block_versions(&self) -> impl Iterator<Item = (Range<usize>, u64)> {
        self.tasks.block_versions()
    }

    /// Returns texts about all victims.
    pub(crate) fn texts(&self) -> &TaskTexts {
        self.tasks.texts()
    }

    /// Returns a number that differs after a change of a task.
    pub(crate) const fn version(&self) -> u64 {
        self.tasks.version()
    }

    /// Returns the first number of the batch.
    pub(crate) const fn number(&self) -> u32 {
        self.ticket.number()
    }

    /// Whether a reply with this ticket belongs to the batch.
    pub(crate) fn owns(&self, ticket: Ticket) -> bool {
        let first = self.number();
        let numbers = numbers(self.tasks.len());
        (first..first.saturating_add(numbers)).contains(&ticket.number())
    }

    /// Counts the tasks by state.
    pub(crate) fn tally(&self) -> &Tally {
        &self.counts().tally
    }

    /// Returns how many of the confirmed sessions have an outcome, and how many were confirmed.
    pub(crate) fn progress(&self) -> (usize, usize) {
        let tally = self.tally();
        let total = self.confirmed.min(tally.total());
        // The others had an outcome before.
        (tally.finished().saturating_sub(tally.total() - total), total)
    }

    /// Returns `17 bob@10.0.0.9` for one victim, with its endpoint if there are others. Otherwise their number.
    pub(crate) fn describe_victims(&self) -> String {
        let selected = self.selected();
        let first = selected.first.and_then(|index| self.tasks.get(index));
        match first.filter(|_| selected.count == 1) {
            Some(one) => one.victim.name_with_endpoint(),
            None => counted(selected.count, "session"),
        }
    }

    /// Returns the number of victims: before the first DELETE those that were confirmed.
    pub(crate) fn victim_count(&self) -> usize {
        self.selected().count
    }

    fn selected(&self) -> Selected {
        let is_before = matches!(
            self.phase,
            BatchPhase::Grace(_) | BatchPhase::Logging { .. } | BatchPhase::Canceled(_)
        );
        let counts = self.counts();
        if is_before { counts.queued } else { counts.kept }
    }

    /// Returns a ticket for the current dialog if Yes can be enabled: all first checks are done and at
    /// least one victim can be killed.
    pub(crate) fn open_dialog_ticket(&self) -> Option<Ticket> {
        let question = Ticket(Ticket::before_first(self.number()).0 + u64::from(self.revision));
        (self.is_decided() && self.confirmable() > 0).then_some(question)
    }

    fn is_decided(&self) -> bool {
        matches!(self.phase, BatchPhase::Unconfirmed)
            && self.waits_for.is_empty()
            && self.arrived.is_empty()
            && !self.counts().is_undecided
            && !self.waits_for_survey()
    }

    /// Returns how many sessions Yes would kill.
    pub(crate) fn confirmable(&self) -> usize {
        self.counts().confirmable.values().sum()
    }

    /// Handles the user's Yes. Nothing is sent before the grace period has passed and the intents are
    /// logged. If no victim can be killed any more, the refusals are logged.
    pub(crate) fn confirm(&mut self, reason: Option<Text>, grace: Duration, now: Now) -> Vec<Order> {
        if !self.is_decided() {
            return Vec::new();
        }
        self.reason = reason;
        if self.confirmable() == 0 {
            self.run();
            return self.after(now, Vec::new());
        }
        self.confirmed = self.confirmable();
        for task in self.tasks.iter_mut() {
            task.confirm();
        }
        // These are first checks. The checks before the DELETEs are queued after the intents are logged.
        self.scheduler
            .values_mut()
            .for_each(RequestScheduler::clear_checks);
        self.phase = BatchPhase::Grace(Grace::new(grace, now));
        self.on_event(KillEvent::Clock, now)
    }

    /// Returns the grace period. `None` outside it.
    pub(crate) const fn grace(&self) -> Option<&Grace> {
        if let BatchPhase::Grace(grace) = &self.phase {
            Some(grace)
        } else {
            None
        }
    }

    /// Cancels the batch if it is in its grace period. Returns `true` if it was canceled.
    pub(crate) fn cancel(&mut self, why: &'static str) -> bool {
        let may = matches!(self.phase, BatchPhase::Grace(_));
        if may {
            self.phase = BatchPhase::Canceled(why);
        }
        may
    }

    /// Returns why the batch was canceled. `None` if it was not.
    pub(crate) const fn cancel_reason(&self) -> Option<&'static str> {
        if let BatchPhase::Canceled(why) = self.phase {
            Some(why)
        } else {
            None
        }
    }

    /// Whether the batch still sends anything but follow-ups.
    pub(crate) fn is_busy(&self) -> bool {
        match self.phase {
            BatchPhase::Unconfirmed | BatchPhase::Canceled(_) => false,
            BatchPhase::Grace(_) | BatchPhase::Logging { .. } => true,
            BatchPhase::Running => self.tally().left() > 0,
        }
    }

    /// Whether all outcomes are final.
    pub(crate) fn is_finished(&self) -> bool {
        match self.phase {
            BatchPhase::Canceled(_) => true,
            BatchPhase::Running => self.over == self.tasks.len(),
            _ => false,
        }
    }

    /// Whether every victim has an outcome, and no DELETE or KILL can follow. An unknown outcome may still become
    /// known, and statements may still run.
    pub(crate) fn has_sent_everything(&self) -> bool {
        match self.phase {
            BatchPhase::Canceled(_) => true,
            BatchPhase::Running => {
                let may_end_statements = self.kills_statements()
                    && self.is_in_flight()
                    && self.tasks.iter().any(KillTask::may_end_statements);
                self.tally().finished() == self.tally().total() && !may_end_statements
            }
            _ => false,
        }
    }

    /// Returns `true` once, when all tasks have an outcome. An unknown outcome may still become known
    /// later.
    pub(crate) fn sums_up(&mut self) -> bool {
        let tally = self.tally();
        tally.finished() == tally.total() && !std::mem::replace(&mut self.summed_up, true)
    }

    /// Whether a DELETE is in flight or its result is unknown.
    pub(crate) fn is_in_flight(&self) -> bool {
        self.counts().is_in_flight
    }

    /// Returns the tasks whose outcome is new since the last call, by index.
    pub(crate) fn take_news(&mut self) -> Vec<usize> {
        std::mem::take(&mut self.news)
    }

    /// Handles an event and returns the orders.
    pub(crate) fn on_event(&mut self, event: KillEvent, now: Now) -> Vec<Order> {
        let mut orders = Vec::new();
        match event {
            KillEvent::Seen(ticket, reply) => self.on_reply(ticket, reply.into(), now, &mut orders),
            KillEvent::Missing(ticket, absence) => {
                self.on_reply(ticket, SessionReply::Missing(absence), now, &mut orders);
            }
            KillEvent::Surveyed(ticket, reply) => self.surveyed(ticket, reply, now),
            KillEvent::Deleted(ticket, answer) => self.deleted(ticket, answer, now, &mut orders),
            KillEvent::Relisted(ticket, answer) => self.on_list_reply(ticket, answer),
            KillEvent::Logged(ticket, answer) if ticket.number() != self.number() => {
                self.statements_logged(ticket, &answer, now, &mut orders);
            }
            KillEvent::Logged(ticket, answer) => self.logged(ticket, answer, now),
            KillEvent::ThreadsRead(ticket, readings) => self.threads_read(ticket, readings, now, &mut orders),
            KillEvent::LocksRead(ticket, reading) => self.locks_read(ticket, reading, now, &mut orders),
            KillEvent::StatementEnded(ticket, index, reply) => {
                self.statement_ended(ticket, index, reply, now, &mut orders);
            }
            KillEvent::Listed(snapshot) => self.on_list(&snapshot, now),
            KillEvent::SeveralProxies(endpoint) => self.several_proxies(endpoint),
            KillEvent::Clock => {}
        }
        self.after(now, orders)
    }

    /// Returns the time at which the batch needs the next [`KillEvent::Clock`].
    pub(crate) fn wake_at(&self) -> Option<Duration> {
        match &self.phase {
            BatchPhase::Grace(grace) => Some(grace.wake_at()),
            BatchPhase::Logging { since } => Some(since.elapsed + LOG_TIMEOUT),
            BatchPhase::Unconfirmed | BatchPhase::Running => {
                let alarms = self.scheduler.values().filter_map(RequestScheduler::wake_at);
                let surveys = self.survey_at.values().map(|(at, _)| *at);
                let at_once = (!self.arrived.is_empty()).then_some(Duration::ZERO);
                alarms
                    .chain(at_once)
                    .chain(self.relist_at.values().copied())
                    .chain(surveys)
                    .min()
            }
            BatchPhase::Canceled(_) => None,
        }
    }

    fn with_scheduler(&mut self, index: usize, change: impl FnOnce(&mut RequestScheduler)) {
        let endpoint = self.tasks.get(index).map(|a| a.victim.identity.endpoint);
        if let Some(scheduler) = endpoint.and_then(|endpoint| self.scheduler.get_mut(&endpoint)) {
            change(scheduler);
        }
    }
}
