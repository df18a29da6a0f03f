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
