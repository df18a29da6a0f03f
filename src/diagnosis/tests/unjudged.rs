//! A reason without enough data from the dialect, version or number of samples is unknown, not absent.

use super::*;

fn open(polls: &mut Polls, session: Session) -> Vec<&'static str> {
    polls
        .list(0, vec![session])
        .diagnosis(0)
        .unjudged
        .names()
        .collect()
}

#[test]
fn the_draft_reports_idle_and_closing() {
    let bare = Session {
        extra: None,
        ..session(1)
    };
    let unknown = [
        "back-pressure",
        "no-backend",
        "query",
        "silent",
        "buffering",
        "history",
        "memory",
    ];
    assert_eq!(open(&mut Polls::draft(), bare), unknown);
}

#[test]
fn one_list_of_a_current_version_reports_all_but_connections() {
    assert_eq!(
        open(&mut Polls::of("24.02.3"), session(1)),
        ["back-pressure", "buffering"]
    );
}

#[test]
fn without_kept_statements_their_reasons_are_unknown() {
    for kept in [None, Some(0)] {
        let mut polls = Polls::of("24.02.3");
        polls.instance.as_mut().unwrap().retained_statements = kept;
        let open = open(&mut polls, session(1));
        // It has a server, so it does not wait for one.
        assert_eq!(open, ["back-pressure", "query", "buffering"]);
    }
}

#[test]
fn of_a_session_without_anything_nothing_is_known() {
    let mut polls = Polls::draft();
    let diagnoses = polls.list(0, vec![Session::bare(SessionId(1))]);
    assert!(diagnoses.diagnosis(0).is_unknown());
    assert!(diagnoses.diagnosis(1).is_unknown(), "an index without a session");
}

#[test]
fn limits_can_be_set() {
    let mut polls = Polls::of("24.02.3");
    polls.settings.thresholds.idle = Span::from_secs(60);
    assert_eq!(
        polls.one(0, session(1).idle(61)),
        [look("idle 1m, keeps db-01 open")]
    );
}
