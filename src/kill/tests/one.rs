//! Tests with one victim: check, DELETE, follow-up.

use super::*;
use crate::filter::FilterInput;

const MS: Duration = Duration::from_millis(1);

/// Runs a kill up to the DELETE.
fn sent() -> KillHarness {
    let mut play = KillHarness::one();
    play.still_alice();
    play.go();
    play.still_alice();
    assert_eq!(play.deletes().len(), 1);
    play
}

/// Runs a kill up to the first follow-up after the DELETE.
fn looked_for(answer: Result<(), RequestError>) -> KillHarness {
    let mut play = sent();
    let before = play.checks().len();
    play.deleted(answer);
    play.wait(20 * MS);
    assert_eq!(play.checks().len(), before + 1);
    play
}

#[test]
fn a_confirmed_session_is_checked_again_deleted_once_and_watched_until_it_is_gone() {
    let mut play = looked_for(Ok(()));
    play.still_alice();
    play.wait(280 * MS);
    play.reply(play.last_check(), Err(RequestError::NotFound));
    assert_eq!(
        play.words(),
        "killed 17 alice@10.0.0.7 in 300ms; if a statement was running, it may still run on its server"
    );
    assert!(play.batch.is_finished());
    assert_eq!(play.deletes().len(), 1);
    assert_eq!(play.logged(), [(2, "intent"), (2, "killed")]);
}

#[test]
fn nothing_is_sent_without_the_first_check() {
    let mut play = KillHarness::one();
    play.confirm(Duration::ZERO);
    assert!(play.batch.open_dialog_ticket().is_none());
    assert_eq!(play.orders.len(), 1, "the first check");
}

#[test]
fn somebody_else_before_the_question_closes_yes() {
    let mut play = KillHarness::one();
    play.reply(play.last_check(), Ok(session(17, "bob")));
    assert!(matches!(
        play.outcome(),
        Some(KillOutcome::Refused(RefusalReason::Changed(_)))
    ));
    assert!(play.batch.open_dialog_ticket().is_none());
}

#[test]
fn somebody_else_after_the_answer_is_refused_with_both_names() {
    let mut play = KillHarness::one();
    play.still_alice();
    play.go();
    play.reply(play.last_check(), Ok(session(17, "bob")));
    assert_eq!(
        play.words(),
        "refused: id 17 is now bob@10.0.0.7 (was alice@10.0.0.7; user differs)"
    );
    assert!(play.deletes().is_empty());
    assert_eq!(play.logged(), [(2, "intent"), (2, "refused")]);
}

#[test]
fn names_that_only_look_the_same_are_two() {
    let raw = "eve\u{202e}";
    let mut play = KillHarness::ask(vec![victim_of(session(17, raw), None)]);
    let shown = text(raw).to_string();
    assert_eq!(shown, text("eve\\u{202e}").to_string().replace("\\\\", "\\"));
    play.reply(play.last_check(), Ok(session(17, "eve\\u{202e}")));
    assert!(matches!(
        play.outcome(),
        Some(KillOutcome::Refused(RefusalReason::Changed(_)))
    ));
}

#[test]
fn gone_before_the_delete_is_already_gone() {
    let mut play = KillHarness::one();
    play.still_alice();
    play.go();
    play.reply(play.last_check(), Err(RequestError::NotFound));
    assert_eq!(play.outcome(), Some(&KillOutcome::AlreadyGone));
    assert!(play.deletes().is_empty());
}

#[test]
fn an_unanswered_first_check_is_asked_again_and_keeps_yes_closed() {
    let mut play = KillHarness::one();
    play.reply(play.last_check(), Err(RequestError::Refused));
    assert!(play.batch.open_dialog_ticket().is_none());
    play.wait(Duration::from_secs(1));
    assert_eq!(play.checks().len(), 2);
    play.still_alice();
    assert!(play.batch.open_dialog_ticket().is_some());
}

#[test]
fn a_second_check_without_an_answer_is_tried_again_and_then_refused() {
    let mut play = KillHarness::one();
    play.still_alice();
    play.go();
    for _ in 0..3 {
        play.reply(play.last_check(), Err(RequestError::Refused));
    }
    assert_eq!(
        play.outcome(),
        Some(&KillOutcome::Refused(RefusalReason::Unreadable(
            RequestError::Refused
        )))
    );
    assert!(play.deletes().is_empty());
}

