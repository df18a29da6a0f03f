//! Evidence as sentences for the details of one session.

use super::{Evidence, holds, locks, name};
use crate::model::{Session, Span, closing_text, size_text};

/// Returns the finding as a sentence.
pub(super) fn sentence(evidence: &Evidence, session: &Session) -> String {
    match evidence {
        Evidence::Blocks { .. } | Evidence::LockWait { .. } | Evidence::OpenTransaction { .. } => {
            locks::sentence(evidence)
        }
        Evidence::Query { lasted, quiet } => {
            let lasted = lasted.in_sentence();
            let quiet = quiet.map(|quiet| format!(", and no data has moved for {quiet}"));
            let quiet = quiet.unwrap_or_default();
            format!("a statement has been running for {lasted}{quiet}")
        }
        Evidence::Silent(lasted) => {
            let lasted = lasted.in_sentence();
            format!("the client awaits an answer, and no data has moved for {lasted} (inferred)")
        }
        Evidence::Transaction(idle) => {
            format!("a transaction is open, and the client has sent nothing for {idle} (inferred)")
        }
        Evidence::NoBackend(lasted) => {
            let lasted = lasted.in_sentence();
            format!("a statement has waited for {lasted}, and no server is connected")
        }
        Evidence::Idle { idle, others } => idle_sentence(*idle, *others, session),
        Evidence::Closing(lasted) => closing_text(Some(&lasted.in_sentence())),
        Evidence::Login(age) => format!("the client has been connected for {age} and has not logged in"),
        Evidence::History { commands, typical } => {
            format!("MaxScale keeps {commands} session commands for it; {typical} is typical of its service")
        }
        Evidence::Memory { bytes, typical } => format!(
            "it takes {} of MaxScale's memory; {} is typical of its service",
            size_text(*bytes),
            size_text(*typical)
        ),
        Evidence::HighWater { .. } | Evidence::WriteQueue { .. } | Evidence::Buffering { .. } => {
            pressure(evidence)
        }
        Evidence::Earlier { evidence, ago } => {
            let then = sentence(evidence, session);
            format!("{ago} ago: {then}; its connections were not read since")
        }
    }
}

fn idle_sentence(idle: Span, others: Option<u32>, session: &Session) -> String {
    let holds = holds(session).map(|servers| format!(" and keeps connections to {servers}"));
    let others =
        others.map(|others| format!("; the other {others} of the same user, host and service are active"));
    format!(
        "the client has sent nothing for {idle}{}{}",
        holds.unwrap_or_default(),
        others.unwrap_or_default()
    )
}

/// Returns the sentence about a queue; empty for other evidence.
fn pressure(evidence: &Evidence) -> String {
    match evidence {
        Evidence::HighWater {
            server,
            high,
            low,
            buffered,
        } => {
            let buffered = buffered.map(|writes| format!("; {writes} writes had to wait"));
            format!(
                "the queue of {} is full: sending was stopped {high} times and continued {low} times{}",
                name(server.as_ref()),
                buffered.unwrap_or_default()
            )
        }
        Evidence::WriteQueue {
            server: Some(server),
            bytes,
        } => format!(
            "{server} reads more slowly than it is sent to: {} wait",
            size_text(*bytes)
        ),
        Evidence::WriteQueue { server: None, bytes } => format!(
            "the client reads more slowly than its server sends: {} wait",
            size_text(*bytes)
        ),
        Evidence::Buffering { server, grown } => format!(
            "{grown} more writes to {} had to wait over the last 3 samples",
            name(server.as_ref())
        ),
        _ => String::new(),
    }
}
