//! Tests of the checks: facts in, results out.

use std::fmt::Write as _;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::check_result::{CheckResult, CheckStatus};
use super::checks::{CHECKS, evaluate_all};
use super::examine::limit_in;
use super::facts::{ConnectResult, Facts, ListProbe, RequestSettings, Unavailable};
use super::report::{Report, json, text};
use super::{ExitStatus, examined};
use crate::client::{Inspection, ListForm, TokenReport};
use crate::model::{
    Account, Dialect, IDLE_MEANINGS, IdleMeaning, Instance, Permissions, ProcessStart, ProxySettings,
    RequestError, ServiceState, Services, Span, Text, TextLimit, TlsFault, Worker,
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
    facts.list = Err(NOT_REPORTED);
    facts.services = Err(NOT_REPORTED);
    facts.workers = Err(NOT_REPORTED);
    facts.account = Err(NOT_REPORTED);
}

#[test]
fn who_is_not_reached_is_one_failure_and_the_rest_is_skipped() {
    let facts = unreached(RequestError::Refused);
    says(
        &facts,
        "connect",
        Failure,
        "127.0.0.1:8989: connection refused",
        &["is MaxScale running, and is its admin_port this one?"],
    );
    let failures = |facts: &Facts| {
        let diagnoses = evaluate_all(facts).into_iter();
        let failed = diagnoses.filter(|(_, result)| result.verdict == Failure);
        failed.map(|(name, _)| name).collect::<Vec<_>>()
    };
    assert_eq!(failures(&facts), ["connect"]);
    says(&facts, "role", Skipped, "not asked", &[]);
    assert_eq!(examined(String::new(), &facts).exit, ExitStatus::Unreachable);

    let unknown = but(|facts| {
        facts.addresses = Err(Unavailable::Fault(RequestError::Resolve(clean("db1"))));
        facts.connection = Err(NOT_REPORTED);
        silent(facts);
    });
    assert_eq!(failures(&unknown), ["name"]);
    assert_eq!(examined(String::new(), &unknown).exit, ExitStatus::Unreachable);
}

#[test]
fn an_address_that_fails_beside_one_that_does_not_is_told() {
    let facts = but(|facts| {
        let connection = facts.connection.as_mut().unwrap();
        connection.failed = vec![("[::1]:8989".parse().unwrap(), RequestError::Refused)];
    });
    says(
        &facts,
        "connect",
        Fine,
        "127.0.0.1:8989 in 0.3ms; [::1]:8989: connection refused",
        &[],
    );
}

#[test]
fn who_does_not_answer_in_time_is_not_reached() {
    let facts = but(|facts| {
        silent(facts);
        facts.proxy = Err(Unavailable::Fault(RequestError::TimedOut(Duration::from_secs(1))));
    });
    says(
        &facts,
        "answer",
        Failure,
        "timed out after 1s",
        &["raise --timeout, or find out why MaxScale's main thread is busy"],
    );
    says(&facts, "connect", Fine, "in 0.3ms", &[]);
    says(&facts, "authentication", Skipped, "did not reply", &[]);
    says(&facts, "dialect", Skipped, "did not reply", &[]);
    assert_eq!(examined(String::new(), &facts).exit, ExitStatus::Unreachable);
}

