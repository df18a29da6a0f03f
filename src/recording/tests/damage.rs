//! Recordings that are cut, damaged, hostile or of another version.

use proptest::prelude::*;

use super::*;

/// Reads everything, and returns the facts before the first error.
fn before_error(recording: &Recording) -> Vec<Fact> {
    recording.facts().map_while(Result::ok).collect()
}

#[test]
fn a_recording_that_is_cut_anywhere_is_read_up_to_its_last_whole_fact() {
    let facts = lists(70);
    let mut bytes = Vec::new();
    let mut ends = Vec::new();
    let mut writer = Writer::new(&header(), CHUNK_INTERVAL, &mut bytes).unwrap();
    let head = bytes.len();
    for fact in &facts {
        writer.push(fact, &mut bytes).unwrap();
        ends.push(bytes.len());
    }
    let wanted = shown(&facts);
    for cut in 0..=bytes.len() {
        let opened = Recording::open(&bytes[..cut], Limits::default());
        if cut < head {
            assert!(opened.is_err(), "{cut}");
            continue;
        }
        let recording = opened.unwrap_or_else(|error| panic!("{cut}: {error}"));
        let found = shown(&before_error(&recording));
        let whole = ends.partition_point(|end| *end <= cut);
        assert!(found.len() >= whole, "{cut}: {} of {whole}", found.len());
        assert_eq!(found, wanted[..found.len()], "{cut}");
    }
}

#[test]
fn a_damaged_chunk_is_an_error_and_the_next_one_is_read() {
    let facts = lists(130);
    let mut bytes = recorded(&facts);
    let recording = open(&bytes);
    assert_eq!(recording.facts().count(), 130);
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x10;
    bytes[middle + 1] ^= 0x55;
    let recording = open(&bytes);
    let results: Vec<_> = recording.facts().collect();
    let errors: Vec<_> = results
        .iter()
        .filter_map(|result| result.as_ref().err())
        .collect();
    assert!(
        matches!(errors.as_slice(), [RecordingError::Damaged { offset, .. }] if *offset > 0),
        "{errors:?}"
    );
    assert_eq!(results.last().unwrap().as_ref().unwrap().at, now(129_000));
}

#[test]
fn a_newer_major_version_is_refused_by_name() {
    let bytes = recorded(&lists(1));
    let text = bytes.windows(5).position(|part| part == b"[1,0]").unwrap();
    let mut newer = bytes.clone();
    newer[text + 1] = b'2';
    let error = Recording::open(newer, Limits::default()).unwrap_err();
    assert_eq!(error, RecordingError::NewerFormat { found: 2, known: 1 });
    assert!(error.to_string().contains("use a newer maxtop"));
    let mut newer = bytes;
    newer[text + 3] = b'7';
    assert_eq!(open(&newer).header().minor_version, 7);
    let error = Recording::open(b"PK\x03\x04".as_slice(), Limits::default()).unwrap_err();
    assert_eq!(error, RecordingError::NotARecording);
}

#[test]
fn unknown_kinds_and_fields_are_ignored() {
    let mut decoder = codec::Decoder::new(1, 10);
    let unknown = br#"{"at":[1,2],"endpoint":0,"weather":{"rain":true}}"#;
    assert!(decoder.read(unknown).unwrap().is_none());
    let extended = br#"{"at":[1,2],"endpoint":0,"dialect":"draft","color":"red"}"#;
    let fact = decoder.read(extended).unwrap().unwrap();
    assert!(matches!(fact.kind, FactKind::Dialect(Dialect::Draft)));
}

#[test]
fn invalid_lines_are_errors() {
    let mut decoder = codec::Decoder::new(1, 2);
    let rows = r#"[{"id":1},{"id":2},{"id":3}]"#;
    let deep = format!(
        r#"{{"at":[1,2],"endpoint":0,"x":{}{}}}"#,
        "[".repeat(500),
        "]".repeat(500)
    );
    for (line, fault) in [
        (r#"{"endpoint":0,"dialect":"draft"}"#.to_owned(), LineFault::Time),
        (
            r#"{"at":[1,2],"endpoint":7,"dialect":"draft"}"#.to_owned(),
            LineFault::Endpoint,
        ),
        (
            r#"{"at":[1,2],"dialect":"draft"}"#.to_owned(),
            LineFault::Endpoint,
        ),
        (
            r#"{"at":[1,2],"endpoint":0,"list":{"base":4}}"#.to_owned(),
            LineFault::NoBase(4),
        ),
        (
            r#"{"at":[1,2],"endpoint":0,"list":{"sessions":[{"id":2},{"id":2}]}}"#.to_owned(),
            LineFault::Order,
        ),
        (
            format!(r#"{{"at":[1,2],"endpoint":0,"list":{{"sessions":{rows}}}}}"#),
            LineFault::TooManyRows(2),
        ),
        (
            format!(r#"{{"at":[1,{}],"endpoint":0,"dialect":"draft"}}"#, i64::MAX),
            LineFault::Time,
        ),
    ] {
        assert_eq!(decoder.read(line.as_bytes()).unwrap_err(), fault, "{line}");
    }
    // Fields that are ignored need no stack.
    assert!(matches!(decoder.read(deep.as_bytes()), Ok(None)));
    assert!(matches!(decoder.read(b"{"), Err(LineFault::Json(_))));
}

#[test]
fn a_chunk_beyond_the_limits_is_an_error() {
    let bytes = recorded(&lists(30));
    let small = Limits::default();
    for (limits, limit) in [
        (Limits { line: 100, ..small }, 100),
        (
            Limits {
                chunk: 3_000,
                ..small
            },
            3_000,
        ),
        (Limits { lines: 7, ..small }, 7),
    ] {
        let recording = Recording::open(bytes.as_slice(), limits).unwrap();
        let error = recording.facts().find_map(Result::err).unwrap();
        assert!(
            matches!(error, RecordingError::TooLarge { limit: found, .. } if found == limit),
            "{error}"
        );
    }
    let limits = Limits {
        endpoints: 0,
        ..small
    };
    let error = Recording::open(bytes.as_slice(), limits).unwrap_err();
    assert_eq!(error, RecordingError::TooManyEndpoints(0));
}

#[test]
fn a_chunk_that_expands_without_end_is_stopped_at_the_limit() {
    let mut bytes = header().to_frame().unwrap();
    bytes.extend(zstd::bulk::compress(&vec![b' '; 50_000_000], 3).unwrap());
    let limits = Limits {
        line: 1_000_000,
        ..Limits::default()
    };
    let recording = Recording::open(bytes, limits).unwrap();
    assert_eq!(recording.span(), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn changed_bytes_never_cause_a_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = recorded(&lists(70));
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        bytes.truncate(bytes.len() - cut.index(bytes.len()) / 8);
        if let Ok(recording) = Recording::open(bytes, Limits::default()) {
            prop_assert!(recording.facts().count() <= 500);
            let _ = recording.step(Duration::from_secs(30), true);
        }
    }

    #[test]
    fn changed_lines_never_cause_a_panic(
        place in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut encoder = codec::Encoder::default();
        let mut lines = Vec::new();
        for fact in &lists(4) {
            encoder.write(fact, false, &mut lines).unwrap();
        }
        let place = place.index(lines.len());
        lines[place] = byte;
        let mut decoder = codec::Decoder::new(1, 1_000);
        for line in lines.split(|byte| *byte == b'\n') {
            let _ = decoder.read(line);
        }
    }
}
