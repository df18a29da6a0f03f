mod alert;
mod arranging;
mod blockers;
mod calculations;
mod client;
mod copying;
mod cursor;
mod details;
pub(crate) mod effects;
pub(crate) mod endpoint_view;
mod events;
mod filtering;
mod grace;
mod groups;
mod help;
mod keys;
mod kill_log;
mod kill_statements;
pub(crate) mod kills;
mod marks;
mod mouse;
mod past;
mod proxies;
pub(crate) mod replay;
mod rows;
mod saving;
pub(crate) mod scenes;
mod searching;
pub(crate) mod servers;
mod stuck;
mod tour;
mod undo;
mod victims;
mod waiters;

use std::time::Duration;

use super::columns::ColumnId;
use super::endpoint::LinkState;
use super::harness::{AppHarness, draft};
use super::keymap::{Code, KeyPress};
use super::msg::Effect;
use super::msg::{FrameReport, Msg};
use super::status::Status;
use crate::model::{Dialect, RequestError};

const FIVE: [(u64, &str, u64); 5] = [
    (1, "ann", 50),
    (2, "bob", 40),
    (3, "cid", 30),
    (4, "dan", 20),
    (5, "eve", 10),
];

fn stage() -> AppHarness {
    let mut stage = AppHarness::new(Dialect::Draft, (80, 24));
    stage.list(&draft(&FIVE));
    stage
}

/// The same sessions, sorted by idle time.
#[test]
fn a_typed_id_that_is_not_listed_returns_the_cursor_to_its_row() {
    let mut stage = stage();
    stage.press(Code::Down);
    stage.type_text("49");
    assert_eq!(stage.shown().1, Some(2), "not on 4");
    assert_eq!(stage.app.status.clone().unwrap().text, "49 is not listed");
    stage.wait(Duration::from_secs(2));
    stage.type_text("4");
    assert_eq!(stage.shown().1, Some(4));
}

#[test]
fn a_typed_id_that_is_hidden_says_by_what() {
    let mut stage = stage();
    stage.type_text("/ann");
    stage.press(Code::Enter);
    stage.type_text("2");
    assert_eq!(
        stage.app.status.clone().unwrap().text,
        "2 is hidden by the filter"
    );
    stage.press(Code::Esc);
    stage.wait(Duration::from_secs(2));
    stage.type_text("i");
    let hidden = stage.app.table.view.idle_hidden;
    assert!(hidden > 0);
    let idle = FIVE.iter().find(|(_, _, idle)| *idle >= 10).unwrap().0;
    stage.wait(Duration::from_secs(2));
    stage.type_text(&idle.to_string());
    let text = stage.app.status.clone().unwrap().text;
    assert_eq!(text, format!("{idle} is hidden by i"));
}

fn by_idle() -> AppHarness {
    let mut stage = AppHarness::new(Dialect::Draft, (80, 24));
    stage.app.table.sort.column = ColumnId::named("idle").unwrap();
    stage.list(&draft(&FIVE));
    stage
}

fn ctrl(c: char) -> Msg {
    Msg::Key(KeyPress {
        code: Code::Char(c),
        ctrl: true,
        alt: false,
    })
}

#[test]
fn healthy_sessions_keep_their_places_and_the_cursor_is_on_the_first() {
    let mut stage = stage();
    assert_eq!(stage.shown(), (vec![1, 2, 3, 4, 5], Some(1)));
    stage.list(&draft(&[
        (3, "cid", 90),
        (2, "bob", 0),
        (1, "ann", 1),
        (5, "eve", 50),
    ]));
    assert_eq!(stage.shown(), (vec![1, 2, 3, 5], Some(1)));
}

#[test]
fn the_cursor_is_on_the_first_row_until_a_key_moves_it_and_after_a_sort() {
    let mut stage = by_idle();
    let turned = draft(&[(5, "eve", 99), (1, "ann", 0), (2, "bob", 1)]);
    stage.press(Code::Char('?'));
    stage.press(Code::Esc);
    stage.list(&turned);
    assert_eq!(stage.shown(), (vec![5, 2, 1], Some(5)));
    stage.press(Code::End);
    stage.press(Code::Char('I'));
    assert_eq!(stage.shown(), (vec![1, 2, 5], Some(1)));
    stage.press(Code::Down);
    stage.press(Code::Char('F'));
    stage.press(Code::Char('I'));
    assert_eq!(
        stage.shown(),
        (vec![5, 2, 1], Some(2)),
        "a followed session keeps the cursor"
    );
}