#[test]
fn tls_by_what_was_met() {
    let met = |url: &str, fault: RequestError| {
        but(|facts| {
            silent(facts);
            facts.url = url.parse().unwrap();
            facts.proxy = Err(Unavailable::Fault(fault));
        })
    };
    let at = |url: &str| but(|facts| facts.url = url.parse().unwrap());
    says(
        &at("https://db1"),
        "tls",
        Fine,
        "on; the certificate is trusted",
        &[],
    );
    says(
        &at("127.0.0.1"),
        "tls",
        Fine,
        "off: plain http on this machine",
        &[],
    );
    let result = result_of(&at("http://db1"), "tls");
    assert_eq!((result.verdict, result.advice.len()), (Warning, 1));
    let unsigned = met(
        "https://db1",
        RequestError::Tls(Box::new(TlsFault::UnknownAuthority(clean("db1")))),
    );
    says(
        &unsigned,
        "tls",
        Failure,
        "signed by an unknown authority",
        &["give its CA with --ca-file"],
    );
    let host = clean("db1");
    let expired = met(
        "https://db1",
        RequestError::Tls(Box::new(TlsFault::Expired { host, at: None })),
    );
    let renew = "renew it on the server";
    says(&expired, "tls", Failure, "certificate of db1 expired", &[renew]);
    says(&expired, "answer", Skipped, "no trusted connection", &[]);
    assert_eq!(examined(String::new(), &expired).exit, ExitStatus::Unreachable);
    let mut blind = at("https://db1");
    blind.request.insecure = true;
    assert_eq!(result_of(&blind, "tls").verdict, Warning);
    let mut known = at("https://db1");
    known.certificate_end = Some(Timestamp::from_second(86_400 * 15).unwrap());
    says(&known, "tls", Fine, "trusted, valid until 1970-01-16", &[]);
    known.certificate_end = Some(Timestamp::from_second(86_400 * 13).unwrap());
    says(
        &known,
        "tls",
        Warning,
        "until 1970-01-14",
        &["renew it before it expires: clients that verify it will fail to connect"],
    );
    let hung_up = met("db1", RequestError::Cut(clean("closed")));
    says(
        &hung_up,
        "tls",
        Warning,
        "it may require TLS",
        &["use an https:// URL"],
    );
    let late = met("https://db1", RequestError::TimedOut(Duration::from_secs(1)));
    says(&late, "tls", Skipped, "timed out", &[]);
}

#[test]
fn who_is_turned_away_is_told_why() {
    for (user, sent, words) in [
        (Some("admin"), true, "user admin was rejected"),
        (None, false, "a password is required, but none was given"),
    ] {
        let facts = but(|facts| {
            silent(facts);
            facts.request.user = user.map(str::to_owned);
            facts.proxy = Err(Unavailable::Fault(refused(401, sent)));
        });
        let result = result_of(&facts, "authentication");
        assert_eq!((result.verdict, result.advice.len()), (Failure, 1));
        assert!(result.found.contains(words), "{result:?}");
        says(&facts, "answer", Fine, "replies", &[]);
        says(&facts, "dialect", Skipped, "rejected the request", &[]);
        assert_eq!(examined(String::new(), &facts).exit, ExitStatus::NotAllowed);
    }
}

#[test]
fn an_open_door_is_a_warning_unless_it_is_within_its_machine() {
    for (host, verdict) in [
        (Some("127.0.0.1"), Fine),
        (Some("::1"), Fine),
        (Some("localhost"), Fine),
        (Some("0.0.0.0"), Warning),
        (Some("::"), Warning),
        (Some("10.0.0.5"), Warning),
        (Some("localhost.example"), Warning),
        (None, Warning),
    ] {
        let facts = settings(|settings| {
            settings.admin_auth = Some(false);
            settings.admin_host = host.map(clean);
        });
        let result = result_of(&facts, "authentication");
        assert_eq!(result.verdict, verdict, "{host:?}: {result:?}");
        assert_eq!(result.advice.len(), usize::from(verdict == Warning));
        says(&facts, "role", Fine, "any client can kill sessions", &[]);
    }
}

/// An account of a type of older releases.
fn typed(role: &str) -> Account {
    Account {
        role: Some(clean(role)),
        permissions: Permissions::of_type(role),
    }
}

