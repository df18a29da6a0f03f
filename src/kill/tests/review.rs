//! Tests of faults found in a review: each lost a victim, an outcome or a slot.

use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn two() -> KillHarness {
    KillHarness::ask(vec![victim(1), victim(2)])
}

#[test]
fn a_victim_that_was_struck_out_and_taken_in_again_is_seen_to_its_end() {
    let mut play = two();
    for (ticket, id) in play.checks() {
        play.reply(ticket, Ok(session(id, "alice")));
    }
    play.strike(0);
    play.leap(SECOND);
    play.strike(0);
    play.go();
    for (ticket, id) in play.checks().into_iter().skip(2) {
        play.reply(ticket, Ok(session(id, "alice")));
    }
    let (second, _) = play.deletes()[1];
    play.hear(KillEvent::Deleted(second, Err(refused_password())));
    assert!(!play.batch.is_finished(), "the first DELETE is under way");
    assert!(play.batch.is_in_flight());
}

#[test]
fn a_list_that_is_not_found_says_nothing_of_sessions() {
    let mut play = KillHarness::ask((1..=20).map(victim).collect());
    let list = play.asked(|request| matches!(request, KillRequest::List));
    let fault = RequestError::Status {
        status: 404,
        detail: None,
    };
    play.hear(KillEvent::Relisted(list[0].0, Err(fault)));
    assert!(play.batch.tasks().iter().all(|task| task.outcome().is_none()));
    play.wait(SECOND);
    let lists = play.asked(|request| matches!(request, KillRequest::List));
    assert_eq!(lists.len(), 2, "it is asked for again");
}

#[test]
fn nobody_is_asked_about_twice_at_a_time() {
    let mut play = two();
    let (first, _) = play.checks()[0];
    play.reply(first, Err(RequestError::Refused));
    for _ in 0..40 {
        play.strike(0);
        play.strike(0);
    }
    assert_eq!(play.checks().len(), 3, "the repeated one is under way");
    play.wait(3 * SECOND);
    assert_eq!(play.checks().len(), 3);
    play.reply(play.last_check(), Ok(session(1, "alice")));
    let (second, _) = play.checks()[1];
    play.reply(second, Ok(session(2, "alice")));
    assert_eq!(play.batch.confirmable(), 2);
}

#[test]
fn an_unknown_end_is_logged_once_whatever_the_faults() {
    let mut play = KillHarness::one();
    play.still_alice();
    play.go();
    play.still_alice();
    play.deleted(Err(RequestError::TimedOut(SECOND)));
    for look in 0..80 {
        play.wait(5 * SECOND);
        let fault = if look % 2 == 0 {
            RequestError::Refused
        } else {
            RequestError::TimedOut(SECOND)
        };
        play.reply(play.last_check(), Err(fault));
    }
    let unknown = play
        .logged()
        .iter()
        .filter(|(_, word)| *word == "unknown")
        .count();
    assert_eq!(unknown, 1);
}

#[test]
fn who_is_struck_out_has_no_outcome() {
    let mut play = two();
    let [(first, _), (second, _)] = play.checks()[..] else {
        panic!("two checks")
    };
    play.strike(0);
    play.reply(second, Ok(session(2, "alice")));
    play.go();
    play.reply(first, Err(RequestError::NotFound));
    assert_eq!(play.logged(), [(3, "intent")]);
}

#[test]
fn a_stop_while_the_intents_are_written_stops_it_at_once() {
    let mut play = KillHarness::one();
    play.still_alice();
    play.confirm(Duration::ZERO);
    let ticket = play.intents();
    let orders = play.batch.stop(play.now);
    play.orders.extend(orders);
    play.hear(KillEvent::Logged(ticket, Ok(())));
    assert_eq!(play.logged(), [(2, "intent"), (2, "stopped")]);
    assert!(play.deletes().is_empty() && play.batch.is_finished());
}

#[test]
fn a_stop_is_logged_once_when_the_program_ends_while_the_intents_are_written() {
    let mut play = KillHarness::one();
    play.still_alice();
    play.confirm(Duration::ZERO);
    let ticket = play.intents();
    let orders = play.batch.abandon(&RequestError::Abandoned, play.now);
    play.orders.extend(orders);
    play.hear(KillEvent::Logged(ticket, Ok(())));
    play.wait(5 * SECOND);
    assert_eq!(play.logged(), [(2, "intent"), (2, "stopped")]);
    assert!(play.deletes().is_empty());
}

/// A confirmed kill whose DELETE was ordered and not written yet.
fn deleting() -> KillHarness {
    let mut play = KillHarness::one();
    play.still_alice();
    play.go();
    play.still_alice();
    assert_eq!(play.deletes().len(), 1);
    play
}

