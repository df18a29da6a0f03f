//! Prints the results as text or JSON.

use std::io::{self, Write};

use log::Level;
use serde::Serialize;

use super::check_result::{CheckResult, CheckStatus};
use crate::commands::exit::ExitStatus;
use crate::commands::paragraph::below;
use crate::model::counted;
use crate::runtime::json::to_writer_pretty;

/// The checks of one endpoint.
pub(super) struct Report {
    /// URL of the endpoint.
    pub(super) endpoint: String,
    /// Heading above the checks, printed only with several endpoints.
    pub(super) heading: String,
    pub(super) diagnoses: Vec<(&'static str, CheckResult)>,
    /// Why nothing else is known; `None` if the endpoint has answered.
    pub(super) missing: Option<&'static str>,
    pub(super) exit: ExitStatus,
}

impl Report {
    /// Logs each check in the program log.
    pub(super) fn log(&self) {
        for (name, result) in &self.diagnoses {
            let level = match result.verdict {
                CheckStatus::Ok | CheckStatus::Skipped => Level::Info,
                CheckStatus::Warning | CheckStatus::Failure => Level::Warn,
            };
            let (verdict, found) = (result.verdict.name(), &result.found);
            log::log!(target: "doctor", level, "{}: {name}: {verdict}: {found}", self.endpoint);
        }
    }

    /// Returns the checks for the text form. Without an answer all skipped ones are one line.
    fn lines(&self) -> Vec<(&'static str, CheckResult)> {
        let Some(why) = self.missing else {
            return self.diagnoses.clone();
        };
        let is_skipped = |(_, result): &&(_, CheckResult)| result.verdict == CheckStatus::Skipped;
        let skipped = self.diagnoses.iter().filter(is_skipped).count();
        let rest = CheckResult::skipped(format!("{}: {why}", counted(skipped, "check")));
        let made = self.diagnoses.iter().filter(|check| !is_skipped(check)).cloned();
        made.chain((skipped > 0).then_some((OTHERS, rest))).collect()
    }
}

/// Name of the line for all skipped checks.
const OTHERS: &str = "others";

/// Prints one line per check. Advice follows on lines of its own, so that a command can be copied.
pub(super) fn text(out: &mut impl Write, reports: &[Report], is_colored: bool) -> io::Result<()> {
    let all: Vec<_> = reports.iter().map(Report::lines).collect();
    let width = all
        .iter()
        .flatten()
        .map(|(name, _)| name.len())
        .max()
        .unwrap_or(0);
    for (place, (report, lines)) in reports.iter().zip(&all).enumerate() {
        if reports.len() > 1 {
            let blank = if place == 0 { "" } else { "\n" };
            writeln!(out, "{blank}{}", report.heading)?;
        }
        for (name, result) in lines {
            let verdict = painted(result.verdict, is_colored);
            let indent = STATUS_WIDTH + width + 4;
            below(
                out,
                &format!("{verdict}  {name:<width$}  "),
                indent,
                &result.found,
            )?;
            let blank = format!("{:indent$}", "");
            for advice in &result.advice {
                if is_shell_command(advice) {
                    writeln!(out, "{blank}{advice}")?;
                } else {
                    below(out, &blank, indent, advice)?;
                }
            }
        }
    }
    Ok(())
}

/// Whether a line of advice is a command of the shell. It is not wrapped, so that it can be copied.
fn is_shell_command(advice: &str) -> bool {
    ["maxctrl ", "curl ", "grep "]
        .iter()
        .any(|program| advice.starts_with(program))
}

/// Width of the longest status.
const STATUS_WIDTH: usize = 7;

fn painted(verdict: CheckStatus, is_colored: bool) -> String {
    let word = format!("{:<STATUS_WIDTH$}", verdict.name());
    let color = match verdict {
        _ if !is_colored => return word,
        CheckStatus::Ok => 32,
        CheckStatus::Warning => 33,
        CheckStatus::Failure => 31,
        CheckStatus::Skipped => 2,
    };
    format!("\u{1b}[{color}m{word}\u{1b}[0m")
}

#[derive(Serialize)]
struct CheckRecord<'a> {
    endpoint: &'a str,
    check: &'static str,
    verdict: &'static str,
    found: &'a str,
    advice: Option<String>,
}

/// Prints one array of all checks. Several lines of advice are joined by line breaks.
pub(super) fn json(out: &mut impl Write, reports: &[Report]) -> io::Result<()> {
    let records = reports.iter().flat_map(|report| {
        report.diagnoses.iter().map(|(check, result)| CheckRecord {
            endpoint: &report.endpoint,
            check,
            verdict: result.verdict.name(),
            found: &result.found,
            advice: (!result.advice.is_empty()).then(|| result.advice.join("\n")),
        })
    });
    let records: Vec<_> = records.collect();
    to_writer_pretty(&mut *out, &records)?;
    writeln!(out)
}
