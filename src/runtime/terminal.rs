//! Taking the terminal and giving it back as it was found: on every way out.
//!
//! [`leave`] may be called by anybody at any time, any number of times: by the guard's Drop, by the
//! panic hook, before the program is stopped. Only the first call after an [`enter`] does anything.
//!
//! The terminal is written without the buffer of `std::io::stdout`: nothing of a frame may be left in it
//! when the program ends.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crossterm::cursor::{Hide, Show};
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::queue;
use crossterm::style::{ResetColor, force_color_output};
use crossterm::terminal::{
    Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
};
use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use nix::errno::Errno;
use nix::unistd::write;

use super::process;

/// Whether the terminal is ours.
static ENTERED: AtomicBool = AtomicBool::new(false);

/// Held while the terminal is written.
static OUTPUT: Mutex<()> = Mutex::new(());

/// Maximum time to wait for a terminal that does not take our last bytes.
const MAX_WRITE_WAIT: Duration = Duration::from_secs(1);

/// Maximum time that our last bytes wait for [`OUTPUT`]: a thread that panicked or whose write hangs
/// does not release it.
const LOCK_TIME: Duration = Duration::from_millis(500);

/// Maximum number of columns and of lines that are drawn: memory is proportional to the cells.
const MAX_CELLS: u16 = 1000;

/// Gives the terminal back when it is dropped.
#[derive(Debug)]
pub(super) struct TerminalGuard(());

impl TerminalGuard {
    /// Takes the terminal: raw mode, alternate screen, pasted text marked as such, no cursor.
    pub(super) fn enter() -> io::Result<Self> {
        // Whether there is colour is decided by the settings; crossterm's own look at NO_COLOR would
        // turn `--color always` into resets.
        force_color_output(true);
        enter()?;
        Ok(Self(()))
    }
}

impl Drop for TerminalGuard {
    fn drop(&mut self) {
        leave();
    }
}

/// Takes the terminal (again, after [`leave`], or after a stop that nobody announced).
pub(super) fn enter() -> io::Result<()> {
    // After such a stop the shell has put the terminal into its own mode, and crossterm does not
    // know: it has to forget that it was raw.
    let _ = disable_raw_mode();
    enable_raw_mode()?;
    let mut bytes = Vec::new();
    // Some consoles have no other screen: what stands on the one that they have must not shine through.
    queue!(
        bytes,
        EnterAlternateScreen,
        Clear(ClearType::All),
        EnableBracketedPaste,
        Hide
    )?;
    let written = {
        let _output = OUTPUT.lock().unwrap_or_else(PoisonError::into_inner);
        ENTERED.store(true, Ordering::SeqCst);
        write_all(&bytes)
    };
    if written.is_err() {
        leave();
    }
    written
}

/// Gives the terminal back.
pub(super) fn leave() {
    if !ENTERED.swap(false, Ordering::SeqCst) {
        return;
    }
    let mut bytes = Vec::new();
    let queued = queue!(
        bytes,
        EndSynchronizedUpdate,
        ResetColor,
        DisableBracketedPaste,
        LeaveAlternateScreen,
        Show
    );
    if queued.is_ok() {
        write_patiently(bytes);
    }
    // Nobody is left to be told of an error here.
    let _ = disable_raw_mode();
}

/// Writes the last bytes. A terminal that has gone away must not hold up the end of the program.
pub(super) fn write_patiently(bytes: Vec<u8>) {
    // The end is near: an error here has no consequence.
    write_last(&OUTPUT, move || drop(write_all(&bytes)));
}

/// Runs `write` with the lock, or without it if the lock is not released in time.
fn write_last(lock: &'static Mutex<()>, write: impl Fn() + Clone + Send + 'static) {
    let (locked, is_locked) = mpsc::channel();
    let (done, is_done) = mpsc::channel();
    let (with_lock, done_unlocked) = (write.clone(), done.clone());
    let spawned = thread::Builder::new().name("farewell".to_owned()).spawn(move || {
        let _lock = lock.lock().unwrap_or_else(PoisonError::into_inner);
        // Refused once it was written without the lock.
        if locked.send(()).is_ok() {
            with_lock();
            let _ = done.send(());
        }
    });
    if spawned.is_err() {
        return write();
    }
    if is_locked.recv_timeout(LOCK_TIME) == Err(RecvTimeoutError::Timeout) {
        drop(is_locked);
        let spawned = thread::Builder::new().name("farewell".to_owned()).spawn(move || {
            write();
            let _ = done_unlocked.send(());
        });
        if spawned.is_err() {
            return;
        }
    }
    let _ = is_done.recv_timeout(MAX_WRITE_WAIT);
}

/// The terminal's size in columns and lines, as far as it is drawn.
pub(super) fn size() -> io::Result<(u16, u16)> {
    let (columns, lines) = crossterm::terminal::size()?;
    Ok((columns.min(MAX_CELLS), lines.min(MAX_CELLS)))
}

/// Writes a frame, if the terminal is ours: one that is still on its way after [`leave`] must not
/// land on the normal screen. Says whether it was written.
pub(super) fn write_frame(bytes: &[u8]) -> io::Result<bool> {
    let _output = OUTPUT.lock().unwrap_or_else(PoisonError::into_inner);
    // Read under the lock: `leave` clears it before it waits for the lock.
    let is_ours = ENTERED.load(Ordering::SeqCst);
    if is_ours {
        write_all(bytes)?;
    }
    Ok(is_ours)
}

fn write_all(mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match write(io::stdout(), bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(length) => bytes = bytes.get(length..).unwrap_or_default(),
            Err(Errno::EINTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// A panic anywhere, in whatever thread or task, gives the terminal back, says what happened and
/// ends the program: half of it must not go on drawing.
pub(super) fn end_on_panic() {
    let say = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        leave();
        say(panic);
        process::deliver_output();
        std::process::exit(101);
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was written while another thread holds the lock for ever, as a thread that panics does.
    #[test]
    fn the_last_bytes_are_written_although_the_lock_is_held() {
        let lock: &'static Mutex<()> = Box::leak(Box::default());
        let held = lock.lock().unwrap();
        let (sender, written) = mpsc::channel();
        write_last(lock, move || sender.send("last").unwrap());
        assert_eq!(written.try_recv(), Ok("last"));
        drop(held);
        // The thread that waited for the lock ends without a second copy.
        assert_eq!(written.recv().ok(), None);
    }
}
