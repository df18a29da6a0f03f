//! The events: what is found, what repeats, and where Enter leads.

use super::*;
use crate::app::events::EventFinder;
use crate::app::locked::{activity, list_without, report};
use crate::app::msg::Travel;
use crate::model::{Text, TextLimit};
use crate::recording::{Fact, FactKind, KillFact, KillResult};

const SECOND: Duration = Duration::from_secs(1);

fn logged(stage: &AppHarness) -> Vec<String> {
    let line = |event: &crate::app::events::Event| {
        let count = if event.count > 1 {
            format!(" x{}", event.count)
        } else {
            String::new()
        };
        format!("{} {}{count}", event.kind.words(), event.text)
    };
    stage.app.events.from(0).map(line).collect()
}

fn list(stage: &mut AppHarness, sessions: &[(u64, &str, u64)]) {
    stage.wait(SECOND);
    stage.list(&draft(sessions));
}

#[test]
fn a_session_that_becomes_stuck_and_recovers_is_logged_with_its_reason() {
    let mut stage = AppHarness::new(Dialect::Draft, (80, 24));
    list(&mut stage, &[(1, "ann", 9_000), (2, "bob", 1)]);
    assert_eq!(logged(&stage), ["already stuck 1 ann@10.0.3.1  idle 2h 30m"]);
    list(&mut stage, &[(1, "ann", 9_001), (2, "bob", 9_000)]);
    assert_eq!(logged(&stage)[0], "became stuck 2 bob@10.0.3.2  idle 2h 30m");
    let event = stage.app.events.from(0).next().unwrap();
    let start = event.at.wall - Duration::from_mins(150);
    assert_eq!(event.since, Some(start), "the start is known from the idle time");
    list(&mut stage, &[(1, "ann", 9_002), (2, "bob", 0)]);
    assert_eq!(logged(&stage)[0], "recovered 2 bob@10.0.3.2  was: idle");
}

#[test]
fn what_is_stuck_in_the_first_list_is_one_line_for_each_reason() {
    let mut stage = AppHarness::new(Dialect::Draft, (80, 24));
    list(
        &mut stage,
        &[(1, "ann", 9_000), (2, "bob", 19_000), (3, "cid", 1)],
    );
    assert_eq!(
        logged(&stage),
        ["already stuck 2 sessions: idle, longest 5h 16m: 1, 2"]
    );
    let event = stage.app.events.from(0).next().unwrap();
    assert_eq!(event.since, Some(event.at.wall - Duration::from_secs(19_000)));
    list(
        &mut stage,
        &[(1, "ann", 9_001), (2, "bob", 19_001), (3, "cid", 2)],
    );
    assert_eq!(logged(&stage).len(), 1, "once");
}

#[test]
fn the_first_list_is_compared_when_the_locks_are_known() {
    let mut stage = AppHarness::new(Dialect::JsonApi, (80, 24));
    stage.app.endpoints[0].server_access.is_set = true;
    list_without(&mut stage, &[]);
    assert!(logged(&stage).is_empty(), "the servers are not read yet");
    report(&mut stage, Ok(activity()));
    stage.wait(SECOND);
    list_without(&mut stage, &[]);
    assert_eq!(
        logged(&stage),
        [
            "already stuck 1042 etl@10.0.3.7  blocks 3 sessions, the longest for 48s; transaction open for 6m, \
             idle since its last statement, 4 rows locked",
            "already stuck 2 sessions: lock-wait, longest 48s, 2 blocked by session 1042 etl@10.0.3.7: 1187, 1188",
        ]
    );
}

#[test]
fn the_first_list_is_compared_without_locks_if_no_server_replies() {
    let mut stage = AppHarness::new(Dialect::JsonApi, (80, 24));
    stage.app.endpoints[0].server_access.is_set = true;
    let idle = r#"{"data":[{"id":"2","attributes":{"user":"bob","remote":"10.0.0.2","state":"Session started",
        "connected":"Mon, 23 Nov 2026 12:08:03 GMT","idle":9000}}]}"#;
    for _ in 0..3 {
        assert!(logged(&stage).is_empty());
        stage.wait(SECOND);
        stage.list(idle);
    }
    stage.wait(SECOND);
    stage.list(idle);
    assert_eq!(logged(&stage), ["already stuck 2 bob@10.0.0.2  idle 2h 30m"]);
}

