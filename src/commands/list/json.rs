//! The list as JSON, written row by row: one array, or one object a line.

use std::io::{self, Write};

use crate::app::arrange::Generation;
use crate::commands::record::SessionRecord;
use crate::model::Snapshot;
use crate::shell::json;

/// One array; each object has a line of its own in it.
pub(super) fn write_array(out: &mut impl Write, generation: &Generation, urls: &[String]) -> io::Result<()> {
    out.write_all(b"[")?;
    for (index, record) in records(generation, urls).enumerate() {
        out.write_all(if index == 0 { b"\n" } else { b",\n" })?;
        json::to_writer(&mut *out, &record)?;
    }
    out.write_all(if generation.is_empty() { b"]\n" } else { b"\n]\n" })
}

/// One object a line.
pub(super) fn write_lines(out: &mut impl Write, generation: &Generation, urls: &[String]) -> io::Result<()> {
    for record in records(generation, urls) {
        json::to_writer(&mut *out, &record)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// The shown rows as records, in their order. `urls` are those of the endpoints, by their numbers.
pub(super) fn records<'a>(
    generation: &'a Generation,
    urls: &'a [String],
) -> impl Iterator<Item = SessionRecord<'a>> {
    generation.window(0, generation.len()).map(|row| {
        SessionRecord::new(
            url(urls, row.snapshot),
            &row.identity(),
            row.session,
            &row.verdict,
        )
    })
}

/// The endpoint of a list.
pub(super) fn url<'a>(urls: &'a [String], snapshot: &Snapshot) -> &'a str {
    urls.get(usize::from(snapshot.endpoint.0))
        .map_or("", String::as_str)
}
