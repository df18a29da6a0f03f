//! The view of endpoints.

use std::time::Duration;

use super::frame;
use crate::app::AppSettings;
use crate::app::harness::{AppHarness, draft};
use crate::app::keymap::Code;
use crate::app::tests::endpoint_view::five;
use crate::model::{Dialect, RequestError};

#[test]
fn endpoints_at_every_size() {
    for (columns, lines) in [(60, 15), (80, 24), (120, 40), (200, 60)] {
        let mut stage = five((columns, lines));
        stage.press(Code::Char('E'));
        insta::assert_snapshot!(format!("endpoints_{columns}x{lines}"), frame(&stage));
    }
}

#[test]
fn one_endpoint_has_its_facts_below() {
    let mut stage = super::json_api((80, 24));
    stage.press(Code::Char('E'));
    insta::assert_snapshot!("endpoints_one", frame(&stage));
}

/// Returns a screen that watches this many endpoints; one of them fails.
fn many(count: u16, size: (u16, u16)) -> AppHarness {
    let names: Vec<_> = (0..count).map(|number| format!("proxy-{number:03}")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let mut stage = AppHarness::watching(&names, AppSettings::default(), Dialect::Draft, size);
    for endpoint in 0..count {
        let id = u64::from(endpoint) + 1;
        stage.list_at(endpoint, &draft(&[(id, "ann", 1)]), "");
    }
    stage.fail_at(count - 1, RequestError::Refused);
    stage
}

#[test]
fn the_worst_of_200_endpoints_is_first_and_the_last_can_be_reached() {
    for size in [(60, 15), (80, 24), (120, 40), (200, 60)] {
        let mut stage = many(200, size);
        stage.press(Code::Char('E'));
        let shown = frame(&stage);
        let top = stage.app.areas().below_header().y;
        let first = shown.lines().nth(usize::from(top) + 2).unwrap();
        assert!(first.contains("proxy-199"), "{shown}");
        assert!(
            shown.contains("200 endpoints, 1 failing") && shown.contains(" below"),
            "{shown}"
        );
        stage.press(Code::End);
        let shown = frame(&stage);
        assert!(shown.contains("proxy-198") && shown.contains(" above"), "{shown}");
        stage.press(Code::PageUp);
        stage.press(Code::Home);
        assert!(frame(&stage).contains("connection refused"), "{}", frame(&stage));
    }
}

#[test]
fn no_size_is_too_small_for_the_endpoints() {
    for columns in 0..30 {
        for lines in 0..12 {
            let mut stage = many(5, (columns, lines));
            stage.press(Code::Char('E'));
            frame(&stage);
            stage.press(Code::End);
            frame(&stage);
        }
    }
}

#[test]
fn an_endpoint_lost_at_night_is_in_the_header_of_every_view_with_its_time() {
    for size in [(60, 15), (80, 24), (120, 40), (200, 60)] {
        for count in [1, 2, 5, 30] {
            let mut stage = many(count, size);
            stage.wait(Duration::from_hours(5));
            for endpoint in 0..count - 1 {
                stage.list_at(endpoint, &draft(&[(1, "ann", 1)]), "");
            }
            stage.fail_at(count - 1, RequestError::Refused);
            for view in [
                None,
                Some('E'),
                Some('S'),
                Some('b'),
                Some('o'),
                Some('t'),
                Some('c'),
            ] {
                view.map(|key| stage.press(Code::Char(key)));
                let shown = frame(&stage);
                let header: Vec<_> = shown.lines().take(3).collect();
                let is_lost = |line: &&&str| line.contains("stale 5h 0m since 16:20");
                assert!(header.iter().any(|line| is_lost(&line)), "{view:?} {shown}");
                stage.press(Code::Esc);
            }
        }
    }
}

#[test]
fn the_summary_of_many_endpoints_says_that_the_table_is_paused() {
    let mut stage = many(5, (80, 24));
    stage.press(Code::Char('p'));
    let shown = frame(&stage);
    assert!(shown.lines().next().unwrap().contains("paused"), "{shown}");
}
