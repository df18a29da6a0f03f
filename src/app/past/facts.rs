//! Facts as messages, and back.

use crate::app::msg::{Msg, Now};
use crate::recording::{Fact, FactKind};

impl Msg {
    /// Returns the fact that a message reports, learned at this time. `None` if it reports none.
    pub(crate) fn fact(&self, at: Now) -> Option<Fact> {
        let (endpoint, kind) = match self {
            Self::DialectDetected(endpoint, dialect) => (*endpoint, FactKind::Dialect(*dialect)),
            Self::Listed(list) => (list.endpoint, FactKind::Listed(list.clone())),
            Self::RowsRead(list) => (list.endpoint, FactKind::RowsRead(list.clone())),
            Self::MayOnlyRead(endpoint) => (*endpoint, FactKind::MayOnlyRead),
            Self::SeveralProxies(endpoint) => (*endpoint, FactKind::SeveralProxies),
            Self::ListFailed {
                endpoint,
                fault,
                retry_in,
            } => {
                let (fault, retry_in) = (fault.clone(), *retry_in);
                (*endpoint, FactKind::ListFailed { fault, retry_in })
            }
            Self::Seen { endpoint, id, answer } => {
                let (id, answer) = (*id, answer.clone());
                (*endpoint, FactKind::Seen { id, answer })
            }
            Self::Sampled(endpoint, samples) => (*endpoint, FactKind::Sampled(samples.clone())),
            Self::Servers { endpoint, answer } => (*endpoint, FactKind::Servers(answer.clone())),
            Self::Services { endpoint, answer } => (*endpoint, FactKind::Services(answer.clone())),
            Self::ServerAccess { endpoint, report } => (*endpoint, FactKind::ServerReport(report.clone())),
            _ => return None,
        };
        Some(Fact {
            at,
            endpoint: Some(endpoint),
            kind,
        })
    }

    /// Returns the message of a fact. `None` for a kill or a note, which no message reports.
    pub(crate) fn of_fact(fact: Fact) -> Option<Self> {
        let endpoint = fact.endpoint?;
        Some(match fact.kind {
            FactKind::Dialect(dialect) => Self::DialectDetected(endpoint, dialect),
            FactKind::Listed(list) => Self::Listed(list),
            FactKind::RowsRead(list) => Self::RowsRead(list),
            FactKind::MayOnlyRead => Self::MayOnlyRead(endpoint),
            FactKind::SeveralProxies => Self::SeveralProxies(endpoint),
            FactKind::ListFailed { fault, retry_in } => Self::ListFailed {
                endpoint,
                fault,
                retry_in,
            },
            FactKind::Seen { id, answer } => Self::Seen { endpoint, id, answer },
            FactKind::Sampled(samples) => Self::Sampled(endpoint, samples),
            FactKind::Servers(answer) => Self::Servers { endpoint, answer },
            FactKind::Services(answer) => Self::Services { endpoint, answer },
            FactKind::ServerReport(report) => Self::ServerAccess { endpoint, report },
            FactKind::Kill(_) | FactKind::Note(_) => return None,
        })
    }
}
