//! List task: gets the process start, then the list, as often as the duty allows.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

use super::decode_limit::DecodeLimit;
use super::schedule::Pace;
use super::two_speed::TwoSpeed;
use super::{PollSchedule, PollSettings, ReceiverClosed};
use crate::app::msg::Msg;
use crate::client::{Client, off_thread};
use crate::model::{
    Continuity, Dialect, Instance, ListDiff, ListStats, ProcessHistory, ProcessStart, RequestError,
    SessionId, Snapshot, contradicts_process,
};

/// In one of this many cycles the process start is read twice. A load balancer that alternates would
/// otherwise give the process start of one proxy and the list of another one in every cycle.
const CYCLES_PER_REPEATED_READ: u64 = 8;
/// Maximum number of reads of the process start in one cycle, if it changes.
const MAX_READS: u32 = 3;

/// Results of a list for the other tasks.
pub(super) struct ListOutputs {
    /// The process that replied.
    pub(super) process: watch::Sender<Option<ProcessStart>>,
    /// The last successful snapshot.
    pub(super) listed: watch::Sender<Option<Arc<Snapshot>>>,
}

/// Input of the decision whether rows are read one by one.
pub(super) struct RowFacts {
    /// Sessions on the screen, then stuck ones.
    pub(super) shown: watch::Receiver<Vec<SessionId>>,
    /// Typical response time of one session.
    pub(super) cost: watch::Receiver<Duration>,
}

pub(super) struct ListPoller {
    client: Client,
    pace: Pace,
    duty: f64,
    decode_limit: Arc<DecodeLimit>,
    schedule: watch::Receiver<PollSchedule>,
    /// Number of refreshes requested when the last cycle began.
    refreshes: u64,
    relists: u64,
    outputs: ListOutputs,
    rows: RowFacts,
    out: mpsc::UnboundedSender<Msg>,
    /// The dialect that was reported last.
    dialect: Option<Dialect>,
    number: u64,
    /// The last successful snapshot.
    before: Option<Arc<Snapshot>>,
    /// The process starts read until now.
    history: ProcessHistory,
    /// Whether the last list was requested again, because its process start was that of the process before. Not done
    /// twice in a row: proxies behind a balancer can show it in each list.
    is_repeated: bool,
    /// Start of this task, from which the history measures time.
    began: Instant,
    /// Whether the process start has switched back in this cycle.
    switched: bool,
}

/// When the next cycle starts.
enum NextCycle {
    /// One interval after the start of a successful cycle. Follows later changes of the interval.
    Interval {
        started: Instant,
        cost: Duration,
        /// Minimum interval, if rows are read one by one or decoding takes long.
        least: Duration,
    },
    /// At this time: the next try after an error.
    Until(Instant),
}

impl ListPoller {
    pub(super) fn new(
        client: Client,
        settings: &PollSettings,
        (schedule, decode_limit): (watch::Receiver<PollSchedule>, Arc<DecodeLimit>),
        outputs: ListOutputs,
        rows: RowFacts,
        out: mpsc::UnboundedSender<Msg>,
    ) -> Self {
        Self {
            client,
            pace: Pace::new(settings.interval, settings.duty),
            duty: settings.duty,
            decode_limit,
            schedule,
            refreshes: 0,
            relists: 0,
            outputs,
            rows,
            out,
            dialect: None,
            number: 0,
            before: None,
            history: ProcessHistory::default(),
            is_repeated: false,
            began: Instant::now(),
            switched: false,
        }
    }

    pub(super) async fn run(mut self) {
        while self.run_cycle().await.is_ok() {}
    }

    /// Runs one cycle, and waits for the next.
    async fn run_cycle(&mut self) -> Result<(), ReceiverClosed> {
        let started = Instant::now();
        self.take_schedule();
        // Only here are rejected credentials tried again: once a minute, or when the user requests it.
        self.client.retry_access();
        let outcome = self.cycle().await;
        self.client.log_poll(&outcome);
        if std::mem::take(&mut self.switched) {
            log::warn!(target: "poll", "{}: several proxies answer at this address", self.client.url());
            self.send(Msg::SeveralProxies(self.client.endpoint()))?;
        }
        let rest = match outcome {
            Ok(mut snapshot) => {
                self.pace.on_success();
                let cost = snapshot.cost;
                let two_speed = self.two_speed(&snapshot);
                let by_rows = two_speed.map_or(Duration::ZERO, |plan| plan.lists);
                let by_decoding = self
                    .decode_limit
                    .least_interval(snapshot.endpoint, snapshot.decode_time);
                let least = by_rows.max(by_decoding);
                snapshot.least_interval = self.pace.least_interval(cost).max(least);
                snapshot.rows.interval = two_speed.map(|plan| plan.rows);
                self.report(snapshot).await?;
                NextCycle::Interval { started, cost, least }
            }
            Err(fault) => {
                let retry_in = self.pace.back_off(&fault, fastrand::f64());
                let endpoint = self.client.endpoint();
                self.decode_limit.forget(endpoint);
                self.send(Msg::ListFailed {
                    endpoint,
                    fault,
                    retry_in,
                })?;
                NextCycle::Until(Instant::now() + retry_in)
            }
        };
        self.wait(&rest).await
    }

