//! The sample lane: looks at the connections of one session of the draft after another, since a list
//! does not tell of them, within the share of the proxy's time that lists leave.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

use super::pace::Pace;
use super::rota::Rota;
use super::{PollSettings, Schedule};
use crate::app::msg::Msg;
use crate::model::{Dialect, Fault, SessionId, Snapshot};
use crate::shell::client::Client;
use crate::triage::ConnectionSample;

/// What was seen is told together: nobody needs it sooner than the next list.
const TOGETHER: Duration = Duration::from_millis(500);
/// When nobody is due, so long passes before the next try.
const PAUSE: Duration = Duration::from_millis(250);
/// However dear lists are, this share of what all may cost is left for looks.
const LEAST: f64 = 0.1;

/// The turns of all sample lanes of the program: together they look at no more than so many sessions a
/// second, however many endpoints there are.
#[derive(Debug)]
pub(crate) struct Turns {
    /// From one look to the next.
    gap: Duration,
    /// There are several lanes.
    is_shared: bool,
    next: Mutex<Option<Instant>>,
}

impl Turns {
    /// Of the lanes of so many endpoints. Ten looks a second cost a tenth of a percent of a core.
    pub(crate) fn of(endpoints: usize) -> Self {
        Self {
            gap: Duration::from_millis(100),
            is_shared: endpoints > 1,
            next: Mutex::default(),
        }
    }

    /// When the next turn is that nobody has; it is taken with that.
    fn take(&self, now: Instant) -> Instant {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let mine = next.map_or(now, |next| next.max(now));
        *next = Some(mine + self.gap);
        mine
    }
}

pub(super) struct SampleLane {
    client: Client,
    duty: f64,
    schedule: watch::Receiver<Schedule>,
    /// The last good list.
    listed: watch::Receiver<Option<Arc<Snapshot>>>,
    /// Who is on the screen.
    shown: watch::Receiver<Vec<SessionId>>,
    out: mpsc::UnboundedSender<Msg>,
    rota: Rota,
    turns: Arc<Turns>,
    /// Seen and not told yet, and since when.
    untold: Vec<(SessionId, ConnectionSample)>,
    untold_since: Instant,
}

/// The lane has nobody left to work for.
struct Over;

impl SampleLane {
    pub(super) fn new(
        client: Client,
        settings: &PollSettings,
        schedule: watch::Receiver<Schedule>,
        (listed, shown): (
            watch::Receiver<Option<Arc<Snapshot>>>,
            watch::Receiver<Vec<SessionId>>,
        ),
        turns: Arc<Turns>,
        out: mpsc::UnboundedSender<Msg>,
    ) -> Self {
        Self {
            client,
            duty: settings.duty,
            schedule,
            listed,
            shown,
            out,
            rota: Rota::default(),
            turns,
            untold: Vec::new(),
            untold_since: Instant::now(),
        }
    }

    pub(super) async fn run(mut self) {
        let mut retry = Pace::new(Duration::from_secs(1), self.duty);
        let mut due = Instant::now();
        while let Ok(next) = self.turn(due, &mut retry).await {
            due = next;
        }
    }

    /// One look once it is due; says when the next one is.
    async fn turn(&mut self, due: Instant, retry: &mut Pace) -> Result<Instant, Over> {
        let snapshot = self.wait(due).await?;
        let now = Instant::now();
        let shown = self.shown.borrow().clone();
        // Of many endpoints only those on the screen are looked at.
        let others = if self.turns.is_shared {
            &[]
        } else {
            snapshot.sessions.as_slice()
        };
        let Some(id) = self.rota.next(now, &shown, others) else {
            self.tell()?;
            return Ok(now + PAUSE);
        };
        sleep_until(self.turns.take(now)).await;
        let now = Instant::now();
        let answer = self.client.connections_of(id).await;
        let next = match answer {
            Ok(connections) => {
                let sample = self.rota.saw(id, &connections, now, Timestamp::now());
                if self.untold.is_empty() {
                    self.untold_since = now;
                }
                self.untold.push((id, sample));
                retry.recovered();
                now + self.period(&snapshot, now.elapsed())
            }
            Err(fault) => {
                self.rota.missed(id, now);
                match fault {
                    Fault::NotFound => now + self.period(&snapshot, now.elapsed()),
                    fault => Instant::now() + retry.back_off(&fault, fastrand::f64()),
                }
            }
        };
        if now.duration_since(self.untold_since) >= TOGETHER {
            self.tell()?;
        }
        Ok(next)
    }

    /// Waits until it is due and there is a list of the draft; a restart begins anew.
    async fn wait(&mut self, due: Instant) -> Result<Arc<Snapshot>, Over> {
        loop {
            if self.listed.has_changed().map_err(|_| Over)? {
                let listed = self.listed.borrow_and_update();
                if listed
                    .as_ref()
                    .is_some_and(|listed| listed.change.is_after_restart)
                {
                    self.rota.restart();
                    self.untold.clear();
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
                        changed.map_err(|_| Over)?;
                        self.listed.mark_changed();
                    }
                    () = self.out.closed() => return Err(Over),
                },
            }
        }
    }

    fn tell(&mut self) -> Result<(), Over> {
        if self.untold.is_empty() {
            return Ok(());
        }
        let told = Msg::Sampled(self.client.endpoint(), std::mem::take(&mut self.untold));
        self.out.send(told).map_err(|_| Over)
    }

    /// From the start of a look that cost so much to the start of the next: within what lists leave.
    fn period(&self, listed: &Snapshot, cost: Duration) -> Duration {
        let interval = self.schedule.borrow().interval;
        self.turns
            .gap
            .max(cost.div_f64(left(self.duty, interval, listed.cost)))
    }
}

/// The share of the time that lists at this interval and cost leave of what all may cost.
fn left(duty: f64, interval: Duration, cost: Duration) -> f64 {
    let period = Pace::new(interval, duty).period(cost);
    let duty = duty.clamp(0.001, 1.0);
    (duty - cost.as_secs_f64() / period.as_secs_f64()).max(duty * LEAST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_take_turns() {
        let (turns, now) = (Turns::of(3), Instant::now());
        let waits = [now, now, now].map(|now| turns.take(now) - now);
        assert_eq!(waits, [0, 100, 200].map(Duration::from_millis));
        let later = now + Duration::from_secs(9);
        assert_eq!(turns.take(later), later);
    }

    #[test]
    fn looks_have_what_lists_leave() {
        let second = Duration::from_secs(1);
        let is = |cost, share: f64| (left(0.1, second, Duration::from_millis(cost)) - share).abs() < 1e-9;
        assert!(is(0, 0.1) && is(40, 0.06));
        assert!(is(100, 0.01) && is(350, 0.01), "a tenth of it at least");
    }
}
