//! The pollers of all endpoints. Sends each command to the right ones.
//!
//! Also the thread that builds table views, so that the drawing thread never waits for 100,000 rows to be
//! sorted or freed.

use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;
use std::{io, thread};

use tokio::sync::mpsc::UnboundedSender;

use crate::app::build_view::{TableView, ViewRequest, build_view};
use crate::app::msg::Msg;
use crate::client::Client;
use crate::model::{EndpointId, SessionId};
use crate::poller::{EndpointPoller, PollLimits, PollSettings, PollerCommand, PollerEnded, any_ended};

/// One poller for each endpoint, in the order of their ids.
pub(crate) struct Pollers(Vec<EndpointPoller>);

impl Pollers {
    pub(crate) fn spawn(clients: Vec<Client>, settings: PollSettings, out: &UnboundedSender<Msg>) -> Self {
        let limits = PollLimits::of(clients.len());
        let spawn = |client| EndpointPoller::sharing(client, settings, out.clone(), limits.clone());
        Self(clients.into_iter().map(spawn).collect())
    }

    pub(super) fn send(&self, endpoint: EndpointId, command: PollerCommand) {
        if let Some(poller) = self.0.iter().find(|poller| poller.endpoint() == endpoint) {
            poller.send(command);
        }
    }

    pub(super) fn send_all(&self, command: &PollerCommand) {
        for poller in &self.0 {
            poller.send(command.clone());
        }
    }

    /// Sets the sessions to read before others.
    pub(crate) fn prioritize(&self, shown: &[(EndpointId, SessionId)]) {
        for poller in &self.0 {
            let here = shown
                .iter()
                .filter(|(endpoint, _)| *endpoint == poller.endpoint());
            poller.send(PollerCommand::Prioritize(here.map(|(_, id)| *id).collect()));
        }
    }

    /// Sets the session whose details are polled, at most one of all endpoints.
    pub(super) fn watch(&self, watched: Option<(EndpointId, SessionId)>) {
        for poller in &self.0 {
            let here = watched.filter(|(endpoint, _)| *endpoint == poller.endpoint());
            poller.send(PollerCommand::Watch(here.map(|(_, id)| id)));
        }
    }

    /// Waits for a task to end, which only a panic causes.
    pub(crate) async fn wait_for_end(&mut self) -> PollerEnded {
        any_ended(&mut self.0).await
    }
}

/// Time after which a view that was replaced is freed. Usually the next one is on the screen then.
const FREE_AFTER: Duration = Duration::from_millis(30);

/// Waits for the next job. Meanwhile frees the views, and their lists, that no other thread uses: otherwise they
/// would stay until the list after the next one. Returns `None` at the end of the program.
fn next_job(queue: &mpsc::Receiver<ViewRequest>, kept: &mut Vec<Arc<TableView>>) -> Option<ViewRequest> {
    let mut wait = FREE_AFTER;
    loop {
        kept.retain(|old| Arc::strong_count(old) > 1);
        if kept.is_empty() {
            return queue.recv().ok();
        }
        match queue.recv_timeout(wait) {
            Ok(job) => return Some(job),
            Err(RecvTimeoutError::Timeout) => wait = wait.saturating_mul(2),
            Err(RecvTimeoutError::Disconnected) => return None,
        }
    }
}

/// Starts the thread.
pub(super) fn start(out: UnboundedSender<Msg>) -> io::Result<mpsc::Sender<ViewRequest>> {
    let (jobs, queue) = mpsc::channel::<ViewRequest>();
    thread::Builder::new().name("arrange".to_owned()).spawn(move || {
        // The last owner of a table view frees it, which must be this thread.
        let mut kept: Vec<Arc<TableView>> = Vec::new();
        while let Some(job) = next_job(&queue, &mut kept) {
            kept.extend(job.previous.clone());
            let view = Arc::new(build_view(job));
            if out.send(Msg::Arranged(view)).is_err() {
                return;
            }
        }
    })?;
    Ok(jobs)
}
