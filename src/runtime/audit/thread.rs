//! A thread that writes the audit log: a slow disk must not block keys or replies.

use std::io;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use thiserror::Error;
use tokio::sync::mpsc::UnboundedSender;

use super::{AuditError, AuditLog};
use crate::app::msg::Msg;
use crate::kill::{AuditEntry, KillEvent, Ticket};
use crate::model::{Text, TextLimit};

/// Maximum time to wait for the last lines of the log.
pub(crate) const MAX_LOG_WAIT: Duration = Duration::from_secs(2);

/// A job of the thread.
enum Work {
    Intents(Ticket, Vec<AuditEntry>),
    Outcomes(Vec<AuditEntry>),
}

/// A report of the thread.
pub(crate) enum AuditReport {
    /// The result of writing intents, as an event of the kill protocol.
    Intents(KillEvent),
    /// Outcomes could not be written. [`AuditThread::close`] returns the first of these errors too.
    OutcomesFailed(String),
}

/// Why the audit log is not complete at the end.
#[derive(Debug, PartialEq, Eq, Error)]
pub(crate) enum IncompleteLog {
    /// Outcomes could not be written: the first error.
    #[error("{0}")]
    Failed(String),
    /// The last lines are not written yet.
    #[error("the audit log takes too long")]
    TooSlow,
}

/// Sends entries to the thread.
pub(crate) struct AuditThread {
    work: mpsc::Sender<Work>,
    /// Receives the first error of writing outcomes, or `None`, once everything is written.
    over: mpsc::Receiver<Option<String>>,
}

/// Starts the thread for the screen. Its reports are messages.
pub(in crate::runtime) fn start(log: AuditLog, out: UnboundedSender<Msg>) -> io::Result<AuditThread> {
    AuditThread::start(log, move |report| {
        // Fails only when the program exits; the rest is still written.
        let _ = out.send(match report {
            AuditReport::Intents(event) => Msg::Kill(event),
            AuditReport::OutcomesFailed(error) => Msg::LogFailed(error),
        });
    })
}

impl AuditThread {
    /// Starts the thread. It calls `report` from itself.
    pub(crate) fn start(log: AuditLog, report: impl Fn(AuditReport) + Send + 'static) -> io::Result<Self> {
        let (work, queue) = mpsc::channel::<Work>();
        let (is_over, over) = mpsc::channel();
        thread::Builder::new().name("audit".to_owned()).spawn(move || {
            let mut failed = None;
            for work in queue {
                match work {
                    Work::Intents(ticket, entries) => {
                        let written = log.append(&entries, true);
                        let why = |error: AuditError| Text::clean(&error.to_string(), TextLimit::Line);
                        report(AuditReport::Intents(KillEvent::Logged(
                            ticket,
                            written.map_err(why),
                        )));
                    }
                    Work::Outcomes(entries) => {
                        if let Err(error) = log.append_outcomes(&entries) {
                            let error = error.to_string();
                            failed.get_or_insert_with(|| error.clone());
                            report(AuditReport::OutcomesFailed(error));
                        }
                    }
                }
            }
            // Without a receiver `close` waits no longer.
            let _ = is_over.send(failed);
        })?;
        Ok(Self { work, over })
    }

    /// Writes intents before anything is sent; answered by `Logged`.
    pub(crate) fn write_intents(&self, ticket: Ticket, entries: Vec<AuditEntry>) {
        // The thread ends only with this value.
        let _ = self.work.send(Work::Intents(ticket, entries));
    }

    /// Writes outcomes.
    pub(crate) fn write_outcomes(&self, entries: Vec<AuditEntry>) {
        let _ = self.work.send(Work::Outcomes(entries));
    }

    /// Waits until everything is written, but not longer than `within`.
    ///
    /// # Errors
    ///
    /// Returns the first error of writing outcomes, or that the time was not enough.
    pub(crate) fn close(self, within: Duration) -> Result<(), IncompleteLog> {
        drop(self.work);
        match self.over.recv_timeout(within) {
            Ok(None) => Ok(()),
            Ok(Some(error)) => Err(IncompleteLog::Failed(error)),
            Err(_) => Err(IncompleteLog::TooSlow),
        }
    }
}
