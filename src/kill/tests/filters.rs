//! Tests of the filters that are evaluated again right before a DELETE: `protect` and the one that
//! selected a session.

use super::*;
use crate::kill::outcome::SkipReason;
use crate::model::Span;

#[test]
fn who_is_protected_by_then_is_not_ended() {
    let mut play = KillHarness::protecting(vec![victim(17)], "reporting");
    play.still_alice();
    play.go();
    let moved = Session {
        state: Some(text("reporting")),
        ..session(17, "alice")
    };
    play.reply(play.last_check(), Ok(moved));
    assert_eq!(
        play.outcome(),
        Some(&KillOutcome::Refused(RefusalReason::Protected(None)))
    );
    assert!(play.deletes().is_empty());
}

#[test]
fn whoever_may_be_protected_is() {
    let mut play = KillHarness::protecting(vec![victim(17)], "program=nightly*");
    play.still_alice();
    let refusal = RefusalReason::PerhapsProtected {
        filter: "program=nightly*".to_owned(),
        lock_fields: Vec::new(),
    };
    assert!(refusal.words().contains("this MaxScale does not report"));
    assert_eq!(play.outcome(), Some(&KillOutcome::Refused(refusal)));
    assert!(play.deletes().is_empty());
}

#[test]
fn a_session_that_no_longer_matches_its_filter_is_skipped() {
    let taken = Victim {
        taken_by: Some(Filter::parse("ready and endpoint=127*").unwrap()),
        ..victim(17)
    };
    let mut play = KillHarness::ask(vec![taken]);
    play.still_alice();
    play.go();
    let busy = Session {
        state: Some(text("Stopping session")),
        ..session(17, "alice")
    };
    play.reply(play.last_check(), Ok(busy));
    assert_eq!(
        play.words(),
        "skipped: 17 alice@10.0.0.7: no longer matches 'ready and endpoint=127*'"
    );
    assert!(play.deletes().is_empty());
}

#[test]
fn a_kill_by_not_stuck_needs_every_reason_examined() {
    let taken = || Victim {
        taken_by: Some(Filter::parse("not stuck").unwrap()),
        reasons: ReasonNames {
            found: Vec::new(),
            unjudged: vec!["buffering"],
        },
        ..victim_of(session(17, "alice"), None)
    };
    let mut play = KillHarness::ask(vec![taken()]);
    play.reply(play.last_check(), Ok(session(17, "alice")));
    let Some(RefusalReason::Undecided { filter, reasons }) = play.outcome().and_then(KillOutcome::refusal)
    else {
        panic!("{}", play.words());
    };
    assert_eq!(filter, "not stuck");
    // Seen once, the session cannot be compared with an earlier list.
    assert!(
        reasons.contains(&"buffering") && reasons.contains(&"query"),
        "{reasons:?}"
    );
    assert!(
        !reasons.contains(&"closing"),
        "a single check examines it: {reasons:?}"
    );
    assert_eq!(
        play.words(),
        "refused: 17 alice@10.0.0.7: 'not stuck' is not certain for this session: reasons blocks, lock-wait, \
         metadata-lock and 9 more could not be examined"
    );
    assert!(play.deletes().is_empty());
}

#[test]
fn without_server_access_no_kill_takes_the_absence_of_a_lock_reason_for_granted() {
    for filter in ["not reason=blocks", "reason!=lock-wait", "reason=none"] {
        let taken = Victim {
            taken_by: Some(Filter::parse(filter).unwrap()),
            ..victim_of(session(17, "alice"), None)
        };
        let mut play = KillHarness::ask(vec![taken]);
        play.reply(play.last_check(), Ok(session(17, "alice")));
        let refusal = play.outcome().and_then(KillOutcome::refusal);
        assert!(
            matches!(refusal, Some(RefusalReason::Undecided { .. })),
            "{filter}: {}",
            play.words()
        );
    }
}

#[test]
fn protect_with_a_lock_reason_protects_while_the_locks_are_unknown() {
    for protect in ["reason=blocks", "not reason=lock-wait", "stuck", "blocks>0"] {
        let mut play = KillHarness::protecting(vec![victim_of(session(17, "alice"), None)], protect);
        play.still_alice();
        let words = play.words();
        assert!(words.contains("may be protected"), "{protect}: {words}");
        assert!(words.contains("needs server access"), "{protect}: {words}");
    }
}

#[test]
fn one_taken_because_it_was_stuck_is_skipped_once_it_is_not() {
    let idle_for = |seconds| Session {
        idle: Some(Span::from_secs(seconds)),
        ..session(17, "alice")
    };
    let taken = || Victim {
        taken_by: Some(Filter::parse("stuck").unwrap()),
        reasons: ReasonNames {
            found: vec!["idle"],
            unjudged: Vec::new(),
        },
        ..victim_of(idle_for(20_000), None)
    };
    let mut play = KillHarness::ask(vec![taken()]);
    play.reply(play.last_check(), Ok(idle_for(20_000)));
    play.go();
    play.reply(play.last_check(), Ok(idle_for(20_001)));
    assert_eq!(play.deletes().len(), 1);

    let mut play = KillHarness::ask(vec![taken()]);
    play.reply(play.last_check(), Ok(idle_for(20_000)));
    play.go();
    play.reply(play.last_check(), Ok(idle_for(0)));
    assert_eq!(
        play.outcome(),
        Some(&KillOutcome::Skipped(SkipReason::NoMatch("stuck".to_owned())))
    );
    assert!(play.deletes().is_empty());
}
