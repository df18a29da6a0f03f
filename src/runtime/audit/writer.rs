//! A thread that writes outcomes for a command: a slow disk must not block its end.

use std::io;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::{AuditError, AuditLog};
use crate::kill::AuditEntry;

/// Sends the outcomes of a command to the thread.
pub struct AuditWriter {
    work: mpsc::Sender<Vec<AuditEntry>>,
    /// The first error, if any, sent once everything was tried.
    over: mpsc::Receiver<Option<AuditError>>,
}

impl AuditWriter {
    /// Starts the thread.
    pub fn start(log: AuditLog) -> io::Result<Self> {
        let (work, queue) = mpsc::channel::<Vec<AuditEntry>>();
        let (report, over) = mpsc::channel();
        thread::Builder::new().name("audit".to_owned()).spawn(move || {
            let mut failed = None;
            for entries in queue {
                failed = failed.or(log.append_outcomes(&entries).err());
            }
            // Fails only if the program has exited without waiting.
            let _ = report.send(failed);
        })?;
        Ok(Self { work, over })
    }

    /// Writes outcomes without waiting.
    pub fn write(&self, entries: Vec<AuditEntry>) {
        // The thread ends only with this value.
        let _ = self.work.send(entries);
    }

    /// Waits until everything is written, but not longer than `within`. Returns the error, if any.
    pub fn close(self, within: Duration) -> Option<String> {
        drop(self.work);
        match self.over.recv_timeout(within) {
            Ok(failed) => failed.map(|error| error.to_string()),
            Err(_) => Some("the audit log takes too long".to_owned()),
        }
    }
}
