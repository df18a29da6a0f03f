//! A thread that writes outcomes for a command: a disk that hangs must not hold up its end.

use std::io;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::{AuditError, AuditLog};
use crate::kill::AuditEntry;

/// Where a command's outcomes go.
pub struct AuditWriter {
    work: mpsc::Sender<Vec<AuditEntry>>,
    /// What went wrong first, if anything, once everything was tried.
    over: mpsc::Receiver<Option<AuditError>>,
}

impl AuditWriter {
    /// Starts the thread.
    pub fn start(log: AuditLog) -> io::Result<Self> {
        let (work, queue) = mpsc::channel::<Vec<AuditEntry>>();
        let (tell, over) = mpsc::channel();
        thread::Builder::new().name("audit".to_owned()).spawn(move || {
            let mut failed = None;
            for entries in queue {
                failed = failed.or(log.append_outcomes(&entries).err());
            }
            // Nobody waits any more: the program has ended without it.
            let _ = tell.send(failed);
        })?;
        Ok(Self { work, over })
    }

    /// As they become known; it never waits.
    pub fn write(&self, entries: Vec<AuditEntry>) {
        // The thread ends only with this value.
        let _ = self.work.send(entries);
    }

    /// Waits until everything is written, but not longer than this. Says what was not, and why.
    pub fn close(self, within: Duration) -> Option<String> {
        drop(self.work);
        match self.over.recv_timeout(within) {
            Ok(failed) => failed.map(|error| error.to_string()),
            Err(_) => Some("the audit log takes too long".to_owned()),
        }
    }
}
