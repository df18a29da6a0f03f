//! Messages as facts of a recording, and back.

use super::msg::{Msg, Now};
use crate::model::EndpointId;
use crate::recording::{Fact, FactKind};

/// Returns the fact in a message received at `at`. `None` for input, output and the replies of kills, which the
/// entries of the audit log record.
pub fn fact_of(msg: &Msg, at: Now) -> Option<Fact> {
    let (endpoint, kind) = match msg {
        Msg::DialectDetected(endpoint, dialect) => (*endpoint, FactKind::Dialect(*dialect)),
        Msg::Listed(list) => (list.endpoint, FactKind::Listed(list.clone())),
        Msg::RowsRead(list) => (list.endpoint, FactKind::RowsRead(list.clone())),
        Msg::MayOnlyRead(endpoint) => (*endpoint, FactKind::MayOnlyRead),
        Msg::SeveralProxies(endpoint) => (*endpoint, FactKind::SeveralProxies),
        Msg::ListFailed {
            endpoint,
            fault,
            retry_in,
        } => {
            let (fault, retry_in) = (fault.clone(), *retry_in);
            (*endpoint, FactKind::ListFailed { fault, retry_in })
        }
        Msg::Seen { endpoint, id, answer } => {
            let (id, answer) = (*id, answer.clone());
            (*endpoint, FactKind::Seen { id, answer })
        }
        Msg::Sampled(endpoint, samples) => (*endpoint, FactKind::Sampled(samples.clone())),
        Msg::Servers { endpoint, answer } => (*endpoint, FactKind::Servers(answer.clone())),
        Msg::Services { endpoint, answer } => (*endpoint, FactKind::Services(answer.clone())),
        Msg::ServerAccess { endpoint, report } => (*endpoint, FactKind::ServerReport(report.clone())),
        Msg::SamplingFailed { .. }
        | Msg::Clock(_)
        | Msg::Key(_)
        | Msg::Mouse(_)
        | Msg::Paste(_)
        | Msg::PasteDropped
        | Msg::Past(_)
        | Msg::Happened(_)
        | Msg::Recording(_)
        | Msg::Quit { .. }
        | Msg::Resized(..)
        | Msg::Background(_)
        | Msg::Drawn(_)
        | Msg::Kill(_)
        | Msg::LogFailed(_)
        | Msg::Saved(_)
        | Msg::ScreenWritten(_)
        | Msg::Arranged(_)
        | Msg::Calculated(_)
        | Msg::Suspends
        | Msg::Resumed
        | Msg::Ends
        | Msg::CannotSuspend => return None,
    };
    let endpoint = Some(endpoint);
    Some(Fact { at, endpoint, kind })
}

/// Returns the message of a fact; `None` for kills and notes. The time is sent before it, as [`Msg::Clock`].
pub fn msg_of(fact: Fact) -> Option<Msg> {
    let endpoint: EndpointId = fact.endpoint?;
    Some(match fact.kind {
        FactKind::Dialect(dialect) => Msg::DialectDetected(endpoint, dialect),
        FactKind::Listed(list) => Msg::Listed(list),
        FactKind::RowsRead(list) => Msg::RowsRead(list),
        FactKind::MayOnlyRead => Msg::MayOnlyRead(endpoint),
        FactKind::SeveralProxies => Msg::SeveralProxies(endpoint),
        FactKind::ListFailed { fault, retry_in } => Msg::ListFailed {
            endpoint,
            fault,
            retry_in,
        },
        FactKind::Seen { id, answer } => Msg::Seen { endpoint, id, answer },
        FactKind::Sampled(samples) => Msg::Sampled(endpoint, samples),
        FactKind::Servers(answer) => Msg::Servers { endpoint, answer },
        FactKind::Services(answer) => Msg::Services { endpoint, answer },
        FactKind::ServerReport(report) => Msg::ServerAccess { endpoint, report },
        FactKind::Kill(_) | FactKind::Note(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use crate::model::{Dialect, RequestError, ServerReport, SessionId, Snapshot, Text, TextLimit};

    #[test]
    fn every_message_of_an_endpoint_is_a_fact_and_back() {
        let endpoint = EndpointId(0);
        let server = Text::clean("db-01", TextLimit::Name);
        let (refused, missing) = (RequestError::Refused, RequestError::NotFound);
        let list = Arc::new(Snapshot::empty(Dialect::Draft));
        for msg in [
            Msg::DialectDetected(endpoint, Dialect::Draft),
            Msg::Listed(Arc::clone(&list)),
            Msg::RowsRead(list),
            Msg::MayOnlyRead(endpoint),
            Msg::SeveralProxies(endpoint),
            Msg::ListFailed {
                endpoint,
                fault: refused.clone(),
                retry_in: Duration::from_secs(1),
            },
            Msg::Seen {
                endpoint,
                id: SessionId(7),
                answer: Err(missing),
            },
            Msg::Sampled(endpoint, Vec::new()),
            Msg::Servers {
                endpoint,
                answer: Err(refused.clone()),
            },
            Msg::Services {
                endpoint,
                answer: Err(refused),
            },
            Msg::ServerAccess {
                endpoint,
                report: Arc::new(ServerReport::unread(server, Now::default().wall)),
            },
        ] {
            let fact = fact_of(&msg, Now::default()).unwrap();
            assert_eq!(format!("{:?}", msg_of(fact).unwrap()), format!("{msg:?}"));
        }
        assert!(fact_of(&Msg::Suspends, Now::default()).is_none());
    }
}
