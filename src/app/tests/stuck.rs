//! Reasons in the table, the details and the filter.

use std::time::Duration;

use crate::app::harness::{AppHarness, draft};
use crate::app::keymap::Code;
use crate::diagnosis::Severity;
use crate::model::{ConnectionDetail, ConnectionStatistics, Counter, Dialect, EndpointId, SessionDetail};

/// A list in which the first session was forgotten by its pool.
fn stage() -> AppHarness {
    let mut stage = AppHarness::new(Dialect::Draft, (80, 24));
    stage.list(&pool());
    stage
}

/// All sessions of one user and address.
fn pool() -> String {
    draft(&[
        (250, "etl", 15_000),
        (500, "etl", 3),
        (750, "etl", 9),
        (1000, "web", 40),
    ])
}

/// Returns the texts of WHY, from top to bottom.
fn why(stage: &AppHarness) -> Vec<(u64, Option<String>)> {
    let rows = stage.app.table.view.window(0, 100);
    rows.map(|row| {
        let strongest = row.diagnosis.strongest();
        (
            row.session.id.0,
            strongest.map(|finding| finding.short(row.session)),
        )
    })
    .collect()
}

#[test]
fn the_worst_stand_first_and_are_counted() {
    let stage = stage();
    let forgotten = Some("idle 4h 10m".to_owned());
    assert_eq!(
        why(&stage),
        [(250, forgotten), (500, None), (750, None), (1000, None)]
    );
    let count = |severity| stage.app.table.view.count(EndpointId(0), severity);
    assert_eq!((count(Severity::Act), count(Severity::Look)), (1, 0));
}

#[test]
fn a_filter_finds_what_is_stuck_and_completes_its_reasons() {
    let mut stage = stage();
    stage.type_text("/stuck");
    assert_eq!(stage.shown().0, [250]);
    stage.press(Code::Esc);
    stage.type_text("/reason=idle");
    assert_eq!(stage.shown().0, [250]);
    stage.press(Code::Esc);
    stage.type_text("/not stuck");
    assert_eq!(
        stage.shown().0,
        [500, 750, 1000],
        "their connections are not sampled, which is no reason"
    );
}

#[test]
fn what_is_held_counts_from_list_to_list_and_over_a_pause() {
    let mut stage = stage();
    let stopping = pool().replacen("Session ready for routing", "Stopping session", 1);
    stage.list(&stopping);
    stage.wait(Duration::from_secs(6));
    stage.press(Code::Char('p'));
    stage.list(&stopping);
    stage.wait(Duration::from_secs(6));
    stage.press(Code::Char('p'));
    stage.list(&stopping);
    let view = &stage.app.table.view;
    let row = view.row(0).unwrap();
    let words: Vec<_> = row.diagnosis.found.iter().map(|f| f.words(row.session)).collect();
    assert_eq!(words[1], "closing 12s", "{words:?}");
}

#[test]
fn a_departed_row_keeps_its_reason_and_its_place() {
    let mut stage = stage();
    stage.press(Code::Home);
    assert_eq!(stage.shown().1, Some(250));
    stage.wait_until_idle();
    for _ in 0..2 {
        stage.list(&draft(&[(500, "etl", 3), (750, "etl", 9)]));
    }
    let row = stage.app.table.view.row(0).unwrap();
    assert!(row.has_ended() && row.session.id.0 == 250);
    assert_eq!(row.diagnosis.severity(), Some(Severity::Act));
    assert_eq!(stage.app.table.view.count(EndpointId(0), Severity::Act), 0);
}

#[test]
fn the_details_see_what_a_list_does_not_tell() {
    let mut stage = stage();
    stage.press(Code::Enter);
    let words = |stage: &AppHarness| {
        let pane = stage.app.detail.as_ref().unwrap();
        let found = pane.findings();
        found.iter().map(|f| f.words(pane.session())).collect::<Vec<_>>()
    };
    let idle = "idle 4h 10m; the other 2 of the same user, host and service are active".to_owned();
    assert_eq!(
        words(&stage),
        std::slice::from_ref(&idle),
        "from the list, at once"
    );
    let look = |stage: &AppHarness| SessionDetail {
        connections: vec![ConnectionDetail {
            statistics: Some(ConnectionStatistics::from_fn(|counter| match counter {
                Counter::HighWater => Some(3),
                _ => Some(2),
            })),
            ..ConnectionDetail::default()
        }],
        ..stage.detail(250)
    };
    stage.on_observation(Ok(look(&stage)));
    assert_eq!(words(&stage).len(), 1);
    stage.wait(Duration::from_secs(1));
    stage.on_observation(Ok(look(&stage)));
    let pressure = "back-pressure ?: 3 high, 2 low, 2 buffered".to_owned();
    assert_eq!(words(&stage), [pressure.clone(), idle.clone()]);
    // They stay when the session ends.
    for _ in 0..2 {
        stage.list(&draft(&[(500, "etl", 3)]));
    }
    assert!(stage.app.detail.as_ref().unwrap().ended.is_some());
    assert_eq!(words(&stage), [pressure, idle]);
}

#[test]
fn who_is_idle_without_a_reason_can_be_left_out() {
    let mut stage = AppHarness::new(Dialect::Draft, (80, 24));
    stage.list(&draft(&[
        (1, "ann", 20_000),
        (2, "bob", 40),
        (3, "cid", 9),
        (4, "dan", 0),
    ]));
    stage.press(Code::Char('i'));
    assert_eq!(stage.shown().0, [1, 3, 4], "an hour and more is a reason");
    assert_eq!(stage.app.table.view.idle_hidden, 1);
    stage.press(Code::Char('i'));
    assert_eq!(stage.shown().0.len(), 4);
}
