//! Changes of sessions from outside: kills by clients, and traps set by tests.

use std::time::Duration;

use super::event_queue::FleetEvent;
use super::{World, fleet};

impl World {
    /// Kills a session at once. Returns `false` if there is no session with this id.
    pub fn kill(&mut self, id: u64) -> bool {
        let Some(session) = self.sessions.remove(&id) else {
            return false;
        };
        self.changed = self.uptime;
        self.leave_servers(&session);
        fleet::schedule_reconnect(self, &session);
        true
    }

    /// Kills a session after a delay. A later call replaces an earlier one.
    pub fn kill_after(&mut self, id: u64, delay: Duration) -> bool {
        let at = self.uptime.saturating_add(delay);
        let Some(session) = self.sessions.get_mut(&id) else {
            return false;
        };
        session.expires = Some(at);
        self.schedule.add(at, FleetEvent::Expire(id));
        true
    }

    /// Gives the id to another user, connected just now. Simulates a reused id.
    pub fn impersonate(&mut self, id: u64, user: &str) -> bool {
        let born = self.uptime;
        let Some(session) = self.sessions.get_mut(&id) else {
            return false;
        };
        session.reassign(user, born);
        self.changed = born;
        self.drop_locks(id);
        true
    }

    /// Renames the session's user, to any text. Changes nothing else.
    pub fn rename(&mut self, id: u64, user: &str) -> bool {
        let Some(session) = self.sessions.get_mut(&id) else {
            return false;
        };
        user.clone_into(session.client.user.to_mut());
        self.changed = self.uptime;
        true
    }

    /// Ends the transaction of a session, as its own `COMMIT` does. The locks go to those that wait for them.
    pub fn commit(&mut self, id: u64) {
        self.drop_locks(id);
        self.changed = self.uptime;
    }

    /// Restarts a server: its transactions with locks end, and the statements of killed sessions.
    pub fn restart_server(&mut self, server: &str) {
        self.server_starts.insert(server.to_owned(), self.uptime);
        self.end_transactions(server);
        self.changed = self.uptime;
    }

    /// Closes a session whose thread on the first server then belongs to another session, as a connection pool
    /// of MaxScale does. Returns `false` if they are not two sessions with the same first server.
    pub fn hand_over(&mut self, from: u64, to: u64) -> bool {
        let first_server = |id| {
            let session = self.session(id)?;
            session.connections().next().map(|held| held.server)
        };
        if from == to || first_server(from).is_none() || first_server(from) != first_server(to) {
            return false;
        }
        let Some(left) = self.sessions.remove(&from) else {
            return false;
        };
        self.drop_locks(from);
        let thread_id = left.first_thread_id();
        if let Some(session) = self.sessions.get_mut(&to) {
            session.pooled_thread = Some(thread_id);
        }
        self.changed = self.uptime;
        true
    }

    /// Leaves a session out of the next `lists` lists. A later call replaces an earlier one.
    pub fn hide(&mut self, id: u64, lists: u32) -> bool {
        if !self.sessions.contains_key(&id) {
            return false;
        }
        self.hidden.insert(id, lists);
        self.drop_unhidden();
        self.changed = self.uptime;
        true
    }

    /// Counts a list as delivered.
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
