use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use proptest::prelude::*;

use super::attempt::WATCH;
use super::dialog::SETTLE;
use super::*;
use crate::model::{
    Connected, Detail, Dialect, EndpointId, Fault, Identity, Limit, Part, Session, SessionId, Sighting, Text,
    Version,
};

fn text(raw: &str) -> Text {
    Text::clean(raw, Limit::Name)
}

fn session(user: &str) -> Session {
    Session {
        state: Some(text("Session started")),
        user: Some(text(user)),
        address: Some(text("10.0.0.7")),
        service: Some(text("RW-Split")),
        connected: Some(Connected {
            sent: text("Mon, 23 Nov 2026 16:17:13 GMT"),
            at: None,
        }),
        ..Session::bare(SessionId(17))
    }
}

fn sighting(user: &str) -> Arc<Sighting> {
    Arc::new(Sighting {
        endpoint: EndpointId(0),
        process: None,
        taken_at: Timestamp::UNIX_EPOCH,
        detail: Detail::of(session(user)),
    })
}

fn begin(user: &str) -> (Attempt, Ticket) {
    let session = session(user);
    let (attempt, order) = Attempt::new(
        1,
        Identity::new(EndpointId(0), None, &session),
        session,
        Dialect::JsonApi,
    );
    let Order::Check {
        ticket,
        after: Duration::ZERO,
    } = order
    else {
        panic!("checks at once")
    };
    (attempt, ticket)
}

const T: Duration = Duration::from_secs(100);

fn ticket_of(order: Option<Order>) -> Ticket {
    match order {
        Some(Order::Check { ticket, .. } | Order::Delete { ticket }) => ticket,
        None => panic!("an order was expected"),
    }
}

/// Up to the DELETE.
fn sent() -> (Attempt, Ticket) {
    let (mut attempt, ticket) = begin("alice");
    attempt.hear(Event::Seen(ticket, Ok(sighting("alice")), Duration::ZERO), T);
    let check = ticket_of(attempt.hear(Event::Confirmed, T));
    let order = attempt.hear(Event::Seen(check, Ok(sighting("alice")), Duration::ZERO), T);
    assert!(matches!(order, Some(Order::Delete { .. })));
    (attempt, ticket_of(order))
}

#[test]
fn a_confirmed_session_is_checked_again_deleted_once_and_watched_until_it_is_gone() {
    let (mut attempt, delete) = sent();
    let look = ticket_of(attempt.hear(Event::Deleted(delete, Ok(())), T));
    let look = ticket_of(attempt.hear(
        Event::Seen(look, Ok(sighting("alice")), Duration::ZERO),
        T + Duration::from_millis(20),
    ));
    assert_eq!(
        attempt.hear(
            Event::Seen(look, Err(Fault::NotFound), Duration::ZERO),
            T + Duration::from_millis(300)
        ),
        None
    );
    let words = attempt.outcome().unwrap().words(&attempt.identity);
    assert_eq!(words, "killed 17 alice@10.0.0.7 in 300 ms");
}

#[test]
fn nothing_is_sent_without_the_first_check() {
    let (mut attempt, _) = begin("alice");
    assert_eq!(attempt.hear(Event::Confirmed, T), None);
    assert!(!attempt.may_be_confirmed());
}

#[test]
fn somebody_else_before_the_question_closes_yes() {
    let (mut attempt, ticket) = begin("alice");
    assert_eq!(
        attempt.hear(Event::Seen(ticket, Ok(sighting("bob")), Duration::ZERO), T),
        None
    );
    assert!(matches!(
        attempt.outcome(),
        Some(Outcome::Refused(Refusal::Changed(_)))
    ));
    assert_eq!(attempt.hear(Event::Confirmed, T), None);
}

#[test]
fn somebody_else_after_the_answer_is_refused_with_both_names() {
    let (mut attempt, ticket) = begin("alice");
    attempt.hear(Event::Seen(ticket, Ok(sighting("alice")), Duration::ZERO), T);
    let check = ticket_of(attempt.hear(Event::Confirmed, T));
    assert_eq!(
        attempt.hear(Event::Seen(check, Ok(sighting("bob")), Duration::ZERO), T),
        None
    );
    let words = attempt.outcome().unwrap().words(&attempt.identity);
    assert_eq!(
        words,
        "refused: id 17 is now bob@10.0.0.7 (was alice@10.0.0.7; user differs)"
    );
}

#[test]
fn gone_before_the_delete_is_already_gone() {
    let (mut attempt, ticket) = begin("alice");
    attempt.hear(Event::Seen(ticket, Ok(sighting("alice")), Duration::ZERO), T);
    let check = ticket_of(attempt.hear(Event::Confirmed, T));
    attempt.hear(Event::Seen(check, Err(Fault::NotFound), Duration::ZERO), T);
    assert_eq!(attempt.outcome(), Some(&Outcome::AlreadyGone));
}

