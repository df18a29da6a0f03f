//! A thread that puts lists in order, so that the drawing thread never waits for 100,000 rows: not
//! for sorting them, and not for letting go of them.

use std::io;
use std::sync::{Arc, mpsc};
use std::thread;

use tokio::sync::mpsc::UnboundedSender;

use crate::app::arrange::{Generation, Job, arrange};
use crate::app::msg::Msg;

/// Starts the thread.
pub(super) fn start(told: UnboundedSender<Msg>) -> io::Result<mpsc::Sender<Job>> {
    let (jobs, queue) = mpsc::channel::<Job>();
    thread::Builder::new().name("arrange".to_owned()).spawn(move || {
        // The last owner of a generation frees it; that is to be this thread.
        let mut kept: Vec<Arc<Generation>> = Vec::new();
        while let Ok(job) = queue.recv() {
            kept.extend(job.previous.clone());
            let generation = Arc::new(arrange(job));
            kept.retain(|old| Arc::strong_count(old) > 1);
            if told.send(Msg::Arranged(generation)).is_err() {
                return;
            }
        }
    })?;
    Ok(jobs)
}
