//! `--fail-if`: the condition that ends `maxtop list` with its own exit status.

use crate::app::build_view::TableView;
use crate::app::condition::Matches;
use crate::commands::exit::{CommandError, ExitStatus};
use crate::commands::server_access::{self, Examined, undecided_cause, unexamined_cause};
use crate::diagnosis::{REASONS, SERVER_ACCESS};
use crate::filter::{Filter, SavedFilters};
use crate::kill::asks_why;
use crate::model::{EndpointId, SessionId, counted, visible};

/// Maximum number of session ids in the line on stderr.
const MAX_IDS: usize = 10;

/// The condition.
#[derive(Clone, Debug)]
pub(super) struct FailIf {
    condition: Filter,
    /// Whether the filter of the list is not an option of this command, so that its user may not know of it.
    is_filter_configured: bool,
}

impl FailIf {
    /// Parses the condition, which may be the name of a filter.
    pub(super) fn parse(
        text: &str,
        saved: Option<&SavedFilters>,
        is_filter_configured: bool,
    ) -> Result<Self, CommandError> {
        let condition = match saved {
            Some(saved) => saved.parse(text)?,
            None => Filter::parse(text)?,
        };
        if condition.is_empty() {
            return Err(CommandError::EmptyCondition);
        }
        Ok(Self {
            condition,
            is_filter_configured,
        })
    }

    /// Returns the condition.
    pub(super) const fn condition(&self) -> &Filter {
        &self.condition
    }

    /// Whether the condition uses the reasons why sessions are stuck.
    pub(super) fn asks_why(&self) -> bool {
        asks_why(&self.condition)
    }

    /// Evaluates the condition for the listed sessions.
    pub(super) fn evaluate(&self, view: &TableView) -> Matches {
        view.matches_of(&self.condition)
    }

    /// Returns the exit status. `exit` is that of the list without the condition. It is a failure if no session could
    /// be decided, if the locks of some are unknown, if servers whose locks it needs were not read, or if the condition
    /// names a reason that so few lists do not show.
    pub(super) fn exit(&self, matches: &Matches, exit: ExitStatus, examined: &Examined<'_>) -> ExitStatus {
        let is_early = matches.unexamined.is_early(examined.lists, examined.limits);
        match exit {
            _ if !matches.sessions.is_empty() => ExitStatus::Matched,
            ExitStatus::Done if is_early || matches.is_undecided() || self.lacks_locks(examined) => {
                ExitStatus::Failed
            }
            exit => exit,
        }
    }

    /// Whether the condition uses reasons of locks, and servers that should have been read were not.
    fn lacks_locks(&self, examined: &Examined<'_>) -> bool {
        let mut lock_reasons = REASONS.iter().filter(|reason| reason.requires == SERVER_ACCESS);
        let uses_them = self.condition.uses("stuck")
            || lock_reasons.any(|reason| self.condition.names_value("reason", reason.name));
        examined.lacks_locks && uses_them
    }

    /// Returns the line for stderr after earlier lines about sessions that could not be decided.
    pub(super) fn all_decided(&self) -> String {
        let condition = self.condition.text().trim();
        format!("no session matches {condition}; all could be decided")
    }

    /// Returns for how many sessions a configured filter has left the condition. `None` if for all.
    pub(super) fn scope(&self, view: &TableView) -> Option<String> {
        let (listed, total) = (view.listed_count(), view.total());
        let filter = view.spec.filter.text().trim();
        let is_silent = self.is_filter_configured && listed < total && !filter.is_empty();
        is_silent.then(|| {
            let (filter, total) = (visible(filter), counted(total, "session"));
            format!("--fail-if is evaluated for {listed} of {total}: those that match {filter}")
        })
    }

    /// Returns why some sessions could not be decided. Empty if every one could.
    pub(super) fn cause(&self, matches: &Matches, examined: &Examined<'_>) -> String {
        match (matches.undecided, matches.unexamined.sessions) {
            (0, 0) => String::new(),
            (0, _) => unexamined_cause(&matches.unexamined, examined),
            (_, _) => undecided_cause(&self.condition, examined.clients, examined.were_read),
        }
    }

    /// Returns the line for stderr. `None` if no session matches and every one could be decided.
    pub(super) fn line(
        &self,
        matches: &Matches,
        view: &TableView,
        examined: &Examined<'_>,
    ) -> Option<String> {
        let condition = self.condition.text().trim();
        let cause = self.cause(matches, examined);
        let undecided = match (matches.undecided, matches.unexamined.sessions) {
            (0, 0) => String::new(),
            (0, count) | (count, _) => format!("; {count} could not be decided: {cause}"),
        };
        let found = matches.sessions.len();
        match found {
            0 if undecided.is_empty() && self.lacks_locks(examined) => {
                let reasons = server_access::lock_reasons();
                Some(format!(
                    "no session matches {condition}; {reasons} are unknown: the locks could not be read"
                ))
            }
            0 if undecided.is_empty() => None,
            0 => Some(format!("no session matches {condition}{undecided}")),
            _ => {
                let verb = if found == 1 { "matches" } else { "match" };
                let ids = ids(&matches.sessions, view);
                let sessions = counted(found, "session");
                Some(format!("{sessions} {verb} {condition}: {ids}{undecided}"))
            }
        }
    }
}

/// Returns the ids of the first sessions. With several endpoints each group of them has the name of its endpoint.
fn ids(sessions: &[(EndpointId, SessionId)], view: &TableView) -> String {
    let names = &view.spec.endpoints;
    let shown = sessions.iter().take(MAX_IDS).collect::<Vec<_>>();
    let groups = shown.chunk_by(|(one, _), (other, _)| one == other).map(|group| {
        let ids: Vec<_> = group.iter().map(|(_, id)| id.to_string()).collect();
        let ids = ids.join(", ");
        let endpoint = group
            .first()
            .and_then(|(endpoint, _)| names.get(usize::from(endpoint.0)));
        match endpoint.filter(|_| names.len() > 1) {
            Some(endpoint) => format!("{ids} on {endpoint}"),
            None => ids,
        }
    });
    let text = groups.collect::<Vec<_>>().join(", ");
    match sessions.len().saturating_sub(MAX_IDS) {
        0 => text,
        left => format!("{text} and {left} more"),
    }
}
