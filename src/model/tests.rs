use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;

fn name(raw: &str) -> Text {
    Text::clean(raw, TextLimit::Name)
}

fn session(id: u64, user: &str) -> Session {
    Session {
        user: Some(name(user)),
        address: Some(name("10.0.0.7")),
        service: Some(name("RW-Split")),
        connected: Some(Arc::new(Connected {
            sent: name("Wed Aug 31 03:03:12 2016"),
            at: None,
        })),
        ..Session::bare(SessionId(id))
    }
}

fn identity(id: u64, user: &str) -> Identity {
    Identity::new(EndpointId(0), None, &session(id, user))
}

#[test]
fn all_date_forms_mean_the_same_moment() {
    let berlin = TimeZone::get("Europe/Berlin").unwrap_or(TimeZone::UTC);
    let at = |text: &str, zone: Option<&TimeZone>| parse_moment(text, zone).map(jiff::Timestamp::as_second);
    let expected = Some(1_795_450_633);
    assert_eq!(at("Mon, 23 Nov 2026 16:17:13 GMT", None), expected);
    assert_eq!(at("Mon, 23 Nov 26 16:17:13 GMT", None), expected);
    assert_eq!(at("Mon, 23 Nov 2026 19:17:13 +0300", None), expected);
    assert_eq!(at("2026-11-23T17:17:13+01:00", None), expected);
    assert_eq!(at("Mon Nov 23 16:17:13 2026", Some(&TimeZone::UTC)), expected);
    assert_eq!(
        at("Mon Nov 23 17:17:13 2026", Some(&berlin)),
        expected
            .filter(|_| berlin != TimeZone::UTC)
            .or(Some(1_795_454_233))
    );
    assert_eq!(
        at("Fri Sep  9 14:12:37 2016", Some(&TimeZone::UTC)),
        Some(1_473_430_357)
    );
    assert_eq!(at("Mon Nov 23 16:17:13 2026", None), None);
    assert_eq!(at("yesterday", None), None);
}

#[test]
fn a_statement_takes_the_difference_of_two_local_times() {
    assert_eq!(
        civil_span("2026-11-23T16:17:15.778", "2026-11-23T16:17:15.782"),
        Some(4)
    );
    assert_eq!(civil_span("2026-11-23T16:17:15.778", "soon"), None);
}

#[test]
fn lengths_of_time_and_sizes_read_the_way_people_say_them() {
    let text = |seconds: i64| Span::from_secs(seconds).to_string();
    assert_eq!(
        [0, 48, 60, 3599, 15_120, 183_600].map(text),
        ["0s", "48s", "1m", "59m", "4h 12m", "2d 3h"]
    );
    assert_eq!(Span::from_secs(-5), Span::from_secs(0));
    assert_eq!(Span::from_secs_f64(f64::NAN), None);
    assert_eq!(
        Span::from_secs_f64(47.200_000_000_000_01).map(Span::as_secs_f64),
        Some(47.2)
    );
    assert_eq!(
        [0, 999, 67_514, 1_240_000, 999_999].map(size_text),
        ["0 B", "999 B", "68 kB", "1.2 MB", "1.0 MB"]
    );
}

#[test]
fn identities_differ_by_any_part_and_name_it() {
    assert_eq!(
        identity(17, "alice").compare(&identity(17, "alice")),
        IdentityMatch::Same {
            unchecked: vec![Part::Process]
        }
    );
    let IdentityMatch::Different(differences) = identity(17, "alice").compare(&identity(17, "bob")) else {
        panic!("alice is not bob");
    };
    assert_eq!(
        differences,
        [Difference {
            part: Part::User,
            was: "alice".into(),
            now: "bob".into()
        }]
    );
}

#[test]
fn names_that_clean_to_the_same_text_are_never_one() {
    let (one, two) = ("x".repeat(300) + "1", "x".repeat(300) + "2");
    assert!(matches!(
        identity(17, &one).compare(&identity(17, &two)),
        IdentityMatch::Different(_)
    ));
    assert!(matches!(
        identity(17, "a\u{202e}b").compare(&identity(17, "a\\u{202e}b")),
        IdentityMatch::Different(_)
    ));
}

#[test]
fn a_port_known_on_one_side_is_named_and_a_user_must_be_known() {
    let mut with_port = identity(17, "alice");
    with_port.port = Some(4711);
    let expected = IdentityMatch::Same {
        unchecked: vec![Part::Process, Part::Port],
    };
    assert_eq!(with_port.compare(&identity(17, "alice")), expected);
    let mut nobody = identity(17, "alice");
    nobody.user = None;
    assert_eq!(nobody.compare(&nobody), IdentityMatch::Unknown(Part::User));
}

