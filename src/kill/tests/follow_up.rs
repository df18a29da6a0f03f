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
