//! `&&` and `||` are not keywords: a filter that protects nothing must not look like one that does.

use super::*;

#[test]
fn signs_of_other_languages_are_errors_that_name_the_keyword() {
    for (text, expected) in [
        (
            "user=app && idle>1",
            "column 10: found &&: write 'and', or quote a text that has it",
        ),
        (
            "user=app || idle>1",
            "column 10: found ||: write 'or', or quote a text that has it",
        ),
        (
            "stuck&&orders",
            "column 1: found &&: write 'and', or quote a text that has it",
        ),
        (
            "&&",
            "column 1: found &&: write 'and', or quote a text that has it",
        ),
    ] {
        assert_eq!(Filter::parse(text).expect_err(text).to_string(), expected);
    }
}

#[test]
fn a_quoted_text_or_a_value_may_have_them() {
    for text in ["'a && b'", "\"||\"", "user=a&&b", "user=R&D", "R&D"] {
        let filter = Filter::parse(text).expect(text);
        let again = Filter::parse(&filter.to_string()).expect(text);
        assert_eq!(filter.to_string(), again.to_string());
    }
}
