//! A thread that writes frames to the terminal, so that a slow line never holds up keys or data.
//!
//! It takes one frame ahead and no more: while it is busy nothing is drawn, and the next frame
//! shows the newest state.

use std::io;
use std::thread;

use tokio::sync::mpsc;

use super::terminal::write_frame;
use crate::app::msg::Msg;

/// A frame on its way out.
#[derive(Debug)]
pub(super) struct Frame {
    /// Nothing if the screen does not change.
    pub(super) bytes: Vec<u8>,
    /// Said once the frame is written.
    pub(super) drawn: Msg,
}

/// Starts the thread. The channel closes when the terminal takes no more bytes.
pub(super) fn start(told: mpsc::UnboundedSender<Msg>) -> io::Result<mpsc::Sender<Frame>> {
    let (frames, mut queue) = mpsc::channel::<Frame>(1);
    thread::Builder::new().name("writer".to_owned()).spawn(move || {
        while let Some(frame) = queue.blocking_recv() {
            match write_frame(&frame.bytes) {
                Ok(true) if told.send(frame.drawn).is_ok() => {}
                // The terminal is not ours just now; nobody has seen this frame.
                Ok(false) => {}
                Ok(true) | Err(_) => return,
            }
        }
    })?;
    Ok(frames)
}
