//! The document of the format, and a recording of an earlier version.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use super::record::{
    EndpointRecord, FailureRecord, FieldEntry, FooterRecord, HeaderRecord, KillRecord, Line, ListRecord,
    RowRecord, SeenRecord, StepRecord,
};
use super::*;

#[test]
fn docs_have_the_fields_of_a_recording() {
    let tables: [(&str, &[FieldEntry]); 10] = [
        ("header", HeaderRecord::FIELDS),
        ("endpoint", EndpointRecord::FIELDS),
        ("footer", FooterRecord::FIELDS),
        ("line", Line::FIELDS),
        ("list", ListRecord::FIELDS),
        ("step", StepRecord::FIELDS),
        ("session", RowRecord::FIELDS),
        ("failed", FailureRecord::FIELDS),
        ("details", SeenRecord::FIELDS),
        ("kill", KillRecord::FIELDS),
    ];
    for (name, fields) in tables {
        let mut table = "| field | meaning |\n|---|---|\n".to_owned();
        for (field, meaning) in fields {
            writeln!(table, "| `{field}` | {} |", meaning.trim()).unwrap();
        }
        crate::docs::assert_table("recording-format.md", name, &table);
    }
}

/// A recording of the first version of the format. Later versions must read it.
#[test]
fn a_recording_of_the_first_version_is_read() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/recordings-of-maxtop/1.0.maxtop");
    let facts = lists(20);
    if std::env::var_os("WRITE_RECORDING").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, recorded(&facts)).unwrap();
    }
    let recording = open(&fs::read(&path).unwrap());
    assert_eq!(shown(&read(recording.facts())), shown(&facts));
}
