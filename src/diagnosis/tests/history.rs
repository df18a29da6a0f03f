//! Durations carried between snapshots, and what resets them.

use super::*;

fn stops() -> Session {
    session(7).in_state("Stopping session")
}

#[test]
fn a_restart_resets_the_history() {
    let mut polls = Polls::draft();
    polls.one(0, stops());
    assert_eq!(polls.one(20, stops()).len(), 1);
    polls.restarted = true;
    assert_eq!(polls.one(1, stops()), NONE);
    // The restart may have been reported by a snapshot that was never diagnosed.
    let mut polls = Polls::of("24.02.3");
    polls.one(0, stops());
    let mut other = version("24.02.3");
    other.process.as_mut().unwrap().started_at = text("later");
    let (sessions, taken_at, diagnoses) = polls.past.take().unwrap();
    let before = DiagnosisInput {
        rows: None,
        dialect: Dialect::JsonApi,
        endpoint: None,
        instance: polls.instance.as_ref(),
        taken_at,
        is_after_restart: false,
        locks: None,
        sessions: &sessions,
    };
    let now = DiagnosisInput {
        rows: None,
        instance: Some(&other),
        taken_at: Timestamp::from_second(WALL + 20).unwrap(),
        ..before
    };
    let diagnoses = diagnose(
        Some((before, &diagnoses)),
        now,
        &DiagnosisSettings::default(),
        &Samples::new(),
    );
    assert!(diagnoses.diagnosis(0).found.is_empty());
}

#[test]
fn another_session_with_the_same_id_has_a_new_history() {
    for change in [
        |session: &mut Session| session.connected = None,
        |session: &mut Session| session.user = Some(text("mallory")),
    ] {
        let mut polls = Polls::draft();
        polls.one(0, stops());
        let mut other = stops();
        change(&mut other);
        assert_eq!(polls.one(20, other), NONE);
    }
}

#[test]
fn a_session_that_logs_in_keeps_its_history() {
    let waits = Session {
        user: None,
        ..stops()
    };
    let mut polls = Polls::draft();
    polls.one(0, waits);
    assert_eq!(polls.one(20, stops()).len(), 1);
}

#[test]
fn a_clock_that_is_set_back_takes_nothing_away() {
    let mut polls = Polls::draft();
    polls.one(0, stops());
    assert_eq!(polls.one(12, stops()).len(), 1);
    assert_eq!(polls.one(-3600, stops()), [look("closing over 12s")]);
}

#[test]
fn sessions_that_come_and_go_do_not_confuse_the_rest() {
    let mut polls = Polls::draft();
    let stops = |id| session(id).in_state("Stopping session");
    polls.list(0, vec![session(1), stops(4), session(5), stops(9)]);
    let diagnoses = polls.list(6, vec![session(2), stops(4), stops(9), stops(11)]);
    assert_eq!(diagnoses.count(Severity::Look), 0);
    let diagnoses = polls.list(6, vec![stops(4), session(8), stops(9), stops(11), session(12)]);
    let found: Vec<_> = (0..5)
        .map(|index| diagnoses.diagnosis(index).found.len())
        .collect();
    assert_eq!(found, [1, 0, 1, 0, 0], "11 was seen for 6 s only");
    assert_eq!(
        (diagnoses.count(Severity::Look), diagnoses.count(Severity::Act)),
        (2, 0)
    );
    assert_eq!(diagnoses.kept(), 5);
}
