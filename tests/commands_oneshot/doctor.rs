//! `maxtop doctor`: a healthy endpoint in both dialects, and each thing that can be wrong.

use std::collections::BTreeMap;
use std::net::TcpListener;

use maxtop::demo::{FaultTarget, Faults, InjectedFault, ProxyOverrides, ServedDialects, VersionProfile};
use serde_json::Value;

use crate::program::{Demo, Ran, answering, command, maxtop, ran};

const PASSWORD: &str = "tr0ub4dor-marker";

/// Result of each check.
struct Checked {
    status: i32,
    checks: BTreeMap<String, Value>,
}

impl Checked {
    fn of(ran: &Ran) -> Self {
        assert_eq!(ran.err, "", "{ran:?}");
        let rows: Vec<Value> = serde_json::from_str(&ran.out).unwrap();
        for row in &rows {
            let keys: Vec<_> = row.as_object().unwrap().keys().collect();
            assert_eq!(keys, ["advice", "check", "endpoint", "found", "verdict"]);
        }
        let checks = rows
            .into_iter()
            .map(|row| (row["check"].as_str().unwrap().to_owned(), row));
        Self {
            status: ran.status,
            checks: checks.collect(),
        }
    }

    /// `ok`, `warning`, `failure` or `skipped`, and what was found.
    fn check(&self, name: &str) -> (&str, &str) {
        let row = &self.checks[name];
        (row["verdict"].as_str().unwrap(), row["found"].as_str().unwrap())
    }

    fn advice(&self, name: &str) -> &str {
        self.checks[name]["advice"].as_str().unwrap_or_default()
    }

    fn with(&self, verdict: &str) -> Vec<&str> {
        let rows = self.checks.iter();
        let rows = rows.filter(|(_, row)| row["verdict"] == verdict);
        rows.map(|(name, _)| name.as_str()).collect()
    }
}

fn doctor(endpoint: &str, args: &[&str]) -> Checked {
    let all = [&["doctor", "-o", "json", "-e", endpoint], args].concat();
    Checked::of(&maxtop(&all))
}

fn on(demo: &Demo) -> Checked {
    doctor(&demo.running.url(), &[])
}

fn set_up(settings: ProxyOverrides) -> Demo {
    Demo::with(ServedDialects::JsonApi, |spec| spec.settings = settings)
}

/// Asserts that every request was a GET.
fn assert_only_gets(demo: &Demo) {
    let log = demo.running.log();
    assert!(!log.is_empty());
    assert!(log.iter().all(|line| line.method == "GET"), "{log:?}");
}

#[test]
fn a_healthy_endpoint_of_either_dialect() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let checked = on(&demo);
    assert_eq!(checked.status, 0);
    assert_eq!(checked.with("failure"), [""; 0]);
    assert_eq!(checked.with("warning"), [""; 0]);
    assert_eq!(checked.with("skipped"), ["files"]);
    assert!(checked.check("version").1.starts_with("24.02.3, up 3d"));
    assert!(
        checked.check("list").1.starts_with("41 sessions"),
        "with one that is half open"
    );
    assert!(checked.check("services").1.contains("RW-Split"));
    assert_eq!(checked.check("servers"), ("ok", "3 servers, all running"));
    assert!(
        checked
            .advice("files")
            .starts_with("on the proxy's machine:\ngrep")
    );
    assert_only_gets(&demo);

    let demo = Demo::start(ServedDialects::Draft);
    let checked = on(&demo);
    assert_eq!(checked.status, 0);
    assert!(checked.check("dialect").1.starts_with("draft"));
    let untold = [
        "audit",
        "files",
        "idle",
        "log",
        "proxies",
        "role",
        "server-access",
        "servers",
        "services",
        "statements",
        "version",
    ];
    assert_eq!(checked.with("skipped"), untold);
    assert_eq!(checked.with("ok").len(), checked.checks.len() - untold.len());
    assert_only_gets(&demo);
}

#[test]
fn the_text_lines_up_and_has_no_escapes() {
    let demo = set_up(ProxyOverrides::default().proxy("retain_last_statements", 0));
    for args in [&["doctor"][..], &["doctor", "--color", "always"]] {
        let ran = demo.maxtop(args);
        assert_eq!((ran.status, ran.err.as_str()), (0, ""));
        assert!(!ran.out.contains(['\u{1b}', '\r', '\t']), "{}", ran.out);
        for line in ran.out.lines() {
            let verdict = line.get(..9).unwrap().trim_end();
            assert!(
                ["ok", "warning", "failure", "skipped", ""].contains(&verdict),
                "{line}"
            );
            assert!(
                line.len() > 25 && &line[23..25] == "  " && &line[25..26] != " ",
                "{line}"
            );
        }
        let command = "\n                         maxctrl alter maxscale retain_last_statements 20\n";
        assert!(ran.out.contains(command), "{}", ran.out);
    }
}

