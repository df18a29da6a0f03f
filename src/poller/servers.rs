//! Server task: polls the servers and the services while the details of a session or the overview are
//! open.
//!
//! Separate from the detail task so that neither waits for the other. Its data is valid for every session
//! of the endpoint, so that a new selection needs no request.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

use super::schedule::Pace;
use super::{PollSettings, ReceiverClosed};
use crate::app::msg::Msg;
use crate::client::Client;
use crate::model::{RequestError, SessionId};

/// Minimum time from the start of one cycle to the start of the next.
const MIN_PERIOD: Duration = Duration::from_secs(10);
/// Maximum wait after errors of an endpoint that does not report them.
const MAX_RETRY_DELAY: Duration = Duration::from_mins(1);

pub(super) struct ServerPoller {
    client: Client,
    pace: Pace,
    watched: watch::Receiver<Option<SessionId>>,
    surveyed: watch::Receiver<bool>,
    out: mpsc::UnboundedSender<Msg>,
}

impl ServerPoller {
    /// Creates the task. It runs for the details of a session and for the overview.
    pub(super) fn new(
        client: Client,
        settings: &PollSettings,
        (watched, surveyed): (watch::Receiver<Option<SessionId>>, watch::Receiver<bool>),
        out: mpsc::UnboundedSender<Msg>,
    ) -> Self {
        Self {
            client,
            pace: Pace::new(MIN_PERIOD, settings.duty).backing_off_to(MAX_RETRY_DELAY),
            watched,
            surveyed,
            out,
        }
    }

    pub(super) async fn run(mut self) {
        let mut due = Instant::now();
        while let Ok(next) = self.run_cycle(due).await {
            due = next;
        }
    }

    /// Runs one cycle once it is due and needed. Returns when the next one is due. A cycle is not
    /// canceled when the details are closed, because its replies are used when they are opened again.
    async fn run_cycle(&mut self, due: Instant) -> Result<Instant, ReceiverClosed> {
        self.wanted(due).await?;
        let started = Instant::now();
        let fault = self.poll().await?;
        Ok(next(
            &mut self.pace,
            (started, Instant::now()),
            fault.as_ref(),
            fastrand::f64(),
        ))
    }

    /// Gets the servers, then the services. Returns the first error. If the servers fail, the services
    /// are not requested.
    async fn poll(&self) -> Result<Option<RequestError>, ReceiverClosed> {
        let endpoint = self.client.endpoint();
        let servers = self.client.servers().await;
        let fault = servers.as_ref().err().cloned();
        if let Some(answer) = servers.transpose() {
            let answer = answer.map(Arc::new);
            self.send(Msg::Servers { endpoint, answer })?;
        }
        let services = match &fault {
            Some(fault) if fault.is_unreachable() || fault.is_not_allowed() => Err(fault.clone()),
            _ => self.client.services().await,
        };
        let fault = fault.or(services.as_ref().err().cloned());
        if let Some(answer) = services.transpose() {
            let answer = answer.map(Arc::new);
            self.send(Msg::Services { endpoint, answer })?;
        }
        Ok(fault)
    }

    fn send(&self, msg: Msg) -> Result<(), ReceiverClosed> {
        Ok(self.out.send(msg)?)
    }

    /// Waits until the data is needed, and until `due`.
    async fn wanted(&mut self, due: Instant) -> Result<(), ReceiverClosed> {
        loop {
            let has_details = self.watched.borrow_and_update().is_some();
            let is_open = has_details || *self.surveyed.borrow_and_update();
            if is_open && Instant::now() >= due {
                return Ok(());
            }
            tokio::select! {
                () = sleep_until(due), if is_open => {}
                changed = self.watched.changed() => changed?,
                changed = self.surveyed.changed() => changed?,
                () = self.out.closed() => return Err(ReceiverClosed),
            }
        }
    }
}

/// Returns when the next request is due after one that began and ended at these times. The jitter never
/// makes the wait shorter than the period.
fn next(
    pace: &mut Pace,
    (started, ended): (Instant, Instant),
    fault: Option<&RequestError>,
    random: f64,
) -> Instant {
    let Some(fault) = fault else {
        pace.on_success();
        return started + pace.period(ended - started);
    };
    ended + pace.back_off(fault, random).max(MIN_PERIOD)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn pace() -> Pace {
        Pace::new(MIN_PERIOD, 0.1).backing_off_to(MAX_RETRY_DELAY)
    }

    #[test]
    fn good_answers_are_ten_seconds_apart_and_dear_ones_further() {
        let started = Instant::now();
        let wait = |cost| next(&mut pace(), (started, started + cost), None, 0.5) - started;
        assert_eq!(wait(Duration::from_millis(3)), 10 * SECOND);
        assert_eq!(wait(2 * SECOND), 20 * SECOND);
    }

    #[test]
    fn faults_back_off_from_ten_seconds_to_a_minute() {
        let (mut pace, now) = (pace(), Instant::now());
        let mut wait = |fault, random| next(&mut pace, (now, now), fault, random) - now;
        let refused = RequestError::Refused;
        assert_eq!(wait(Some(&refused), 0.0), 10 * SECOND, "never sooner");
        for seconds in [20, 40, 60, 60] {
            assert_eq!(wait(Some(&refused), 0.5), seconds * SECOND);
        }
        assert_eq!(wait(None, 0.5), 10 * SECOND);
        assert_eq!(wait(Some(&refused), 0.5), 10 * SECOND);
        let password = RequestError::NotAllowed {
            status: 401,
            detail: None,
            with_credentials: true,
        };
        assert_eq!(wait(Some(&password), 0.0), 60 * SECOND);
    }
}
