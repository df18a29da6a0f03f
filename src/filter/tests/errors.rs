//! Texts and positions of filter errors.

use super::*;

fn error(text: &str) -> FilterError {
    Filter::parse(text).expect_err(text)
}

#[test]
fn errors_say_where_what_was_found_and_what_was_expected() {
    for (text, expected) in [
        ("a and usr=x", "column 7: unknown field 'usr': did you mean user?"),
        (
            "servers=db-01",
            "column 1: unknown field 'servers': did you mean server?",
        ),
        ("uesr=x", "column 1: unknown field 'uesr': did you mean user?"),
        ("mem>1", "column 1: unknown field 'mem': did you mean memory?"),
        (
            "idle_seconds>1",
            "column 1: unknown field 'idle_seconds': did you mean idle?",
        ),
        ("known(usr)", "column 7: unknown field 'usr': did you mean user?"),
        (
            "idle~5",
            "column 5: idle is a duration: expected = != < <= > >=, found ~",
        ),
        ("user>5", "column 5: user is a text: expected = != ~, found >"),
        ("stuck=yes", "column 6: stuck is a flag: expected no = after it"),
        (
            "idle>",
            "column 6: expected a duration such as 90s, 5m or 1h30m after >, found the end",
        ),
        (
            "idle>5x",
            "column 6: expected a duration such as 90s, 5m or 1h30m, found '5x'",
        ),
        ("id=1e", "column 4: expected a whole number, found '1e'"),
        (
            "memory<5q",
            "column 8: expected a size such as 500kB or 2MiB, found '5q'",
        ),
        (
            "user~(a|b)",
            "column 6: expected a text such as app* after ~, found '('",
        ),
        ("user~'('", "column 6: bad pattern: unclosed group"),
        ("a or", "column 5: expected a condition, found the end"),
        ("a and or b", "column 7: expected a condition, found 'or'"),
        ("and", "column 1: expected a condition, found 'and'"),
        ("not", "column 4: expected a condition, found the end"),
        ("a)", "column 2: expected a condition, found ')'"),
        ("()", "column 2: expected a condition, found ')'"),
        ("= 5", "column 1: expected a condition, found '='"),
        (
            "(a",
            "column 1: this '(' is not closed: expected ')', found the end",
        ),
        ("a 'b", "column 3: this quote is not closed"),
        ("''", "column 1: expected a text to search for, found ''"),
        (
            "it's",
            "column 3: expected a blank, found ''': quote a text that has it",
        ),
        (
            "count(x)",
            "column 6: expected a blank, found '(': quote a text that has it",
        ),
        (
            "idle>5m>3",
            "column 8: expected a blank, found '>': quote a text that has it",
        ),
        (
            "known(",
            "column 7: expected the name of a field and ')', found the end",
        ),
        (
            "known(user",
            "column 11: expected the name of a field and ')', found the end",
        ),
    ] {
        assert_eq!(error(text).to_string(), expected, "{text}");
    }
}

#[test]
fn columns_count_characters() {
    let found = error("é 日本 usr=x");
    assert_eq!((found.column, found.end), (5, 8));
    let found = error("idle>é");
    assert_eq!((found.column, found.end), (5, 6));
    let found = error("é or");
    assert_eq!((found.column, found.end), (4, 4));
}

#[test]
fn an_error_is_one_clean_line() {
    for text in [
        "\u{1b}[2J=x",
        "idle>\u{202e}",
        "user~'(\n'",
        "x\u{7}\u{7}=",
        "user~'(?P<\u{1b}'",
    ] {
        let said = error(text).to_string();
        assert!(
            !said.contains(|c: char| c.is_control() || c == '\u{202e}'),
            "{said}"
        );
    }
    let said = error("zzzzz=1").to_string();
    assert!(said.contains("fields: id, key, user"), "{said}");
}

#[test]
fn length_depth_and_patterns_are_bounded() {
    assert_eq!(error(&"a".repeat(MAX_FILTER_LEN + 1)).kind, ErrorKind::TooLong);
    for open in ["(", "not "] {
        assert_eq!(error(&open.repeat(100)).kind, ErrorKind::TooDeep);
    }
    for (open, close) in [("(", ")"), ("not ", "")] {
        filter(&format!("{}a{}", open.repeat(60), close.repeat(60)));
    }
    let large = error(r"user~'(\w{1000}){1000}'");
    assert_eq!(large.kind.to_string(), "bad pattern: it is too large");
}
