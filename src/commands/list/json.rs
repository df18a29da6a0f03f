//! Writes the list as JSON, row by row: one array, one object per line, or one document per list.

use std::io::{self, Write};

use serde::Serialize;

use super::printer::{FailedEndpoint, ListSource, Poll};
use crate::app::build_view::TableView;
use crate::app::session_record::SessionRecord;
use crate::runtime::json;

/// Writes one array, with one object per line.
pub(super) fn write_array(out: &mut impl Write, view: &TableView, source: ListSource<'_>) -> io::Result<()> {
    out.write_all(b"[")?;
    let mut line = Vec::new();
    for (index, record) in records(view, source).enumerate() {
        let separator: &[u8] = if index == 0 { b"\n" } else { b",\n" };
        write_record(out, &mut line, separator, &record)?;
    }
    out.write_all(if view.is_empty() { b"]\n" } else { b"\n]\n" })
}

/// Writes the list of one poll as one object on one line.
pub(super) fn write_document(
    out: &mut impl Write,
    view: &TableView,
    source: ListSource<'_>,
    poll: Poll<'_>,
) -> io::Result<()> {
    write!(out, "{{\"time\":\"{}\",\"failed\":", poll.time)?;
    json::to_writer(&mut *out, &poll.failed)?;
    out.write_all(b",\"sessions\":[")?;
    let mut line = Vec::new();
    for (index, record) in records(view, source).enumerate() {
        let separator: &[u8] = if index == 0 { b"" } else { b"," };
        write_record(out, &mut line, separator, &record)?;
    }
    out.write_all(b"]}\n")
}

/// A record with the time of its list.
#[derive(Serialize)]
struct TimedRecord<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<&'a str>,
    #[serde(flatten)]
    record: SessionRecord<'a>,
}

/// An endpoint without a list, with the time of the others.
#[derive(Serialize)]
struct TimedFailure<'a> {
    time: &'a str,
    #[serde(flatten)]
    failed: &'a FailedEndpoint,
}

/// Writes one object per line (JSON Lines). With `poll` its time becomes their first field, and each endpoint whose
/// poll failed has a line.
pub(super) fn write_lines(
    out: &mut impl Write,
    view: &TableView,
    source: ListSource<'_>,
    poll: Option<Poll<'_>>,
) -> io::Result<()> {
    let time = poll.map(|poll| poll.time);
    if let Some(Poll { time, failed, .. }) = poll {
        for failed in failed {
            json::to_writer(&mut *out, &TimedFailure { time, failed })?;
            out.write_all(b"\n")?;
        }
    }
    let mut line = Vec::new();
    for record in records(view, source) {
        write_record(out, &mut line, b"", &TimedRecord { time, record })?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// Writes a separator and a record. `line` is a buffer: many short writes to `out` take longer.
fn write_record(
    out: &mut impl Write,
    line: &mut Vec<u8>,
    separator: &[u8],
    record: &impl Serialize,
) -> io::Result<()> {
    line.clear();
    line.extend_from_slice(separator);
    json::to_writer(&mut *line, record)?;
    out.write_all(line)
}

/// Returns the rows of the view as records, in order.
pub(super) fn records<'a>(
    view: &'a TableView,
    source: ListSource<'a>,
) -> impl Iterator<Item = SessionRecord<'a>> {
    view.window(0, view.len())
        .map(move |row| SessionRecord::of(view, &row, source.urls, source.fault(&row)))
}
