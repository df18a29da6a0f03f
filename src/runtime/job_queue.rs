//! The jobs of a thread that also frees large values: the last owner of a value frees it, which must not be the drawing
//! thread.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

/// Time after which a value that the drawing thread has replaced is freed. Usually the next one is on the screen then.
const FREE_AFTER: Duration = Duration::from_millis(30);

/// Jobs of one thread, and the values that it keeps until no other thread uses them.
pub(super) struct JobQueue<J, T: ?Sized> {
    jobs: Receiver<J>,
    kept: Vec<Arc<T>>,
}

impl<J, T: ?Sized> JobQueue<J, T> {
    pub(super) const fn new(jobs: Receiver<J>) -> Self {
        Self {
            jobs,
            kept: Vec::new(),
        }
    }

    /// Keeps values until no other thread uses them.
    pub(super) fn keep(&mut self, values: impl IntoIterator<Item = Arc<T>>) {
        self.kept.extend(values);
    }

    /// Waits for the next job. Meanwhile frees values, which would otherwise stay until the job after the next one.
    /// Returns `None` at the end of the program.
    pub(super) fn next(&mut self) -> Option<J> {
        let mut wait = FREE_AFTER;
        loop {
            self.kept.retain(|value| Arc::strong_count(value) > 1);
            if self.kept.is_empty() {
                return self.jobs.recv().ok();
            }
            match self.jobs.recv_timeout(wait) {
                Ok(job) => return Some(job),
                Err(RecvTimeoutError::Timeout) => wait = wait.saturating_mul(2),
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        }
    }
}
