//! Rows that are read one by one between lists.

use std::sync::Arc;

use super::*;
use crate::model::{RowRead, Session, SessionId, SessionPhase, Snapshot, Text, TextLimit};

const STARTED_AT: &str = "Mon, 23 Nov 2026 15:55:27 GMT";

fn body(states: &[(u64, &str)]) -> String {
    let row = |(id, state): &(u64, &str)| {
        format!(
            r#"{{"id":"{id}","type":"sessions","attributes":{{"state":"{state}","user":"app","remote":"10.0.0.1","connected":"Mon, 23 Nov 2026 16:16:27 GMT"}}}}"#
        )
    };
    let rows: Vec<_> = states.iter().map(row).collect();
    format!(r#"{{"data":[{}]}}"#, rows.join(","))
}

/// Delivers a list after which rows are read one by one.
fn stage() -> AppHarness {
    let mut stage = AppHarness::new(Dialect::JsonApi, (80, 24));
    stage.list_of(
        &body(&[(1, "Session started"), (2, "Session started")]),
        STARTED_AT,
    );
    let mut list = Snapshot::clone(&latest(&stage));
    list.rows.interval = Some(Duration::from_secs(1));
    list.number += 1;
    stage.send(Msg::Listed(Arc::new(list)));
    stage
}

fn latest(stage: &AppHarness) -> Arc<Snapshot> {
    stage.app.endpoints[0].latest.clone().unwrap()
}

/// Returns the list with session 2 closing.
fn newer(list: &Snapshot) -> Arc<Snapshot> {
    let mut session: Session = list.sessions[1].clone();
    session.state = Some(Text::clean("Stopping session", TextLimit::Name));
    Arc::new(list.with_rows(vec![RowRead {
        id: SessionId(2),
        taken_at: list.taken_at,
        session: Some(session),
    }]))
}

fn shown_phases(stage: &AppHarness) -> Vec<Option<SessionPhase>> {
    let rows = stage.app.table.view.window(0, 9);
    let mut rows: Vec<_> = rows.map(|row| (row.session.id, row.session.phase())).collect();
    rows.sort_by_key(|(id, _)| *id);
    rows.into_iter().map(|(_, phase)| phase).collect()
}

#[test]
fn newer_rows_are_shown_and_those_of_an_earlier_list_are_not() {
    let mut stage = stage();
    let old = newer(&latest(&stage));
    stage.send(Msg::RowsRead(Arc::clone(&old)));
    let (ready, closing) = (Some(SessionPhase::Ready), Some(SessionPhase::Stopping));
    assert_eq!(shown_phases(&stage), [ready, closing]);
    stage.list_of(
        &body(&[(1, "Session started"), (2, "Session started")]),
        STARTED_AT,
    );
    let mut list = Snapshot::clone(&latest(&stage));
    list.number += 9;
    stage.send(Msg::Listed(Arc::new(list)));
    stage.send(Msg::RowsRead(old));
    assert_eq!(shown_phases(&stage), [ready, ready]);
}

#[test]
fn the_sessions_on_the_screen_are_requested_where_reading_one_is_cheap() {
    let shown = |version: &str| {
        let mut stage = AppHarness::new(Dialect::JsonApi, (80, 24));
        version.clone_into(&mut stage.version);
        stage.list_of(
            &body(&[(1, "Session started"), (2, "Session started")]),
            STARTED_AT,
        );
        stage.shown
    };
    assert_eq!(shown("24.02.3"), [1, 2]);
    assert_eq!(shown("23.08.6"), Vec::<u64>::new());
}

#[test]
fn an_id_that_is_not_listed_leaves_no_session_chosen_if_the_row_before_has_ended() {
    let mut stage = AppHarness::new(Dialect::Draft, (80, 24));
    stage.list(&draft(&[(24, "ann", 1), (107, "bob", 2)]));
    stage.type_text("107");
    assert_eq!(stage.shown().1, Some(107));
    for _ in 0..3 {
        stage.wait(Duration::from_secs(2));
        stage.list(&draft(&[(24, "ann", 1)]));
    }
    stage.type_text("241");
    stage.type_text("K");
    assert!(stage.app.modal.kill_dialog().is_none());
    let status = stage.app.status.clone().unwrap().text;
    assert_eq!(status, "no session is chosen: move the cursor first");
    stage.press(Code::Down);
    stage.type_text("K");
    assert!(stage.app.modal.kill_dialog().is_some());
}
