//! Who says yes.

use std::io::{self, IsTerminal as _};

use crate::cli::KillArgs;
use crate::commands::exit::Failure;

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
    pub(super) fn of(args: &KillArgs) -> Result<Self, Failure> {
        if args.dry_run {
            Ok(Self::DryRun)
        } else if args.yes {
            Ok(Self::Given)
        } else if has_terminal() {
            Ok(Self::Ask)
        } else {
            Err(Failure::NobodyToAsk)
        }
    }
}

/// Whether somebody is there who can be asked, and who could take it back.
pub(super) fn has_terminal() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}
