//! Polls one endpoint for the screen, and sends the requests of kills.
//!
//! One task each for lists, rows, details, servers and services, samples, server access, the account, the login
//! and kills. Each has at most one request in flight; kills have sixteen, and server access has one
//! statement for each server. The event loop sends
//! [`PollerCommand`]s and receives [`Msg`]s. All tasks end when the [`EndpointPoller`] is dropped.

mod account;
mod decode_limit;
mod detail;
pub(crate) mod kill_request;
mod kills;
mod list;
mod rows;
mod sample_schedule;
mod samples;
mod schedule;
mod server_access;
mod server_schedule;
mod servers;
mod two_speed;

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use thiserror::Error;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use self::decode_limit::DecodeLimit;
use self::detail::DetailPoller;
use self::list::{ListOutputs, ListPoller, RowFacts};
use self::rows::{RowInputs, RowPoller, row_cost};
use self::samples::{RateLimiter, SamplePoller};
pub(crate) use self::server_access::{read_locks, read_servers};
use self::servers::ServerPoller;
use crate::app::msg::{Msg, Ticket};
use crate::client::Client;
use crate::kill::KillRequest;
use crate::model::defaults::{DUTY, INTERVAL};
use crate::model::{EndpointId, SessionId};

/// How often an endpoint is polled.
#[derive(Clone, Copy, Debug)]
pub struct PollSettings {
    /// Time from the start of one list to the start of the next.
    pub interval: Duration,
    /// Maximum share of the proxy's time spent on lists: 0.1 is a tenth.
    pub duty: f64,
}

impl Default for PollSettings {
    fn default() -> Self {
        Self {
            interval: INTERVAL.value,
            duty: DUTY.value,
        }
    }
}

/// A command to a poller.
#[derive(Clone, Debug)]
pub enum PollerCommand {
    /// Get a list now, regardless of the interval. Rejected credentials are tried once more.
    Refresh,
    /// Get a list now, unless the credentials were rejected.
    Relist,
    /// Change the interval.
    Interval(Duration),
    /// Poll this session's details; `None` polls none.
    Watch(Option<SessionId>),
    /// Read these sessions before others: their connections (draft), or the sessions themselves between
    /// expensive lists (JSON:API).
    Prioritize(Vec<SessionId>),
    /// Send a request of a kill; answered by `Kill`.
    Kill(Ticket, KillRequest),
}

/// Limits that the pollers of all endpoints share.
#[derive(Clone, Debug)]
pub(crate) struct PollLimits {
    samples: Arc<RateLimiter>,
    decoding: Arc<DecodeLimit>,
}

impl PollLimits {
    /// Creates the limits for this many endpoints.
    pub(crate) fn of(endpoints: usize) -> Self {
        Self {
            samples: Arc::new(RateLimiter::of(endpoints)),
            decoding: Arc::default(),
        }
    }
}

/// Input of the list task.
#[derive(Clone, Copy, Debug)]
struct PollSchedule {
    interval: Duration,
    /// Number of refreshes requested. Each increment requests a list at once.
    refreshes: u64,
    /// Number of lists requested that are skipped if the last list failed.
    relists: u64,
}

/// A task of a poller ended while the poller was in use, which only a panic causes. The program must exit
/// too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("polling stopped by an internal error")]
pub struct PollerEnded {
    /// Endpoint of the task.
    pub endpoint: EndpointId,
}

/// The receiver of messages, or the sender of an input, is closed. The task ends then.
struct ReceiverClosed;

impl<T> From<mpsc::error::SendError<T>> for ReceiverClosed {
    fn from(_: mpsc::error::SendError<T>) -> Self {
        Self
    }
}

impl From<watch::error::RecvError> for ReceiverClosed {
    fn from(_: watch::error::RecvError) -> Self {
        Self
    }
}

/// A running poller. Dropping it ends all of its tasks.
#[derive(Debug)]
pub struct EndpointPoller {
    endpoint: EndpointId,
    schedule: watch::Sender<PollSchedule>,
    watched: watch::Sender<Option<SessionId>>,
    shown: watch::Sender<Vec<SessionId>>,
    kills: mpsc::UnboundedSender<(Ticket, KillRequest)>,
    tasks: JoinSet<()>,
}

impl EndpointPoller {
    /// Starts polling; the first list is requested at once.
    pub fn spawn(client: Client, settings: PollSettings, out: mpsc::UnboundedSender<Msg>) -> Self {
        Self::sharing(client, settings, out, PollLimits::of(1))
    }

    /// Starts one of several pollers, which share limits.
    pub(crate) fn sharing(
        client: Client,
        settings: PollSettings,
        out: mpsc::UnboundedSender<Msg>,
        limits: PollLimits,
    ) -> Self {
        let (schedule, schedule_seen) = watch::channel(PollSchedule {
            interval: settings.interval,
            refreshes: 0,
            relists: 0,
        });
        let (watched, watched_seen) = watch::channel(None);
        let (shown, shown_seen) = watch::channel(Vec::new());
        let (kills, kills_asked) = mpsc::unbounded_channel();
        let inputs = TaskInputs {
            schedule: schedule_seen,
            watched: watched_seen,
            shown: shown_seen,
            kills: kills_asked,
        };
        Self {
            endpoint: client.endpoint(),
            schedule,
            watched,
            shown,
            kills,
            tasks: spawn_tasks(client, &settings, inputs, limits, out),
        }
    }

