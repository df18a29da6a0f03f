//! Reports, from facts to Markdown.

use std::time::Duration;

use jiff::Timestamp;
use proptest::prelude::*;

use super::markdown::{block, code, plain};
use super::*;
use crate::app::AppSettings;
use crate::app::harness::{AppHarness, draft};
use crate::model::{Dialect, Identity, RequestError, ServerState, Session, SessionId, Text, TextLimit};
use crate::recording::{KillFact, KillResult, RecordedEndpoint};

const STARTED: &str = "Mon, 23 Nov 2026 15:55:27 GMT";
/// An idle time in seconds after which a session is stuck.
const LONG: u64 = 40_000;

fn text(raw: &str) -> Text {
    Text::clean(raw, TextLimit::Line)
}

fn header(names: &[&str]) -> Header {
    let endpoint = |name: &&str| RecordedEndpoint {
        name: text(name),
        url: text(&format!("http://{name}:8989")),
        clock_offset_ms: None,
    };
    Header {
        program: text("1.0.0"),
        endpoints: names.iter().map(endpoint).collect(),
        started: Now::default(),
        is_redacted: false,
        minor_version: 0,
    }
}

fn reporter(names: &[&str], redacts: bool) -> Reporter {
    let options = ReportOptions {
        source: ReportSource::Recording { is_complete: true },
        redacts,
        zone: TimeZone::UTC,
        query: ViewQuery::default(),
    };
    Reporter::new(header(names), |_| false, options)
}

fn report_of(facts: Vec<Fact>, names: &[&str], redacts: bool) -> String {
    let mut reporter = reporter(names, redacts);
    for fact in facts {
        reporter.on_recorded_fact(fact);
    }
    reporter.text()
}

fn server(name: &str, state: &str) -> ServerState {
    ServerState {
        name: text(name),
        state: Some(text(state)),
        status: None,
        address: Some(text("db.internal")),
        port: Some(3306),
        replication_lag: None,
        connections: Some(12),
        monitor: crate::model::MonitorReport::default(),
    }
}

/// Facts of one endpoint: a session is stuck and recovers, a server goes down, the endpoint is lost and replies again.
fn incident() -> Vec<Fact> {
    let mut stage = AppHarness::with(AppSettings::default(), Dialect::Draft, (80, 24));
    stage.servers(Ok(&[server("db-02", "Slave, Running")]));
    stage.list_at(0, &draft(&[(7, "hanging_job", LONG), (8, "web", 1)]), STARTED);
    stage.wait(Duration::from_secs(1));
    stage.servers(Ok(&[server("db-02", "Down")]));
    stage.list_at(0, &draft(&[(7, "hanging_job", LONG), (8, "web", LONG)]), STARTED);
    stage.wait(Duration::from_secs(1));
    stage.fail_at(0, RequestError::Refused);
    stage.wait(Duration::from_secs(1));
    stage.list_at(0, &draft(&[(7, "hanging_job", 1), (8, "web", LONG)]), STARTED);
    stage.facts
}

fn kill(at: Now) -> Fact {
    let session = Session {
        user: Some(text("hanging_job")),
        address: Some(text("10.0.3.7")),
        ..Session::bare(SessionId(7))
    };
    Fact {
        at,
        endpoint: Some(EndpointId(0)),
        kind: FactKind::Kill(Box::new(KillFact {
            time: Timestamp::UNIX_EPOCH,
            number: 1,
            identity: Identity::new(EndpointId(0), None, &session),
            outcome: Some(KillResult {
                word: text("killed"),
                detail: text("by hand"),
            }),
            reason: None,
            filter: None,
        })),
    }
}

/// Returns the lines of a section.
fn section<'a>(report: &'a str, title: &str) -> &'a str {
    let start = report.split(&format!("## {title}\n")).nth(1);
    let start = start.unwrap_or_else(|| panic!("no {title}: {report}"));
    start.split("\n## ").next().unwrap()
}