#[test]
fn a_movement_holds_the_order_for_two_seconds_and_a_mark_for_five() {
    for (key, held) in [(Code::Down, 2), (Code::Char(' '), 5), (Code::Char('+'), 0)] {
        let mut stage = by_idle();
        stage.press(key);
        let turned = draft(&[(5, "eve", 99), (1, "ann", 0), (2, "bob", 1)]);
        stage.wait(Duration::from_millis(held * 1000).saturating_sub(Duration::from_millis(100)));
        stage.list(&turned);
        assert_eq!(stage.shown().0[0], if held > 0 { 1 } else { 5 }, "{key:?}");
        stage.wait(Duration::from_millis(100));
        assert_eq!(stage.shown().0[0], 5, "{key:?}");
    }
}

#[test]
fn the_cursor_stays_on_its_session_when_rows_move() {
    let mut stage = by_idle();
    stage.press(Code::Down);
    stage.press(Code::Down);
    stage.wait_until_idle();
    stage.list(&draft(&[
        (1, "ann", 50),
        (2, "bob", 0),
        (3, "cid", 90),
        (4, "dan", 95),
        (5, "eve", 99),
    ]));
    assert_eq!(stage.shown(), (vec![5, 4, 3, 1, 2], Some(3)));
    assert_eq!(stage.app.table.cursor.position(), 2);
}

#[test]
fn nothing_re_orders_shortly_after_a_key_and_new_rows_go_to_the_end() {
    let mut stage = by_idle();
    stage.press(Code::Down);
    stage.list(&draft(&[
        (1, "ann", 0),
        (2, "bob", 1),
        (3, "cid", 90),
        (4, "dan", 95),
        (5, "eve", 99),
        (6, "fay", 500),
    ]));
    assert_eq!(stage.shown(), (vec![1, 2, 3, 4, 5, 6], Some(2)));
    stage.wait_until_idle();
    assert_eq!(stage.shown().0, [6, 5, 4, 3, 2, 1]);
}

#[test]
fn a_session_that_ends_under_the_cursor_stays_as_a_departed_row_until_the_cursor_leaves() {
    let mut stage = stage();
    stage.press(Code::Down);
    stage.wait_until_idle();
    for missing in [1, 2] {
        stage.list(&draft(&[(1, "ann", 51), (3, "cid", 31)]));
        assert_eq!(stage.shown(), (vec![1, 2, 3], Some(2)));
        assert_eq!(stage.app.table.view.row(1).unwrap().missing, missing);
    }
    stage.press(Code::Char('K'));
    assert!(stage.app.modal.kill_dialog().is_none());
    assert_eq!(
        stage.app.status.as_ref().unwrap().text,
        "this session has already ended"
    );
    stage.press(Code::Down);
    assert_eq!(stage.shown(), (vec![1, 3], Some(3)));
}

#[test]
fn a_session_that_was_missing_once_is_back_as_if_nothing_had_been() {
    let mut stage = stage();
    stage.list(&draft(&FIVE[1..]));
    stage.list(&draft(&FIVE));
    assert_eq!(stage.app.table.view.row(0).unwrap().missing, 0);
    assert_eq!(stage.shown(), (vec![1, 2, 3, 4, 5], Some(1)));
}

#[test]
fn who_looks_at_the_first_rows_goes_on_seeing_them() {
    let mut stage = by_idle();
    stage.type_text("j");
    assert_eq!(stage.shown().1, Some(2));
    let busier: Vec<_> = (11..41).map(|id| (id, "web", 60 + id)).chain(FIVE).collect();
    stage.list(&draft(&busier));
    stage.wait_until_idle();
    assert_eq!(stage.shown().1, Some(2), "the cursor stays on its session");
    assert_eq!(stage.app.table.cursor.offset, 0, "none is above");
    assert_eq!(stage.app.table.cursor.position(), 31, "it is below the screen");
    stage.press(Code::Char('F'));
    assert!(
        stage.app.table.cursor.offset > 10,
        "the followed session is shown"
    );
}

#[test]
fn an_id_that_is_reused_is_another_row() {
    let mut stage = stage();
    stage.press(Code::Home);
    let reused = draft(&FIVE).replace("15:01:03", "16:19:59");
    stage.list(&reused);
    let row = stage
        .app
        .table
        .view
        .row(stage.app.table.cursor.position())
        .unwrap();
    assert!(
        row.has_ended(),
        "the one under the cursor has ended, whoever has its number now"
    );
    assert_eq!(stage.app.table.view.len(), 6);
}

