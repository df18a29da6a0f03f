//! Detail task: polls the session whose details are open.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, sleep_until};

use super::schedule::Pace;
use super::{PollSchedule, PollSettings};
use crate::app::msg::Msg;
use crate::client::Client;
use crate::clock;
use crate::model::{ProcessStart, RequestError, SessionId, SessionObservation};

/// Time for which a session must be selected before it is polled, while the selection changes quickly.
const SETTLE_TIME: Duration = Duration::from_millis(60);

/// Maximum interval of the details, regardless of how slow the list is.
const MAX_INTERVAL: Duration = Duration::from_secs(1);

pub(super) struct DetailPoller {
    client: Client,
    duty: f64,
    schedule: watch::Receiver<PollSchedule>,
    watched: watch::Receiver<Option<SessionId>>,
    /// The process of the last list.
    process: watch::Receiver<Option<ProcessStart>>,
    out: mpsc::UnboundedSender<Msg>,
    /// Time of the last selection.
    wanted_at: Option<Instant>,
}

impl DetailPoller {
    pub(super) fn new(
        client: Client,
        settings: &PollSettings,
        schedule: watch::Receiver<PollSchedule>,
        watched: watch::Receiver<Option<SessionId>>,
        process: watch::Receiver<Option<ProcessStart>>,
        out: mpsc::UnboundedSender<Msg>,
    ) -> Self {
        Self {
            client,
            duty: settings.duty,
            schedule,
            watched,
            process,
            out,
            wanted_at: None,
        }
    }

    /// Polls one session after another. A new selection cancels the previous request, so that at most one
    /// is in flight.
    pub(super) async fn run(mut self) {
        let mut watched = self.watched.clone();
        loop {
            let id = *watched.borrow_and_update();
            tokio::select! {
                () = self.poll(id) => return,
                changed = watched.changed() => if changed.is_err() { return },
            }
        }
    }

    /// Polls one session. Returns when the receiver is closed.
    async fn poll(&mut self, id: Option<SessionId>) {
        let Some(id) = id else {
            return std::future::pending().await;
        };
        // While the cursor moves through the table no session is polled, only where it stops.
        let restless = self
            .wanted_at
            .replace(Instant::now())
            .is_some_and(|before| before.elapsed() < SETTLE_TIME * 3);
        if restless {
            sleep(SETTLE_TIME).await;
        }
        let mut pace = Pace::new(self.interval(), self.duty);
        loop {
            let started = Instant::now();
            let asked_at = clock::now();
            let answer = self.client.session(id).await.map(|detail| {
                Arc::new(SessionObservation {
                    endpoint: self.client.endpoint(),
                    process: self.process.borrow().clone(),
                    other_process: None,
                    asked_at,
                    taken_at: Timestamp::now(),
                    detail,
                })
            });
            pace.set_interval(self.interval());
            let due = if let Err(fault) = &answer {
                Instant::now() + pace.back_off(fault, fastrand::f64())
            } else {
                pace.on_success();
                started + pace.period(started.elapsed())
            };
            let refused = answer.as_ref().is_err_and(RequestError::is_refused_password);
            let seen = Msg::Seen {
                endpoint: self.client.endpoint(),
                id,
                answer,
            };
            if self.out.send(seen).is_err() {
                return;
            }
            tokio::select! {
                () = sleep_until(due) => {}
                () = self.client.allowed(), if refused => {}
            }
        }
    }

    fn interval(&self) -> Duration {
        self.schedule.borrow().interval.min(MAX_INTERVAL)
    }
}
