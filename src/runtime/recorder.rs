//! Writes a recording to files, on a thread of its own: a slow disk must not block lists or keys.

mod files;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, SyncSender, TrySendError};
use std::thread;
use std::time::Duration;

use thiserror::Error;

use self::files::RecordingFiles;
pub(crate) use self::files::{RecordingTarget, Rotation};
pub(crate) use self::files::{create_for_owner, make_directory_of};
use crate::model::Now;
use crate::recording::{CHUNK_INTERVAL, Fact, FactKind, Header, RecordingError, Writer};

/// Size of a file in bytes from which a recording continues in another one.
pub(crate) const MAX_FILE_SIZE: u64 = 64_000_000;
/// Number of full files that are kept.
pub(crate) const MAX_FULL_FILES: u32 = 4;
/// Maximum number of facts that wait for the disk.
const MAX_WAITING: usize = 4096;

/// Why a recording cannot be written.
#[derive(Debug, Error)]
pub(crate) enum RecorderError {
    /// The file exists.
    #[error("{0} exists: choose another name, or use --force to overwrite it")]
    Exists(String),
    /// The path is a directory.
    #[error("{0} is a directory: name a file in it")]
    Directory(String),
    /// A file that would be moved or removed is not a recording.
    #[error("{0} is not a recording, and would be moved or removed: choose another name")]
    NoRecording(String),
    /// Another process writes to the file.
    #[error("another maxtop writes to {0}: choose another name")]
    InUse(String),
    /// Standard output is a terminal.
    #[error("standard output is a terminal, and a recording is not text: redirect it, or name a file")]
    Terminal,
    /// A file cannot be created or written.
    #[error("cannot write the recording {path}: {source}{}", readable(*written))]
    File {
        /// Path of the file.
        path: String,
        /// Bytes of the file that were written.
        written: u64,
        /// The error of the system.
        source: io::Error,
    },
    /// A fact cannot be written in the format.
    #[error(transparent)]
    Format(#[from] RecordingError),
    /// The file has its maximum size, and no further one is allowed.
    #[error("the recording has its maximum size ({}): --keep 1 or more continues in another file", crate::model::size_text(*.0))]
    Full(u64),
    /// The disk is slower than the lists.
    #[error("the disk is too slow: {MAX_WAITING} facts wait for it")]
    TooSlow,
}

impl RecorderError {
    /// Whether standard output is a pipe whose reader is gone.
    pub(crate) fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::File { source, .. } if source.kind() == io::ErrorKind::BrokenPipe)
    }
}

fn readable(written: u64) -> &'static str {
    if written > 0 {
        "; what was written before can be replayed"
    } else {
        ""
    }
}

/// Writes a finished recording to its file.
///
/// # Errors
///
/// Returns an error if the file exists, or cannot be created or written.
pub(crate) fn write_part(target: RecordingTarget, bytes: &[u8]) -> Result<(), RecorderError> {
    let mut files = RecordingFiles::create(target, bytes)?;
    files.flush()?;
    files.replace()
}

/// Size of a recording so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct RecordedSize {
    /// Bytes written, in all files.
    pub bytes: u64,
    /// Number of facts.
    pub facts: u64,
    /// Whether nothing was kept, because there was no session list.
    pub is_discarded: bool,
}

/// The counters of [`RecordedSize`], shared with the thread.
#[derive(Debug, Default)]
struct Progress {
    bytes: AtomicU64,
    facts: AtomicU64,
}

/// A recording in progress. It is finished when this is dropped.
#[derive(Debug)]
pub(crate) struct Recorder {
    facts: SyncSender<Fact>,
    end: RecorderEnd,
    progress: Arc<Progress>,
}

/// The end of a recording whose last facts are being written.
///
/// Receives the error that ended it, or `None`, once everything is written.
#[derive(Debug)]
pub(crate) struct RecorderEnd(mpsc::Receiver<Option<String>>);

/// Why a recording is not complete.
#[derive(Debug, PartialEq, Eq, Error)]
pub(crate) enum IncompleteRecording {
    /// The error that ended it.
    #[error("{0}")]
    Failed(String),
    /// The last facts are not written yet.
    #[error("the recording takes too long")]
    TooSlow,
}

