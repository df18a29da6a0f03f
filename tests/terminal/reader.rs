//! Reads a terminal: one thread collects all output, as bytes and as a screen.

use std::io::Read;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use vt100::Parser;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    Yes,
    /// Reading is suspended.
    Held,
    /// The reader exits after the next read.
    LastTime,
    Over,
}

/// All output so far.
pub(crate) struct Seen {
    pub(crate) parser: Parser,
    pub(crate) bytes: Vec<u8>,
    pub(crate) reading: Reading,
}

struct Shared {
    seen: Mutex<Seen>,
    changed: Condvar,
}

/// The thread and its collected output.
pub(crate) struct Reader {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Reader {
    pub(crate) fn start(from: Box<dyn Read + Send>, parser: Parser) -> Self {
        let shared = Arc::new(Shared {
            seen: Mutex::new(Seen {
                parser,
                bytes: Vec::new(),
                reading: Reading::Yes,
            }),
            changed: Condvar::new(),
        });
        let thread = std::thread::spawn({
            let shared = Arc::clone(&shared);
            move || read(from, &shared)
        });
        Self {
            shared,
            thread: Some(thread),
        }
    }

    /// Locks the output. Ignores poisoning, so that a failed assertion elsewhere does not hide this one.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Seen> {
        self.shared.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets whether to read: continuously, once more, or not at all.
    pub(crate) fn set(&self, reading: Reading) {
        self.lock().reading = reading;
        self.shared.changed.notify_all();
    }

    /// Whether the output meets the condition within a time.
    pub(crate) fn becomes(&self, within: Duration, is_so: impl Fn(&Seen) -> bool) -> bool {
        let (_seen, waited) = self
            .shared
            .changed
            .wait_timeout_while(self.lock(), within, |seen| !is_so(seen))
            .unwrap_or_else(PoisonError::into_inner);
        !waited.timed_out()
    }

    /// Waits until the thread has closed its side of the terminal.
    pub(crate) fn join(&mut self) {
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

fn read(mut from: Box<dyn Read + Send>, shared: &Shared) {
    let mut buffer = [0; 16 * 1024];
    loop {
        // On Linux the hang-up, an error, can arrive before the last output: it is read again.
        let first = from.read(&mut buffer);
        let count = first.or_else(|_| from.read(&mut buffer)).unwrap_or(0);
        let mut seen = shared.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.bytes.extend_from_slice(&buffer[..count]);
        seen.parser.process(&buffer[..count]);
        if count == 0 || seen.reading == Reading::LastTime {
            seen.reading = Reading::Over;
        }
        shared.changed.notify_all();
        while seen.reading == Reading::Held {
            seen = shared.changed.wait(seen).unwrap_or_else(PoisonError::into_inner);
        }
        if seen.reading == Reading::Over {
            return;
        }
    }
}
