//! The report as text and as JSON, and several endpoints.

use super::*;

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
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(
        lines,
        [
            "ok       name     127.0.0.1 is an address",
            "failure  connect  127.0.0.1:8989: connection refused",
            "                  is MaxScale running, and is its admin_port this one?",
            "skipped  others   18 checks: the endpoint was not reached",
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
fn without_an_answer_the_skipped_checks_are_one_line() {
    let rejected = but(|facts| {
        silent(facts);
        facts.proxy = Err(Unavailable::Fault(refused(401, true)));
    });
    let page = but(|facts| {
        silent(facts);
        facts.list = Err(Unavailable::Fault(RequestError::NotJson(Text::clean(
            "HTML",
            TextLimit::Name,
        ))));
    });
    for (facts, failed, why) in [
        (rejected, "authentication", "the endpoint rejected the request"),
        (page, "dialect", "the endpoint does not reply like an admin API"),
    ] {
        let mut out = Vec::new();
        text(&mut out, &[examined(String::new(), &facts)], false).unwrap();
        let text = String::from_utf8(out).unwrap();
        let skipped: Vec<_> = text.lines().filter(|line| line.starts_with("skipped")).collect();
        assert_eq!(skipped.len(), 1, "{text}");
        assert!(skipped[0].ends_with(why), "{text}");
        assert!(text.contains(&format!("failure  {failed}")), "{text}");
    }
    let mut out = Vec::new();
    text(&mut out, &[examined(String::new(), &well())], false).unwrap();
    assert!(!String::from_utf8(out).unwrap().contains("others"));
}

#[test]
fn json_is_one_array_with_null_for_nothing_to_do() {
    let (_, json) = written(true);
    let rows: Vec<serde_json::Value> = serde_json::from_str(&json).unwrap();
    // Without the check of the database user, which is not set.
    assert_eq!(rows.len(), CHECKS.len() - 1);
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
    assert_eq!(super::super::exit(&reports), ExitStatus::Failed);
    assert_eq!(super::super::exit(&reports[1..]), ExitStatus::Unreachable);
}

#[test]
fn docs_have_the_table_of_checks() {
    let mut table = "| check | what it checks |\n|---|---|\n".to_owned();
    for check in &CHECKS {
        writeln!(table, "| `{}` | {} |", check.name, check.about).unwrap();
    }
    crate::docs::assert_table("doctor.md", "checks", &table);
}
