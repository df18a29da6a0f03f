//! `maxtop export`, as Prometheus uses it: over HTTP on loopback.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use maxtop::demo::ServedDialects;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

use crate::openmetrics::Metrics;
use crate::program::{Demo, command, replying};

/// The header of a request by Prometheus.
const PROMETHEUS: &str = "Accept: application/openmetrics-text;version=1.0.0,text/plain;q=0.5\r\n";

/// A running exporter.
struct Exporter {
    child: Child,
    err: BufReader<std::process::ChildStderr>,
    address: String,
}

/// A reply.
#[derive(Debug)]
struct Reply {
    head: String,
    body: String,
}

impl Reply {
    fn status(&self) -> &str {
        self.head.split(' ').nth(1).unwrap()
    }
}

impl Exporter {
    fn start(args: &[&str]) -> Self {
        Self::of(&mut command(
            &[&["export", "-i", "100ms", "--listen", "127.0.0.1:0"], args].concat(),
        ))
    }

    fn of(command: &mut Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut err = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        err.read_line(&mut line).unwrap();
        let address = line
            .trim()
            .strip_prefix("serving metrics at http://")
            .unwrap_or_else(|| panic!("{line}"));
        let address = address.strip_suffix("/metrics").unwrap().to_owned();
        Self { child, err, address }
    }