#[test]
fn a_session_that_flaps_has_two_lines_with_counts() {
    let mut stage = AppHarness::new(Dialect::Draft, (80, 24));
    list(&mut stage, &[(2, "bob", 1)]);
    for _ in 0..4 {
        list(&mut stage, &[(2, "bob", 9_000)]);
        list(&mut stage, &[(2, "bob", 0)]);
    }
    assert_eq!(
        logged(&stage),
        [
            "recovered 2 bob@10.0.3.2  was: idle x4",
            "became stuck 2 bob@10.0.3.2  idle 2h 30m x4"
        ]
    );
    stage.wait(Duration::from_secs(400));
    list(&mut stage, &[(2, "bob", 9_000)]);
    assert_eq!(logged(&stage).len(), 3, "much later it is another event");
}

#[test]
fn many_sessions_with_the_same_change_are_one_line() {
    let mut stage = AppHarness::new(Dialect::Draft, (80, 24));
    let all = |idle| (1..9).map(|id| (id, "ann", idle)).collect::<Vec<_>>();
    list(&mut stage, &all(1));
    list(&mut stage, &all(9_000));
    assert_eq!(
        logged(&stage),
        ["became stuck 8 sessions: idle, longest 2h 30m: 1, 2, 3, 4, 5, 6, 7, 8"]
    );
}

#[test]
fn sessions_that_come_or_go_in_bulk_are_one_line() {
    let mut stage = AppHarness::new(Dialect::Draft, (80, 24));
    let all = |count: u64| (1..=count).map(|id| (id, "ann", 1)).collect::<Vec<_>>();
    list(&mut stage, &all(100));
    list(&mut stage, &all(119));
    assert_eq!(logged(&stage), [""; 0], "fewer than 20");
    list(&mut stage, &all(139));
    list(&mut stage, &all(50));
    assert_eq!(
        logged(&stage),
        ["went 89 sessions, now 50", "came 20 sessions, now 139"]
    );
    list(&mut stage, &all(1_000));
    list(&mut stage, &all(1_090));
    assert_eq!(logged(&stage).len(), 3, "fewer than a tenth of the list");
}

