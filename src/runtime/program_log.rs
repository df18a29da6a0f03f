//! The program log: polls, faults, recoveries and kills, one line each, in the file of `--log`.
//!
//! The other rooms write through the macros of the crate `log`. Its target is the subject of the line; events
//! with any other target come from dependencies and are left out. A thread writes the file, so that a slow disk
//! blocks neither the screen nor a request. Events contain no secret: errors and names have none.

use std::io::{self, Write as _};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender, TrySendError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use jiff::Timestamp;
use log::{LevelFilter, Log, Metadata, Record};
use nix::sys::signal::SigSet;
use thiserror::Error;

use super::append_file::{ends_within_a_line, open};
use crate::model::visible;

/// The subjects of events.
const SUBJECTS: [&str; 5] = ["program", "doctor", "poll", "server-access", "kill"];

/// Maximum number of lines that wait for the disk. Further ones are counted and left out.
const QUEUE: usize = 4096;

/// Maximum time to wait for the last lines.
const MAX_WAIT: Duration = Duration::from_secs(1);

/// Why the program log cannot be used.
#[derive(Debug, Error)]
pub(crate) enum ProgramLogError {
    /// The file cannot be opened.
    #[error("--log: cannot open {path}: {source}")]
    Open {
        /// Path of the file.
        path: String,
        /// The error of the system.
        source: io::Error,
    },
    /// The thread cannot be started.
    #[error("--log: {0}")]
    Start(io::Error),
    /// Lines are missing.
    #[error("the program log is not complete: {0}")]
    Incomplete(String),
}

/// The program log of this process.
#[derive(Debug)]
pub(crate) struct ProgramLog {
    sink: Arc<Sink>,
    /// Result of the thread, when it ends.
    end: Receiver<io::Result<()>>,
}

/// Formats events and sends them to the thread.
#[derive(Debug)]
struct Sink {
    /// `None` once the log is closed.
    lines: Mutex<Option<SyncSender<Vec<u8>>>>,
    /// Number of lines that did not fit into the queue.
    lost: AtomicU64,
}

impl ProgramLog {
    /// Opens the file and logs the events of this process to it.
    ///
    /// # Errors
    ///
    /// Returns [`ProgramLogError`] if the file cannot be opened for appending, or if the thread cannot start.
    pub(crate) fn start(path: &Path) -> Result<Self, ProgramLogError> {
        let log = Self::open(path)?;
        let logger = Box::new(Arc::clone(&log.sink));
        log::set_boxed_logger(logger).map_err(|error| ProgramLogError::Start(io::Error::other(error)))?;
        log::set_max_level(LevelFilter::Info);
        Ok(log)
    }

    fn open(path: &Path) -> Result<Self, ProgramLogError> {
        open(path).map_err(|source| ProgramLogError::Open {
            path: path.display().to_string(),
            source,
        })?;
        let (lines, queue) = mpsc::sync_channel(QUEUE);
        let (ended, end) = mpsc::channel();
        let path = path.to_owned();
        thread::Builder::new()
            .name("program log".to_owned())
            .spawn(move || {
                // A prompt for a password blocks signals, and no other thread may receive them.
                let blocked = SigSet::all().thread_block().map_err(io::Error::from);
                // Fails only if the wait for it has ended.
                drop(ended.send(blocked.and(write_all(&path, &queue))));
            })
            .map_err(ProgramLogError::Start)?;
        let sink = Sink {
            lines: Mutex::new(Some(lines)),
            lost: AtomicU64::new(0),
        };
        Ok(Self {
            sink: Arc::new(sink),
            end,
        })
    }

