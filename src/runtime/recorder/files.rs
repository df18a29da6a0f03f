//! The files of a recording: created for their owner only, and replaced by size and age.

use std::fs::{self, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, IsTerminal as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::libc::{O_NOFOLLOW, O_NONBLOCK};
use nix::unistd::geteuid;

use super::RecorderError;
use crate::runtime::append_file::{directory, in_words, is_trusted, make_directories};

/// File mode: a recording has users, addresses and statements.
const OWNER_ONLY: u32 = 0o600;

/// When a file is full, and what happens then.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rotation {
    /// Size in bytes from which a file is full.
    pub max_size: u64,
    /// Time span from which a file is full.
    pub max_age: Option<Duration>,
    /// Number of full files that are kept. At 0 the recording ends when its file is full.
    pub keep: u32,
}

/// Destination of a recording.
#[derive(Clone, Debug)]
pub(crate) enum RecordingTarget {
    /// A file.
    File {
        /// Its path. Full files have the same path with `.1`, `.2` …, the newest first.
        path: PathBuf,
        /// Whether an existing file is overwritten.
        overwrite: bool,
        /// When it is full.
        rotation: Rotation,
    },
    /// Standard output, without a limit.
    Stdout,
}

impl RecordingTarget {
    /// Returns the path for messages.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::File { path, .. } => shown(path),
            Self::Stdout => "on standard output".to_owned(),
        }
    }
}

/// The files while they are written.
#[derive(Debug)]
pub(super) struct RecordingFiles {
    target: RecordingTarget,
    /// The open file. `None` for standard output.
    file: Option<File>,
    /// Bytes of the open file.
    size: u64,
    /// Bytes of all files.
    total: u64,
}

impl RecordingFiles {
    /// Creates the file and writes its first bytes.
    pub(super) fn create(target: RecordingTarget, first: &[u8]) -> Result<Self, RecorderError> {
        let file = match &target {
            RecordingTarget::Stdout if io::stdout().is_terminal() => return Err(RecorderError::Terminal),
            RecordingTarget::Stdout => None,
            RecordingTarget::File {
                path,
                overwrite,
                rotation,
            } => {
                if !overwrite {
                    check_free(path, rotation.keep)?;
                }
                let file = open(path, *overwrite).map_err(|source| match source.kind() {
                    io::ErrorKind::ResourceBusy => RecorderError::InUse(shown(path)),
                    _ => failed(path, 0, source),
                })?;
                remove_full(path, rotation.keep).map_err(|source| failed(path, 0, source))?;
                Some(file)
            }
        };
        let mut files = Self {
            target,
            file,
            size: 0,
            total: 0,
        };
        files.write(first)?;
        Ok(files)
    }

    /// Appends bytes to the open file.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), RecorderError> {
        let written = if let Some(file) = &mut self.file {
            file.write_all(bytes)
        } else {
            let mut out = io::stdout().lock();
            out.write_all(bytes).and_then(|()| out.flush())
        };
        written.map_err(|source| self.failed(source))?;
        let length = bytes.len() as u64;
        self.size += length;
        self.total += length;
        Ok(())
    }

    /// Waits until the file is on the disk.
    pub(super) fn flush(&mut self) -> Result<(), RecorderError> {
        let flushed = self.file.as_ref().map_or(Ok(()), File::sync_data);
        flushed.map_err(|source| self.failed(source))
    }

    /// Whether the open file, which covers this time, is full.
    pub(super) fn is_full(&self, age: Duration) -> bool {
        match &self.target {
            RecordingTarget::Stdout => false,
            RecordingTarget::File { rotation, .. } => {
                self.size >= rotation.max_size || rotation.max_age.is_some_and(|max| age >= max)
            }
        }
    }

    /// Continues in another file with these first bytes.
    pub(super) fn rotate(&mut self, first: &[u8]) -> Result<(), RecorderError> {
        self.flush()?;
        let RecordingTarget::File { path, rotation, .. } = &self.target else {
            return Ok(());
        };
        if rotation.keep == 0 {
            return Err(RecorderError::Full(self.size));
        }
        let moved = shift(path, rotation.keep).and_then(|()| open(path, false));
        let file = moved.map_err(|source| self.failed(source))?;
        self.file = Some(file);
        self.size = 0;
        self.write(first)
    }

    /// Returns the bytes of all files.
    pub(super) const fn total(&self) -> u64 {
        self.total
    }

    fn failed(&self, source: io::Error) -> RecorderError {
        RecorderError::File {
            path: self.target.shown(),
            written: self.size,
            source,
        }
    }
}

fn failed(path: &Path, written: u64, source: io::Error) -> RecorderError {
    RecorderError::File {
        path: shown(path),
        written,
        source,
    }
}

fn shown(path: &Path) -> String {
    crate::model::visible(&path.display().to_string()).to_string()
}

/// Returns the path of a full file.
fn numbered(path: &Path, number: u32) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{number}"));
    name.into()
}

/// Checks that no file would be overwritten, also later.
fn check_free(path: &Path, keep: u32) -> Result<(), RecorderError> {
    let full = (1..=keep).map(|number| numbered(path, number));
    let mut all = std::iter::once(path.to_owned()).chain(full);
    match all.find(|path| path.symlink_metadata().is_ok()) {
        Some(found) => Err(RecorderError::Exists(shown(&found))),
        None => Ok(()),
    }
}

/// Removes full files of an earlier recording, so that the files belong together.
fn remove_full(path: &Path, keep: u32) -> io::Result<()> {
    for number in 1..=keep {
        match fs::remove_file(numbered(path, number)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            removed => removed?,
        }
    }
    Ok(())
}

/// Gives the open file the number 1, and each full one the next number. The oldest one is removed.
fn shift(path: &Path, keep: u32) -> io::Result<()> {
    for number in (1..keep).rev() {
        match fs::rename(numbered(path, number), numbered(path, number + 1)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    fs::rename(path, numbered(path, 1))
}

/// Creates a file for its owner only, without following a link, and locks it against other writers. An existing one
/// is emptied if `overwrite`.
fn open(path: &Path, overwrite: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).mode(OWNER_ONLY);
    let new = options.clone().create_new(true).open(path);
    let exists = |error: &io::Error| error.kind() == io::ErrorKind::AlreadyExists;
    if !(overwrite && new.as_ref().is_err_and(exists)) {
        return new.inspect(|file| drop(lock(file)));
    }
    let file = options.custom_flags(O_NOFOLLOW | O_NONBLOCK).open(path);
    let file = file.map_err(in_words)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    if !is_trusted(metadata.uid(), geteuid()) {
        return Err(io::Error::other("it belongs to another user"));
    }
    lock(&file)?;
    file.set_permissions(Permissions::from_mode(OWNER_ONLY))?;
    file.set_len(0)?;
    Ok(file)
}

/// Locks a file until it is closed. Does nothing on a file system without locks.
fn lock(file: &File) -> io::Result<()> {
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Err(io::ErrorKind::ResourceBusy.into()),
        Ok(()) | Err(TryLockError::Error(_)) => Ok(()),
    }
}

/// Creates a new file for its owner only.
///
/// # Errors
///
/// Returns the error of the system, also if the file exists.
pub(crate) fn create_for_owner(path: &Path) -> io::Result<File> {
    open(path, false)
}

/// Creates the directory of a file.
///
/// # Errors
///
/// Returns the error of the system.
pub(crate) fn make_directory_of(path: &Path) -> Result<(), RecorderError> {
    let made = make_directories(directory(path));
    made.map_err(|source| failed(path, 0, source))
}