#[test]
fn servers_and_endpoints_are_logged_when_they_go_and_return() {
    let mut stage = AppHarness::new(Dialect::JsonApi, (80, 24));
    stage.list(r#"{"data":[]}"#);
    for state in ["Master, Running", "Down", "Down", "Master, Running"] {
        stage.wait(SECOND);
        stage.servers(Ok(&[servers::server("db-01", state, None)]));
    }
    for _ in 0..3 {
        stage.fail(RequestError::Refused);
        stage.wait(SECOND * 4);
    }
    stage.list(r#"{"data":[]}"#);
    let lines = logged(&stage);
    assert_eq!(lines[0], "endpoint back after 12s");
    assert!(lines[1].starts_with("endpoint lost "), "{lines:?}");
    assert_eq!(lines[2..], ["server up db-01", "server down db-01"]);
}

#[test]
fn enter_goes_to_the_moment_and_the_session() {
    let mut stage = AppHarness::new(Dialect::Draft, (80, 24));
    list(&mut stage, &[(1, "ann", 1), (2, "bob", 1)]);
    list(&mut stage, &[(1, "ann", 9_000), (2, "bob", 1)]);
    let at = stage.app.now.elapsed;
    list(&mut stage, &[(1, "ann", 9_001), (2, "bob", 9_000)]);
    stage.press(Code::Char('e'));
    stage.press(Code::Down);
    stage.press(Code::Enter);
    let Some(Effect::Travel(Travel::To(moment, Some(session)))) = stage.asked.pop() else {
        panic!("{:?}", stage.asked);
    };
    assert_eq!((moment, session.id.0), (at, 1));
    let past = stage.back_at(moment, &stage.app, Some(&session));
    assert!(past.app.modal.is_closed());
    assert_eq!(past.shown().1, Some(1));
    assert_eq!(past.app.events.len(), 2, "the log is complete also in the past");
}

#[test]
fn the_chosen_event_stays_while_newer_ones_arrive() {
    let mut stage = AppHarness::new(Dialect::Draft, (80, 24));
    list(&mut stage, &[(1, "ann", 1), (2, "bob", 1), (3, "cid", 1)]);
    list(&mut stage, &[(1, "ann", 9_000), (2, "bob", 1), (3, "cid", 1)]);
    list(&mut stage, &[(1, "ann", 9_001), (2, "bob", 9_000), (3, "cid", 1)]);
    stage.press(Code::Char('e'));
    stage.press(Code::Down);
    list(
        &mut stage,
        &[(1, "ann", 9_002), (2, "bob", 9_001), (3, "cid", 9_000)],
    );
    let pane = *stage.app.modal.events().unwrap();
    assert_eq!(pane.position(&stage.app.events), 2);
    stage.press(Code::Home);
    let pane = *stage.app.modal.events().unwrap();
    assert_eq!(pane.position(&stage.app.events), 0);
}

#[test]
fn a_kill_is_logged_with_its_outcome_and_its_intent_is_not() {
    let mut stage = AppHarness::new(Dialect::Draft, (80, 24));
    list(&mut stage, &[(1, "ann", 1)]);
    let identity = stage.app.table.view.row(0).unwrap().identity();
    let text = |text: &str| Text::clean(text, TextLimit::Line);
    let fact = |outcome| Fact {
        at: stage.now(),
        endpoint: Some(identity.endpoint),
        kind: FactKind::Kill(Box::new(KillFact {
            time: stage.now().wall,
            number: 1,
            identity: identity.clone(),
            outcome,
            reason: None,
            filter: None,
        })),
    };
    let mut finder = EventFinder::default();
    assert!(finder.in_fact(&fact(None)).is_empty());
    let outcome = KillResult {
        word: text("killed"),
        detail: text("gone after 1s"),
    };
    let events = finder.in_fact(&fact(Some(outcome)));
    assert_eq!(events[0].text, "1 ann@10.0.3.1  killed gone after 1s");
}

#[test]
fn sessions_that_are_killed_together_are_one_line_and_a_failure_has_its_own() {
    let mut stage = AppHarness::new(Dialect::Draft, (80, 24));
    list(
        &mut stage,
        &[(1, "ann", 1), (2, "bob", 1), (3, "cid", 1), (4, "dan", 1)],
    );
    let identities: Vec<_> = (0..4)
        .map(|row| stage.app.table.view.row(row).unwrap().identity())
        .collect();
    let fact = |number: u32, word: Option<&str>| {
        let identity = identities
            .iter()
            .find(|identity| identity.id.0 == u64::from(number));
        let text = |text: &str| Text::clean(text, TextLimit::Line);
        Fact {
            at: stage.now(),
            endpoint: identity.map(|identity| identity.endpoint),
            kind: FactKind::Kill(Box::new(KillFact {
                time: stage.now().wall,
                number,
                identity: identity.unwrap().clone(),
                outcome: word.map(|word| KillResult {
                    word: text(word),
                    detail: text("in 1s"),
                }),
                reason: None,
                filter: None,
            })),
        }
    };
    let mut finder = EventFinder::default();
    let mut events = crate::app::events::EventList::default();
    let mut add = |number, word| {
        for event in finder.in_fact(&fact(number, word)) {
            events.push(event);
        }
    };
    for number in 1..4 {
        add(number, None);
    }
    for (number, word) in [(1, "killed"), (2, "refused"), (3, "killed")] {
        add(number, Some(word));
    }
    add(4, None);
    add(4, Some("killed"));
    let lines: Vec<_> = events.from(0).map(|event| event.text.clone()).collect();
    assert_eq!(
        lines,
        [
            "4 dan@10.0.3.4  killed in 1s",
            "2 bob@10.0.3.2  refused in 1s",
            "killed 2 of 3 sessions: 1, 3",
        ]
    );
}

#[test]
fn the_log_is_bounded() {
    let mut stage = AppHarness::new(Dialect::Draft, (80, 24));
    list(&mut stage, &[(1, "ann", 1)]);
    for round in 0..600 {
        stage.wait(Duration::from_secs(301));
        list(&mut stage, &[(1, "ann", 9_000 + round)]);
        stage.wait(Duration::from_secs(301));
        list(&mut stage, &[(1, "ann", 1)]);
    }
    assert_eq!(stage.app.events.len(), 1_000);
}
