//! Row task: reads the sessions on the screen and the stuck ones by their ids, while lists are expensive.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

use super::two_speed::{MAX_ROWS, USUAL_ROW_COST, row_share};
use super::{PollSchedule, PollSettings, ReceiverClosed};
use crate::app::msg::Msg;
use crate::client::{Client, off_thread};
use crate::model::{RequestError, RowRead, SessionId, Snapshot};

/// Time until the next round after a failed request.
const RETRY_DELAY: Duration = Duration::from_secs(2);

/// Maximum number of rows of a round that can all have ended.
const MAX_ALL_MISSING: usize = 2;

/// Inputs of the row task.
pub(super) struct RowInputs {
    pub(super) schedule: watch::Receiver<PollSchedule>,
    /// The last successful list.
    pub(super) listed: watch::Receiver<Option<Arc<Snapshot>>>,
    /// Sessions on the screen, then stuck ones.
    pub(super) shown: watch::Receiver<Vec<SessionId>>,
}

pub(super) struct RowPoller {
    client: Client,
    duty: f64,
    inputs: RowInputs,
    /// Typical response time of one session.
    cost: watch::Sender<Duration>,
    out: mpsc::UnboundedSender<Msg>,
    /// The last list with newer rows.
    merged: Option<Arc<Snapshot>>,
}

impl RowPoller {
    pub(super) const fn new(
        client: Client,
        settings: &PollSettings,
        inputs: RowInputs,
        cost: watch::Sender<Duration>,
        out: mpsc::UnboundedSender<Msg>,
    ) -> Self {
        Self {
            client,
            duty: settings.duty,
            inputs,
            cost,
            out,
            merged: None,
        }
    }

    pub(super) async fn run(mut self) {
        while self.run_round().await.is_ok() {}
    }

    /// Waits until rows are wanted, reads them, and sends the list with the newer rows.
    async fn run_round(&mut self) -> Result<(), ReceiverClosed> {
        let (list, interval) = self.wait().await?;
        let started = Instant::now();
        let ids = self.wanted();
        let mut reads = Vec::with_capacity(ids.len());
        let mut due = started + interval;
        for id in ids {
            let read_at = Instant::now();
            match self.client.session_row(id).await {
                Ok(session) => {
                    self.note_cost(read_at.elapsed());
                    reads.push(RowRead {
                        id,
                        taken_at: Timestamp::now(),
                        session: Some(session),
                    });
                }
                Err(RequestError::NotFound) => reads.push(RowRead {
                    id,
                    taken_at: Timestamp::now(),
                    session: None,
                }),
                // The list has the same error soon, and reports it.
                Err(_) => {
                    due = Instant::now() + RETRY_DELAY.max(interval);
                    break;
                }
            }
            if self.is_replaced(&list) {
                return Ok(());
            }
            sleep_until(read_at + self.row_period(&list, read_at.elapsed())).await;
        }
        if is_implausible(&reads) {
            // The next list decides.
            return self.sleep(due.max(Instant::now() + RETRY_DELAY)).await;
        }
        self.send(list, reads).await?;
        self.sleep(due).await
    }

    /// Waits for a list after which rows are read one by one. Returns it with the interval of the rows.
    async fn wait(&mut self) -> Result<(Arc<Snapshot>, Duration), ReceiverClosed> {
        loop {
            let listed = self.inputs.listed.borrow_and_update().clone();
            let has_rows = !self.inputs.shown.borrow_and_update().is_empty();
            if let Some(list) = listed.filter(|_| has_rows)
                && let Some(interval) = list.rows.interval
            {
                return Ok((list, interval.min(self.inputs.schedule.borrow().interval)));
            }
            self.merged = None;
            tokio::select! {
                changed = self.inputs.listed.changed() => {
                    changed?;
                    self.forget_cost();
                }
                changed = self.inputs.shown.changed() => changed?,
                () = self.out.closed() => return Err(ReceiverClosed),
            }
        }
    }

    async fn sleep(&self, due: Instant) -> Result<(), ReceiverClosed> {
        tokio::select! {
            () = sleep_until(due) => Ok(()),
            () = self.out.closed() => Err(ReceiverClosed),
        }
    }

    /// Returns the sessions to read in this round.
    fn wanted(&self) -> Vec<SessionId> {
        let shown = self.inputs.shown.borrow();
        shown.iter().copied().take(MAX_ROWS).collect()
    }

    fn note_cost(&self, cost: Duration) {
        self.cost.send_modify(|usual| *usual = (*usual * 7 + cost) / 8);
    }

    /// Brings the cost a little nearer to the usual one, so that rows are tried again after an overload.
    fn forget_cost(&self) {
        self.cost
            .send_modify(|cost| *cost = (*cost * 31 + USUAL_ROW_COST) / 32);
    }

    /// Whether a newer list has replaced the one that the rows belong to.
    fn is_replaced(&self, list: &Snapshot) -> bool {
        let latest = self.inputs.listed.borrow();
        latest.as_ref().is_some_and(|latest| latest.number != list.number)
    }

    /// Returns the time from the start of one request to the start of the next, within the duty that
    /// lists leave.
    fn row_period(&self, list: &Snapshot, cost: Duration) -> Duration {
        cost.div_f64(row_share(self.duty, list.cost, list.least_interval))
    }

    /// Sends the list with the newer rows of this and of earlier rounds.
    async fn send(&mut self, list: Arc<Snapshot>, reads: Vec<RowRead>) -> Result<(), ReceiverClosed> {
        if reads.is_empty() {
            return Ok(());
        }
        let before = self.merged.take().filter(|merged| merged.number == list.number);
        let base = before.unwrap_or(list);
        let merged = off_thread(move || Arc::new(base.with_rows(reads))).await;
        self.merged = Some(Arc::clone(&merged));
        Ok(self.out.send(Msg::RowsRead(merged))?)
    }
}

/// Whether none of several listed sessions was found. A proxy that does not answer single requests replies so, and all
/// rows would vanish.
fn is_implausible(reads: &[RowRead]) -> bool {
    reads.len() > MAX_ALL_MISSING && reads.iter().all(|read| read.session.is_none())
}

/// Returns the sender and the receiver of the typical response time of one session.
pub(super) fn row_cost() -> (watch::Sender<Duration>, watch::Receiver<Duration>) {
    watch::channel(USUAL_ROW_COST)
}