#[test]
fn a_restart_ends_every_session_before_it() {
    let mut stage = AppHarness::new(Dialect::JsonApi, (80, 24));
    let body = r#"{"data":[{"id":"7","attributes":{"user":"ann","remote":"10.0.0.1","connected":"Mon, 23 Nov 2026 16:17:13 GMT"}}]}"#;
    stage.list(body);
    stage.press(Code::Home);
    stage.list_of(body, "Mon, 23 Nov 2026 16:19:59 GMT");
    assert!(
        stage.app.table.view.row(0).unwrap().has_ended() || stage.app.table.view.row(1).unwrap().has_ended()
    );
    assert_eq!(stage.app.table.view.len(), 2);
    let said = |stage: &AppHarness| stage.app.status.as_ref().unwrap().text.clone();
    let first = said(&stage);
    assert!(first.contains("restarted"), "{first}");
    // The outcome of a kill stays before the new text.
    stage.app.status = Some(Status::done("killed 7 ann@10.0.0.1 in 0.1s".to_owned()));
    stage.list_of(body, "Mon, 23 Nov 2026 16:30:00 GMT");
    assert_eq!(said(&stage), format!("killed 7 ann@10.0.0.1 in 0.1s; {first}"));
}

#[test]
fn a_hidden_session_is_no_departed_row() {
    let mut stage = stage();
    stage.press(Code::Char('/'));
    stage.type_text("dan");
    assert_eq!(stage.shown(), (vec![4], Some(4)));
    assert!(!stage.app.table.view.has_departed_row());
}

#[test]
fn sorting_goes_from_column_to_column_and_can_be_turned() {
    let mut stage = stage();
    assert_eq!(stage.app.table.sort.column.column().name, "why");
    stage.type_text("<<<");
    assert_eq!(stage.app.table.sort.column.column().name, "service");
    stage.press(Code::Char('<'));
    stage.press(Code::Char('<'));
    stage.press(Code::Char('I'));
    assert_eq!(stage.shown().0, [5, 4, 3, 2, 1]);
}

#[test]
fn every_change_of_the_order_names_the_column_and_the_direction() {
    let mut stage = stage();
    let text = |stage: &AppHarness| stage.app.status.clone().unwrap().text;
    stage.press(Code::Char('I'));
    assert_eq!(text(&stage), "sorted by severity, least severe first");
    stage.press(Code::Char('<'));
    assert_eq!(text(&stage), "sorted by IDLE, largest first");
    stage.press(Code::Char('I'));
    assert_eq!(text(&stage), "sorted by IDLE, smallest first");
    while stage.app.table.sort.column.column().name != "user" {
        stage.press(Code::Char('<'));
    }
    assert_eq!(text(&stage), "sorted by USER, A to Z");
    // Not by the sign of the severity, which has no heading: WHY has the same order.
    stage.press(Code::Char('<'));
    assert_eq!(text(&stage), "sorted by ID, smallest first");
    stage.press(Code::Char('t'));
    stage.press(Code::Char('I'));
    let grouped = text(&stage);
    assert!(grouped.starts_with("sorted by "), "{grouped}");
}

#[test]
fn a_key_of_the_list_says_so_in_the_views_over_it() {
    for view in ['b', 'S', 'E', 'o', 'l', 'e'] {
        for key in ['W', '>', 'I', '*'] {
            let mut stage = stage();
            stage.press(Code::Char(view));
            stage.press(Code::Char(key));
            let status = stage.app.status.clone().map(|status| status.text);
            let expected = "this key works in the list of sessions only; Esc goes back";
            assert_eq!(status.as_deref(), Some(expected), "{view} {key}");
        }
    }
}

#[test]
fn pasted_text_is_never_keys() {
    let mut stage = stage();
    stage.send(Msg::Paste("Kq\ny".to_owned()));
    assert!(stage.asked.is_empty() && stage.app.modal.kill_dialog().is_none() && stage.app.leaving.is_none());
}

#[test]
fn digits_go_to_an_id() {
    let mut stage = AppHarness::new(Dialect::Draft, (80, 24));
    stage.list(&draft(&[(7, "a", 9), (71, "b", 8), (712, "c", 7), (9, "d", 6)]));
    stage.type_text("71");
    assert_eq!(stage.shown().1, Some(71));
    stage.wait(Duration::from_secs(2));
    stage.type_text("9");
    assert_eq!(stage.shown().1, Some(9));
}

#[test]
fn details_are_polled_only_while_they_are_looked_at() {
    let mut stage = stage();
    stage.press(Code::Enter);
    assert!(matches!(stage.asked.as_slice(), [Effect::Watch(Some((_, id)))] if id.0 == 1));
    stage.press(Code::Esc);
    assert!(matches!(stage.asked.last(), Some(Effect::Watch(None))));
}

#[test]
fn details_stay_when_the_session_ends() {
    let mut stage = stage();
    stage.press(Code::Enter);
    let detail = stage.detail(1);
    stage.on_observation(Ok(detail));
    stage.on_observation(Err(RequestError::NotFound));
    assert!(stage.app.detail.as_ref().unwrap().ended.is_some());
    assert!(
        matches!(stage.asked.last(), Some(Effect::Watch(None))),
        "nobody is asked for any more"
    );
    stage.list(&draft(&FIVE));
    assert!(stage.app.detail.is_some());
}

