//! `maxtop doctor`: what is the endpoint, and what is wrong with it or with how it is asked.
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
use super::admission::{Purpose, admit};
use super::exit::{Exit, Failure};
use super::{connect, output};
use crate::cli::{CommonArgs, DoctorArgs, DoctorOutput};
use crate::config::{Config, EndpointConfig};
use crate::shell::client::{Client, ClientSpec};

/// Runs the command.
pub(super) fn run(common: &CommonArgs, args: &DoctorArgs) -> Result<Exit, Failure> {
    let config = Config::read(&common.line)?;
    let mut reports = Vec::new();
    for (spec, site) in connect::specs(&config)?.into_iter().zip(&config.endpoints) {
        let client = client(spec, site)?;
        let asker = Asker::new(&config, site, client.user());
        let facts = connect::block_on(async { Ok(examine::examine(&client, asker).await) })?;
        reports.push(examined(client.url().to_string(), &facts));
    }
    output::print(|out| match args.output {
        DoctorOutput::Text => report::text(out, &reports, is_coloured(&config)),
        DoctorOutput::Json => report::json(out, &reports),
    })?;
    Ok(exit(&reports))
}

/// A person is asked for a password, as with every command. Who is not let in is examined as well: why
/// that is so is what is asked for here.
fn client(spec: ClientSpec, site: &EndpointConfig) -> Result<Client, Failure> {
    match admit(spec.clone(), &site.user, Purpose::Command) {
        Err(Failure::Fault { .. }) => Ok(Client::new(spec)?),
        admitted => admitted,
    }
}

fn examined(endpoint: String, facts: &Facts) -> Report {
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
        endpoint,
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
