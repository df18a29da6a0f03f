use std::sync::Arc;

use super::*;
use crate::model::{JsonApiFields, RunningStatement, ServerConnection, SessionId, Span, Text, TextLimit};

fn text(raw: &str) -> Text {
    Text::clean(raw, TextLimit::Name)
}

fn session() -> Session {
    let extra = JsonApiFields {
        backends: Some(vec![ServerConnection {
            server: text("db-01"),
            thread_id: Some(4021),
        }]),
        program: Some(text("reporting.py")),
        running: Some(RunningStatement {
            sql: Some(text("SELECT 1 FROM dual")),
            received: text("now"),
        }),
        memory: Some(2 << 20),
        ..JsonApiFields::default()
    };
    Session {
        state: Some(text("Session started")),
        user: Some(text("Zoë")),
        address: Some(text("10.0.3.9")),
        port: Some(41200),
        service: Some(text("RW-Split")),
        idle: Some(Span::from_secs(1200)),
        extra: Some(Arc::new(extra)),
        ..Session::bare(SessionId(1187))
    }
}

#[test]
fn a_text_is_searched_for_in_every_field_ignoring_case() {
    for needle in [
        "ready",
        "zoË",
        "10.0.3",
        "rw-sp",
        "STARTED",
        "118",
        "412",
        "0.3.9:412",
        "DB-01",
        "report",
        "select 1",
        " dual ",
    ] {
        assert!(filter(needle).matches(&session()), "{needle}");
    }
    for needle in ["nobody", "db-02", "999", "10.0.3.9:5"] {
        assert!(!filter(needle).matches(&session()), "{needle}");
    }
}

#[test]
fn a_filter_can_be_shared() {
    fn shared<T: Send + Sync + Clone + 'static>(_: &T) {}
    shared(&Filter::default());
}

#[test]
fn an_empty_filter_matches_everything() {
    assert!(Filter::parse("  ").unwrap().is_empty());
    assert!(Filter::default().matches(&Session::bare(SessionId(1))));
}

