//! The list lane: process start, then list, at the pace that the proxy can bear.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

use super::pace::Pace;
use super::{PollSettings, Schedule};
use crate::app::msg::Msg;
use crate::model::{Census, Change, Dialect, Fault, Instance, ProcessStart, Snapshot};
use crate::shell::client::{Client, List, off_thread};

/// What other lanes hear of a list.
pub(super) struct Heard {
    /// The process that answered.
    pub(super) process: watch::Sender<Option<ProcessStart>>,
    /// The last good list.
    pub(super) listed: watch::Sender<Option<Arc<Snapshot>>>,
}

pub(super) struct ListLane {
    client: Client,
    pace: Pace,
    schedule: watch::Receiver<Schedule>,
    /// How many refreshes had been asked for when the last cycle began.
    refreshes: u64,
    relists: u64,
    heard: Heard,
    out: mpsc::UnboundedSender<Msg>,
    spoken: Option<Dialect>,
    number: u64,
    /// The last good list.
    before: Option<Arc<Snapshot>>,
}

/// What the next cycle waits for.
enum Rest {
    /// The interval since the start of a good one, whatever the interval becomes meanwhile.
    Interval { started: Instant, cost: Duration },
    /// A moment: the next try after a fault.
    Until(Instant),
}

/// The lane has nobody left to work for.
struct Over;

impl ListLane {
    pub(super) fn new(
        client: Client,
        settings: &PollSettings,
        schedule: watch::Receiver<Schedule>,
        heard: Heard,
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
        }
    }

    pub(super) async fn run(mut self) {
        while self.turn().await.is_ok() {}
    }

    /// One list, and the rest after it.
    async fn turn(&mut self) -> Result<(), Over> {
        let started = Instant::now();
        self.take_schedule();
        // Only here are refused credentials tried again: once a minute, or when somebody asks for it.
        self.client.retry_access();
        let rest = match self.cycle().await {
            Ok(mut snapshot) => {
                self.pace.recovered();
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
        self.rest(&rest).await
    }

    /// Waits until the next cycle is due, or somebody wants it now.
    async fn rest(&mut self, rest: &Rest) -> Result<(), Over> {
        loop {
            let due = match rest {
                Rest::Interval { started, cost } => *started + self.pace.period(*cost),
                Rest::Until(due) => *due,
            };
            tokio::select! {
                () = sleep_until(due) => return Ok(()),
                changed = self.schedule.changed() => changed.map_err(|_| Over)?,
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

    async fn cycle(&mut self) -> Result<Snapshot, Fault> {
        let was_draft = self.client.dialect() == Some(Dialect::Draft);
        let (mut instance, mut list) = self.look().await?;
        if was_draft && list.dialect == Dialect::JsonApi {
            // The draft was not asked for its process; this one can tell.
            (instance, list) = self.look().await?;
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
                snapshot.change = Change::between(&before, &snapshot);
            }
            snapshot.census = Census::of(&snapshot.sessions);
            Arc::new(snapshot)
        };
        let snapshot = off_thread(count).await;
        self.before = Some(Arc::clone(&snapshot));
        self.heard.listed.send_replace(Some(Arc::clone(&snapshot)));
        snapshot
    }

    /// The process start, and then the list: whatever the process was before, the rows are those
    /// of the one that was read last.
    async fn look(&mut self) -> Result<(Option<Instance>, List), Fault> {
        let instance = match self.client.instance().await {
            Ok(instance) => instance,
            // The endpoint is there and cannot tell: the list may be good all the same.
            Err(
                Fault::Status { .. }
                | Fault::Unclear404
                | Fault::Encoded(_)
                | Fault::NotJson(_)
                | Fault::Malformed(_),
            ) => None,
            Err(fault) => return Err(fault),
        };
        let process = instance.as_ref().and_then(|instance| instance.process.clone());
        self.heard.process.send_replace(process);
        let list = self.client.polled().await?;
        Ok((instance, list))
    }

    async fn report(&mut self, snapshot: Snapshot) -> Result<(), Over> {
        if self.spoken.replace(snapshot.dialect) != Some(snapshot.dialect) {
            self.send(Msg::Spoke(snapshot.endpoint, snapshot.dialect))?;
        }
        let snapshot = self.counted(snapshot).await;
        self.send(Msg::Listed(snapshot))
    }

    fn send(&self, msg: Msg) -> Result<(), Over> {
        self.out.send(msg).map_err(|_| Over)
    }
}