    /// Returns the id of the endpoint.
    pub(crate) const fn endpoint(&self) -> EndpointId {
        self.endpoint
    }

    /// Sends a command without waiting. Ignored if the tasks have ended.
    pub fn send(&self, command: PollerCommand) {
        match command {
            PollerCommand::Refresh => self.schedule.send_modify(|schedule| schedule.refreshes += 1),
            PollerCommand::Relist => self.schedule.send_modify(|schedule| schedule.relists += 1),
            PollerCommand::Interval(interval) => {
                self.schedule.send_modify(|schedule| schedule.interval = interval);
            }
            PollerCommand::Watch(id) => {
                self.watched
                    .send_if_modified(|watched| std::mem::replace(watched, id) != id);
            }
            PollerCommand::Prioritize(ids) => drop(self.shown.send_replace(ids)),
            PollerCommand::Kill(ticket, request) => {
                // Fails only if the task has ended, which `wait_for_end` reports.
                let _ = self.kills.send((ticket, request));
            }
        }
    }

    /// Waits for a task to end unexpectedly, which only a panic causes (or a dropped receiver of
    /// messages). May be dropped and called again.
    pub async fn wait_for_end(&mut self) -> PollerEnded {
        any_ended(std::slice::from_mut(self)).await
    }
}

/// Commands to the tasks of one poller.
struct TaskInputs {
    schedule: watch::Receiver<PollSchedule>,
    watched: watch::Receiver<Option<SessionId>>,
    shown: watch::Receiver<Vec<SessionId>>,
    kills: mpsc::UnboundedReceiver<(Ticket, KillRequest)>,
}

/// Starts the tasks of one poller.
fn spawn_tasks(
    client: Client,
    settings: &PollSettings,
    inputs: TaskInputs,
    limits: PollLimits,
    out: mpsc::UnboundedSender<Msg>,
) -> JoinSet<()> {
    let (process, process_seen) = watch::channel(None);
    let (listed, listed_seen) = watch::channel(None);
    let (cost, cost_seen) = row_cost();
    let list = ListPoller::new(
        client.clone(),
        settings,
        (inputs.schedule.clone(), limits.decoding),
        ListOutputs { process, listed },
        RowFacts {
            shown: inputs.shown.clone(),
            cost: cost_seen,
        },
        out.clone(),
    );
    let row_inputs = RowInputs {
        schedule: inputs.schedule.clone(),
        listed: listed_seen.clone(),
        shown: inputs.shown.clone(),
    };
    let rows = RowPoller::new(client.clone(), settings, row_inputs, cost, out.clone());
    let samples = SamplePoller::new(
        client.clone(),
        settings,
        inputs.schedule.clone(),
        (listed_seen.clone(), inputs.shown),
        limits.samples,
        out.clone(),
    );
    let servers = ServerPoller::new(client.clone(), settings, listed_seen.clone(), out.clone());
    let access = server_access::run(client.clone(), *settings, inputs.schedule.clone(), out.clone());
    let detail = DetailPoller::new(
        client.clone(),
        settings,
        inputs.schedule,
        inputs.watched,
        process_seen,
        out.clone(),
    );
    let mut tasks = JoinSet::new();
    tasks.spawn(list.run());
    tasks.spawn(access);
    tasks.spawn(detail.run());
    tasks.spawn(servers.run());
    tasks.spawn(samples.run());
    tasks.spawn(rows.run());
    let asks = client.clone();
    tasks.spawn(async move { asks.keep_logged_in().await });
    tasks.spawn(account::run(client.clone(), listed_seen, out.clone()));
    tasks.spawn(kills::run(client, inputs.kills, out));
    tasks
}

/// Waits for the first task of any poller to end. Never returns without pollers.
pub(crate) async fn any_ended(pollers: &mut [EndpointPoller]) -> PollerEnded {
    poll_fn(|context| {
        let ended = pollers
            .iter_mut()
            .find_map(|poller| match poller.tasks.poll_join_next(context) {
                Poll::Ready(_) => Some(poller.endpoint),
                Poll::Pending => None,
            });
        ended.map_or(Poll::Pending, |endpoint| Poll::Ready(PollerEnded { endpoint }))
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::ClientSpec;

    #[tokio::test]
    async fn a_panic_in_a_lane_is_noticed() {
        let (out, _kept) = mpsc::unbounded_channel();
        let spec = ClientSpec::new(EndpointId(3), "127.0.0.1:1".parse().unwrap());
        let mut poller = EndpointPoller::spawn(Client::new(spec).unwrap(), PollSettings::default(), out);
        poller
            .tasks
            .spawn(async { panic!("a lane broke, as this test wants") });
        let ended = poller.wait_for_end().await;
        assert_eq!(ended.endpoint, EndpointId(3));
    }
}