#[test]
fn a_proxy_that_keeps_no_statements_and_audits_every_get() {
    let settings = ProxyOverrides::default()
        .proxy("retain_last_statements", 0)
        .proxy("admin_audit", true)
        .proxy("admin_host", "0.0.0.0")
        .service("RW-Split", "max_connections", 32)
        .service("Read-Only", "max_connections", 1);
    let demo = set_up(settings);
    let checked = on(&demo);
    assert_eq!(
        checked.advice("statements"),
        "maxctrl alter maxscale retain_last_statements 20"
    );
    assert_eq!(
        checked.advice("audit"),
        "maxctrl alter maxscale admin_audit_exclude_methods GET"
    );
    assert_eq!(checked.with("warning"), ["audit", "authentication", "statements"]);
    assert!(checked.check("authentication").1.contains("admin_host=0.0.0.0"));
    assert_eq!(checked.with("failure"), ["services"]);
    assert!(
        checked.check("services").1.starts_with("Read-Only "),
        "the fullest first"
    );
    assert_eq!(checked.status, 1, "a service that turns clients away");
    assert_only_gets(&demo);
}

#[test]
fn one_service_without_statements_and_an_audit_without_get() {
    let settings = ProxyOverrides::default()
        .proxy("admin_audit", true)
        .proxy("admin_audit_exclude_methods", vec!["HEAD", "GET"])
        .service("Reporting", "retain_last_statements", 0);
    let checked = on(&set_up(settings));
    assert_eq!((checked.status, checked.with("warning")), (0, vec!["statements"]));
    assert_eq!(
        checked.advice("statements"),
        "maxctrl alter service Reporting retain_last_statements 20"
    );
    assert_eq!(checked.check("audit"), ("ok", "on; GET is excluded"));
}

#[test]
fn who_is_let_in() {
    for dialects in [ServedDialects::Draft, ServedDialects::JsonApi] {
        let demo = Demo::with(dialects, |spec| {
            spec.auth = Some(("admin".to_owned(), PASSWORD.into()));
        });
        let url = demo.running.url();
        let with = |password: Option<&str>| {
            let mut command = command(&["doctor", "-o", "json", "-e", &url]);
            command.envs(password.map(|password| ("MAXTOP_PASSWORD", password)));
            ran(&mut command)
        };
        let right = with(Some(PASSWORD));
        assert!(!right.out.contains(PASSWORD));
        let right = Checked::of(&right);
        assert_eq!((right.status, right.with("failure")), (0, Vec::new()));
        assert_eq!(right.check("authentication"), ("ok", "user admin is accepted"));
        if dialects == ServedDialects::JsonApi {
            let role = "user admin (admin) has permissions view, edit, sql: can kill sessions";
            assert_eq!(right.check("role"), ("ok", role));
        }
        for (password, words) in [
            (
                Some("wrong"),
                "the password of user admin (from MAXTOP_PASSWORD) was rejected: not allowed (401)",
            ),
            (None, "a password is required, but none was given"),
        ] {
            let before = demo.running.log().len();
            let checked = Checked::of(&with(password));
            assert_eq!(
                (checked.status, checked.with("failure")),
                (4, vec!["authentication"])
            );
            assert!(checked.check("authentication").1.contains(words));
            assert_eq!(checked.check("role").0, "skipped");
            let asked = demo.running.log().len() - before;
            assert!(asked <= 2, "each refused try is logged by the server: {asked}");
        }
        assert_only_gets(&demo);
    }
}

#[test]
fn an_account_that_may_only_read_is_found_by_its_user() {
    let demo = Demo::with(ServedDialects::JsonApi, |spec| {
        spec.auth = Some(("admin".to_owned(), "other".into()));
        spec.viewer = Some(("viewer".to_owned(), PASSWORD.into()));
    });
    let url = demo.running.url();
    let with = |args: &[&str]| {
        let all = [&["doctor", "-o", "json", "-e", &url, "-u", "viewer"], args].concat();
        Checked::of(&ran(command(&all).env("MAXTOP_PASSWORD", PASSWORD)))
    };
    let checked = with(&[]);
    assert_eq!((checked.status, checked.with("warning")), (0, vec!["role"]));
    assert!(
        checked
            .check("role")
            .1
            .starts_with("user viewer (basic) has permissions view, sql: cannot kill")
    );
    let watching = with(&["--read-only"]);
    assert_eq!(watching.check("role").0, "ok");
    assert_only_gets(&demo);
}

