//! Arguments of the commands `man` and `completions`.

use clap::Args;
use clap_complete::Shell;

/// Arguments of `maxtop man`.
#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// Command to describe [default: the screen and the list of commands]
    #[arg(value_name = "COMMAND")]
    pub command: Option<String>,
}

/// Arguments of `maxtop completions`.
#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// Shell
    #[arg(value_enum)]
    pub shell: Shell,
}
