//! What came of each, for people as it happens and for programs at the end.

use std::io::Write as _;

use serde::Serialize;

use super::endpoint::Endpoint;
use super::round::Round;
use crate::cli::KillOutput;
use crate::commands::exit::{Exit, Failure};
use crate::commands::output;
use crate::kill::{Attempt, Outcome, Refusal, Tally};
use crate::model::{Identity, Text, display_width};
use crate::shell::json;

/// As wide as the longest word of an outcome.
const WORD: usize = 12;

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
pub(super) struct Outcomes<'a> {
    form: KillOutput,
    /// The endpoints, by their numbers.
    urls: &'a [String],
    /// Somebody who was meant was not found.
    has_problems: bool,
    /// One is told in a sentence, many stand in columns.
    alone: bool,
    id_width: usize,
    client_width: usize,
    written: Result<(), Failure>,
}

impl<'a> Outcomes<'a> {
    pub(super) fn new(
        form: KillOutput,
        urls: &'a [String],
        has_problems: bool,
        attempts: &[Attempt],
    ) -> Self {
        let widest = |width: fn(&Attempt) -> usize| attempts.iter().map(width).max().unwrap_or(0);
        Self {
            form,
            urls,
            has_problems,
            alone: attempts.len() == 1,
            id_width: widest(|attempt| attempt.victim.identity.id.to_string().len()),
            client_width: widest(|attempt| display_width(&attempt.victim.identity.client())),
            written: Ok(()),
        }
    }

    /// One is over. A failed write must not stop a kill half way, but it is an error all the same.
    pub(super) fn tell(&mut self, attempt: &Attempt) {
        let Some(outcome) = attempt.outcome().filter(|_| self.form == KillOutput::Table) else {
            return;
        };
        let identity = &attempt.victim.identity;
        let line = if self.alone {
            outcome.words(identity)
        } else {
            self.columns(identity, outcome)
        };
        let place = self.place(identity);
        let written = output::print(|out| writeln!(out, "{}{place}", line.trim_end()));
        self.written = std::mem::replace(&mut self.written, Ok(())).and(written);
    }

    /// Where it was, if there are several places: ids repeat from one to the next.
    fn place(&self, identity: &Identity) -> String {
        let several = self.urls.len() > 1;
        let url = self
            .urls
            .get(usize::from(identity.endpoint.0))
            .filter(|_| several);
        url.map(|url| format!("  on {url}")).unwrap_or_default()
    }

    fn columns(&self, identity: &Identity, outcome: &Outcome) -> String {
        let (id, client) = (identity.id.to_string(), identity.client());
        let gap = self.client_width.saturating_sub(display_width(&client));
        format!(
            "{:<WORD$}  {id:>id_width$}  {client}{:gap$}  {}",
            outcome.word(),
            "",
            outcome.detail(),
            id_width = self.id_width
        )
    }

    /// All are over.
    pub(super) fn finish(&mut self, attempts: &[Attempt]) -> Result<(), Failure> {
        match self.form {
            KillOutput::Json => self.print_json(attempts)?,
            KillOutput::Table if attempts.len() > 1 => {
                let sum = Tally::of(attempts).words();
                output::remark(&sum);
            }
            KillOutput::Table => {}
        }
        std::mem::replace(&mut self.written, Ok(()))
    }

    /// Programs are told of all that is known, whatever ended the command.
    pub(super) fn finish_interrupted(&self, attempts: &[Attempt]) -> Result<(), Failure> {
        match self.form {
            KillOutput::Json => self.print_json(attempts),
            KillOutput::Table => Ok(()),
        }
    }

    /// What would be done.
    pub(super) fn print_plan<E: Endpoint>(&self, round: &Round<E>, plan: &str) -> Result<(), Failure> {
        match self.form {
            KillOutput::Json => self.print_json(round.attempts()),
            KillOutput::Table => output::print(|out| out.write_all(plan.as_bytes())),
        }
    }

    fn print_json(&self, attempts: &[Attempt]) -> Result<(), Failure> {
        let records: Vec<_> = attempts.iter().map(|attempt| self.record(attempt)).collect();
        output::print(|out| {
            json::to_writer_pretty(&mut *out, &records)?;
            writeln!(out)
        })
    }

    fn record<'b>(&'b self, attempt: &'b Attempt) -> OutcomeRecord<'b> {
        let identity = &attempt.victim.identity;
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
            outcome: attempt.outcome().map(Outcome::word),
            detail: attempt
                .outcome()
                .map(Outcome::detail)
                .filter(|detail| !detail.is_empty()),
        }
    }

    /// What a signal has left open.
    pub(super) fn tell_interrupted(attempts: &[Attempt], taken_back: Option<&str>) {
        if let Some(why) = taken_back {
            output::complain(&format!("taken back, nothing was ended: {why}"));
            return;
        }
        for attempt in attempts {
            let (who, id) = (attempt.victim.name(), attempt.victim.identity.id);
            match attempt.outcome() {
                Some(Outcome::Unknown(_)) => output::complain(&format!(
                    "unknown whether {who} ended: interrupted; 'maxtop show {id}' tells"
                )),
                Some(outcome) if outcome.refusal().is_some_and(Refusal::is_a_stop) => {
                    output::complain(&format!(
                        "{who} was not ended: interrupted before anything was sent"
                    ));
                }
                _ => {}
            }
        }
    }

    /// How the command ends, as things stand: a dry run has no outcome for those that it would end.
    pub(super) fn exit(&self, attempts: &[Attempt]) -> Exit {
        let outcomes = || attempts.iter().filter_map(Attempt::outcome);
        if outcomes().any(|outcome| matches!(outcome, Outcome::NotAllowed(_))) {
            Exit::NotAllowed
        } else if !self.has_problems && outcomes().all(Outcome::is_gone) {
            Exit::Done
        } else {
            Exit::Failed
        }
    }
}
