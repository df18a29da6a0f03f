//! The option of the kill dialog to end the statements too.

use std::sync::Arc;
use std::time::Duration;

use super::kills::asked;
use super::stage;
use crate::app::harness::AppHarness;
use crate::app::keymap::{Action, Code, KeyContext};
use crate::app::msg::{Effect, Msg};
use crate::kill::{KillEvent, KillRequest, KillState, KillTask, Order, Ticket};
use crate::model::{
    BoundedRows, JsonApiFields, RequestError, ServerConnection, ServerProcess, ServerThread, ServerThreads,
    SessionDetail, Text, TextLimit, ThreadReading,
};

/// Whether Yes would end the statements too.
fn option(stage: &AppHarness) -> bool {
    stage.app.modal.kill_dialog().unwrap().batch.kills_statements()
}

fn with_servers() -> AppHarness {
    let mut stage = stage();
    stage
        .app
        .endpoints
        .iter_mut()
        .for_each(|endpoint| endpoint.server_access.is_set = true);
    stage
}

#[test]
fn s_changes_the_option_and_yes_waits_for_a_new_frame() {
    let mut stage = with_servers();
    asked(&mut stage, 1);
    assert!(!option(&stage));
    stage.press(Code::Char('s'));
    assert!(option(&stage));
    stage.press(Code::Char('y'));
    assert!(
        stage.app.modal.kill_dialog().is_some(),
        "the changed dialog was not shown yet"
    );
    stage.draw();
    stage.wait(Duration::from_millis(300));
    stage.press(Code::Char('s'));
    assert!(!option(&stage));
    stage.draw();
    stage.wait(Duration::from_millis(300));
    stage.press(Code::Char('y'));
    assert!(stage.app.modal.kill_dialog().is_none());
}

#[test]
fn the_setting_is_the_default_of_the_option() {
    let mut stage = with_servers();
    stage.app.settings.kill_statements = true;
    asked(&mut stage, 1);
    assert!(option(&stage));
}

#[test]
fn without_a_database_user_there_is_no_option() {
    let mut stage = stage();
    asked(&mut stage, 1);
    stage.press(Code::Char('s'));
    assert!(!option(&stage));
    assert!(stage.app.modal.open_dialog_ticket().is_some());
    let reads = |effect: &Effect| {
        matches!(
            effect,
            Effect::Kill(Order::Ask {
                request: KillRequest::ReadThreads { .. },
                ..
            })
        )
    };
    stage.press(Code::Char('y'));
    assert!(!stage.asked.iter().any(reads));
}

/// The details of session 1, which runs a statement on db-01.
fn busy_detail(stage: &AppHarness) -> SessionDetail {
    let mut detail = stage.detail(1);
    detail.session.extra = Some(Arc::new(JsonApiFields {
        backends: Some(vec![ServerConnection {
            server: text("db-01"),
            thread_id: Some(269),
        }]),
        ..JsonApiFields::default()
    }));
    detail
}

fn text(raw: &str) -> Text {
    Text::clean(raw, TextLimit::Name)
}

/// The threads of db-01, with the statement of session 1.
fn threads(stage: &AppHarness) -> Vec<ServerThreads> {
    let thread = ServerThread {
        id: 269,
        user: stage.detail(1).session.user,
        host: Some(text("10.0.0.5:33269")),
        command: Some(text("Query")),
        query_id: Some(77),
        statement: Some(text("UPDATE shop.orders SET paid = 1")),
        ..ServerThread::default()
    };
    let reading = ThreadReading {
        connection: 0,
        process: ServerProcess {
            hostname: Some(text("db1")),
            port: Some(3306),
            server_id: Some(1),
            version: Some(text("10.11.9-MariaDB")),
            started: Some(1_000),
            own_thread: Some(9),
            own_host: Some(text("10.0.0.5:40000")),
            account: None,
        },
        sees_all: true,
        threads: BoundedRows {
            rows: vec![thread],
            ..BoundedRows::default()
        },
    };
    vec![ServerThreads {
        server: text("db-01"),
        reading: Ok(reading),
    }]
}

fn requests(stage: &AppHarness, wanted: fn(&KillRequest) -> bool) -> Vec<Ticket> {
    let asked = stage.asked.iter().filter_map(|effect| match effect {
        Effect::Kill(Order::Ask { ticket, request, .. }) if wanted(request) => Some(*ticket),
        _ => None,
    });
    asked.collect()
}

fn read_threads(stage: &mut AppHarness) {
    let reads = requests(stage, |request| {
        matches!(request, KillRequest::ReadThreads { .. })
    });
    let event = KillEvent::ThreadsRead(*reads.last().unwrap(), threads(stage));
    stage.send(Msg::Kill(event));
}

/// A kill with its statements: the DELETE is ordered, and its reply is missing.
fn deleting() -> AppHarness {
    let mut stage = with_servers();
    stage.app.settings.kill_statements = true;
    stage.press(Code::Char('K'));
    let (ticket, detail) = (stage.last_check().unwrap(), busy_detail(&stage));
    stage.on_check(ticket, Ok(detail));
    stage.draw();
    stage.wait(Duration::from_millis(300));
    stage.press(Code::Char('y'));
    read_threads(&mut stage);
    let (ticket, detail) = (stage.last_check().unwrap(), busy_detail(&stage));
    stage.on_check(ticket, Ok(detail));
    assert_eq!(stage.deletes().len(), 1);
    stage
}

/// The reply to the DELETE has arrived.
fn deleted(stage: &mut AppHarness) {
    let (_, delete) = stage.deletes()[0];
    stage.send(Msg::Kill(KillEvent::Deleted(delete, Ok(()))));
}

