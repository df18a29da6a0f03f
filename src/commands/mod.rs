//! One file for each one-shot command; the only room that may use all others.

mod connect;
mod demo;
mod exit;
mod output;
mod watch;

use std::process::ExitCode;

use crate::cli::{Cli, Command};

/// Does what the command line asks for; an error is one line on stderr.
pub fn run(cli: &Cli) -> ExitCode {
    let done = match &cli.command {
        None => watch::watch(&cli.common),
        Some(Command::Demo(args)) => demo::demo(&cli.common, args),
        _ => Ok(exit::Exit::Usage),
    };
    match done {
        Ok(exit) => exit.into(),
        Err(failure) => {
            output::complain(&failure);
            failure.exit().into()
        }
    }
}
