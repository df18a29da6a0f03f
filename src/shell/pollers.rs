//! The pollers of all endpoints, and which of them a command is for.

use std::sync::Arc;

use tokio::sync::mpsc::UnboundedSender;

use super::client::Client;
use super::poller::{Command, LaneEnded, PollSettings, Poller, Turns, any_ended};
use crate::app::msg::Msg;
use crate::model::{EndpointId, SessionId};

/// One poller for each endpoint, in the order of their ids.
pub(super) struct Pollers(Vec<Poller>);

impl Pollers {
    pub(super) fn spawn(clients: Vec<Client>, settings: PollSettings, out: &UnboundedSender<Msg>) -> Self {
        let turns = Arc::new(Turns::of(clients.len()));
        let spawn = |client| Poller::among(client, settings, out.clone(), Arc::clone(&turns));
        Self(clients.into_iter().map(spawn).collect())
    }

    pub(super) fn tell(&self, endpoint: EndpointId, command: Command) {
        if let Some(poller) = self.0.iter().find(|poller| poller.endpoint() == endpoint) {
            poller.send(command);
        }
    }

    pub(super) fn tell_all(&self, command: &Command) {
        for poller in &self.0 {
            poller.send(command.clone());
        }
    }

    /// These sessions are on the screen.
    pub(super) fn sample(&self, shown: &[(EndpointId, SessionId)]) {
        for poller in &self.0 {
            let here = shown
                .iter()
                .filter(|(endpoint, _)| *endpoint == poller.endpoint());
            poller.send(Command::Sample(here.map(|(_, id)| *id).collect()));
        }
    }

    /// Details are polled at one endpoint at most.
    pub(super) fn watch(&self, watched: Option<(EndpointId, SessionId)>) {
        for poller in &self.0 {
            let here = watched.filter(|(endpoint, _)| *endpoint == poller.endpoint());
            poller.send(Command::Watch(here.map(|(_, id)| id)));
        }
    }

    /// Waits for a lane to end, which only a panic does.
    pub(super) async fn ended(&mut self) -> LaneEnded {
        any_ended(&mut self.0).await
    }
}