    /// Writes the last lines.
    ///
    /// # Errors
    ///
    /// Returns [`ProgramLogError::Incomplete`] if lines could not be written.
    pub(crate) fn close(self) -> Result<(), ProgramLogError> {
        self.sink.close();
        let lost = self.sink.lost.load(Ordering::Relaxed);
        match self.end.recv_timeout(MAX_WAIT) {
            Ok(Err(error)) => Err(ProgramLogError::Incomplete(error.to_string())),
            Err(_) => Err(ProgramLogError::Incomplete("the disk is too slow".to_owned())),
            Ok(Ok(())) if lost > 0 => Err(ProgramLogError::Incomplete(format!(
                "the disk was too slow for {lost} lines"
            ))),
            Ok(Ok(())) => Ok(()),
        }
    }
}

impl Sink {
    fn close(&self) {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

impl Log for Sink {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        SUBJECTS.contains(&metadata.target())
    }

    fn log(&self, record: &Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        let line = line(Timestamp::now(), record);
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let sent = lines.as_ref().map(|lines| lines.try_send(line.into_bytes()));
        if matches!(sent, Some(Err(TrySendError::Full(_)))) {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn flush(&self) {}
}

/// Formats a line: time, level, subject and text.
fn line(at: Timestamp, record: &Record<'_>) -> String {
    let text = record.args().to_string();
    let (level, subject) = (record.level(), record.target());
    format!("{at:.3} {level:<5} {subject} {}\n", visible(&text))
}

/// Writes lines until the log is closed. Returns the first error.
fn write_all(path: &Path, queue: &Receiver<Vec<u8>>) -> io::Result<()> {
    let mut result = Ok(());
    while let Ok(mut lines) = queue.recv() {
        while let Ok(more) = queue.try_recv() {
            lines.extend(more);
        }
        result = result.and(append(path, &lines));
    }
    result
}

/// Opens the file for each write, so a file that was rotated or removed is not a problem.
fn append(path: &Path, lines: &[u8]) -> io::Result<()> {
    let mut file = open(path)?;
    if ends_within_a_line(&mut file)? {
        file.write_all(b"\n")?;
    }
    file.write_all(lines)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use log::Level;

    use super::*;

    fn send(log: &ProgramLog, target: &str, text: &str) {
        let args = format_args!("{text}");
        let record = Record::builder()
            .level(Level::Warn)
            .target(target)
            .args(args)
            .build();
        log.sink.log(&record);
    }

    #[test]
    fn lines_are_appended_for_the_owner_only() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("events.log");
        fs::write(&path, "earlier").unwrap();
        let log = ProgramLog::open(&path).unwrap();
        send(&log, "poll", "one\nline\u{1b}[31m");
        send(&log, "rustls::client", "of a dependency");
        log.close().unwrap();
        let text = fs::read_to_string(&path).unwrap();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 2, "{text}");
        assert_eq!(lines[0], "earlier");
        let (time, rest) = lines[1].split_once(' ').unwrap();
        assert!(time.ends_with('Z') && time.parse::<Timestamp>().is_ok(), "{time}");
        assert_eq!(time.len(), "2026-11-28T10:47:01.123Z".len());
        assert_eq!(rest, r"WARN  poll one\nline\u{1b}[31m");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn what_cannot_be_appended_to_is_an_error() {
        let directory = tempfile::tempdir().unwrap();
        let link = directory.path().join("link");
        std::os::unix::fs::symlink(directory.path().join("target"), &link).unwrap();
        for path in [directory.path(), &link] {
            let error = ProgramLog::open(path).unwrap_err().to_string();
            assert!(error.starts_with("--log: cannot open "), "{error}");
        }
    }

    #[test]
    fn an_event_never_waits_for_the_disk() {
        let (lines, queue) = mpsc::sync_channel(1);
        let (_ended, end) = mpsc::channel();
        let sink = Arc::new(Sink {
            lines: Mutex::new(Some(lines)),
            lost: AtomicU64::new(0),
        });
        let log = ProgramLog { sink, end };
        for _ in 0..3 {
            send(&log, "poll", "x");
        }
        assert_eq!(log.sink.lost.load(Ordering::Relaxed), 2);
        drop(queue);
    }
}
