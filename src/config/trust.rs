//! Checks owner and mode of configuration and secret files, on the open file rather than its path, to avoid a
//! race.

use std::fs::{self, Metadata, OpenOptions};
use std::io::{self, Read as _};
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::unistd::Uid;
use thiserror::Error;

use super::ConfigError;

/// Maximum size of a file with settings or keys, in bytes.
const MAX_FILE_SIZE: u64 = 1024 * 1024;

/// Why a file is not safe to use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum UnsafeFile {
    /// The owner is neither root nor the current user.
    #[error("owned by another user (uid {0}): chown it or use a copy")]
    Owner(u32),
    /// Other users can write it.
    #[error("others can write it (mode {0:03o}): chmod go-w it")]
    Writable(u32),
    /// Users outside of its group have access, and it contains a password.
    #[error("it contains a password for maxctrl and everyone has access (mode {0:03o}): chmod o-rwx it")]
    Public(u32),
    /// Other users can read it, and it contains a password.
    #[error("it contains a password and others can read it (mode {0:03o}): chmod 600 it")]
    Readable(u32),
}

impl UnsafeFile {
    /// Returns why settings of this file are not used: another user could have written it, or chosen it by a
    /// symbolic link.
    pub(super) fn of_settings(path: &Path, metadata: &Metadata) -> Option<Self> {
        let link = fs::symlink_metadata(path).ok();
        let of_link = link.and_then(|link| Self::of_owner(link.uid()));
        of_link.or_else(|| Self::of_writing(metadata))
    }

    fn of_owner(owner: u32) -> Option<Self> {
        (owner != 0 && owner != Uid::effective().as_raw()).then_some(Self::Owner(owner))
    }

    /// Returns the problem if another user could have written the file.
    fn of_writing(metadata: &Metadata) -> Option<Self> {
        let mode = metadata.mode() & 0o777;
        let of_mode = || (mode & 0o022 != 0).then_some(Self::Writable(mode));
        Self::of_owner(metadata.uid()).or_else(of_mode)
    }

    /// Returns the problem if users outside of its group have access to the file.
    pub(super) fn of_others(metadata: &Metadata) -> Option<Self> {
        let mode = metadata.mode() & 0o777;
        (mode & 0o007 != 0).then_some(Self::Public(mode))
    }

    /// Returns the problem if another user can read the file.
    pub(super) fn of_reading(metadata: &Metadata) -> Option<Self> {
        let mode = metadata.mode() & 0o777;
        (mode & 0o077 != 0).then_some(Self::Readable(mode))
    }
}

/// Opens and reads a file. An anonymous pipe is accepted, so that `<(…)` of a shell works. Other pipes and
/// devices are rejected: reading could block forever.
pub(super) fn read(path: &Path) -> io::Result<(Metadata, Vec<u8>)> {
    let flags = OFlag::O_NONBLOCK | OFlag::O_NOCTTY;
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(flags.bits())
        .open(path)?;
    let metadata = file.metadata()?;
    if let Some(why) = unsuitable(path, &metadata) {
        return Err(io::Error::other(why));
    }
    // The reader of a pipe waits for its writer.
    fcntl(&file, FcntlArg::F_SETFL(OFlag::empty()))?;
    let mut bytes = Vec::new();
    file.take(MAX_FILE_SIZE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE_SIZE {
        return Err(io::Error::other("it is larger than 1 MiB"));
    }
    Ok((metadata, bytes))
}

/// Returns why the file is rejected if it is neither a regular file nor an anonymous pipe.
fn unsuitable(path: &Path, metadata: &Metadata) -> Option<&'static str> {
    let kind = metadata.file_type();
    if kind.is_dir() {
        Some("it is a directory")
    } else if kind.is_block_device() || kind.is_char_device() {
        Some("it is a device")
    } else if kind.is_fifo() && fs::canonicalize(path).is_ok() {
        // Only a named pipe has a path.
        Some("it is a named pipe, which may never end: use a regular file")
    } else {
        None
    }
}

/// Returns the dangling symbolic link in the path of a missing file, if there is one.
pub(super) fn dangling_link(path: &Path) -> Option<PathBuf> {
    let there = path.ancestors().find(|path| path.symlink_metadata().is_ok())?;
    (there.is_symlink() && !there.exists()).then(|| there.to_owned())
}

/// Reads a secret file. Fails if other users can read it.
pub(super) fn read_secret(what: &'static str, path: &Path) -> Result<String, ConfigError> {
    let shown = || path.display().to_string();
    let (metadata, bytes) = read(path).map_err(|source| ConfigError::Unreadable {
        what,
        path: shown(),
        source,
    })?;
    if let Some(UnsafeFile::Readable(mode)) = UnsafeFile::of_reading(&metadata) {
        return Err(ConfigError::Open {
            what,
            path: shown(),
            mode,
        });
    }
    String::from_utf8(bytes).map_err(|_| ConfigError::NoText { what, path: shown() })
}
