//! Tests of the evidence for a kill: how old a check is, and which process replied.

use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn of_process(number: u32) -> KillHarness {
    KillHarness::ask(vec![victim_of(session(17, "alice"), Some(&process(number)))])
}

/// Confirmed and logged; the check right before the DELETE is in progress.
fn checking() -> KillHarness {
    let mut play = of_process(1);
    play.seen_by(1, None);
    play.go();
    play
}

const SEVERAL: Option<&KillOutcome> = Some(&KillOutcome::Refused(RefusalReason::SeveralProxies));

#[test]
fn the_age_of_a_check_counts_from_before_its_request() {
    let mut play = checking();
    let check = play.last_check();
    let asked = Arc::unwrap_or_clone(play.sighting(session(17, "alice")));
    for (late, is_sent) in [(1_001, false), (999, true)] {
        let mut play = checking();
        let check = play.last_check();
        play.leap(Duration::from_millis(late));
        let observation = SessionObservation {
            process: Some(process(1)),
            ..asked.clone()
        };
        play.hear(KillEvent::Seen(check, Ok(Arc::new(observation))));
        assert_eq!(play.deletes().len(), usize::from(is_sent), "{late} ms");
    }
    // A wall clock that was set back does not hide the age.
    let observation = SessionObservation {
        process: Some(process(1)),
        asked_at: Now {
            wall: play.now.wall + SignedDuration::from_secs(31),
            ..play.now
        },
        ..asked
    };
    play.hear(KillEvent::Seen(check, Ok(Arc::new(observation))));
    assert!(play.deletes().is_empty());
}

#[test]
fn a_check_that_always_takes_over_a_second_is_repeated_three_times_and_refused() {
    let mut play = checking();
    let before = play.checks().len();
    for _ in 0..4 {
        let (ticket, asked_at) = (play.last_check(), play.now);
        play.leap(2 * SECOND);
        let observation = SessionObservation {
            process: Some(process(1)),
            asked_at,
            ..Arc::unwrap_or_clone(play.sighting(session(17, "alice")))
        };
        play.hear(KillEvent::Seen(ticket, Ok(Arc::new(observation))));
    }
    assert_eq!(play.checks().len(), before + 3);
    assert_eq!(
        play.outcome(),
        Some(&KillOutcome::Refused(RefusalReason::SlowEndpoint))
    );
    assert!(
        play.words()
            .ends_with("cannot be checked: the endpoint takes longer than 1 s to answer")
    );
    assert!(play.deletes().is_empty());
}

#[test]
fn a_delete_that_was_not_written_is_checked_and_ordered_again() {
    for unsent in [RequestError::CheckExpired, RequestError::Unsent] {
        let mut play = checking();
        play.seen_by(1, None);
        play.deleted(Err(unsent.clone()));
        assert!(play.outcome().is_none(), "{unsent}");
        play.seen_by(1, None);
        assert_eq!(play.deletes().len(), 2);
        play.deleted(Ok(()));
        play.wait(Duration::from_millis(20));
        play.missing(play.last_check(), Some(process(1)));
        assert!(matches!(play.outcome(), Some(KillOutcome::Killed { .. })));
    }
}

#[test]
fn a_delete_that_is_never_written_is_refused_in_the_end() {
    let mut play = checking();
    for _ in 0..4 {
        play.seen_by(1, None);
        play.deleted(Err(RequestError::CheckExpired));
    }
    assert_eq!(
        play.outcome(),
        Some(&KillOutcome::Refused(RefusalReason::SlowEndpoint))
    );
    assert_eq!(play.deletes().len(), 4);
}

#[test]
fn a_process_that_is_another_one_by_then_is_refused() {
    let mut play = checking();
    play.seen_by(2, None);
    assert!(matches!(
        play.outcome(),
        Some(KillOutcome::Refused(RefusalReason::Changed(_)))
    ));
    assert!(play.deletes().is_empty());
}

#[test]
fn two_processes_in_one_check_are_checked_again_and_then_are_several_proxies() {
    let mut play = checking();
    play.seen_by(1, Some(2));
    assert!(play.outcome().is_none());
    play.seen_by(1, None);
    assert_eq!(play.outcome(), SEVERAL, "the first process came back");

    let mut play = checking();
    play.seen_by(1, Some(2));
    play.seen_by(2, Some(1));
    assert_eq!(play.outcome(), SEVERAL);

    let mut play = checking();
    play.seen_by(1, Some(2));
    play.seen_by(2, None);
    assert!(
        matches!(
            play.outcome(),
            Some(KillOutcome::Refused(RefusalReason::Changed(_)))
        ),
        "a restart in the middle of a check"
    );
    assert!(play.deletes().is_empty());
}

#[test]
fn what_a_survey_finds_closes_yes_for_the_whole_endpoint() {
    let victims = (1..=3).map(|id| victim_of(session(id, "alice"), Some(&process(1))));
    let rules = Rules::default();
    let (batch, orders) = KillBatch::open(1, victims.collect(), rules);
    let mut play = KillHarness {
        batch,
        now: Now::default(),
        orders,
    };
    for (ticket, id) in play.checks() {
        play.reply(ticket, Ok(session(id, "alice")));
    }
    assert!(
        play.batch.open_dialog_ticket().is_none(),
        "the survey is in progress"
    );
    let survey = play.asked(|request| matches!(request, KillRequest::Survey));
    assert_eq!(survey.len(), 1);
    play.hear(KillEvent::Surveyed(survey[0].0, Err(RequestError::Refused)));
    play.wait(SECOND);
    let survey = play.asked(|request| matches!(request, KillRequest::Survey));
    assert_eq!(survey.len(), 2, "it is repeated");
    play.hear(KillEvent::Surveyed(survey[1].0, Ok(Survey::SeveralProxies)));
    assert!(play.batch.open_dialog_ticket().is_none());
    assert_eq!(play.batch.confirmable(), 0);
    assert_eq!(play.outcome(), SEVERAL);
}

#[test]
fn a_404_of_another_process_ends_nothing() {
    let mut play = checking();
    play.missing(play.last_check(), Some(process(2)));
    assert_eq!(
        play.outcome(),
        Some(&KillOutcome::Refused(RefusalReason::Restarted))
    );

    let mut play = checking();
    for _ in 0..3 {
        play.missing(play.last_check(), None);
    }
    assert!(matches!(
        play.outcome(),
        Some(KillOutcome::Refused(RefusalReason::Unreadable(
            RequestError::Status { status: 404, .. }
        )))
    ));

    let mut play = checking();
    play.seen_by(1, None);
    play.deleted(Ok(()));
    for process in [Some(process(2)), None] {
        play.wait(Duration::from_millis(250));
        play.missing(play.last_check(), process);
        assert!(play.outcome().is_none());
    }
    play.wait(Duration::from_millis(250));
    play.missing(play.last_check(), Some(process(1)));
    assert!(matches!(play.outcome(), Some(KillOutcome::Killed { .. })));
}

#[test]
fn statuses_of_gateways_after_a_delete_are_watched() {
    for status in [408, 412, 425, 429, 499, 500, 502, 503, 504] {
        let mut play = checking();
        play.seen_by(1, None);
        play.deleted(Err(RequestError::Status { status, detail: None }));
        assert!(play.outcome().is_none(), "{status}");
    }
    for status in [400, 405, 422] {
        let mut play = checking();
        play.seen_by(1, None);
        play.deleted(Err(RequestError::Status { status, detail: None }));
        assert!(matches!(play.outcome(), Some(KillOutcome::Failed(_))), "{status}");
    }
}
