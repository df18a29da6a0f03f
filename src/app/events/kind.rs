//! Kinds of events.

use crate::diagnosis::Severity;

/// Kind of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EventKind {
    /// A session became stuck.
    Stuck(Severity),
    /// A session is stuck in the first list, or in the first one that shows its reason.
    AlreadyStuck(Severity),
    /// A session that was ● became ▲.
    Worse,
    /// A stuck session is no longer stuck.
    Recovered,
    /// Many sessions were opened between two lists.
    Came,
    /// Many sessions were closed between two lists.
    Went,
    /// A server went down.
    ServerDown,
    /// A server is up again.
    ServerUp,
    /// The lists of an endpoint fail.
    EndpointLost,
    /// An endpoint replies again.
    EndpointBack,
    /// The proxy was restarted.
    Restarted,
    /// A kill has an outcome.
    Kill,
}

impl EventKind {
    /// Returns the words in the log.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Stuck(_) => "became stuck",
            Self::AlreadyStuck(_) => "already stuck",
            Self::Worse => "got worse",
            Self::Recovered => "recovered",
            Self::Came => "came",
            Self::Went => "went",
            Self::ServerDown => "server down",
            Self::ServerUp => "server up",
            Self::EndpointLost => "endpoint lost",
            Self::EndpointBack => "endpoint back",
            Self::Restarted => "restarted",
            Self::Kill => "kill",
        }
    }

    /// Returns the severity; `None` if there is nothing to do.
    pub(crate) const fn severity(self) -> Option<Severity> {
        match self {
            Self::Stuck(severity) | Self::AlreadyStuck(severity) => Some(severity),
            Self::Worse | Self::ServerDown | Self::EndpointLost => Some(Severity::Act),
            Self::Came | Self::Went | Self::Restarted => Some(Severity::Look),
            Self::Recovered | Self::ServerUp | Self::EndpointBack | Self::Kill => None,
        }
    }

    /// Whether both kinds are one line: a session that is stuck again may be so with another severity. Each kill
    /// has its own.
    pub(super) fn is_same_line(self, next: Self) -> bool {
        match (self, next) {
            (Self::Kill, _) => false,
            (Self::Stuck(_), Self::Stuck(_)) => true,
            _ => self == next,
        }
    }
}
