//! `maxtop doctor`.

use clap::{Args, ValueEnum};

/// `maxtop doctor`.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct DoctorArgs {
    /// The form.
    #[arg(short, long, value_enum, default_value_t)]
    pub output: DoctorOutput,
}

const AFTER_HELP: &str = "\
Nothing but GET is sent; whether sessions may be ended is not tried.
Exit status: 0 all is well, or there are warnings only; 1 a check failed; 2 usage; 3 the endpoint was
not reached; 4 not allowed.";

/// `maxtop doctor -o`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum DoctorOutput {
    /// One line for each check, and what to do below it.
    #[default]
    Text,
    /// One array.
    Json,
}
