//! Tests of the evidence after a DELETE: what shows that a session is still there, and what that it is gone.

use super::*;

const MS: Duration = Duration::from_millis(1);

/// The DELETE was written, and this is its reply.
fn after_delete(answer: Result<(), RequestError>) -> KillHarness {
    let mut play = KillHarness::one();
    play.still_alice();
    play.go();
    play.still_alice();
    assert_eq!(play.deletes().len(), 1);
    play.deleted(answer);
    play
}

/// Handles a list of the regular polling that was requested at this time.
fn listed(play: &mut KillHarness, asked_at: Now, rows: Vec<Session>) {
    let list = Snapshot {
        asked_at,
        ..play.list(rows)
    };
    play.hear(KillEvent::Listed(Arc::new(list)));
}

fn word(play: &KillHarness) -> Option<&'static str> {
    play.outcome().map(KillOutcome::word)
}

#[test]
fn a_session_seen_only_right_after_its_delete_is_not_still_there() {
    let mut play = after_delete(Ok(()));
    play.wait(20 * MS);
    play.still_alice();
    // The next GET gets no reply.
    play.wait(FOLLOW_UP_TIME);
    assert_eq!(word(&play), None, "the last GET may still be answered");
    play.wait(LAST_REPLY_TIME);
    assert_eq!(word(&play), Some("unknown"));
    assert!(!play.batch.is_finished());
    play.reply(play.last_check(), Err(RequestError::NotFound));
    assert_eq!(play.logged(), [(2, "intent"), (2, "unknown"), (2, "killed")]);
    assert!(play.batch.is_finished());
}

#[test]
fn a_session_whose_delete_got_no_reply_is_not_still_there() {
    let mut play = KillHarness::one();
    play.still_alice();
    play.go();
    play.still_alice();
    play.wait(FOLLOW_UP_TIME);
    play.deleted(Err(RequestError::TimedOut(FOLLOW_UP_TIME)));
    play.wait(20 * MS);
    let unknown = KillOutcome::Unknown(RequestError::TimedOut(FOLLOW_UP_TIME));
    for _ in 0..10 {
        play.still_alice();
        assert_eq!(play.outcome(), Some(&unknown));
        play.wait(Duration::from_secs(5));
    }
    let now = play.now;
    listed(&mut play, now, vec![session(17, "alice")]);
    assert_eq!(play.outcome(), Some(&unknown));
    play.reply(play.last_check(), Err(RequestError::NotFound));
    assert_eq!(play.logged(), [(2, "intent"), (2, "unknown"), (2, "killed")]);
}

#[test]
fn an_error_in_reply_to_the_delete_stays_the_cause() {
    for fault in [
        RequestError::NotFound,
        RequestError::Status {
            status: 503,
            detail: None,
        },
        RequestError::TimedOut(Duration::from_secs(1)),
    ] {
        let mut play = after_delete(Err(fault.clone()));
        for _ in 0..60 {
            play.wait(250 * MS);
            play.still_alice();
        }
        assert_eq!(play.outcome(), Some(&KillOutcome::Unknown(fault)));
        assert!(!play.batch.is_finished());
    }
}

#[test]
fn a_list_from_before_the_delete_proves_nothing() {
    let mut play = KillHarness::one();
    play.still_alice();
    play.go();
    let before = play.now;
    play.leap(MS);
    play.still_alice();
    play.deleted(Ok(()));
    for rows in [Vec::new(), Vec::new(), vec![session(17, "alice")]] {
        listed(&mut play, before, rows);
        assert_eq!(word(&play), None);
    }
    play.wait(FOLLOW_UP_TIME);
    assert_eq!(word(&play), Some("unknown"), "no reply after the DELETE");
}

#[test]
fn a_list_requested_after_ten_seconds_shows_a_session_that_is_still_there() {
    let mut play = after_delete(Ok(()));
    play.leap(FOLLOW_UP_TIME.saturating_sub(MS));
    let early = play.now;
    listed(&mut play, early, vec![session(17, "alice")]);
    play.leap(MS);
    listed(&mut play, early, vec![session(17, "alice")]);
    assert_eq!(word(&play), None);
    let now = play.now;
    listed(&mut play, now, vec![session(17, "alice")]);
    assert_eq!(word(&play), Some("still there"));
    assert!(play.batch.is_finished());
}

fn process_at(node: &str, started_at: &str) -> ProcessStart {
    ProcessStart {
        started_at: text(started_at),
        datadir: Some(text("/var/cache/maxscale")),
        node: Some(text(node)),
    }
}

fn instance(process: Option<ProcessStart>) -> Instance {
    Instance {
        version: None,
        uptime: None,
        process,
        retained_statements: None,
    }
}

#[test]
fn lists_of_another_proxy_do_not_show_that_a_session_is_gone() {
    let own = process_at("a", "Mon, 23 Nov 2026 10:00:00 GMT");
    let later = "Mon, 23 Nov 2026 16:17:14 GMT";
    let earlier = "Mon, 23 Nov 2026 09:00:00 GMT";
    let without_node = ProcessStart {
        node: None,
        ..process_at("a", later)
    };
    for (process, expected) in [
        (Some(process_at("b", later)), None),
        (Some(process_at("a", earlier)), None),
        (Some(without_node), None),
        (None, None),
        (Some(process_at("a", later)), Some("killed")),
        (Some(own.clone()), Some("killed")),
    ] {
        let mut play = KillHarness::ask(vec![victim_of(session(17, "alice"), Some(&own))]);
        let seen = |play: &mut KillHarness| {
            let observation = SessionObservation {
                process: Some(own.clone()),
                ..Arc::unwrap_or_clone(play.sighting(session(17, "alice")))
            };
            play.hear(KillEvent::Seen(play.last_check(), Ok(Arc::new(observation))));
        };
        seen(&mut play);
        play.go();
        seen(&mut play);
        play.deleted(Err(RequestError::Cut(text("cut off"))));
        for _ in 0..3 {
            let list = Snapshot {
                instance: Some(instance(process.clone())),
                ..play.list(Vec::new())
            };
            play.hear(KillEvent::Listed(Arc::new(list)));
        }
        assert_eq!(word(&play), expected, "{process:?}");
        if expected.is_none() {
            play.wait(FOLLOW_UP_TIME);
            assert_eq!(word(&play), Some("unknown"), "{process:?}");
        }
    }
}

#[test]
fn a_session_whose_user_has_changed_is_not_gone() {
    let mut play = after_delete(Ok(()));
    play.wait(20 * MS);
    let id = play.last_check();
    play.reply(id, Ok(session(17, "bob")));
    assert_eq!(word(&play), None);
    play.wait(FOLLOW_UP_TIME);
    play.reply(play.last_check(), Ok(session(17, "bob")));
    play.wait(250 * MS);
    play.reply(play.last_check(), Ok(session(17, "bob")));
    assert_eq!(word(&play), Some("still there"));

    let mut play = after_delete(Ok(()));
    play.wait(20 * MS);
    let other = Session {
        connected: Some(Arc::new(Connected {
            sent: text("Mon, 23 Nov 2026 18:00:00 GMT"),
            at: None,
        })),
        ..session(17, "alice")
    };
    play.reply(play.last_check(), Ok(other));
    assert_eq!(word(&play), Some("killed"));
}
