//! Tests with many victims: at most sixteen requests at a time, independent victims, stops and errors.

use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn many(count: u64) -> KillHarness {
    KillHarness::ask((1..=count).map(victim).collect())
}

/// Replies with a fresh list that has all of them.
fn add_list(play: &mut KillHarness, count: u64) {
    let list = play.asked(|request| matches!(request, KillRequest::List));
    let (ticket, _) = *list.last().expect("a list");
    let rows = (1..=count).map(|id| session(id, "alice")).collect();
    play.hear(KillEvent::Relisted(ticket, Ok(Arc::new(play.list(rows)))));
    // The list is compared with the victims step by step.
    play.wait(Duration::ZERO);
}

/// Replies to every pending request with `answer`.
struct Outside {
    answered: usize,
    /// Maximum number of requests in flight at a time.
    most: usize,
}

impl Outside {
    fn new(play: &KillHarness) -> Self {
        Self {
            answered: play.orders.len(),
            most: 0,
        }
    }

    /// Replies until no request is pending, and advances the time if the batch waits for it.
    fn serve(&mut self, play: &mut KillHarness, answer: impl Fn(&mut KillHarness, Ticket, &KillRequest)) {
        loop {
            let open: Vec<_> = play.orders.split_off(self.answered.min(play.orders.len()));
            let asked: Vec<_> = open
                .iter()
                .filter_map(|order| match order {
                    Order::Ask { ticket, request, .. } => Some((*ticket, request.clone())),
                    _ => None,
                })
                .collect();
            play.orders.extend(open);
            self.answered = play.orders.len();
            self.most = self.most.max(asked.len());
            for (ticket, request) in &asked {
                answer(play, *ticket, request);
            }
            if asked.is_empty() {
                match play.batch.wake_at() {
                    Some(at) if !play.batch.is_finished() => {
                        play.leap(at.saturating_sub(play.now.elapsed));
                    }
                    _ => return,
                }
            }
        }
    }
}

/// Replies of an endpoint without errors.
fn well(play: &mut KillHarness, ticket: Ticket, request: &KillRequest) {
    match request {
        KillRequest::Check { id, .. } => {
            let is_gone = play.deletes().iter().any(|(_, deleted)| *deleted == id.0);
            let answer = if is_gone {
                Err(RequestError::NotFound)
            } else {
                Ok(session(id.0, "alice"))
            };
            play.reply(ticket, answer);
        }
        KillRequest::Delete { .. } => play.hear(KillEvent::Deleted(ticket, Ok(()))),
        KillRequest::Survey => play.hear(KillEvent::Surveyed(ticket, Ok(Survey::OneProxy))),
        KillRequest::List => add_list(play, 200),
        KillRequest::ReadThreads { .. }
        | KillRequest::ReadLocks { .. }
        | KillRequest::EndStatement { .. } => {}
    }
}

#[test]
fn over_sixteen_one_fresh_list_is_the_first_check() {
    let mut play = many(16);
    assert_eq!(play.checks().len(), 16);
    assert!(play.batch.open_dialog_ticket().is_none());
    play = many(17);
    assert_eq!(play.orders.len(), 1);
    add_list(&mut play, 17);
    assert_eq!(play.batch.confirmable(), 17);
    assert!(play.batch.open_dialog_ticket().is_some());
}

#[test]
fn whom_the_fresh_list_does_not_have_is_asked_for_alone() {
    let mut play = many(20);
    add_list(&mut play, 19);
    assert_eq!(play.checks().len(), 1);
    assert!(play.batch.open_dialog_ticket().is_none());
    play.reply(play.last_check(), Ok(session(20, "alice")));
    assert_eq!(play.batch.confirmable(), 20);
}

#[test]
fn a_session_that_closes_in_the_fresh_list_is_checked_by_its_id() {
    let mut play = many(20);
    let list = play.asked(|request| matches!(request, KillRequest::List));
    let rows = (1..=20).map(|id| Session {
        state: Some(text(if id == 7 {
            "Stopping session"
        } else {
            "Session started"
        })),
        ..session(id, "alice")
    });
    let rows = rows.collect();
    play.hear(KillEvent::Relisted(list[0].0, Ok(Arc::new(play.list(rows)))));
    play.wait(Duration::ZERO);
    assert_eq!(play.batch.confirmable(), 19);
    assert_eq!(play.checks().len(), 1);
    play.reply(play.last_check(), Err(RequestError::NotFound));
    assert_eq!(play.batch.confirmable(), 19);
}

