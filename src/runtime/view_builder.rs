//! The thread that builds table views, so that the drawing thread never waits for 100,000 rows to be sorted or freed.

use std::sync::{Arc, mpsc};
use std::{io, thread};

use tokio::sync::mpsc::UnboundedSender;

use super::job_queue::JobQueue;
use crate::app::build_view::{ViewRequest, build_view};
use crate::app::msg::Msg;

/// Starts the thread.
pub(super) fn start(out: UnboundedSender<Msg>) -> io::Result<mpsc::Sender<ViewRequest>> {
    let (jobs, queue) = mpsc::channel::<ViewRequest>();
    let mut queue = JobQueue::new(queue);
    thread::Builder::new().name("arrange".to_owned()).spawn(move || {
        while let Some(job) = queue.next() {
            queue.keep(job.previous.clone());
            let view = Arc::new(build_view(job));
            if out.send(Msg::Arranged(view)).is_err() {
                return;
            }
        }
    })?;
    Ok(jobs)
}
