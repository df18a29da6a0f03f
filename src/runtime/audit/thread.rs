//! A thread that writes the audit log: a slow disk must not block keys or replies.

use std::io;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

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
    /// Outcomes could not be written.
    OutcomesFailed(AuditError),
}

/// Sends entries to the thread.
pub(crate) struct AuditThread {
    work: mpsc::Sender<Work>,
    /// Closed once everything is written.
    over: mpsc::Receiver<()>,
}

/// Starts the thread for the screen. Its reports are messages.
pub(in crate::runtime) fn start(log: AuditLog, out: UnboundedSender<Msg>) -> io::Result<AuditThread> {
    AuditThread::start(log, move |report| {
        // Fails only when the program exits; the rest is still written.
        let _ = out.send(match report {
            AuditReport::Intents(event) => Msg::Kill(event),
            AuditReport::OutcomesFailed(error) => Msg::LogFailed(error.to_string()),
        });
    })
}

impl AuditThread {
    /// Starts the thread. It calls `report` from itself.
    pub(crate) fn start(log: AuditLog, report: impl Fn(AuditReport) + Send + 'static) -> io::Result<Self> {
        let (work, queue) = mpsc::channel::<Work>();
        let (is_over, over) = mpsc::channel();
        thread::Builder::new().name("audit".to_owned()).spawn(move || {
            let _until_the_end = is_over;
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
                            report(AuditReport::OutcomesFailed(error));
                        }
                    }
                }
            }
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

    /// Waits until everything is written, but not longer than `within`. Returns whether it is.
    pub(crate) fn close(self, within: Duration) -> bool {
        drop(self.work);
        self.over.recv_timeout(within) != Err(RecvTimeoutError::Timeout)
    }
}
