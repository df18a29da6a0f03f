//! The view of endpoints.

use std::time::Duration;

use super::frame;
use crate::app::AppSettings;
use crate::app::harness::{AppHarness, draft};
use crate::app::keymap::Code;
use crate::app::msg::Msg;
use crate::app::tests::endpoint_view::five;
use crate::app::tests::scenes;
use crate::model::{Dialect, EndpointId, RequestError};

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
                if let Some(key) = view {
                    stage.press(Code::Char(key));
                }
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

/// Returns a screen with the overview of this many endpoints after ten minutes; the last one has been lost for five.
fn overview(count: u16, size: (u16, u16)) -> AppHarness {
    let mut stage = many(count, size);
    for minute in 0..10_u64 {
        stage.wait(Duration::from_mins(1));
        let silent = u16::from(minute >= 5);
        for endpoint in 0..count - silent {
            let sessions: Vec<_> = (0..=minute).map(|id| (id + 1, "ann", 1)).collect();
            stage.list_at(endpoint, &draft(&sessions), "");
        }
    }
    stage.fail_at(count - 1, RequestError::Refused);
    stage.press(Code::Char('o'));
    stage
}

#[test]
fn the_overview_of_several_endpoints_fits_the_screen() {
    for (count, size) in [
        (2, (80, 24)),
        (5, (80, 24)),
        (5, (60, 15)),
        (5, (120, 40)),
        (8, (200, 60)),
    ] {
        let shown = frame(&overview(count, size));
        let name = format!("overview_{count}_{}x{}", size.0, size.1);
        assert!(!shown.contains("below") || size.1 < 24, "{shown}");
        insta::assert_snapshot!(name, shown);
    }
}

#[test]
fn the_worst_endpoint_is_in_the_overview_of_200() {
    let mut stage = many(200, (80, 24));
    stage.press(Code::Char('o'));
    let shown = frame(&stage);
    assert!(
        shown.contains("200 endpoints, the last") && shown.contains("▲ proxy-199"),
        "{shown}"
    );
}

#[test]
fn a_lost_endpoint_does_not_shift_the_charts_of_all() {
    let stage = overview(3, (120, 40));
    let shown = frame(&stage);
    let lost = shown
        .lines()
        .find(|line| line.starts_with(" ▲ proxy-002"))
        .unwrap();
    let bars: Vec<_> = lost.chars().filter(|c| "▁▂▃▄▅▆▇█·".contains(*c)).collect();
    let half = bars.len() / 4;
    assert!(
        bars[half..half * 2 - 1].iter().all(|bar| *bar == '·'),
        "nothing since it was lost: {lost}"
    );
}

#[test]
fn missing_lock_data_is_named_only_where_sessions_are_stuck() {
    let header = |stage: &AppHarness| frame(stage).lines().take(2).collect::<Vec<_>>().join("\n");
    let mut stage = super::json_api((120, 40));
    assert!(!header(&stage).contains("locks unknown"), "{}", header(&stage));
    stage = scenes::json_api((120, 40));
    assert!(header(&stage).contains("locks unknown (b)"), "{}", header(&stage));
    stage.press(Code::Char('!'));
    stage.press(Code::Enter);
    let shown = frame(&stage);
    assert!(shown.contains("unknown without --sql-user; b says"), "{shown}");
    let mut stage = AppHarness::new(Dialect::Draft, (120, 40));
    stage.list(&draft(&[(1, "ann", 99_999)]));
    stage.press(Code::Enter);
    assert!(!frame(&stage).contains("sql-user") && !header(&stage).contains("locks"));
}

#[test]
fn a_label_has_a_blank_behind_it() {
    let mut stage = AppHarness::new(Dialect::Draft, (80, 24));
    stage.list(&draft(&[(1, "ann", 0)]));
    let endpoint = EndpointId(0);
    let fault = RequestError::Refused;
    stage.send(Msg::SamplingFailed { endpoint, fault });
    stage.press(Code::Char('E'));
    let shown = frame(&stage);
    assert!(shown.contains("CONNECTIONS connection refused"), "{shown}");
}
