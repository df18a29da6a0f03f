//! Takes turns at reading the tables of transactions and locks of one server.
//!
//! `InnoDB` fills these tables again only if nothing has read them for 0.1 s. A reading that has to be new waits
//! that long, and no other reading of this program begins during that time.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::OwnedMutexGuard;
use tokio::time::{Instant, sleep_until};

use crate::client::Client;
use crate::model::{Now, ServerReport, Text};

/// Time without a reading after which `InnoDB` fills its tables again. A little more than its 0.1 s.
const SETTLE_TIME: Duration = Duration::from_millis(110);

/// The last readings of one server's tables.
#[derive(Debug, Default)]
pub(super) struct LastReadings {
    /// End of the last reading.
    ended_at: Option<Instant>,
    /// The last new reading, with the time before its first statement.
    latest: Option<(Now, Arc<ServerReport>)>,
}

/// The turn at reading the tables of one server. Others wait until it is dropped.
#[derive(Debug)]
pub struct LockTablesTurn {
    readings: OwnedMutexGuard<LastReadings>,
    has_read: bool,
}

impl LockTablesTurn {
    /// Waits until the next statement gets new tables, regardless of the own readings before it.
    pub async fn settle(&self) {
        if let Some(ended_at) = self.readings.ended_at {
            sleep_until(ended_at + SETTLE_TIME).await;
        }
    }

    /// Notes that a statement is sent.
    pub const fn begin(&mut self) {
        self.has_read = true;
    }

    /// Returns the last new reading if it began at this time or later.
    pub fn latest_since(&self, at: Now) -> Option<(Now, Arc<ServerReport>)> {
        let latest = self.readings.latest.as_ref();
        latest.filter(|(began, _)| began.elapsed >= at.elapsed).cloned()
    }

    /// Keeps a new reading for others that wait for their turn.
    pub fn keep(&mut self, asked_at: Now, report: Arc<ServerReport>) {
        self.readings.latest = Some((asked_at, report));
    }
}

impl Drop for LockTablesTurn {
    fn drop(&mut self) {
        if self.has_read {
            self.readings.ended_at = Some(Instant::now());
        }
    }
}

impl Client {
    /// Waits for the turn at reading the tables of transactions and locks of a server. `None` without a
    /// database user.
    pub async fn lock_tables(&self, server: &Text) -> Option<LockTablesTurn> {
        let access = self.0.sql.as_ref()?;
        Some(LockTablesTurn {
            readings: access.lock_tables(server).lock_owned().await,
            has_read: false,
        })
    }
}
