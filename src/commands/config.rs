//! `maxtop config`: every setting, and where it came from. Asks no endpoint, reads no password.

mod json;
mod text;

use std::io::Write as _;

use super::exit::{Exit, Failure};
use super::output;
use crate::cli::{CommonArgs, ConfigArgs, ConfigOutput};
use crate::config::{Config, sample};
use crate::shell::client::EndpointUrl;

/// Runs the command.
pub(super) fn run(common: &CommonArgs, args: &ConfigArgs) -> Result<Exit, Failure> {
    if args.print_sample {
        output::print(|out| out.write_all(sample().as_bytes()))?;
        return Ok(Exit::Done);
    }
    let reading = Config::explain(&common.line)?;
    for endpoint in &reading.config.endpoints {
        endpoint.url.parse::<EndpointUrl>()?;
    }
    output::print(|out| match args.output {
        ConfigOutput::Text => text::write(out, &reading),
        ConfigOutput::Json => json::write(out, &reading),
    })?;
    Ok(Exit::Done)
}
