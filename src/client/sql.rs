//! Connections to servers through `/v1/sql`: one for each server, opened when the first statement is sent.
//!
//! MaxScale closes an unused connection only when its socket is closed. So every connection is closed when
//! the program exits ([`Client::close_server_connections`]), and the first statement of each lets the server
//! close it after a minute without statements. Ids and cookies of the server are checked before anything is
//! sent with them.

mod connection;
mod cookies;
mod lock_tables;
mod request;
mod threads;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use secrecy::ExposeSecret as _;
use tokio::sync::Mutex as AsyncMutex;
use tokio::task::JoinSet;

use self::connection::OpenConnection;
use self::lock_tables::LastReadings;
pub use self::lock_tables::LockTablesTurn;
pub(super) use self::request::SqlRequest;
use super::Client;
use super::reply::Reply;
use super::spec::Credentials;
use crate::model::{RequestError, ServerAccessFault, Text, TextLimit};
use crate::wire::sql::{self, ResultSet, SqlText, Statement};
use crate::wire::{Decoder, error_detail};

/// Maximum time to wait until connections to servers are closed.
pub(crate) const MAX_CLOSE_WAIT: Duration = Duration::from_secs(1);
/// Pause before another attempt to close a connection that is busy.
const CLOSE_RETRY_DELAY: Duration = Duration::from_millis(100);

/// Closes the connections of all clients to servers at the same time. They open no more.
pub(crate) async fn close_server_connections(clients: &[Client]) {
    let mut closing = JoinSet::new();
    for client in clients {
        let client = client.clone();
        closing.spawn(async move { client.close_server_connections(MAX_CLOSE_WAIT).await });
    }
    closing.join_all().await;
}

/// The connections of one endpoint to its servers.
#[derive(Debug)]
pub(super) struct SqlAccess {
    credentials: Credentials,
    slots: Mutex<BTreeMap<Text, Arc<Slot>>>,
    /// The last readings of locks, by server.
    lock_tables: Mutex<BTreeMap<Text, Arc<AsyncMutex<LastReadings>>>>,
    /// Whether the program exits: no connection is opened any more.
    is_closing: AtomicBool,
    /// Number of connections opened.
    opened: AtomicU64,
}

/// The connection to one server. Locked during each request, because a connection runs one statement at a
/// time.
type Slot = AsyncMutex<Option<OpenConnection>>;

/// The result of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementResult<T> {
    /// The rows.
    pub rows: T,
    /// Time that the statement took at the server; if MaxScale does not report it, of the request.
    pub cost: Duration,
    /// Number of the connection within the run of maxtop.
    pub connection: u64,
}

impl SqlAccess {
    pub(super) fn new(credentials: Credentials) -> Self {
        Self {
            credentials,
            slots: Mutex::default(),
            lock_tables: Mutex::default(),
            is_closing: AtomicBool::new(false),
            opened: AtomicU64::new(0),
        }
    }

    fn slot(&self, server: &Text) -> Arc<Slot> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(slots.entry(server.clone()).or_default())
    }

    fn lock_tables(&self, server: &Text) -> Arc<AsyncMutex<LastReadings>> {
        let mut tables = self.lock_tables.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(tables.entry(server.clone()).or_default())
    }

    /// Returns MaxScale's message, without the password.
    fn detail(&self, reply: &Reply) -> Option<Text> {
        let detail = error_detail(&reply.body)?;
        let password = self.credentials.password.expose_secret();
        let raw = detail.raw().kept();
        let has_password = !password.is_empty() && raw.contains(password);
        Some(if has_password {
            Text::clean(&raw.replace(password, "***"), TextLimit::Line)
        } else {
            detail
        })
    }
}

impl SqlAccess {
    fn fault_of_open(&self, reply: &Reply) -> ServerAccessFault {
        let detail = self.detail(reply);
        match reply.status {
            404 | 405 => ServerAccessFault::NotSupported,
            400 => detail
                .as_ref()
                .and_then(|detail| sql::fault_of_connect(detail.raw().kept()))
                .unwrap_or(ServerAccessFault::Status { status: 400, detail }),
            status => ServerAccessFault::Status { status, detail },
        }
    }
}

impl Client {
    /// Whether a database user is configured.
    pub fn has_server_access(&self) -> bool {
        self.0.sql.is_some()
    }

    /// Returns the database user, if one is configured.
    pub fn database_user(&self) -> Option<&str> {
        let access = self.0.sql.as_ref();
        access.map(|access| access.credentials.user.as_str())
    }

