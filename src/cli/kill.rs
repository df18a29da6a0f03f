//! `maxtop kill`.

use clap::{Args, ValueEnum};

/// `maxtop kill`.
#[derive(Debug, Args)]
pub struct KillArgs {
    /// The sessions' ids. Without any, --filter or --key says who is meant; together with --filter
    /// or --key each must match it.
    #[arg(value_name = "ID", required_unless_present_any = ["filter", "key"])]
    pub ids: Vec<String>,
    /// End only the session with this fingerprint, as 'list -o json' shows it.
    #[arg(long, value_name = "KEY")]
    pub key: Vec<String>,
    /// Do not ask.
    #[arg(long)]
    pub yes: bool,
    /// Say what would be done, and do nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// If more sessions than this are meant, end none; 100 with --yes.
    #[arg(long, value_name = "N")]
    pub max: Option<usize>,
    /// Why, for the audit log.
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// The form of the outcomes.
    #[arg(short, long, value_enum, default_value_t)]
    pub output: KillOutput,
}

/// `maxtop kill -o`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum KillOutput {
    /// A line for each as it is over.
    #[default]
    Table,
    /// One array when all are over.
    Json,
}
