//! What was judged, for people and for programs.

use std::io::{self, Write};

use serde::Serialize;

use super::check_result::{CheckResult, CheckStatus};
use crate::commands::exit::ExitStatus;
use crate::runtime::json::to_writer_pretty;

/// The checks of one endpoint.
pub(super) struct Report {
    /// Where it is.
    pub(super) endpoint: String,
    /// What stands above its checks where there are several.
    pub(super) heading: String,
    pub(super) diagnoses: Vec<(&'static str, CheckResult)>,
    pub(super) exit: ExitStatus,
}

/// One line for each check; what to do stands below it, so that a command is a line of its own.
pub(super) fn text(out: &mut impl Write, reports: &[Report], is_coloured: bool) -> io::Result<()> {
    let names = reports.iter().flat_map(|report| &report.diagnoses);
    let width = names.map(|(name, _)| name.len()).max().unwrap_or(0);
    for (place, report) in reports.iter().enumerate() {
        if reports.len() > 1 {
            let blank = if place == 0 { "" } else { "\n" };
            writeln!(out, "{blank}{}", report.heading)?;
        }
        for (name, judgment) in &report.diagnoses {
            let verdict = painted(judgment.verdict, is_coloured);
            writeln!(out, "{verdict}  {name:<width$}  {}", judgment.found)?;
            for advice in &judgment.advice {
                writeln!(out, "{:STATUS_WIDTH$}  {:width$}  {advice}", "", "")?;
            }
        }
    }
    Ok(())
}

/// Room for the longest verdict.
const STATUS_WIDTH: usize = 7;

fn painted(verdict: CheckStatus, is_coloured: bool) -> String {
    let word = format!("{:<STATUS_WIDTH$}", verdict.name());
    let colour = match verdict {
        _ if !is_coloured => return word,
        CheckStatus::Ok => 32,
        CheckStatus::Warning => 33,
        CheckStatus::Failure => 31,
        CheckStatus::Skipped => 2,
    };
    format!("\u{1b}[{colour}m{word}\u{1b}[0m")
}

#[derive(Serialize)]
struct CheckRecord<'a> {
    endpoint: &'a str,
    check: &'static str,
    verdict: &'static str,
    found: &'a str,
    advice: Option<String>,
}

/// One array of all checks; several things to do are lines.
pub(super) fn json(out: &mut impl Write, reports: &[Report]) -> io::Result<()> {
    let records = reports.iter().flat_map(|report| {
        report.diagnoses.iter().map(|(check, judgment)| CheckRecord {
            endpoint: &report.endpoint,
            check,
            verdict: judgment.verdict.name(),
            found: &judgment.found,
            advice: (!judgment.advice.is_empty()).then(|| judgment.advice.join("\n")),
        })
    });
    let records: Vec<_> = records.collect();
    to_writer_pretty(&mut *out, &records)?;
    writeln!(out)
}
