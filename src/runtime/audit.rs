//! The audit log: one JSON object per line, append-only, readable by its owner only.
//!
//! The content of a line is defined in [`mod@line`], the user in [`actor`]. Screen and `maxtop kill` write
//! through an [`AuditThread`], because a disk may be slow.

mod actor;
mod line;
mod thread;

use std::fs::File;
use std::io::{self, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use thiserror::Error;

use self::actor::AuditActor;
use self::line::Line;
use super::append_file::{check_appendable, directory, ends_within_a_line, make_directories, open, owner};
use super::json;
use crate::kill::{AuditEntry, KillOutcome};

pub(crate) use line::{IdentityFields, OutcomeFields};
pub(super) use thread::start;
pub(crate) use thread::{AuditReport, AuditThread, IncompleteLog, MAX_LOG_WAIT};

/// Why a line could not be written. Without a logged intent nothing is killed.
#[derive(Debug, Error)]
pub(crate) enum AuditError {
    /// There is no home directory for the log.
    #[error("no place for the audit log: HOME is not set; try --audit FILE")]
    NoPlace,
    /// The file cannot be opened or written.
    #[error("cannot write the audit log (try --audit FILE): {path}{}: {source}", owned(.owner.as_deref()))]
    File {
        /// Path of the file.
        path: String,
        /// Owner of the file or its directory, if it exists.
        owner: Option<String>,
        /// The error of the system.
        source: io::Error,
    },
}

fn owned(owner: Option<&str>) -> String {
    owner.map_or_else(String::new, |owner| format!(" (of {owner})"))
}

/// The file that kills are logged to, and the user.
#[derive(Clone, Debug)]
pub(crate) struct AuditLog {
    path: Option<PathBuf>,
    /// Read with the first line, because it is needed only for kills.
    who: Arc<OnceLock<AuditActor>>,
    /// URL of each endpoint, by its id.
    endpoints: Vec<String>,
    /// Device and inode of the file whose name is on disk for certain.
    named: Arc<Mutex<Option<(u64, u64)>>>,
}

impl AuditLog {
    /// Creates a log at this path, for kills at these endpoints. Opens no file.
    pub(crate) fn new(path: Option<PathBuf>, endpoints: Vec<String>) -> Self {
        Self {
            path,
            who: Arc::default(),
            endpoints,
            named: Arc::default(),
        }
    }

    /// Checks whether the file can be opened for appending. Creates nothing, and writes nothing.
    ///
    /// # Errors
    ///
    /// Returns [`AuditError`] if there is no path for the log, or if the file cannot be opened.
    pub(crate) fn check(&self) -> Result<(), AuditError> {
        let path = self.path.as_deref().ok_or(AuditError::NoPlace)?;
        check_appendable(path).map_err(|source| AuditError::File {
            path: path.display().to_string(),
            owner: owner(path),
            source,
        })
    }

    /// Appends outcomes. Ignores the error if all of them report that the log is not writable.
    fn append_outcomes(&self, outcomes: &[AuditEntry]) -> Result<(), AuditError> {
        let is_known = outcomes.iter().all(AuditEntry::is_unlogged);
        self.append(outcomes, false)
            .or_else(|error| if is_known { Ok(()) } else { Err(error) })
    }

    /// Appends a line for each entry. If `durable`, they are on disk when this returns.
    ///
    /// The file is opened for each call, so a file that was rotated or removed is not a problem.
    ///
    /// # Errors
    ///
    /// Returns [`AuditError`] if there is no path for the log, or if the file cannot be opened or written.
    pub(crate) fn append(&self, entries: &[AuditEntry], durable: bool) -> Result<(), AuditError> {
        for entry in entries {
            self.log_event(entry);
        }
        let written = self.append_lines(entries, durable);
        if let Err(error) = &written {
            log::error!(target: "kill", "{error}");
        }
        written
    }

    /// Logs an intent or outcome in the program log, without the reason and the text of a statement.
    fn log_event(&self, entry: &AuditEntry) {
        let identity = &entry.identity;
        let url = self.endpoints.get(usize::from(identity.endpoint.0));
        let (url, kill) = (url.map_or("", String::as_str), entry.kill);
        match (&entry.outcome, &entry.statement) {
            (Some(outcome @ (KillOutcome::Killed { .. } | KillOutcome::AlreadyGone)), _) => {
                log::info!(target: "kill", "{url}: kill {kill}: {}", outcome.words_without_sql(identity));
            }
            (Some(outcome), _) => {
                log::warn!(target: "kill", "{url}: kill {kill}: {}", outcome.words_without_sql(identity));
            }
            (None, statement) => {
                let what = statement.as_ref().map_or("", |_| " a statement of");
                let (id, client) = (identity.id, identity.client());
                log::info!(target: "kill", "{url}: kill {kill}: about to end{what} {id} {client}");
            }
        }
    }

    fn append_lines(&self, entries: &[AuditEntry], durable: bool) -> Result<(), AuditError> {
        let path = self.path.as_deref().ok_or(AuditError::NoPlace)?;
        self.write(path, entries, durable)
            .map_err(|source| AuditError::File {
                path: path.display().to_string(),
                owner: owner(path),
                source,
            })
    }

    fn write(&self, path: &Path, entries: &[AuditEntry], durable: bool) -> io::Result<()> {
        make_directories(directory(path))?;
        let mut file = open(path)?;
        let mut lines = Vec::new();
        let who = self.who.get_or_init(AuditActor::find);
        if ends_within_a_line(&mut file)? {
            // The last writer was interrupted. The new lines must not be appended to its partial line.
            lines.push(b'\n');
        }
        for entry in entries {
            json::to_writer(&mut lines, &Line::new(entry, who, &self.endpoints))?;
            lines.push(b'\n');
        }
        file.write_all(&lines)?;
        if durable {
            file.sync_data()?;
            self.sync_name(path, &file)?;
        }
        Ok(())
    }

    /// Syncs the directory, which has the name of the file, once for each file. Another process, or an outcome,
    /// may have created it.
    fn sync_name(&self, path: &Path, file: &File) -> io::Result<()> {
        let metadata = file.metadata()?;
        let file = Some((metadata.dev(), metadata.ino()));
        let mut named = self.named.lock().unwrap_or_else(PoisonError::into_inner);
        if *named != file {
            File::open(directory(path))?.sync_all()?;
            *named = file;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
