//! What was judged, for people and for programs.

use std::io::{self, Write};

use serde::Serialize;

use super::judgment::{Judgment, Verdict};
use crate::commands::exit::Exit;
use crate::shell::json::to_writer_pretty;

/// The checks of one endpoint.
pub(super) struct Report {
    /// Where it is.
    pub(super) endpoint: String,
    /// What stands above its checks where there are several.
    pub(super) heading: String,
    pub(super) judged: Vec<(&'static str, Judgment)>,
    pub(super) exit: Exit,
}

/// One line for each check; what to do stands below it, so that a command is a line of its own.
pub(super) fn text(out: &mut impl Write, reports: &[Report], is_coloured: bool) -> io::Result<()> {
    let names = reports.iter().flat_map(|report| &report.judged);
    let width = names.map(|(name, _)| name.len()).max().unwrap_or(0);
    for (place, report) in reports.iter().enumerate() {
        if reports.len() > 1 {
            let blank = if place == 0 { "" } else { "\n" };
            writeln!(out, "{blank}{}", report.heading)?;
        }
        for (name, judgment) in &report.judged {
            let verdict = painted(judgment.verdict, is_coloured);
            writeln!(out, "{verdict}  {name:<width$}  {}", judgment.found)?;
            for advice in &judgment.advice {
                writeln!(out, "{:VERDICT$}  {:width$}  {advice}", "", "")?;
            }
        }
    }
    Ok(())
}

/// Room for the longest verdict.
const VERDICT: usize = 7;

fn painted(verdict: Verdict, is_coloured: bool) -> String {
    let word = format!("{:<VERDICT$}", verdict.name());
    let colour = match verdict {
        _ if !is_coloured => return word,
        Verdict::Ok => 32,
        Verdict::Warning => 33,
        Verdict::Failure => 31,
        Verdict::Skipped => 2,
    };
    format!("\u{1b}[{colour}m{word}\u{1b}[0m")
}

#[derive(Serialize)]
struct Record<'a> {
    endpoint: &'a str,
    check: &'static str,
    verdict: &'static str,
    found: &'a str,
    advice: Option<String>,
}

/// One array of all checks; several things to do are lines.
pub(super) fn json(out: &mut impl Write, reports: &[Report]) -> io::Result<()> {
    let records = reports.iter().flat_map(|report| {
        report.judged.iter().map(|(check, judgment)| Record {
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