fn filter(text: &str) -> Filter {
    Filter::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Asserts the result of each filter for [`session`].
fn answers(expected: Ternary, filters: &[&str]) {
    let session = session();
    for text in filters {
        assert_eq!(
            filter(text).evaluate(&FilterInput::new(&session)),
            expected,
            "{text}"
        );
    }
}

#[test]
fn fields_are_compared_by_their_type() {
    answers(
        Ternary::Yes,
        &[
            "user=Zo*",
            "user=Zo?",
            "user='Zoë'",
            "USER = Zo?",
            "service~'^RW'",
            "service~^RW-S",
            "service!=Read*",
            "id=1187",
            "id>1186",
            "id <= 1187",
            "port>=40000",
            "port!=1",
            "idle>5m",
            "idle>300",
            "idle>4.5m",
            "idle<=1h30m",
            "idle<90min",
            "memory>=2MiB",
            "memory=2097152",
            "memory>2MB",
            "memory<'2.1 MB'",
            "memory<3m",
            "thread_id=4021",
            "program=*.py",
            "query~'(?i)^select'",
            "known(idle)",
            "known ( idle )",
            "not known(pid)",
        ],
    );
    answers(
        Ternary::No,
        &[
            "user=zo*",
            "user=Zo",
            "user=?",
            "user=",
            "user=''",
            "service~^rw",
            "id!=1187",
            "idle>1h",
            "memory>2MiB",
            "known(age)",
            "server=db-02",
            "thread_id>5000",
        ],
    );
    answers(
        Ternary::Unknown,
        &[
            "age>1s",
            "not age>1s",
            "pid=1",
            "pid!=1",
            "stuck",
            "not stuck",
            "reason=idle",
            "reads=0",
            "key=a*",
            "endpoint!=x",
            "io<5",
        ],
    );
}

#[test]
fn a_state_is_what_was_sent_and_the_word_for_it() {
    answers(
        Ternary::Yes,
        &[
            "state=ready",
            "state='Session started'",
            "state~started",
            "state!=stopping",
        ],
    );
    answers(
        Ternary::No,
        &["state!=ready", "state!='Session started'", "state='other'"],
    );
}

#[test]
fn of_several_values_one_is_enough_and_none_for_its_opposite() {
    let mut session = session();
    let ask = |session: &Session, text: &str| filter(text).evaluate(&FilterInput::new(session));
    let extra = Arc::make_mut(session.extra.as_mut().unwrap());
    extra.backends.as_mut().unwrap().push(ServerConnection {
        server: text("db-02"),
        thread_id: None,
    });
    assert_eq!(ask(&session, "server=db-02"), Ternary::Yes);
    assert_eq!(ask(&session, "server!=db-02"), Ternary::No);
    assert_eq!(ask(&session, "server!=db-03"), Ternary::Yes);
    assert_eq!(ask(&session, "thread_id=4021"), Ternary::Yes);
    assert_eq!(ask(&session, "thread_id!=4021"), Ternary::No);
    assert_eq!(
        ask(&session, "thread_id=4022"),
        Ternary::Unknown,
        "the other may be it"
    );
    assert_eq!(ask(&session, "thread_id!=4022"), Ternary::Unknown);
    assert_eq!(ask(&session, "known(thread_id)"), Ternary::No);
    Arc::make_mut(session.extra.as_mut().unwrap()).backends = Some(Vec::new());
    assert_eq!(ask(&session, "server="), Ternary::Yes, "it is known to have none");
    assert_eq!(ask(&session, "server!="), Ternary::No);
    assert_eq!(ask(&session, "server!=db-01"), Ternary::Yes);
    assert_eq!(ask(&session, "thread_id=4021"), Ternary::No);
    Arc::make_mut(session.extra.as_mut().unwrap()).backends = None;
    assert_eq!(ask(&session, "server="), Ternary::Unknown, "2.2 does not say");
    session.extra = None;
    assert_eq!(ask(&session, "server=db-01"), Ternary::Unknown);
    assert_eq!(ask(&session, "server!=db-01"), Ternary::Unknown);
}

#[test]
fn reasons_without_data_count_as_absent() {
    let session = session();
    let ask = |found: &[&str], unjudged: &[&str], text: &str| {
        filter(text).evaluate(&FilterInput {
            reasons: Some(Reasons { found, unjudged }),
            ..FilterInput::new(&session)
        })
    };
    assert_eq!(ask(&["idle"], &["query"], "stuck"), Ternary::Yes);
    assert_eq!(ask(&["idle"], &["query"], "reason=query"), Ternary::No);
    assert_eq!(ask(&["idle"], &["query"], "not reason=query"), Ternary::Yes);
    assert_eq!(ask(&["idle"], &["query"], "reason=none"), Ternary::No);
    assert_eq!(ask(&[], &["query"], "stuck"), Ternary::No);
    for text in ["not stuck", "reason=", "reason=none", "reason=''", "reason!=idle"] {
        assert_eq!(ask(&[], &["query"], text), Ternary::Yes, "{text}");
    }
    assert_eq!(ask(&[], &["query"], "reason!=none"), Ternary::No);
    assert_eq!(ask(&[], &["query"], "reason=no-*"), Ternary::No);
    assert_eq!(ask(&[], &[], "reason=*"), Ternary::No, "any reason");
    assert_eq!(ask(&["idle"], &[], "reason=*"), Ternary::Yes);
    assert_eq!(ask(&[], &[], "reason!=*"), Ternary::Yes);
    assert_eq!(ask(&[], &["query"], "known(stuck)"), Ternary::No);
    assert_eq!(ask(&[], &["query"], "known(reason)"), Ternary::No);
    assert_eq!(ask(&[], &[], "known(stuck)"), Ternary::Yes);
    assert_eq!(ask(&["idle"], &["query"], "known(stuck)"), Ternary::Yes);
}

#[test]
fn reasons_without_data_make_a_strict_result_unknown() {
    let session = session();
    let ask = |found: &[&str], unjudged: &[&str], text: &str| {
        filter(text).evaluate(
            &FilterInput {
                reasons: Some(Reasons { found, unjudged }),
                ..FilterInput::new(&session)
            }
            .strict(),
        )
    };
    assert_eq!(ask(&["idle"], &[], "stuck and reason=idle"), Ternary::Yes);
    assert_eq!(ask(&["idle"], &["query"], "stuck"), Ternary::Yes);
    assert_eq!(ask(&["idle"], &["query"], "reason=query"), Ternary::Unknown);
    assert_eq!(ask(&["idle"], &["query"], "reason!=memory"), Ternary::Yes);
    assert_eq!(ask(&[], &["query"], "stuck"), Ternary::Unknown);
    assert_eq!(ask(&[], &["query"], "reason="), Ternary::Unknown);
    assert_eq!(ask(&[], &["query"], "known(reason)"), Ternary::No);
    assert_eq!(ask(&[], &[], "stuck"), Ternary::No);
    assert_eq!(ask(&[], &[], "not stuck and reason="), Ternary::Yes);
    assert_eq!(ask(&["back-pressure"], &[], "pressure"), Ternary::Yes);
    // JSON:API never reports it.
    assert_eq!(ask(&[], &["buffering"], "not stuck"), Ternary::Yes);
    assert_eq!(ask(&[], &["buffering"], "reason=none"), Ternary::Yes);
    assert_eq!(ask(&[], &["buffering"], "not reason=buffering"), Ternary::Unknown);
    let listed = FilterInput {
        endpoint: Some("proxy-1"),
        ..FilterInput::new(&session)
    };
    assert_eq!(filter("endpoint=proxy*").evaluate(&listed), Ternary::Yes);
    assert_eq!(
        filter("proxy").evaluate(&listed),
        Ternary::No,
        "it would match everybody"
    );
}

#[test]
fn not_binds_tightest_and_or_loosest() {
    for (typed, canonical) in [
        ("a b or c", "a and b or c"),
        ("a and (b or c)", "a and (b or c)"),
        ("not a b", "not a and b"),
        ("not (a b)", "not (a and b)"),
        ("NOT not A", "not not a"),
        ("((a)) and ((b and c))", "a and b and c"),
        ("a or (b or (c))", "a or b or c"),
        ("(a)(b)", "a and b"),
        (
            "user=app* and (idle>5m or stuck) not service~'^Rep'",
            "user=app* and (idle>5m or stuck) and not service~^Rep",
        ),
        ("idle > 300 memory>1048576", "idle>5m and memory>1MiB"),
        ("idle>90 or idle>0", "idle>1m30s or idle>0s"),
        (r#"user="it's""#, r#"user="it's""#),
        (r"user='it\'s'", r#"user="it's""#),
        ("user= etl", "user='' and etl"),
        ("user = etl", "user=etl"),
        ("user=and", "user=and"),
        (
            r#"'and' and 'not' "stuck" known"#,
            "'and' and 'not' and 'stuck' and known",
        ),
        ("'user'", "'user'"),
        ("known(user)", "known(user)"),
    ] {
        assert_eq!(filter(typed).to_string(), canonical, "{typed}");
        assert_eq!(filter(canonical), filter(typed), "{typed}");
    }
}

#[test]
fn an_unset_variable_never_widens_a_filter() {
    assert_eq!(filter("user= service=x").to_string(), "user='' and service=x");
    for text in [
        "idle> etl",
        "user = or x",
        "user~",
        "user~ etl",
        "user =",
        "user = ",
        "(user = )",
    ] {
        assert!(Filter::parse(text).is_err(), "{text}");
    }
}

#[test]
fn a_word_is_not_certainly_absent_while_what_every_session_has_is_unknown() {
    answers(Ternary::No, &["nobody", "not report"]);
    answers(Ternary::Yes, &["not nobody"]);
    let bare = Session::bare(SessionId(7));
    assert_eq!(filter("etl").evaluate(&FilterInput::new(&bare)), Ternary::Unknown);
    assert_eq!(
        filter("not etl").evaluate(&FilterInput::new(&bare)),
        Ternary::Unknown
    );
    assert_eq!(filter("7").evaluate(&FilterInput::new(&bare)), Ternary::Yes);
}

#[test]
fn a_filter_reports_the_fields_that_it_uses() {
    assert!(filter("a or not key=b*").uses("key"));
    assert!(!filter("user=key").uses("key"));
    assert!(filter("etl").uses("user") && !filter("etl").uses("key"));
}

#[test]
fn globs_match_whole_texts() {
    for (glob, text, expected) in [
        ("a*b*c", "aXbYc", true),
        ("a*b*c", "abc", true),
        ("a*bc*c", "abc", false),
        ("*ab", "aab", true),
        ("*a?c*", "xxabcx", true),
        ("a?", "a", false),
        ("?*", "", false),
        ("*", "", true),
        ("**", "x", true),
        ("a*a", "a", false),
        ("日?", "日本", true),
        ("[a]", "[a]", true),
        (r"a\*", "a*", true),
        (r"a\*", r"a\x", false),
        (r"a\?b*", "a?bc", true),
        (r"a\?b*", "axbc", false),
        (r"CORP\svc", r"CORP\svc", true),
        (r"CORP\\svc", r"CORP\svc", true),
        (r"CORP\\svc", r"CORP\\svc", false),
        (r"a\\*", r"a\bc", true),
        (r"a\", r"a\", true),
        (r"*\??", "a?b", true),
    ] {
        assert_eq!(glob::Glob::new(glob).matches(text), expected, "{glob} {text}");
    }
}

#[test]
fn tab_completes_fields_and_values() {
    let known = |_: &FilterField| vec!["app".to_owned(), "app orders".to_owned(), "web".to_owned()];
    let done = |text: &str| complete(text, known).map(|found| (found.start, found.choices.join(" ")));
    assert_eq!(done("us"), Some((0, "user".to_owned())));
    assert_eq!(done("not (se"), Some((5, "service server".to_owned())));
    assert_eq!(done("é user=a"), Some((7, "app 'app orders'".to_owned())));
    assert_eq!(done("user="), Some((5, "app web 'app orders'".to_owned())));
    assert_eq!(done("user!='app o"), Some((6, "'app orders'".to_owned())));
    let odd = |_: &FilterField| vec![r"CORP\svc".to_owned(), "a*b".to_owned(), "สมศรี".to_owned()];
    let done_odd = |text: &str| complete(text, odd).map(|found| found.choices.join(" "));
    assert_eq!(done_odd("user="), Some(r"CORP\\svc a\*b สมศรี".to_owned()));
    assert_eq!(done_odd(r"user=CORP\"), Some(r"CORP\\svc".to_owned()));
    assert_eq!(done_odd(r"user=CORP\\s"), Some(r"CORP\\svc".to_owned()));
    assert_eq!(done_odd("user=ส"), Some("สมศรี".to_owned()));
    for text in [
        "user", "xyz", "user=x", "idle>5", "idle=", "user~a", "'se", "usr=a",
    ] {
        assert_eq!(done(text), None, "{text}");
    }
}

mod compose;
mod errors;
mod no_match;
mod properties;
mod reference;
mod signs;
