//! Command line definition. Values are validated in [`config`](crate::config).

mod commands;
#[cfg(feature = "demo")]
mod demo;
mod examples;
mod exit_status;
#[cfg(feature = "export")]
mod export;
mod for_shells;
mod global_options;
mod numbers;
mod recordings;
mod scope;

use std::ffi::OsString;

use clap::{Arg, ArgAction, Command, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use self::examples::ENDINGS;
use crate::config::{CommandName, Heading};

pub(crate) use self::commands::{ConfigArgs, ConfigOutput};
pub(crate) use self::commands::{DoctorArgs, DoctorOutput};
pub(crate) use self::commands::{KillArgs, KillOutput};
pub(crate) use self::commands::{ListArgs, ListOutput};
pub(crate) use self::commands::{ShowArgs, ShowOutput};
#[cfg(feature = "demo")]
pub(crate) use self::demo::DemoArgs;
#[cfg(test)]
pub(crate) use self::exit_status::EXIT_STATUSES;
#[cfg(feature = "export")]
pub(crate) use self::export::ExportArgs;
pub(crate) use self::for_shells::{CompletionsArgs, ManArgs};
pub(crate) use self::global_options::GlobalOptions;
pub(crate) use self::recordings::{RecordArgs, ReplayArgs, ReportArgs};

/// htop for the sessions of a MariaDB MaxScale proxy.
///
/// Shows live sessions, stuck ones first, and kills the one you select.
#[derive(Debug, Parser)]
#[command(name = "maxtop", version, max_term_width = WIDTH)]
#[command(disable_help_flag = true, disable_version_flag = true)]
pub(crate) struct Cli {
    /// Command to run; without one, the screen.
    #[command(subcommand)]
    pub command: Option<CliCommand>,
    /// Options allowed before or after the command.
    #[command(flatten)]
    pub global: GlobalOptions,
}

/// Maximum width of the help, in columns.
const WIDTH: usize = 80;

impl Cli {
    /// Parses the arguments; the first one is the name of the program. Fails if the command does not use an
    /// option.
    ///
    /// # Errors
    ///
    /// Returns the usage error, or the help if it was requested.
    pub(crate) fn parse_from(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let mut command = command();
        let matches = command.try_get_matches_from_mut(without_help_option(arguments))?;
        scope::check(&mut command, &matches)?;
        Self::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
    }
}

/// Removes `--help` and `-h` from the arguments of `help`, which prints the same.
fn without_help_option(arguments: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut arguments: Vec<_> = arguments.into_iter().collect();
    if arguments.get(1).is_some_and(|word| word == "help") {
        arguments.retain(|word| word != "--help" && word != "-h");
    }
    arguments
}

/// Returns the definition of the command line, with the help of every command.
pub(crate) fn command() -> Command {
    let program = Heading::Program.text();
    let version = Arg::new("version")
        .short('V')
        .long("version")
        .action(ArgAction::Version)
        .help("Print the version")
        .help_heading(program);
    let help = Arg::new("help")
        .short('h')
        .long("help")
        .global(true)
        .action(ArgAction::Help)
        .help("Print the help: -h the usual options, --help all of them")
        .help_heading(program);
    let command = scope::hide_unused(Cli::command()).arg(help).arg(version);
    let endings = ENDINGS.iter().filter(|ending| ending.command.is_built());
    endings.fold(command, |all, ending| {
        let end = |one: Command| one.after_help(ending.short_text()).after_long_help(ending.text());
        match ending.command.word() {
            None => end(all),
            Some(word) => all.mut_subcommand(word, end),
        }
    })
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum CliCommand {
    #[cfg(feature = "demo")]
    /// Run a simulated MaxScale with stuck sessions, and show its screen
    Demo(DemoArgs),
    /// Print the sessions, once or repeatedly
    List(ListArgs),
    #[cfg(feature = "export")]
    /// Serve metrics for Prometheus
    Export(ExportArgs),
    /// Print all details of one session
    Show(ShowArgs),
    /// Kill sessions after verifying the identity of each
    Kill(KillArgs),
    /// Record everything that is fetched to a file
    Record(RecordArgs),
    /// Show a recording on the screen, offline
    Replay(ReplayArgs),
    /// Write what happened as Markdown, from a recording or from live polling
    Report(ReportArgs),
    /// Check an endpoint: connection, credentials, version, settings, response time
    Doctor(DoctorArgs),
    /// Show every setting and its origin
    Config(ConfigArgs),
    /// Print a man page
    Man(ManArgs),
    /// Print the completions for a shell
    Completions(CompletionsArgs),
}

impl CliCommand {
    /// Returns the word on the command line.
    pub(crate) const fn word(&self) -> &'static str {
        let name = match self {
            #[cfg(feature = "demo")]
            Self::Demo(_) => CommandName::Demo,
            Self::List(_) => CommandName::List,
            #[cfg(feature = "export")]
            Self::Export(_) => CommandName::Export,
            Self::Show(_) => CommandName::Show,
            Self::Kill(_) => CommandName::Kill,
            Self::Record(_) => CommandName::Record,
            Self::Replay(_) => CommandName::Replay,
            Self::Report(_) => CommandName::Report,
            Self::Doctor(_) => CommandName::Doctor,
            Self::Config(_) => CommandName::Config,
            Self::Man(_) => CommandName::Man,
            Self::Completions(_) => CommandName::Completions,
        };
        match name.word() {
            Some(word) => word,
            None => "",
        }
    }
}

#[cfg(test)]
mod tests;
