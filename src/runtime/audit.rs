//! The audit log: one JSON object a line, only ever appended to, readable by its owner only.
//!
//! What a line holds stands in [`line`]; who writes them, in `who`. The screen
//! writes through its `scribe`, a command its outcomes through a [`AuditWriter`], since a disk may take
//! its time.

mod actor;
mod line;
mod thread;
mod writer;

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

pub(super) use thread::{AuditThread, start};
pub use writer::AuditWriter;

/// Nobody else may read who was ended, and why.
const OWNER_ONLY: u32 = 0o600;

/// Why a line could not be written. Without its intents logged nothing is ended.
#[derive(Debug, Error)]
pub enum AuditError {
    /// There is no home directory to put it into.
    #[error("no place for the audit log: HOME is not set; try --audit FILE")]
    NoPlace,
    /// The file cannot be opened or written.
    #[error("cannot write the audit log (try --audit FILE): {path}{}: {source}", owned(.owner.as_deref()))]
    File {
        /// Which.
        path: String,
        /// Whose it is, if it is there.
        owner: Option<String>,
        /// Why not.
        source: io::Error,
    },
}

fn owned(owner: Option<&str>) -> String {
    owner.map_or_else(String::new, |owner| format!(" (of {owner})"))
}

/// Where kills are logged, and by whom.
#[derive(Clone, Debug)]
pub struct AuditLog {
    path: Option<PathBuf>,
    /// Found with the first line: who ends nobody need not be known.
    who: Arc<OnceLock<AuditActor>>,
    /// The address of each endpoint, by its number.
    endpoints: Vec<String>,
}

impl AuditLog {
    /// A log at this path, for kills at these endpoints; nothing is opened yet.
    pub fn new(path: Option<PathBuf>, endpoints: Vec<String>) -> Self {
        Self {
            path,
            who: Arc::default(),
            endpoints,
        }
    }

    /// Appends outcomes. That those cannot be written whose intents could not is no news.
    fn append_outcomes(&self, outcomes: &[AuditEntry]) -> Result<(), AuditError> {
        let is_known = outcomes.iter().all(AuditEntry::is_unlogged);
        self.append(outcomes, false)
            .or_else(|error| if is_known { Ok(()) } else { Err(error) })
    }

    /// Appends a line for each entry. `durable`: they are on the disk when this returns.
    ///
    /// The file is opened anew each time, so one that was rotated or removed meanwhile is no loss.
    pub fn append(&self, entries: &[AuditEntry], durable: bool) -> Result<(), AuditError> {
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
            // Whoever wrote it was cut off. What comes now is not to be lost with it.
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
                // The name of a new file is kept by its directory.
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
        return Err(io::Error::other("it is no regular file"));
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

/// Makes the directories that are missing. The name of each is on the disk when this returns: it is kept
/// by the directory above.
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

/// Whose the file is; of the nearest directory that is there, if it is not.
fn owner(path: &Path) -> Option<String> {
    let metadata = path.ancestors().find_map(|path| path.symlink_metadata().ok())?;
    let name = User::from_uid(Uid::from_raw(metadata.uid())).ok().flatten();
    Some(name.map_or_else(|| format!("uid {}", metadata.uid()), |user| user.name))
}

#[cfg(test)]
mod tests;