#[test]
fn an_unanswered_first_check_is_asked_again_and_keeps_yes_closed() {
    let (mut attempt, ticket) = begin("alice");
    let again = attempt.hear(Event::Seen(ticket, Err(Fault::Refused), Duration::ZERO), T);
    assert!(matches!(again, Some(Order::Check { after, .. }) if after > Duration::ZERO));
    assert!(!attempt.may_be_confirmed());
    attempt.hear(
        Event::Seen(ticket_of(again), Ok(sighting("alice")), Duration::ZERO),
        T,
    );
    assert!(attempt.may_be_confirmed());
}

#[test]
fn an_unanswered_second_check_sends_nothing() {
    let (mut attempt, ticket) = begin("alice");
    attempt.hear(Event::Seen(ticket, Ok(sighting("alice")), Duration::ZERO), T);
    let check = ticket_of(attempt.hear(Event::Confirmed, T));
    assert_eq!(
        attempt.hear(Event::Seen(check, Err(Fault::Refused), Duration::ZERO), T),
        None
    );
    assert_eq!(
        attempt.outcome(),
        Some(&Outcome::Refused(Refusal::Unreadable(Fault::Refused)))
    );
}

#[test]
fn late_answers_of_old_questions_count_for_nothing() {
    let (mut attempt, first) = begin("alice");
    attempt.hear(Event::Seen(first, Ok(sighting("alice")), Duration::ZERO), T);
    let check = ticket_of(attempt.hear(Event::Confirmed, T));
    assert_eq!(
        attempt.hear(Event::Seen(first, Ok(sighting("alice")), Duration::ZERO), T),
        None
    );
    assert!(matches!(
        attempt.hear(Event::Seen(check, Ok(sighting("alice")), Duration::ZERO), T),
        Some(Order::Delete { .. })
    ));
    assert_eq!(
        attempt.hear(Event::Seen(check, Ok(sighting("alice")), Duration::ZERO), T),
        None
    );
}

#[test]
fn the_server_says_no() {
    let (mut attempt, delete) = sent();
    let fault = Fault::NotAllowed {
        status: 401,
        detail: None,
        with_credentials: true,
    };
    attempt.hear(Event::Deleted(delete, Err(fault.clone())), T);
    assert_eq!(attempt.outcome(), Some(&Outcome::NotAllowed(fault)));
}

#[test]
fn a_lost_reply_is_unknown_until_found_out() {
    let lost = Fault::TimedOut(Duration::from_secs(10));
    let (mut attempt, delete) = sent();
    let look = ticket_of(attempt.hear(Event::Deleted(delete, Err(lost.clone())), T));
    assert!(attempt.outcome().is_none());
    attempt.hear(Event::Seen(look, Err(Fault::NotFound), Duration::ZERO), T);
    assert!(matches!(attempt.outcome(), Some(Outcome::Killed { .. })));

    let (mut attempt, delete) = sent();
    attempt.hear(Event::Deleted(delete, Err(lost.clone())), T);
    attempt.hear(Event::Clock, T + WATCH);
    assert_eq!(attempt.outcome(), Some(&Outcome::Unknown(lost)));
}

#[test]
fn a_session_that_stays_is_still_there_after_ten_seconds() {
    let (mut attempt, delete) = sent();
    let look = ticket_of(attempt.hear(Event::Deleted(delete, Ok(())), T));
    attempt.hear(Event::Seen(look, Ok(sighting("alice")), Duration::ZERO), T);
    attempt.hear(Event::Clock, T + WATCH.mul_f64(0.99));
    assert!(attempt.outcome().is_none());
    attempt.hear(Event::Clock, T + WATCH);
    assert_eq!(attempt.outcome(), Some(&Outcome::StillThere { after: WATCH }));
}

#[test]
fn missing_from_one_list_proves_nothing_from_two_in_a_row_it_does() {
    let (mut attempt, delete) = sent();
    attempt.hear(Event::Deleted(delete, Ok(())), T);
    for present in [false, true, false] {
        attempt.hear(Event::Listed { present }, T);
        assert!(attempt.outcome().is_none());
    }
    attempt.hear(Event::Listed { present: false }, T);
    assert!(attempt.outcome().unwrap().is_gone());
}

#[test]
fn a_listed_session_that_has_not_started_is_not_killable_yet() {
    let mut half_open = session("alice");
    half_open.state = Some(text("Session created"));
    let identity = Identity::new(EndpointId(0), None, &half_open);
    let (mut attempt, order) = Attempt::new(1, identity, half_open, Dialect::JsonApi);
    attempt.hear(
        Event::Seen(ticket_of(Some(order)), Err(Fault::NotFound), Duration::ZERO),
        T,
    );
    assert_eq!(
        attempt.outcome(),
        Some(&Outcome::Refused(Refusal::NotKillableYet))
    );
}

