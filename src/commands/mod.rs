//! One file for each one-shot command; the only room that may use all others.
//!
//! Who may enter: the binary, through [`run`]. What the commands share stands beside them: the exit
//! status (`exit`), the way to an endpoint (`connect`) and into it (`admission`), what several have answered
//! (`answers`), what is written where (`output`), and
//! the two forms of a session, for programs (`record`) and for people (`grid`).

mod admission;
mod answers;
mod arguments;
mod ascii;
mod config;
mod connect;
mod demo;
mod doctor;
mod exit;
mod grid;
mod kill;
mod list;
mod output;
mod password_prompt;
mod record;
mod same_proxy;
mod show;
mod watch;

use std::process::ExitCode;

use crate::cli::{Cli, Command};
use crate::shell::clock::unknown_zone;
use crate::shell::process;

/// Runs the program with the arguments of this process; an error is one line on stderr.
pub fn main() -> ExitCode {
    let prepared = process::survive_file_size_limit().and_then(|()| process::forbid_core_dumps());
    if let Err(error) = prepared {
        output::complain(&format!(
            "the process cannot be protected, core dumps may be written: {error}"
        ));
    }
    let status = match arguments::parse() {
        Ok(cli) => run(&cli),
        Err(status) => status,
    };
    process::deliver_output();
    status
}

fn run(cli: &Cli) -> ExitCode {
    if let Some(zone) = unknown_zone() {
        output::complain(&format!("TZ={zone} is not a known time zone: times are in UTC"));
    }
    let done = match &cli.command {
        Some(Command::List(args)) => list::run(&cli.common, args),
        Some(Command::Show(args)) => show::run(&cli.common, args),
        Some(Command::Kill(args)) => kill::run(&cli.common, args),
        Some(Command::Config(args)) => config::run(&cli.common, args),
        Some(Command::Doctor(args)) => doctor::run(&cli.common, args),
        Some(Command::Demo(args)) => demo::run(&cli.common, args),
        None => watch::run(&cli.common),
    };
    match done {
        Ok(exit) => exit.into(),
        Err(failure) => {
            output::complain(&failure);
            failure.exit().into()
        }
    }
}
