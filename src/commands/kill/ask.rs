//! The question to the person at the terminal.

use std::io::{self, BufRead as _, Write as _};

use nix::sys::termios::{FlushArg, tcflush};

use crate::commands::exit::Failure;

/// Shows what would be done and asks. Only the whole word counts; no answer is No.
pub(super) fn ask(plan: &str, count: usize) -> Result<bool, Failure> {
    let mut err = io::stderr().lock();
    let sessions = if count == 1 { "session" } else { "sessions" };
    writeln!(err, "{plan}")?;
    err.flush()?;
    // What was typed before the question stood there is no answer to it.
    let _ = tcflush(io::stdin(), FlushArg::TCIFLUSH);
    write!(err, "end {count} {sessions}? type yes: ")?;
    err.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(answer.trim() == "yes")
}
