//! The root blocker of a waiting victim, and the kill dialog for sessions that block or wait.

use super::{LockRole, filter_of};
use crate::app::App;
use crate::app::cursor::KeyedRows as _;
use crate::app::kill_dialog::KillDialog;
use crate::app::kill_selection::Selection;
use crate::app::status::Status;
use crate::app::victim_selection::VictimOrigin;
use crate::kill::Victim;
use crate::model::{EndpointId, LockHolder, Lookup, RowKey, SessionId};

/// The root blocker that a victim waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RootBlocker {
    /// Key of its session, if it is one of this proxy.
    pub session: Option<RowKey>,
    /// Its name.
    pub name: String,
    /// Whether it is only likely.
    pub is_likely: bool,
}

impl App {
    /// Opens the dialog for a session of the view of blockers, or for the root blocker of a victim.
    pub(in crate::app) fn ask_to_kill_waiting(&mut self, key: &RowKey, role: LockRole) {
        if let Some(busy) = self.kills.busy() {
            self.status = Some(Status::warning(busy));
            return;
        }
        let latest = self
            .endpoints
            .get(key.endpoint)
            .and_then(|endpoint| endpoint.latest.clone());
        let found = latest.and_then(|latest| match latest.find(key) {
            Lookup::Same(session) => Some((latest.identity(session), session.clone())),
            Lookup::Other(_) | Lookup::Missing => None,
        });
        let Some((identity, session)) = found else {
            self.status = Some(Status::note(format!("{} has already ended", key.id)));
            return;
        };
        let origin = VictimOrigin::Session {
            identity,
            session: Box::new(session),
            filter: filter_of(role),
        };
        self.select_victims(origin, Selection::Session);
    }

    /// Returns the key of a session in the lists of the view.
    pub(in crate::app) fn listed_key(&self, endpoint: EndpointId, id: SessionId) -> Option<RowKey> {
        let mut lists = self.table.view.snapshots.iter();
        let list = lists.find(|list| list.endpoint == endpoint)?;
        list.get(id).map(|session| list.key(session))
    }

    /// Returns the session that another one waits for, if a kill has found it gone after the locks were read.
    pub(crate) fn killed_blocker(&self, endpoint: EndpointId, waiter: SessionId) -> Option<SessionId> {
        let locks = self.locks_of(endpoint)?.session(waiter)?;
        let wait = locks.wait.as_ref().filter(|wait| !wait.is_likely)?;
        let Some(LockHolder::Session { id, .. }) = &wait.blocker else {
            return None;
        };
        self.kills.end_of(&self.listed_key(endpoint, *id)?)?;
        Some(*id)
    }

    /// Returns the root blocker that a victim waits for.
    pub(in crate::app) fn root_blocker(&self, victim: &Victim) -> Option<RootBlocker> {
        let endpoint = victim.identity.endpoint;
        let wait = self
            .locks_of(endpoint)?
            .session(victim.identity.id)?
            .wait
            .as_ref()?;
        let holder = wait.blocker.as_ref()?;
        Some(RootBlocker {
            session: match holder {
                LockHolder::Session { id, .. } => self.listed_key(endpoint, *id),
                LockHolder::Thread(_)
                | LockHolder::EndedSession { .. }
                | LockHolder::UnknownSession(_)
                | LockHolder::PreparedXa => None,
            },
            name: holder.to_string(),
            is_likely: wait.is_likely,
        })
    }

    /// `b` in the dialog: changes to the root blocker of the victim.
    pub(in crate::app) fn change_to_root(&mut self) {
        let Some(root) = self.root_of_dialog() else {
            return;
        };
        let waiter = self.modal.kill_dialog().and_then(KillDialog::under_cursor);
        let waiter = waiter.map(|task| (task.victim.identity.endpoint, task.victim.identity.id));
        if let Some(key) = root.session {
            self.modal.close();
            self.move_cursor_to_root(&key, waiter);
            let role = if root.is_likely {
                LockRole::Likely
            } else {
                LockRole::Blocker
            };
            return self.ask_to_kill_waiting(&key, role);
        }
        self.open_blockers();
        if let Some((endpoint, id)) = waiter {
            self.go_to_blocker_of(endpoint, id);
        }
        self.status = Some(Status::note(format!("{}: y copies its KILL", root.name)));
    }

    /// Moves the cursor of the open view from a waiter to its root blocker. The details keep their session.
    fn move_cursor_to_root(&mut self, root: &RowKey, waiter: Option<(EndpointId, SessionId)>) {
        match waiter.filter(|_| self.blockers.is_some()) {
            Some((endpoint, id)) => self.go_to_blocker_of(endpoint, id),
            None if self.detail_has_keys() || self.table.shows_groups() => {}
            None => {
                if let Some(position) = self.table.view.position_of(root) {
                    self.jump(position);
                }
            }
        }
    }

    /// Returns the root blocker that the victim under the cursor of the dialog waits for.
    pub(crate) fn root_of_dialog(&self) -> Option<RootBlocker> {
        let dialog = self.modal.kill_dialog()?;
        let now = || self.root_blocker(&dialog.under_cursor()?.victim);
        dialog.root.clone().or_else(now)
    }
}