#[test]
fn a_stop_also_ends_a_kill_whose_delete_was_not_written_yet() {
    for unsent in [RequestError::CheckExpired, RequestError::Unsent] {
        let mut play = deleting();
        let orders = play.batch.stop(play.now);
        play.orders.extend(orders);
        play.deleted(Err(unsent));
        assert_eq!(play.checks().len(), 2, "no other check");
        assert_eq!(play.logged(), [(2, "intent"), (2, "stopped")]);
        assert!(play.batch.is_finished() && !play.batch.is_busy());
    }
}

#[test]
fn a_stop_does_not_change_the_outcome_of_a_delete_that_was_written() {
    let mut play = deleting();
    let orders = play.batch.stop(play.now);
    play.orders.extend(orders);
    play.deleted(Ok(()));
    play.wait(Duration::from_millis(20));
    play.reply(play.last_check(), Err(RequestError::NotFound));
    assert_eq!(play.logged(), [(2, "intent"), (2, "killed")]);
}

#[test]
fn several_proxies_and_a_refused_account_also_end_a_kill_whose_delete_was_not_written_yet() {
    let mut play = deleting();
    play.hear(KillEvent::SeveralProxies(EndpointId(0)));
    play.deleted(Err(RequestError::Unsent));
    assert_eq!(play.logged(), [(2, "intent"), (2, "refused")]);

    let mut play = two();
    for (ticket, id) in play.checks() {
        play.reply(ticket, Ok(session(id, "alice")));
    }
    play.go();
    for (ticket, id) in play.checks().into_iter().skip(2) {
        play.reply(ticket, Ok(session(id, "alice")));
    }
    let [(first, _), (second, _)] = play.deletes()[..] else {
        panic!("two DELETEs")
    };
    play.hear(KillEvent::Deleted(first, Err(refused_password())));
    play.hear(KillEvent::Deleted(second, Err(RequestError::Unsent)));
    assert_eq!(play.deletes().len(), 2);
    assert_eq!(play.checks().len(), 4);
    assert!(play.batch.is_finished());
}

#[test]
fn a_session_of_another_process_is_not_still_there() {
    let known = process(1);
    for (answered, other) in [(2, None), (1, Some(2)), (2, Some(1))] {
        let mut play = KillHarness::ask(vec![victim_of(session(17, "alice"), Some(&known))]);
        play.seen_by(1, None);
        play.go();
        play.seen_by(1, None);
        play.deleted(Ok(()));
        for _ in 0..60 {
            play.wait(Duration::from_millis(250));
            play.seen_by(answered, other);
        }
        assert_eq!(
            play.outcome().map(KillOutcome::word),
            Some("unknown"),
            "{answered} {other:?}"
        );
        assert!(play.words().contains("process"), "{}", play.words());
    }
}

#[test]
fn intents_that_were_logged_after_a_sleep_of_the_machine_start_nothing() {
    let mut play = KillHarness::one();
    play.still_alice();
    play.confirm(Duration::ZERO);
    let ticket = play.intents();
    // Only the wall clock runs while the machine sleeps.
    play.now.wall += SignedDuration::from_millis(2_100);
    play.hear(KillEvent::Logged(ticket, Ok(())));
    assert_eq!(play.checks().len(), 1);
    assert_eq!(play.logged(), [(2, "intent"), (2, "refused")]);
}

#[test]
fn a_victim_that_was_struck_out_is_refused_too() {
    let forbidden = |play: &mut KillHarness| {
        let orders = play.batch.forbid(EndpointId(0), play.now);
        play.orders.extend(orders);
    };
    let stopped = |play: &mut KillHarness| {
        let orders = play.batch.stop(play.now);
        play.orders.extend(orders);
    };
    let changes: [&dyn Fn(&mut KillHarness); 2] = [&forbidden, &stopped];
    for change in changes {
        let mut play = two();
        for (ticket, id) in play.checks() {
            play.reply(ticket, Ok(session(id, "alice")));
        }
        play.strike(0);
        change(&mut play);
        play.strike(0);
        assert_eq!(play.batch.confirmable(), 0);
    }
}

#[test]
fn a_rejected_survey_refuses_struck_victims_too() {
    let known = process(1);
    let victims = (1..=2).map(|id| victim_of(session(id, "alice"), Some(&known)));
    let (batch, orders) = KillBatch::open(1, victims.collect(), Rules::default());
    let mut play = KillHarness {
        batch,
        orders,
        ..KillHarness::one()
    };
    for (ticket, id) in play.checks() {
        let observation = SessionObservation {
            process: Some(process(1)),
            ..Arc::unwrap_or_clone(play.sighting(session(id, "alice")))
        };
        play.hear(KillEvent::Seen(ticket, Ok(Arc::new(observation))));
    }
    play.strike(0);
    let (survey, _) = play.asked(|request| matches!(request, KillRequest::Survey))[0];
    play.hear(KillEvent::Surveyed(survey, Err(refused_password())));
    play.strike(0);
    assert_eq!(play.batch.confirmable(), 0);
}
