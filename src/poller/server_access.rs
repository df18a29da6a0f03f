//! Server access tasks: one for each running server, which reads its threads, transactions and locks.
//!
//! Sends no request without a database user. A server that stops running is no longer read, and its connection
//! is closed.

mod once;
mod round;

use std::collections::BTreeMap;
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

pub(crate) use self::once::{read_locks, read_servers};
use self::round::{ServerReader, Tables};
use super::schedule::Pace;
use super::server_schedule::ServerSchedule;
use super::{PollSchedule, PollSettings};
use crate::app::msg::Msg;
use crate::client::Client;
use crate::model::{Servers, Text};

/// Time between two reads of the list of servers.
const SERVERS_PERIOD: Duration = Duration::from_secs(10);
/// Maximum wait after errors of that list.
const MAX_RETRY_DELAY: Duration = Duration::from_mins(1);

/// Reads the list of servers and runs one task for each running server.
pub(super) async fn run(
    client: Client,
    settings: PollSettings,
    schedule: watch::Receiver<PollSchedule>,
    out: mpsc::UnboundedSender<Msg>,
) {
    if !client.has_server_access() {
        // A task must not end.
        return pending().await;
    }
    let mut pace = Pace::new(SERVERS_PERIOD, settings.duty).backing_off_to(MAX_RETRY_DELAY);
    let mut tasks = ServerTasks::default();
    loop {
        let started = Instant::now();
        tasks.resume_panic();
        let wait = match client.servers().await {
            Ok(servers) => {
                let servers = servers.as_ref();
                let start = |name: &Text| {
                    let task = ServerTask {
                        schedule: ServerSchedule::new(settings.interval, settings.duty),
                        reader: ServerReader::new(client.clone(), name.clone()),
                        settings: schedule.clone(),
                        out: out.clone(),
                    };
                    task.run()
                };
                for gone in tasks.update(servers, start) {
                    client.close_server_connection(&gone).await;
                }
                pace.on_success();
                match servers {
                    Some(_) => pace.period(started.elapsed()),
                    // The dialect is not known yet.
                    None => Duration::from_secs(1),
                }
            }
            Err(fault) => pace.back_off(&fault, fastrand::f64()),
        };
        tokio::select! {
            () = sleep(wait) => {}
            () = out.closed() => return,
        }
    }
}

/// The tasks of all running servers.
#[derive(Default)]
struct ServerTasks {
    running: BTreeMap<Text, JoinSet<()>>,
}

impl ServerTasks {
    /// Resumes the panic of a task here, so that the program notices it.
    fn resume_panic(&mut self) {
        for task in self.running.values_mut() {
            if let Some(Err(error)) = task.try_join_next()
                && let Ok(panic) = error.try_into_panic()
            {
                std::panic::resume_unwind(panic);
            }
        }
    }

    /// Starts the tasks of new servers. Ends those of servers that no longer run, and returns these.
    fn update<F: Future<Output = ()> + Send + 'static>(
        &mut self,
        servers: Option<&Servers>,
        start: impl Fn(&Text) -> F,
    ) -> Vec<Text> {
        let states = servers
            .map(|servers| servers.states.as_slice())
            .unwrap_or_default();
        let usable = |name: &Text| {
            states
                .iter()
                .any(|state| state.name == *name && state.accepts_connections())
        };
        let gone: Vec<_> = self
            .running
            .keys()
            .filter(|name| !usable(name))
            .cloned()
            .collect();
        for name in &gone {
            self.running.remove(name);
        }
        for state in states.iter().filter(|state| state.accepts_connections()) {
            self.running.entry(state.name.clone()).or_insert_with(|| {
                let mut task = JoinSet::new();
                task.spawn(start(&state.name));
                task
            });
        }
        gone
    }
}

/// The task of one server.
struct ServerTask {
    reader: ServerReader,
    schedule: ServerSchedule,
    settings: watch::Receiver<PollSchedule>,
    out: mpsc::UnboundedSender<Msg>,
}

impl ServerTask {
    async fn run(mut self) {
        loop {
            self.schedule.set_interval(self.settings.borrow().interval);
            let started = Instant::now();
            // Without a database user there is no task.
            let Some(mut turn) = self.reader.turn().await else {
                return pending().await;
            };
            let round = self
                .reader
                .read(&mut self.schedule, &mut turn, Tables::Current)
                .await;
            drop(turn);
            let period = match &round.activity {
                Ok(_) => self.schedule.after_round(round.cost),
                Err(fault) => self.schedule.after_fault(fault, round.cost, fastrand::f64()),
            };
            let report = self.reader.report(round, period);
            let endpoint = self.reader.endpoint();
            let report = Arc::new(report);
            if self.out.send(Msg::ServerAccess { endpoint, report }).is_err() {
                return;
            }
            sleep_until(started + period).await;
        }
    }
}
