//! The command line, as clap reads it. What the values of settings mean is [`commands`](crate::config)'s matter.

mod commands;
mod common;
mod demo;

use clap::{Parser, Subcommand};

pub use self::commands::{ConfigArgs, ConfigOutput};
pub use self::commands::{DoctorArgs, DoctorOutput};
pub use self::commands::{KillArgs, KillOutput};
pub use self::commands::{ListArgs, ListOutput};
pub use self::commands::{ShowArgs, ShowOutput};
pub use self::common::CommonArgs;
pub use self::demo::DemoArgs;

/// htop for the sessions of a MariaDB MaxScale proxy.
///
/// Without a command: watch the sessions, look inside one, end exactly that one.
#[derive(Debug, Parser)]
#[command(name = "maxtop", version, max_term_width = 100, after_help = AFTER_HELP)]
pub struct Cli {
    /// What to do; without one, watch.
    #[command(subcommand)]
    pub command: Option<CliCommand>,
    /// Options that stand before or after the command.
    #[command(flatten)]
    pub common: CommonArgs,
}

const AFTER_HELP: &str = "\
The password comes from MAXTOP_PASSWORD, --password-file or --password-command: there is no option for it.
Exit status: 0 done; 1 something failed or was refused; 2 usage; 3 endpoint not reached; 4 not allowed.
Try it without a MaxScale: maxtop demo";

/// The commands.
#[derive(Debug, Subcommand)]
pub enum CliCommand {
    /// Watch the embedded endpoint: a simulated fleet with its stuck sessions.
    Demo(DemoArgs),
    /// Print the sessions once.
    List(ListArgs),
    /// Print one session in full.
    Show(ShowArgs),
    /// End sessions, each checked to be the one it was.
    Kill(KillArgs),
    /// Say what the endpoint is, and what is wrong with it or with how it is asked.
    Doctor(DoctorArgs),
    /// Show every setting, and where it came from.
    Config(ConfigArgs),
}
