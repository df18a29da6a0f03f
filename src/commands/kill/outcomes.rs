//! Prints the outcome of each kill: as text when it is finished, as JSON at the end.

use std::borrow::Cow;
use std::io::{self, Write as _};

use serde::Serialize;

use super::diagnosed_list::VictimStatement;
use super::driver::KillDriver;
use super::driver::KillTransport;
use super::not_selected::NotSelected;
use super::plan;
use super::victims::Facts;
use crate::cli::KillOutput;
use crate::commands::ascii::Escapes;
use crate::commands::exit::{CommandError, ExitStatus};
use crate::commands::output;
use crate::kill::{KillOutcome, KillTask, RefusalReason, StatementResults, Tally};
use crate::model::{Identity, SessionId, ascii, display_width};
use crate::runtime::audit::{IdentityFields, OutcomeFields};
use crate::runtime::json;

/// Width of the longest outcome word.
const OUTCOME_WIDTH: usize = 12;

/// One outcome as JSON. It is `null` in a dry run for a session that would be killed.
#[derive(Serialize)]
struct OutcomeRecord<'a> {
    #[serde(flatten)]
    session: IdentityFields<'a>,
    #[serde(flatten)]
    outcome: OutcomeFields,
    /// Only in a dry run: the request; `null` if none would be sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<PlannedRequest>,
    /// Only in a dry run with `--statements`: the statements that would be ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    statements: Option<PlannedStatements<'a>>,
}

/// The statements of a dry run.
#[derive(Serialize)]
#[serde(untagged)]
enum PlannedStatements<'a> {
    /// They would be ended.
    Known(&'a [VictimStatement]),
    /// They could not be read; `null`.
    Unknown,
}

/// The request of a dry run.
#[derive(Serialize)]
#[serde(untagged)]
enum PlannedRequest {
    /// It would be sent.
    Sent { method: &'static str, url: String },
    /// None would be sent; `null`.
    None,
}

/// An id or key without a session as JSON, with the fields of [`OutcomeRecord`].
#[derive(Serialize)]
struct NotSelectedRecord<'a> {
    endpoint: Option<&'a str>,
    key: Option<&'a str>,
    id: Option<u64>,
    user: Option<&'a str>,
    address: Option<&'a str>,
    port: Option<u16>,
    service: Option<&'a str>,
    outcome: &'static str,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<PlannedRequest>,
}

/// An element of the JSON.
#[derive(Serialize)]
#[serde(untagged)]
enum KillRecord<'a> {
    Outcome(OutcomeRecord<'a>),
    NotSelected(NotSelectedRecord<'a>),
}

/// Prints outcomes and keeps the first write error.
#[allow(clippy::struct_excessive_bools, reason = "independent facts")]
pub(super) struct OutcomePrinter<'a> {
    form: KillOutput,
    /// Whether all output is ASCII.
    is_ascii: bool,
    /// URLs of the endpoints, by number.
    urls: &'a [String],
    /// The ids and keys without a session to kill.
    not_selected: &'a [NotSelected],
    /// Whether a session was not found, or an endpoint did not reply.
    has_problems: bool,
    /// Whether nothing is killed.
    is_dry_run: bool,
    /// Why the kills without an outcome were canceled.
    canceled: Option<&'static str>,
    /// Whether there is only one victim: printed as a sentence instead of columns.
    is_single: bool,
    /// Whether the running statements are to be ended too. Then one that still runs is a failure.
    pub(super) kills_statements: bool,
    /// Whether each line names the endpoint.
    pub(super) names_endpoint: bool,
    id_width: usize,
    client_width: usize,
    written: Result<(), CommandError>,
}

