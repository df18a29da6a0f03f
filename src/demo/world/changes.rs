//! What is done to sessions from outside: by whoever kills them, and by tests that set a trap.
//!
//! Who may enter: the replies of both dialects, and `server`.

use std::time::Duration;

use super::event_queue::FleetEvent;
use super::{World, fleet};

impl World {
    /// Ends a session at once; false when there is none of that id.
    pub fn kill(&mut self, id: u64) -> bool {
        let Some(session) = self.sessions.remove(&id) else {
            return false;
        };
        self.changed = self.uptime;
        fleet::come_back(self, &session);
        true
    }

    /// Ends a session after a delay. A later call replaces an earlier one.
    pub fn kill_after(&mut self, id: u64, delay: Duration) -> bool {
        let at = self.uptime.saturating_add(delay);
        let Some(session) = self.sessions.get_mut(&id) else {
            return false;
        };
        session.expires = Some(at);
        self.schedule.add(at, FleetEvent::Expire(id));
        true
    }

    /// Gives the id to another user, connected just now: what a client sees when an id was reused.
    pub fn impersonate(&mut self, id: u64, user: &str) -> bool {
        let born = self.uptime;
        let Some(session) = self.sessions.get_mut(&id) else {
            return false;
        };
        session.hand_over(user, born);
        self.changed = born;
        true
    }

    /// Gives the session's user another name, any text, and changes nothing else.
    pub fn rename(&mut self, id: u64, user: &str) -> bool {
        let Some(session) = self.sessions.get_mut(&id) else {
            return false;
        };
        user.clone_into(session.client.user.to_mut());
        self.changed = self.uptime;
        true
    }

    /// Leaves a session out of the next lists, so many of them. A later call replaces an earlier one.
    pub fn hide(&mut self, id: u64, lists: u32) -> bool {
        if !self.sessions.contains_key(&id) {
            return false;
        }
        self.hidden.insert(id, lists);
        self.drop_unhidden();
        self.changed = self.uptime;
        true
    }

    /// A list was given out.
    pub(in crate::demo) fn on_listed(&mut self) {
        for lists in self.hidden.values_mut() {
            *lists = lists.saturating_sub(1);
        }
        self.drop_unhidden();
    }

    fn drop_unhidden(&mut self) {
        let before = self.hidden.len();
        self.hidden.retain(|_, lists| *lists > 0);
        if self.hidden.len() < before {
            self.changed = self.uptime;
        }
    }
}