#[test]
fn an_old_version_says_what_it_cannot_do() {
    for (name, verdict, words) in [
        ("2.2", "warning", "server connections are not reported before 2.3"),
        ("6.4", "warning", "there is no DELETE before 22.08"),
        ("23.08", "ok", "up to 23.08 MaxScale reads ids with atoi"),
    ] {
        let demo = Demo::with(ServedDialects::JsonApi, |spec| {
            spec.profile = VersionProfile::named(name).unwrap();
        });
        let checked = on(&demo);
        assert_eq!(
            (checked.status, checked.with("failure")),
            (0, Vec::new()),
            "{name}"
        );
        assert_eq!(checked.check("version").0, verdict, "{name}");
        assert!(checked.advice("version").contains(words), "{name}");
        if verdict == "warning" {
            assert!(checked.check("role").1.contains("no DELETE"), "{name}");
            assert!(checked.check("audit").1.contains("before 23.02"), "{name}");
        }
        assert_only_gets(&demo);
    }
}

#[test]
fn several_endpoints_are_examined_each() {
    let (one, other) = (
        Demo::start(ServedDialects::JsonApi),
        Demo::start(ServedDialects::Draft),
    );
    let free = || TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let urls = [
        one.running.url(),
        other.running.url(),
        format!("http://{}", free()),
    ];
    let well = maxtop(&["doctor", "-e", &urls[0], "-e", &urls[1]]);
    assert_eq!((well.status, well.err.as_str()), (0, ""));
    let heads: Vec<_> = well.out.lines().filter(|line| line.contains("://")).collect();
    assert_eq!(heads, urls[..2]);
    let ill = maxtop(&["doctor", "-e", &urls[0], "-e", &urls[2], "-o", "json"]);
    assert_eq!((ill.status, ill.err.as_str()), (1, ""));
    let rows: Vec<Value> = serde_json::from_str(&ill.out).unwrap();
    let [first, second] = [&urls[0], &urls[2]].map(|url| {
        let own = rows.iter().filter(|row| row["endpoint"] == *url.as_str());
        own.count()
    });
    assert_eq!((first, second), (rows.len() / 2, rows.len() / 2));
    assert!(ill.out.starts_with("[\n  {\n    \"endpoint\": "), "{}", ill.out);
    let nowhere = format!("http://{}/elsewhere", free());
    let nobody = maxtop(&["doctor", "-e", &urls[2], "-e", &nowhere]);
    assert_eq!(nobody.status, 3);
    assert_only_gets(&one);
}

#[test]
fn no_endpoint_listens() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let checked = doctor(&free.to_string(), &[]);
    assert_eq!((checked.status, checked.with("failure")), (3, vec!["connect"]));
    assert_eq!(checked.with("ok"), ["name"]);
    assert!(checked.advice("connect").starts_with("is MaxScale running"));
}

#[test]
fn a_page_instead_of_an_api() {
    let address = answering(|_| "<!DOCTYPE html><title>It works!</title>".to_owned());
    let checked = doctor(&address.to_string(), &[]);
    assert_eq!((checked.status, checked.with("failure")), (1, vec!["dialect"]));
    assert_eq!(checked.check("dialect").1, "HTML instead of JSON");
    assert_eq!(checked.with("ok"), ["answer", "connect", "name", "tls"]);
}

#[test]
fn an_endpoint_that_hangs() {
    // The system accepts connections for the listener; no bytes are ever read.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let checked = doctor(&address, &["--timeout", "200ms"]);
    assert_eq!((checked.status, checked.with("failure")), (3, vec!["answer"]));
    assert_eq!(checked.check("answer").1, "timed out after 200ms");
    assert_eq!(checked.check("connect").0, "ok");
    assert_eq!(checked.check("list"), ("skipped", "the endpoint did not reply"));
}

#[test]
fn an_error_is_a_failure_of_its_check() {
    let demo = Demo::with(ServedDialects::JsonApi, |spec| {
        spec.faults = Some(Faults {
            on: FaultTarget::All,
            kinds: vec![InjectedFault::ErrorBefore],
            ..Faults::new(1.0, 1)
        });
    });
    let checked = on(&demo);
    assert_eq!((checked.status, checked.with("failure")), (1, vec!["dialect"]));
    assert!(checked.check("dialect").1.starts_with("status 500"));
}

#[test]
fn a_setting_that_cannot_be_used_is_no_check() {
    maxtop(&["doctor", "-e", "ftp://db1"]).failed(2, "bad endpoint");
    let ran = maxtop(&["doctor", "-o", "yaml"]);
    assert_eq!((ran.status, ran.out.as_str()), (2, ""));
}
