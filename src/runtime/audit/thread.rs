//! A thread that writes the audit log for the screen: a slow disk must not block keys.

use std::io;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;

use super::AuditLog;
use crate::app::msg::Msg;
use crate::kill::{AuditEntry, KillEvent, Ticket};
use crate::model::{Text, TextLimit};

/// A job of the thread.
enum Work {
    Intents(Ticket, Vec<AuditEntry>),
    Outcomes(Vec<AuditEntry>),
}

/// Sends entries to the thread.
pub(in crate::runtime) struct AuditThread {
    work: mpsc::Sender<Work>,
    /// Closed once everything is written.
    over: mpsc::Receiver<()>,
}

/// Starts the thread.
pub(in crate::runtime) fn start(log: AuditLog, out: UnboundedSender<Msg>) -> io::Result<AuditThread> {
    let (work, queue) = mpsc::channel::<Work>();
    let (is_over, over) = mpsc::channel();
    thread::Builder::new().name("audit".to_owned()).spawn(move || {
        let _until_the_end = is_over;
        for work in queue {
            let msg = match work {
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
            // Fails only when the program exits; the rest is still written.
            msg.map(|msg| out.send(msg).is_ok());
        }
    })?;
    Ok(AuditThread { work, over })
}

impl AuditThread {
    /// Writes intents before anything is sent; answered by `Logged`.
    pub(in crate::runtime) fn write_intents(&self, ticket: Ticket, entries: Vec<AuditEntry>) {
        // The thread ends only with this value.
        let _ = self.work.send(Work::Intents(ticket, entries));
    }

    /// Writes outcomes.
    pub(in crate::runtime) fn write_outcomes(&self, entries: Vec<AuditEntry>) {
        let _ = self.work.send(Work::Outcomes(entries));
    }

    /// Waits until everything is written, but not longer than `within`. Returns whether it is.
    pub(in crate::runtime) fn close(self, within: Duration) -> bool {
        drop(self.work);
        self.over.recv_timeout(within) != Err(RecvTimeoutError::Timeout)
    }
}
