//! The list as JSON, written row by row: one array, or one object a line.

use std::io::{self, Write};

use crate::app::build_view::TableView;
use crate::commands::record::SessionRecord;
use crate::model::Snapshot;
use crate::runtime::json;

/// One array; each object has a line of its own in it.
pub(super) fn write_array(out: &mut impl Write, view: &TableView, urls: &[String]) -> io::Result<()> {
    out.write_all(b"[")?;
    for (index, record) in records(view, urls).enumerate() {
        out.write_all(if index == 0 { b"\n" } else { b",\n" })?;
        json::to_writer(&mut *out, &record)?;
    }
    out.write_all(if view.is_empty() { b"]\n" } else { b"\n]\n" })
}

/// One object a line.
pub(super) fn write_lines(out: &mut impl Write, view: &TableView, urls: &[String]) -> io::Result<()> {
    for record in records(view, urls) {
        json::to_writer(&mut *out, &record)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// The shown rows as records, in their order. `urls` are those of the endpoints, by their numbers.
pub(super) fn records<'a>(
    view: &'a TableView,
    urls: &'a [String],
) -> impl Iterator<Item = SessionRecord<'a>> {
    view.window(0, view.len()).map(|row| {
        SessionRecord::new(
            url(urls, row.snapshot),
            &row.identity(),
            row.session,
            &row.diagnosis,
        )
    })
}

/// The endpoint of a list.
pub(super) fn url<'a>(urls: &'a [String], snapshot: &Snapshot) -> &'a str {
    urls.get(usize::from(snapshot.endpoint.0))
        .map_or("", String::as_str)
}
