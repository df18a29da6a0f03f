//! Effects of new outcomes outside of the kills: on the status line, the marks, the lists.

use super::App;
use super::detail::DetailPane;
use super::msg::Effect;
use super::status::Status;
use crate::kill::KillOutcome;
use crate::model::{EndpointId, Identity, RowKey};

/// A change of a kill that concerns other parts of the screen.
#[derive(Clone, Debug)]
pub(super) enum KillNews {
    /// A kill was canceled in its grace period, with what to show.
    Canceled(Status),
    /// A session has an outcome.
    Outcome {
        /// Identity of the session.
        identity: Identity,
        /// Outcome of its kill.
        outcome: KillOutcome,
        /// Whether it is the only session of its batch.
        is_single: bool,
        /// Whether no batch was confirmed after it.
        is_newest: bool,
    },
    /// All sessions of a batch have an outcome.
    Finished {
        /// The endpoints of the batch, which have to be listed again.
        endpoints: Vec<EndpointId>,
        /// The totals, if the batch has several sessions.
        totals: Option<Status>,
    },
    /// The totals of a finished batch have changed.
    Changed(Status),
}

impl App {
    /// Ends the details of a session that a kill has found to be gone. The next list comes later.
    fn end_details_of(&mut self, key: &RowKey) {
        let own = |detail: &&mut DetailPane| detail.ended.is_none() && detail.identity.key() == *key;
        if let Some(detail) = self.detail.as_mut().filter(own) {
            detail.ended = self.kills.end_of(key);
            // An ended session is not polled again; the details stay as they were.
            self.outbox.extend(detail.ended.map(|_| Effect::Watch(None)));
        }
    }

    /// Applies new outcomes to the endpoints, the marks and the screen.
    pub(super) fn apply_kill_news(&mut self) {
        for news in self.kills.take_news(&self.endpoints, self.now) {
            match news {
                KillNews::Canceled(status) => self.status = Some(status),
                KillNews::Outcome {
                    identity,
                    outcome,
                    is_single,
                    is_newest,
                } => {
                    let now = self.now.elapsed;
                    if let Some(endpoint) = self.endpoints.get_mut(identity.endpoint) {
                        endpoint.on_kill_outcome(&outcome, now);
                    }
                    if outcome.is_gone() {
                        self.marks.remove(&identity.key());
                        self.end_details_of(&identity.key());
                    }
                    // News of an older kill does not replace what is said about the newest one.
                    let is_shown = is_single && (is_newest || self.status.is_none());
                    if is_shown || matches!(outcome, KillOutcome::NotAllowed(_)) {
                        let name = self.endpoints.name_among_several(identity.endpoint);
                        self.status = Some(Status::outcome(&outcome, &identity, name));
                    }
                }
                KillNews::Finished { endpoints, totals } => {
                    // One list request for the whole batch: each one has a cost for the proxy.
                    self.outbox.push(Effect::Relist(endpoints));
                    if totals.is_some() {
                        self.status = totals;
                    }
                }
                KillNews::Changed(totals) => {
                    let shown = self.status.as_ref().and_then(|status| status.batch);
                    if shown == totals.batch {
                        self.status = Some(totals);
                    }
                }
            }
        }
    }
}
