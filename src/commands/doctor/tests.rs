//! Tests of the checks: facts in, results out.

mod access;
mod protocol;
mod report;
mod servers;
mod settings;

use std::fmt::Write as _;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::check_result::{CheckResult, CheckStatus};
use super::checks::{CHECKS, evaluate_all};
use super::examine::limit_in;
use super::facts::{ConnectResult, Facts, ListProbe, RequestSettings, Unavailable};
use super::report::{Report, json, text};
use super::{ExitStatus, examined};
use crate::client::{Inspection, ListForm, Login, TokenReport};
use crate::model::{
    Account, Dialect, IDLE_MEANINGS, IdleMeaning, Instance, Permissions, ProcessStart, ProxySettings,
    RequestError, ServerState, Servers, ServiceState, Services, Span, Text, TextLimit, TlsFault, Worker,
};

const NOT_REPORTED: Unavailable = Unavailable::NotReported("not asked");

fn clean(raw: &str) -> Text {
    Text::clean(raw, TextLimit::Name)
}

fn now() -> Timestamp {
    "2026-11-23T16:00:46Z".parse().unwrap()
}

fn service(name: &str, connections: u64, max: u64) -> ServiceState {
    ServiceState {
        name: clean(name),
        state: Some(clean("Started")),
        router: Some(clean("readwritesplit")),
        connections: Some(connections),
        total_connections: Some(connections),
        most_connections: None,
        max_connections: Some(max),
        servers: Vec::new(),
        retained_statements: Some(-1),
    }
}

fn services(states: Vec<ServiceState>) -> Services {
    Services {
        states,
        taken_at: now(),
        blanked: 0,
        dropped: 0,
    }
}

fn server(name: &str, state: &str, lag: Option<i64>) -> ServerState {
    ServerState {
        name: clean(name),
        state: Some(clean(state)),
        status: None,
        address: None,
        port: None,
        monitor: crate::model::MonitorReport::default(),
        replication_lag: lag,
        connections: None,
    }
}

fn servers(states: Vec<ServerState>) -> Servers {
    Servers {
        states,
        taken_at: now(),
        blanked: 0,
        dropped: 0,
    }
}

fn inspection() -> Inspection {
    Inspection {
        instance: Instance {
            version: Some(clean("24.02.3")),
            uptime: Some(Span::from_secs(319)),
            process: Some(ProcessStart {
                started_at: clean("Mon, 23 Nov 2026 15:55:27 GMT"),
                datadir: Some(clean("/var/lib/maxscale/data10115")),
                node: None,
            }),
            retained_statements: Some(10),
        },
        settings: ProxySettings {
            admin_auth: Some(true),
            admin_host: Some(clean("127.0.0.1")),
            admin_audit: Some(false),
            audit_excludes: Some(Vec::new()),
            retained_statements: Some(10),
            session_trace: Some(0),
        },
        server_now: Some(now()),
        heard_at: now(),
        cost: Duration::from_millis(2),
    }
}

/// Facts of a MaxScale on this machine without problems.
fn well() -> Facts {
    let address = "127.0.0.1:8989".parse().unwrap();
    Facts {
        url: "127.0.0.1".parse().unwrap(),
        request: RequestSettings {
            login: Login {
                user: "admin".to_owned(),
                password_source: None,
            },
            sql_password_source: None,
            has_sql_user: false,
            user: Some("admin".to_owned()),
            token: None,
            insecure: false,
            read_only: false,
            interval: Duration::from_secs(1),
            duty: 0.1,
            forced: None,
        },
        addresses: Ok(vec![address]),
        connection: Ok(ConnectResult {
            address,
            took: Duration::from_micros(300),
            failed: Vec::new(),
        }),
        certificate_end: None,
        now: Timestamp::UNIX_EPOCH,
        dialect: Some(Dialect::JsonApi),
        proxy: Ok(inspection()),
        instances: Ok(vec![inspection().instance; 16]),
        list: Ok(ListProbe {
            sessions: 2_000,
            form: ListForm::Whole,
            bytes: 4_900_000,
            cost: Duration::from_millis(40),
            dropped: 0,
            blanked: 0,
            server_now: Some(now()),
            heard_at: now(),
        }),
        services: Ok(services(vec![service("RW", 20, 0)])),
        servers: Ok(servers(vec![
            server("db-01", "Master, Running", None),
            server("db-02", "Slave, Running", Some(0)),
        ])),
        server_access: None,
        workers: Ok(vec![
            Worker {
                descriptors: Some(43),
                sessions: Some(10),
            };
            2
        ]),
        account: Ok(typed("admin")),
        file_limit: Some(1_024),
    }
}

/// All other checks have no problem.
fn but(change: impl FnOnce(&mut Facts)) -> Facts {
    let mut facts = well();
    change(&mut facts);
    facts
}

fn settings(change: impl FnOnce(&mut ProxySettings)) -> Facts {
    but(|facts| change(&mut facts.proxy.as_mut().unwrap().settings))
}

fn result_of(facts: &Facts, name: &str) -> CheckResult {
    let mut all = evaluate_all(facts).into_iter();
    all.find(|(check, _)| *check == name).unwrap().1
}

/// Asserts the status of a check, a part of its text, and its advice.
#[track_caller]
fn says(facts: &Facts, name: &str, verdict: CheckStatus, words: &str, advice: &[&str]) {
    let result = result_of(facts, name);
    assert_eq!(result.verdict, verdict, "{result:?}");
    assert!(result.found.contains(words), "{result:?}");
    assert_eq!(result.advice, advice, "{result:?}");
}

fn refused(status: u16, with_credentials: bool) -> RequestError {
    RequestError::NotAllowed {
        status,
        detail: Some(clean("Access denied")),
        with_credentials,
    }
}

use CheckStatus::{Failure, Ok as Fine, Skipped, Warning};

#[test]
fn where_all_is_well_nothing_is_to_be_done() {
    for (name, result) in evaluate_all(&well()) {
        assert_eq!(result.verdict, Fine, "{name}: {result:?}");
        assert!(result.advice.is_empty(), "{name}: {result:?}");
    }
    assert_eq!(examined(String::new(), &well()).exit, ExitStatus::Done);
}

#[test]
fn names_are_told_apart() {
    let names: std::collections::BTreeSet<_> = CHECKS.iter().map(|check| check.name).collect();
    assert_eq!(names.len(), CHECKS.len());
}

/// Facts of an endpoint that was not reached, with this error.
fn unreached(fault: RequestError) -> Facts {
    but(|facts| {
        facts.connection = Err(Unavailable::Fault(fault));
        silent(facts);
    })
}

fn silent(facts: &mut Facts) {
    facts.dialect = None;
    facts.proxy = Err(NOT_REPORTED);
    facts.instances = Err(NOT_REPORTED);
    facts.list = Err(NOT_REPORTED);
    facts.services = Err(NOT_REPORTED);
    facts.servers = Err(NOT_REPORTED);
    facts.workers = Err(NOT_REPORTED);
    facts.account = Err(NOT_REPORTED);
}

/// An account of a type of older releases.
fn typed(role: &str) -> Account {
    Account {
        role: Some(clean(role)),
        permissions: Permissions::of_type(role),
    }
}
