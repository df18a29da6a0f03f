//! Arguments of the commands `list`, `show`, `config`, `doctor` and `kill`.

use clap::{Args, ValueEnum};

use super::numbers::from_one;

/// Arguments of `maxtop list`.
#[derive(Debug, Args)]
#[command(after_help = LIST_AFTER_HELP)]
pub(crate) struct ListArgs {
    /// Output format [default: table on a terminal, otherwise tsv]
    #[arg(short, long, value_enum)]
    pub output: Option<ListOutput>,
    /// Print the list again after every interval, until Ctrl-C; on a terminal in place
    #[arg(short, long)]
    pub watch: bool,
    /// End after N lists, failed ones included; implies --watch
    #[arg(long, value_name = "N", value_parser = from_one::<u64>, allow_negative_numbers = true)]
    pub count: Option<u64>,
    /// End with status 5 if a listed session matches, with --watch at the first match; 1 if none matches and some could
    /// not be decided
    #[arg(long, value_name = "FILTER")]
    pub fail_if: Option<String>,
}

const LIST_AFTER_HELP: &str = "\
With --watch json prints one document per list and line, csv and tsv a first column 'time'. The status is that
of the last list: 0 if every endpoint replied; 1 some or several failed; 3 endpoint not reached; 4 not allowed;
5 a session matches --fail-if.";

/// Values of `maxtop list -o`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListOutput {
    /// Human-readable table
    Table,
    /// Table with every column that has data
    Wide,
    /// One JSON array
    Json,
    /// JSON Lines, one object per session
    Jsonl,
    /// CSV with header; formulas are escaped with '
    Csv,
    /// TSV with header
    Tsv,
}

/// Arguments of `maxtop show`.
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// Session id
    #[arg(allow_negative_numbers = true)]
    pub id: String,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    pub output: ShowOutput,
}

/// Values of `maxtop show -o`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ShowOutput {
    /// Human-readable text
    #[default]
    Text,
    /// One JSON object
    Json,
}

/// Arguments of `maxtop config`.
#[derive(Debug, Args)]
pub(crate) struct ConfigArgs {
    /// Print a sample configuration file with every setting, its default and its meaning
    #[arg(long)]
    pub print_sample: bool,
    /// Print the file of a theme, to start an own one from
    #[arg(long, value_name = "NAME", conflicts_with = "print_sample")]
    pub print_theme: Option<String>,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    pub output: ConfigOutput,
}

/// Values of `maxtop config -o`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ConfigOutput {
    /// Human-readable text
    #[default]
    Text,
    /// One JSON array
    Json,
}

/// Arguments of `maxtop doctor`.
#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    pub output: DoctorOutput,
}

/// Values of `maxtop doctor -o`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum DoctorOutput {
    /// One line per check, followed by advice
    #[default]
    Text,
    /// One JSON array
    Json,
}

/// Arguments of `maxtop kill`.
#[derive(Debug, Args)]
pub(crate) struct KillArgs {
    /// Session ids; with --filter or --key, each must also match it
    #[arg(value_name = "ID", allow_negative_numbers = true)]
    pub ids: Vec<String>,
    /// Kill only the session with this fingerprint, as shown by 'list -o json'
    #[arg(long, value_name = "KEY")]
    pub key: Vec<String>,
    /// Skip the confirmation prompt; without a terminal the kill then starts at once, unless --grace is given
    #[arg(long)]
    pub yes: bool,
    /// Show what would be killed, without killing
    #[arg(long)]
    pub dry_run: bool,
    /// Refuse if more than N sessions match, 1 or more [default with --yes: 100]
    #[arg(long, value_name = "N", value_parser = from_one::<usize>, allow_negative_numbers = true)]
    pub max: Option<usize>,
    /// Reason, for the audit log
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// Also end the running statements of the sessions; needs sql-user
    #[arg(long)]
    pub statements: bool,
    /// Output format of the outcomes
    #[arg(short, long, value_enum, default_value_t)]
    pub output: KillOutput,
}

/// Values of `maxtop kill -o`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum KillOutput {
    /// One line per session when its kill is finished
    #[default]
    Table,
    /// One JSON array when all kills are finished
    Json,
}