    /// Waits until the next cycle is due or requested.
    async fn wait(&mut self, next: &NextCycle) -> Result<(), ReceiverClosed> {
        loop {
            let due = match next {
                NextCycle::Interval { started, cost, least } => {
                    *started + self.pace.period(*cost).max(*least)
                }
                NextCycle::Until(due) => *due,
            };
            tokio::select! {
                () = sleep_until(due) => return Ok(()),
                changed = self.schedule.changed() => changed?,
            }
            let (refreshes, relists) = (self.refreshes, self.relists);
            self.take_schedule();
            // After an error only the user can shorten the wait.
            let is_good = matches!(next, NextCycle::Interval { .. });
            if self.refreshes != refreshes || (is_good && self.relists != relists) {
                return Ok(());
            }
        }
    }

    /// Returns the intervals of lists and rows, if rows are read one by one after this list.
    fn two_speed(&self, snapshot: &Snapshot) -> Option<TwoSpeed> {
        let rows = self.rows.shown.borrow().len();
        let interval = self.schedule.borrow().interval;
        TwoSpeed::of(snapshot, interval, self.duty, rows, *self.rows.cost.borrow())
    }

    fn take_schedule(&mut self) {
        let schedule = *self.schedule.borrow_and_update();
        self.pace.set_interval(schedule.interval);
        self.refreshes = schedule.refreshes;
        self.relists = schedule.relists;
    }

    async fn cycle(&mut self) -> Result<Snapshot, RequestError> {
        let was_draft = self.client.dialect() == Some(Dialect::Draft);
        let mut snapshot = self.poll().await?;
        if was_draft && snapshot.dialect == Dialect::JsonApi {
            // No process was requested of the draft, but this dialect reports it.
            snapshot = self.poll().await?;
        }
        let contradicts = |before: &Arc<Snapshot>| contradicts_process(before, &snapshot);
        self.is_repeated = !self.is_repeated && self.before.as_ref().is_some_and(contradicts);
        if self.is_repeated {
            snapshot = self.poll().await?;
        }
        self.number = snapshot.number;
        Ok(snapshot)
    }

    /// Computes the statistics of the list and its difference to the previous snapshot. Takes time for
    /// 100,000 rows, so it runs on another thread.
    async fn counted(&mut self, mut snapshot: Snapshot) -> Arc<Snapshot> {
        let before = self.before.take();
        let count = move || {
            if let Some(before) = before {
                snapshot.change = ListDiff::between(&before, &snapshot);
            }
            snapshot.stats = ListStats::of(&snapshot.sessions);
            Arc::new(snapshot)
        };
        let snapshot = off_thread(count).await;
        self.before = Some(Arc::clone(&snapshot));
        self.outputs.listed.send_replace(Some(Arc::clone(&snapshot)));
        snapshot
    }

    /// Gets the process start, and then the list. Rows belong to the process that was read last before
    /// them.
    async fn poll(&mut self) -> Result<Snapshot, RequestError> {
        let instance = self.instance().await?;
        let process = instance.as_ref().and_then(|instance| instance.process.clone());
        self.outputs.process.send_replace(process);
        let (number, previous) = (self.number + 1, self.before.as_ref());
        self.client.snapshot_of(instance, number, previous).await
    }

    /// Gets the process of the proxy. A process start that has changed is read again at once: if it
    /// changes back, several proxies reply.
    async fn instance(&mut self) -> Result<Option<Instance>, RequestError> {
        let is_read_twice = self.number % CYCLES_PER_REPEATED_READ == 1;
        let mut reads = 0;
        loop {
            let probed = self.client.take_probed();
            let instance = match probed {
                Some(instance) => Some(instance),
                None => self.client.optional_instance().await?,
            };
            let Some(instance) = instance else {
                return Ok(None);
            };
            reads += 1;
            let continuity = self.history.observe(&instance, self.began.elapsed());
            self.switched |= continuity == Continuity::SeveralProxies;
            let reads_again = match continuity {
                Continuity::Restarted => reads < MAX_READS,
                Continuity::Same => is_read_twice && reads == 1,
                Continuity::SeveralProxies => false,
            };
            if !reads_again {
                return Ok(Some(instance));
            }
        }
    }

    async fn report(&mut self, snapshot: Snapshot) -> Result<(), ReceiverClosed> {
        if self.dialect.replace(snapshot.dialect) != Some(snapshot.dialect) {
            self.send(Msg::DialectDetected(snapshot.endpoint, snapshot.dialect))?;
        }
        let snapshot = self.counted(snapshot).await;
        self.send(Msg::Listed(snapshot))
    }

    fn send(&self, msg: Msg) -> Result<(), ReceiverClosed> {
        Ok(self.out.send(msg)?)
    }
}
