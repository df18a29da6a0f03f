//! The statements of a killed session at its servers: which ones still run, and which may be ended.
//!
//! The threads of the servers are read twice: before the check that precedes the DELETE, and after the session
//! is gone. MaxScale hands an idle thread from session to session, so a thread id proves nothing. But a thread
//! that runs the same query id in both readings has run it at the time of the check in between, which listed
//! the thread for the victim. So the statement is the victim's. The order matters: if the first reading came
//! after the check, the thread could have been handed over between them.
//!
//! A statement is ended by its query id, which a server never uses twice in one run.

mod result;

pub use result::{
    EndAttempt, StatementDoubt, StatementEnd, StatementResults, StatementState, UnfollowedStatement,
};

use crate::filter::Ternary;
use crate::model::{
    ServerAccessFault, ServerConnection, ServerThread, ServerThreads, Session, Text, ThreadReading,
};

/// The statements of one victim.
#[derive(Clone, Debug, Default)]
pub(super) struct StatementTracker {
    /// The reading before the check.
    before: Vec<ServerThreads>,
    results: StatementResults,
}

/// Returns the servers of a session. Empty if it has no server connection.
pub(super) fn servers(session: &Session) -> Vec<Text> {
    let mut servers: Vec<Text> = Vec::new();
    for connection in session.server_connections().unwrap_or_default() {
        if !servers.contains(&connection.server) {
            servers.push(connection.server.clone());
        }
    }
    servers
}

impl StatementTracker {
    /// Stores the reading before the check.
    pub(super) fn on_first_reading(&mut self, readings: Vec<ServerThreads>) {
        self.before = readings;
        self.results = StatementResults::default();
    }

    /// Finds the statements of the session that the check has returned. `is_expected` is whether the filter
    /// `expected` matches it: its statements are never ended.
    pub(super) fn on_check(&mut self, session: &Session, is_expected: bool) {
        self.results = StatementResults::default();
        for connection in session.server_connections().unwrap_or_default() {
            match self.find(connection) {
                Ok(Some((server, thread))) => {
                    let attempt = match refusal(session, server, thread) {
                        _ if is_expected => EndAttempt::LeftAlone("the session is expected to wait"),
                        Some(why) => EndAttempt::LeftAlone(why),
                        None => EndAttempt::None,
                    };
                    self.results
                        .statements
                        .extend(StatementEnd::of(&connection.server, thread, attempt));
                }
                Ok(None) => {}
                Err(doubt) => self.results.unread.push((connection.server.clone(), doubt)),
            }
        }
    }

    /// Stores what the admin API reports about a running statement. It cannot be followed without server access.
    pub(super) const fn on_check_without_access(&mut self, is_running: Ternary) {
        self.results.unfollowed = match is_running {
            Ternary::Yes => Some(UnfollowedStatement::Reported),
            Ternary::Unknown => Some(UnfollowedStatement::Possible),
            Ternary::No => None,
        };
    }

    /// Returns the running thread of a server connection. `None` if it runs nothing.
    fn find(
        &self,
        connection: &ServerConnection,
    ) -> Result<Option<(&ThreadReading, &ServerThread)>, StatementDoubt> {
        // 0 means that the id is not known.
        let Some(id) = connection.thread_id.filter(|id| *id != 0) else {
            return Err(StatementDoubt::UnknownThread);
        };
        let server = of_server(&self.before, &connection.server).ok_or(StatementDoubt::NotRead)?;
        let reading = server.reading.as_ref().map_err(StatementDoubt::of)?;
        let rows = &reading.threads.rows;
        let mut found = rows.iter().filter(|thread| low_bits(thread.id) == id);
        match (found.next(), found.next()) {
            (Some(thread), None) => Ok(runs_statement(thread).then_some((reading, thread))),
            (Some(_), Some(_)) => Err(StatementDoubt::UnknownThread),
            (None, _) => match whole(reading) {
                Ok(()) => Ok(None),
                Err(doubt) => Err(doubt),
            },
        }
    }

    /// Whether there is a statement to look for in another reading.
    pub(super) const fn has_statements(&self) -> bool {
        !self.results.statements.is_empty()
    }

    /// Whether a statement may still get a KILL.
    pub(super) fn may_end(&self) -> bool {
        let may_end = |statement: &StatementEnd| {
            let is_decided = !matches!(statement.attempt, EndAttempt::None | EndAttempt::Logging);
            !is_decided && statement.state != StatementState::Ended
        };
        self.results.statements.iter().any(may_end)
    }

    /// Returns the servers of the next reading.
    pub(super) fn servers(&self) -> Vec<Text> {
        let mut servers: Vec<Text> = Vec::new();
        for statement in &self.results.statements {
            if !servers.contains(&statement.server) {
                servers.push(statement.server.clone());
            }
        }
        servers
    }

    /// Handles a reading after the session is gone.
    pub(super) fn on_later_reading(&mut self, readings: &[ServerThreads]) {
        for statement in &mut self.results.statements {
            if statement.state == StatementState::Ended {
                continue;
            }
            let state = state_of(statement, &self.before, readings);
            statement.state = state.unwrap_or_else(StatementState::Unknown);
        }
    }

    /// Returns the statements that may be ended, by index.
    pub(super) fn killable(&self) -> Vec<usize> {
        let statements = (0..).zip(&self.results.statements);
        let killable = statements.filter(|(_, statement)| {
            statement.state == StatementState::Running && statement.attempt == EndAttempt::None
        });
        killable.map(|(index, _)| index).collect()
    }

    /// Returns a statement and the number of the connection that has read it.
    pub(super) fn statement(&self, index: usize) -> Option<(&StatementEnd, u64)> {
        let statement = self.results.statements.get(index)?;
        let server = of_server(&self.before, &statement.server)?;
        Some((statement, server.reading.as_ref().ok()?.connection))
    }

