//! The thread of the calculations that grow with the number of sessions, so that neither the drawing thread nor a
//! table view waits for them.

use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;
use std::{io, thread};

use tokio::sync::mpsc::UnboundedSender;

use crate::app::calculation::{Calculation, Shared};
use crate::app::msg::Msg;

/// Time after which a value that the drawing thread has replaced is freed.
const FREE_AFTER: Duration = Duration::from_millis(30);

/// Waits for the next calculation. Meanwhile frees the values that no other thread uses. Returns `None` at the end of
/// the program.
fn next(queue: &mpsc::Receiver<Box<Calculation>>, kept: &mut Vec<Shared>) -> Option<Box<Calculation>> {
    let mut wait = FREE_AFTER;
    loop {
        kept.retain(|value| Arc::strong_count(value) > 1);
        if kept.is_empty() {
            return queue.recv().ok();
        }
        match queue.recv_timeout(wait) {
            Ok(calculation) => return Some(calculation),
            Err(RecvTimeoutError::Timeout) => wait = wait.saturating_mul(2),
            Err(RecvTimeoutError::Disconnected) => return None,
        }
    }
}

/// Starts the thread.
pub(super) fn start(out: UnboundedSender<Msg>) -> io::Result<mpsc::Sender<Box<Calculation>>> {
    let (calculations, queue) = mpsc::channel();
    thread::Builder::new()
        .name("calculate".to_owned())
        .spawn(move || {
            // The last owner of a value frees it, which must be this thread.
            let mut kept = Vec::new();
            while let Some(calculation) = next(&queue, &mut kept) {
                kept.extend(calculation.shared());
                let Some(calculated) = calculation.run() else {
                    continue;
                };
                kept.extend(calculated.shared());
                if out.send(Msg::Calculated(Box::new(calculated))).is_err() {
                    return;
                }
            }
        })?;
    Ok(calculations)
}
