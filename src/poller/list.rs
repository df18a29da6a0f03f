//! The list lane: process start, then list, at the pace that the proxy can bear.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

use super::schedule::Pace;
use super::{PollSchedule, PollSettings};
use crate::app::msg::Msg;
use crate::client::{Client, ListReply, off_thread};
use crate::model::{
    Continuity, Dialect, Instance, ListDiff, ListStats, ProcessHistory, ProcessStart, RequestError, Snapshot,
};

/// The process start is read twice in one of this many cycles. A balancer that takes turns would otherwise
/// give the process start of one proxy and the list of another one in every cycle.
const CYCLES_PER_SECOND_READ: u64 = 8;
/// Maximum number of reads of the process start in one cycle, where it changes.
const MAX_READS: u32 = 3;

/// What other lanes hear of a list.
pub(super) struct ListOutputs {
    /// The process that answered.
    pub(super) process: watch::Sender<Option<ProcessStart>>,
    /// The last good list.
    pub(super) listed: watch::Sender<Option<Arc<Snapshot>>>,
}

pub(super) struct ListPoller {
    client: Client,
    pace: Pace,
    schedule: watch::Receiver<PollSchedule>,
    /// How many refreshes had been asked for when the last cycle began.
    refreshes: u64,
    relists: u64,
    heard: ListOutputs,
    out: mpsc::UnboundedSender<Msg>,
    spoken: Option<Dialect>,
    number: u64,
    /// The last good list.
    before: Option<Arc<Snapshot>>,
    /// The process starts read so far.
    history: ProcessHistory,
    /// When this lane began: the zero of the history's clock.
    began: Instant,
    /// The process start has switched back in this cycle.
    switched: bool,
}

/// What the next cycle waits for.
enum Rest {
    /// The interval since the start of a good one, whatever the interval becomes meanwhile.
    Interval { started: Instant, cost: Duration },
    /// A moment: the next try after a fault.
    Until(Instant),
}

/// The lane has nobody left to work for.
struct ReceiverClosed;

impl ListPoller {
    pub(super) fn new(
        client: Client,
        settings: &PollSettings,
        schedule: watch::Receiver<PollSchedule>,
        heard: ListOutputs,
        out: mpsc::UnboundedSender<Msg>,
    ) -> Self {
        Self {
            client,
            pace: Pace::new(settings.interval, settings.duty),
            schedule,
            refreshes: 0,
            relists: 0,
            heard,
            out,
            spoken: None,
            number: 0,
            before: None,
            history: ProcessHistory::default(),
            began: Instant::now(),
            switched: false,
        }
    }

    pub(super) async fn run(mut self) {
        while self.run_cycle().await.is_ok() {}
    }

    /// One list, and the rest after it.
    async fn run_cycle(&mut self) -> Result<(), ReceiverClosed> {
        let started = Instant::now();
        self.take_schedule();
        // Only here are refused credentials tried again: once a minute, or when somebody asks for it.
        self.client.retry_access();
        let outcome = self.cycle().await;
        if std::mem::take(&mut self.switched) {
            self.send(Msg::SeveralProxies(self.client.endpoint()))?;
        }
        let rest = match outcome {
            Ok(mut snapshot) => {
                self.pace.on_success();
                let cost = snapshot.cost;
                snapshot.least_interval = self.pace.least_interval(cost);
                self.report(snapshot).await?;
                Rest::Interval { started, cost }
            }
            Err(fault) => {
                let retry_in = self.pace.back_off(&fault, fastrand::f64());
                let endpoint = self.client.endpoint();
                self.send(Msg::ListFailed {
                    endpoint,
                    fault,
                    retry_in,
                })?;
                Rest::Until(Instant::now() + retry_in)
            }
        };
        self.wait(&rest).await
    }

    /// Waits until the next cycle is due, or somebody wants it now.
    async fn wait(&mut self, rest: &Rest) -> Result<(), ReceiverClosed> {
        loop {
            let due = match rest {
                Rest::Interval { started, cost } => *started + self.pace.period(*cost),
                Rest::Until(due) => *due,
            };
            tokio::select! {
                () = sleep_until(due) => return Ok(()),
                changed = self.schedule.changed() => changed.map_err(|_| ReceiverClosed)?,
            }
            let (refreshes, relists) = (self.refreshes, self.relists);
            self.take_schedule();
            // After a fault nobody but a person makes the wait shorter.
            let is_good = matches!(rest, Rest::Interval { .. });
            if self.refreshes != refreshes || (is_good && self.relists != relists) {
                return Ok(());
            }
        }
    }

    fn take_schedule(&mut self) {
        let schedule = *self.schedule.borrow_and_update();
        self.pace.set_interval(schedule.interval);
        self.refreshes = schedule.refreshes;
        self.relists = schedule.relists;
    }

    async fn cycle(&mut self) -> Result<Snapshot, RequestError> {
        let was_draft = self.client.dialect() == Some(Dialect::Draft);
        let (mut instance, mut list) = self.poll().await?;
        if was_draft && list.dialect == Dialect::JsonApi {
            // The draft was not asked for its process; this one can tell.
            (instance, list) = self.poll().await?;
        }
        self.number += 1;
        Ok(list.into_snapshot(self.client.endpoint(), instance, self.number))
    }

    /// The list with what it tells as a whole, and beside the one before it. Counting takes a while
    /// for 100,000 rows, and other endpoints share this thread.
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
        self.heard.listed.send_replace(Some(Arc::clone(&snapshot)));
        snapshot
    }

    /// The process start, and then the list: whatever the process was before, the rows are those
    /// of the one that was read last.
    async fn poll(&mut self) -> Result<(Option<Instance>, ListReply), RequestError> {
        let instance = self.instance().await?;
        let process = instance.as_ref().and_then(|instance| instance.process.clone());
        self.heard.process.send_replace(process);
        let list = self.client.poll_sessions().await?;
        Ok((instance, list))
    }

    /// The proxy that answers. A process start that has changed is read again at once: if it changes back,
    /// several proxies answer.
    async fn instance(&mut self) -> Result<Option<Instance>, RequestError> {
        let is_read_twice = self.number % CYCLES_PER_SECOND_READ == 1;
        let mut reads = 0;
        loop {
            let instance = match self.client.instance().await {
                Ok(instance) => instance,
                // The endpoint is there and cannot tell: the list may be good all the same.
                Err(
                    RequestError::Status { .. }
                    | RequestError::Unclear404
                    | RequestError::Encoded(_)
                    | RequestError::NotJson(_)
                    | RequestError::Malformed(_),
                ) => None,
                Err(fault) => return Err(fault),
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
        if self.spoken.replace(snapshot.dialect) != Some(snapshot.dialect) {
            self.send(Msg::Spoke(snapshot.endpoint, snapshot.dialect))?;
        }
        let snapshot = self.counted(snapshot).await;
        self.send(Msg::Listed(snapshot))
    }

    fn send(&self, msg: Msg) -> Result<(), ReceiverClosed> {
        self.out.send(msg).map_err(|_| ReceiverClosed)
    }
}
