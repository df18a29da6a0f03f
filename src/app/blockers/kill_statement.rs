//! The `KILL` statement of a thread, for the user to run, and the threads that never get one.

use super::{App, ThreadKey};
use crate::filter::{FilterInput, Ternary};
use crate::kill::{RefusalReason, protection, reason_names};
use crate::model::{Identity, ServerThread, Session, SessionId, Text, ThreadOwner};

/// Users of the server itself.
const SYSTEM_USERS: [&str; 2] = ["system user", "event_scheduler"];
/// Beginnings of commands and states of replication and of the cluster.
const SYSTEM_WORDS: [&str; 4] = ["Binlog Dump", "Daemon", "wsrep", "Slave"];

impl App {
    /// Returns the statement that ends a thread.
    ///
    /// # Errors
    ///
    /// Returns why there is none.
    pub(crate) fn kill_statement(&self, key: &ThreadKey) -> Result<String, String> {
        if key.thread == 0 {
            return Ok("XA RECOVER FORMAT='SQL'".to_owned());
        }
        if self.past.is_some() {
            return Err("the thread may belong to another session by now: L for live".to_owned());
        }
        let view = &self.table.view;
        let lists = view.snapshots.iter().zip(&view.locks);
        let mut own = lists.filter(|(snapshot, _)| snapshot.endpoint == key.endpoint);
        let server = own.find_map(|(_, locks)| locks.server(&key.server));
        let thread = server.and_then(|server| server.report.thread(key.thread));
        let Some(thread) = thread else {
            return Err("the user of the thread is unknown".to_owned());
        };
        if let Some(why) = system_thread(thread) {
            return Err(why);
        }
        if let Some(why) = self.owner_protection(key) {
            return Err(why);
        }
        let protect = &self.settings.protect;
        if !protect.is_empty() {
            let mut session = Session::bare(SessionId(0));
            session.user.clone_from(&thread.user);
            session.address = thread.host.as_ref().map(address);
            let input = FilterInput {
                endpoint: self
                    .endpoints
                    .get(key.endpoint)
                    .map(|endpoint| endpoint.name.as_str()),
                ..FilterInput::new(&session)
            };
            if protect.evaluate_in_any_form(&input) != Ternary::No {
                return Err("protect matches its user".to_owned());
            }
        }
        Ok(format!("KILL {}", key.thread))
    }

    /// Returns why `protect` forbids to end a session. `None` if it does not.
    pub(crate) fn protection_of(&self, identity: &Identity, session: &Session) -> Option<RefusalReason> {
        let diagnosis = self.table.view.diagnosis(&identity.key()).unwrap_or_default();
        let locks = self.locks_of(identity.endpoint);
        let locks = locks.map(|locks| locks.of(session)).unwrap_or_default();
        let reasons = reason_names(&diagnosis, locks);
        let endpoint = self.endpoints.get(identity.endpoint)?;
        let names = self.endpoints.names_of(identity.endpoint);
        let subject = FilterInput {
            endpoint: Some(&endpoint.name),
            names: Some(&names),
            process: identity.process.as_ref(),
            reasons: Some(reasons.as_reasons()),
            locks: locks.numbers(),
            ..FilterInput::new(session)
        };
        protection(&self.settings.protect, &subject)
    }

    /// Returns why `protect` forbids to end the session of a thread.
    fn owner_protection(&self, key: &ThreadKey) -> Option<String> {
        let Some(ThreadOwner::Session(id)) = self.thread_owner(key) else {
            return None;
        };
        let latest = self.endpoints.get(key.endpoint)?.latest.as_ref()?;
        let session = latest.sessions.get(latest.position(id)?)?;
        let refusal = self.protection_of(&latest.identity(session), session)?;
        Some(format!("session {id} is {}", refusal.words()))
    }

    /// Returns the owner of a thread, as the latest report has it.
    pub(super) fn thread_owner(&self, key: &ThreadKey) -> Option<ThreadOwner> {
        let server = self.locks_of(key.endpoint)?.server(&key.server)?;
        server.owners.get(&key.thread).copied()
    }
}

/// Returns why a thread belongs to the server itself; `None` if it does not.
pub(super) fn system_thread(thread: &ServerThread) -> Option<String> {
    let Some(user) = &thread.user else {
        return Some("its user is unknown".to_owned());
    };
    if SYSTEM_USERS.iter().any(|known| user.raw().is(known)) {
        return Some(format!("{user} is the server itself"));
    }
    let texts = [Some(user), thread.command.as_ref(), thread.state.as_ref()];
    let is_system = |text: &&Text| {
        let text = text.as_str().to_ascii_lowercase();
        SYSTEM_WORDS
            .iter()
            .any(|word| text.starts_with(&word.to_ascii_lowercase()))
    };
    let found = texts.into_iter().flatten().find(is_system)?;
    Some(format!("{found} belongs to replication or to the cluster"))
}

/// Returns the address of a host without its port.
fn address(host: &Text) -> Text {
    let text = host.as_str();
    let end = text.rfind(':').unwrap_or(text.len());
    Text::clean(text.get(..end).unwrap_or(text), crate::model::TextLimit::Line)
}
