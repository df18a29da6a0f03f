//! Arguments of the commands `record`, `replay` and `report`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::numbers::number_in;
use crate::config::{recording_span, size};

/// Arguments of `maxtop record`.
#[derive(Debug, Args)]
pub(crate) struct RecordArgs {
    /// File to write; - for standard output
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// End after this time [default: at Ctrl-C or SIGTERM]
    #[arg(long = "for", value_name = "TIME", value_parser = recording_span, allow_hyphen_values = true)]
    pub span: Option<Duration>,
    /// Size of a file from which the recording continues in another one, 1MB to 1000GB
    #[arg(long, value_name = "SIZE", default_value = "64MB", value_parser = size, allow_hyphen_values = true)]
    pub max_size: usize,
    /// Time after which the recording continues in another file [default: no limit]
    #[arg(long, value_name = "TIME", value_parser = recording_span, allow_hyphen_values = true)]
    pub max_age: Option<Duration>,
    /// Number of full files to keep, as FILE.1 (the newest) to FILE.N; 0: end when FILE is full
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = number_in(0..=1000_u32), allow_negative_numbers = true)]
    pub keep: u32,
    /// Overwrite an existing file
    #[arg(long)]
    pub force: bool,
    /// Replace users, addresses and literals in SQL by pseudonyms
    #[arg(long)]
    pub redact: bool,
}

/// Arguments of `maxtop replay`.
#[derive(Debug, Args)]
pub(crate) struct ReplayArgs {
    /// Recording to show
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Start at this time: 13:41, 13:41:05, RFC 3339, or 5m after the start
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    /// Write this part to another file, without the screen
    #[arg(long, num_args = 2, value_names = ["FROM", "TO"], requires = "output", conflicts_with_all = ["at", "info"])]
    pub cut: Option<Vec<String>>,
    /// File for the part; - for standard output
    #[arg(short, long, value_name = "PART", requires = "cut", conflicts_with_all = ["at", "info"])]
    pub output: Option<PathBuf>,
    /// Overwrite an existing PART
    #[arg(long, requires = "cut")]
    pub force: bool,
    /// Print time span, size and endpoints, without the screen
    #[arg(long, conflicts_with = "at")]
    pub info: bool,
}

/// Arguments of `maxtop report`.
#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// Recording to report on [default: poll the endpoints]
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Time to poll the endpoints before the report is written
    #[arg(
        long = "for",
        value_name = "TIME",
        default_value = "30s",
        value_parser = recording_span,
        allow_hyphen_values = true,
        conflicts_with = "file"
    )]
    pub span: Duration,
    /// Replace users, addresses and literals in SQL by pseudonyms
    #[arg(long)]
    pub redact: bool,
}
