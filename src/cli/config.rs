//! `maxtop config`.

use clap::{Args, ValueEnum};

/// `maxtop config`.
#[derive(Debug, Args)]
pub struct ConfigArgs {
    /// Print a configuration file with every setting, its default and what it means.
    #[arg(long)]
    pub print_sample: bool,
    /// The form.
    #[arg(short, long, value_enum, default_value_t)]
    pub output: ConfigOutput,
}

/// `maxtop config -o`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ConfigOutput {
    /// For people.
    #[default]
    Text,
    /// One array.
    Json,
}
