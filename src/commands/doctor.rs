//! `maxtop doctor`: what is each endpoint, and what is wrong with it or with how it is asked.
//!
//! First everything is asked ([`examine`]), by GETs alone; then each check of a table ([`checks`])
//! judges what was found. Judging is pure.

mod checks;
mod examine;
mod facts;
mod judgment;
mod limits;
mod report;

use std::io::IsTerminal as _;

use self::facts::{Asker, Facts};
use self::judgment::Verdict;
use self::report::Report;
use super::admission::Purpose;
use super::answers::Answers;
use super::ascii::Escapes;
use super::exit::{Exit, Failure};
use super::{connect, output};
use crate::cli::{CommonArgs, DoctorArgs, DoctorOutput};
use crate::config::Config;
use crate::shell::client::Client;

/// Runs the command.
pub(super) fn run(common: &CommonArgs, args: &DoctorArgs) -> Result<Exit, Failure> {
    let (config, clients) = connect::connect(common, Purpose::Report)?;
    let look = |client: Client| {
        let asker = Asker::new(&config, &client);
        async move {
            let facts = examine::examine(&client, asker).await;
            Ok((client, facts))
        }
    };
    let answers = connect::block_on(async { Ok(Answers::of(&clients, look).await) })?;
    let (found, _) = answers.told()?;
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
    let judged = checks::judge_all(facts);
    let has_failed = judged
        .iter()
        .any(|(_, judgment)| judgment.verdict == Verdict::Failure);
    let exit = match facts.refusal() {
        Some(fault) if fault.is_unreachable() => Exit::Unreachable,
        Some(fault) if fault.is_not_allowed() => Exit::NotAllowed,
        _ if has_failed => Exit::Failed,
        _ => Exit::Done,
    };
    Report {
        endpoint: facts.url.to_string(),
        heading,
        judged,
        exit,
    }
}

/// What all have in common; where they differ, something failed, if anything did.
fn exit(reports: &[Report]) -> Exit {
    let mut exits = reports.iter().map(|report| report.exit);
    let first = exits.next().unwrap_or(Exit::Done);
    if exits.all(|exit| exit == first) {
        first
    } else {
        Exit::Failed
    }
}

fn is_coloured(config: &Config) -> bool {
    !config.plain && std::io::stdout().is_terminal()
}

#[cfg(test)]
mod tests;