#[test]
fn another_process_is_another_session() {
    let process = |started: &str| {
        Some(ProcessStart {
            started_at: name(started),
            datadir: None,
            node: None,
        })
    };
    let (mut before, mut after) = (identity(17, "alice"), identity(17, "alice"));
    before.process = process("Mon, 23 Nov 2026 15:55:27 GMT");
    after.process = process("Mon, 23 Nov 2026 16:16:27 GMT");
    assert!(matches!(before.compare(&after), IdentityMatch::Different(_)));
    assert_ne!(before.fingerprint("http://a"), after.fingerprint("http://a"));
}

#[test]
fn a_fingerprint_is_the_begin_of_a_sha_256_of_all_parts() {
    let text = |text: &str| Some(Text::clean(text, TextLimit::Name));
    let identity = Identity {
        endpoint: EndpointId(3),
        process: Some(ProcessStart {
            started_at: Text::clean("start", TextLimit::Name),
            datadir: text("/data"),
            node: None,
        }),
        id: SessionId(7),
        connected: text("Mon"),
        user: text("alice"),
        address: None,
        port: Some(4711),
        service: None,
    };
    assert_eq!(identity.fingerprint("http://a"), "c4d101e5a5307da7");
}

#[test]
fn versions_compare_as_numbers() {
    let version = |text| Version::parse(text).unwrap();
    assert!(version("6.4.15") < Version::FIRST_WITH_DELETE);
    assert!(version("21.06.17") < Version::FIRST_WITH_DELETE);
    assert!(version("22.08.0") >= Version::FIRST_WITH_DELETE);
    assert!(version("23.08.6") < Version::FIRST_WITH_STRICT_IDS);
    assert_eq!(Version::parse("unknown"), None);
}

#[test]
fn a_version_is_shown_as_its_series_is_named() {
    for (text, shown) in [
        ("21.06.17", "21.06"),
        ("22.08.14", "22.08"),
        ("23.02.11", "23.02"),
        ("25.10.0", "25.10"),
        ("6.4.15", "6.4"),
        ("2.5.29", "2.5"),
    ] {
        assert_eq!(Version::parse(text).unwrap().to_string(), shown);
    }
}

#[test]
fn states_of_every_version_have_their_phase() {
    assert_eq!(SessionPhase::of("Session started"), SessionPhase::Ready);
    assert_eq!(SessionPhase::of("SESSION READY FOR ROUTING"), SessionPhase::Ready);
    assert_eq!(SessionPhase::of("Session created"), SessionPhase::Starting);
    assert_eq!(SessionPhase::of("Stopping session"), SessionPhase::Stopping);
    assert_eq!(SessionPhase::of("Invalid State"), SessionPhase::Other);
}

proptest! {
    #[test]
    fn dates_never_panic(text in any::<String>()) {
        let _ = parse_moment(&text, Some(&TimeZone::UTC));
    }

    #[test]
    fn an_identity_is_itself(id in any::<u64>(), user in any::<String>()) {
        let same = matches!(identity(id, &user).compare(&identity(id, &user)), IdentityMatch::Same { .. });
        prop_assert!(same);
    }
}

fn list_of(sessions: &[(u64, &str)]) -> Snapshot {
    let session = |(id, connected): &(u64, &str)| Session {
        connected: Some(Arc::new(Connected {
            sent: Text::clean(connected, TextLimit::Name),
            at: None,
        })),
        ..Session::bare(SessionId(*id))
    };
    Snapshot {
        endpoint: EndpointId(0),
        dialect: Dialect::Draft,
        instance: None,
        number: 1,
        asked_at: Now::default(),
        taken_at: Timestamp::UNIX_EPOCH,
        cost: std::time::Duration::ZERO,
        decode_time: std::time::Duration::ZERO,
        least_interval: std::time::Duration::ZERO,
        bytes: 0,
        sessions: sessions.iter().map(session).collect(),
        blanked: 0,
        dropped: 0,
        change: ListDiff::default(),
        stats: ListStats::default(),
        rows: crate::model::RowReads::default(),
    }
}

#[test]
fn without_a_process_start_a_restart_shows_in_the_ids() {
    let before = list_of(&[(7, "Mon"), (8, "Tue"), (9, "Wed")]);
    let restarted =
        |sessions: &[(u64, &str)]| ListDiff::between(&before, &list_of(sessions)).is_after_restart;
    assert!(
        restarted(&[(7, "Sat"), (8, "Sat")]),
        "all ids belong to other sessions"
    );
    assert!(restarted(&[(1, "Sat"), (2, "Sat")]), "ids start again");
    assert!(
        !restarted(&[(7, "Mon"), (8, "Sat")]),
        "one earlier session is left"
    );
    assert!(!restarted(&[(12, "Sat")]), "all closed, one opened");
    assert!(!restarted(&[]), "an empty list proves nothing");
    let first = ListDiff::between(&list_of(&[]), &list_of(&[(1, "Mon")]));
    assert!(!first.is_after_restart);
    let moved = ListDiff::between(
        &before,
        &list_of(&[(7, "Mon"), (8, "Sat"), (10, "Sat"), (11, "Sat")]),
    );
    assert_eq!((moved.came, moved.went), (3, 2));
}
