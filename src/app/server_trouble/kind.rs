//! Kinds of trouble, and their order.

use crate::diagnosis::Severity;
use crate::model::{FollowerRole, Health, Load, MonitorEvent, Span};

/// Kind of trouble of a server or service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TroubleKind {
    /// The server is down.
    Down,
    /// No running server accepts writes.
    NoPrimary,
    /// The server rejects the monitor, or its name cannot be resolved.
    Unusable(Health),
    /// The server no longer receives the data of the others.
    ReplicationStopped(FollowerRole),
    /// The service has reached its connection limit.
    Full(Load),
    /// The server lags behind, by this number of seconds.
    Lagging(i64),
    /// The service has nearly reached its connection limit.
    NearlyFull(Load),
    /// An administrator has taken the server out of use.
    OutOfUse(Health),
}

/// One entry of [`ORDER`].
struct TroubleEntry {
    /// Whether a kind belongs to this entry.
    is: fn(TroubleKind) -> bool,
    /// ▲ if clients fail or read old data.
    severity: Severity,
    /// A kind that follows another one of the same family keeps its time: a server that is down and then
    /// rejects the monitor has been unusable since it went down. `None`: the kind has no time of its own.
    family: Option<Family>,
    /// Ends of the names of the events with which it begins.
    events: &'static [&'static str],
}

/// Kinds that share one time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Family {
    Unusable,
    NoPrimary,
    Replication,
    OutOfUse,
}

/// The order of trouble, worst first.
const ORDER: [TroubleEntry; 8] = [
    TroubleEntry {
        is: |kind| matches!(kind, TroubleKind::Down),
        severity: Severity::Act,
        family: Some(Family::Unusable),
        events: &["_down"],
    },
    TroubleEntry {
        is: |kind| matches!(kind, TroubleKind::NoPrimary),
        severity: Severity::Act,
        family: Some(Family::NoPrimary),
        events: &["master_down", "lost_master"],
    },
    TroubleEntry {
        is: |kind| matches!(kind, TroubleKind::Unusable(_)),
        severity: Severity::Act,
        family: Some(Family::Unusable),
        events: &[],
    },
    TroubleEntry {
        is: |kind| matches!(kind, TroubleKind::ReplicationStopped(_)),
        severity: Severity::Act,
        family: Some(Family::Replication),
        events: &["lost_slave", "lost_synced"],
    },
    TroubleEntry {
        is: |kind| matches!(kind, TroubleKind::Full(_)),
        severity: Severity::Act,
        family: None,
        events: &[],
    },
    TroubleEntry {
        is: |kind| matches!(kind, TroubleKind::Lagging(_)),
        severity: Severity::Look,
        family: None,
        events: &[],
    },
    TroubleEntry {
        is: |kind| matches!(kind, TroubleKind::NearlyFull(_)),
        severity: Severity::Look,
        family: None,
        events: &[],
    },
    TroubleEntry {
        is: |kind| matches!(kind, TroubleKind::OutOfUse(_)),
        severity: Severity::Look,
        family: Some(Family::OutOfUse),
        events: &[],
    },
];

impl TroubleKind {
    /// Returns the trouble of a server with this health, if any.
    pub(super) const fn of(health: Health) -> Option<Self> {
        match health {
            Health::Down => Some(Self::Down),
            Health::AuthError | Health::Unresolved => Some(Self::Unusable(health)),
            Health::Lagging(seconds) => Some(Self::Lagging(seconds)),
            Health::Maintenance | Health::Draining | Health::Drained => Some(Self::OutOfUse(health)),
            Health::Running | Health::Unknown => None,
        }
    }

    /// Whether it is the trouble of a service, not of a server.
    pub(crate) const fn is_of_service(self) -> bool {
        matches!(self, Self::Full(_) | Self::NearlyFull(_))
    }

    /// Returns the severity.
    pub(crate) fn severity(self) -> Severity {
        self.entry().map_or(Severity::Look, |entry| entry.severity)
    }

    /// Returns the position in [`ORDER`], 0 for the worst.
    pub(crate) fn rank(self) -> usize {
        let place = ORDER.iter().position(|entry| (entry.is)(self));
        place.unwrap_or(ORDER.len())
    }

    /// Returns the family that shares one time.
    pub(super) fn family(self) -> Option<Family> {
        self.entry()?.family
    }

    /// Whether it begins with this event.
    pub(super) fn begins_with(self, event: &MonitorEvent) -> bool {
        let name = event.name.as_str();
        let ends = self.entry().map_or(&[][..], |entry| entry.events);
        ends.iter().any(|end| name.ends_with(end))
    }

    fn entry(self) -> Option<&'static TroubleEntry> {
        ORDER.iter().find(|entry| (entry.is)(self))
    }

    /// Returns the words after the name, without the time.
    pub(super) fn words(self) -> String {
        match self {
            Self::Down => "DOWN".to_owned(),
            Self::NoPrimary => "no primary".to_owned(),
            Self::Unusable(health) | Self::OutOfUse(health) => health.to_string(),
            Self::ReplicationStopped(FollowerRole::Replica) => "replication stopped".to_owned(),
            Self::ReplicationStopped(FollowerRole::GaleraNode) => "not synced".to_owned(),
            Self::Full(load) => format!("FULL {}/{}", load.connections, load.limit),
            Self::NearlyFull(load) => format!("{}/{}", load.connections, load.limit),
            Self::Lagging(seconds) => format!("lag {}", Span::from_secs(seconds)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_in_the_order_once() {
        let load = Load {
            connections: 1,
            limit: 1,
        };
        let worst_first = [
            TroubleKind::Down,
            TroubleKind::NoPrimary,
            TroubleKind::Unusable(Health::AuthError),
            TroubleKind::ReplicationStopped(FollowerRole::Replica),
            TroubleKind::Full(load),
            TroubleKind::Lagging(10),
            TroubleKind::NearlyFull(load),
            TroubleKind::OutOfUse(Health::Maintenance),
        ];
        assert_eq!(worst_first.len(), ORDER.len());
        for (rank, kind) in worst_first.into_iter().enumerate() {
            assert_eq!(kind.rank(), rank, "{kind:?}");
            let count = ORDER.iter().filter(|entry| (entry.is)(kind)).count();
            assert_eq!(count, 1, "{kind:?}");
        }
    }
}
