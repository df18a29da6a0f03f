//! How a kill ended, in values and in words.

use std::time::Duration;

use crate::model::{Difference, Fault, Identity, Part, Version};

/// Why nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// `--read-only`, or an account that may not.
    ReadOnly,
    /// No DELETE exists before 22.08.
    TooOld(Version),
    /// The id is larger than this version can read.
    IdTooLarge(Version),
    /// A part of the identity is unknown.
    Unknown(Part),
    /// It is somebody else now.
    Changed(Vec<Difference>),
    /// Listed, but not started: 24.02 finds only started sessions.
    NotKillableYet,
    /// Listed as stopping, and no longer found by its id.
    Closing,
    /// The endpoint could not say who it is.
    Unreadable(Fault),
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is gone, so long after the DELETE was sent.
    Killed {
        /// From the DELETE to the look that showed it gone.
        after: Duration,
    },
    /// It had ended before anything was sent.
    AlreadyGone,
    /// Nothing was sent.
    Refused(Refusal),
    /// The server refused who asked (401 or 403).
    NotAllowed(Fault),
    /// The server answered with an error.
    Failed(Fault),
    /// The DELETE was answered, and the session is still there.
    StillThere {
        /// How long it was watched.
        after: Duration,
    },
    /// The reply to the DELETE was lost, and nothing since told what came of it.
    Unknown(Fault),
}

impl Refusal {
    /// In words, without the session.
    pub fn words(&self) -> String {
        match self {
            Self::ReadOnly => "read-only: nothing is ended here".to_owned(),
            Self::TooOld(version) => {
                format!(
                    "MaxScale {}.{} cannot end sessions over its API (22.08 and later can)",
                    version.major, version.minor
                )
            }
            Self::IdTooLarge(version) => {
                format!(
                    "MaxScale {}.{} would take this id for another one",
                    version.major, version.minor
                )
            }
            Self::Unknown(Part::User) => {
                "not logged in: without a user it cannot be told from another".to_owned()
            }
            Self::Unknown(part) => format!(
                "its {} is unknown, so it cannot be told from another",
                part.name()
            ),
            Self::Changed(differences) => {
                let each = differences
                    .iter()
                    .map(|d| format!("{} was {}, is {}", d.part.name(), d.was, d.now));
                format!("somebody else now: {}", each.collect::<Vec<_>>().join("; "))
            }
            Self::NotKillableYet => {
                "not killable yet: the server finds only sessions that have started".to_owned()
            }
            Self::Closing => "closing already: listed, but the server no longer answers for it".to_owned(),
            Self::Unreadable(fault) => format!("cannot be checked: {fault}"),
        }
    }
}

impl Outcome {
    /// One line: which session, and what came of it.
    pub fn words(&self, identity: &Identity) -> String {
        let who = format!("{} {}", identity.id, identity.client());
        match self {
            Self::Killed { after } => format!("killed {who} in {}", seconds(*after)),
            Self::AlreadyGone => format!("{who} was already gone"),
            Self::Refused(Refusal::Changed(differences)) => refused_as_changed(identity, differences),
            Self::Refused(refusal) => format!("refused: {who}: {}", refusal.words()),
            Self::NotAllowed(fault) => format!("not allowed to end {who}: {fault}; read-only from here on"),
            Self::Failed(fault) => format!("{who} was not ended: {fault}"),
            Self::StillThere { after } => format!("{who} is still there after {}", seconds(*after)),
            Self::Unknown(fault) => format!("unknown whether {who} ended: {fault}"),
        }
    }

    /// One word, for tables and JSON.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Killed { .. } => "killed",
            Self::AlreadyGone => "already gone",
            Self::Refused(_) => "refused",
            Self::NotAllowed(_) => "not allowed",
            Self::Failed(_) => "failed",
            Self::StillThere { .. } => "still there",
            Self::Unknown(_) => "unknown",
        }
    }

    /// Why nothing was sent, if nothing was.
    pub const fn refusal(&self) -> Option<&Refusal> {
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
    let now = |part: Part| {
        let changed = differences.iter().find(|difference| difference.part == part);
        changed.map_or_else(|| identity.text(part), |difference| difference.now.clone())
    };
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
        "refused: id {} is now {}@{} (was {}; {parts} {differ})",
        identity.id,
        now(Part::User),
        now(Part::Address),
        identity.client(),
    )
}

fn seconds(span: Duration) -> String {
    match span.as_millis() {
        0..=999 => format!("{} ms", span.as_millis()),
        1_000..=9_999 => format!("{:.1} s", span.as_secs_f64()),
        _ => format!("{} s", span.as_secs()),
    }
}