#[test]
fn permissions_are_read_and_never_tried() {
    let account = |account| but(|facts| facts.account = account);
    says(
        &well(),
        "role",
        Fine,
        "user admin (admin) has permissions view, edit, sql: can kill",
        &[],
    );
    let night = Account {
        role: Some(clean("night")),
        permissions: Some(Permissions::of_names(["view", "edit"])),
    };
    says(
        &account(Ok(night)),
        "role",
        Fine,
        "user admin (night) has permissions view, edit: can",
        &[],
    );
    for barred in [
        typed("basic"),
        Account {
            role: None,
            permissions: Some(Permissions::NONE),
        },
    ] {
        says(
            &account(Ok(barred)),
            "role",
            Warning,
            "cannot kill sessions",
            &["use a user with the permission edit (before 25.10: of type admin), or --read-only"],
        );
    }
    for unknown in [
        account(Ok(typed("guest"))),
        account(Err(Unavailable::Fault(RequestError::NotFound))),
        account(Err(NOT_REPORTED)),
        but(|facts| facts.dialect = Some(Dialect::Draft)),
    ] {
        says(&unknown, "role", Skipped, "only a DELETE would show it", &[]);
    }
    let old = but(|facts| {
        facts.proxy.as_mut().unwrap().instance.version = Some(clean("21.06.17"));
    });
    says(&old, "role", Skipped, "has no DELETE", &[]);
    let mut watching = account(Ok(typed("basic")));
    watching.request.read_only = true;
    says(&watching, "role", Fine, "--read-only", &[]);
}

#[test]
fn what_is_no_admin_api_is_a_failure_of_the_dialect() {
    let facts = but(|facts| {
        silent(facts);
        let page = Unavailable::Fault(RequestError::NotJson("HTML"));
        facts.proxy = Err(page.clone());
        facts.list = Err(page);
    });
    let result = result_of(&facts, "dialect");
    assert_eq!((result.verdict, result.advice.len()), (Failure, 1));
    for skipped in ["version", "list", "latency", "interval", "statements", "clock"] {
        assert_eq!(result_of(&facts, skipped).verdict, Skipped, "{skipped}");
    }
    says(&facts, "answer", Fine, "not like an admin API", &[]);
    assert_eq!(examined(String::new(), &facts).exit, ExitStatus::Failed);
}

#[test]
fn a_version_says_what_it_cannot_do() {
    let limits = |version: &str| {
        let facts = but(|facts| {
            facts.proxy.as_mut().unwrap().instance.version = Some(clean(version));
        });
        let result = result_of(&facts, "version");
        (result.verdict, result.advice)
    };
    for fine in ["24.02.3", "25.01.1", "25.10.0", "develop"] {
        assert_eq!(limits(fine), (Fine, Vec::new()), "{fine}");
    }
    for (version, verdict, has, lacks) in [
        ("23.08.6", Fine, "atoi", "DELETE"),
        ("23.02.11", Fine, "atoi", "write queues"),
        ("22.08.14", Fine, "write queues", "DELETE"),
        ("21.06.17", Warning, "no DELETE before 22.08", "atoi"),
        ("6.4.7", Warning, "memory", "up to 6.1"),
        ("6.1.4", Warning, "up to 6.1 only readwritesplit", "atoi"),
        ("2.5.29", Warning, "port", "server connections"),
        ("2.2.9", Warning, "server connections", "atoi"),
    ] {
        let (found, advice) = limits(version);
        let advice = advice.join("\n");
        assert_eq!(found, verdict, "{version}");
        assert!(advice.contains(has), "{version}: {advice}");
        assert!(!advice.contains(lacks), "{version}: {advice}");
    }
}

#[test]
fn idle_is_told_by_the_table_of_its_meanings() {
    let of = |version: &str| {
        but(|facts| {
            facts.proxy.as_mut().unwrap().instance.version = Some(clean(version));
        })
    };
    for entry in &IDLE_MEANINGS {
        let version = match entry.meaning {
            IdleMeaning::Sent => "6.4.0",
            IdleMeaning::Traffic => "23.02.2",
            IdleMeaning::Between => "24.02.3",
        };
        let words = format!("{}: {}", entry.name, entry.about);
        says(&of(version), "idle", Fine, &words, &[]);
    }
    says(&of("develop"), "idle", Skipped, "unknown", &[]);
    says(
        &unreached(RequestError::Refused),
        "idle",
        Skipped,
        "not asked",
        &[],
    );
}

