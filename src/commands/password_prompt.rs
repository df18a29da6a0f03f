//! The password prompt. Disables echo and always restores the terminal.
//!
//! Signals that would end or stop the program are blocked during the prompt. A thread receives them and
//! restores the terminal first. No handler and no thread remains afterwards.

use std::io::{self, IsTerminal as _, Write as _};
use std::os::fd::AsFd as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use nix::errno::Errno;
use nix::sys::signal::{SigSet, Signal, kill};
use nix::sys::termios::{LocalFlags, SetArg, Termios, tcgetattr, tcsetattr};
use nix::unistd::{Pid, read};
use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;

use super::output::visible;
use crate::client::EndpointUrl;

/// Signals that are blocked during the prompt: those that end, stop or continue the program, and [`FINISHED`].
const BLOCKED: [Signal; 9] = [
    Signal::SIGHUP,
    Signal::SIGINT,
    Signal::SIGQUIT,
    Signal::SIGTERM,
    Signal::SIGALRM,
    Signal::SIGUSR2,
    Signal::SIGTSTP,
    Signal::SIGCONT,
    FINISHED,
];
const FINISHED: Signal = Signal::SIGUSR1;

/// Maximum length of a terminal line, in bytes.
const MAX_LINE: usize = 4096;

/// Whether there is a terminal to prompt on.
pub(super) fn can_prompt() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Prompts for a password. Returns `None` if the input is empty.
pub(super) fn read_password(user: &str, url: &EndpointUrl) -> io::Result<Option<SecretString>> {
    let signals: SigSet = BLOCKED.into_iter().collect();
    let before = signals.thread_swap_mask(nix::sys::signal::SigmaskHow::SIG_BLOCK)?;
    let answer = read_with_signals_blocked(&format!("password of {user} at {url}: "), &signals);
    before.thread_set_mask()?;
    answer
}

fn read_with_signals_blocked(prompt: &str, signals: &SigSet) -> io::Result<Option<SecretString>> {
    let terminal = Terminal {
        prompt: visible(prompt),
        found: tcgetattr(io::stdin())?,
        is_finished: Arc::default(),
    };
    // The thread must run before the terminal is changed.
    let watcher = thread::Builder::new().name("prompt".to_owned());
    let watcher = {
        let (terminal, signals) = (terminal.clone(), *signals);
        watcher.spawn(move || terminal.handle_signals(&signals))?
    };
    let answer = terminal.hide().and_then(|()| read_line());
    terminal.is_finished.store(true, Ordering::SeqCst);
    kill(Pid::this(), FINISHED)?;
    // Continues a panic of the thread here.
    if let Err(panic) = watcher.join() {
        std::panic::resume_unwind(panic);
    }
    terminal.show();
    answer
}

/// The terminal with its original modes and the prompt.
#[derive(Clone)]
struct Terminal {
    prompt: String,
    found: Termios,
    /// Whether the prompt is finished. Otherwise `FINISHED` was sent by another process.
    is_finished: Arc<AtomicBool>,
}

impl Terminal {
    /// Prints the prompt and disables echo. Discards earlier input.
    fn hide(&self) -> io::Result<()> {
        let mut mode = self.found.clone();
        mode.local_flags.remove(LocalFlags::ECHO);
        mode.local_flags.insert(LocalFlags::ICANON | LocalFlags::ISIG);
        tcsetattr(io::stdin(), SetArg::TCSAFLUSH, &mode)?;
        let mut err = io::stderr().lock();
        write!(err, "{}", self.prompt)?;
        err.flush()
    }

    /// Restores the terminal. Ignores errors: there is no way to report them.
    fn show(&self) {
        let _ = tcsetattr(io::stdin(), SetArg::TCSADRAIN, &self.found);
        // The line end that was typed was not shown.
        let _ = writeln!(io::stderr().lock());
    }

    /// Handles signals until the prompt ends, restoring the terminal before the process stops or exits.
    fn handle_signals(&self, signals: &SigSet) {
        loop {
            match signals.wait() {
                Err(_) => return,
                Ok(FINISHED) if self.is_finished.load(Ordering::SeqCst) => return,
                Ok(Signal::SIGTSTP) => {
                    self.show();
                    stop();
                }
                // A shell sets its own terminal modes.
                Ok(Signal::SIGCONT) => {
                    let _ = self.hide();
                }
                Ok(signal) => {
                    self.show();
                    std::process::exit(128 + signal as i32);
                }
            }
        }
    }
}

/// Stops the program, as the blocked signal would have done.
fn stop() {
    let signal = SigSet::from(Signal::SIGTSTP);
    if signal.thread_unblock().is_ok() {
        let _ = kill(Pid::this(), Signal::SIGTSTP);
        let _ = signal.thread_block();
    }
}

/// Reads a line without its line break. Returns `None` for an empty line.
fn read_line() -> io::Result<Option<SecretString>> {
    let mut line = Zeroizing::new(Vec::with_capacity(2 * MAX_LINE));
    let mut piece = Zeroizing::new([0; MAX_LINE]);
    while line.len() < MAX_LINE && !line.ends_with(b"\n") {
        match read(io::stdin().as_fd(), &mut *piece) {
            Ok(0) => break,
            Ok(length) => line.extend_from_slice(piece.get(..length).unwrap_or_default()),
            Err(Errno::EINTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let text = line.strip_suffix(b"\n").unwrap_or(&line);
    let text = std::str::from_utf8(text)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "the password is not valid UTF-8"))?;
    Ok((!text.is_empty()).then(|| text.into()))
}