#[test]
fn a_list_is_compared_step_by_step_and_yes_waits_for_the_last_step() {
    let mut play = many(60);
    play.strike(3);
    play.strike(50);
    let list = play.asked(|request| matches!(request, KillRequest::List));
    let rows = (1..=60).map(|id| session(id, "alice")).collect();
    play.hear(KillEvent::Relisted(list[0].0, Ok(Arc::new(play.list(rows)))));
    assert!(play.batch.compares_lists());
    assert!(play.batch.confirmable() < 58 && play.batch.open_dialog_ticket().is_none());
    // One was skipped because it was struck out, the other one is still to be compared.
    play.strike(3);
    play.strike(50);
    play.wait(Duration::ZERO);
    assert_eq!(play.batch.confirmable(), 59);
    let checks = play.checks();
    assert_eq!(checks.len(), 1, "{checks:?}");
    play.reply(play.last_check(), Ok(session(4, "alice")));
    assert_eq!(play.batch.confirmable(), 60);
    assert!(play.batch.open_dialog_ticket().is_some());
}

#[test]
fn a_fresh_list_that_does_not_come_is_asked_for_again() {
    let mut play = many(20);
    let list = play.asked(|request| matches!(request, KillRequest::List));
    play.hear(KillEvent::Relisted(list[0].0, Err(RequestError::Refused)));
    assert!(play.batch.open_dialog_ticket().is_none());
    play.wait(SECOND);
    add_list(&mut play, 20);
    assert!(play.batch.open_dialog_ticket().is_some());
}

#[test]
fn two_hundred_end_with_three_struck_out_and_never_more_than_sixteen_at_a_time() {
    let mut play = many(200);
    add_list(&mut play, 200);
    for place in [3, 77, 199] {
        play.strike(place);
    }
    assert_eq!(play.batch.confirmable(), 197);
    play.confirm(Duration::ZERO);
    let mut outside = Outside::new(&play);
    play.hear(KillEvent::Logged(play.intents(), Ok(())));
    outside.serve(&mut play, well);
    assert_eq!(play.batch.tally().words(), "197 killed");
    assert!(play.batch.is_finished());
    assert!(outside.most <= 16, "{}", outside.most);
    let mut ended: Vec<_> = play.deletes().into_iter().map(|(_, id)| id).collect();
    ended.sort_unstable();
    let meant: Vec<_> = (1..=200).filter(|id| ![4, 78, 200].contains(id)).collect();
    assert_eq!(ended, meant);
}

#[test]
fn it_leaves_room_for_others() {
    let mut play = many(40);
    add_list(&mut play, 40);
    play.batch.limit_requests(4);
    play.confirm(Duration::ZERO);
    let mut outside = Outside::new(&play);
    play.hear(KillEvent::Logged(play.intents(), Ok(())));
    outside.serve(&mut play, well);
    assert_eq!(play.batch.tally().words(), "40 killed");
    assert!(outside.most <= 4, "{}", outside.most);
}

#[test]
fn escape_leaves_the_rest_alone() {
    let mut play = many(40);
    add_list(&mut play, 40);
    play.go();
    let (first, id) = play.checks()[0];
    play.reply(first, Ok(session(id, "alice")));
    let orders = play.batch.stop(play.now);
    play.orders.extend(orders);
    let mut outside = Outside { answered: 0, most: 0 };
    outside.serve(&mut play, |play, ticket, request| {
        if ticket != first {
            well(play, ticket, request);
        }
    });
    assert_eq!(play.deletes().len(), 1, "the one that was under way");
    assert_eq!(play.batch.tally().words(), "1 killed, 39 stopped");
    assert!(play.batch.is_finished());
}

#[test]
fn an_account_that_may_not_is_not_tried_for_every_session() {
    let mut play = many(40);
    add_list(&mut play, 40);
    play.go();
    let (first, id) = play.checks()[0];
    play.reply(first, Ok(session(id, "alice")));
    play.deleted(Err(refused_password()));
    assert_eq!(play.batch.tally().words(), "40 not allowed");
    let mut outside = Outside::new(&play);
    outside.serve(&mut play, well);
    assert_eq!(play.deletes().len(), 1);
    assert!(play.batch.is_finished());
}

#[test]
fn an_endpoint_that_fails_midway_stops_its_own_rest_only() {
    let elsewhere = |id| {
        let session = session(id, "alice");
        let identity = Identity::new(EndpointId(1), None, &session);
        Victim {
            identity,
            ..victim_of(session, None)
        }
    };
    let victims = (1..=5).map(victim).chain((6..=8).map(elsewhere));
    let mut play = KillHarness::ask(victims.collect());
    let mut outside = Outside { answered: 0, most: 0 };
    let answer_seen = |play: &mut KillHarness, ticket: Ticket, id: u64| {
        let mut observation = Arc::unwrap_or_clone(play.sighting(session(id, "alice")));
        observation.endpoint = EndpointId(u16::from(id > 5));
        play.hear(KillEvent::Seen(ticket, Ok(Arc::new(observation))));
    };
    outside.serve(&mut play, |play, ticket, request| {
        if let KillRequest::Check { id, .. } = request {
            answer_seen(play, ticket, id.0);
        }
    });
    play.confirm(Duration::ZERO);
    play.hear(KillEvent::Logged(play.intents(), Ok(())));
    outside.answered = play.orders.len() - 8;
    outside.serve(&mut play, |play, ticket, request| match request {
        KillRequest::Check { id, .. } if id.0 <= 5 => play.reply(ticket, Err(RequestError::Refused)),
        KillRequest::Check { id, .. } if play.deletes().iter().any(|(_, deleted)| *deleted == id.0) => {
            play.reply(ticket, Err(RequestError::NotFound));
        }
        KillRequest::Check { id, .. } => answer_seen(play, ticket, id.0),
        _ => well(play, ticket, request),
    });
    assert_eq!(play.batch.tally().words(), "3 killed, 5 refused");
}

