//! What came of each, for people as it happens and for programs at the end.

use std::io::Write as _;

use serde::Serialize;

use super::driver::KillDriver;
use super::driver::KillTransport;
use crate::cli::KillOutput;
use crate::commands::exit::{CommandError, ExitStatus};
use crate::commands::output;
use crate::kill::{KillOutcome, KillTask, RefusalReason, Tally};
use crate::model::{Identity, Text, display_width};
use crate::runtime::json;

/// As wide as the longest word of an outcome.
const OUTCOME_WIDTH: usize = 12;

/// One outcome for programs. What is not known is `null`.
#[derive(Serialize)]
struct OutcomeRecord<'a> {
    endpoint: &'a str,
    key: String,
    id: u64,
    user: Option<&'a Text>,
    address: Option<&'a Text>,
    port: Option<u16>,
    service: Option<&'a Text>,
    /// One word; `null` in a dry run for those that would be ended.
    outcome: Option<&'static str>,
    detail: Option<String>,
}

/// Tells outcomes, and keeps what went wrong on the way.
pub(super) struct OutcomePrinter<'a> {
    form: KillOutput,
    /// The endpoints, by their numbers.
    urls: &'a [String],
    /// Somebody who was meant was not found.
    has_problems: bool,
    /// One is told in a sentence, many stand in columns.
    alone: bool,
    id_width: usize,
    client_width: usize,
    written: Result<(), CommandError>,
}

impl<'a> OutcomePrinter<'a> {
    pub(super) fn new(form: KillOutput, urls: &'a [String], has_problems: bool, tasks: &[KillTask]) -> Self {
        let widest = |width: fn(&KillTask) -> usize| tasks.iter().map(width).max().unwrap_or(0);
        Self {
            form,
            urls,
            has_problems,
            alone: tasks.len() == 1,
            id_width: widest(|task| task.victim.identity.id.to_string().len()),
            client_width: widest(|task| display_width(&task.victim.identity.client())),
            written: Ok(()),
        }
    }

    /// One is over. A failed write must not stop a kill half way, but it is an error all the same.
    pub(super) fn print(&mut self, task: &KillTask) {
        let Some(outcome) = task.outcome().filter(|_| self.form == KillOutput::Table) else {
            return;
        };
        let identity = &task.victim.identity;
        let line = if self.alone {
            outcome.words(identity)
        } else {
            self.columns(identity, outcome)
        };
        let place = self.location(identity);
        let written = output::print(|out| writeln!(out, "{}{place}", line.trim_end()));
        self.written = std::mem::replace(&mut self.written, Ok(())).and(written);
    }

    /// Where it was, if there are several places: ids repeat from one to the next.
    fn location(&self, identity: &Identity) -> String {
        let several = self.urls.len() > 1;
        let url = self
            .urls
            .get(usize::from(identity.endpoint.0))
            .filter(|_| several);
        url.map(|url| format!("  on {url}")).unwrap_or_default()
    }

    fn columns(&self, identity: &Identity, outcome: &KillOutcome) -> String {
        let (id, client) = (identity.id.to_string(), identity.client());
        let gap = self.client_width.saturating_sub(display_width(&client));
        format!(
            "{:<OUTCOME_WIDTH$}  {id:>id_width$}  {client}{:gap$}  {}",
            outcome.word(),
            "",
            outcome.detail(),
            id_width = self.id_width
        )
    }

    /// All are over.
    pub(super) fn finish(&mut self, tasks: &[KillTask]) -> Result<(), CommandError> {
        match self.form {
            KillOutput::Json => self.print_json(tasks)?,
            KillOutput::Table if tasks.len() > 1 => {
                let sum = Tally::of(tasks).words();
                output::remark(&sum);
            }
            KillOutput::Table => {}
        }
        std::mem::replace(&mut self.written, Ok(()))
    }

    /// Programs are told of all that is known, whatever ended the command.
    pub(super) fn finish_interrupted(&self, tasks: &[KillTask]) -> Result<(), CommandError> {
        match self.form {
            KillOutput::Json => self.print_json(tasks),
            KillOutput::Table => Ok(()),
        }
    }

    /// What would be done.
    pub(super) fn print_plan<E: KillTransport>(
        &self,
        round: &KillDriver<E>,
        plan: &str,
    ) -> Result<(), CommandError> {
        match self.form {
            KillOutput::Json => self.print_json(round.tasks()),
            KillOutput::Table => output::print(|out| out.write_all(plan.as_bytes())),
        }
    }

    fn print_json(&self, tasks: &[KillTask]) -> Result<(), CommandError> {
        let records: Vec<_> = tasks.iter().map(|task| self.record(task)).collect();
        output::print(|out| {
            json::to_writer_pretty(&mut *out, &records)?;
            writeln!(out)
        })
    }

    fn record<'b>(&'b self, task: &'b KillTask) -> OutcomeRecord<'b> {
        let identity = &task.victim.identity;
        let endpoint = self
            .urls
            .get(usize::from(identity.endpoint.0))
            .map_or("", String::as_str);
        OutcomeRecord {
            endpoint,
            key: identity.fingerprint(endpoint),
            id: identity.id.0,
            user: identity.user.as_ref(),
            address: identity.address.as_ref(),
            port: identity.port,
            service: identity.service.as_ref(),
            outcome: task.outcome().map(KillOutcome::word),
            detail: task
                .outcome()
                .map(KillOutcome::detail)
                .filter(|detail| !detail.is_empty()),
        }
    }

    /// What a signal has left open.
    pub(super) fn report_interrupted(tasks: &[KillTask], taken_back: Option<&str>) {
        if let Some(why) = taken_back {
            output::complain(&format!("taken back, nothing was ended: {why}"));
            return;
        }
        for task in tasks {
            let (who, id) = (task.victim.name(), task.victim.identity.id);
            match task.outcome() {
                Some(KillOutcome::Unknown(_)) => output::complain(&format!(
                    "unknown whether {who} ended: interrupted; 'maxtop show {id}' tells"
                )),
                Some(outcome) if outcome.refusal().is_some_and(RefusalReason::is_a_stop) => {
                    output::complain(&format!(
                        "{who} was not ended: interrupted before anything was sent"
                    ));
                }
                _ => {}
            }
        }
    }

    /// How the command ends, as things stand: a dry run has no outcome for those that it would end.
    pub(super) fn exit(&self, tasks: &[KillTask]) -> ExitStatus {
        let outcomes = || tasks.iter().filter_map(KillTask::outcome);
        if outcomes().any(|outcome| matches!(outcome, KillOutcome::NotAllowed(_))) {
            ExitStatus::NotAllowed
        } else if !self.has_problems && outcomes().all(KillOutcome::is_gone) {
            ExitStatus::Done
        } else {
            ExitStatus::Failed
        }
    }
}
