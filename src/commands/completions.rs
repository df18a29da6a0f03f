//! `maxtop completions`: completions for a shell, from the definition of the command line.

use std::io::Write as _;

use super::exit::{CommandError, ExitStatus};
use super::output;
use crate::cli::{self, CompletionsArgs};

/// Runs the command.
pub(super) fn run(args: &CompletionsArgs) -> Result<ExitStatus, CommandError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut cli::command(), "maxtop", &mut script);
    output::print(|out| out.write_all(&script))?;
    Ok(ExitStatus::Done)
}
