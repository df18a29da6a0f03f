//! The log lines of a client: polls, faults and recoveries.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use super::Client;
use crate::model::{RequestError, ServerAccessFault, Snapshot, Text, counted, measured_text, size_text};

/// The faults that have not ended yet.
#[derive(Debug, Default)]
pub(super) struct OpenFaults {
    poll: Mutex<Option<FailedPolls>>,
    /// The last fault of each server, as text.
    servers: Mutex<BTreeMap<Text, String>>,
}

#[derive(Debug)]
struct FailedPolls {
    since: Instant,
    count: usize,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Client {
    /// Logs a poll, and the end of a fault.
    pub(crate) fn log_poll(&self, result: &Result<Snapshot, RequestError>) {
        let mut failed = locked(&self.0.open_faults.poll);
        let url = self.url();
        match result {
            Ok(snapshot) => {
                if let Some(failed) = failed.take() {
                    let (after, polls) = (failed.since.elapsed(), counted(failed.count, "failed poll"));
                    log::info!(target: "poll", "{url}: answers again after {} and {polls}", measured_text(after));
                }
                let sessions = counted(snapshot.sessions.len(), "session");
                let (size, cost) = (
                    size_text(u64::try_from(snapshot.bytes).unwrap_or(u64::MAX)),
                    measured_text(snapshot.cost),
                );
                log::info!(target: "poll", "{url}: {sessions}, {size} in {cost}");
            }
            Err(fault) => {
                let since = Instant::now();
                failed.get_or_insert(FailedPolls { since, count: 0 }).count += 1;
                log::warn!(target: "poll", "{url}: {fault}");
            }
        }
    }

    /// Logs a new fault of a server's connection or statement, and its end.
    pub(super) fn log_statement(&self, server: &Text, fault: Option<&ServerAccessFault>) {
        let mut servers = locked(&self.0.open_faults.servers);
        let url = self.url();
        match fault.map(ToString::to_string) {
            Some(fault) if servers.get(server) == Some(&fault) => {}
            Some(fault) => {
                log::warn!(target: "server-access", "{url}: {server}: {fault}");
                servers.insert(server.clone(), fault);
            }
            None => {
                if servers.remove(server).is_some() {
                    log::info!(target: "server-access", "{url}: {server}: answers again");
                }
            }
        }
    }
}