#[test]
fn late_and_repeated_answers_count_for_nothing() {
    let mut play = KillHarness::one();
    let first = play.last_check();
    play.still_alice();
    play.go();
    let second = play.last_check();
    play.reply(first, Ok(session(17, "alice")));
    assert!(play.deletes().is_empty());
    play.reply(second, Ok(session(17, "alice")));
    play.reply(second, Ok(session(17, "alice")));
    assert_eq!(play.deletes().len(), 1);
}

#[test]
fn the_server_says_no() {
    let mut play = sent();
    play.deleted(Err(refused_password()));
    assert_eq!(play.outcome(), Some(&KillOutcome::NotAllowed(refused_password())));
}

#[test]
fn a_lost_reply_is_unknown_until_found_out() {
    let lost = || Err(RequestError::TimedOut(Duration::from_secs(10)));
    let mut play = looked_for(lost());
    play.reply(play.last_check(), Err(RequestError::NotFound));
    assert!(matches!(play.outcome(), Some(KillOutcome::Killed { .. })));

    let mut play = looked_for(lost());
    for _ in 0..200 {
        play.wait(250 * MS);
        play.reply(play.last_check(), Err(RequestError::Refused));
        if play.outcome().is_some() {
            break;
        }
    }
    assert_eq!(play.outcome(), Some(&KillOutcome::Unknown(RequestError::Refused)));
    assert!(!play.batch.is_finished(), "it is still looked for");
    play.wait(Duration::from_secs(5));
    play.reply(play.last_check(), Err(RequestError::NotFound));
    assert!(matches!(play.outcome(), Some(KillOutcome::Killed { .. })));
    assert!(play.batch.is_finished());
    assert_eq!(play.logged(), [(2, "intent"), (2, "unknown"), (2, "killed")]);
}

#[test]
fn a_session_that_stays_is_still_there_after_ten_seconds() {
    let mut play = looked_for(Ok(()));
    play.still_alice();
    play.leap(FOLLOW_UP_TIME.saturating_sub(30 * MS));
    play.still_alice();
    assert!(play.outcome().is_none(), "asked before ten seconds");
    play.wait(250 * MS);
    play.still_alice();
    assert_eq!(
        play.outcome(),
        Some(&KillOutcome::StillThere {
            after: FOLLOW_UP_TIME + 240 * MS
        })
    );
    assert_eq!(play.logged(), [(2, "intent"), (2, "still there")]);
}

#[test]
fn missing_from_one_list_proves_nothing_from_two_in_a_row_it_does() {
    let mut play = sent();
    play.deleted(Ok(()));
    for present in [false, true, false] {
        let rows = if present {
            vec![session(17, "alice")]
        } else {
            Vec::new()
        };
        play.hear(KillEvent::Listed(Arc::new(play.list(rows))));
        assert!(play.outcome().is_none());
    }
    play.hear(KillEvent::Listed(Arc::new(play.list(Vec::new()))));
    assert!(play.outcome().unwrap().is_gone());
}

#[test]
fn a_session_that_a_get_does_not_find_may_not_have_started_or_be_closing() {
    for (state, refusal) in [
        ("Session created", RefusalReason::NotKillableYet),
        ("Stopping session", RefusalReason::Closing),
    ] {
        let session = Session {
            state: Some(text(state)),
            ..session(17, "alice")
        };
        let mut play = KillHarness::ask(vec![victim_of(session, None)]);
        play.reply(play.last_check(), Err(RequestError::NotFound));
        assert_eq!(play.outcome(), Some(&KillOutcome::Refused(refusal)));
    }
}

#[test]
fn an_answer_that_waited_while_the_program_was_stopped_is_asked_for_again() {
    let mut play = KillHarness::one();
    play.still_alice();
    play.go();
    let check = play.last_check();
    let observation = play.sighting(session(17, "alice"));
    play.leap(Duration::from_secs(2));
    play.hear(KillEvent::Seen(check, Ok(observation)));
    assert!(play.deletes().is_empty());
    assert_ne!(play.last_check(), check);
    play.still_alice();
    assert_eq!(play.deletes().len(), 1);
}

