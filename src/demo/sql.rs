//! `/v1/sql` without HTTP: connections to servers, and the answers to the statements of maxtop.

mod answers;
mod connections;
mod statement;

use std::time::Duration;

use secrecy::SecretString;

pub(super) use answers::{Execution, FieldKind, SqlError, SqlField, SqlResult, execute, own_thread};
pub(super) use connections::{SqlConnection, SqlConnections};

/// Database account and behavior of the servers behind `/v1/sql`.
#[derive(Debug, Clone)]
#[allow(clippy::struct_excessive_bools)]
pub struct SqlSettings {
    /// Database user.
    pub user: String,
    /// Password of the database user.
    pub password: SecretString,
    /// Whether the user has `PROCESS`. Otherwise it sees only its own threads.
    pub process: bool,
    /// Whether the user has `CONNECTION ADMIN`, which a kill needs.
    pub connection_admin: bool,
    /// Whether the plugin `METADATA_LOCK_INFO` is loaded.
    pub metadata_plugin: bool,
    /// Names of the statements that exceed `max_statement_time`.
    pub cut: Vec<String>,
    /// Whether every connection is busy with another request.
    pub busy: bool,
    /// Maximum number of connections to one server.
    pub max_connections: usize,
    /// Duration of every statement, in real time.
    pub delay: Duration,
}

impl Default for SqlSettings {
    fn default() -> Self {
        Self {
            user: "maxtop".to_owned(),
            password: "maxtop".into(),
            process: true,
            connection_admin: true,
            metadata_plugin: true,
            cut: Vec::new(),
            busy: false,
            max_connections: 100,
            delay: Duration::ZERO,
        }
    }
}
