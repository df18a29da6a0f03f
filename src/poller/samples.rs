//! Sample task: gets the connections of one session of the draft after another, because a list does not
//! contain them. Uses the share of the proxy's time that lists leave.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

use super::sample_schedule::SampleSchedule;
use super::schedule::Pace;
use super::{PollSchedule, PollSettings, ReceiverClosed};
use crate::app::msg::Msg;
use crate::client::Client;
use crate::diagnosis::ConnectionSample;
use crate::model::{Dialect, RequestError, SessionId, Snapshot};

/// Time for which samples are collected before they are sent. The screen needs them only with the next
/// list.
const BATCH_INTERVAL: Duration = Duration::from_millis(500);
/// Time until the next try if no session is due.
const IDLE_DELAY: Duration = Duration::from_millis(250);
/// Number of sessions that are sampled one after another, so that the program wakes twice a second and not
/// ten times. With several endpoints each takes one in its turn.
const BURST: u32 = 5;
/// Minimum share of the duty for samples, even if lists are expensive.
const MIN_SHARE: f64 = 0.1;

/// Limits all sample tasks together to 10 requests per second on average, for any number of endpoints.
#[derive(Debug)]
pub(crate) struct RateLimiter {
    /// Time from one sample to the next.
    gap: Duration,
    /// Whether there are several endpoints.
    is_shared: bool,
    next: Mutex<Option<Instant>>,
}

impl RateLimiter {
    /// Creates the limit for this many endpoints. Ten samples a second cost 0.1 % of a core.
    pub(crate) fn of(endpoints: usize) -> Self {
        Self {
            gap: Duration::from_millis(100),
            is_shared: endpoints > 1,
            next: Mutex::default(),
        }
    }

    /// Reserves the next free time for this many samples. Returns its start.
    fn reserve(&self, now: Instant, count: u32) -> Instant {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let mine = next.map_or(now, |next| next.max(now));
        *next = Some(mine + self.gap * count);
        mine
    }

    /// Returns the number of samples that one endpoint takes in a row.
    const fn burst(&self) -> u32 {
        if self.is_shared { 1 } else { BURST }
    }
}

pub(super) struct SamplePoller {
    client: Client,
    duty: f64,
    schedule: watch::Receiver<PollSchedule>,
    /// The last successful snapshot.
    listed: watch::Receiver<Option<Arc<Snapshot>>>,
    /// Sessions on the screen.
    shown: watch::Receiver<Vec<SessionId>>,
    out: mpsc::UnboundedSender<Msg>,
    sample_schedule: SampleSchedule,
    turns: Arc<RateLimiter>,
    /// Samples that were not sent yet, and the time of the first one.
    unsent: Vec<(SessionId, ConnectionSample)>,
    unsent_since: Instant,
}

impl SamplePoller {
    pub(super) fn new(
        client: Client,
        settings: &PollSettings,
        schedule: watch::Receiver<PollSchedule>,
        (listed, shown): (
            watch::Receiver<Option<Arc<Snapshot>>>,
            watch::Receiver<Vec<SessionId>>,
        ),
        turns: Arc<RateLimiter>,
        out: mpsc::UnboundedSender<Msg>,
    ) -> Self {
        Self {
            client,
            duty: settings.duty,
            schedule,
            listed,
            shown,
            out,
            sample_schedule: SampleSchedule::default(),
            turns,
            unsent: Vec::new(),
            unsent_since: Instant::now(),
        }
    }

    pub(super) async fn run(mut self) {
        let mut retry = Pace::new(Duration::from_secs(1), self.duty);
        let mut due = Instant::now();
        while let Ok(next) = self.run_cycle(due, &mut retry).await {
            due = next;
        }
    }

    /// Takes some samples once they are due. Returns when the next ones are due.
    async fn run_cycle(&mut self, due: Instant, retry: &mut Pace) -> Result<Instant, ReceiverClosed> {
        let snapshot = self.wait(due).await?;
        let now = Instant::now();
        let Some(first) = self.next_session(now, &snapshot) else {
            self.flush()?;
            return Ok(now + IDLE_DELAY);
        };
        let burst = self.turns.burst();
        sleep_until(self.turns.reserve(now, burst)).await;
        let began = Instant::now();
        let (mut id, mut taken) = (first, 0);
        let next = loop {
            taken += 1;
            if let Err(fault) = self.sample(id).await {
                self.report(&fault)?;
                break Instant::now() + retry.back_off(&fault, fastrand::f64());
            }
            retry.on_success();
            let following = (taken < burst).then(|| self.next_session(Instant::now(), &snapshot));
            match following.flatten() {
                Some(following) => id = following,
                None => break began + self.period(&snapshot, began.elapsed(), taken),
            }
        };
        if began.duration_since(self.unsent_since) >= BATCH_INTERVAL {
            self.flush()?;
        }
        Ok(next)
    }

