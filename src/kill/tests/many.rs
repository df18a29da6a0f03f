//! Many victims: at most sixteen requests at a time, each victim for itself, stops and faults.

use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn many(count: u64) -> Play {
    Play::ask((1..=count).map(victim).collect())
}

/// The fresh list has all of them.
fn listed(play: &mut Play, count: u64) {
    let list = play.asked(|request| matches!(request, Request::List));
    let (ticket, _) = *list.last().expect("a list");
    let rows = (1..=count).map(|id| session(id, "alice")).collect();
    play.hear(Event::Relisted(ticket, Ok(Arc::new(play.list(rows)))));
}

/// Answers every request that was not answered yet, with what `answer` says.
struct Outside {
    answered: usize,
    /// The most that were under way at a time.
    most: usize,
}

impl Outside {
    fn new(play: &Play) -> Self {
        Self {
            answered: play.orders.len(),
            most: 0,
        }
    }

    /// Answers until nothing is asked any more, letting time pass where the batch waits for it.
    fn serve(&mut self, play: &mut Play, answer: impl Fn(&mut Play, Ticket, Request)) {
        loop {
            let open: Vec<_> = play.orders.split_off(self.answered.min(play.orders.len()));
            let asked: Vec<_> = open
                .iter()
                .filter_map(|order| match order {
                    Order::Ask { ticket, request, .. } => Some((*ticket, *request)),
                    _ => None,
                })
                .collect();
            play.orders.extend(open);
            self.answered = play.orders.len();
            self.most = self.most.max(asked.len());
            for (ticket, request) in &asked {
                answer(play, *ticket, *request);
            }
            if asked.is_empty() {
                match play.batch.wake_at() {
                    Some(at) if !play.batch.is_over() => {
                        play.leap(at.saturating_sub(play.now.elapsed));
                    }
                    _ => return,
                }
            }
        }
    }
}

/// An endpoint on which all goes well.
fn well(play: &mut Play, ticket: Ticket, request: Request) {
    match request {
        Request::Check { id, .. } => {
            let is_gone = play.deletes().iter().any(|(_, deleted)| *deleted == id.0);
            let answer = if is_gone {
                Err(Fault::NotFound)
            } else {
                Ok(session(id.0, "alice"))
            };
            play.seen(ticket, answer);
        }
        Request::Delete { .. } => play.hear(Event::Deleted(ticket, Ok(()))),
        Request::Survey => play.hear(Event::Surveyed(ticket, Ok(Survey::OneProxy))),
        Request::List => listed(play, 200),
    }
}

#[test]
fn over_sixteen_one_fresh_list_is_the_first_check() {
    let mut play = many(16);
    assert_eq!(play.checks().len(), 16);
    assert!(play.batch.open_question().is_none());
    play = many(17);
    assert_eq!(play.orders.len(), 1);
    listed(&mut play, 17);
    assert_eq!(play.batch.confirmable(), 17);
    assert!(play.batch.open_question().is_some());
}

#[test]
fn whom_the_fresh_list_does_not_have_is_asked_for_alone() {
    let mut play = many(20);
    listed(&mut play, 19);
    assert_eq!(play.checks().len(), 1);
    assert!(play.batch.open_question().is_none());
    play.seen(play.last_check(), Ok(session(20, "alice")));
    assert_eq!(play.batch.confirmable(), 20);
}

#[test]
fn a_fresh_list_that_does_not_come_is_asked_for_again() {
    let mut play = many(20);
    let list = play.asked(|request| matches!(request, Request::List));
    play.hear(Event::Relisted(list[0].0, Err(Fault::Refused)));
    assert!(play.batch.open_question().is_none());
    play.wait(SECOND);
    listed(&mut play, 20);
    assert!(play.batch.open_question().is_some());
}