    /// Returns the statements whose intent is being logged, by index.
    pub(super) fn being_logged(&self) -> Vec<usize> {
        let statements = (0..).zip(&self.results.statements);
        let logging = statements.filter(|(_, statement)| statement.attempt == EndAttempt::Logging);
        logging.map(|(index, _)| index).collect()
    }

    /// Stores an attempt to end a statement.
    pub(super) fn set_attempt(&mut self, index: usize, attempt: EndAttempt) {
        if let Some(statement) = self.results.statements.get_mut(index) {
            statement.attempt = attempt;
        }
    }

    /// Handles the reply to a KILL.
    pub(super) fn on_kill_reply(&mut self, index: usize, reply: Result<(), ServerAccessFault>) {
        let Some(statement) = self.results.statements.get_mut(index) else {
            return;
        };
        match reply {
            Ok(()) => {}
            Err(ServerAccessFault::Ended) => {
                statement.state = StatementState::Ended;
                statement.attempt = EndAttempt::None;
            }
            Err(fault) => statement.attempt = EndAttempt::Failed(fault),
        }
    }

    /// Marks the statements that still run, or may still run, as unknown.
    pub(super) fn doubt(&mut self, doubt: &StatementDoubt) {
        for statement in &mut self.results.statements {
            if statement.state != StatementState::Ended {
                statement.state = StatementState::Unknown(doubt.clone());
            }
        }
    }

    /// Returns the results.
    pub(super) const fn results(&self) -> &StatementResults {
        &self.results
    }
}

/// Returns the running statement of a server connection. `None` if it runs nothing, or if its thread is not certain.
pub(crate) fn running_statement(
    connection: &ServerConnection,
    rows: &[ServerThread],
) -> Option<StatementEnd> {
    let id = connection.thread_id.filter(|id| *id != 0)?;
    let mut same = rows.iter().filter(|thread| low_bits(thread.id) == id);
    match (same.next(), same.next()) {
        (Some(thread), None) if runs_statement(thread) => {
            StatementEnd::of(&connection.server, thread, EndAttempt::None)
        }
        _ => None,
    }
}

/// Returns the state of a statement according to a later reading.
fn state_of(
    statement: &StatementEnd,
    before: &[ServerThreads],
    after: &[ServerThreads],
) -> Result<StatementState, StatementDoubt> {
    let reading = |readings: &[ServerThreads]| {
        let server = of_server(readings, &statement.server).ok_or(StatementDoubt::NotRead)?;
        server.reading.clone().map_err(|fault| StatementDoubt::of(&fault))
    };
    let (before, after) = (reading(before)?, reading(after)?);
    if !before.is_same_connection(&after) {
        return Err(StatementDoubt::OtherConnection);
    }
    let thread = after
        .threads
        .rows
        .iter()
        .find(|thread| thread.id == statement.thread);
    match thread {
        Some(thread) if thread.query_id == Some(statement.query_id) && runs_statement(thread) => {
            Ok(StatementState::Running)
        }
        Some(_) => Ok(StatementState::Ended),
        None => whole(&after).map(|()| StatementState::Ended),
    }
}

/// Checks that a thread that the reading does not have is not there.
const fn whole(reading: &ThreadReading) -> Result<(), StatementDoubt> {
    if !reading.sees_all {
        Err(StatementDoubt::NoProcessPrivilege)
    } else if reading.threads.has_more {
        Err(StatementDoubt::TooManyThreads)
    } else {
        Ok(())
    }
}

fn of_server<'a>(readings: &'a [ServerThreads], server: &Text) -> Option<&'a ServerThreads> {
    readings.iter().find(|reading| reading.server == *server)
}

/// Returns the part of a thread id that the admin API reports.
const fn low_bits(id: u64) -> u32 {
    (id & 0xffff_ffff) as u32
}

/// Whether a thread runs a statement. An idle one keeps the query id of its last statement.
fn runs_statement(thread: &ServerThread) -> bool {
    let command = thread.command.as_ref().map(|command| command.raw().kept());
    matches!(command, Some("Query" | "Execute")) && thread.statement.is_some() && thread.query_id.is_some()
}

/// Returns why the statement of a thread is left alone. `None` if it may be ended.
pub(super) fn refusal(
    session: &Session,
    reading: &ThreadReading,
    thread: &ServerThread,
) -> Option<&'static str> {
    let host = thread.host.as_ref().map(host_part);
    // With proxy_protocol the server sees the address of the client.
    let own = reading.process.own_host.as_ref().map(host_part);
    let client = session
        .address
        .as_ref()
        .map(|address| unmapped(address.raw().kept()));
    if host.is_none() || (host != own && host != client) {
        return Some("its thread has another client address");
    }
    let running = session.extra.as_ref().and_then(|extra| extra.running.as_ref());
    let running = running.and_then(|running| running.sql.as_ref());
    // Under SET SESSION AUTHORIZATION the thread's user may be that of the service.
    let is_running = running.is_some() && running == thread.statement.as_ref();
    if thread.user.is_none() || (thread.user != session.user && !is_running) {
        return Some("its thread has another user, and the session's statement is not known to be this one");
    }
    None
}

/// Returns the host of a thread, which the server reports as `host:port`. IPv6 addresses have no brackets there.
fn host_part(host: &Text) -> &str {
    let host = host.raw().kept();
    unmapped(host.rsplit_once(':').map_or(host, |(host, _)| host))
}

/// Returns an address without the prefix of mapped IPv4 addresses.
fn unmapped(address: &str) -> &str {
    address.strip_prefix("::ffff:").unwrap_or(address)
}