    fn request(&self, method: &str, path: &str, headers: &str) -> Reply {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let head = format!("{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        let mut reply = String::new();
        stream.read_to_string(&mut reply).unwrap();
        let (head, body) = reply.split_once("\r\n\r\n").unwrap();
        Reply {
            head: head.to_lowercase(),
            body: body.to_owned(),
        }
    }

    fn metrics(&self) -> Metrics {
        Metrics::parse(&self.request("GET", "/metrics", PROMETHEUS).body)
    }

    /// Scrapes until the metrics meet a condition.
    fn metrics_until(&self, is_met: impl Fn(&Metrics) -> bool) -> Metrics {
        loop {
            let metrics = self.metrics();
            if is_met(&metrics) {
                return metrics;
            }
        }
    }

    /// Scrapes until every endpoint has been listed this often, and the servers are known.
    fn metrics_after(&self, lists: f64) -> Metrics {
        self.metrics_until(|metrics| {
            let counts = metrics.samples("maxtop_list_response_time_seconds_count");
            let sessions = metrics.samples("maxtop_sessions");
            counts.iter().all(|(_, count)| *count >= lists) && sessions.len() == counts.len()
        })
    }

    /// Ends it by a signal. Returns its status, and the rest of its messages.
    fn end(mut self, signal: Signal) -> (Option<i32>, String) {
        kill(Pid::from_raw(self.child.id().cast_signed()), signal).unwrap();
        let status = self.child.wait().unwrap();
        let mut rest = String::new();
        self.err.read_to_string(&mut rest).unwrap();
        (status.code(), rest)
    }
}

impl Drop for Exporter {
    fn drop(&mut self) {
        // It has usually ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn number(count: usize) -> f64 {
    u32::try_from(count).unwrap().into()
}

/// Number of sessions by a field of `maxtop list`.
fn by_field(list: &[Value], field: &str) -> BTreeMap<String, f64> {
    let mut found = BTreeMap::new();
    for session in list {
        let value = session[field].as_str().unwrap_or_default();
        *found.entry(value.to_owned()).or_default() += 1.0;
    }
    found
}

/// Without the values that have no session.
fn present(counts: BTreeMap<String, f64>) -> BTreeMap<String, f64> {
    counts.into_iter().filter(|(_, count)| *count > 0.0).collect()
}

#[test]
fn the_numbers_are_those_of_list() {
    for dialects in [ServedDialects::Draft, ServedDialects::JsonApi] {
        // Its clock does not move, so that all lists are the same.
        let demo = Demo::with(dialects, |spec| spec.speed = 0.0);
        let url = demo.running.url();
        let list = demo.list();
        let exporter = Exporter::start(&["-e", &url]);
        let metrics = exporter.metrics_after(3.0);
        assert_eq!(metrics.value("maxtop_up"), Some(1.0));
        assert_eq!(metrics.value("maxtop_sessions"), Some(number(list.len())));
        for field in ["service", "user", "address", "state"] {
            let found = metrics.by(&format!("maxtop_{field}_sessions"), field);
            assert_eq!(present(found), by_field(&list, field), "{dialects:?} {field}");
        }
        let ages = list.iter().filter(|session| !session["age_seconds"].is_null());
        assert_eq!(
            metrics.value("maxtop_session_age_seconds_count"),
            Some(number(ages.count()))
        );
        let long_idle = list
            .iter()
            .filter(|session| session["idle_seconds"].as_f64().is_some_and(|idle| idle <= 60.0));
        let buckets = metrics.by("maxtop_session_idle_seconds_bucket", "le");
        assert_eq!(buckets.get("60.0"), Some(&number(long_idle.count())));
        let (status, err) = exporter.end(Signal::SIGTERM);
        assert_eq!((status, err.as_str()), (Some(0), ""));
        assert_eq!(demo.deletes(), [""; 0]);
    }
}

#[test]
fn reasons_and_locks_are_those_of_list() {
    let demo = Demo::with(ServedDialects::JsonApi, |spec| {
        spec.world.incidents = true;
        spec.speed = 0.0;
    });
    let url = demo.running.url();
    let with_servers = |args: &[&str]| {
        let mut command = command(&[args, &["-e", &url, "--sql-user", "maxtop"]].concat());
        command.env("MAXTOP_SQL_PASSWORD", "maxtop");
        command
    };
    let exporter = Exporter::of(&mut with_servers(&[
        "export",
        "-i",
        "100ms",
        "--listen",
        "127.0.0.1:0",
    ]));
    let metrics = exporter.metrics_until(|metrics| {
        let lists = metrics.value("maxtop_list_response_time_seconds_count");
        let servers = metrics.by("maxtop_server_access_up", "server");
        lists >= Some(4.0) && servers.len() == 3 && metrics.samples("maxtop_server_up").len() == 3
    });
    let listed = with_servers(&["list", "--count", "4", "-i", "100ms", "-o", "json"])
        .output()
        .unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    let list: Value = serde_json::from_str(listed.lines().last().unwrap()).unwrap();
    let list = list["sessions"].as_array().unwrap();
    let mut reasons: BTreeMap<String, f64> = BTreeMap::new();
    for finding in list
        .iter()
        .flat_map(|session| session["stuck"].as_array().unwrap())
    {
        *reasons
            .entry(finding["reason"].as_str().unwrap().to_owned())
            .or_default() += 1.0;
    }
    assert!(
        reasons.contains_key("blocks") && reasons.contains_key("lock-wait"),
        "{reasons:?}"
    );
    assert_eq!(present(metrics.by("maxtop_reason_sessions", "reason")), reasons);
    assert_eq!(
        present(metrics.by("maxtop_stuck_sessions", "severity")),
        present(by_field(list, "severity"))
            .into_iter()
            .filter(|(name, _)| !name.is_empty())
            .collect()
    );
    let count = |is_counted: &dyn Fn(&Value) -> bool| {
        Some(number(list.iter().filter(|session| is_counted(session)).count()))
    };
    let blocking = count(&|session| session["blocks"].as_u64() > Some(0));
    assert_eq!(metrics.value("maxtop_blocking_sessions"), blocking);
    assert_eq!(
        metrics.value("maxtop_waiting_sessions"),
        count(&|session| !session["waits"].is_null())
    );
    assert_eq!(
        metrics.value("maxtop_transaction_sessions"),
        count(&|session| !session["trx"].is_null())
    );
    let waiters: f64 = metrics.by("maxtop_waiters", "server").values().sum();
    assert!(waiters > 0.0);
    let states = metrics.samples("maxtop_server_state");
    let running: f64 = states.iter().map(|(_, value)| value).sum();
    assert_eq!((states.len(), running), (27, 3.0));
    assert_eq!(exporter.end(Signal::SIGINT).0, Some(0));
    assert_eq!(
        demo.running.sql_connections(),
        [""; 0],
        "all are closed at the end"
    );
}

#[test]
fn hostile_names_make_a_valid_text_with_bounded_labels() {
    let demo = Demo::with(ServedDialects::JsonApi, |spec| {
        spec.world.hostile = true;
        spec.world.sessions = 400;
    });
    let url = demo.running.url();
    let exporter = Exporter::start(&["-e", &url, "--export-top", "3"]);
    let metrics = exporter.metrics_after(2.0);
    for (name, label) in [("user", "user"), ("address", "address"), ("service", "service")] {
        let counts = metrics.by(&format!("maxtop_{name}_sessions"), label);
        assert!(counts.len() <= 4 && counts.contains_key("other"), "{counts:?}");
        assert_eq!(Some(counts.values().sum()), metrics.value("maxtop_sessions"));
    }
    assert!(metrics.series() < 350, "{}", metrics.series());
}

#[test]
fn only_get_and_the_known_paths_are_answered() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let url = demo.running.url();
    let exporter = Exporter::start(&["-e", &url]);
    let metrics = exporter.request("GET", "/metrics", PROMETHEUS);
    assert!(
        metrics
            .head
            .contains("content-type: application/openmetrics-text; version=1.0.0")
    );
    let older = exporter.request("GET", "/metrics", "Accept: */*\r\n");
    assert!(
        older.head.contains("content-type: text/plain; version=0.0.4"),
        "{older:?}"
    );
    assert!(!older.body.contains("# EOF"));
    assert_eq!(exporter.request("GET", "/-/healthy", "").body, "healthy\n");
    assert!(
        exporter
            .request("GET", "/", "")
            .body
            .contains("href=\"/metrics\"")
    );
    for (method, path, status) in [
        ("HEAD", "/metrics", "200"),
        ("POST", "/metrics", "405"),
        ("DELETE", "/", "405"),
        ("GET", "/metrics/", "404"),
        ("GET", "/v1/sessions", "404"),
        ("GET", "/../etc/passwd", "404"),
    ] {
        assert_eq!(
            exporter.request(method, path, "").status(),
            status,
            "{method} {path}"
        );
    }
}

#[test]
fn a_scrape_sends_no_request() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let url = demo.running.url();
    let exporter = Exporter::of(&mut command(&[
        "export",
        "-e",
        &url,
        "-i",
        "1h",
        "--listen",
        "127.0.0.1:0",
    ]));
    let first = exporter.metrics_after(1.0);
    let lists = |demo: &Demo| {
        let log = demo.running.log();
        log.iter()
            .filter(|line| line.target.contains("/sessions"))
            .count()
    };
    let before = lists(&demo);
    for _ in 0..20 {
        exporter.metrics();
    }
    let last = exporter.metrics();
    assert_eq!(lists(&demo), before);
    let age = |metrics: &Metrics| metrics.value("maxtop_list_age_seconds").unwrap();
    assert!(age(&last) > age(&first), "the age is that of the scrape");
}