#[test]
fn the_second_check_is_not_weaker_than_the_first() {
    let with_port = Session {
        port: Some(4711),
        ..session(17, "alice")
    };
    let mut play = KillHarness::ask(vec![victim_of(with_port.clone(), None)]);
    play.reply(play.last_check(), Ok(with_port));
    play.go();
    play.still_alice();
    assert_eq!(
        play.outcome(),
        Some(&KillOutcome::Refused(RefusalReason::Unknown(Part::Port)))
    );
}

#[test]
fn a_port_that_is_reported_later_makes_the_second_check_no_weaker() {
    let mut play = KillHarness::one();
    play.still_alice();
    play.go();
    let with_port = Session {
        port: Some(4711),
        ..session(17, "alice")
    };
    play.reply(play.last_check(), Ok(with_port));
    assert_eq!(play.outcome(), None);
    assert_eq!(play.deletes().len(), 1);
}

#[test]
fn a_404_to_the_delete_is_looked_into() {
    let mut play = looked_for(Err(RequestError::NotFound));
    play.reply(play.last_check(), Err(RequestError::NotFound));
    assert_eq!(play.outcome(), Some(&KillOutcome::AlreadyGone));

    let mut play = looked_for(Err(RequestError::NotFound));
    play.still_alice();
    play.leap(FOLLOW_UP_TIME);
    play.still_alice();
    assert_eq!(
        play.outcome(),
        Some(&KillOutcome::Unknown(RequestError::NotFound))
    );
}

#[test]
fn a_bad_gateway_proves_nothing_and_a_bad_request_does() {
    let status = |status| RequestError::Status { status, detail: None };
    let mut play = sent();
    play.deleted(Err(status(502)));
    assert!(play.outcome().is_none());
    let mut play = sent();
    play.deleted(Err(status(400)));
    assert_eq!(play.outcome(), Some(&KillOutcome::Failed(status(400))));
}

#[test]
fn a_refused_password_is_not_tried_over_and_over() {
    let mut play = KillHarness::one();
    play.reply(play.last_check(), Err(refused_password()));
    assert_eq!(play.outcome(), Some(&KillOutcome::NotAllowed(refused_password())));

    let mut play = looked_for(Ok(()));
    play.reply(play.last_check(), Err(refused_password()));
    let looks = play.checks().len();
    play.wait(Duration::from_secs(5));
    assert_eq!(play.checks().len(), looks);
}

#[test]
fn who_may_not_is_told_before_anything_is_asked() {
    let authority = |version| Authority {
        read_only: false,
        may_only_read: false,
        several_proxies: false,
        dialect: Some(Dialect::JsonApi),
        version: Some(version),
    };
    let nobody_is_protected = Filter::default();
    let diagnoses = |session: &Session, authority| {
        check_killable(&FilterInput::new(session), authority, &nobody_is_protected)
    };
    let old = Version { major: 21, minor: 6 };
    let middle = Version { major: 23, minor: 8 };
    let alice = session(17, "alice");
    assert_eq!(diagnoses(&alice, authority(old)), Err(RefusalReason::TooOld(old)));
    assert_eq!(diagnoses(&alice, authority(middle)), Ok(()));
    let far = Session {
        id: SessionId(1 << 31),
        ..alice.clone()
    };
    assert_eq!(
        diagnoses(&far, authority(middle)),
        Err(RefusalReason::IdTooLarge(middle))
    );
    assert_eq!(
        diagnoses(&far, authority(Version { major: 24, minor: 2 })),
        Ok(())
    );
    let nobody = Session {
        user: None,
        ..alice.clone()
    };
    assert_eq!(
        diagnoses(&nobody, authority(middle)),
        Err(RefusalReason::Unknown(Part::User))
    );
    let read_only = Authority {
        read_only: true,
        ..authority(middle)
    };
    assert_eq!(diagnoses(&alice, read_only), Err(RefusalReason::ReadOnly));
    let several = Authority {
        several_proxies: true,
        ..authority(middle)
    };
    assert_eq!(diagnoses(&alice, several), Err(RefusalReason::SeveralProxies));
    assert_eq!(
        check_killable(
            &FilterInput::new(&alice),
            authority(middle),
            &Filter::parse("user=al*").unwrap()
        ),
        Err(RefusalReason::Protected(None))
    );
}
