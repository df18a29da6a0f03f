//! Keys and pasted text from the terminal.
//!
//! A thread reads the terminal's bytes and passes them to the [`InputParser`]. The parser has no clock:
//! the thread passes the time and wakes at the parser's deadline.

mod mouse;
mod parser;
mod reply;
mod sequence;
#[cfg(test)]
mod tests;

use std::io;
use std::os::fd::AsFd as _;
use std::thread;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::unistd::read;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use self::parser::InputParser;
pub(super) use self::reply::BACKGROUND_QUERY;
use crate::app::msg::Msg;

/// Maximum number of bytes read at once.
const CHUNK: usize = 4096;

/// Starts the thread. The channel closes when the terminal cannot be read any more.
pub(super) fn listen() -> io::Result<UnboundedReceiver<Msg>> {
    let (sender, receiver) = unbounded_channel();
    thread::Builder::new().name("input".to_owned()).spawn(move || {
        let mut input = Input::start();
        while let Ok(msgs) = input.next() {
            for msg in msgs {
                if sender.send(msg).is_err() {
                    return;
                }
            }
        }
    })?;
    Ok(receiver)
}

struct Input {
    parser: InputParser,
    started: Instant,
    buffer: [u8; CHUNK],
}

impl Input {
    fn start() -> Self {
        Self {
            parser: InputParser::default(),
            started: Instant::now(),
            buffer: [0; CHUNK],
        }
    }

    /// Waits for bytes or for the parser's deadline.
    fn next(&mut self) -> io::Result<Vec<Msg>> {
        let mut msgs = Vec::new();
        let stdin = io::stdin();
        let mut fds = [PollFd::new(stdin.as_fd(), PollFlags::POLLIN)];
        match poll(&mut fds, self.timeout()) {
            Ok(0) => self.parser.expire(self.started.elapsed(), &mut msgs),
            Ok(_) => match read(stdin.as_fd(), &mut self.buffer) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(length) => {
                    let bytes = self.buffer.get(..length).unwrap_or_default();
                    self.parser.advance(bytes, self.started.elapsed(), &mut msgs);
                }
                Err(Errno::EINTR | Errno::EAGAIN) => {}
                Err(error) => return Err(error.into()),
            },
            Err(Errno::EINTR) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(msgs)
    }

    fn timeout(&self) -> PollTimeout {
        let Some(deadline) = self.parser.deadline() else {
            return PollTimeout::NONE;
        };
        // Rounded up: a poll that ends just before the deadline would be repeated without a pause.
        let left = deadline.saturating_sub(self.started.elapsed()) + Duration::from_millis(1);
        PollTimeout::try_from(left).unwrap_or(PollTimeout::MAX)
    }
}
