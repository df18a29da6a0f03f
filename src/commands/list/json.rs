//! The list as JSON, written row by row: one array, or one object a line.

use std::io::{self, Write};

use crate::app::arrange::Generation;
use crate::commands::record::SessionRecord;

/// One array; each object has a line of its own in it.
pub(super) fn write_array(out: &mut impl Write, generation: &Generation, endpoint: &str) -> io::Result<()> {
    out.write_all(b"[")?;
    for (index, record) in records(generation, endpoint).enumerate() {
        out.write_all(if index == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut *out, &record)?;
    }
    out.write_all(if generation.is_empty() { b"]\n" } else { b"\n]\n" })
}

/// One object a line.
pub(super) fn write_lines(out: &mut impl Write, generation: &Generation, endpoint: &str) -> io::Result<()> {
    for record in records(generation, endpoint) {
        serde_json::to_writer(&mut *out, &record)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// The shown rows as records, in their order.
pub(super) fn records<'a>(
    generation: &'a Generation,
    endpoint: &'a str,
) -> impl Iterator<Item = SessionRecord<'a>> {
    generation
        .window(0, generation.len())
        .map(move |row| SessionRecord::new(endpoint, &row.identity(), row.session, &row.verdict))
}
