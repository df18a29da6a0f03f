//! `maxtop doctor`: what is each endpoint, and what is wrong with it or with how it is asked.
//!
//! First everything is asked ([`examine`]), by GETs alone; then each check of a table ([`checks`])
//! judges what was found. Judging is pure.

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
use crate::cli::{CommonArgs, DoctorArgs, DoctorOutput};
use crate::client::Client;
use crate::config::Config;

/// Runs the command.
pub(super) fn run(common: &CommonArgs, args: &DoctorArgs) -> Result<ExitStatus, CommandError> {
    let (config, clients) = connect::connect(common, PreflightMode::Report)?;
    let look = |client: Client| {
        let asker = RequestSettings::new(&config, &client);
        async move {
            let facts = examine::examine(&client, asker).await;
            Ok((client, facts))
        }
    };
    let answers = connect::block_on(async { Ok(Answers::of(&clients, look).await) })?;
    let (found, _) = answers.report_failures()?;
    let reports: Vec<_> = found
        .iter()
        .map(|(client, facts)| examined(heading(&config, client), facts))
        .collect();
    let escapes = Escapes::of(config.ascii, args.output == DoctorOutput::Json);
    output::print_with(escapes, |out| match args.output {
        DoctorOutput::Text => report::text(out, &reports, is_coloured(&config)),
        DoctorOutput::Json => report::json(out, &reports),
    })?;
    Ok(exit(&reports))
}

/// Where it is, and what it is called if that is something else.
fn heading(config: &Config, client: &Client) -> String {
    let (name, url) = (connect::name(config, client), client.url());
    if name == url.authority() {
        url.to_string()
    } else {
        format!("{name}  {url}")
    }
}

fn examined(heading: String, facts: &Facts) -> Report {
    let diagnoses = checks::judge_all(facts);
    let has_failed = diagnoses
        .iter()
        .any(|(_, judgment)| judgment.verdict == CheckStatus::Failure);
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
        exit,
    }
}

/// What all have in common; where they differ, something failed, if anything did.
fn exit(reports: &[Report]) -> ExitStatus {
    let mut exits = reports.iter().map(|report| report.exit);
    let first = exits.next().unwrap_or(ExitStatus::Done);
    if exits.all(|exit| exit == first) {
        first
    } else {
        ExitStatus::Failed
    }
}

fn is_coloured(config: &Config) -> bool {
    !config.plain && std::io::stdout().is_terminal()
}

#[cfg(test)]
mod tests;
