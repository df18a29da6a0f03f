//! The pollers of all endpoints. Sends each command to the right ones.

use tokio::sync::mpsc::UnboundedSender;

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
