//! The pollers of all endpoints. Sends each command to the right ones.
//!
//! Also the thread that builds table views, so that the drawing thread never waits for 100,000 rows to be
//! sorted or freed.

use std::sync::{Arc, mpsc};
use std::{io, thread};

use tokio::sync::mpsc::UnboundedSender;

use crate::app::build_view::{TableView, ViewRequest, build_view};
use crate::app::msg::Msg;
use crate::client::Client;
use crate::model::{EndpointId, SessionId};
use crate::poller::{EndpointPoller, PollSettings, PollerCommand, PollerEnded, RateLimiter, any_ended};

/// One poller for each endpoint, in the order of their ids.
pub(super) struct Pollers(Vec<EndpointPoller>);

impl Pollers {
    pub(super) fn spawn(clients: Vec<Client>, settings: PollSettings, out: &UnboundedSender<Msg>) -> Self {
        let limiter = Arc::new(RateLimiter::of(clients.len()));
        let spawn = |client| EndpointPoller::sharing(client, settings, out.clone(), Arc::clone(&limiter));
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
    pub(super) fn prioritize(&self, shown: &[(EndpointId, SessionId)]) {
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
    pub(super) async fn wait_for_end(&mut self) -> PollerEnded {
        any_ended(&mut self.0).await
    }
}

/// Starts the thread.
pub(super) fn start(out: UnboundedSender<Msg>) -> io::Result<mpsc::Sender<ViewRequest>> {
    let (jobs, queue) = mpsc::channel::<ViewRequest>();
    thread::Builder::new().name("arrange".to_owned()).spawn(move || {
        // The last owner of a table view frees it, which must be this thread.
        let mut kept: Vec<Arc<TableView>> = Vec::new();
        while let Ok(job) = queue.recv() {
            kept.extend(job.previous.clone());
            let view = Arc::new(build_view(job));
            kept.retain(|old| Arc::strong_count(old) > 1);
            if out.send(Msg::Arranged(view)).is_err() {
                return;
            }
        }
    })?;
    Ok(jobs)
}
