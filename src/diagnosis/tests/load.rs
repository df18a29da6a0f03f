//! The reasons idle, closing, history and memory.

use super::*;

#[test]
fn a_client_that_does_not_log_in_is_found_after_ten_seconds() {
    let half_open = |age| {
        let starting = session(1).aged(age).idle(0).in_state("Session created");
        Session {
            user: None,
            ..starting
        }
    };
    let mut polls = Polls::of("24.02.3");
    assert_eq!(polls.one(0, half_open(9)), NONE);
    assert_eq!(
        polls.one(1, half_open(10)),
        [look("connected for 10s without logging in")]
    );
    assert_eq!(polls.one(1, session(1).aged(11)), NONE, "logged in");
    let closing = half_open(100).in_state("Stopping session");
    assert_eq!(Polls::of("24.02.3").one(0, closing), NONE);
    let bare = Session {
        extra: None,
        ..half_open(10)
    };
    assert_eq!(
        Polls::draft().one(0, bare),
        [look("connected for 10s without logging in")]
    );
}

#[test]
fn idle_without_a_pool_is_marked_look() {
    let mut polls = Polls::of("24.02.3");
    assert_eq!(polls.one(0, session(1).idle(3599)), NONE);
    assert_eq!(
        polls.one(1, session(1).idle(3600)),
        [look("idle 1h 0m, keeps db-01 open")]
    );
    let holds_none = session(1)
        .idle(9999)
        .with(|extra| extra.backends = Some(Vec::new()));
    assert_eq!(polls.one(1, holds_none), NONE);
    let unknown = Session {
        idle: None,
        ..session(1)
    };
    assert_eq!(polls.one(1, unknown), NONE);
    assert!(polls.is_open("idle"));
}

#[test]
fn the_draft_does_not_report_servers() {
    let idle = Session {
        extra: None,
        ..session(1).idle(15_120)
    };
    assert_eq!(Polls::draft().one(0, idle), [look("idle 4h 12m")]);
}

/// Returns the severities of sessions of one pool with these idle times.
fn severities(idle: &[i64]) -> Vec<Option<Severity>> {
    let pool: Vec<_> = (1..)
        .zip(idle)
        .map(|(id, idle)| session(id).idle(*idle))
        .collect();
    let mut polls = Polls::of("24.02.3");
    let diagnoses = polls.list(0, pool);
    (0..idle.len())
        .map(|index| diagnoses.diagnosis(index).severity())
        .collect()
}

#[test]
fn idle_in_a_pool_in_use_is_marked_act() {
    const LONG: i64 = 15_000;
    let (act, look) = (Some(Severity::Act), Some(Severity::Look));
    assert_eq!(severities(&[LONG, 3, 40]), [act, None, None]);
    assert_eq!(severities(&[LONG, LONG, 1, 2, 3]), [act, act, None, None, None]);
    // A pool that is idle as a whole, or for the most part, is a pool.
    assert_eq!(severities(&[LONG, LONG, LONG]), [look; 3]);
    assert_eq!(severities(&[LONG, LONG, LONG, 1]), [look, look, look, None]);
    assert_eq!(
        severities(&[LONG, 2000, 1]),
        [look, None, None],
        "two idle of three"
    );
    assert_eq!(severities(&[LONG, 3]), [look, None], "one other is no pool");
}

#[test]
fn a_forgotten_session_stays_marked_while_its_pool_comes_and_goes() {
    const LONG: i64 = 15_000;
    let mut polls = Polls::of("24.02.3");
    let mut severity = |idle: &[i64]| {
        let pool = (1..)
            .zip(idle)
            .map(|(id, idle)| session(id).idle(*idle))
            .collect();
        polls.list(1, pool).diagnosis(0).severity()
    };
    let (act, look) = (Some(Severity::Act), Some(Severity::Look));
    assert_eq!(severity(&[LONG, 3]), look);
    assert_eq!(severity(&[LONG + 1, 3, 40]), act);
    for others in [&[3][..], &[], &[2_000, 1], &[3, 40]] {
        let pool: Vec<_> = [LONG + 2].iter().chain(others).copied().collect();
        assert_eq!(severity(&pool), act, "{others:?}");
    }
    assert_eq!(severity(&[LONG + 3, LONG, LONG]), look, "the pool is idle too");
    assert_eq!(severity(&[LONG + 4, 3]), look);
    assert_eq!(severity(&[LONG + 5, 3, 40]), act);
    assert_eq!(severity(&[0, 3]), None, "used again");
    assert_eq!(severity(&[LONG, 3]), look, "idle again");
}

