//! Checks and DELETEs of the kill protocol.
//!
//! A check of a session and the DELETE after it must reach the same proxy process. Both therefore go to
//! one IP address, over one connection where the server keeps connections open; otherwise the DELETE's
//! connection is open before the check begins. The process start is read twice around the session, on
//! separate connections, because several proxies can be behind one address.

mod connection;
mod gate;
mod held;
mod read;
mod survey;

use std::net::SocketAddr;

use jiff::Timestamp;
use tokio::sync::Semaphore;

pub(super) use self::connection::Connection;
use self::held::{HeldConnections, KEPT_FOR};
use super::{Client, fault};
use crate::clock;
use crate::kill::CheckPurpose;
use crate::model::{
    Absence, Dialect, Now, ProcessStart, RequestError, SessionDetail, SessionId, SessionObservation,
};

/// Maximum number of checks in progress. Each has up to three requests, so that about sixteen reach the
/// proxy at most.
const CHECKS_AT_ONCE: usize = 5;

/// The result of a check.
#[derive(Debug)]
pub enum Checked {
    /// The session that has this id now.
    Seen(Box<SessionObservation>),
    /// The admin API has no session with this id.
    Missing(Absence),
}

/// State shared by the checks and DELETEs of one endpoint.
#[derive(Debug)]
pub(super) struct CheckedState {
    slots: Semaphore,
    held: HeldConnections,
    survey: survey::LastSurvey,
}

impl Default for CheckedState {
    fn default() -> Self {
        Self {
            slots: Semaphore::new(CHECKS_AT_ONCE),
            held: HeldConnections::default(),
            survey: survey::LastSurvey::default(),
        }
    }
}

/// The process starts read by one check.
#[derive(Debug, Default)]
struct Processes {
    first: Option<ProcessStart>,
    other: Option<ProcessStart>,
}

impl Processes {
    fn add(&mut self, process: Option<ProcessStart>) {
        if self.first.is_none() {
            self.first = process;
        } else if process.is_some() && process != self.first {
            self.other = process;
        }
    }
}

/// The result of a check, and the connection for the DELETE.
type Read = (Checked, Option<Connection>);

impl Client {
    /// Checks which session has an id. `victim` identifies the victim across its checks and its DELETE:
    /// all of them use the same IP address.
    ///
    /// No list of this client is in flight at the same time, because MaxScale builds lists on the thread
    /// that replies to checks.
    ///
    /// # Errors
    ///
    /// Returns an error if no usable reply arrived, or if two processes answered. A missing session is
    /// [`Checked::Missing`].
    pub async fn check(
        &self,
        victim: u32,
        id: SessionId,
        purpose: CheckPurpose,
    ) -> Result<Checked, RequestError> {
        let dialect = self.dialect_or_find().await?;
        let _no_list = match purpose {
            CheckPurpose::Confirm | CheckPurpose::Delete => Some(self.0.lists.keep_lists_out().await),
            CheckPurpose::FollowUp => None,
        };
        // The semaphore is never closed.
        let _slot = self.0.kills.slots.acquire().await.ok();
        let mut read = self.read_at(victim, dialect, id, purpose).await;
        if matches!(read, Err(RequestError::LoginEnded)) {
            // The token was dropped; reading again with the password does no harm.
            read = self.read_at(victim, dialect, id, purpose).await;
        }
        let (checked, connection) = read?;
        if let (CheckPurpose::Delete, Some(connection)) = (purpose, connection) {
            self.keep_for_delete(victim, connection);
        }
        Ok(checked)
    }

