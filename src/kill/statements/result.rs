//! Results for the statements of a killed session, as values and as text.

use thiserror::Error;

use crate::model::{ServerAccessFault, ServerThread, Text};

/// Maximum number of characters shown of a statement; enough to recognize it.
const MAX_SQL_CHARS: usize = 60;

/// A statement of a victim that is not followed, because there is no server access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnfollowedStatement {
    /// The admin API reported it right before the DELETE.
    Reported,
    /// The admin API does not report whether one was running.
    Possible,
}

impl UnfollowedStatement {
    /// Returns part of a sentence, after `; `.
    const fn words(self) -> &'static str {
        match self {
            Self::Reported => "; its statement may still run: not checked, because sql-user is not set",
            Self::Possible => "; if a statement was running, it may still run on its server",
        }
    }
}

/// Why it is unknown whether a statement still runs.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StatementDoubt {
    /// The threads of the server could not be read.
    #[error("{0}")]
    Access(ServerAccessFault),
    /// The session was connected to the server only after the reading.
    #[error("the session connected to it only now")]
    NotRead,
    /// The proxy does not report the thread, or two threads have its id.
    #[error("its thread is unknown")]
    UnknownThread,
    /// The account sees only its own threads.
    #[error("the database user lacks PROCESS")]
    NoProcessPrivilege,
    /// The server has more threads than one result.
    #[error("the server runs more statements than can be read")]
    TooManyThreads,
    /// The connection was opened again, or the server has restarted.
    #[error("the connection to the server was interrupted")]
    OtherConnection,
    /// No 404 has confirmed that the session is gone.
    #[error(
        "only the lists showed that the session has ended, so the server was not read again; b shows what runs"
    )]
    NotConfirmed,
    /// The program exits.
    #[error("maxtop exits")]
    Exiting,
}

impl StatementDoubt {
    pub(super) fn of(fault: &ServerAccessFault) -> Self {
        Self::Access(fault.clone())
    }

    /// Whether another reading may know more.
    pub(crate) const fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::Access(ServerAccessFault::Busy | ServerAccessFault::Cut | ServerAccessFault::Request(_))
        )
    }
}

/// Whether a statement still runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatementState {
    /// It still runs.
    Running,
    /// It has ended.
    Ended,
    /// Unknown.
    Unknown(StatementDoubt),
}

/// An attempt to end a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EndAttempt {
    /// No attempt.
    None,
    /// It is not ended, for this reason.
    LeftAlone(&'static str),
    /// The intent is being logged.
    Logging,
    /// The KILL was sent.
    Sent,
    /// The KILL was sent, and failed or has no known result.
    Failed(ServerAccessFault),
}

/// One statement of a killed session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementEnd {
    /// Name of the server in MaxScale.
    pub server: Text,
    /// Thread id.
    pub thread: u64,
    /// Id of the statement at the server.
    pub query_id: u64,
    /// The statement, possibly only its beginning.
    pub sql: Text,
    /// Whether it still runs.
    pub state: StatementState,
    /// Attempt to end it.
    pub attempt: EndAttempt,
}

impl StatementEnd {
    pub(super) fn of(server: &Text, thread: &ServerThread, attempt: EndAttempt) -> Option<Self> {
        Some(Self {
            server: server.clone(),
            thread: thread.id,
            query_id: thread.query_id?,
            sql: thread.statement.clone()?,
            state: StatementState::Running,
            attempt,
        })
    }

    /// Returns the statement that ends it, for the user to copy.
    pub(crate) fn kill_text(&self) -> String {
        format!("KILL SOFT QUERY ID {}", self.query_id)
    }

    /// Returns the beginning of the statement.
    pub(crate) fn beginning(&self) -> String {
        let shown = self.sql.as_str();
        let mut sql: String = shown.chars().take(MAX_SQL_CHARS).collect();
        if sql.len() < shown.len() {
            sql.push('…');
        }
        sql
    }

    /// Returns `thread 269, UPDATE shop.orders …`.
    pub(in crate::kill) fn with_sql(&self) -> String {
        format!("thread {}, {}", self.thread, self.beginning())
    }

    /// Returns `thread 269, query 48213`.
    pub(in crate::kill) fn without_sql(&self) -> String {
        format!("thread {}, query {}", self.thread, self.query_id)
    }

    /// Returns the result as part of a sentence, with these details of the statement.
    fn words(&self, details: &str) -> String {
        let server = &self.server;
        let to_copy = format!("to end it there: {}", self.kill_text());
        match (&self.state, &self.attempt) {
            (StatementState::Running, EndAttempt::Sent) => {
                format!("its statement still runs on {server} after its KILL ({details})")
            }
            (StatementState::Running, EndAttempt::Failed(fault)) => {
                format!("its statement still runs on {server} ({details}): {fault}; {to_copy}")
            }
            (StatementState::Running, EndAttempt::LeftAlone(why)) => {
                format!(
                    "its statement still runs on {server} ({details}) and was left alone: {why}; {to_copy}"
                )
            }
            (StatementState::Running, EndAttempt::None | EndAttempt::Logging) => {
                format!("its statement still runs on {server} ({details}); {to_copy}")
            }
            (StatementState::Ended, EndAttempt::Sent | EndAttempt::Failed(_)) => {
                format!("its statement on {server} was ended ({details})")
            }
            (StatementState::Ended, _) => format!("its statement on {server} has ended"),
            (StatementState::Unknown(doubt), _) => {
                format!("unknown whether its statement on {server} still runs ({details}): {doubt}")
            }
        }
    }
}

/// The statements of a killed session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatementResults {
    /// The statements that ran right before the DELETE.
    pub statements: Vec<StatementEnd>,
    /// Servers on which it is unknown what the session ran.
    pub unread: Vec<(Text, StatementDoubt)>,
    /// A statement that is not followed; `None` if none was running, or with server access.
    pub unfollowed: Option<UnfollowedStatement>,
}

impl StatementResults {
    /// Whether a statement still runs, or may still run. One that was never reported does not count.
    pub(crate) fn may_run(&self) -> bool {
        let ended = |statement: &StatementEnd| statement.state == StatementState::Ended;
        self.unfollowed == Some(UnfollowedStatement::Reported)
            || !self.unread.is_empty()
            || !self.statements.iter().all(ended)
    }

    /// Whether a statement still runs for certain.
    pub(crate) fn runs(&self) -> bool {
        let runs = |statement: &StatementEnd| statement.state == StatementState::Running;
        self.statements.iter().any(runs)
    }

    /// Returns the results as parts of a sentence, each after `; `. Empty if there is nothing to say. `details`
    /// describes a statement.
    pub(in crate::kill) fn words(&self, details: fn(&StatementEnd) -> String) -> String {
        let one = |statement: &StatementEnd| statement.words(&details(statement));
        let statements = self.statements.iter().map(one);
        let unread = self
            .unread
            .iter()
            .map(|(server, doubt)| format!("unknown whether a statement still runs on {server}: {doubt}"));
        let mut text = String::new();
        for words in statements.chain(unread) {
            text.push_str("; ");
            text.push_str(&words);
        }
        if let Some(unfollowed) = self.unfollowed {
            text.push_str(unfollowed.words());
        }
        text
    }
}