impl<'a> OutcomePrinter<'a> {
    pub(super) fn new(
        form: KillOutput,
        is_ascii: bool,
        urls: &'a [String],
        (not_selected, has_problems): (&'a [NotSelected], bool),
        tasks: &[KillTask],
    ) -> Self {
        let widest = |width: fn(&KillTask) -> usize| tasks.iter().map(width).max().unwrap_or(0);
        Self {
            form,
            is_ascii,
            urls,
            not_selected,
            has_problems,
            is_dry_run: false,
            canceled: None,
            is_single: tasks.len() == 1,
            kills_statements: false,
            names_endpoint: urls.len() > 1,
            id_width: widest(|task| task.victim.identity.id.to_string().len()),
            client_width: tasks
                .iter()
                .map(|task| display_width(&in_ascii(is_ascii, &task.victim.identity.client())))
                .max()
                .unwrap_or(0),
            written: Ok(()),
        }
    }

    /// Prints the outcome of a finished task.
    ///
    /// A failed write does not stop a kill half way, but [`Self::finish`] returns it.
    pub(super) fn print(&mut self, task: &KillTask) {
        let Some(outcome) = task.outcome().filter(|_| self.form == KillOutput::Table) else {
            return;
        };
        let identity = &task.victim.identity;
        let line = if self.is_single {
            outcome.words(identity)
        } else {
            self.columns(identity, outcome)
        };
        let place = self.location(identity);
        let line = format!("{}{place}", line.trim_end());
        let written = self.write(|out| writeln!(out, "{line}"));
        if written.is_err() {
            // Otherwise nothing would say what happened to the session.
            self.complain(&line);
        }
        self.report_running(task, outcome);
        if matches!(outcome, KillOutcome::Unknown(_)) {
            let check = check_command(task);
            self.complain(&format!(
                "unknown whether {} was killed: {check}",
                task.victim.name()
            ));
        }
        self.written = std::mem::replace(&mut self.written, Ok(())).and(written);
    }

    /// Prints on stderr that statements of a killed session still run.
    fn report_running(&self, task: &KillTask, outcome: &KillOutcome) {
        if outcome.statements().is_some_and(StatementResults::runs) {
            let id = task.victim.identity.id;
            self.complain(&format!("a statement of {id} still runs on its server"));
        }
    }

    fn write(&self, write: impl FnOnce(&mut output::Out) -> io::Result<()>) -> Result<(), CommandError> {
        let escapes = Escapes::of(self.is_ascii, self.form == KillOutput::Json);
        output::print_with(escapes, write)
    }

    /// Prints one line on stderr.
    fn complain(&self, what: &str) {
        output::complain(&in_ascii(self.is_ascii, what));
    }

    /// Returns the URL if there are several endpoints, because ids repeat between them, or if the command line
    /// does not name the only one.
    fn location(&self, identity: &Identity) -> String {
        let url = self
            .urls
            .get(usize::from(identity.endpoint.0))
            .filter(|_| self.names_endpoint);
        url.map(|url| format!("  on {url}")).unwrap_or_default()
    }

    fn columns(&self, identity: &Identity, outcome: &KillOutcome) -> String {
        let id = identity.id.to_string();
        let client = in_ascii(self.is_ascii, &identity.client()).into_owned();
        let gap = self.client_width.saturating_sub(display_width(&client));
        format!(
            "{:<OUTCOME_WIDTH$}  {id:>id_width$}  {client}{:gap$}  {}",
            outcome.word(),
            "",
            outcome.detail(),
            id_width = self.id_width
        )
    }

    /// Prints the JSON or the totals after all tasks, and returns the write error, if any.
    pub(super) fn finish(&mut self, tasks: &[KillTask]) -> Result<(), CommandError> {
        match self.form {
            KillOutput::Json => self.print_json(tasks, None).inspect_err(|_| {
                // Otherwise nothing would say what happened to the sessions.
                let outcome = |task: &KillTask| task.outcome().map(|one| one.words(&task.victim.identity));
                let lines = tasks.iter().filter_map(outcome);
                lines.for_each(|line| self.complain(&line));
            })?,
            KillOutput::Table if tasks.len() > 1 => {
                let sum = Tally::of(tasks).words();
                output::remark(&sum);
            }
            KillOutput::Table => {}
        }
        std::mem::replace(&mut self.written, Ok(()))
    }

    /// Prints the JSON of all outcomes after a cancel or a signal. Sessions without an outcome are canceled.
    pub(super) fn finish_canceled(
        &mut self,
        tasks: &[KillTask],
        why: &'static str,
    ) -> Result<(), CommandError> {
        self.canceled = Some(why);
        match self.form {
            KillOutput::Json => self.print_json(tasks, None),
            KillOutput::Table => Ok(()),
        }
    }

    /// Prints what would be killed.
    pub(super) fn print_plan<E: KillTransport>(
        &mut self,
        round: &KillDriver<E>,
        (plan, facts): (&str, &Facts),
    ) -> Result<(), CommandError> {
        self.is_dry_run = true;
        match self.form {
            KillOutput::Json => self.print_json(round.tasks(), Some(facts).filter(|_| self.kills_statements)),
            KillOutput::Table => self.write(|out| out.write_all(plan.as_bytes())),
        }
    }

    /// Prints the JSON. `facts` are those of a dry run that would end statements too.
    fn print_json(&self, tasks: &[KillTask], facts: Option<&Facts>) -> Result<(), CommandError> {
        let outcomes = tasks.iter().map(|task| {
            KillRecord::Outcome(OutcomeRecord {
                session: IdentityFields::new(&task.victim.identity, self.urls),
                outcome: match (task.outcome(), self.canceled) {
                    (None, Some(why)) => OutcomeFields::canceled(why),
                    (outcome, _) => OutcomeFields::new(outcome),
                },
                request: self.is_dry_run.then(|| self.request(task)),
                statements: facts.map(|facts| {
                    let ended = plan::ended(facts, task, true);
                    ended.map_or(PlannedStatements::Unknown, PlannedStatements::Known)
                }),
            })
        });
        let others = self.not_selected.iter();
        let others = others.map(|problem| KillRecord::NotSelected(self.not_selected_record(problem)));
        let records: Vec<_> = outcomes.chain(others).collect();
        self.write(|out| {
            json::to_writer_pretty(&mut *out, &records)?;
            writeln!(out)
        })
    }

    /// Returns the request that would kill the session.
    fn request(&self, task: &KillTask) -> PlannedRequest {
        let place = usize::from(task.victim.identity.endpoint.0);
        match self.urls.get(place).filter(|_| task.outcome().is_none()) {
            Some(base) => PlannedRequest::Sent {
                method: "DELETE",
                url: format!("{base}{}", plan::target(task)),
            },
            None => PlannedRequest::None,
        }
    }

    fn not_selected_record<'b>(&'b self, problem: &'b NotSelected) -> NotSelectedRecord<'b> {
        let endpoint = match (problem.endpoint, self.urls) {
            (Some(endpoint), urls) => urls.get(usize::from(endpoint.0)),
            (None, [only]) => Some(only),
            (None, _) => None,
        };
        NotSelectedRecord {
            endpoint: endpoint.map(String::as_str),
            key: problem.key.as_deref(),
            id: problem.id.map(|id| id.0),
            user: None,
            address: None,
            port: None,
            service: None,
            outcome: problem.outcome,
            detail: &problem.detail,
            request: self.is_dry_run.then_some(PlannedRequest::None),
        }
    }

    /// Prints which kills a signal left unknown or not started.
    pub(super) fn report_interrupted(&self, tasks: &[KillTask], cancel_reason: Option<&str>) {
        if let Some(why) = cancel_reason {
            self.complain(&format!("canceled, nothing was killed: {why}"));
            return;
        }
        for task in tasks {
            let who = task.victim.name();
            match task.outcome() {
                Some(KillOutcome::Unknown(_)) => {
                    let check = check_command(task);
                    self.complain(&format!("unknown whether {who} was killed: interrupted; {check}"));
                }
                Some(outcome) if outcome.refusal().is_some_and(RefusalReason::is_a_stop) => {
                    self.complain(&format!(
                        "{who} was not killed: interrupted before anything was sent"
                    ));
                }
                _ => {}
            }
        }
    }

    /// Returns the exit status of a dry run. Statements that are not known would be a failure of the real run.
    pub(super) fn planned_exit(&self, tasks: &[KillTask], facts: &Facts) -> ExitStatus {
        let is_unknown = |task: &KillTask| plan::ended(facts, task, self.kills_statements).is_none();
        match self.exit(tasks) {
            ExitStatus::Done if tasks.iter().any(is_unknown) => ExitStatus::Failed,
            exit => exit,
        }
    }

    /// Returns the exit status for the current outcomes. In a dry run, sessions that would be killed have none.
    pub(super) fn exit(&self, tasks: &[KillTask]) -> ExitStatus {
        let outcomes = || tasks.iter().filter_map(KillTask::outcome);
        if outcomes().any(|outcome| matches!(outcome, KillOutcome::NotAllowed(_))) {
            ExitStatus::NotAllowed
        } else if self.kills_statements && outcomes().any(may_run_statements) {
            ExitStatus::Failed
        } else if !self.has_problems && outcomes().all(KillOutcome::is_gone) {
            ExitStatus::Done
        } else {
            ExitStatus::Failed
        }
    }
}

/// Returns the command that shows whether a session is still there: `check with 'maxtop show -e URL 17'`.
fn check_command(task: &KillTask) -> String {
    let url = task.victim.names.url.as_deref();
    let on = url.map(|url| format!(" -e {url}")).unwrap_or_default();
    format!("check with 'maxtop show{on} {}'", task.victim.identity.id)
}

/// Prints the JSON of a kill that failed or was refused as a whole: an object for each id and key of the command line,
/// or one without a session for a filter.
pub(super) fn print_failure(
    ids: &[SessionId],
    keys: &[String],
    failure: &CommandError,
    (is_ascii, is_dry_run): (bool, bool),
) -> Result<(), CommandError> {
    let outcome = match failure {
        CommandError::ReadOnly(..) | CommandError::TooMany { .. } => "refused",
        _ if failure.exit() == ExitStatus::NotAllowed => "not allowed",
        _ => "failed",
    };
    let detail = failure.to_string();
    // The outcome says it already.
    let detail = detail.strip_prefix("refused: ").unwrap_or(&detail);
    print_for_all(ids, keys, (outcome, detail), (is_ascii, is_dry_run))
}

/// Prints the JSON of a kill that a signal has ended before anything was sent.
pub(super) fn print_interrupted(
    ids: &[SessionId],
    keys: &[String],
    form: (bool, bool),
) -> Result<(), CommandError> {
    print_for_all(ids, keys, ("canceled", "interrupted"), form)
}

fn print_for_all(
    ids: &[SessionId],
    keys: &[String],
    (outcome, detail): (&'static str, &str),
    (is_ascii, is_dry_run): (bool, bool),
) -> Result<(), CommandError> {
    let record = |id: Option<SessionId>, key| NotSelectedRecord {
        endpoint: None,
        key,
        id: id.map(|id| id.0),
        user: None,
        address: None,
        port: None,
        service: None,
        outcome,
        detail,
        request: is_dry_run.then_some(PlannedRequest::None),
    };
    let mut records: Vec<_> = ids.iter().map(|id| record(Some(*id), None)).collect();
    records.extend(keys.iter().map(|key| record(None, Some(key.as_str()))));
    if records.is_empty() {
        records.push(record(None, None));
    }
    output::print_with(Escapes::of(is_ascii, true), |out| {
        json::to_writer_pretty(&mut *out, &records)?;
        writeln!(out)
    })
}

/// Whether a statement of a killed session still runs, or may still run.
fn may_run_statements(outcome: &KillOutcome) -> bool {
    outcome.statements().is_some_and(StatementResults::may_run)
}

/// Returns a text as it is written where all output may have to be ASCII.
pub(super) fn in_ascii(is_ascii: bool, text: &str) -> Cow<'_, str> {
    if is_ascii {
        ascii(text)
    } else {
        Cow::Borrowed(text)
    }
}