impl Recorder {
    /// Creates the file and starts the thread. It calls `on_end` from itself when the recording has ended, also
    /// by an error.
    ///
    /// # Errors
    ///
    /// Returns an error if the file exists or cannot be created, or if there can be no thread.
    pub(crate) fn start(
        target: RecordingTarget,
        header: Header,
        on_end: impl FnOnce(Result<RecordedSize, RecorderError>) + Send + 'static,
    ) -> Result<Self, RecorderError> {
        let mut first = Vec::new();
        let writer = Writer::new(&header, CHUNK_INTERVAL, &mut first)?;
        let name = target.shown();
        let files = RecordingFiles::create(target, &first)?;
        let (sender, queue) = mpsc::sync_channel(MAX_WAITING);
        let (is_over, over) = mpsc::channel();
        let progress = Arc::new(Progress::default());
        progress.bytes.store(files.total(), Ordering::Relaxed);
        let shared = Arc::clone(&progress);
        let thread = thread::Builder::new().name("recorder".to_owned());
        let started = thread.spawn(move || {
            let mut task = RecorderTask {
                writer,
                files,
                header,
                since: None,
                has_list: false,
                progress: shared,
            };
            let written = task.run(&queue);
            // Facts that still arrive are refused.
            drop(queue);
            let failed = written.as_ref().err().map(ToString::to_string);
            on_end(written.map(|()| task.size()));
            // Without a receiver nothing waits for the end.
            let _ = is_over.send(failed);
        });
        started.map_err(|source| RecorderError::File {
            path: name,
            written: 0,
            source,
        })?;
        Ok(Self {
            facts: sender,
            end: RecorderEnd(over),
            progress,
        })
    }

    /// Adds a fact. A recording that has ended ignores it.
    ///
    /// # Errors
    ///
    /// Returns an error if the disk is too slow. The recording must then be closed.
    pub(crate) fn push(&self, fact: Fact) -> Result<(), RecorderError> {
        match self.facts.try_send(fact) {
            // Why it has ended was reported.
            Ok(()) | Err(TrySendError::Disconnected(_)) => Ok(()),
            Err(TrySendError::Full(_)) => Err(RecorderError::TooSlow),
        }
    }

    /// Returns the size so far.
    pub(crate) fn size(&self) -> RecordedSize {
        RecordedSize {
            bytes: self.progress.bytes.load(Ordering::Relaxed),
            facts: self.progress.facts.load(Ordering::Relaxed),
            is_discarded: false,
        }
    }

    /// Finishes the recording. Its thread writes the last facts.
    pub(crate) fn finish(self) -> RecorderEnd {
        self.end
    }
}

impl RecorderEnd {
    /// Waits until the recording is written, but not longer than `within`.
    ///
    /// # Errors
    ///
    /// Returns the error that ended the recording, or that the time was not enough.
    pub(crate) fn wait(self, within: Duration) -> Result<(), IncompleteRecording> {
        match self.0.recv_timeout(within) {
            Ok(None) => Ok(()),
            Ok(Some(error)) => Err(IncompleteRecording::Failed(error)),
            Err(_) => Err(IncompleteRecording::TooSlow),
        }
    }
}

/// State of the thread.
struct RecorderTask {
    writer: Writer,
    files: RecordingFiles,
    header: Header,
    /// Time of the first fact in the file.
    since: Option<Now>,
    /// Whether a session list was written.
    has_list: bool,
    progress: Arc<Progress>,
}

impl RecorderTask {
    fn run(&mut self, queue: &mpsc::Receiver<Fact>) -> Result<(), RecorderError> {
        for fact in queue {
            self.write(&fact)?;
            if !self.has_list && matches!(fact.kind, FactKind::Listed(_)) {
                self.has_list = true;
                self.files.replace()?;
            }
        }
        if self.is_discarded() {
            return self.files.discard();
        }
        let mut last = Vec::new();
        self.writer.finish(&mut last)?;
        self.files.write(&last)?;
        self.files.flush()?;
        self.files.replace()
    }

    const fn is_discarded(&self) -> bool {
        self.files.needs_list() && !self.has_list
    }

    fn write(&mut self, fact: &Fact) -> Result<(), RecorderError> {
        let since = self.since.get_or_insert(fact.at);
        let age = fact.at.elapsed.saturating_sub(since.elapsed);
        let mut bytes = Vec::new();
        // Without a list there may be nothing to keep, and an existing file still has its place.
        if self.files.is_full(age) && !self.is_discarded() {
            let header = Header {
                started: fact.at,
                ..self.header.clone()
            };
            let first = self.writer.rotate(&header, &mut bytes)?;
            self.files.write(&bytes)?;
            self.files.rotate(&first)?;
            self.since = Some(fact.at);
            bytes.clear();
        }
        self.writer.push(fact, &mut bytes)?;
        self.files.write(&bytes)?;
        self.progress.bytes.store(self.files.total(), Ordering::Relaxed);
        self.progress.facts.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    fn size(&self) -> RecordedSize {
        RecordedSize {
            bytes: self.files.total(),
            facts: self.progress.facts.load(Ordering::Relaxed),
            is_discarded: self.is_discarded(),
        }
    }
}

#[cfg(test)]
mod tests;
