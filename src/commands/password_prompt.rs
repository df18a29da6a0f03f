//! The question for a password: no echo, and the terminal is given back whatever ends it.
//!
//! Signals that would end or stop the program are held back while it stands, and taken by a thread that
//! puts the terminal right first. Nothing of that is left afterwards: no handler, no thread.

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

/// What would end or stop the program, what says that it goes on, and our own sign that it is over.
const HELD: [Signal; 9] = [
    Signal::SIGHUP,
    Signal::SIGINT,
    Signal::SIGQUIT,
    Signal::SIGTERM,
    Signal::SIGALRM,
    Signal::SIGUSR2,
    Signal::SIGTSTP,
    Signal::SIGCONT,
    OVER,
];
const OVER: Signal = Signal::SIGUSR1;

/// A line of a terminal is no longer.
const MAX_LINE: usize = 4096;

/// Whether somebody is there who can be asked.
pub(super) fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks the person at the terminal. `None`: they gave no answer.
pub(super) fn ask(user: &str, url: &EndpointUrl) -> io::Result<Option<SecretString>> {
    let signals: SigSet = HELD.into_iter().collect();
    let before = signals.thread_swap_mask(nix::sys::signal::SigmaskHow::SIG_BLOCK)?;
    let answer = ask_undisturbed(&format!("password of {user} at {url}: "), &signals);
    before.thread_set_mask()?;
    answer
}

fn ask_undisturbed(question: &str, signals: &SigSet) -> io::Result<Option<SecretString>> {
    let terminal = Terminal {
        question: visible(question),
        found: tcgetattr(io::stdin())?,
        is_over: Arc::default(),
    };
    // It has to be there before the terminal is changed.
    let watcher = thread::Builder::new().name("prompt".to_owned());
    let watcher = {
        let (terminal, signals) = (terminal.clone(), *signals);
        watcher.spawn(move || terminal.handle_signals(&signals))?
    };
    let answer = terminal.hide().and_then(|()| read_line());
    terminal.is_over.store(true, Ordering::SeqCst);
    kill(Pid::this(), OVER)?;
    // A panic there goes on here.
    if let Err(panic) = watcher.join() {
        std::panic::resume_unwind(panic);
    }
    terminal.show();
    answer
}

/// The terminal as it was found, and what stands on it.
#[derive(Clone)]
struct Terminal {
    question: String,
    found: Termios,
    /// Without it, `OVER` comes from another process.
    is_over: Arc<AtomicBool>,
}

impl Terminal {
    /// Asks, and shows no more of what is typed; what was typed before is no answer.
    fn hide(&self) -> io::Result<()> {
        let mut mode = self.found.clone();
        mode.local_flags.remove(LocalFlags::ECHO);
        mode.local_flags.insert(LocalFlags::ICANON | LocalFlags::ISIG);
        tcsetattr(io::stdin(), SetArg::TCSAFLUSH, &mode)?;
        let mut err = io::stderr().lock();
        write!(err, "{}", self.question)?;
        err.flush()
    }

    /// Gives it back. Nobody is there to be told of an error.
    fn show(&self) {
        let _ = tcsetattr(io::stdin(), SetArg::TCSADRAIN, &self.found);
        // The line end that was typed was not shown.
        let _ = writeln!(io::stderr().lock());
    }

    /// Takes the signals that come meanwhile, until it is over.
    fn handle_signals(&self, signals: &SigSet) {
        loop {
            match signals.wait() {
                Err(_) => return,
                Ok(OVER) if self.is_over.load(Ordering::SeqCst) => return,
                Ok(Signal::SIGTSTP) => {
                    self.show();
                    stop();
                }
                // A shell puts its own modes in the place of ours.
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

/// Stops the program, as the signal would have if nobody held it back.
fn stop() {
    let signal = SigSet::from(Signal::SIGTSTP);
    if signal.thread_unblock().is_ok() {
        let _ = kill(Pid::this(), Signal::SIGTSTP);
        let _ = signal.thread_block();
    }
}

/// One line, without its end; nothing where it ends before it began.
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
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "the password is no valid text"))?;
    Ok((!text.is_empty()).then(|| text.into()))
}
