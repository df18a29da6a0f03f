//! The command line, as clap reads it. What the words mean is [`config`](crate::config)'s matter.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use secrecy::SecretString;

/// htop for the sessions of a MariaDB MaxScale proxy.
///
/// Without a command: watch the sessions, look inside one, end exactly that one.
#[derive(Debug, Parser)]
#[command(name = "maxtop", version, max_term_width = 100, after_help = AFTER_HELP)]
pub struct Cli {
    /// What to do; without one, watch.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Options that stand before or after the command.
    #[command(flatten)]
    pub common: CommonArgs,
}

const AFTER_HELP: &str = "\
The password comes from MAXTOP_PASSWORD or --password-file, never from the command line.
Exit status: 0 done; 1 something failed or was refused; 2 usage; 3 endpoint not reached; 4 not allowed.
Try it without a MaxScale: maxtop demo";

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Watch the embedded endpoint: a simulated fleet with its stuck sessions.
    Demo(DemoArgs),
    /// Print the sessions once.
    List(ListArgs),
    /// Print one session in full.
    Show(ShowArgs),
    /// End sessions, each checked to be the one it was.
    Kill(KillArgs),
}

/// Options of every command.
#[derive(Debug, Args)]
pub struct CommonArgs {
    /// The admin API: URL or HOST:PORT.
    #[arg(
        short,
        long,
        global = true,
        env = "MAXTOP_ENDPOINT",
        hide_env_values = true,
        default_value = "http://127.0.0.1:8989",
        value_name = "URL"
    )]
    pub endpoint: String,
    /// Who asks.
    #[arg(
        short,
        long,
        global = true,
        env = "MAXTOP_USER",
        hide_env_values = true,
        default_value = "admin",
        value_name = "NAME"
    )]
    pub user: String,
    /// A file with the password, which only its owner may read.
    #[arg(long, global = true, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// How the endpoint speaks.
    #[arg(long, global = true, value_enum, default_value_t)]
    pub dialect: DialectArg,
    /// How often to poll.
    #[arg(short, long, global = true, default_value = "1s", value_parser = duration, value_name = "TIME")]
    pub interval: Duration,
    /// The share of its time that listing may cost the proxy; the interval is stretched for it.
    #[arg(long, global = true, default_value = "10%", value_parser = share, value_name = "SHARE")]
    pub duty: f64,
    /// The deadline of a whole reply.
    #[arg(long, global = true, default_value = "10s", value_parser = duration, value_name = "TIME")]
    pub timeout: Duration,
    /// Send the password over plain http to another machine.
    #[arg(long, global = true)]
    pub allow_plain_http: bool,
    /// No request but GET can leave the program.
    #[arg(long, global = true)]
    pub read_only: bool,
    /// Only sessions that match: a text in any field, or `user=app* and idle>5m`; see the README.
    #[arg(short, long, global = true, value_name = "FILTER")]
    pub filter: Option<String>,
    /// Sort by this column; with a '-' in front, largest first.
    #[arg(
        short,
        long,
        global = true,
        default_value = "-why",
        allow_hyphen_values = true,
        value_name = "COLUMN"
    )]
    pub sort: String,
    /// So long a confirmed kill can be taken back; 0s: not at all.
    #[arg(long, global = true, value_parser = grace, value_name = "TIME")]
    pub grace: Option<Duration>,
    /// Where kills are logged.
    #[arg(long, global = true, value_name = "FILE")]
    pub audit: Option<PathBuf>,
    /// The configuration file.
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Nothing but ASCII on the screen.
    #[arg(long, global = true)]
    pub ascii: bool,
    /// When to use colour; `NO_COLOR` is honoured.
    #[arg(long, global = true, value_enum, default_value_t)]
    pub color: ColorArg,
}

