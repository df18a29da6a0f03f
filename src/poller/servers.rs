//! Server task: polls the servers and the services of an endpoint.
//!
//! Their trouble is in the header, so they are polled always. Starts after the first list, so that the first
//! frame does not wait for it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

use super::schedule::Pace;
use super::{PollSettings, ReceiverClosed};
use crate::app::msg::Msg;
use crate::client::Client;
use crate::model::{RequestError, Snapshot};

/// Minimum time from the start of one cycle to the start of the next.
const MIN_PERIOD: Duration = Duration::from_secs(10);
/// Maximum wait after errors of an endpoint that does not report them.
const MAX_RETRY_DELAY: Duration = Duration::from_mins(1);

pub(super) struct ServerPoller {
    client: Client,
    pace: Pace,
    listed: watch::Receiver<Option<Arc<Snapshot>>>,
    out: mpsc::UnboundedSender<Msg>,
}

impl ServerPoller {
    /// Creates the task. It starts when `listed` has the first list.
    pub(super) fn new(
        client: Client,
        settings: &PollSettings,
        listed: watch::Receiver<Option<Arc<Snapshot>>>,
        out: mpsc::UnboundedSender<Msg>,
    ) -> Self {
        Self {
            client,
            pace: Pace::new(MIN_PERIOD, settings.duty).backing_off_to(MAX_RETRY_DELAY),
            listed,
            out,
        }
    }

    pub(super) async fn run(mut self) {
        if self.listed.wait_for(Option::is_some).await.is_err() {
            return;
        }
        while let Ok(due) = self.run_cycle().await {
            tokio::select! {
                () = sleep_until(due) => {}
                () = self.out.closed() => return,
            }
        }
    }

    /// Runs one cycle. Returns when the next one is due.
    async fn run_cycle(&mut self) -> Result<Instant, ReceiverClosed> {
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
    fn good_answers_are_ten_seconds_apart_and_expensive_ones_further() {
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
