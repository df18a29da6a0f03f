//! The table of reasons. Of equally severe findings the first one is shown, because it explains most.

use std::time::Duration;

use super::finding::Severity::{Act, Look};
use super::reason::{ListNeed, Rank, Reason, RuleFn};
use super::{locking, pressure, rules};
use crate::model::{Span, setting_text};

/// Requirement of the reasons that need the transactions and locks of servers.
pub(crate) const SERVER_ACCESS: &str = "server access";

/// All reasons.
pub static REASONS: [Reason; 14] = [
    Reason {
        name: "blocks",
        about: "others wait for its locks; it waits for none",
        requires: SERVER_ACCESS,
        draft: ListNeed::Never,
        json_api: ListNeed::One,
        severities: &[Act],
        limit: |limits| over(limits.blocks),
        rank: Rank::First,
        rule: RuleFn::List(locking::blocks),
    },
    Reason {
        name: "lock-wait",
        about: "waits for a row lock or a user lock",
        requires: SERVER_ACCESS,
        draft: ListNeed::Never,
        json_api: ListNeed::One,
        severities: &[Look, Act],
        limit: |limits| over_both(limits.lock_wait_look, limits.lock_wait_act),
        rank: Rank::Usual,
        rule: RuleFn::List(locking::lock_wait),
    },
    Reason {
        name: "metadata-lock",
        about: "waits for a metadata lock of a table",
        requires: SERVER_ACCESS,
        draft: ListNeed::Never,
        json_api: ListNeed::One,
        severities: &[Look, Act],
        limit: |limits| over_both(limits.metadata_lock_look, limits.metadata_lock_act),
        rank: Rank::Usual,
        rule: RuleFn::List(locking::metadata_lock),
    },
    Reason {
        name: "back-pressure",
        about: "the client or a server reads too slowly",
        requires: "draft, by samples of connections; JSON:API from 23.02",
        draft: ListNeed::Samples(2),
        json_api: ListNeed::One,
        severities: &[Act],
        limit: |_| "in 2 samples".to_owned(),
        rank: Rank::Usual,
        rule: RuleFn::Either {
            connections: pressure::back_pressure,
            list: pressure::write_queue,
        },
    },
    Reason {
        name: "no-backend",
        about: "a statement waits and no server is connected",
        requires: "JSON:API from 6.2, if statements are retained; before 6.2 only while data moves",
        draft: ListNeed::Never,
        json_api: ListNeed::Time(|limits| limits.no_backend),
        severities: &[Look],
        limit: |limits| over(limits.no_backend),
        rank: Rank::Usual,
        rule: RuleFn::List(rules::no_backend),
    },
    Reason {
        name: "query",
        about: "one statement has run for a long time",
        requires: "JSON:API from 6.2, if statements are retained; before 6.2 only while data moves",
        draft: ListNeed::Never,
        json_api: ListNeed::Time(|limits| limits.query_look),
        severities: &[Look, Act],
        limit: |limits| over_both(limits.query_look, limits.query_act),
        rank: Rank::Usual,
        rule: RuleFn::List(rules::query),
    },
    Reason {
        name: "silent",
        about: "a statement runs but no data moves (inferred)",
        requires: "JSON:API from 23.02.3; from 23.02.0 if statements are retained",
        draft: ListNeed::Never,
        json_api: ListNeed::Time(|limits| limits.silent_look),
        severities: &[Look, Act],
        limit: |limits| over_both(limits.silent_look, limits.silent_act),
        rank: Rank::Usual,
        rule: RuleFn::List(rules::silent),
    },
    Reason {
        name: "transaction",
        about: "idle while a transaction is open",
        requires: "server access; otherwise JSON:API from 2.3.1, if statements are retained",
        draft: ListNeed::Never,
        json_api: ListNeed::One,
        severities: &[Look, Act],
        limit: |limits| over_both(limits.transaction_look, limits.transaction_act),
        rank: Rank::Usual,
        rule: RuleFn::List(locking::transaction),
    },
    Reason {
        name: "idle",
        about: "idle, holds a server; ▲ if its pool is active",
        requires: "both; the servers that it holds: JSON:API from 2.3",
        draft: ListNeed::One,
        json_api: ListNeed::One,
        severities: &[Look, Act],
        limit: |limits| over(limits.idle),
        rank: Rank::Usual,
        rule: RuleFn::List(rules::idle),
    },
    Reason {
        name: "buffering",
        about: "buffered writes grow from sample to sample (draft only)",
        requires: "draft, by samples of connections",
        draft: ListNeed::Samples(3),
        json_api: ListNeed::Never,
        severities: &[Look],
        limit: |_| "in 3 samples".to_owned(),
        rank: Rank::Usual,
        rule: RuleFn::Connections(pressure::buffering),
    },
    Reason {
        name: "closing",
        about: "closing, but still listed",
        requires: "both",
        draft: ListNeed::Time(|limits| limits.closing),
        json_api: ListNeed::Time(|limits| limits.closing),
        severities: &[Look],
        limit: |limits| over(limits.closing),
        rank: Rank::Usual,
        rule: RuleFn::List(rules::closing),
    },
    Reason {
        name: "history",
        about: "far more session commands than typical",
        requires: "JSON:API from 22.08.12, if the router keeps them",
        draft: ListNeed::Never,
        json_api: ListNeed::One,
        severities: &[Look],
        limit: |limits| format!("over {}x", limits.history),
        rank: Rank::Usual,
        rule: RuleFn::List(rules::history),
    },
    Reason {
        name: "memory",
        about: "far more memory than typical of its service",
        requires: "JSON:API from 22.08",
        draft: ListNeed::Never,
        json_api: ListNeed::One,
        severities: &[Look],
        limit: |limits| format!("over {}x", limits.memory),
        rank: Rank::Usual,
        rule: RuleFn::List(rules::memory),
    },
    Reason {
        name: "login",
        about: "connected, but not logged in",
        requires: "both",
        draft: ListNeed::One,
        json_api: ListNeed::One,
        severities: &[Look],
        limit: |limits| over(limits.login),
        rank: Rank::Last,
        rule: RuleFn::List(rules::login),
    },
];

/// Formats a threshold as a comparison: `over 1h`.
fn over(limit: Span) -> String {
    format!("over {}", setting_text(Duration::from_millis(limit.as_millis())))
}

/// Formats the thresholds of both severities: `● over 30s, ▲ 5m`.
fn over_both(look: Span, act: Span) -> String {
    let act = setting_text(Duration::from_millis(act.as_millis()));
    format!("● {}, ▲ {act}", over(look))
}

impl Reason {
    /// Returns the reason with this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        REASONS.iter().find(|reason| reason.name == name)
    }

    /// Returns its index in [`REASONS`].
    pub fn index(&self) -> usize {
        REASONS
            .iter()
            .position(|reason| reason.name == self.name)
            .unwrap_or(REASONS.len())
    }
}
