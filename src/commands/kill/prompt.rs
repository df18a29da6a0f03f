//! The confirmation prompt of `maxtop kill`.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::thread;
use std::time::Duration;

use nix::sys::termios::{FlushArg, tcflush};
use tokio::sync::oneshot;

use crate::cli::KillArgs;
use crate::commands::exit::CommandError;
use crate::commands::output;
use crate::kill::MAX_CONFIRMED_BY_KEY;
use crate::model::{counted, exact_text, quoted, visible};
use crate::runtime::signals::{Interrupt, Interrupts};

/// The answer at the prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The kill is confirmed.
    Yes,
    /// Anything else.
    No,
    /// This signal ended the prompt.
    Interrupted(u8),
}

/// Shows the plan and prompts for confirmation.
///
/// Up to five sessions are confirmed with `y` or `yes`, more with their number. Anything else is No.
pub(super) async fn confirm(plan: &str, count: usize) -> Result<Answer, CommandError> {
    // From here on a signal does not end the program before its line is printed.
    let mut interrupts = Interrupts::listen()?;
    {
        let mut err = io::stderr().lock();
        writeln!(err, "{plan}")?;
        err.flush()?;
        // Input from before the prompt is not a confirmation.
        let _ = tcflush(io::stdin(), FlushArg::TCIFLUSH);
        write!(err, "{}", question(count))?;
        err.flush()?;
    }
    let mut line = typed_line()?;
    let answer = loop {
        tokio::select! {
            biased;
            event = interrupts.next() => if let Interrupt::End(signal) = event {
                // The cursor is behind the question.
                let _ = writeln!(io::stderr().lock());
                output::complain(&"canceled, nothing was killed: interrupted");
                return Ok(Answer::Interrupted(signal));
            },
            answer = &mut line => break answer.unwrap_or_else(|_| Ok(String::new()))?,
        }
    };
    if !answer.ends_with('\n') {
        // Ctrl-D: the cursor is behind the question.
        let _ = writeln!(io::stderr().lock());
    }
    if is_yes(answer.trim(), count) {
        return Ok(Answer::Yes);
    }
    if let Some(text) = not_expected(answer.trim(), count) {
        output::complain(&text);
    }
    Ok(Answer::No)
}

/// Reads a line in a thread of its own, which a signal does not have to wait for.
fn typed_line() -> io::Result<oneshot::Receiver<io::Result<String>>> {
    let (sender, line) = oneshot::channel();
    thread::Builder::new().name("prompt".to_owned()).spawn(move || {
        let mut answer = String::new();
        let read = io::stdin().lock().read_line(&mut answer);
        // The receiver is gone if a signal has ended the prompt.
        let _ = sender.send(read.map(|_| answer));
    })?;
    Ok(line)
}

/// Returns what was expected instead of this answer. `None` if the answer is clearly No.
fn not_expected(answer: &str, count: usize) -> Option<String> {
    let is_no = ["", "n", "no"].iter().any(|no| answer.eq_ignore_ascii_case(no));
    let expected = if count > MAX_CONFIRMED_BY_KEY {
        count.to_string()
    } else {
        "y".to_owned()
    };
    (!is_no).then(|| format!("expected {expected}, not {}", quoted(&visible(answer))))
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
        assert_eq!(not_expected("15", 16).as_deref(), Some("expected 16, not 15"));
        assert_eq!(not_expected("yes", 16).as_deref(), Some("expected 16, not yes"));
        assert_eq!(not_expected("1", 1).as_deref(), Some("expected y, not 1"));
        assert_eq!(not_expected("No", 16), None);
        assert_eq!(question(1), "kill 1 session? [y/N] ");
        assert_eq!(question(13), "kill 13 sessions? type 13, then Enter: ");
    }
}
