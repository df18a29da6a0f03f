//! The outcome of a kill, as a value and as text.

use std::time::Duration;

use super::{RefusalReason, StatementEnd, StatementResults};
use crate::model::{Difference, Identity, RequestError, measured_text};

/// The outcome of a kill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KillOutcome {
    /// The session is gone.
    Killed {
        /// Time from the DELETE to the reply that showed the session gone.
        after: Duration,
        /// Results for its statements at the servers.
        statements: Box<StatementResults>,
    },
    /// The session was gone before anything was sent.
    AlreadyGone,
    /// Refused before anything was sent.
    Refused(RefusalReason),
    /// The session no longer matches the filter that had selected it, or that is unknown. Nothing was sent.
    Skipped(SkipReason),
    /// The server rejected the account (401 or 403).
    NotAllowed(RequestError),
    /// The server replied with an error.
    Failed(RequestError),
    /// The server accepted the DELETE, but the session is still there.
    StillThere {
        /// Time since the DELETE.
        after: Duration,
    },
    /// The result of the DELETE is still unknown: its reply was lost or was an error, or no later reply shows whether
    /// the session is gone.
    Unknown(RequestError),
}

impl KillOutcome {
    /// Returns the outcome as one line that names the session.
    pub(crate) fn words(&self, identity: &Identity) -> String {
        self.words_by(identity, StatementEnd::with_sql)
    }

    /// Returns the outcome as one line that names the session, and statements only by their ids.
    pub(crate) fn words_without_sql(&self, identity: &Identity) -> String {
        self.words_by(identity, StatementEnd::without_sql)
    }

    fn words_by(&self, identity: &Identity, statement: fn(&StatementEnd) -> String) -> String {
        let who = format!("{} {}", identity.id, identity.client());
        match self {
            Self::Killed { .. } => format!("killed {who} {}", self.detail_by(statement)),
            Self::AlreadyGone => format!("{who} was already gone"),
            Self::Refused(RefusalReason::Changed(differences)) => refused_as_changed(identity, differences),
            Self::Refused(refusal) => format!("refused: {who}: {}", refusal.words()),
            Self::Skipped(_) => format!("skipped: {who}: {}", self.detail()),
            Self::NotAllowed(fault @ RequestError::MayOnlyRead) => {
                format!("not allowed: {fault}; {who} was not killed; endpoint is now read-only")
            }
            Self::NotAllowed(fault) => {
                format!("not allowed to kill {who}: {fault}; endpoint is now read-only")
            }
            Self::Failed(fault) => format!("{who} was not killed: {fault}"),
            Self::StillThere { after } => format!("{who} is still there after {}", measured_text(*after)),
            Self::Unknown(fault) => format!("unknown whether {who} was killed: {fault}"),
        }
    }

    /// Returns the details without the session. Empty if the word says everything.
    pub(crate) fn detail(&self) -> String {
        self.detail_by(StatementEnd::with_sql)
    }

    fn detail_by(&self, statement: fn(&StatementEnd) -> String) -> String {
        match self {
            Self::Killed { after, statements } => {
                format!("in {}{}", measured_text(*after), statements.words(statement))
            }
            Self::AlreadyGone => String::new(),
            Self::Refused(refusal) => refusal.words(),
            Self::Skipped(reason) => reason.words(),
            Self::NotAllowed(fault) | Self::Failed(fault) | Self::Unknown(fault) => fault.to_string(),
            Self::StillThere { after } => format!("after {}", measured_text(*after)),
        }
    }

    /// Returns the kind of the outcome, without details.
    pub(crate) const fn kind(&self) -> OutcomeKind {
        match self {
            Self::Killed { .. } => OutcomeKind::Killed,
            Self::AlreadyGone => OutcomeKind::AlreadyGone,
            Self::Refused(RefusalReason::Stopped) => OutcomeKind::Stopped,
            Self::Refused(_) => OutcomeKind::Refused,
            Self::Skipped(_) => OutcomeKind::Skipped,
            Self::NotAllowed(_) => OutcomeKind::NotAllowed,
            Self::Failed(_) => OutcomeKind::Failed,
            Self::StillThere { .. } => OutcomeKind::StillThere,
            Self::Unknown(_) => OutcomeKind::Unknown,
        }
    }

