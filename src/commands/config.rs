//! `maxtop config`: every setting and its origin. Sends no request and reads no password.

mod json;
mod text;

use std::io::Write as _;

use super::ascii::Escapes;
use super::exit::{CommandError, ExitStatus};
use super::output;
use crate::cli::{ConfigArgs, ConfigOutput, GlobalOptions};
use crate::client::EndpointUrl;
use crate::config::{Config, sample, theme_text};

/// Runs the command.
pub(super) fn run(global: &GlobalOptions, args: &ConfigArgs) -> Result<ExitStatus, CommandError> {
    if args.print_sample {
        output::print(|out| out.write_all(sample().as_bytes()))?;
        return Ok(ExitStatus::Done);
    }
    if let Some(name) = &args.print_theme {
        let text = theme_text(name)?;
        output::print(|out| out.write_all(text.as_bytes()))?;
        return Ok(ExitStatus::Done);
    }
    let reading = Config::explain(&global.line)?;
    for endpoint in &reading.config.endpoints {
        endpoint.url.parse::<EndpointUrl>()?;
    }
    let is_json = matches!(args.output, ConfigOutput::Json);
    let escapes = Escapes::of(reading.config.ascii, is_json);
    output::print_with(escapes, |out| match args.output {
        ConfigOutput::Text => text::write(out, &reading),
        ConfigOutput::Json => json::write(out, &reading),
    })?;
    Ok(ExitStatus::Done)
}
