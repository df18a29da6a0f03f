//! The thread of the calculations that grow with the number of sessions, so that neither the drawing thread nor a
//! table view waits for them.

use std::sync::mpsc;
use std::{io, thread};

use tokio::sync::mpsc::UnboundedSender;

use super::job_queue::JobQueue;
use crate::app::calculation::Calculation;
use crate::app::msg::Msg;

/// Starts the thread.
pub(super) fn start(out: UnboundedSender<Msg>) -> io::Result<mpsc::Sender<Box<Calculation>>> {
    let (calculations, queue) = mpsc::channel::<Box<Calculation>>();
    let mut queue = JobQueue::new(queue);
    thread::Builder::new()
        .name("calculate".to_owned())
        .spawn(move || {
            while let Some(calculation) = queue.next() {
                queue.keep(calculation.shared());
                let Some(calculated) = calculation.run() else {
                    continue;
                };
                queue.keep(calculated.shared());
                if out.send(Msg::Calculated(Box::new(calculated))).is_err() {
                    return;
                }
            }
        })?;
    Ok(calculations)
}
