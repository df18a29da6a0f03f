//! Sessions that are expected to wait.

use super::*;

/// Returns snapshots with this filter of expected sessions.
fn expecting(filter: &str) -> Polls {
    let mut polls = Polls::of("24.02.3");
    polls.settings.expected = ExpectedFilter::parse(filter).unwrap();
    polls
}

#[test]
fn an_expected_session_has_no_reason_and_is_counted() {
    let mut polls = expecting("user=app and service=RW-Split");
    let other = Session {
        user: Some(text("web")),
        ..session(2).idle(9999)
    };
    let diagnoses = polls.list(0, vec![session(1).idle(9999), other]);
    assert_eq!(diagnoses.diagnosis(0).found, []);
    assert!(diagnoses.diagnosis(0).is_expected);
    assert!(
        diagnoses.diagnosis(0).unjudged.is_empty(),
        "it is not stuck, which is known"
    );
    assert_eq!(diagnoses.diagnosis(1).found.len(), 1);
    assert_eq!(diagnoses.expected(), 1);
    assert_eq!(
        (diagnoses.count(Severity::Look), diagnoses.count(Severity::Act)),
        (1, 0)
    );
}

#[test]
fn the_filter_may_name_an_endpoint_and_unknown_counts_as_no() {
    let count = |filter| expecting(filter).list(0, vec![session(1)]).expected();
    assert_eq!(count("endpoint=m"), 1);
    assert_eq!(count("endpoint=other"), 0);
    assert_eq!(count("port=1"), 0, "the port is not known");
    assert_eq!(count(""), 0, "an empty filter matches no session");
}

#[test]
fn the_filter_cannot_use_what_the_diagnosis_decides() {
    for field in [
        "stuck",
        "not stuck",
        "user=a or reason=idle",
        "reads>3",
        "writes>3",
    ] {
        let error = ExpectedFilter::parse(field).unwrap_err();
        assert!(
            error.contains("known only after the diagnosis"),
            "{field}: {error}"
        );
    }
    assert!(ExpectedFilter::parse("user=a or").is_err());
}

#[test]
fn a_sample_adds_no_finding_to_an_expected_session() {
    let mut polls = expecting("user=app");
    let diagnoses = polls.list(0, vec![session(1)]);
    let listed = diagnoses.diagnosis(0);
    let buffer = crate::model::Buffer {
        readq: None,
        writeq: Some(90_000),
    };
    let sample = ConnectionSample::next(None, &[], Some(buffer), Timestamp::UNIX_EPOCH);
    assert_eq!(closer(listed, Some(&sample)).found, []);
    assert_eq!(closer(Diagnosis::default(), Some(&sample)).found.len(), 1);
}