    /// Returns the outcome as a word or two, for tables and JSON.
    pub(crate) const fn word(&self) -> &'static str {
        self.kind().word()
    }

    /// Returns why the kill was refused. `None` for every other outcome.
    pub(crate) const fn refusal(&self) -> Option<&RefusalReason> {
        if let Self::Refused(refusal) = self {
            Some(refusal)
        } else {
            None
        }
    }

    /// Returns what is known of the statements of a killed session.
    pub(crate) fn statements(&self) -> Option<&StatementResults> {
        match self {
            Self::Killed { statements, .. } => Some(statements),
            _ => None,
        }
    }

    /// Whether the session is gone.
    pub(crate) const fn is_gone(&self) -> bool {
        matches!(self, Self::Killed { .. } | Self::AlreadyGone)
    }
}

/// The reason why a session is skipped, with the filter that had selected it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SkipReason {
    /// It no longer matches.
    NoMatch(String),
    /// The locks could not be read, possibly with the cause.
    Unread(String, Option<String>),
}

/// Words for filters that the view of blockers adds: if one no longer matches, and what it checks.
const FILTER_WORDS: [(&str, &str, &str); 2] = [
    ("blocks>0", "no longer blocks", "still blocks"),
    ("waits>=0s", "no longer waits", "still waits"),
];

impl SkipReason {
    fn words(&self) -> String {
        let words = |filter: &str| FILTER_WORDS.iter().find(|(known, ..)| *known == filter);
        match self {
            Self::NoMatch(filter) => words(filter).map_or_else(
                || format!("no longer matches '{filter}'"),
                |(_, no_match, _)| (*no_match).to_owned(),
            ),
            Self::Unread(filter, cause) => {
                let what = words(filter).map_or_else(
                    || format!("still matches '{filter}'"),
                    |(_, _, still)| (*still).to_owned(),
                );
                let cause = cause.as_ref().map(|cause| format!(": {cause}"));
                format!("whether it {what} could not be read{}", cause.unwrap_or_default())
            }
        }
    }
}

/// The kind of an outcome, in the order of the summary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum OutcomeKind {
    /// [`KillOutcome::Killed`].
    Killed,
    /// [`KillOutcome::AlreadyGone`].
    AlreadyGone,
    /// [`KillOutcome::Skipped`].
    Skipped,
    /// [`KillOutcome::Refused`], unless the user stopped the kill.
    Refused,
    /// [`RefusalReason::Stopped`].
    Stopped,
    /// [`KillOutcome::NotAllowed`].
    NotAllowed,
    /// [`KillOutcome::Failed`].
    Failed,
    /// [`KillOutcome::StillThere`].
    StillThere,
    /// [`KillOutcome::Unknown`].
    Unknown,
}

impl OutcomeKind {
    /// Returns the kind as a word or two.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Killed => "killed",
            Self::AlreadyGone => "already gone",
            Self::Skipped => "skipped",
            Self::Refused => "refused",
            Self::Stopped => "stopped",
            Self::NotAllowed => "not allowed",
            Self::Failed => "failed",
            Self::StillThere => "still there",
            Self::Unknown => "unknown",
        }
    }
}

/// Formats a changed identity: `refused: id 17 is now bob@10.0.0.9 (was alice@10.0.0.7; user differs)`.
fn refused_as_changed(identity: &Identity, differences: &[Difference]) -> String {
    let parts = differences
        .iter()
        .map(|difference| difference.part.name())
        .collect::<Vec<_>>()
        .join(", ");
    let differ = if differences.len() == 1 {
        "differs"
    } else {
        "differ"
    };
    format!(
        "refused: id {} is now {} (was {}; {parts} {differ})",
        identity.id,
        identity.client_after(differences),
        identity.client(),
    )
}
