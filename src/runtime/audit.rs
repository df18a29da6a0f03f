//! The audit log: one JSON object per line, append-only, readable by its owner only.
//!
//! The content of a line is defined in [`mod@line`], the user in [`actor`]. Screen and `maxtop kill` write
//! through an [`AuditThread`], because a disk may be slow.

mod actor;
mod line;
mod thread;

use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use nix::libc::{O_NOFOLLOW, O_NONBLOCK};
use nix::unistd::{Uid, User, geteuid};
use thiserror::Error;

use self::actor::AuditActor;
use self::line::Line;
use super::json;
use crate::kill::AuditEntry;

pub(crate) use line::{IdentityFields, OutcomeFields};
pub(super) use thread::start;
pub(crate) use thread::{AuditReport, AuditThread, MAX_LOG_WAIT};

/// File mode: only the owner may read which sessions were killed, and why.
const OWNER_ONLY: u32 = 0o600;

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
}

impl AuditLog {
    /// Creates a log at this path, for kills at these endpoints. Opens no file.
    pub(crate) fn new(path: Option<PathBuf>, endpoints: Vec<String>) -> Self {
        Self {
            path,
            who: Arc::default(),
            endpoints,
        }
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
        let path = self.path.as_deref().ok_or(AuditError::NoPlace)?;
        self.write(path, entries, durable)
            .map_err(|source| AuditError::File {
                path: path.display().to_string(),
                owner: owner(path),
                source,
            })
    }

    fn write(&self, path: &Path, entries: &[AuditEntry], durable: bool) -> io::Result<()> {
        let (mut file, is_new) = open(path)?;
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
            if is_new {
                // The name of a new file is stored in its directory.
                File::open(directory(path))?.sync_all()?;
            }
        }
        Ok(())
    }
}

/// Opens for appending, without following a link and without waiting for the reader of a pipe.
fn open(path: &Path) -> io::Result<(File, bool)> {
    make_directories(directory(path))?;
    let mut options = OpenOptions::new();
    options
        .read(true)
        .append(true)
        .mode(OWNER_ONLY)
        .custom_flags(O_NOFOLLOW | O_NONBLOCK);
    let (file, is_new) = match options.clone().create_new(true).open(path) {
        Ok(file) => (file, true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => (options.open(path)?, false),
        Err(error) => return Err(error),
    };
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    if !is_trusted(metadata.uid(), geteuid()) {
        return Err(io::Error::other(
            "it belongs to another user, who could rewrite it",
        ));
    }
    if metadata.mode() & 0o077 != 0 {
        if metadata.uid() != geteuid().as_raw() {
            return Err(io::Error::other("others can read or write it"));
        }
        file.set_permissions(Permissions::from_mode(OWNER_ONLY))?;
    }
    Ok((file, is_new))
}

/// Whether the owner of a file is the user who runs the program, or root.
fn is_trusted(owner: u32, user: Uid) -> bool {
    owner == user.as_raw() || owner == 0
}

/// Creates the missing directories. The name of each is on disk when this returns, because it is stored
/// in the directory above.
fn make_directories(innermost: &Path) -> io::Result<()> {
    let named = innermost.ancestors().filter(|path| !path.as_os_str().is_empty());
    let missing: Vec<_> = named.take_while(|path| !path.exists()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    DirBuilder::new().recursive(true).mode(0o700).create(innermost)?;
    for made in missing {
        File::open(directory(made))?.sync_all()?;
    }
    Ok(())
}

fn directory(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

fn ends_within_a_line(file: &mut File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

/// Returns the owner of the file. If the file does not exist, of the nearest existing directory.
fn owner(path: &Path) -> Option<String> {
    let metadata = path.ancestors().find_map(|path| path.symlink_metadata().ok())?;
    let name = User::from_uid(Uid::from_raw(metadata.uid())).ok().flatten();
    Some(name.map_or_else(|| format!("uid {}", metadata.uid()), |user| user.name))
}

#[cfg(test)]
mod tests;
