//! Sessions that are read one by one between two lists.

use super::*;
use crate::model::{RowRead, RowReads, Snapshot};

/// Snapshots of a 24.02, and the diagnoses of the last one.
struct Rounds {
    latest: Snapshot,
    diagnoses: Diagnoses,
    settings: DiagnosisSettings,
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(WALL + second).unwrap()
}

impl Rounds {
    fn list(sessions: Vec<Session>) -> Self {
        let mut rounds = Self {
            latest: Snapshot::empty(Dialect::JsonApi),
            diagnoses: Diagnoses::default(),
            settings: DiagnosisSettings::default(),
        };
        rounds.latest.instance = Polls::of("24.02.3").instance;
        rounds.latest.sessions = sessions;
        rounds.latest.taken_at = at(0);
        rounds.diagnoses = diagnose(None, (&rounds.latest).into(), &rounds.settings, &Samples::new());
        rounds
    }

    fn next(&mut self, latest: Snapshot) {
        let before = Some(((&self.latest).into(), &self.diagnoses));
        self.diagnoses = diagnose(before, (&latest).into(), &self.settings, &Samples::new());
        self.latest = latest;
    }

    /// Reads one session, this many seconds after the first list.
    fn row(&mut self, second: i64, session: Session) {
        let read = RowRead {
            id: session.id,
            taken_at: at(second),
            session: Some(session),
        };
        self.next(self.latest.with_rows(vec![read]));
    }

    fn relist(&mut self, second: i64, sessions: Vec<Session>) {
        let latest = Snapshot {
            sessions,
            number: self.latest.number + 1,
            taken_at: at(second),
            rows: RowReads::default(),
            ..self.latest.clone()
        };
        self.next(latest);
    }

    /// Returns the reasons of a session.
    fn reasons(&self, id: u64) -> Vec<String> {
        let index = self.latest.position(SessionId(id)).unwrap();
        let session = &self.latest.sessions[index];
        let found = self.diagnoses.diagnosis(index).found.iter();
        found.map(|finding| finding.words(session)).collect()
    }
}

fn runs(id: u64) -> Session {
    session(id).running("16:20:01.000")
}

#[test]
fn a_row_is_diagnosed_with_its_own_time() {
    let mut rounds = Rounds::list(vec![session(1), session(2)]);
    rounds.row(1, runs(2));
    rounds.row(32, runs(2));
    assert_eq!(rounds.reasons(2), ["query 31s"]);
    assert_eq!(rounds.reasons(1), Vec::<String>::new());
    rounds.row(33, session(2));
    assert_eq!(rounds.reasons(2), Vec::<String>::new(), "the statement has ended");
}

#[test]
fn a_row_that_was_not_read_again_does_not_age() {
    let mut rounds = Rounds::list(vec![session(1), session(2)]);
    rounds.relist(1, vec![runs(1), session(2)]);
    for second in 2..60 {
        rounds.row(second, session(2));
    }
    assert_eq!(rounds.reasons(1), Vec::<String>::new());
    rounds.relist(60, vec![runs(1), session(2)]);
    assert_eq!(rounds.reasons(1), ["query 59s"]);
}

#[test]
fn lists_and_rows_add_up_to_one_time() {
    let mut rounds = Rounds::list(vec![session(1), session(2)]);
    rounds.relist(10, vec![session(1), runs(2)]);
    rounds.row(15, runs(2));
    rounds.relist(20, vec![session(1), runs(2)]);
    rounds.row(45, runs(2));
    assert_eq!(rounds.reasons(2), ["query 35s"]);
}

#[test]
fn readings_by_id_count_for_silence() {
    let hangs = || session(2).idle(0).moved(0);
    let mut rounds = Rounds::list(vec![session(1), hangs()]);
    rounds.row(15, hangs());
    assert_eq!(rounds.reasons(2), Vec::<String>::new());
    rounds.row(31, hangs());
    assert_eq!(rounds.reasons(2).len(), 1, "{:?}", rounds.reasons(2));
}