#[test]
fn a_list_says_how_much_was_asked_for_and_why() {
    let form = |url: &str, form, version: &str, words: &str| {
        let facts = but(|facts| {
            facts.url = url.parse().unwrap();
            facts.list.as_mut().unwrap().form = form;
            facts.proxy.as_mut().unwrap().instance.version = Some(clean(version));
        });
        says(&facts, "list", Fine, words, &[]);
    };
    let (whole, sparse) = (ListForm::Whole, ListForm::Sparse);
    form(
        "127.0.0.1",
        whole,
        "24.02.3",
        "4.9 MB; whole sessions requested: the proxy is on this machine",
    );
    form(
        "https://db1",
        whole,
        "24.02.3",
        "whole sessions requested: most of it is statements",
    );
    form(
        "https://db1",
        sparse,
        "24.02.3",
        "; only the needed fields requested: no statements",
    );
    form(
        "https://db1",
        sparse,
        "2.4.19",
        "; whole sessions: 'fields' is ignored before 2.5",
    );
}

#[test]
fn a_list_that_could_not_be_read_in_full_is_a_warning() {
    says(&well(), "list", Fine, "2000 sessions, 4.9 MB", &[]);
    let facts = but(|facts| facts.list.as_mut().unwrap().dropped = 3);
    let result = result_of(&facts, "list");
    assert_eq!(result.verdict, Warning);
    assert!(result.found.contains("3 rows without a valid id"));
    let none =
        but(|facts| facts.list = Err(Unavailable::Fault(RequestError::Cut(clean("9 of 10 bytes came")))));
    says(&none, "list", Failure, "9 of 10 bytes", &[]);
    says(&none, "interval", Skipped, "9 of 10 bytes", &[]);
    assert_eq!(examined(String::new(), &none).exit, ExitStatus::Failed);
}

#[test]
fn the_interval_follows_from_the_cost_and_the_duty() {
    for (cost, interval, duty, verdict, words) in [
        (
            40,
            1,
            0.1,
            Fine,
            "every 1s, as configured: lists take 4% of the proxy's time (10% allowed)",
        ),
        (100, 1, 0.1, Fine, "every 1s, as configured"),
        (
            350,
            1,
            0.1,
            Fine,
            "every 3.5s: a list takes 350ms, with a duty of 10%",
        ),
        (350, 1, 0.5, Fine, "every 1s, as configured"),
        (
            350,
            5,
            0.1,
            Fine,
            "every 5s, as configured: lists take 7% of the proxy's time",
        ),
        (
            350,
            1,
            0.005,
            Warning,
            "every 70s: a list takes 350ms, with a duty of 0.5%",
        ),
        (1_500, 1, 0.1, Warning, "every 15s: a list takes 1.5s"),
    ] {
        let facts = but(|facts| {
            facts.request.interval = Duration::from_secs(interval);
            facts.request.duty = duty;
            facts.list.as_mut().unwrap().cost = Duration::from_millis(cost);
        });
        let result = result_of(&facts, "interval");
        assert_eq!(result.verdict, verdict, "{result:?}");
        assert!(result.found.starts_with(words), "{result:?}");
    }
}

#[test]
fn a_small_question_that_takes_long_is_a_warning() {
    says(&well(), "latency", Fine, "/v1/maxscale 2.0ms, list 40ms", &[]);
    let facts = but(|facts| facts.proxy.as_mut().unwrap().cost = Duration::from_millis(900));
    assert_eq!(result_of(&facts, "latency").verdict, Warning);
    let draft = but(|facts| facts.proxy = Err(NOT_REPORTED));
    says(&draft, "latency", Fine, "list 40ms", &[]);
}

