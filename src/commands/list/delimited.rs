//! The list as csv, for spreadsheets, and as tsv, for `cut` and `awk`.

use std::borrow::Cow;
use std::io::{self, Write};

use super::json::url;
use crate::app::build_view::TableView;
use crate::app::columns::{Column, ColumnId};
use crate::commands::record::{Cell, HEAD, SessionRecord};

/// First characters of a cell that a spreadsheet takes for a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Writes csv with a header and LF line ends. Formulas are escaped.
pub(super) fn write_csv(
    out: &mut impl Write,
    view: &TableView,
    urls: &[String],
    chosen: Option<&[ColumnId]>,
) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(head(chosen)).map_err(cause)?;
    each_row(view, urls, chosen, |cells| {
        for cell in cells {
            let field = match cell {
                Cell::Text(text) => escape_formula(Cow::Borrowed(text)),
                Cell::Number(digits) => digits.into(),
                Cell::Unknown => "".into(),
            };
            writer.write_field(field.as_bytes()).map_err(cause)?;
        }
        writer.write_record(None::<&[u8]>).map_err(cause)
    })?;
    writer.flush()
}

/// Writes tsv with a header and without quotes. Texts have no tab or line break, because sanitizing escapes
/// them.
pub(super) fn write_tsv(
    out: &mut impl Write,
    view: &TableView,
    urls: &[String],
    chosen: Option<&[ColumnId]>,
) -> io::Result<()> {
    writeln!(out, "{}", head(chosen).join("\t"))?;
    each_row(view, urls, chosen, |cells| {
        for (index, cell) in cells.iter().enumerate() {
            if index > 0 {
                out.write_all(b"\t")?;
            }
            match cell {
                Cell::Text(text) => out.write_all(text.as_bytes())?,
                Cell::Number(digits) => out.write_all(digits.as_bytes())?,
                Cell::Unknown => {}
            }
        }
        out.write_all(b"\n")
    })
}

/// Returns the column names: those of JSON if there is one, otherwise the name on the screen.
fn head(chosen: Option<&[ColumnId]>) -> Vec<&'static str> {
    let name = |id: &ColumnId| {
        let column = id.column();
        position(column)
            .and_then(|place| HEAD.get(place))
            .copied()
            .unwrap_or(column.name)
    };
    chosen.map_or_else(|| HEAD.to_vec(), |chosen| chosen.iter().map(name).collect())
}

/// Calls `write` with the cells of each row: all, or the chosen ones. Values are those of JSON; columns without
/// one have the text of the screen.
fn each_row(
    view: &TableView,
    urls: &[String],
    chosen: Option<&[ColumnId]>,
    mut write: impl FnMut(&[Cell<'_>]) -> io::Result<()>,
) -> io::Result<()> {
    for row in view.window(0, view.len()) {
        let identity = row.identity();
        let record = SessionRecord::new(url(urls, row.snapshot), &identity, row.session, &row.diagnosis);
        let cells = record.cells();
        let Some(chosen) = chosen else {
            write(&cells)?;
            continue;
        };
        let cell = |id: &ColumnId| match (id.column().name, position(id.column())) {
            (_, Some(place)) => cells.get(place).cloned().unwrap_or(Cell::Unknown),
            ("severity", None) => row
                .diagnosis
                .severity()
                .map_or(Cell::Unknown, |severity| Cell::Text(severity.name().into())),
            _ => (id.column().cell)(&row).map_or(Cell::Unknown, Cell::Text),
        };
        write(&chosen.iter().map(cell).collect::<Vec<_>>())?;
    }
    Ok(())
}

/// Returns the position of a column of the screen among those of csv and tsv.
fn position(column: &Column) -> Option<usize> {
    HEAD.iter().position(|head| *head == column.json)
}

/// Prefixes `'` to a cell that a spreadsheet would run as a formula.
fn escape_formula(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.starts_with(FORMULA) {
        Cow::Owned(format!("'{text}"))
    } else {
        text
    }
}

/// Unwraps the I/O error, so that a closed pipe is recognized.
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
            assert_eq!(escape_formula(formula.into()), format!("'{formula}"));
        }
        for text in ["", "app", "a=b", "'x", "10.0.0.1"] {
            assert_eq!(escape_formula(text.into()), text);
        }
    }
}
