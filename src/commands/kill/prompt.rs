//! The confirmation prompt of `maxtop kill`.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::time::Duration;

use nix::sys::termios::{FlushArg, tcflush};

use crate::cli::KillArgs;
use crate::commands::exit::CommandError;
use crate::commands::output;
use crate::kill::MAX_CONFIRMED_BY_KEY;
use crate::model::{counted, exact_text, visible};

/// Shows the plan and prompts for confirmation.
///
/// Up to five sessions are confirmed with `y` or `yes`, more with their number. Anything else is No.
pub(super) fn confirm(plan: &str, count: usize) -> Result<bool, CommandError> {
    let mut err = io::stderr().lock();
    writeln!(err, "{plan}")?;
    err.flush()?;
    // Input from before the prompt is not a confirmation.
    let _ = tcflush(io::stdin(), FlushArg::TCIFLUSH);
    write!(err, "{}", question(count))?;
    err.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    let confirms = is_yes(answer.trim(), count);
    if !confirms && answer.trim().parse::<u64>().is_ok() {
        let expected = if count > MAX_CONFIRMED_BY_KEY {
            count.to_string()
        } else {
            "y".to_owned()
        };
        let typed = visible(answer.trim());
        writeln!(err, "expected {expected}, not {typed}: nothing was sent")?;
    }
    Ok(confirms)
}

fn question(count: usize) -> String {
    let sessions = counted(count, "session");
    if count > MAX_CONFIRMED_BY_KEY {
        format!("kill {sessions}? type {count}, then Enter: ")
    } else {
        format!("kill {sessions}? [y/N] ")
    }
}

/// Whether an answer confirms the kill of `count` sessions.
fn is_yes(answer: &str, count: usize) -> bool {
    if count > MAX_CONFIRMED_BY_KEY {
        answer.parse() == Ok(count)
    } else {
        ["y", "yes"].iter().any(|yes| answer.eq_ignore_ascii_case(yes))
    }
}

/// Prints how long the kill can be canceled, and how.
pub(super) fn announce(count: usize, grace: Duration) {
    let after = exact_text(grace);
    let how = if has_terminal() {
        "press Ctrl-C to cancel"
    } else {
        "SIGINT or SIGTERM cancels"
    };
    output::remark(&format!(
        "killing {} in {after}; {how}",
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn up_to_five_are_confirmed_with_y_and_more_with_their_number() {
        for answer in ["y", "Y", "yes", "YES"] {
            assert!(is_yes(answer, 1) && is_yes(answer, 5), "{answer}");
            assert!(!is_yes(answer, 6), "{answer}");
        }
        for answer in ["", "n", "no", "yes please", "1", "5"] {
            assert!(!is_yes(answer, 1) && !is_yes(answer, 5), "{answer}");
        }
        assert!(is_yes("13", 13) && !is_yes("12", 13) && !is_yes("", 13));
        assert_eq!(question(1), "kill 1 session? [y/N] ");
        assert_eq!(question(13), "kill 13 sessions? type 13, then Enter: ");
    }
}