#[test]
fn where_no_statements_are_kept_the_command_is_there() {
    let keeping = |proxy: Option<u64>, own: &[i64]| {
        let mut facts = settings(|settings| settings.retained_statements = proxy);
        let states = own.iter().enumerate().map(|(place, own)| ServiceState {
            retained_statements: Some(*own),
            ..service(&format!("S {place}"), 1, 0)
        });
        facts.services = Ok(services(states.collect()));
        facts
    };
    let all = ["maxctrl alter maxscale retain_last_statements 20"];
    let first = ["maxctrl alter service 'S 0' retain_last_statements 20"];
    says(
        &keeping(Some(10), &[-1, -1]),
        "statements",
        Fine,
        "the last 10",
        &[],
    );
    says(
        &keeping(Some(0), &[-1, -1]),
        "statements",
        Warning,
        "not kept (",
        &all,
    );
    says(&keeping(Some(0), &[]), "statements", Warning, "not kept (", &all);
    says(
        &keeping(Some(10), &[0, -1]),
        "statements",
        Warning,
        "kept by S 0:",
        &first,
    );
    says(
        &keeping(Some(0), &[-1, 5]),
        "statements",
        Warning,
        "kept by S 0:",
        &first,
    );
    says(
        &keeping(None, &[-1]),
        "statements",
        Skipped,
        "is not reported",
        &[],
    );
    let many = result_of(&keeping(Some(10), &[0, 0, 0, 0, 0]), "statements");
    assert!(many.found.contains("S 0, S 1, S 2 and 2 more"), "{many:?}");
    assert_eq!(many.advice.len(), 3);
}

#[test]
fn an_audit_log_that_polling_would_flood_is_a_warning() {
    let audit = |on: Option<bool>, excludes: &[&str]| {
        settings(|settings| {
            settings.admin_audit = on;
            settings.audit_excludes = Some(excludes.iter().map(|method| clean(method)).collect());
        })
    };
    says(&audit(None, &[]), "audit", Skipped, "before 23.02", &[]);
    says(&audit(Some(false), &[]), "audit", Fine, "off", &[]);
    says(
        &audit(Some(true), &["HEAD", "GET"]),
        "audit",
        Fine,
        "excluded",
        &[],
    );
    for (excludes, methods) in [(&[][..], "GET"), (&["HEAD"][..], "HEAD,GET")] {
        says(
            &audit(Some(true), excludes),
            "audit",
            Warning,
            "173 thousand lines a day",
            &[&format!(
                "maxctrl alter maxscale admin_audit_exclude_methods {methods}"
            )],
        );
    }
}

#[test]
fn a_clock_that_is_off_is_a_warning() {
    let apart = |seconds: i64, has_date: bool| {
        but(|facts| {
            let proxy = facts.proxy.as_mut().unwrap();
            proxy.server_now = has_date.then_some(now());
            proxy.heard_at = now() - SignedDuration::from_secs(seconds);
        })
    };
    for has_date in [true, false] {
        for (seconds, verdict, words) in [
            (0, Fine, "within 2s"),
            (2, Fine, "within 2s"),
            (-2, Fine, "within 2s"),
            (42, Warning, "42s ahead of this machine's"),
            (-3_700, Warning, "1h 1m 40s behind this machine's"),
        ] {
            let result = result_of(&apart(seconds, has_date), "clock");
            assert_eq!(result.verdict, verdict, "{result:?}");
            assert!(result.found.contains(words), "{result:?}");
        }
    }
    let elsewhere = but(|facts| {
        facts.proxy.as_mut().unwrap().server_now = Some(now() + SignedDuration::from_secs(60));
    });
    says(
        &elsewhere,
        "clock",
        Warning,
        "by 1m from started_at plus uptime",
        &["use the address of the proxy itself"],
    );
    let draft = but(|facts| facts.proxy = Err(NOT_REPORTED));
    says(&draft, "clock", Fine, "within 2s", &[]);
}

