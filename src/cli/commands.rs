//! `maxtop list`.
//!
//! `maxtop show`.
//!
//! `maxtop config`.
//!
//! `maxtop doctor`.
//!
//! `maxtop kill`.

use clap::{Args, ValueEnum};

/// `maxtop list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// The form; a table on a terminal, else tsv.
    #[arg(short, long, value_enum)]
    pub output: Option<ListOutput>,
}

/// `maxtop list -o`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ListOutput {
    /// For people.
    Table,
    /// For people, with every column.
    Wide,
    /// One array.
    Json,
    /// One object a line.
    Jsonl,
    /// With a head; formulas are disarmed.
    Csv,
    /// With a head.
    Tsv,
}

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
Exit status: 0 all is well, or there are warnings only; 1 a check failed; 2 usage; 3 the endpoint
was not reached; 4 not allowed. Of several endpoints: what all have in common, else 1.";

/// `maxtop doctor -o`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum DoctorOutput {
    /// One line for each check, and what to do below it.
    #[default]
    Text,
    /// One array.
    Json,
}

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
