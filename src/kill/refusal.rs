//! The reasons why nothing was sent, as values and as text.

use std::time::Duration;

use crate::model::{Difference, Part, RequestError, Text, Version, closing_refusal, measured_text};

/// The reason why nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefusalReason {
    /// `--read-only` is set, or the account was rejected before.
    ReadOnly,
    /// The account may only read.
    MayOnlyRead,
    /// The version is before 22.08 and has no DELETE for sessions.
    TooOld(Version),
    /// The id is larger than this version can parse.
    IdTooLarge(Version),
    /// A part of the identity is unknown.
    Unknown(Part),
    /// Another session has the id now.
    Changed(Vec<Difference>),
    /// Listed, but still logging in: 24.02 finds only sessions that have started.
    NotKillableYet,
    /// Listed as stopping, and no longer found by its id.
    Closing,
    /// The endpoint did not return the session.
    Unreadable(RequestError),
    /// Every check took longer than one second.
    SlowEndpoint,
    /// The locks of every check were too old when it was complete. The age of the last ones.
    OldLocks(Duration),
    /// Several proxies reply at the endpoint's address, so a DELETE may reach another one than its check
    /// did.
    SeveralProxies,
    /// The `protect` filter matches the session. The filter and its origin, if the origin is known.
    Protected(Option<String>),
    /// The `protect` filter uses a field that is unknown.
    PerhapsProtected {
        /// The filter.
        filter: String,
        /// Names of its fields that need server access, if the locks of the session are unknown.
        lock_fields: Vec<&'static str>,
    },
    /// The filter that selected the session depends on reasons that could not be examined.
    Undecided {
        /// The filter.
        filter: String,
        /// Names of these reasons.
        reasons: Vec<&'static str>,
    },
    /// Another process replies now, which has its own sessions.
    Restarted,
    /// Its statements were to be ended too, and the draft cannot do that.
    NoStatements,
    /// The audit log could not be written, so nothing was sent.
    Unlogged(Text),
    /// The user stopped the batch before this kill was sent.
    Stopped,
}

impl RefusalReason {
    /// Whether the user stopped the kill, and no rule forbids it.
    pub(crate) const fn is_a_stop(&self) -> bool {
        matches!(self, Self::Stopped)
    }

    /// Returns the reason as text, without the session.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::ReadOnly => "read-only mode: maxtop will not kill sessions".to_owned(),
            Self::MayOnlyRead => {
                "this account may only read: use one with the permission edit (before 25.10: type admin)"
                    .to_owned()
            }
            Self::TooOld(version) => {
                format!("MaxScale {version} cannot kill sessions over its API (22.08 and later can)")
            }
            Self::IdTooLarge(version) => {
                format!("MaxScale {version} would read this id as a different one")
            }
            Self::Unknown(Part::User) => {
                "its user is unknown (not logged in, or unreadable), so its identity cannot be verified"
                    .to_owned()
            }
            Self::Unknown(part) => format!(
                "its {} is unknown, so its identity cannot be verified",
                part.name()
            ),
            Self::Changed(differences) => {
                let each = differences
                    .iter()
                    .map(|d| format!("{} was {}, is {}", d.part.name(), d.was, d.now));
                format!(
                    "another session has this id now: {}",
                    each.collect::<Vec<_>>().join("; ")
                )
            }
            Self::NoStatements => {
                "--statements: the draft cannot end statements: leave out this option".to_owned()
            }
            Self::NotKillableYet => "still logging in: MaxScale cannot kill it yet".to_owned(),
            Self::Closing => closing_refusal(),
            Self::Unreadable(fault) => format!("cannot be checked: {fault}"),
            Self::SlowEndpoint => {
                "cannot be checked: the endpoint takes longer than 1 s to answer".to_owned()
            }
            Self::SeveralProxies => {
                "several proxies answer at this address: use each proxy's own address".to_owned()
            }
            Self::Protected(None) => "protected by the configuration".to_owned(),
            Self::Protected(Some(by)) => format!("protected by {by}"),
            Self::PerhapsProtected { filter, lock_fields } => perhaps_protected(filter, lock_fields),
            Self::OldLocks(age) => {
                format!("locks are {} old: they may have changed", measured_text(*age))
            }
            Self::Undecided { filter, reasons } => {
                format!(
                    "'{filter}' is not certain for this session: {}",
                    not_examined(reasons)
                )
            }
            Self::Restarted => "the proxy was restarted: its ids belong to other sessions now".to_owned(),
            Self::Unlogged(why) => why.to_string(),
            Self::Stopped => "stopped before anything was sent".to_owned(),
        }
    }

    /// Returns why a filter is not certain, and how to select such sessions. `None` for other reasons.
    pub(crate) fn advice(&self) -> Option<String> {
        let Self::Undecided { reasons, .. } = self else {
            return None;
        };
        Some(format!(
            "{}. To kill them, mark them by hand (Space), or use a filter without 'stuck' and 'reason'",
            not_examined(reasons)
        ))
    }

    /// Returns the reason in a few words, to count the refusals of a batch by it.
    pub(crate) fn short(&self) -> String {
        let text = match self {
            Self::ReadOnly => "read-only mode",
            Self::MayOnlyRead => "the account may only read",
            Self::TooOld(_) => "MaxScale is too old",
            Self::IdTooLarge(_) => "id too large for this MaxScale",
            Self::Unknown(part) => return format!("{} unknown", part.name()),
            Self::Changed(_) => "another session has the id now",
            Self::NotKillableYet => "still logging in",
            Self::Closing => "already closing",
            Self::Unreadable(_) => "could not be checked",
            Self::SlowEndpoint => "endpoint too slow",
            Self::OldLocks(_) => "locks too old",
            Self::SeveralProxies => "several proxies at one address",
            Self::Protected(_) => "protected",
            Self::PerhapsProtected { .. } => "perhaps protected",
            Self::Undecided { filter, .. } => return format!("'{filter}' not certain"),
            Self::Restarted => "the proxy was restarted",
            Self::NoStatements => "the draft ends no statements",
            Self::Unlogged(_) => "not logged",
            Self::Stopped => "stopped",
        };
        text.to_owned()
    }
}

/// Returns why it is unknown whether `protect` matches.
fn perhaps_protected(filter: &str, lock_fields: &[&str]) -> String {
    if lock_fields.is_empty() {
        return format!("may be protected: this MaxScale does not report what 'protect = {filter}' needs");
    }
    let fields = if lock_fields.len() == 1 { "field" } else { "fields" };
    format!(
        "may be protected: 'protect = {filter}' needs server access for the {fields} {}, and the locks of the session \
         are unknown: set sql-user and its password, and check them with 'maxtop doctor'",
        lock_fields.join(", ")
    )
}

/// Maximum number of reasons that are named.
const MAX_NAMED: usize = 3;

/// Names the reasons that could not be examined: `reasons query, silent and 4 more could not be examined`.
fn not_examined(reasons: &[&str]) -> String {
    let named = reasons.get(..MAX_NAMED).unwrap_or(reasons).join(", ");
    match reasons.len() {
        0 => "some reasons could not be examined".to_owned(),
        1 => format!("reason {named} could not be examined"),
        count if count > MAX_NAMED => {
            format!(
                "reasons {named} and {} more could not be examined",
                count - MAX_NAMED
            )
        }
        _ => format!("reasons {named} could not be examined"),
    }
}
