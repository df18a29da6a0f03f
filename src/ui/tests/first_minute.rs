//! Frames of the first minute: no endpoint yet, the help, the tour.

use std::time::Duration;

use super::{draft, frame, json_api};
use crate::app::AppSettings;
use crate::app::harness::AppHarness;
use crate::app::keymap::Code;
use crate::app::locked::locked;
use crate::app::tour::Tour;
use crate::model::{Dialect, RequestError, Text, TextLimit};

fn text(raw: &str) -> Text {
    Text::clean(raw, TextLimit::Line)
}

#[test]
fn the_default_address_does_not_answer() {
    for size in [(80, 24), (60, 15)] {
        let mut stage = AppHarness::new(Dialect::Draft, size);
        stage
            .app
            .endpoints
            .iter_mut()
            .for_each(|endpoint| endpoint.is_default = true);
        stage.fail(RequestError::Refused);
        stage.fail(RequestError::Refused);
        insta::assert_snapshot!(format!("no_data_{}x{}", size.0, size.1), frame(&stage));
    }
}

#[test]
fn every_failure_says_what_to_type() {
    let not_allowed = |status, with_credentials| RequestError::NotAllowed {
        status,
        detail: None,
        with_credentials,
    };
    let cases = [
        (
            RequestError::Refused,
            "Cannot reach 127.0.0.1:8989: connection refused.",
            "maxtop demo",
        ),
        (
            RequestError::Resolve(text("db-proxy-9")),
            "no such host",
            "Check the host name given with --endpoint.",
        ),
        (
            not_allowed(401, false),
            "rejects the request",
            "Give --user, and the password",
        ),
        (
            not_allowed(401, true),
            "rejects the request",
            "may lock the account",
        ),
        (
            not_allowed(403, true),
            "not allowed (403)",
            "admin_readwrite_hosts",
        ),
        (
            RequestError::NotFound,
            "sends no list of sessions: not found (404)",
            "try --dialect",
        ),
    ];
    for (fault, what, todo) in cases {
        let mut stage = AppHarness::new(Dialect::Draft, (100, 24));
        stage.fail(fault);
        let frame = frame(&stage);
        for words in [
            what,
            todo,
            "tried",
            "once, again in 4s; r tries now",
            "maxtop doctor",
        ] {
            assert!(frame.contains(words), "{words}\n{frame}");
        }
        assert!(!frame.contains("this is the default"), "{frame}");
    }
}

#[test]
fn a_slow_first_list_is_explained_after_a_while() {
    let mut stage = AppHarness::new(Dialect::Draft, (80, 24));
    assert!(frame(&stage).contains("Waiting for the first list of sessions from 127.0.0.1:8989."));
    assert!(!frame(&stage).contains("busy proxy"));
    stage.wait_awake(Duration::from_secs(5));
    assert!(
        frame(&stage).contains("No reply for 6s. A busy proxy"),
        "{}",
        frame(&stage)
    );
}

#[test]
fn a_proxy_without_sessions_says_that_it_answers() {
    let mut stage = AppHarness::new(Dialect::Draft, (80, 24));
    stage.list("[]");
    assert!(frame(&stage).contains("no client is connected: the proxy replies"));
}

#[test]
fn the_help_of_the_table() {
    for size in [(80, 24), (60, 15), (120, 40)] {
        let mut stage = draft(size);
        stage.press(Code::Char('?'));
        insta::assert_snapshot!(format!("help_{}x{}", size.0, size.1), frame(&stage));
    }
}

#[test]
fn the_whole_help() {
    let mut stage = draft((80, 240));
    stage.press(Code::Char('?'));
    insta::assert_snapshot!("help_whole", frame(&stage));
}

#[test]
fn the_help_of_the_details_and_a_search() {
    let mut stage = json_api((80, 24));
    stage.press(Code::Enter);
    stage.press(Code::Char('?'));
    stage.press(Code::Char('/'));
    stage.type_text("idle");
    stage.press(Code::Enter);
    stage.press(Code::Char('n'));
    insta::assert_snapshot!("help_search", frame(&stage));
}

#[test]
fn without_kills_the_help_has_no_key_for_them() {
    let mut stage = draft((80, 240));
    for endpoint in stage.app.endpoints.iter_mut() {
        endpoint.read_only = true;
    }
    stage.press(Code::Char('?'));
    assert!(!frame(&stage).contains("K F9"), "{}", frame(&stage));
}

#[test]
fn the_tour() {
    for size in [(80, 24), (60, 15)] {
        let mut stage = locked(size);
        stage.app.tour = Some(Tour::default());
        stage.wait(Duration::ZERO);
        insta::assert_snapshot!(format!("tour_find_{}x{}", size.0, size.1), frame(&stage));
    }
    let settings = AppSettings {
        tour: true,
        ..AppSettings::default()
    };
    let stage = AppHarness::with(settings, Dialect::JsonApi, (40, 12));
    assert!(stage.app.tour.is_some());
    frame(&stage);
}
