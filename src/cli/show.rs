//! `maxtop show`.

use clap::{Args, ValueEnum};

/// `maxtop show`.
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// The session's id.
    pub id: String,
    /// The form.
    #[arg(short, long, value_enum, default_value_t)]
    pub output: ShowOutput,
}

/// `maxtop show -o`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ShowOutput {
    /// For people.
    #[default]
    Text,
    /// One object.
    Json,
}
