//! Sets up the terminal and restores it in every case.
//!
//! [`leave`] may be called at any time and repeatedly: by the guard's Drop, by the panic hook, before the
//! program is suspended. Only the first call after an [`enter`] has an effect.
//!
//! Writes without the buffer of `std::io::stdout`: no part of a frame may be left in it when the program
//! exits.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crossterm::cursor::{Hide, Show};
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::queue;
use crossterm::style::ResetColor;
use crossterm::terminal::{
    Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
};
use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use nix::errno::Errno;
use nix::unistd::write;

use super::input::BACKGROUND_QUERY;
use super::title::{RESTORE_TITLE, SAVE_TITLE, has_title};

/// Whether the terminal is set up for the screen.
static ENTERED: AtomicBool = AtomicBool::new(false);

/// Whether the terminal reports the mouse while it is set up.
static USES_MOUSE: AtomicBool = AtomicBool::new(false);

/// Whether the terminal's title is changed while it is set up.
static USES_TITLE: AtomicBool = AtomicBool::new(false);

/// Reports presses of buttons and the wheel, as `ESC [ < …`. No movements.
const MOUSE_ON: &[u8] = b"\x1b[?1000h\x1b[?1006h";
const MOUSE_OFF: &[u8] = b"\x1b[?1006l\x1b[?1000l";

/// Locked while the terminal is written.
static OUTPUT: Mutex<()> = Mutex::new(());

/// Maximum time to wait for a terminal that does not accept the last bytes.
const MAX_WRITE_WAIT: Duration = Duration::from_secs(1);

/// Maximum time that the last bytes wait for [`OUTPUT`]: a thread that panicked or whose write hangs does
/// not release it.
const LOCK_TIME: Duration = Duration::from_millis(500);

/// Maximum number of columns and of lines that are drawn, because memory is proportional to the cells.
const MAX_CELLS: u16 = 1000;

/// Restores the terminal when dropped.
#[derive(Debug)]
pub(super) struct TerminalGuard(());

impl TerminalGuard {
    /// Sets up the terminal: raw mode, alternate screen, bracketed paste, no cursor; and the mouse, if it is used.
    /// With `bell` saves the title.
    pub(super) fn enter(mouse: bool, bell: bool) -> io::Result<Self> {
        USES_MOUSE.store(mouse, Ordering::SeqCst);
        USES_TITLE.store(bell && has_title(), Ordering::SeqCst);
        enter()?;
        Ok(Self(()))
    }
}

impl Drop for TerminalGuard {
    fn drop(&mut self) {
        leave();
    }
}

/// Sets up the terminal, also after [`leave`] or after a stop that was not announced.
pub(super) fn enter() -> io::Result<()> {
    // After such a stop the shell has restored its own mode without crossterm, which still considers it
    // raw.
    let _ = disable_raw_mode();
    enable_raw_mode()?;
    let mut bytes = Vec::new();
    // Some consoles have no alternate screen: its old text must not remain visible.
    queue!(
        bytes,
        EnterAlternateScreen,
        Clear(ClearType::All),
        EnableBracketedPaste,
        Hide
    )?;
    if USES_MOUSE.load(Ordering::SeqCst) {
        bytes.extend(MOUSE_ON);
    }
    let written = {
        let _output = OUTPUT.lock().unwrap_or_else(PoisonError::into_inner);
        let is_saved = ENTERED.swap(true, Ordering::SeqCst);
        // After a stop that was not announced it is still on the terminal's stack.
        if USES_TITLE.load(Ordering::SeqCst) && !is_saved {
            bytes.extend(SAVE_TITLE);
        }
        write_all(&bytes)
    };
    if written.is_err() {
        leave();
    }
    written
}

/// Restores the terminal.
pub(super) fn leave() {
    if !ENTERED.swap(false, Ordering::SeqCst) {
        return;
    }
    let mut bytes = Vec::new();
    if USES_MOUSE.load(Ordering::SeqCst) {
        bytes.extend(MOUSE_OFF);
    }
    if USES_TITLE.load(Ordering::SeqCst) {
        bytes.extend(RESTORE_TITLE);
    }
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
    // An error can no longer be reported here.
    let _ = disable_raw_mode();
}

/// Writes the last bytes. A terminal that was closed must not block the exit of the program.
pub(super) fn write_patiently(bytes: Vec<u8>) {
    // The program exits, so an error has no consequence.
    write_last(&OUTPUT, move || drop(write_all(&bytes)));
}

/// Runs `write` with the lock, or without it if the lock is not released in time.
fn write_last(lock: &'static Mutex<()>, write: impl Fn() + Clone + Send + 'static) {
    let (locked, is_locked) = mpsc::channel();
    let (done, is_done) = mpsc::channel();
    let (with_lock, done_unlocked) = (write.clone(), done.clone());
    let spawned = thread::Builder::new().name("terminal".to_owned()).spawn(move || {
        let _lock = lock.lock().unwrap_or_else(PoisonError::into_inner);
        // Rejected once it was written without the lock.
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
        let spawned = thread::Builder::new().name("terminal".to_owned()).spawn(move || {
            write();
            let _ = done_unlocked.send(());
        });
        if spawned.is_err() {
            return;
        }
    }
    let _ = is_done.recv_timeout(MAX_WRITE_WAIT);
}

/// Returns the terminal's size in columns and lines, limited to [`MAX_CELLS`].
pub(super) fn size() -> io::Result<(u16, u16)> {
    let (columns, lines) = crossterm::terminal::size()?;
    Ok((columns.min(MAX_CELLS), lines.min(MAX_CELLS)))
}

/// Queries the background of the terminal. The reply arrives as input. Does not query the Linux console, which
/// has no reply and could print the query.
///
/// Returns whether the query was sent.
pub(super) fn query_background() -> io::Result<bool> {
    Ok(!is_linux_console() && write_frame(BACKGROUND_QUERY)?)
}

pub(super) fn is_linux_console() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "linux")
}

/// Writes a frame if the terminal is set up. A frame that is still queued after [`leave`] must not appear
/// on the normal screen. Returns whether it was written.
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

/// Installs a panic hook: a panic in any thread or task restores the terminal, and then ends the program.
pub(super) fn restore_on_panic() {
    let end = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        leave();
        end(panic);
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lock is held forever, as by a thread that panics.
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
