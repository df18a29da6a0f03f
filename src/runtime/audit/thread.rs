//! A thread that writes the audit log for the screen: a disk that hangs must hold up no key.

use std::io;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;

use super::AuditLog;
use crate::app::msg::Msg;
use crate::kill::{AuditEntry, KillEvent, Ticket};
use crate::model::{Text, TextLimit};

/// What is to be written.
enum Work {
    Intents(Ticket, Vec<AuditEntry>),
    Outcomes(Vec<AuditEntry>),
}

/// Where the screen's entries go.
pub(in crate::runtime) struct AuditThread {
    work: mpsc::Sender<Work>,
    /// Closed once everything is written.
    over: mpsc::Receiver<()>,
}

/// Starts the thread.
pub(in crate::runtime) fn start(log: AuditLog, told: UnboundedSender<Msg>) -> io::Result<AuditThread> {
    let (work, queue) = mpsc::channel::<Work>();
    let (is_over, over) = mpsc::channel();
    thread::Builder::new().name("audit".to_owned()).spawn(move || {
        let _until_the_end = is_over;
        for work in queue {
            let said = match work {
                Work::Intents(ticket, entries) => {
                    let written = log.append(&entries, true);
                    let written = written.map_err(|error| Text::clean(&error.to_string(), TextLimit::Line));
                    Some(Msg::Kill(KillEvent::Logged(ticket, written)))
                }
                Work::Outcomes(entries) => {
                    let written = log.append_outcomes(&entries);
                    written.err().map(|error| Msg::LogFailed(error.to_string()))
                }
            };
            // Nobody listens: the program is ending, and the rest is written all the same.
            said.map(|said| told.send(said).is_ok());
        }
    })?;
    Ok(AuditThread { work, over })
}

impl AuditThread {
    /// Before anything is sent; answered by `Logged`.
    pub(in crate::runtime) fn write_intents(&self, ticket: Ticket, entries: Vec<AuditEntry>) {
        // The thread ends only with this value.
        let _ = self.work.send(Work::Intents(ticket, entries));
    }

    /// As they become known.
    pub(in crate::runtime) fn write_outcomes(&self, entries: Vec<AuditEntry>) {
        let _ = self.work.send(Work::Outcomes(entries));
    }

    /// Waits until everything is written, but not longer than this. Says whether it is.
    pub(in crate::runtime) fn close(self, within: Duration) -> bool {
        drop(self.work);
        self.over.recv_timeout(within) != Err(RecvTimeoutError::Timeout)
    }
}
