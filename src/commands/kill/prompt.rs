//! The question to the person at the terminal, and the word before the grace time.
//!
//! Who says yes.
//!
//! The signals that take a kill back or stop it.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::time::Duration;

use nix::sys::termios::{FlushArg, tcflush};
use signal_hook::consts::SIGCONT;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::cli::KillArgs;
use crate::commands::exit::CommandError;
use crate::commands::output;
use crate::kill::MAX_CONFIRMED_BY_KEY;
use crate::model::counted;
use crate::runtime::signals::EndingSignals;

/// Shows what would be done and asks. Only the whole word counts, or the number where many are
/// meant; no answer is No.
pub(super) fn ask(plan: &str, count: usize) -> Result<bool, CommandError> {
    let mut err = io::stderr().lock();
    let wanted = if count > MAX_CONFIRMED_BY_KEY {
        count.to_string()
    } else {
        "yes".to_owned()
    };
    writeln!(err, "{plan}")?;
    err.flush()?;
    // What was typed before the question stood there is no answer to it.
    let _ = tcflush(io::stdin(), FlushArg::TCIFLUSH);
    write!(err, "end {}? type {wanted}: ", counted(count, "session"))?;
    err.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(answer.trim() == wanted)
}

/// Says how long it can be taken back, and how.
pub(super) fn announce(count: usize, grace: Duration) {
    let after = humantime::format_duration(grace);
    output::remark(&format!(
        "ending {} in {after}; Ctrl-C takes it back",
        counted(count, "session")
    ));
}

/// Who says yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Consent {
    /// `--dry-run`: nobody has to.
    DryRun,
    /// `--yes`.
    Given,
    /// A person at the terminal.
    Ask,
}

impl Consent {
    pub(super) fn of(args: &KillArgs) -> Result<Self, CommandError> {
        if args.dry_run {
            Ok(Self::DryRun)
        } else if args.yes {
            Ok(Self::Given)
        } else if has_terminal() {
            Ok(Self::Ask)
        } else {
            Err(CommandError::NobodyToAsk)
        }
    }
}

/// Whether somebody is there who can be asked, and who could take it back.
pub(super) fn has_terminal() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// What a signal asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SignalEvent {
    /// End, with this signal's status.
    End(u8),
    /// It goes on after a stop.
    Continued,
}

/// The signals that are listened to.
pub(super) struct Interrupts {
    ending: EndingSignals,
    go_on: Signal,
}

impl Interrupts {
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self {
            ending: EndingSignals::listen()?,
            go_on: signal(SignalKind::from_raw(SIGCONT))?,
        })
    }

    pub(super) async fn next(&mut self) -> SignalEvent {
        tokio::select! {
            signal = self.ending.next() => SignalEvent::End(signal),
            _ = self.go_on.recv() => SignalEvent::Continued,
        }
    }
}
