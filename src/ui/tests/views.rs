//! Every view at the three most common sizes.

use std::time::Duration;

use super::{FLEET, draft, frame, json_api, running, with_details};
use crate::app::AppSettings;
use crate::app::harness::AppHarness;
use crate::app::keymap::Code;
use crate::model::{Dialect, RequestError};

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (200, 60)];

/// Draws what `open` has opened, in both dialects, at each size.
fn view(name: &str, open: impl Fn(&mut AppHarness)) {
    for size in SIZES {
        for (dialect, mut stage) in [("draft", draft(size)), ("jsonapi", json_api(size))] {
            open(&mut stage);
            stage.wait_until_idle();
            let (columns, lines) = size;
            insta::assert_snapshot!(format!("{name}_{dialect}_{columns}x{lines}"), frame(&stage));
        }
    }
}

#[test]
fn the_table() {
    view("table", |_| {});
}

#[test]
fn the_details() {
    for size in SIZES {
        let (columns, lines) = size;
        let mut stage = draft(size);
        with_details(&mut stage, 1042);
        insta::assert_snapshot!(format!("details_draft_{columns}x{lines}"), frame(&stage));
        let mut stage = json_api(size);
        stage.type_text("8");
        stage.press(Code::Enter);
        let detail = running(&stage);
        stage.on_observation(Ok(detail));
        insta::assert_snapshot!(format!("details_jsonapi_{columns}x{lines}"), frame(&stage));
    }
}

#[test]
fn the_question() {
    view("question", |stage| {
        stage.press(Code::Char('K'));
        let (ticket, id) = stage.checks()[0];
        stage.on_check(ticket, Ok(stage.detail(id)));
    });
}

#[test]
fn the_overview() {
    view("overview", |stage| stage.press(Code::Char('o')));
}

#[test]
fn the_kill_log() {
    view("kill_log", |stage| stage.press(Code::Char('l')));
}

#[test]
fn many_endpoints() {
    let names: Vec<String> = (1..=5).map(|number| format!("db-proxy-{number}:8989")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    for count in [3, 5] {
        for size in SIZES {
            let (columns, lines) = size;
            let names = &names[..count];
            let mut stage = AppHarness::watching(names, AppSettings::default(), Dialect::Draft, size);
            stage.list_at(0, FLEET, "");
            stage.list_at(1, FLEET, "");
            stage.wait(Duration::from_millis(300));
            stage.fail_at(2, RequestError::Refused);
            insta::assert_snapshot!(format!("endpoints_{count}_{columns}x{lines}"), frame(&stage));
        }
    }
}

#[test]
fn a_long_filter_is_cut_and_the_counts_are_not() {
    let mut stage = draft((80, 24));
    stage.press(Code::Char('/'));
    stage.type_text("user!=no_such_user and not service=Nothing-Of-This-Name and idle>=0s or stuck");
    stage.press(Code::Enter);
    stage.press(Code::Char('*'));
    let frame = frame(&stage);
    let line = frame.lines().rev().nth(1).unwrap();
    assert!(line.starts_with(" /user!=no_such_user"), "{line}");
    assert!(line.contains("… · 5 marked · 5 sessions · "), "{line}");
}
