//! `maxtop doctor`: checks each endpoint and how maxtop is set up for it.
//!
//! [`examine`] first collects [`Facts`] by GET requests only. Then each entry of a table ([`checks`]) evaluates
//! them, without I/O.

mod check_result;
mod checks;
mod examine;
mod facts;
mod known_limitations;
mod report;

use std::io::IsTerminal as _;

use self::check_result::CheckStatus;
use self::facts::{Facts, RequestSettings};
use self::report::Report;
use super::answers::Answers;
use super::ascii::Escapes;
use super::auth_preflight::PreflightMode;
use super::exit::{CommandError, ExitStatus};
use super::{connect, output};
use crate::cli::{DoctorArgs, DoctorOutput, GlobalOptions};
use crate::client::Client;
use crate::config::Config;

/// Runs the command.
pub(super) fn run(global: &GlobalOptions, args: &DoctorArgs) -> Result<ExitStatus, CommandError> {
    let (config, clients) = connect::connect(global, PreflightMode::Report)?;
    let examine_one = |client: Client| {
        let request = RequestSettings::new(&config, &client);
        async move {
            let facts = examine::examine(&client, request).await;
            Ok((client, facts))
        }
    };
    let answers = connect::block_on(async { Ok(Answers::of(&clients, examine_one).await) })?;
    let (found, _) = answers.report_failures()?;
    let reports: Vec<_> = found
        .iter()
        .map(|(client, facts)| examined(heading(&config, client), facts))
        .collect();
    reports.iter().for_each(Report::log);
    let escapes = Escapes::of(config.ascii, args.output == DoctorOutput::Json);
    output::print_with(escapes, |out| match args.output {
        DoctorOutput::Text => report::text(out, &reports, is_colored(&config)),
        DoctorOutput::Json => report::json(out, &reports),
    })?;
    Ok(exit(&reports))
}

/// Returns the URL, with the name of the endpoint in front if it differs.
fn heading(config: &Config, client: &Client) -> String {
    let (name, url) = (connect::name(config, client), client.url());
    if name == url.authority() {
        url.to_string()
    } else {
        format!("{name}  {url}")
    }
}

fn examined(heading: String, facts: &Facts) -> Report {
    let diagnoses = checks::evaluate_all(facts);
    let has_failed = diagnoses
        .iter()
        .any(|(_, result)| result.verdict == CheckStatus::Failure);
    let exit = match facts.refusal() {
        Some(fault) if fault.is_unreachable() => ExitStatus::Unreachable,
        Some(fault) if fault.is_not_allowed() => ExitStatus::NotAllowed,
        _ if has_failed => ExitStatus::Failed,
        _ => ExitStatus::Done,
    };
    Report {
        endpoint: facts.url.to_string(),
        heading,
        diagnoses,
        missing: facts.missing(),
        exit,
    }
}

/// Returns the common exit status of all reports, or 1 if they differ.
fn exit(reports: &[Report]) -> ExitStatus {
    let mut exits = reports.iter().map(|report| report.exit);
    let first = exits.next().unwrap_or(ExitStatus::Done);
    if exits.all(|exit| exit == first) {
        first
    } else {
        ExitStatus::Failed
    }
}

fn is_colored(config: &Config) -> bool {
    !config.plain && std::io::stdout().is_terminal()
}

#[cfg(test)]
mod tests;