    /// Returns the next session that is due. With several endpoints only sessions on the screen are sampled.
    fn next_session(&mut self, now: Instant, snapshot: &Snapshot) -> Option<SessionId> {
        let others = if self.turns.is_shared {
            &[]
        } else {
            snapshot.sessions.as_slice()
        };
        let shown = self.shown.borrow();
        self.sample_schedule.next(now, &shown, others)
    }

    /// Samples a session. That it has ended is not an error.
    async fn sample(&mut self, id: SessionId) -> Result<(), RequestError> {
        let now = Instant::now();
        let connections = match self.client.connections_of(id).await {
            Ok(connections) => connections,
            Err(RequestError::NotFound) => {
                self.sample_schedule.missed(id, now);
                return Ok(());
            }
            Err(fault) => {
                self.sample_schedule.failed(id, now);
                return Err(fault);
            }
        };
        let sample = self
            .sample_schedule
            .on_sample(id, &connections, now, Timestamp::now());
        if self.unsent.is_empty() {
            self.unsent_since = now;
        }
        self.unsent.push((id, sample));
        Ok(())
    }

    /// Waits until a sample is due and there is a snapshot of the draft. Drops all samples after a
    /// restart.
    async fn wait(&mut self, due: Instant) -> Result<Arc<Snapshot>, ReceiverClosed> {
        loop {
            if self.listed.has_changed()? {
                let listed = self.listed.borrow_and_update();
                if listed
                    .as_ref()
                    .is_some_and(|listed| listed.change.is_after_restart)
                {
                    self.sample_schedule.restart();
                    self.unsent.clear();
                }
            }
            let draft = self
                .listed
                .borrow()
                .clone()
                .filter(|listed| listed.dialect == Dialect::Draft);
            match draft {
                Some(snapshot) if Instant::now() >= due => return Ok(snapshot),
                draft => tokio::select! {
                    () = sleep_until(due), if draft.is_some() => {}
                    changed = self.listed.changed() => {
                        changed?;
                        self.listed.mark_changed();
                    }
                    () = self.out.closed() => return Err(ReceiverClosed),
                },
            }
        }
    }

    /// Sends what a failed request means: some connections are not read.
    fn report(&mut self, fault: &RequestError) -> Result<(), ReceiverClosed> {
        self.flush()?;
        let (endpoint, fault) = (self.client.endpoint(), fault.clone());
        Ok(self.out.send(Msg::SamplingFailed { endpoint, fault })?)
    }

    fn flush(&mut self) -> Result<(), ReceiverClosed> {
        if self.unsent.is_empty() {
            return Ok(());
        }
        let samples = Msg::Sampled(self.client.endpoint(), std::mem::take(&mut self.unsent));
        Ok(self.out.send(samples)?)
    }

    /// Returns the time from the start of `count` samples with this response time to the start of the next
    /// ones, within the duty that lists leave.
    fn period(&self, listed: &Snapshot, cost: Duration, count: u32) -> Duration {
        let interval = self.schedule.borrow().interval;
        (self.turns.gap * count).max(cost.div_f64(left(self.duty, interval, listed.cost)))
    }
}

/// Returns the share of the duty that lists of this interval and response time leave.
fn left(duty: f64, interval: Duration, cost: Duration) -> f64 {
    let period = Pace::new(interval, duty).period(cost);
    let duty = duty.clamp(0.001, 1.0);
    (duty - cost.as_secs_f64() / period.as_secs_f64()).max(duty * MIN_SHARE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_take_turns() {
        let (turns, now) = (RateLimiter::of(3), Instant::now());
        let waits = [1, 5, 1].map(|count| turns.reserve(now, count) - now);
        assert_eq!(waits, [0, 100, 600].map(Duration::from_millis));
        let later = now + Duration::from_secs(9);
        assert_eq!(turns.reserve(later, 1), later);
    }

    #[test]
    fn only_one_endpoint_samples_several_sessions_in_a_row() {
        assert_eq!([1, 2].map(|endpoints| RateLimiter::of(endpoints).burst()), [5, 1]);
    }

    #[test]
    fn samples_use_the_time_that_lists_leave() {
        let second = Duration::from_secs(1);
        let is = |cost, share: f64| (left(0.1, second, Duration::from_millis(cost)) - share).abs() < 1e-9;
        assert!(is(0, 0.1) && is(40, 0.06));
        assert!(is(100, 0.01) && is(350, 0.01), "a tenth of it at least");
    }
}