#[test]
fn open_files_are_held_against_the_limit_where_it_is_known() {
    let limit = |limit| but(|facts| facts.file_limit = limit);
    says(&limit(Some(1_024)), "files", Fine, "86 of 1024 open", &[]);
    assert_eq!(result_of(&limit(Some(100)), "files").verdict, Warning);
    says(
        &limit(None),
        "files",
        Skipped,
        "86 open; the API does not report the limit",
        &["on the proxy's machine: grep 'open files' /proc/10115/limits"],
    );
    let old = but(|facts| facts.workers = Ok(vec![Worker::default()]));
    says(&old, "files", Skipped, "open files is not reported", &[]);
}

#[test]
fn the_systems_text_of_limits_is_read() {
    let limits = "Limit                     Soft Limit           Hard Limit           Units\n\
                  Max processes             7183                 7183                 processes\n\
                  Max open files            1024                 524288               files\n";
    assert_eq!(limit_in(limits), Some(1_024));
    assert_eq!(
        limit_in("Max open files            unlimited  unlimited  files"),
        None
    );
    assert_eq!(limit_in(""), None);
}

#[test]
fn services_by_how_full_they_are() {
    let having = |states: Vec<ServiceState>| but(|facts| facts.services = Ok(services(states)));
    says(
        &having(vec![service("Read", 8, 0), service("RW", 100, 200)]),
        "services",
        Fine,
        "RW 100 of 200, Read 8 connections",
        &[],
    );
    says(
        &having(vec![service("Read", 8, 0), service("RW", 180, 200)]),
        "services",
        Warning,
        "RW 180 of 200, Read 8 connections",
        &["maxctrl alter service RW max_connections 400"],
    );
    says(
        &having(vec![service("My RW", 200, 200)]),
        "services",
        Failure,
        "My RW 200 of 200",
        &["maxctrl alter service 'My RW' max_connections 400"],
    );
    let stopped = ServiceState {
        state: Some(clean("Stopped")),
        ..service("RW", 0, 0)
    };
    says(&having(vec![stopped]), "services", Warning, "RW (Stopped) 0", &[]);
    says(&having(Vec::new()), "services", Warning, "no services", &[]);
    let many = (0..9).map(|place| service(&format!("s{place}"), place, 0));
    says(
        &having(many.collect()),
        "services",
        Fine,
        "s3 3 connections, 5 more services",
        &[],
    );
}

/// Text for the two forms.
fn written(is_colored: bool) -> (String, String) {
    let facts = unreached(RequestError::Refused);
    let reports = [examined("http://127.0.0.1:8989".to_owned(), &facts)];
    let (mut as_text, mut as_json) = (Vec::new(), Vec::new());
    text(&mut as_text, &reports, is_colored).unwrap();
    json(&mut as_json, &reports).unwrap();
    let utf8 = |bytes| String::from_utf8(bytes).unwrap();
    (utf8(as_text), utf8(as_json))
}

#[test]
fn text_lines_up_with_what_to_do_below() {
    let (text, _) = written(false);
    let lines: Vec<_> = text.lines().take(4).collect();
    assert_eq!(
        lines,
        [
            "ok       name            127.0.0.1 is an address",
            "failure  connect         127.0.0.1:8989: connection refused",
            "                         is MaxScale running, and is its admin_port this one?",
            "skipped  tls             the endpoint was not reached",
        ]
    );
    assert!(!text.contains('\u{1b}'));
    let (coloured, _) = written(true);
    assert!(
        coloured.contains("\u{1b}[31mfailure\u{1b}[0m  connect"),
        "{coloured}"
    );
}

#[test]
fn json_is_one_array_with_null_for_nothing_to_do() {
    let (_, json) = written(true);
    let rows: Vec<serde_json::Value> = serde_json::from_str(&json).unwrap();
    assert_eq!(rows.len(), CHECKS.len());
    assert_eq!(rows[0]["advice"], serde_json::Value::Null);
    assert_eq!(rows[1]["check"], "connect");
    assert_eq!(rows[1]["verdict"], "failure");
    assert!(!json.contains("u001b"));
}

