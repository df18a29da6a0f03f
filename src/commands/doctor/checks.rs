//! The checks, as a table: what each asks, and how it judges what was found.

mod access;
mod capacity;
mod connectivity;
mod cost;
mod protocol;
mod settings;

use std::time::Duration;

use super::check_result::CheckResult;
use super::facts::Facts;

/// One check.
pub(super) struct Check {
    /// What it is called, in text and in JSON.
    pub(super) name: &'static str,
    /// What it checks, for `docs/doctor.md`.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "the table in docs/doctor.md is checked against it")
    )]
    pub(super) asks: &'static str,
    judge: fn(&Facts) -> CheckResult,
}

/// All checks, in the order in which an endpoint is reached.
pub(super) const CHECKS: [Check; 19] = [
    check("name", "is there such a host, and where", connectivity::name),
    check(
        "connect",
        "does anybody listen, and how far away",
        connectivity::connect,
    ),
    check(
        "tls",
        "who can listen in, and is the certificate trusted",
        connectivity::tls,
    ),
    check("answer", "does it answer at all", connectivity::answer),
    check("authentication", "who is let in", access::authentication),
    check(
        "role",
        "may this user end sessions (found out by GETs only)",
        access::role,
    ),
    check("dialect", "how does it speak", protocol::dialect),
    check(
        "version",
        "which release, and what it cannot do",
        protocol::version,
    ),
    check(
        "proxies",
        "does one proxy answer here (its process start, read on 16 connections)",
        protocol::proxies,
    ),
    check("idle", "what `idle` measures in this release", protocol::idle),
    check("list", "how many sessions, and could all be read", cost::list),
    check("latency", "how long do its answers take", cost::latency),
    check(
        "interval",
        "how often may it be listed, by `--duty`",
        cost::interval,
    ),
    check(
        "statements",
        "does it keep statements (`retain_last_statements`)",
        settings::statements,
    ),
    check(
        "log",
        "does it keep a log of each session (`session_trace`)",
        settings::log,
    ),
    check(
        "audit",
        "does watching flood its audit log (`admin_audit`)",
        settings::audit,
    ),
    check(
        "clock",
        "how far is its clock from this machine's",
        settings::clock,
    ),
    check(
        "files",
        "how close is it to its limit of open files",
        capacity::files,
    ),
    check(
        "services",
        "how close is each service to its `max_connections`",
        capacity::services,
    ),
];

const fn check(name: &'static str, asks: &'static str, judge: fn(&Facts) -> CheckResult) -> Check {
    Check { name, asks, judge }
}

/// Judges all there is.
pub(super) fn judge_all(facts: &Facts) -> Vec<(&'static str, CheckResult)> {
    CHECKS
        .iter()
        .map(|check| (check.name, (check.judge)(facts)))
        .collect()
}

/// `0.3ms`, `14ms`, `1.4s`: two digits say enough.
fn short(span: Duration) -> String {
    let ms = span.as_secs_f64() * 1e3;
    if ms < 10.0 {
        format!("{ms:.1}ms")
    } else if ms < 1e3 {
        format!("{ms:.0}ms")
    } else if ms < 1e4 {
        format!("{:.1}s", ms / 1e3)
    } else {
        format!("{:.0}s", ms / 1e3)
    }
}