#[test]
fn a_report_has_what_happened() {
    let mut facts = incident();
    let end = facts.last().unwrap().at;
    facts.push(kill(end));
    let report = report_of(facts, &["proxy-1"], false);
    let stuck = section(&report, "What was stuck");
    assert!(stuck.contains("| 7 | hanging_job@10.0.3.7 |"), "{stuck}");
    assert!(
        stuck.contains("| 8 | web@10.0.3.8 |") && stuck.contains("still stuck"),
        "{stuck}"
    );
    assert!(
        stuck.contains("2 sessions") && stuck.contains("idle: "),
        "{stuck}"
    );
    let events = section(&report, "Events");
    for words in [
        "server down: db-02",
        "became stuck: 8 web@10.0.3.8",
        "recovered: 7 hanging_job@10.0.3.7",
        "endpoint lost: connection refused",
        "endpoint back: ",
    ] {
        assert!(events.contains(words), "{words}: {events}");
    }
    assert!(section(&report, "Kills").contains("kill: 7 hanging_job@10.0.3.7  killed by hand"));
    assert!(
        section(&report, "Top groups").contains("| web | 1 | 1 |"),
        "{report}"
    );
    let servers = section(&report, "Servers and services");
    assert!(
        servers.contains("| db-02 | proxy-1 | Down | 12 | running → down |"),
        "{servers}"
    );
    assert!(
        section(&report, "Endpoints").contains("| 2 | 3 | 1 |"),
        "{report}"
    );
    assert!(section(&report, "How this report was made").contains("Not redacted"));
}

#[test]
fn a_redacted_report_has_no_users_and_addresses() {
    let mut facts = incident();
    facts.push(kill(Now::default()));
    let report = report_of(facts, &["proxy-1.internal"], true);
    for secret in ["hanging", "web", "10.0.3", "internal", "by hand"] {
        assert!(!report.contains(secret), "{secret}: {report}");
    }
    let stuck = section(&report, "What was stuck");
    assert!(stuck.contains("| 7 | user-1@addr-"), "{stuck}");
    assert!(
        report.contains("pseudonyms") && report.contains("endpoint-1"),
        "{report}"
    );
}

#[test]
fn sessions_of_several_endpoints_have_the_name_of_theirs() {
    let names = ["proxy-1", "proxy-2"];
    let mut stage = AppHarness::watching(&names, AppSettings::default(), Dialect::Draft, (80, 24));
    stage.list_at(0, &draft(&[(7, "web", 1)]), STARTED);
    stage.list_at(1, &draft(&[(9, "job", LONG)]), STARTED);
    let report = report_of(stage.facts, &names, false);
    let stuck = section(&report, "What was stuck");
    assert!(stuck.contains("| 9 on proxy-2 | job@10.0.3.9 |"), "{stuck}");
}

#[test]
fn without_data_a_report_says_so() {
    let report = report_of(Vec::new(), &["proxy-1"], false);
    assert!(
        report.contains("No data.") && report.contains("there is no complete list"),
        "{report}"
    );
}

#[test]
fn damaged_parts_are_counted() {
    let mut reporter = reporter(&["proxy-1"], false);
    reporter.on_damage();
    assert!(reporter.text().contains("Not read because of damage: 1 part."));
}

#[test]
fn untrusted_text_is_no_markup() {
    for (raw, expected) in [
        ("shop_api", "shop_api"),
        ("_em_ *b* `c`", "\\_em\\_ \\*b\\* \\`c\\`"),
        ("a|b", "a\\|b"),
        ("<script>&", "&lt;script&gt;&amp;"),
        ("[x](http://h/)", "\\[x\\](http:\\/\\/h/)"),
        ("a\nb\u{1b}[2J", "a\\\\nb\\\\x1b\\[2J"),
    ] {
        let shown = plain(raw);
        assert!(!shown.contains(['\n', '\u{1b}']), "{shown}");
        if !raw.contains('\n') {
            assert_eq!(shown, expected);
        }
    }
    assert_eq!(code("a`|b"), "``a`\\|b``");
    assert_eq!(block(&["```".to_owned()]), "````text\n```\n````\n");
}

proptest! {
    #[test]
    fn no_text_leaves_its_cell(raw in "\\PC{0,40}") {
        let shown = plain(&raw);
        let mut before = ' ';
        for c in shown.chars() {
            prop_assert!(!matches!(c, '\n' | '<' | '>'), "{shown}");
            if matches!(c, '|' | '`' | '[' | '*') {
                prop_assert_eq!(before, '\\', "{}", shown);
            }
            // An escaped backslash does not escape what follows.
            before = if before == '\\' && c == '\\' { ' ' } else { c };
        }
    }
}
