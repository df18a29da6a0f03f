//! The files of a recording: created for their owner only, and replaced by size and age.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, IsTerminal as _, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::libc::{O_NOFOLLOW, O_NONBLOCK};
use nix::unistd::geteuid;

use super::RecorderError;
use crate::recording::is_recording;
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
        /// Whether nothing is kept of a recording without a session list.
        needs_list: bool,
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
    /// An existing file that the open one replaces once it is worth it. It stays locked until then.
    replaced: Option<File>,
    /// Bytes of the open file.
    size: u64,
    /// Bytes of all files.
    total: u64,
}

impl RecordingFiles {
    /// Creates the file and writes its first bytes.
    pub(super) fn create(target: RecordingTarget, first: &[u8]) -> Result<Self, RecorderError> {
        let (file, replaced) = match &target {
            RecordingTarget::Stdout if io::stdout().is_terminal() => return Err(RecorderError::Terminal),
            RecordingTarget::Stdout => (None, None),
            RecordingTarget::File {
                path,
                overwrite,
                rotation,
                ..
            } => {
                if path.is_dir() {
                    return Err(RecorderError::Directory(shown(path)));
                }
                if *overwrite {
                    check_recordings(path, rotation.keep)?;
                } else {
                    check_free(path, rotation.keep)?;
                }
                let (file, replaced) = open(path, *overwrite).map_err(|source| match source.kind() {
                    io::ErrorKind::ResourceBusy => RecorderError::InUse(shown(path)),
                    _ => failed(path, 0, source),
                })?;
                (Some(file), replaced)
            }
        };
        let mut files = Self {
            target,
            file,
            replaced,
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

    /// Replaces the existing file by the open one, if that was not done before.
    pub(super) fn replace(&mut self) -> Result<(), RecorderError> {
        let RecordingTarget::File { path, .. } = &self.target else {
            return Ok(());
        };
        let moved = match self.replaced.take() {
            Some(_) => fs::rename(unfinished(path), path),
            None => Ok(()),
        };
        moved.map_err(|source| self.failed(source))
    }

    /// Removes the open file. An existing one that it would have replaced stays.
    pub(super) fn discard(&mut self) -> Result<(), RecorderError> {
        let RecordingTarget::File { path, .. } = &self.target else {
            return Ok(());
        };
        let removed = match self.replaced.take() {
            Some(_) => fs::remove_file(unfinished(path)),
            None => fs::remove_file(path),
        };
        removed.map_err(|source| self.failed(source))
    }

    /// Whether nothing is kept of a recording without a session list.
    pub(super) const fn needs_list(&self) -> bool {
        matches!(self.target, RecordingTarget::File { needs_list: true, .. })
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
        let moved = shift(path, rotation.keep).and_then(|()| create_for_owner(path));
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

/// Checks that the files that are moved or removed, now or by rotation, are recordings, or empty ones.
fn check_recordings(path: &Path, keep: u32) -> Result<(), RecorderError> {
    let full = (1..=keep).map(|number| numbered(path, number));
    for path in std::iter::once(unfinished(path)).chain(full) {
        let mut options = OpenOptions::new();
        // A pipe has no start, and is not waited for.
        options.read(true).custom_flags(O_NOFOLLOW | O_NONBLOCK);
        let start = match options.open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            opened => opened.and_then(|mut file| start(&mut file)),
        };
        if !start.is_ok_and(|start| start.is_none_or(is_recording)) {
            return Err(RecorderError::NoRecording(shown(&path)));
        }
    }
    Ok(())
}

/// Returns the first bytes of a regular file. `None` if it is empty: its recorder was killed early.
fn start(file: &mut File) -> io::Result<Option<[u8; 4]>> {
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let mut start = [0; 4];
    if metadata.len() == 0 {
        return Ok(None);
    }
    file.read_exact(&mut start)?;
    Ok(Some(start))
}

/// Returns the path of a file that will replace another one.
fn unfinished(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    name.into()
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

/// Creates a file for its owner only, and locks it against other writers. With `overwrite` an existing file is locked
/// and returned too, and the new one is beside it.
fn open(path: &Path, overwrite: bool) -> io::Result<(File, Option<File>)> {
    let created = create_for_owner(path);
    let exists = |error: &io::Error| error.kind() == io::ErrorKind::AlreadyExists;
    if !(overwrite && created.as_ref().is_err_and(exists)) {
        return created.map(|file| (file, None));
    }
    let before = own_file(path)?;
    let beside = unfinished(path);
    // Left by a recorder that was killed. One that still writes to it has locked it.
    if beside.symlink_metadata().is_ok() {
        own_file(&beside)?;
        fs::remove_file(&beside)?;
    }
    Ok((create_for_owner(&beside)?, Some(before)))
}

/// Opens and locks a file of the user, without following a link.
fn own_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).custom_flags(O_NOFOLLOW | O_NONBLOCK);
    let file = options.open(path).map_err(in_words)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    if !is_trusted(metadata.uid(), geteuid()) {
        return Err(io::Error::other("it belongs to another user"));
    }
    lock(&file)?;
    Ok(file)
}

/// Locks a file until it is closed. Does nothing on a file system without locks.
fn lock(file: &File) -> io::Result<()> {
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Err(io::ErrorKind::ResourceBusy.into()),
        Ok(()) | Err(TryLockError::Error(_)) => Ok(()),
    }
}

/// Creates a new file for its owner only, and locks it.
///
/// # Errors
///
/// Returns the error of the system, also if the file exists.
pub(crate) fn create_for_owner(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    let file = options.write(true).create_new(true).mode(OWNER_ONLY).open(path)?;
    lock(&file)?;
    Ok(file)
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