#[test]
fn others_are_of_the_same_user_address_and_service() {
    let other = |id, change: fn(&mut Session)| {
        let mut session = session(id);
        change(&mut session);
        session
    };
    let mut polls = Polls::of("24.02.3");
    let diagnoses = polls.list(
        0,
        vec![
            session(1).idle(15_000),
            other(2, |session| session.user = Some(text("web"))),
            other(3, |session| session.address = Some(text("10.0.0.1"))),
            other(4, |session| session.service = None),
        ],
    );
    assert_eq!(diagnoses.diagnosis(0).severity(), Some(Severity::Look));
}

#[test]
fn closing_for_long() {
    let mut polls = Polls::draft();
    let stops = || session(1).in_state("Stopping session");
    polls.one(0, session(1));
    assert_eq!(polls.one(1, stops()), NONE);
    assert_eq!(polls.one(9, stops()), NONE);
    assert!(!polls.is_open("closing"), "we saw it begin");
    assert_eq!(polls.one(1, stops()), [look("closing 10s")]);
    assert_eq!(
        polls.one(3600, stops()),
        [look("closing 1h 0m")],
        "it went on all the time"
    );
    let mut late = Polls::draft();
    assert_eq!(late.one(0, stops()), NONE);
    assert!(late.is_open("closing"), "nobody knows since when");
    assert_eq!(late.one(14, stops()), [look("closing over 14s")]);
}

#[test]
fn far_more_memory_than_typical() {
    let typical = |bytes: u64, count: u64| -> Vec<Session> {
        let rest = (2..=count).map(|id| session(id).with(|extra| extra.memory = Some(bytes)));
        rest.collect()
    };
    let diagnoses = |bytes, rest: Vec<Session>| {
        let heavy = session(1).with(|extra| extra.memory = Some(bytes));
        let mut polls = Polls::of("24.02.3");
        let sessions: Vec<_> = std::iter::once(heavy.clone()).chain(rest).collect();
        let diagnosis = polls.list(0, sessions).diagnosis(0);
        let words: Vec<_> = diagnosis
            .found
            .iter()
            .map(|finding| finding.words(&heavy))
            .collect();
        (words, diagnosis.unjudged.has("memory"))
    };
    let found = vec!["memory 1.0 MB, 100 kB is typical of its service".to_owned()];
    assert_eq!(diagnoses(1_000_000, typical(100_000, 6)), (found, false));
    assert_eq!(diagnoses(999_999, typical(100_000, 6)), (vec![], false));
    // A buffer of 64 KiB makes no difference.
    assert_eq!(diagnoses(67_000, typical(3_000, 6)), (vec![], false));
    assert_eq!(diagnoses(655_359, typical(3_000, 6)), (vec![], false));
    assert_eq!(diagnoses(655_360, typical(3_000, 6)).0.len(), 1);
    assert_eq!(
        diagnoses(9_000_000, typical(3_000, 4)),
        (vec![], true),
        "four sessions give no median"
    );
}

#[test]
fn a_far_longer_history_than_typical() {
    let diagnoses = |commands| {
        let long = session(1).with(|extra| extra.history = Some(commands));
        let sessions: Vec<_> = std::iter::once(long.clone()).chain((2..9).map(session)).collect();
        let mut polls = Polls::of("24.02.3");
        let found = polls.list(0, sessions).diagnosis(0).found.to_vec();
        found
            .iter()
            .map(|finding| finding.words(&long))
            .collect::<Vec<_>>()
    };
    assert_eq!(diagnoses(49), Vec::<String>::new());
    assert_eq!(
        diagnoses(50),
        ["history 50 commands, 1 is typical of its service"]
    );
}
