//! Open connections of `/v1/sql`.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use secrecy::ExposeSecret as _;

use super::SqlSettings;
use crate::demo::profile::SqlForm;
use crate::demo::world::{SERVERS, Server, ServerTrouble, World, mix};

/// Maximum number of statements in the log.
const LOG_LENGTH: usize = 10_000;
/// Thread id of the first connection. Those of sessions are lower.
const FIRST_THREAD: u64 = 5_000_000;

/// A connection to a server.
#[derive(Debug)]
pub(in crate::demo) struct SqlConnection {
    pub(in crate::demo) server: &'static Server,
    pub(in crate::demo) thread_id: u64,
    /// The last statement.
    pub(in crate::demo) sql: Option<String>,
    /// Number of statements so far.
    pub(in crate::demo) statements: u64,
    /// When the connection was last used.
    pub(in crate::demo) used: Instant,
    /// When the running statement completes.
    pub(in crate::demo) busy_until: Option<Instant>,
}

impl SqlConnection {
    pub(in crate::demo) fn is_busy(&self) -> bool {
        self.busy_until.is_some_and(|until| until > Instant::now())
    }
}

/// All connections, with the settings of their servers.
#[derive(Debug, Default)]
pub(in crate::demo) struct SqlConnections {
    pub(in crate::demo) settings: SqlSettings,
    pub(in crate::demo) open: BTreeMap<String, SqlConnection>,
    /// Statements received, oldest first.
    log: VecDeque<String>,
    opened: u64,
    seed: u64,
}

/// Reason why a connection is not opened.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(in crate::demo) enum ConnectError {
    #[error("Target '{0}' not found")]
    UnknownTarget(String),
    #[error("Connection to [{address}]:3306 failed. Error {errno}: {message}")]
    Failed {
        address: &'static str,
        errno: u16,
        message: String,
    },
}

impl SqlConnections {
    pub(in crate::demo) fn new(settings: SqlSettings) -> Self {
        Self {
            settings,
            seed: fastrand::u64(..),
            ..Self::default()
        }
    }

    /// Closes all connections, as a restart of MaxScale does.
    pub(in crate::demo) fn restart(&mut self) {
        self.open.clear();
    }

    /// Opens a connection and returns its id.
    pub(in crate::demo) fn connect(
        &mut self,
        world: &World,
        form: SqlForm,
        (target, user, password): (&str, &str, &str),
    ) -> Result<String, ConnectError> {
        let server = SERVERS
            .iter()
            .find(|server| server.name == target)
            .ok_or_else(|| ConnectError::UnknownTarget(target.to_owned()))?;
        let failed = |errno, message| ConnectError::Failed {
            address: server.address,
            errno,
            message,
        };
        if world.trouble_of(server.name) == Some(ServerTrouble::Down) {
            let message = format!("Can't connect to server on '{}' (115)", server.address);
            return Err(failed(2002, message));
        }
        if user != self.settings.user || password != self.settings.password.expose_secret() {
            let message = format!("Access denied for user '{user}'@'10.0.0.5' (using password: YES)");
            return Err(failed(1045, message));
        }
        let same = self.open.values().filter(|one| one.server.name == server.name);
        if same.count() >= self.settings.max_connections {
            return Err(failed(1040, "Too many connections".to_owned()));
        }
        self.opened = self.opened.saturating_add(1);
        let id = if form.integer_ids {
            self.opened.to_string()
        } else {
            uuid(mix(self.seed, self.opened), mix(self.seed, !self.opened))
        };
        let connection = SqlConnection {
            server,
            thread_id: FIRST_THREAD + self.opened,
            sql: None,
            statements: 0,
            used: Instant::now(),
            busy_until: None,
        };
        self.open.insert(id.clone(), connection);
        Ok(id)
    }

    /// Records a statement of an open connection and how long it runs. Returns its number, from 1.
    pub(in crate::demo) fn record(&mut self, id: &str, sql: &str, time: Duration) -> u64 {
        if self.log.len() >= LOG_LENGTH {
            self.log.pop_front();
        }
        self.log.push_back(sql.to_owned());
        self.open.get_mut(id).map_or(0, |connection| {
            connection.sql = Some(sql.to_owned());
            connection.statements = connection.statements.saturating_add(1);
            connection.used = Instant::now();
            connection.busy_until = (time > Duration::ZERO).then(|| Instant::now() + time);
            connection.statements
        })
    }

    /// Returns the statements received, oldest first.
    pub(in crate::demo) fn log(&self) -> Vec<String> {
        self.log.iter().cloned().collect()
    }
}

/// Returns an id in the form of a UUID of version 4.
fn uuid(high: u64, low: u64) -> String {
    format!(
        "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
        high >> 32,
        high >> 16 & 0xFFFF,
        high & 0xFFF,
        low >> 52,
        low & 0xFFFF_FFFF_FFFF
    )
}
