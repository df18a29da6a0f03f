//! The list as csv, for spreadsheets, and as tsv, for `cut` and `awk`.

use std::borrow::Cow;
use std::io::{self, Write};

use super::json::records;
use crate::app::arrange::Generation;
use crate::commands::record::{Cell, HEAD};

/// What makes a spreadsheet take a cell for a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// With a head, LF at the line's end, formulas disarmed.
pub(super) fn write_csv(out: &mut impl Write, generation: &Generation, urls: &[String]) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(HEAD).map_err(cause)?;
    for record in records(generation, urls) {
        for cell in record.cells() {
            let field = match cell {
                Cell::Text(text) => disarmed(text),
                Cell::Number(digits) => digits.into(),
                Cell::Unknown => "".into(),
            };
            writer.write_field(field.as_bytes()).map_err(cause)?;
        }
        writer.write_record(None::<&[u8]>).map_err(cause)?;
    }
    writer.flush()
}

/// With a head and without quotes: no text has a tab or a line break in it, since the cleaner
/// makes them visible.
pub(super) fn write_tsv(out: &mut impl Write, generation: &Generation, urls: &[String]) -> io::Result<()> {
    writeln!(out, "{}", HEAD.join("\t"))?;
    for record in records(generation, urls) {
        for (index, cell) in record.cells().iter().enumerate() {
            if index > 0 {
                out.write_all(b"\t")?;
            }
            match cell {
                Cell::Text(text) => out.write_all(text.as_bytes())?,
                Cell::Number(digits) => out.write_all(digits.as_bytes())?,
                Cell::Unknown => {}
            }
        }
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// A quote in front makes it text.
fn disarmed(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.starts_with(FORMULA) {
        Cow::Owned(format!("'{text}"))
    } else {
        text
    }
}

/// The csv crate wraps the error that tells a closed pipe.
fn cause(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_disarmed_and_nothing_else() {
        for formula in ["=1+1", "+1", "-x", "@sum", "\tx", "\rx"] {
            assert_eq!(disarmed(formula.into()), format!("'{formula}"));
        }
        for text in ["", "app", "a=b", "'x", "10.0.0.1"] {
            assert_eq!(disarmed(text.into()), text);
        }
    }
}