#[test]
fn who_may_not_is_told_before_anything_is_asked() {
    let authority = |version| Authority {
        read_only: false,
        dialect: Some(Dialect::JsonApi),
        version: Some(version),
    };
    let old = Version { major: 21, minor: 6 };
    let middle = Version { major: 23, minor: 8 };
    assert_eq!(
        permit(&session("alice"), authority(old)),
        Err(Refusal::TooOld(old))
    );
    assert_eq!(permit(&session("alice"), authority(middle)), Ok(()));
    let far = Session {
        id: SessionId(1 << 31),
        ..session("alice")
    };
    assert_eq!(permit(&far, authority(middle)), Err(Refusal::IdTooLarge(middle)));
    assert_eq!(permit(&far, authority(Version { major: 24, minor: 2 })), Ok(()));
    let nobody = Session {
        user: None,
        ..session("alice")
    };
    assert_eq!(
        permit(&nobody, authority(middle)),
        Err(Refusal::Unknown(Part::User))
    );
    let read_only = Authority {
        read_only: true,
        ..authority(middle)
    };
    assert_eq!(permit(&session("alice"), read_only), Err(Refusal::ReadOnly));
}

#[test]
fn the_dialog_defaults_to_no_and_waits_until_it_could_be_read() {
    let mut dialog = Dialog::default();
    assert_eq!(dialog.press(Press::Yes, T), Answer::Stay);
    dialog.drawn(false, T);
    assert_eq!(dialog.press(Press::Yes, T + SETTLE), Answer::Stay);
    dialog.drawn(true, T);
    assert_eq!(dialog.press(Press::Yes, T + SETTLE.mul_f64(0.99)), Answer::Stay);
    dialog.drawn(true, T + Duration::from_millis(200));
    assert_eq!(dialog.press(Press::Yes, T + SETTLE), Answer::Yes);
    assert_eq!(dialog.press(Press::Enter, T + SETTLE), Answer::No);
    assert_eq!(dialog.press(Press::Move, T + SETTLE), Answer::Stay);
    assert_eq!(dialog.press(Press::Enter, T + SETTLE), Answer::Yes);
    assert_eq!(dialog.press(Press::No, T + SETTLE), Answer::No);
}

#[test]
fn yes_cannot_be_chosen_before_it_is_open() {
    let mut dialog = Dialog::default();
    dialog.press(Press::Move, T);
    assert_eq!(dialog.choice(), Choice::No);
}

/// One random thing that may happen; tickets are picked from those that were given out.
#[derive(Clone, Debug)]
enum Happens {
    Confirm,
    Answer(usize, u8),
    Reply(usize, u8),
    List(bool),
    Time(u64),
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        Just(Happens::Confirm),
        (any::<usize>(), 0_u8..4).prop_map(|(ticket, kind)| Happens::Answer(ticket, kind)),
        (any::<usize>(), 0_u8..4).prop_map(|(ticket, kind)| Happens::Reply(ticket, kind)),
        any::<bool>().prop_map(Happens::List),
        (0_u64..4000).prop_map(Happens::Time),
    ]
}

proptest! {
    /// Whatever comes in whichever order: at most one DELETE, only after a confirmation, and only
    /// right after an answer that showed the confirmed session.
    #[test]
    fn a_delete_leaves_once_and_only_for_whom_it_was_confirmed(events in prop::collection::vec(happens(), 1..60)) {
        let (mut attempt, first) = begin("alice");
        let mut tickets = vec![first];
        let mut now = T;
        let (mut confirmed, mut deletes) = (false, 0);
        for event in events {
            let mut showed_alice = false;
            let event = match event {
                Happens::Confirm => { confirmed |= attempt.may_be_confirmed(); Event::Confirmed }
                Happens::Answer(pick, kind) => {
                    showed_alice = kind == 0;
                    let answer = match kind {
                        0 => Ok(sighting("alice")),
                        1 => Ok(sighting("bob")),
                        2 => Err(Fault::NotFound),
                        _ => Err(Fault::Refused),
                    };
                    Event::Seen(tickets[pick % tickets.len()], answer, Duration::ZERO)
                }
                Happens::Reply(pick, kind) => {
                    let answer = match kind {
                        0 => Ok(()),
                        1 => Err(Fault::NotFound),
                        2 => Err(Fault::TimedOut(WATCH)),
                        _ => Err(Fault::Status { status: 500, detail: None }),
                    };
                    Event::Deleted(tickets[pick % tickets.len()], answer)
                }
                Happens::List(present) => Event::Listed { present },
                Happens::Time(ms) => { now += Duration::from_millis(ms); Event::Clock }
            };
            let order = attempt.hear(event, now);
            if let Some(Order::Delete { .. }) = order {
                deletes += 1;
                prop_assert!(confirmed && showed_alice);
            }
            tickets.extend(order.map(|order| ticket_of(Some(order))));
        }
        prop_assert!(deletes <= 1);
    }
}

