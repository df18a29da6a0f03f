//! How a kill ended, in values and in words.

use std::time::Duration;

use super::RefusalReason;
use crate::model::{Difference, Identity, RequestError};

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KillOutcome {
    /// It is gone, so long after the DELETE was sent.
    Killed {
        /// From the DELETE to the look that showed it gone.
        after: Duration,
    },
    /// It had ended before anything was sent.
    AlreadyGone,
    /// Nothing was sent.
    Refused(RefusalReason),
    /// Nothing was sent: it no longer matches this filter, which it was taken by.
    Skipped(String),
    /// The server refused who asked (401 or 403).
    NotAllowed(RequestError),
    /// The server answered with an error.
    Failed(RequestError),
    /// The DELETE was answered, and the session is still there.
    StillThere {
        /// How long it was watched.
        after: Duration,
    },
    /// The reply to the DELETE was lost, and nothing since told what came of it.
    Unknown(RequestError),
}

impl KillOutcome {
    /// One line: which session, and what came of it.
    pub fn words(&self, identity: &Identity) -> String {
        let who = format!("{} {}", identity.id, identity.client());
        match self {
            Self::Killed { after } => format!("killed {who} in {}", seconds(*after)),
            Self::AlreadyGone => format!("{who} was already gone"),
            Self::Refused(RefusalReason::Changed(differences)) => refused_as_changed(identity, differences),
            Self::Refused(refusal) => format!("refused: {who}: {}", refusal.words()),
            Self::Skipped(_) => format!("skipped: {who}: {}", self.detail()),
            Self::NotAllowed(fault @ RequestError::MayOnlyRead) => {
                format!("not allowed: {fault}; {who} was not ended; read-only from here on")
            }
            Self::NotAllowed(fault) => format!("not allowed to end {who}: {fault}; read-only from here on"),
            Self::Failed(fault) => format!("{who} was not ended: {fault}"),
            Self::StillThere { after } => format!("{who} is still there after {}", seconds(*after)),
            Self::Unknown(fault) => format!("unknown whether {who} ended: {fault}"),
        }
    }

    /// What there is to say besides the word and the session; nothing where the word says it all.
    pub fn detail(&self) -> String {
        match self {
            Self::Killed { after } => format!("in {}", seconds(*after)),
            Self::AlreadyGone => String::new(),
            Self::Refused(refusal) => refusal.words(),
            Self::Skipped(filter) => format!("no longer {filter}"),
            Self::NotAllowed(fault) | Self::Failed(fault) | Self::Unknown(fault) => fault.to_string(),
            Self::StillThere { after } => format!("after {}", seconds(*after)),
        }
    }

    /// One word, for tables and JSON.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Killed { .. } => "killed",
            Self::AlreadyGone => "already gone",
            Self::Refused(RefusalReason::Stopped) => "stopped",
            Self::Refused(_) => "refused",
            Self::Skipped(_) => "skipped",
            Self::NotAllowed(_) => "not allowed",
            Self::Failed(_) => "failed",
            Self::StillThere { .. } => "still there",
            Self::Unknown(_) => "unknown",
        }
    }

    /// Why nothing was sent, if nothing was.
    pub const fn refusal(&self) -> Option<&RefusalReason> {
        if let Self::Refused(refusal) = self {
            Some(refusal)
        } else {
            None
        }
    }

    /// Whether the session is gone.
    pub const fn is_gone(&self) -> bool {
        matches!(self, Self::Killed { .. } | Self::AlreadyGone)
    }
}

/// `refused: id 17 is now bob@10.0.0.9 (was alice@10.0.0.7)`: who it is counts more than the parts.
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

/// `20 ms`, `1.5 s`, `12 s`.
pub(super) fn seconds(span: Duration) -> String {
    match span.as_millis() {
        0..=999 => format!("{} ms", span.as_millis()),
        1_000..=9_999 => format!("{:.1} s", span.as_secs_f64()),
        _ => format!("{} s", span.as_secs()),
    }
}
