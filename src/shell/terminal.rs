//! Taking the terminal and giving it back as it was found: on every way out.
//!
//! [`leave`] may be called by anybody at any time, any number of times: by the guard's Drop, by the
//! panic hook, before the program is stopped. Only the first call after an [`enter`] does anything.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
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

/// Whether the terminal is ours.
static ENTERED: AtomicBool = AtomicBool::new(false);

/// A terminal that does not take our last bytes within this time is not waited for.
const PATIENCE: Duration = Duration::from_secs(1);

/// Gives the terminal back when it is dropped.
#[derive(Debug)]
pub(super) struct Guard(());

impl Guard {
    /// Takes the terminal: raw mode, alternate screen, pasted text marked as such, no cursor.
    pub(super) fn enter() -> io::Result<Self> {
        // Whether there is colour is decided by the settings; crossterm's own look at NO_COLOR would
        // turn `--color always` into resets.
        force_color_output(true);
        enter()?;
        Ok(Self(()))
    }
}

impl Drop for Guard {
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
    let mut out = io::stdout().lock();
    ENTERED.store(true, Ordering::SeqCst);
    let written = out.write_all(&bytes).and_then(|()| out.flush());
    drop(out);
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

/// A terminal that has gone away must not hold up the end of the program.
pub(super) fn write_patiently(bytes: Vec<u8>) {
    let (done, is_done) = mpsc::channel();
    let writing = thread::Builder::new().name("farewell".to_owned()).spawn(move || {
        let _ = done.send(write_out(&bytes));
    });
    if writing.is_ok() {
        let _ = is_done.recv_timeout(PATIENCE);
    }
}

/// Writes a frame, if the terminal is ours: one that is still on its way after [`leave`] must not
/// land on the normal screen. Says whether it was written.
pub(super) fn write_frame(bytes: &[u8]) -> io::Result<bool> {
    let mut out = io::stdout().lock();
    // Looked at under the lock: `leave` says no more before it waits for the lock.
    let is_ours = ENTERED.load(Ordering::SeqCst);
    if is_ours {
        out.write_all(bytes)?;
        out.flush()?;
    }
    Ok(is_ours)
}

pub(super) fn write_out(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()
}

/// A panic anywhere, in whatever thread or task, gives the terminal back, says what happened and
/// ends the program: half of it must not go on drawing.
pub(super) fn end_on_panic() {
    let say = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        leave();
        say(panic);
        std::process::exit(101);
    }));
}
