//! Command line definition. Values are validated in [`config`](crate::config).

mod commands;
#[cfg(feature = "demo")]
mod demo;
mod global_options;

use clap::{Parser, Subcommand};

pub(crate) use self::commands::{ConfigArgs, ConfigOutput};
pub(crate) use self::commands::{DoctorArgs, DoctorOutput};
pub(crate) use self::commands::{KillArgs, KillOutput};
pub(crate) use self::commands::{ListArgs, ListOutput};
pub(crate) use self::commands::{ShowArgs, ShowOutput};
#[cfg(feature = "demo")]
pub(crate) use self::demo::DemoArgs;
pub(crate) use self::global_options::GlobalOptions;

/// htop for the sessions of a MariaDB MaxScale proxy.
///
/// Shows live sessions, stuck ones first, and kills the one you select.
#[derive(Debug, Parser)]
#[command(name = "maxtop", version, max_term_width = 100, after_help = AFTER_HELP)]
pub(crate) struct Cli {
    /// Command to run; without one, the screen.
    #[command(subcommand)]
    pub command: Option<CliCommand>,
    /// Options allowed before or after the command.
    #[command(flatten)]
    pub global: GlobalOptions,
}

const AFTER_HELP: &str = "\
The password comes from MAXTOP_PASSWORD, --password-file or --password-command; no option takes it directly.
Exit status: 0 success; 1 failed or refused; 2 usage error; 3 endpoint not reached; 4 not allowed.
To try it without MaxScale: maxtop demo";

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum CliCommand {
    #[cfg(feature = "demo")]
    /// Run a simulated MaxScale with stuck sessions, and show its screen
    Demo(DemoArgs),
    /// Print the sessions once
    List(ListArgs),
    /// Print all details of one session
    Show(ShowArgs),
    /// Kill sessions after verifying the identity of each
    Kill(KillArgs),
    /// Check an endpoint: connection, credentials, version, settings, response time
    Doctor(DoctorArgs),
    /// Show every setting and its origin
    Config(ConfigArgs),
}