/// An instance of another proxy with this uptime.
fn other_instance(uptime: i64) -> Instance {
    Instance {
        uptime: Some(Span::from_secs(uptime)),
        process: Some(ProcessStart {
            started_at: clean("Mon, 23 Nov 2026 15:00:00 GMT"),
            datadir: Some(clean("/var/lib/maxscale/data7")),
            node: Some(clean("db-proxy-2")),
        }),
        ..inspection().instance
    }
}

#[test]
fn several_proxies_at_one_address_are_a_failure() {
    says(&well(), "proxies", Fine, "one, on 16 connections", &[]);
    let read = |others: Vec<Instance>| but(|facts| facts.instances.as_mut().unwrap().extend(others));
    says(
        &read(vec![other_instance(3_646)]),
        "proxies",
        Failure,
        "several proxies answer at this address: db-proxy-2 since Mon, 23 Nov 2026 15:00:00 GMT; since Mon",
        &["use the address of one proxy instead of the load balancer: kills are disabled here"],
    );
    says(
        &read(vec![other_instance(1)]),
        "proxies",
        Warning,
        "restarted",
        &["run doctor again"],
    );
    let silent = but(|facts| facts.instances = Ok(Vec::new()));
    says(&silent, "proxies", Skipped, "no process start", &[]);
    let draft = but(|facts| facts.instances = Err(NOT_REPORTED));
    says(&draft, "proxies", Skipped, "not asked", &[]);
}

#[test]
fn several_endpoints_have_their_names_above() {
    let report = |name: &str, facts: &Facts| -> Report { examined(name.to_owned(), facts) };
    let reports = [
        report("http://a:1", &well()),
        report("b  http://b:1", &unreached(RequestError::Refused)),
    ];
    let mut out = Vec::new();
    text(&mut out, &reports, false).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(text.starts_with("http://a:1\nok"), "{text}");
    assert!(text.contains("\n\nb  http://b:1\nok"), "{text}");
    assert_eq!(super::exit(&reports), ExitStatus::Failed);
    assert_eq!(super::exit(&reports[1..]), ExitStatus::Unreachable);
}

#[test]
fn docs_have_the_table_of_checks() {
    let mut table = "| check | what it checks |\n|---|---|\n".to_owned();
    for check in &CHECKS {
        writeln!(table, "| `{}` | {} |", check.name, check.about).unwrap();
    }
    crate::docs::assert_table("doctor.md", "checks", &table);
}

#[test]
fn the_expiry_of_a_token_is_named_and_warned_of() {
    let with = |left: Option<i64>, is_renewable| {
        but(|facts| {
            let end = left.map(|left| facts.now + SignedDuration::from_secs(left));
            facts.request.token = Some(TokenReport {
                expires: end,
                is_renewable,
            });
        })
    };
    let name = "authentication";
    says(
        &with(None, false),
        name,
        Fine,
        "the token of user admin is accepted, expiry unknown",
        &[],
    );
    says(
        &with(Some(3_600), false),
        name,
        Fine,
        "valid until 1970-01-01 01:00:00 UTC",
        &[],
    );
    says(
        &with(Some(60), true),
        name,
        Fine,
        "00:01:00 UTC; then it is read again",
        &[],
    );
    says(
        &with(Some(299), false),
        name,
        Warning,
        "valid until 1970-01-01 00:04:59 UTC: token expires in 4m",
        &["get a new token, or use --token-command, which is run again when the token has expired"],
    );
    let rejected = but(|facts| {
        silent(facts);
        let why = clean(": it expired 2026-11-28 03:40:00 UTC");
        facts.proxy = Err(Unavailable::Fault(RequestError::TokenRejected(why)));
    });
    says(
        &rejected,
        name,
        Failure,
        "the token was rejected (401): it expired 2026-11-28 03:40:00 UTC",
        &["get a new token, and give it by --token-file or MAXTOP_TOKEN"],
    );
    assert_eq!(examined(String::new(), &rejected).exit, ExitStatus::NotAllowed);
}
