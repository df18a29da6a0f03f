//! `maxtop replay`: shows a recording on the screen, prints what it has, or writes a part of it.

use super::exit::{CommandError, ExitStatus};
use crate::cli::{GlobalOptions, ReplayArgs};

pub(super) fn run(_global: &GlobalOptions, _args: &ReplayArgs) -> Result<ExitStatus, CommandError> {
    Err(CommandError::EmptyPart)
}