    /// Keeps a connection for the DELETE, and drops it when a DELETE may no longer use it: the victim may be
    /// refused.
    fn keep_for_delete(&self, victim: u32, connection: Connection) {
        let number = self.0.kills.held.keep(victim, connection);
        let client = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep(KEPT_FOR).await;
            client.0.kills.held.drop_unused(number);
        });
    }

    /// Sends one DELETE over the connection of the victim's last check, within one second of
    /// `checked_at`, or not at all. It is never repeated.
    ///
    /// # Errors
    ///
    /// Returns [`RequestError::CheckExpired`] or [`RequestError::Unsent`] if not a byte was written,
    /// [`RequestError::ReadOnly`] for a read-only client, and [`RequestError::NotFound`] for the admin API's own 404.
    pub async fn delete(&self, victim: u32, id: SessionId, checked_at: Now) -> Result<(), RequestError> {
        let deletion = self.0.deletion.as_ref().ok_or(RequestError::ReadOnly)?;
        let dialect = self.dialect().ok_or(RequestError::Unsent)?;
        let connection = self.0.kills.held.take(victim).ok_or(RequestError::Unsent)?;
        let reply = deletion
            .send(&self.0.exchange, connection, dialect, id, checked_at)
            .await?;
        match reply.status {
            200 | 202 | 204 => Ok(()),
            _ => Err(fault::of_status(&reply, dialect, self.has_credentials())),
        }
    }

    async fn read_at(
        &self,
        victim: u32,
        dialect: Dialect,
        id: SessionId,
        purpose: CheckPurpose,
    ) -> Result<Read, RequestError> {
        let address = match (purpose, self.0.kills.held.address(victim)) {
            // A DELETE and what follows it stay with the address of the check before.
            (CheckPurpose::Delete | CheckPurpose::FollowUp, Some(address)) => address,
            _ => self.address().await?,
        };
        self.0.kills.held.remember(victim, address);
        if purpose == CheckPurpose::FollowUp {
            return self.follow_up(address, dialect, id).await;
        }
        if self.0.kills.held.keeps_connections()
            && let Some(read) = self.read_over_one(address, dialect, id, purpose).await?
        {
            return Ok(read);
        }
        self.read_over_several(address, dialect, id, purpose).await
    }

    /// Reads the process start and the session over one connection, which is then kept for the DELETE.
    /// Returns `None` if the server closes connections after a reply.
    async fn read_over_one(
        &self,
        address: SocketAddr,
        dialect: Dialect,
        id: SessionId,
        purpose: CheckPurpose,
    ) -> Result<Option<Read>, RequestError> {
        let has_process = dialect == Dialect::JsonApi;
        let second = async {
            if has_process {
                self.open(address).await.map(Some)
            } else {
                Ok(None)
            }
        };
        let (mut connection, second) = tokio::try_join!(self.open(address), second)?;
        let mut processes = Processes::default();
        let mut asked_at = clock::now();
        if let Some(mut second) = second {
            let (one, two) = tokio::join!(self.process(&mut connection), self.process(&mut second));
            processes.add(one?);
            processes.add(two?);
        } else if !self.0.kills.held.is_known_to_keep() {
            // The draft has nothing to read first: this request shows whether a second one is possible.
            self.detail(&mut connection, dialect, id).await?;
        }
        if !connection.is_open().await {
            self.0.kills.held.note_closing();
            return Ok(None);
        }
        if !has_process {
            asked_at = clock::now();
        }
        let detail = match self.detail(&mut connection, dialect, id).await {
            // Closed without an announcement after the first reply.
            Err(RequestError::Cut(_) | RequestError::Unsent) => {
                self.0.kills.held.note_closing();
                return Ok(None);
            }
            detail => detail?,
        };
        let stays_open = connection.is_open().await;
        if stays_open {
            self.0.kills.held.note_keeping();
        } else {
            self.0.kills.held.note_closing();
        }
        let Some(detail) = detail else {
            let rest = stays_open.then_some(connection);
            let absence = self.absence(address, dialect, rest, processes).await?;
            return Ok(Some((Checked::Missing(absence), None)));
        };
        if !stays_open && purpose == CheckPurpose::Delete {
            return Ok(None);
        }
        let seen = self.seen(detail, processes, asked_at);
        Ok(Some((seen, stays_open.then_some(connection))))
    }

    /// Reads everything over separate connections, in parallel. The DELETE's connection is opened at
    /// the same time and is unused until the DELETE.
    async fn read_over_several(
        &self,
        address: SocketAddr,
        dialect: Dialect,
        id: SessionId,
        purpose: CheckPurpose,
    ) -> Result<Read, RequestError> {
        let has_process = dialect == Dialect::JsonApi;
        let optional = |wanted: bool| async move {
            if wanted {
                self.open(address).await.map(Some)
            } else {
                Ok(None)
            }
        };
        let (mut connection, mut first, mut second, reserved) = tokio::try_join!(
            self.open(address),
            optional(has_process),
            optional(has_process),
            optional(purpose == CheckPurpose::Delete),
        )?;
        let asked_at = clock::now();
        let (one, two, detail) = tokio::join!(
            self.optional_process(first.as_mut()),
            self.optional_process(second.as_mut()),
            self.detail(&mut connection, dialect, id),
        );
        let mut processes = Processes::default();
        processes.add(one?);
        processes.add(two?);
        if let Some(detail) = detail? {
            return Ok((self.seen(detail, processes, asked_at), reserved));
        }
        let absence = self.absence(address, dialect, None, processes).await?;
        Ok((Checked::Missing(absence), None))
    }

    /// Reads the session and then the process start.
    async fn follow_up(
        &self,
        address: SocketAddr,
        dialect: Dialect,
        id: SessionId,
    ) -> Result<Read, RequestError> {
        let mut connection = self.open(address).await?;
        let asked_at = clock::now();
        let detail = self.detail(&mut connection, dialect, id).await?;
        let rest = connection.is_open().await.then_some(connection);
        let absence = self.absence(address, dialect, rest, Processes::default()).await?;
        let checked = match detail {
            Some(detail) => {
                let mut processes = Processes::default();
                processes.add(absence.process);
                self.seen(detail, processes, asked_at)
            }
            None => Checked::Missing(absence),
        };
        Ok((checked, None))
    }

    /// Reads the process start after the session, at the same address.
    async fn absence(
        &self,
        address: SocketAddr,
        dialect: Dialect,
        connection: Option<Connection>,
        mut processes: Processes,
    ) -> Result<Absence, RequestError> {
        let mut after = None;
        if dialect == Dialect::JsonApi {
            let mut connection = match connection {
                Some(connection) => connection,
                None => self.open(address).await?,
            };
            after = self.process(&mut connection).await?;
            processes.add(after.clone());
        }
        Ok(Absence {
            // A process start that was read before the session proves nothing on its own.
            process: after.and(processes.first),
            other_process: processes.other,
        })
    }

    fn seen(&self, detail: SessionDetail, processes: Processes, asked_at: Now) -> Checked {
        Checked::Seen(Box::new(SessionObservation {
            endpoint: self.endpoint(),
            process: processes.first,
            other_process: processes.other,
            asked_at,
            taken_at: Timestamp::now(),
            detail,
        }))
    }
}