#[test]
fn an_endpoint_that_fails_has_up_0_until_it_answers_again() {
    let fails = Arc::new(AtomicBool::new(false));
    let is_failing = Arc::clone(&fails);
    let address = replying(move |request| {
        if is_failing.load(Ordering::Relaxed) {
            (503, String::new())
        } else if request.contains("/sessions") {
            let rows = r#"{"data":[{"id":"7","attributes":{"user":"ann"}}]}"#;
            (200, rows.to_owned())
        } else {
            let version = r#"{"data":{"id":"maxscale","attributes":{"version":"24.02.3"}}}"#;
            (200, version.to_owned())
        }
    });
    let url = format!("http://{address}");
    let exporter = Exporter::start(&["-e", &url]);
    exporter.metrics_until(|metrics| metrics.value("maxtop_sessions") == Some(1.0));
    fails.store(true, Ordering::Relaxed);
    let down = exporter.metrics_until(|metrics| metrics.value("maxtop_up") == Some(0.0));
    assert_eq!(down.value("maxtop_sessions"), None);
    assert!(down.by("maxtop_list_errors_total", "cause")["status"] >= 1.0);
    assert!(down.value("maxtop_last_success_timestamp_seconds").is_some());
    exporter.metrics_until(|metrics| metrics.by("maxtop_list_errors_total", "cause")["status"] >= 3.0);
    fails.store(false, Ordering::Relaxed);
    exporter.metrics_until(|metrics| metrics.value("maxtop_sessions") == Some(1.0));
    let (status, err) = exporter.end(Signal::SIGTERM);
    assert_eq!(status, Some(0));
    let lines: Vec<_> = err.lines().collect();
    assert_eq!(
        lines.len(),
        2,
        "one line for the failure, one for the end of it: {err}"
    );
    assert!(
        lines[0].contains("status 503") && lines[1].contains("answers again"),
        "{err}"
    );
}

#[test]
fn an_address_in_use_and_one_beyond_loopback_are_reported() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = listener.local_addr().unwrap().to_string();
    let ran = crate::program::maxtop(&["export", "-e", "127.0.0.1:1", "--listen", &taken]);
    ran.failed(1, &format!("cannot listen on {taken}"));
    let mut child = command(&["export", "-e", "127.0.0.1:1", "--listen", "0.0.0.0:0"])
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let warning = lines.next().unwrap().unwrap();
    assert!(
        warning.starts_with("maxtop: --listen is not on loopback"),
        "{warning}"
    );
    assert!(
        lines
            .next()
            .unwrap()
            .unwrap()
            .starts_with("serving metrics at http://0.0.0.0:")
    );
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn an_address_that_is_no_address_says_what_is_expected() {
    for address in ["foo", "localhost:9878", ":9878", "127.0.0.1"] {
        let output = command(&["export", "--listen", address]).output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{err}");
        assert!(
            err.contains("expected an IP address and a port, such as 127.0.0.1:9878"),
            "{err}"
        );
    }
}
