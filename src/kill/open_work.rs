//! The open work of a session, which its kill affects: a transaction, a running statement. The kill dialog, the details
//! and `maxtop kill` say the same about it.

use super::Victim;
use crate::diagnosis::is_running;
use crate::filter::Ternary;
use crate::model::{Dialect, Instance, LockKnowledge, ServerLocks, Session};

/// Whether a session has an open transaction and runs a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OpenWork {
    /// Whether a transaction is open.
    pub transaction: Ternary,
    /// Whether a statement runs.
    pub statement: Ternary,
    /// Whether it is known to have no server connection: then nothing of it runs on a server.
    pub is_unconnected: bool,
}

impl Default for OpenWork {
    fn default() -> Self {
        Self::UNKNOWN
    }
}

impl OpenWork {
    /// Both are unknown.
    pub(crate) const UNKNOWN: Self = Self {
        transaction: Ternary::Unknown,
        statement: Ternary::Unknown,
        is_unconnected: false,
    };

    /// Returns what the admin API and the servers report about a session.
    pub(crate) fn of<'a>(
        session: &Session,
        api: (Dialect, Option<&Instance>),
        locks: LockKnowledge<'_>,
        server: impl Fn(&crate::model::Text) -> Option<&'a ServerLocks>,
    ) -> Self {
        Self::by_api(session, api).with_servers(Self::by_servers(session, locks, server))
    }

    /// Returns what the admin API reports about a session.
    pub(crate) fn by_api(session: &Session, (dialect, instance): (Dialect, Option<&Instance>)) -> Self {
        let extra = session.extra.as_ref();
        Self {
            transaction: ternary(extra.and_then(|extra| extra.in_transaction)),
            statement: ternary(is_running(dialect, instance, session)),
            is_unconnected: false,
        }
        .without_servers_if(session.server_connections().is_some_and(<[_]>::is_empty))
    }

    /// Returns what the servers report about a session. A statement that they do not report may still run.
    pub(crate) fn by_servers<'a>(
        session: &Session,
        locks: LockKnowledge<'_>,
        server: impl Fn(&crate::model::Text) -> Option<&'a ServerLocks>,
    ) -> Self {
        let transaction = match locks {
            LockKnowledge::Known(own) => Some(own.is_some_and(|own| own.transaction.is_some())),
            LockKnowledge::NoAccess | LockKnowledge::Unknown => None,
        };
        let mut connections = session.server_connections().unwrap_or_default().iter();
        let runs = connections.any(|connection| {
            server(&connection.server).is_some_and(|server| server.running.contains(&session.id))
        });
        Self {
            transaction: ternary(transaction),
            statement: ternary(runs.then_some(true)),
            is_unconnected: false,
        }
    }

    /// Adds what the servers report about the same session. They are more accurate than the admin API.
    pub(crate) const fn with_servers(self, servers: Self) -> Self {
        const fn known(api: Ternary, server: Ternary) -> Ternary {
            match server {
                Ternary::Unknown => api,
                Ternary::Yes | Ternary::No => server,
            }
        }
        Self {
            transaction: known(self.transaction, servers.transaction),
            statement: known(self.statement, servers.statement),
            is_unconnected: false,
        }
        .without_servers_if(self.is_unconnected)
    }

    /// Returns it for a session that is known to have no server connection, if it is one.
    pub(crate) const fn without_servers_if(self, is_unconnected: bool) -> Self {
        if !is_unconnected {
            return self;
        }
        let transaction = match self.transaction {
            Ternary::Yes => Ternary::Yes,
            Ternary::No | Ternary::Unknown => Ternary::No,
        };
        Self {
            transaction,
            statement: Ternary::No,
            is_unconnected,
        }
    }

    /// Returns what the admin API reports about a victim.
    pub(crate) fn of_victim(victim: &Victim) -> Self {
        Self::by_api(&victim.session, (victim.dialect, victim.instance.as_ref()))
    }

    /// Returns it with an open transaction, if rows have been changed.
    pub(crate) fn with_changes(self, has_changes: bool) -> Self {
        let transaction = if has_changes {
            Ternary::Yes
        } else {
            self.transaction
        };
        Self { transaction, ..self }
    }

    /// Adds another session: yes if one of them has it, unknown if one of them may have it.
    pub(crate) fn or(self, other: Self) -> Self {
        let either = |one, two| match (one, two) {
            (Ternary::Yes, _) | (_, Ternary::Yes) => Ternary::Yes,
            (Ternary::Unknown, _) | (_, Ternary::Unknown) => Ternary::Unknown,
            _ => Ternary::No,
        };
        Self {
            transaction: either(self.transaction, other.transaction),
            statement: either(self.statement, other.statement),
            is_unconnected: self.is_unconnected && other.is_unconnected,
        }
    }
}

const fn ternary(known: Option<bool>) -> Ternary {
    match known {
        Some(true) => Ternary::Yes,
        Some(false) => Ternary::No,
        None => Ternary::Unknown,
    }
}

/// Returns what a kill of this number of sessions does, as sentences. `work` is what one of them has open.
/// `kills_statements` is whether their running statements are killed too.
pub(crate) fn consequences(work: OpenWork, sessions: usize, kills_statements: bool) -> Vec<&'static str> {
    let are_several = sessions > 1;
    let lost = if are_several {
        "The clients lose their connections without an error."
    } else {
        "The client loses its connection without an error."
    };
    let transaction = match (work.transaction, are_several) {
        (Ternary::No, _) => None,
        (Ternary::Yes, true) => Some("Open transactions are rolled back."),
        (Ternary::Yes, false) => Some("Its open transaction is rolled back."),
        (Ternary::Unknown, true) => Some("If transactions are open, they are rolled back."),
        (Ternary::Unknown, false) => Some("If a transaction is open, it is rolled back."),
    };
    let statement = match (work.statement, are_several, kills_statements) {
        (_, true, _) if work.is_unconnected => {
            Some("They have no server connections: nothing runs on a server.")
        }
        _ if work.is_unconnected => Some("It has no server connection: nothing runs on a server."),
        (Ternary::No, ..) => None,
        (_, true, true) => Some("Running statements are killed on their servers too."),
        (Ternary::Yes, false, true) => Some("Its statement is killed on its server too."),
        (Ternary::Unknown, false, true) => Some("If a statement runs, it is killed on its server too."),
        (Ternary::Yes, true, false) => {
            Some("Statements may keep running on their servers until they finish there.")
        }
        (Ternary::Yes, false, false) => {
            Some("Its statement may keep running on its server until it finishes there.")
        }
        (Ternary::Unknown, true, false) => Some("If statements run, they may keep running on their servers."),
        (Ternary::Unknown, false, false) => Some("If a statement runs, it may keep running on its server."),
    };
    [Some(lost), transaction, statement]
        .into_iter()
        .flatten()
        .collect()
}