#[test]
fn an_answer_that_waited_while_the_program_was_stopped_is_asked_for_again() {
    let (mut attempt, ticket) = begin("alice");
    attempt.hear(Event::Seen(ticket, Ok(sighting("alice")), Duration::ZERO), T);
    let check = ticket_of(attempt.hear(Event::Confirmed, T));
    let again = attempt.hear(
        Event::Seen(check, Ok(sighting("alice")), Duration::from_secs(2)),
        T,
    );
    assert!(matches!(again, Some(Order::Check { .. })));
}

#[test]
fn the_second_check_is_not_weaker_than_the_first() {
    let with_port = || {
        let mut sighting = Arc::unwrap_or_clone(sighting("alice"));
        sighting.detail.session.port = Some(4711);
        Arc::new(sighting)
    };
    let session = Session {
        port: Some(4711),
        ..session("alice")
    };
    let identity = Identity::new(EndpointId(0), None, &session);
    let (mut attempt, order) = Attempt::new(1, identity, session, Dialect::JsonApi);
    attempt.hear(
        Event::Seen(ticket_of(Some(order)), Ok(with_port()), Duration::ZERO),
        T,
    );
    let check = ticket_of(attempt.hear(Event::Confirmed, T));
    assert_eq!(
        attempt.hear(Event::Seen(check, Ok(sighting("alice")), Duration::ZERO), T),
        None
    );
    assert_eq!(
        attempt.outcome(),
        Some(&Outcome::Refused(Refusal::Unknown(Part::Port)))
    );
}

#[test]
fn a_404_to_the_delete_is_looked_into() {
    let (mut attempt, delete) = sent();
    let look = ticket_of(attempt.hear(Event::Deleted(delete, Err(Fault::NotFound)), T));
    attempt.hear(Event::Seen(look, Err(Fault::NotFound), Duration::ZERO), T);
    assert_eq!(attempt.outcome(), Some(&Outcome::AlreadyGone));

    let (mut attempt, delete) = sent();
    let look = ticket_of(attempt.hear(Event::Deleted(delete, Err(Fault::NotFound)), T));
    attempt.hear(Event::Seen(look, Ok(sighting("alice")), Duration::ZERO), T);
    attempt.hear(Event::Clock, T + WATCH);
    assert_eq!(attempt.outcome(), Some(&Outcome::StillThere { after: WATCH }));
}

#[test]
fn a_bad_gateway_proves_nothing_and_a_bad_request_does() {
    let status = |status| Fault::Status { status, detail: None };
    let (mut attempt, delete) = sent();
    attempt.hear(Event::Deleted(delete, Err(status(502))), T);
    assert!(attempt.outcome().is_none());
    let (mut attempt, delete) = sent();
    attempt.hear(Event::Deleted(delete, Err(status(400))), T);
    assert_eq!(attempt.outcome(), Some(&Outcome::Failed(status(400))));
}

#[test]
fn a_refused_password_is_not_tried_over_and_over() {
    let refused = Fault::NotAllowed {
        status: 401,
        detail: None,
        with_credentials: true,
    };
    let (mut attempt, ticket) = begin("alice");
    assert_eq!(
        attempt.hear(Event::Seen(ticket, Err(refused.clone()), Duration::ZERO), T),
        None
    );
    assert_eq!(attempt.outcome(), Some(&Outcome::NotAllowed(refused.clone())));
    let (mut attempt, delete) = sent();
    let look = ticket_of(attempt.hear(Event::Deleted(delete, Ok(())), T));
    assert_eq!(
        attempt.hear(Event::Seen(look, Err(refused), Duration::ZERO), T),
        None
    );
}

#[test]
fn a_session_that_stops_and_is_no_longer_found_is_closing() {
    let mut stopping = session("alice");
    stopping.state = Some(text("Stopping session"));
    let identity = Identity::new(EndpointId(0), None, &stopping);
    let (mut attempt, order) = Attempt::new(1, identity, stopping, Dialect::JsonApi);
    attempt.hear(
        Event::Seen(ticket_of(Some(order)), Err(Fault::NotFound), Duration::ZERO),
        T,
    );
    assert_eq!(attempt.outcome(), Some(&Outcome::Refused(Refusal::Closing)));
}
