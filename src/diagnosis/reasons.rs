//! The table of reasons. Of equally severe ones the first explains most, so it is the one shown.

use super::finding::Severity::{Act, Look};
use super::reason::{Reason, RuleFn};
use super::{pressure, rules};

/// Every reason.
pub static REASONS: [Reason; 9] = [
    Reason {
        name: "back-pressure",
        about: "more high-water than low-water events, or a write queue",
        told_by: "draft, by looks at connections; JSON:API from 23.02",
        severities: &[Act],
        limit: |_| "two looks".to_owned(),
        judge: RuleFn::Either {
            connections: pressure::back_pressure,
            list: pressure::write_queue,
        },
    },
    Reason {
        name: "no-backend",
        about: "ready, a statement waits, and no server is connected",
        told_by: "JSON:API from 6.2, where statements are kept; before only while data moves",
        severities: &[Look],
        limit: |limits| limits.no_backend.to_string(),
        judge: RuleFn::List(rules::no_backend),
    },
    Reason {
        name: "query",
        about: "one statement has been running for long",
        told_by: "JSON:API from 6.2, where statements are kept; before only while data moves",
        severities: &[Look, Act],
        limit: |limits| format!("● {}, ▲ {}", limits.query_look, limits.query_act),
        judge: RuleFn::List(rules::query),
    },
    Reason {
        name: "silent",
        about: "a statement runs and no event is counted (inferred)",
        told_by: "JSON:API from 23.02, where statements are kept",
        severities: &[Look],
        limit: |limits| limits.silent.to_string(),
        judge: RuleFn::List(rules::silent),
    },
    Reason {
        name: "idle",
        about: "idle while it holds a server; ▲ if unlike its pool",
        told_by: "both; which servers it holds, JSON:API from 2.3",
        severities: &[Look, Act],
        limit: |limits| limits.idle.to_string(),
        judge: RuleFn::List(rules::idle),
    },
    Reason {
        name: "buffering",
        about: "buffered writes that grow from look to look",
        told_by: "draft, by looks at connections",
        severities: &[Look],
        limit: |_| "three looks".to_owned(),
        judge: RuleFn::Connections(pressure::buffering),
    },
    Reason {
        name: "closing",
        about: "told to stop, and still there",
        told_by: "both",
        severities: &[Look],
        limit: |limits| limits.closing.to_string(),
        judge: RuleFn::List(rules::closing),
    },
    Reason {
        name: "history",
        about: "a longer history of commands than is usual",
        told_by: "JSON:API from 22.08.12, where the router keeps one",
        severities: &[Look],
        limit: |limits| format!("{}x", limits.history),
        judge: RuleFn::List(rules::history),
    },
    Reason {
        name: "memory",
        about: "more memory than is usual in its service",
        told_by: "JSON:API from 22.08",
        severities: &[Look],
        limit: |limits| format!("{}x", limits.memory),
        judge: RuleFn::List(rules::memory),
    },
];

impl Reason {
    /// The reason with this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        REASONS.iter().find(|reason| reason.name == name)
    }

    /// Its place in the table: of equally severe reasons the first explains most.
    pub fn index(&self) -> usize {
        REASONS
            .iter()
            .position(|reason| reason.name == self.name)
            .unwrap_or(REASONS.len())
    }
}
