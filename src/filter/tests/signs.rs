//! Signs of other languages are errors: a filter that protects nothing must not look like one that does.

use super::*;
use crate::model::RawText;

#[test]
fn signs_of_other_languages_are_errors_that_name_the_keyword() {
    for (text, expected) in [
        (
            "user=app && idle>1",
            "column 10: found '&&': write 'and', or quote a text that has it",
        ),
        (
            "user=app || idle>1",
            "column 10: found '||': write 'or', or quote a text that has it",
        ),
        (
            "stuck&&orders",
            "column 6: found '&&': write 'and', or quote a text that has it",
        ),
        (
            "user==x",
            "column 5: found '==': write '=', or quote a text that has it",
        ),
        (
            "user =~ x",
            "column 6: found '=~': write '~', or quote a text that has it",
        ),
        (
            "user<>x",
            "column 5: found '<>': write '!=', or quote a text that has it",
        ),
        (
            "user!~x",
            "column 5: found '!~': write 'not FIELD~TEXT', or quote a text that has it",
        ),
        (
            "user:app",
            "column 5: found ':': write '=', or quote a text that has it",
        ),
        (
            "!stuck",
            "column 1: found '!': write 'not', or quote a text that has it",
        ),
        (
            "a and !(b)",
            "column 7: found '!': write 'not', or quote a text that has it",
        ),
        (
            "&&",
            "column 1: found '&&': write 'and', or quote a text that has it",
        ),
    ] {
        assert_eq!(Filter::parse(text).expect_err(text).to_string(), expected);
    }
}

#[test]
fn a_quoted_text_or_a_value_may_have_them() {
    for text in [
        "'a && b'",
        "\"||\"",
        "user=a&&b",
        "user=R&D",
        "R&D",
        "'user:app'",
        "10.0.3.9:4",
        "::1",
        "user=a:b",
        "user='=x'",
    ] {
        let filter = Filter::parse(text).expect(text);
        let again = Filter::parse(&filter.to_string()).expect(text);
        assert_eq!(filter.to_string(), again.to_string());
    }
}

#[test]
fn a_unit_apart_from_its_number_is_an_error() {
    for (text, joined) in [
        ("idle>5 min", "5min"),
        ("idle > 5 m and stuck", "5m"),
        ("idle>1h 30m", "1h30m"),
        ("memory>2 MiB", "2MiB"),
    ] {
        let error = Filter::parse(text).expect_err(text).to_string();
        assert!(
            error.contains(&format!("write '{joined}' without a blank")),
            "{error}"
        );
    }
    for text in [
        "idle>5 30s",
        "idle>5 min1",
        "idle>5m orders",
        "idle>5 'min'",
        "idle>'5 min'",
        "id=5 m",
    ] {
        assert!(Filter::parse(text).is_ok(), "{text}");
    }
}

#[test]
fn values_of_closed_sets_are_checked() {
    for (text, expected) in [
        (
            "reason=qurey",
            "column 8: unknown reason 'qurey': did you mean query?",
        ),
        (
            "reason!='Idle'",
            "column 9: unknown reason 'Idle': did you mean idle?",
        ),
        (
            "state=Ready",
            "column 7: unknown state 'Ready': did you mean ready?",
        ),
        (
            "state=open",
            "column 7: unknown state 'open': states: starting, ready, stopping",
        ),
    ] {
        assert_eq!(Filter::parse(text).expect_err(text).to_string(), expected);
    }
    let unknown = Filter::parse("reason=zz*").expect_err("none matches").to_string();
    assert!(
        unknown.contains("'zz*': reasons: none, blocks, lock-wait"),
        "{unknown}"
    );
    for text in [
        "reason=",
        "reason=none",
        "reason=*lock*",
        "reason~qurey",
        "state=",
        "state='Router stopped'",
        "state=Sess*",
    ] {
        let filter = Filter::parse(text).expect(text);
        assert_eq!(Filter::parse(&filter.to_string()), Ok(filter), "{text}");
    }
    let state = FilterField::named("state").expect("a field");
    for sent in ["ready", "odd", "Router stopped"] {
        let narrowed = Filter::default().narrowed(state, Some(RawText::from(sent)));
        assert!(narrowed.is_ok(), "{sent}");
    }
}

#[test]
fn a_field_without_an_operator_is_no_text_to_search_for() {
    for text in [
        "idle",
        "not idle",
        "not service Reporting",
        "user in (web,etl)",
        "user like 'app%'",
        "stuck and WAITS",
    ] {
        let error = Filter::parse(text).unwrap_err().to_string();
        assert!(
            error.contains("is a field: write a condition such as"),
            "{text}: {error}"
        );
    }
    let error = Filter::parse("not idle").unwrap_err().to_string();
    assert_eq!(
        error,
        "column 5: 'idle' is a field: write a condition such as idle>5m, or quote a text to search for"
    );
    for text in ["'idle'", "not \"service\"", "stuck", "not stuck", "orders"] {
        assert!(Filter::parse(text).is_ok(), "{text}");
    }
}
