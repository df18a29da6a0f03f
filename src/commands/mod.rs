//! The commands of the program, one module each. This room may use all others.
//!
//! Shared by the commands: exit statuses and errors (`exit`), clients (`connect`, `auth_preflight`), replies of
//! several endpoints (`answers`), output (`output`), and the table of sessions (`grid`).

mod answers;
mod arguments;
mod ascii;
mod auth_preflight;
mod completions;
mod config;
mod connect;
#[cfg(feature = "demo")]
mod demo;
mod doctor;
mod exit;
#[cfg(feature = "export")]
mod export;
mod grid;
mod kill;
mod list;
mod man;
mod output;
mod paragraph;
mod password_prompt;
mod recording;
mod replay;
mod report;
mod same_proxy;
mod server_access;
mod show;
mod watch;

use std::process::ExitCode;

use self::exit::{CommandError, ExitStatus};
use crate::cli::{Cli, CliCommand};
use crate::clock::unknown_zone;
use crate::runtime::process;
use crate::runtime::program_log::ProgramLog;

/// Runs the program with the arguments of this process; an error is one line on stderr.
pub fn main() -> ExitCode {
    let prepared = process::survive_file_size_limit().and_then(|()| process::forbid_core_dumps());
    process::return_large_buffers();
    process::end_on_panic();
    if let Err(error) = prepared {
        output::complain(&format!(
            "the process cannot be protected, core dumps may be written: {error}"
        ));
    }
    let status = match arguments::parse() {
        Ok(cli) => run_logged(&cli).into(),
        Err(status) => status,
    };
    process::deliver_output();
    status
}

/// Runs the command with the program log, if there is one.
fn run_logged(cli: &Cli) -> ExitStatus {
    let log = cli.global.log.as_deref().map(ProgramLog::start).transpose();
    let log = match log.map_err(CommandError::from) {
        Ok(log) => log,
        Err(failure) => {
            output::complain(&failure);
            return failure.exit();
        }
    };
    let name = cli.command.as_ref().map_or("", CliCommand::word);
    log::info!(target: "program", "maxtop {} {name}", env!("CARGO_PKG_VERSION"));
    let status = run(cli);
    log::info!(target: "program", "exit status {}", status.status());
    match log.map_or(Ok(()), ProgramLog::close) {
        Err(error) if status == ExitStatus::Done => {
            output::complain(&error);
            ExitStatus::Failed
        }
        Err(error) => {
            output::complain(&error);
            status
        }
        Ok(()) => status,
    }
}

fn run(cli: &Cli) -> ExitStatus {
    if let Some(zone) = unknown_zone() {
        output::complain(&format!("TZ={zone} is not a known time zone: times are in UTC"));
    }
    let done = match &cli.command {
        Some(CliCommand::List(args)) => list::run(&cli.global, args),
        #[cfg(feature = "export")]
        Some(CliCommand::Export(args)) => export::run(&cli.global, args),
        Some(CliCommand::Show(args)) => show::run(&cli.global, args),
        Some(CliCommand::Kill(args)) => kill::run(&cli.global, args),
        Some(CliCommand::Man(args)) => man::run(args),
        Some(CliCommand::Completions(args)) => completions::run(args),
        Some(CliCommand::Config(args)) => config::run(&cli.global, args),
        Some(CliCommand::Record(args)) => recording::run(&cli.global, args),
        Some(CliCommand::Replay(args)) => replay::run(&cli.global, args),
        Some(CliCommand::Report(args)) => report::run(&cli.global, args),
        Some(CliCommand::Doctor(args)) => doctor::run(&cli.global, args),
        #[cfg(feature = "demo")]
        Some(CliCommand::Demo(args)) => demo::run(&cli.global, args),
        None => watch::run(&cli.global),
    };
    match done {
        Ok(exit) => exit,
        Err(failure) => {
            let exit = failure.exit();
            match exit {
                ExitStatus::Usage => output::complain_of_usage(&failure),
                _ => output::complain(&failure),
            }
            exit
        }
    }
}