#[test]
fn two_hundred_end_with_three_struck_out_and_never_more_than_sixteen_at_a_time() {
    let mut play = many(200);
    listed(&mut play, 200);
    for place in [3, 77, 199] {
        play.strike(place);
    }
    assert_eq!(play.batch.confirmable(), 197);
    play.confirm(Duration::ZERO);
    let mut outside = Outside::new(&play);
    play.hear(Event::Logged(play.intents(), Ok(())));
    outside.serve(&mut play, well);
    assert_eq!(play.batch.tally().words(), "197 killed");
    assert!(play.batch.is_over());
    assert!(outside.most <= 16, "{}", outside.most);
    let mut ended: Vec<_> = play.deletes().into_iter().map(|(_, id)| id).collect();
    ended.sort_unstable();
    let meant: Vec<_> = (1..=200).filter(|id| ![4, 78, 200].contains(id)).collect();
    assert_eq!(ended, meant);
}

#[test]
fn it_leaves_room_for_others() {
    let mut play = many(40);
    listed(&mut play, 40);
    play.batch.confine(4);
    play.confirm(Duration::ZERO);
    let mut outside = Outside::new(&play);
    play.hear(Event::Logged(play.intents(), Ok(())));
    outside.serve(&mut play, well);
    assert_eq!(play.batch.tally().words(), "40 killed");
    assert!(outside.most <= 4, "{}", outside.most);
}

#[test]
fn escape_leaves_the_rest_alone() {
    let mut play = many(40);
    listed(&mut play, 40);
    play.go();
    let (first, id) = play.checks()[0];
    play.seen(first, Ok(session(id, "alice")));
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
    assert!(play.batch.is_over());
}

#[test]
fn an_account_that_may_not_is_not_tried_for_every_session() {
    let mut play = many(40);
    listed(&mut play, 40);
    play.go();
    let (first, id) = play.checks()[0];
    play.seen(first, Ok(session(id, "alice")));
    play.deleted(Err(refused_password()));
    assert_eq!(play.batch.tally().words(), "40 not allowed");
    let mut outside = Outside::new(&play);
    outside.serve(&mut play, well);
    assert_eq!(play.deletes().len(), 1);
    assert!(play.batch.is_over());
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
    let mut play = Play::ask(victims.collect());
    let mut outside = Outside { answered: 0, most: 0 };
    let answer_seen = |play: &mut Play, ticket: Ticket, id: u64| {
        let mut sighting = Arc::unwrap_or_clone(play.sighting(session(id, "alice")));
        sighting.endpoint = EndpointId(u16::from(id > 5));
        play.hear(Event::Seen(ticket, Ok(Arc::new(sighting))));
    };
    outside.serve(&mut play, |play, ticket, request| {
        if let Request::Check { id, .. } = request {
            answer_seen(play, ticket, id.0);
        }
    });
    play.confirm(Duration::ZERO);
    play.hear(Event::Logged(play.intents(), Ok(())));
    outside.answered = play.orders.len() - 8;
    outside.serve(&mut play, |play, ticket, request| match request {
        Request::Check { id, .. } if id.0 <= 5 => play.seen(ticket, Err(Fault::Refused)),
        Request::Check { id, .. } if play.deletes().iter().any(|(_, deleted)| *deleted == id.0) => {
            play.seen(ticket, Err(Fault::NotFound));
        }
        Request::Check { id, .. } => answer_seen(play, ticket, id.0),
        _ => well(play, ticket, request),
    });
    assert_eq!(play.batch.tally().words(), "3 killed, 5 refused");
}

#[test]
fn leaving_says_of_what_was_sent_that_it_is_unknown() {
    let mut play = many(3);
    for (ticket, id) in play.checks() {
        play.seen(ticket, Ok(session(id, "alice")));
    }
    play.go();
    let (ticket, id) = play.checks()[3];
    play.seen(ticket, Ok(session(id, "alice")));
    let orders = play.batch.abandon(&Fault::Abandoned, play.now);
    play.orders.extend(orders);
    assert_eq!(play.batch.tally().words(), "2 stopped, 1 unknown");
    assert_eq!(play.logged().len(), 6);
}

#[test]
fn who_is_taken_in_again_is_checked_after_all() {
    let mut play = many(20);
    play.strike(3);
    listed(&mut play, 20);
    assert!(play.batch.open_question().is_some());
    assert_eq!(play.batch.confirmable(), 19);
    play.strike(3);
    assert!(play.batch.open_question().is_none());
    play.seen(play.last_check(), Ok(session(4, "alice")));
    assert_eq!(play.batch.confirmable(), 20);
    assert!(play.batch.open_question().is_some());
}
