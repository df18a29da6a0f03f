//! The binary: everything is in the library.

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    maxtop::commands::run(&maxtop::cli::Cli::parse())
}