/// The session is gone. Its statements are read again.
fn gone(stage: &mut AppHarness) {
    stage.wait(Duration::from_millis(20));
    stage.on_check(stage.last_check().unwrap(), Err(RequestError::NotFound));
}

#[test]
fn a_stop_after_the_delete_spares_the_statements_and_says_so() {
    for stopped_after in 0..3 {
        let mut stage = deleting();
        let steps: [fn(&mut AppHarness); 2] = [deleted, gone];
        for (place, step) in steps.iter().enumerate() {
            if place == stopped_after {
                stage.press(Code::Esc);
            }
            step(&mut stage);
        }
        if stopped_after == 2 {
            stage.type_text("l");
            stage.press(Code::Esc);
            assert!(stage.app.modal.overlay().is_some(), "the first Esc only stops");
        }
        let text = stage
            .app
            .status
            .clone()
            .map(|status| status.text)
            .unwrap_or_default();
        let words = "Stopped: the statements of 1 ann@10.0.3.1 get no KILL";
        assert_eq!(text, words, "{stopped_after}");
        read_threads(&mut stage);
        stage.wait(Duration::from_millis(200));
        let ends = requests(&stage, |request| {
            matches!(request, KillRequest::EndStatement { .. })
        });
        assert!(ends.is_empty(), "{stopped_after}");
    }
}

#[test]
fn u_stops_what_was_not_sent_after_the_grace_period() {
    let mut stage = deleting();
    deleted(&mut stage);
    stage.type_text("u");
    let text = stage.app.status.clone().unwrap().text;
    assert_eq!(text, "Stopped: the statements of 1 ann@10.0.3.1 get no KILL");
    gone(&mut stage);
    read_threads(&mut stage);
    let ends = requests(&stage, |request| {
        matches!(request, KillRequest::EndStatement { .. })
    });
    assert!(ends.is_empty());
}

#[test]
fn without_a_stop_the_statement_gets_its_kill() {
    let mut stage = deleting();
    deleted(&mut stage);
    gone(&mut stage);
    read_threads(&mut stage);
    let ends = requests(&stage, |request| {
        matches!(request, KillRequest::EndStatement { .. })
    });
    assert_eq!(ends.len(), 1);
}

#[test]
fn a_suspension_in_the_grace_of_a_second_kill_also_stops_the_first() {
    for suspension in [Msg::Suspends, Msg::Resumed] {
        let mut stage = deleting();
        deleted(&mut stage);
        gone(&mut stage);
        stage.app.settings.grace = Duration::from_secs(3);
        stage.press(Code::Down);
        asked(&mut stage, 2);
        stage.press(Code::Char('y'));
        assert!(stage.app.kills.in_grace().is_some());
        stage.send(suspension);
        let status = stage.app.status.clone().unwrap().text;
        assert!(status.starts_with("Canceled (maxtop was suspended)"), "{status}");
        assert!(
            status.ends_with("; Stopped: the statements of 1 ann@10.0.3.1 get no KILL"),
            "{status}"
        );
        let reads = requests(&stage, |request| {
            matches!(request, KillRequest::ReadThreads { .. })
        });
        let event = KillEvent::ThreadsRead(reads[1], threads(&stage));
        stage.send(Msg::Kill(event));
        stage.wait(Duration::from_millis(200));
        let ends = requests(&stage, |request| {
            matches!(request, KillRequest::EndStatement { .. })
        });
        assert!(ends.is_empty());
    }
}

/// Why `[` has no effect because of a kill. `None` if the past can be opened.
fn refuses_past(stage: &AppHarness) -> Option<&'static str> {
    let why = stage
        .app
        .why_no_effect(KeyContext::Table, Action::TravelLists(-1));
    why.filter(|text| text.contains("kill"))
}

/// The statement ends in no reading until the outcome is reported and it is only watched.
fn watched(stage: &mut AppHarness) {
    for _ in 0..40 {
        stage.wait(Duration::from_millis(150));
        read_threads(stage);
    }
    let batch = &stage.app.kills.batches[0];
    let states: Vec<_> = batch.tasks().iter().map(KillTask::state).collect();
    assert!(
        matches!(states.as_slice(), [KillState::WatchingStatements(..)]),
        "{states:?}"
    );
}

#[test]
fn the_past_opens_while_the_statements_of_a_killed_session_are_watched_and_not_before() {
    let mut stage = deleting();
    assert!(refuses_past(&stage).is_some(), "a DELETE is in flight");
    deleted(&mut stage);
    gone(&mut stage);
    read_threads(&mut stage);
    assert!(
        refuses_past(&stage).is_some(),
        "a KILL of a statement is in flight"
    );
    let ends = requests(&stage, |request| {
        matches!(request, KillRequest::EndStatement { .. })
    });
    let event = KillEvent::StatementEnded(ends[0], 0, Ok(()));
    stage.send(Msg::Kill(event));
    watched(&mut stage);
    assert_eq!(refuses_past(&stage), None);
}

#[test]
fn the_past_stays_closed_while_an_unknown_outcome_may_end_in_a_kill_of_statements() {
    for kills_statements in [true, false] {
        let mut stage = deleting();
        if !kills_statements {
            stage.press(Code::Esc);
        }
        deleted(&mut stage);
        for _ in 0..13 {
            stage.wait(Duration::from_secs(1));
            let lost = RequestError::TimedOut(Duration::from_secs(1));
            stage.on_check(stage.last_check().unwrap(), Err(lost));
        }
        let batch = &stage.app.kills.batches[0];
        let states: Vec<_> = batch.tasks().iter().map(KillTask::state).collect();
        assert!(
            matches!(states.as_slice(), [KillState::Unclear(..)]),
            "{states:?}"
        );
        assert_eq!(refuses_past(&stage).is_some(), kills_statements);
    }
}
