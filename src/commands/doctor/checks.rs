//! The checks, as a table.

mod access;
mod capacity;
mod connectivity;
mod cost;
mod protocol;
mod server_access;
mod servers;
mod settings;

use super::check_result::CheckResult;
use super::facts::Facts;

/// One check.
pub(super) struct Check {
    /// Name in text and JSON.
    pub(super) name: &'static str,
    /// Description of the check, for `docs/doctor.md`.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "the table in docs/doctor.md is checked against it")
    )]
    pub(super) about: &'static str,
    evaluate: fn(&Facts) -> CheckResult,
}

/// All checks, in the order in which an endpoint is reached.
pub(super) const CHECKS: [Check; 21] = [
    check(
        "name",
        "whether the host name resolves, and to which addresses",
        connectivity::name,
    ),
    check(
        "connect",
        "whether the port accepts connections, and the connect time",
        connectivity::connect,
    ),
    check(
        "tls",
        "whether traffic is encrypted and the certificate is trusted",
        connectivity::tls,
    ),
    check("answer", "whether the endpoint replies", connectivity::answer),
    check(
        "authentication",
        "whether the credentials are accepted",
        access::authentication,
    ),
    check(
        "role",
        "whether this user can kill sessions (detected by GET only)",
        access::role,
    ),
    check("dialect", "which dialect the endpoint uses", protocol::dialect),
    check(
        "version",
        "which release it is, and its limitations",
        protocol::version,
    ),
    check(
        "proxies",
        "whether one proxy replies at this address (process start, read on 16 connections)",
        protocol::proxies,
    ),
    check("idle", "what `idle` measures in this release", protocol::idle),
    check(
        "list",
        "number of sessions, and whether all could be read",
        cost::list,
    ),
    check("latency", "response times of the endpoint", cost::latency),
    check(
        "interval",
        "how often it may be polled within `--duty`",
        cost::interval,
    ),
    check(
        "statements",
        "whether statements are retained (`retain_last_statements`)",
        settings::statements,
    ),
    check(
        "log",
        "whether a log of each session is kept (`session_trace`)",
        settings::log,
    ),
    check(
        "audit",
        "whether polling fills its audit log (`admin_audit`)",
        settings::audit,
    ),
    check(
        "clock",
        "difference between its clock and this machine's",
        settings::clock,
    ),
    check(
        "files",
        "open files compared with the limit of the process",
        capacity::files,
    ),
    check(
        "services",
        "connections of each service compared with `max_connections`",
        capacity::services,
    ),
    check(
        "servers",
        "state and replication lag of each server, and whether there is a primary",
        servers::servers,
    ),
    check(
        SERVER_ACCESS,
        "whether the database user can read locks on each server; only with `sql-user`",
        server_access::server_access,
    ),
];

/// Name of the check that is left out without a database user.
const SERVER_ACCESS: &str = "server-access";

const fn check(name: &'static str, about: &'static str, evaluate: fn(&Facts) -> CheckResult) -> Check {
    Check {
        name,
        about,
        evaluate,
    }
}

/// Evaluates all checks.
pub(super) fn evaluate_all(facts: &Facts) -> Vec<(&'static str, CheckResult)> {
    CHECKS
        .iter()
        .filter(|check| check.name != SERVER_ACCESS || facts.server_access.is_some() || facts.is_draft())
        .map(|check| (check.name, (check.evaluate)(facts)))
        .collect()
}