#[test]
fn a_failing_endpoint_keeps_its_rows_and_says_why() {
    let mut stage = stage();
    stage.fail(RequestError::Refused);
    assert!(matches!(stage.app.endpoints[0].link, LinkState::Failing { .. }));
    assert_eq!(stage.shown().0.len(), 5);
    stage.list(&draft(&FIVE));
    assert_eq!(stage.app.endpoints[0].link, LinkState::Live);
}

#[test]
fn a_pause_holds_the_table_and_polling_goes_on() {
    let mut stage = stage();
    stage.press(Code::Char('p'));
    stage.list(&draft(&FIVE[..2]));
    assert_eq!(stage.shown().0.len(), 5);
    stage.press(Code::Char('/'));
    stage.type_text("eve");
    assert_eq!(stage.shown().0, [5], "a filter works on what stands");
    stage.press(Code::Enter);
    stage.press(Code::Home);
    stage.press(Code::Esc);
    stage.press(Code::Char('p'));
    assert_eq!(
        stage.shown(),
        (vec![1, 2, 5], Some(5)),
        "the cursor is on eve, who has gone meanwhile"
    );
}

#[test]
fn a_pause_freezes_the_table_only_and_new_trouble_is_counted_and_logged() {
    let mut stage = AppHarness::new(Dialect::Draft, (80, 24));
    let list = |stage: &mut AppHarness, idle| {
        stage.wait(Duration::from_secs(1));
        stage.list(&draft(&[(1, "ann", 1), (2, "bob", idle)]));
    };
    list(&mut stage, 1);
    stage.press(Code::Char('p'));
    list(&mut stage, 9_000);
    let count = |stage: &AppHarness| stage.app.newest_view().stuck_total();
    assert_eq!((count(&stage), stage.app.table.view.stuck_total()), (1, 0));
    let newest = stage.app.events.from(0).next().unwrap();
    assert!(newest.text.starts_with("2 bob"), "{}", newest.text);
    let events = stage.app.events.len();
    // A filter works on the frozen rows, which are older.
    stage.type_text("/bob");
    stage.press(Code::Enter);
    assert_eq!((stage.app.events.len(), count(&stage)), (events, 1));
    stage.press(Code::Esc);
    stage.press(Code::Enter);
    stage.press(Code::Char('p'));
    assert_eq!((count(&stage), stage.app.table.view.stuck_total()), (1, 1));
    assert_eq!(stage.app.events.len(), events, "once");
}

#[test]
fn escape_never_quits() {
    let mut stage = stage();
    stage.press(Code::Char('?'));
    for _ in 0..5 {
        stage.press(Code::Esc);
    }
    assert!(stage.app.modal.overlay().is_none() && stage.asked.is_empty() && stage.app.leaving.is_none());
}

#[test]
fn the_interval_goes_by_steps() {
    let mut stage = stage();
    stage.press(Code::Char('+'));
    assert!(matches!(stage.asked.last(), Some(Effect::Pace(pace)) if *pace == Duration::from_secs(2)));
    stage.press(Code::Char('-'));
    stage.press(Code::Char('-'));
    assert!(matches!(stage.asked.last(), Some(Effect::Pace(pace)) if *pace == Duration::from_millis(500)));
}

#[test]
fn scrolling_ends_where_the_text_ends() {
    let mut stage = stage();
    stage.press(Code::Char('o'));
    stage.press(Code::PageDown);
    stage.press(Code::PageDown);
    stage.send(Msg::Drawn(FrameReport {
        overlay_end: Some(7),
        ..FrameReport::default()
    }));
    assert_eq!(stage.app.modal.overlay().map(|overlay| overlay.top), Some(7));
}

#[test]
fn escape_and_a_key_in_one_go_are_both_heard() {
    let mut stage = stage();
    stage.press(Code::Char('?'));
    stage.send(Msg::Key(KeyPress {
        code: Code::Char('q'),
        ctrl: false,
        alt: true,
    }));
    assert!(stage.app.help.is_none());
    assert!(matches!(stage.asked.last(), Some(Effect::Quit { .. })));
}

#[test]
fn the_table_stands_where_it_stood_after_the_details() {
    let mut stage = AppHarness::new(Dialect::Draft, (80, 24));
    let many: Vec<_> = (1..=60).map(|id| (id, "user", 100 - id)).collect();
    stage.list(&draft(&many));
    for _ in 0..30 {
        stage.press(Code::Down);
    }
    let before = stage.shown();
    stage.press(Code::Enter);
    stage.list(&draft(&many));
    stage.press(Code::Esc);
    assert_eq!(stage.shown(), before);
}
