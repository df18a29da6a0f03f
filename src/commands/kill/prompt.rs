//! The confirmation prompt of `maxtop kill`.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::time::Duration;

use nix::sys::termios::{FlushArg, tcflush};

use crate::cli::KillArgs;
use crate::commands::exit::CommandError;
use crate::commands::output;
use crate::kill::MAX_CONFIRMED_BY_KEY;
use crate::model::{counted, exact_text};

/// Shows the plan and prompts for confirmation.
///
/// Only the whole word `yes` is accepted, or the number of sessions if there are many. Anything else is No.
pub(super) fn confirm(plan: &str, count: usize) -> Result<bool, CommandError> {
    let mut err = io::stderr().lock();
    let wanted = if count > MAX_CONFIRMED_BY_KEY {
        count.to_string()
    } else {
        "yes".to_owned()
    };
    writeln!(err, "{plan}")?;
    err.flush()?;
    // Input from before the prompt is not a confirmation.
    let _ = tcflush(io::stdin(), FlushArg::TCIFLUSH);
    write!(err, "kill {}? type {wanted}: ", counted(count, "session"))?;
    err.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(answer.trim() == wanted)
}

/// Prints how long the kill can be canceled, and how.
pub(super) fn announce(count: usize, grace: Duration) {
    let after = exact_text(grace);
    output::remark(&format!(
        "killing {} in {after}; press Ctrl-C to cancel",
        counted(count, "session")
    ));
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Consent {
    /// Not at all (`--dry-run`).
    DryRun,
    /// By the option `--yes`.
    Given,
    /// By the user, at a prompt.
    Prompt,
}

impl Consent {
    pub(super) fn of(args: &KillArgs) -> Result<Self, CommandError> {
        if args.dry_run {
            Ok(Self::DryRun)
        } else if args.yes {
            Ok(Self::Given)
        } else if has_terminal() {
            Ok(Self::Prompt)
        } else {
            Err(CommandError::CannotPrompt)
        }
    }
}

/// Whether there is a terminal, so that the user can confirm and cancel.
pub(super) fn has_terminal() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}