#[test]
fn leaving_says_of_what_was_sent_that_it_is_unknown() {
    let mut play = many(3);
    for (ticket, id) in play.checks() {
        play.reply(ticket, Ok(session(id, "alice")));
    }
    play.go();
    let (ticket, id) = play.checks()[3];
    play.reply(ticket, Ok(session(id, "alice")));
    let orders = play.batch.abandon(&RequestError::Abandoned, play.now);
    play.orders.extend(orders);
    assert_eq!(play.batch.tally().words(), "2 stopped, 1 unknown");
    assert_eq!(play.logged().len(), 6);
}

#[test]
fn who_is_taken_in_again_is_checked_after_all() {
    let mut play = many(20);
    play.strike(3);
    add_list(&mut play, 20);
    assert!(play.batch.open_dialog_ticket().is_some());
    assert_eq!(play.batch.confirmable(), 19);
    play.strike(3);
    assert!(play.batch.open_dialog_ticket().is_none());
    play.reply(play.last_check(), Ok(session(4, "alice")));
    assert_eq!(play.batch.confirmable(), 20);
    assert!(play.batch.open_dialog_ticket().is_some());
}

#[test]
fn a_first_check_in_flight_at_the_confirmation_does_not_hold_a_victim_back() {
    for grace in [Duration::ZERO, 3 * SECOND] {
        let mut play = many(20);
        let list = play.asked(|request| matches!(request, KillRequest::List));
        play.hear(KillEvent::Relisted(list[0].0, Err(RequestError::Refused)));
        play.strike(3);
        play.strike(3);
        play.reply(play.last_check(), Err(RequestError::Refused));
        play.wait(SECOND);
        let late = play.last_check();
        assert_eq!(
            play.checks().len(),
            2,
            "it is in flight together with the new list"
        );
        add_list(&mut play, 20);
        assert_eq!(play.batch.confirmable(), 20);
        play.confirm(grace);
        if !grace.is_zero() {
            play.reply(late, Ok(session(4, "alice")));
            play.wait(grace);
        }
        let mut outside = Outside::new(&play);
        play.hear(KillEvent::Logged(play.intents(), Ok(())));
        play.reply(late, Ok(session(4, "alice")));
        outside.serve(&mut play, well);
        assert_eq!(play.batch.tally().words(), "20 killed");
        assert_eq!(play.deletes().len(), 20);
    }
}

#[test]
fn a_victim_that_is_queued_twice_for_its_first_check_is_checked_once() {
    let mut play = many(16);
    play.batch.limit_requests(0);
    for (ticket, id) in play.checks() {
        let reply = if id == 4 {
            Err(RequestError::Refused)
        } else {
            Ok(session(id, "alice"))
        };
        play.reply(ticket, reply);
    }
    for _ in 0..6 {
        play.strike(3);
    }
    play.batch.limit_requests(1);
    play.wait(SECOND);
    play.reply(play.last_check(), Ok(session(4, "alice")));
    play.wait(SECOND);
    assert_eq!(play.checks().len(), 17);
}

#[test]
fn a_list_of_another_endpoint_does_not_delay_the_check_of_a_victim() {
    let victims = (1..=20).map(|id| {
        let session = session(id, "alice");
        let identity = Identity::new(EndpointId(u16::from(id > 10)), None, &session);
        Victim {
            identity,
            ..victim_of(session, None)
        }
    });
    let mut play = KillHarness::ask(victims.collect());
    let lists = play.asked(|request| matches!(request, KillRequest::List));
    assert_eq!(lists.len(), 2);
    play.strike(15);
    let rows = (11..=20).map(|id| session(id, "alice")).collect();
    let list = Snapshot {
        endpoint: EndpointId(1),
        ..play.list(rows)
    };
    play.hear(KillEvent::Relisted(lists[1].0, Ok(Arc::new(list))));
    play.wait(Duration::ZERO);
    play.strike(15);
    let checks: Vec<_> = play.checks().into_iter().map(|(_, id)| id).collect();
    assert_eq!(checks, [16]);
}