/// `maxtop demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// How many sessions.
    #[arg(long, default_value_t = 200)]
    pub sessions: usize,
    /// The same seed gives the same fleet.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Sessions that come and go in a second; 0: nobody does. Without it, one in a hundred.
    #[arg(long, value_name = "RATE")]
    pub churn: Option<f64>,
    /// How fast the fleet's time runs.
    #[arg(long, default_value_t = 1.0, value_name = "FACTOR")]
    pub speed: f64,
    /// Ask for these credentials.
    #[arg(long, value_name = "USER:PASSWORD", value_parser = secret)]
    pub auth: Option<SecretString>,
    /// Speak JSON:API only, as this version of MaxScale does: 2.2 2.3 2.4 2.5 6.4 21.06 22.08 23.02 23.08
    /// 24.02.
    #[arg(long, value_name = "VERSION")]
    pub profile_version: Option<String>,
    /// Where to listen: an address of this machine only.
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDR:PORT")]
    pub listen: std::net::SocketAddr,
    /// A few sessions whose names try to harm the terminal.
    #[arg(long)]
    pub hostile: bool,
    /// The share of requests about one session, kills among them, that go wrong: reset, refused or left hanging.
    #[arg(long, value_name = "SHARE", value_parser = fault_rate)]
    pub faults: Option<f64>,
    /// Serve only; the first line says where.
    #[arg(long)]
    pub headless: bool,
}

/// `maxtop list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// The form; a table on a terminal, else tsv.
    #[arg(short, long, value_enum)]
    pub output: Option<ListOutput>,
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

/// `maxtop kill`.
#[derive(Debug, Args)]
pub struct KillArgs {
    /// The sessions' ids. Without any, --filter or --key says who is meant; together with --filter
    /// each must match it.
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

/// `--dialect`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum DialectArg {
    /// Find out.
    #[default]
    Auto,
    /// The REST API's design document: connection statistics.
    Draft,
    /// Every released MaxScale.
    Jsonapi,
}

/// `--color`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ColorArg {
    /// Unless `NO_COLOR` is set or the terminal is dumb.
    #[default]
    Auto,
    /// In any case.
    Always,
    /// Never.
    Never,
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

/// `maxtop kill -o`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum KillOutput {
    /// A line for each as it is over.
    #[default]
    Table,
    /// One array when all are over.
    Json,
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

#[expect(clippy::unnecessary_wraps, reason = "the form of a value parser")]
fn secret(text: &str) -> Result<SecretString, String> {
    Ok(text.into())
}

fn duration(text: &str) -> Result<Duration, String> {
    let duration =
        humantime::parse_duration(text).map_err(|error| format!("{error}: try 500ms, 1s or 2m"))?;
    match duration {
        short if short < Duration::from_millis(50) => Err("too short: 50ms at least".to_owned()),
        long if long > Duration::from_hours(24) => Err("too long: a day at most".to_owned()),
        duration => Ok(duration),
    }
}

/// A grace time; none at all is one, too.
pub fn grace(text: &str) -> Result<Duration, String> {
    let grace = humantime::parse_duration(text).map_err(|error| format!("{error}: try 3s or 0s"))?;
    if grace > Duration::from_mins(10) {
        return Err("too long: 10m at most".to_owned());
    }
    Ok(grace)
}

fn share(text: &str) -> Result<f64, String> {
    match number(text)? {
        share if (0.001..=1.0).contains(&share) => Ok(share),
        _ => Err("a share is 0.1% at least and 100% at most".to_owned()),
    }
}

fn fault_rate(text: &str) -> Result<f64, String> {
    match number(text)? {
        rate if (0.0..=1.0).contains(&rate) => Ok(rate),
        _ => Err("a share is 0% at least and 100% at most".to_owned()),
    }
}

/// `0.1` or `10%`.
fn number(text: &str) -> Result<f64, String> {
    let percent = text.strip_suffix('%').map(str::trim_end);
    let number: f64 = percent
        .unwrap_or(text)
        .parse()
        .map_err(|_| "not a share: try 10%".to_owned())?;
    Ok(if percent.is_some() { number / 100.0 } else { number })
}