    /// Runs a statement at a server. Opens the connection first if needed.
    ///
    /// # Errors
    ///
    /// Returns [`ServerAccessFault`] if the connection cannot be opened or the statement fails.
    pub async fn run_statement<T: Send + 'static>(
        &self,
        server: &Text,
        statement: Statement,
        read: fn(&ResultSet<'_>, &mut Decoder<'_>) -> T,
    ) -> Result<StatementResult<T>, ServerAccessFault> {
        let result = self.run_on_connection(server, statement, read).await;
        self.log_statement(server, result.as_ref().err());
        result
    }

    async fn run_on_connection<T: Send + 'static>(
        &self,
        server: &Text,
        statement: Statement,
        read: fn(&ResultSet<'_>, &mut Decoder<'_>) -> T,
    ) -> Result<StatementResult<T>, ServerAccessFault> {
        let access = self.sql_access()?;
        let mut slot = access.slot(server).lock_owned().await;
        if access.is_closing.load(Ordering::SeqCst) {
            return Err(ServerAccessFault::Exiting);
        }
        if slot.as_ref().is_some_and(OpenConnection::is_expiring) {
            self.send_close(slot.take()).await;
        }
        if slot.is_none() {
            // A task of its own: if this one is canceled, the connection is stored all the same.
            let (client, server) = (self.clone(), server.clone());
            let opening = tokio::spawn(async move {
                let opened = client.open_server_connection(&server).await;
                let fault = match opened {
                    Ok(connection) => {
                        *slot = Some(connection);
                        None
                    }
                    Err(fault) => Some(fault),
                };
                (slot, fault)
            });
            let (opened, fault) = match opening.await {
                Ok(opened) => opened,
                Err(error) => match error.try_into_panic() {
                    Ok(panic) => std::panic::resume_unwind(panic),
                    // Canceled: the runtime shuts down.
                    Err(_) => return Err(ServerAccessFault::Exiting),
                },
            };
            slot = opened;
            if let Some(fault) = fault {
                return Err(fault);
            }
        }
        let connection = slot.as_ref().ok_or(ServerAccessFault::Lost)?;
        let result = self.query(connection, &statement.text(), read).await;
        match result {
            // MaxScale no longer knows the connection, or no longer accepts its token.
            Err(QueryFault::Gone) => {
                *slot = None;
                Err(ServerAccessFault::Lost)
            }
            Err(QueryFault::Other(fault)) => {
                if fault.loses_connection() {
                    self.send_close(slot.take()).await;
                }
                Err(fault)
            }
            Ok(result) => Ok(result),
        }
    }

    /// Ends one running statement at a server, over the connection that has read its id. Never opens a
    /// connection: behind another one may be another run of the server, where the id belongs to another
    /// statement.
    ///
    /// # Errors
    ///
    /// Returns [`ServerAccessFault::Ended`] if the statement had ended, [`ServerAccessFault::Lost`] if that
    /// connection is no longer open, and an error for a read-only client.
    pub async fn kill_statement(
        &self,
        server: &Text,
        connection: u64,
        query_id: u64,
    ) -> Result<(), ServerAccessFault> {
        if self.is_read_only() {
            return Err(ServerAccessFault::Request(RequestError::ReadOnly));
        }
        let slot = self.sql_access()?.slot(server).lock_owned().await;
        let open = slot.as_ref().filter(|open| open.number == connection);
        let connection = open.ok_or(ServerAccessFault::Lost)?;
        let kill = SqlText::kill(query_id);
        match self.query(connection, &kill, sql::nothing).await {
            Ok(_) => Ok(()),
            Err(QueryFault::Gone) => Err(ServerAccessFault::Lost),
            Err(QueryFault::Other(fault)) => Err(fault),
        }
    }

    /// Closes the connection to a server. Another statement opens a new one.
    pub async fn close_server_connection(&self, server: &Text) {
        if let Some(access) = &self.0.sql {
            let connection = access.slot(server).lock().await.take();
            self.send_close(connection).await;
        }
    }

    /// Closes all connections to servers, and opens no more. Stops after `within`.
    pub async fn close_server_connections(&self, within: Duration) {
        let Some(access) = &self.0.sql else {
            return;
        };
        access.is_closing.store(true, Ordering::SeqCst);
        self.release_server_connections(within).await;
    }

    /// Closes all connections to servers. Another statement opens a new one. Stops after `within`.
    pub async fn release_server_connections(&self, within: Duration) {
        let Some(access) = &self.0.sql else {
            return;
        };
        let slots: Vec<_> = {
            let mut slots = access.slots.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *slots).into_values().collect()
        };
        let mut closing = JoinSet::new();
        for slot in slots {
            let client = self.clone();
            closing.spawn(async move {
                // Waits for a statement or an opening that is in progress.
                let connection = slot.lock().await.take();
                client.send_close(connection).await;
            });
        }
        // Otherwise the server closes them, because of the first statement of each connection.
        let _ = tokio::time::timeout(within, closing.join_all()).await;
    }

    fn sql_access(&self) -> Result<&SqlAccess, ServerAccessFault> {
        self.0.sql.as_ref().ok_or(ServerAccessFault::NotAllowed)
    }

    /// Opens a connection and prepares it.
    async fn open_server_connection(&self, server: &Text) -> Result<OpenConnection, ServerAccessFault> {
        let access = self.sql_access()?;
        let target = server.raw().whole();
        let target = target.ok_or_else(|| invalid_reply("server name"))?;
        let request = SqlRequest::open(target, &access.credentials);
        let (reply, headers) = self.send(request).await?;
        if !reply.is_success() {
            return Err(access.fault_of_open(&reply));
        }
        let id = sql::connection(&reply.body).ok().and_then(|reply| reply.id);
        let id = id.ok_or_else(|| invalid_reply("connection id"))?;
        let cookies = cookies::read(&headers).ok_or_else(|| invalid_reply("cookie"))?;
        let connection = OpenConnection::new(access.opened.fetch_add(1, Ordering::Relaxed), id, cookies);
        let setup = self
            .query(&connection, &Statement::Setup.text(), sql::nothing)
            .await;
        match setup {
            Ok(_) => Ok(connection),
            Err(QueryFault::Gone) => Err(ServerAccessFault::Lost),
            Err(QueryFault::Other(fault)) => {
                self.send_close(Some(connection)).await;
                Err(fault)
            }
        }
    }

    /// Runs a statement on an open connection.
    async fn query<T: Send + 'static>(
        &self,
        connection: &OpenConnection,
        text: &SqlText,
        read: fn(&ResultSet<'_>, &mut Decoder<'_>) -> T,
    ) -> Result<StatementResult<T>, QueryFault> {
        let access = self.sql_access()?;
        let (reply, _) = self.send(SqlRequest::query(connection, text)).await?;
        match reply.status {
            200..=299 => {}
            400 | 404 => return Err(QueryFault::Gone),
            503 => return Err(ServerAccessFault::Busy.into()),
            status => {
                let detail = access.detail(&reply);
                return Err(ServerAccessFault::Status { status, detail }.into());
            }
        }
        let cost = reply.cost;
        let decoded = self.decode(reply, move |body, decoder| sql::query(body, decoder, read));
        let decoded = decoded.await.map_err(ServerAccessFault::Request)?;
        Ok(StatementResult {
            rows: decoded.result?,
            cost: decoded.cost.unwrap_or(cost),
            connection: connection.number,
        })
    }

    /// Closes a connection. A busy one is tried again, for [`MAX_CLOSE_WAIT`]. The server closes one that is left
    /// open, because of its first statement.
    async fn send_close(&self, connection: Option<OpenConnection>) {
        let Some(connection) = connection else {
            return;
        };
        let close = async {
            while let Ok((reply, _)) = self.send(SqlRequest::close(&connection)).await {
                if reply.status != 503 {
                    break;
                }
                tokio::time::sleep(CLOSE_RETRY_DELAY).await;
            }
        };
        let _ = tokio::time::timeout(MAX_CLOSE_WAIT, close).await;
    }

    async fn send(
        &self,
        request: SqlRequest<'_>,
    ) -> Result<(Reply, reqwest::header::HeaderMap), ServerAccessFault> {
        let sent = self.0.exchange.send_sql(request).await;
        let (reply, headers) = sent.map_err(ServerAccessFault::Request)?;
        match reply.status {
            401 | 403 => Err(ServerAccessFault::NotAllowed),
            _ => Ok((reply, headers)),
        }
    }
}

/// Why a statement failed.
enum QueryFault {
    /// MaxScale does not know the connection, or rejects its token.
    Gone,
    Other(ServerAccessFault),
}

impl From<ServerAccessFault> for QueryFault {
    fn from(fault: ServerAccessFault) -> Self {
        Self::Other(fault)
    }
}

/// Returns the fault of a reply with an invalid part.
fn invalid_reply(part: &str) -> ServerAccessFault {
    ServerAccessFault::InvalidReply(Text::clean(part, TextLimit::Name))
}
