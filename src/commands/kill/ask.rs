//! The question to the person at the terminal, and the word before the grace time.

use std::io::{self, BufRead as _, Write as _};
use std::time::Duration;

use nix::sys::termios::{FlushArg, tcflush};

use crate::commands::exit::Failure;
use crate::commands::output;
use crate::kill::BY_KEY;
use crate::model::counted;

/// Shows what would be done and asks. Only the whole word counts, or the number where many are
/// meant; no answer is No.
pub(super) fn ask(plan: &str, count: usize) -> Result<bool, Failure> {
    let mut err = io::stderr().lock();
    let wanted = if count > BY_KEY {
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
