//! Sessions that are not logged in, and sessions that are expected to wait, in the row counts.

use super::frame;
use crate::app::AppSettings;
use crate::app::harness::AppHarness;
use crate::app::keymap::Code;
use crate::diagnosis::{DiagnosisSettings, ExpectedFilter};
use crate::model::Dialect;

/// Returns a list with two users, and this number of sessions without one, connected for a minute.
fn list(half_open: u64) -> String {
    let row = |id: u64, user: &str| {
        format!(
            r#"{{"id":"{id}","attributes":{{"state":"Session ready for routing",{user}"remote":"10.0.3.{id}",
            "seconds_alive":60,"idle":3}}}}"#
        )
    };
    let users = [(1, "ann"), (2, "bob")].map(|(id, user)| row(id, &format!(r#""user":"{user}","#)));
    let open = (3..3 + half_open).map(|id| row(id, ""));
    format!(
        r#"{{"data":[{}]}}"#,
        users.into_iter().chain(open).collect::<Vec<_>>().join(",")
    )
}

fn counts(stage: &AppHarness) -> String {
    let frame = frame(stage);
    let line = frame.lines().rev().nth(1);
    line.unwrap_or_default().trim().to_owned()
}

fn stage(half_open: u64) -> AppHarness {
    let mut stage = AppHarness::new(Dialect::JsonApi, (80, 24));
    stage.list(&list(half_open));
    stage
}

#[test]
fn up_to_five_sessions_that_are_not_logged_in_have_rows() {
    let stage = stage(5);
    assert_eq!(stage.shown().0.len(), 7);
    assert_eq!(counts(&stage), "7 sessions");
}

#[test]
fn more_are_one_count_until_a_filter_asks_for_them() {
    let mut stage = stage(17);
    assert_eq!(stage.shown().0, [1, 2]);
    assert_eq!(counts(&stage), "2 of 19 shown · 17 not logged in (reason=login)");
    // `*` marks what is shown.
    stage.press(Code::Char('*'));
    assert_eq!(stage.app.marks.len(), 2);
    stage.press(Code::Char('u'));
    stage.type_text("/reason=login");
    stage.press(Code::Enter);
    assert_eq!(stage.shown().0.len(), 17);
    assert!(!counts(&stage).contains("not logged in"), "{}", counts(&stage));
    stage.press(Code::Char('*'));
    assert!(stage.app.marks.len() >= 17);
}

#[test]
fn marked_rows_that_become_a_count_are_counted_as_hidden() {
    let mut stage = stage(5);
    stage.press(Code::Char('*'));
    assert_eq!(stage.app.marks.len(), 7);
    stage.list(&list(6));
    assert_eq!((stage.app.marks.len(), stage.app.marks.hidden), (7, 5));
    assert!(
        counts(&stage).contains("7 marked (5 hidden)"),
        "{}",
        counts(&stage)
    );
}

#[test]
fn a_table_without_rows_says_where_they_are() {
    let mut stage = stage(17);
    stage.type_text("/address!=10.0.3.1 address!=10.0.3.2");
    stage.press(Code::Enter);
    let frame = frame(&stage);
    assert!(
        frame.contains("17 sessions that match the filter are hidden: not logged in; the filter"),
        "{frame}"
    );
}

#[test]
fn groups_count_sessions_that_are_not_logged_in() {
    let mut stage = stage(17);
    stage.press(Code::Char('t'));
    assert!(!counts(&stage).contains("not logged in"), "{}", counts(&stage));
}

#[test]
fn sessions_that_are_expected_to_wait_are_counted() {
    let settings = AppSettings {
        diagnosis: DiagnosisSettings {
            expected: ExpectedFilter::parse("user=ann").unwrap(),
            ..DiagnosisSettings::default()
        },
        ..AppSettings::default()
    };
    let mut stage = AppHarness::with(settings, Dialect::JsonApi, (80, 24));
    stage.list(&list(0));
    assert_eq!(counts(&stage), "2 sessions · 1 expected");
}
