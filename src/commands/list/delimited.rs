//! The list as csv, for spreadsheets, and as tsv, for `cut` and `awk`.

use std::borrow::Cow;
use std::io::{self, Write};

use super::printer::{ListSource, Poll};
use crate::app::build_view::TableView;
use crate::app::columns::{Column, ColumnId};
use crate::app::session_record::{COLUMNS, Cell, RecordColumn, SessionRecord};
use crate::commands::exit::CommandError;
use crate::config::ConfigError;
use crate::model::{nearest, visible};

/// First characters of a cell that a spreadsheet takes for a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Name of the column with the time of the list, if there are several lists.
const TIME: &str = "time";

/// Writes csv with a header and LF line ends. Formulas are escaped. Of several lists only the first has a header.
pub(super) fn write_csv(
    out: &mut impl Write,
    view: &TableView,
    source: ListSource<'_>,
    chosen: Option<&[OutputColumn]>,
    poll: Option<Poll<'_>>,
) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    let columns = columns(chosen);
    if has_header(poll) {
        writer.write_record(head(&columns, poll)).map_err(cause)?;
    }
    each_row(view, source, &columns, |cells| {
        if let Some(poll) = poll {
            writer.write_field(poll.time).map_err(cause)?;
        }
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
/// them. Of several lists only the first has a header.
pub(super) fn write_tsv(
    out: &mut impl Write,
    view: &TableView,
    source: ListSource<'_>,
    chosen: Option<&[OutputColumn]>,
    poll: Option<Poll<'_>>,
) -> io::Result<()> {
    let columns = columns(chosen);
    if has_header(poll) {
        writeln!(out, "{}", head(&columns, poll).join("\t"))?;
    }
    each_row(view, source, &columns, |cells| {
        if let Some(poll) = poll {
            write!(out, "{}\t", poll.time)?;
        }
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

/// A column of the output.
#[derive(Clone, Copy)]
pub(super) enum OutputColumn {
    /// One with the value of JSON.
    Record(&'static RecordColumn),
    /// One without, with the text of the screen.
    Screen(&'static Column),
}

impl OutputColumn {
    /// Returns the column with this name of the output or of the screen.
    fn named(name: &str) -> Result<Self, String> {
        if let Some(column) = RecordColumn::named(&name.to_lowercase()) {
            return Ok(Self::Record(column));
        }
        let column = match ColumnId::of(name) {
            Ok(id) => id.column(),
            Err(_) => return Err(unknown_column(name)),
        };
        Ok(RecordColumn::named(column.json).map_or(Self::Screen(column), Self::Record))
    }

    /// Parses the names of columns, from left to right.
    ///
    /// # Errors
    ///
    /// Returns a [`CommandError`] for an unknown name, for one that is named twice, and if there is none.
    pub(super) fn chosen(names: &str) -> Result<Vec<Self>, CommandError> {
        let failed = |why: String| ConfigError::Setting {
            place: "--columns".to_owned(),
            why,
        };
        let mut columns: Vec<Self> = Vec::new();
        for name in names.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            let column = Self::named(name).map_err(failed)?;
            if columns.iter().any(|other| other.name() == column.name()) {
                return Err(failed(format!("column {name} is named twice")).into());
            }
            columns.push(column);
        }
        if columns.is_empty() {
            return Err(failed("no columns given".to_owned()).into());
        }
        Ok(columns)
    }

    /// Returns the name in the header: that of JSON if there is one, otherwise the name on the screen.
    const fn name(&self) -> &'static str {
        match self {
            Self::Record(column) => column.name,
            Self::Screen(column) => column.name,
        }
    }
}

/// Returns the error for a column that does not exist.
fn unknown_column(name: &str) -> String {
    let names: Vec<_> = COLUMNS.iter().map(|column| column.name).collect();
    let near = nearest(name, names.iter().copied());
    let near = near.map(|near| format!(" (did you mean '{near}'?)"));
    format!(
        "no column '{}'{}; columns: {}",
        visible(name),
        near.unwrap_or_default(),
        names.join(", ")
    )
}

/// Returns the chosen columns; otherwise all of JSON with a single value.
fn columns(chosen: Option<&[OutputColumn]>) -> Vec<OutputColumn> {
    match chosen {
        Some(chosen) => chosen.to_vec(),
        None => COLUMNS.iter().map(OutputColumn::Record).collect(),
    }
}

fn has_header(poll: Option<Poll<'_>>) -> bool {
    poll.is_none_or(|poll| poll.is_first)
}

/// Returns the column names.
fn head(columns: &[OutputColumn], poll: Option<Poll<'_>>) -> Vec<&'static str> {
    let time = poll.map(|_| TIME);
    time.into_iter()
        .chain(columns.iter().map(OutputColumn::name))
        .collect()
}

/// Calls `write` with the cells of each row.
fn each_row(
    view: &TableView,
    source: ListSource<'_>,
    columns: &[OutputColumn],
    mut write: impl FnMut(&[Cell<'_>]) -> io::Result<()>,
) -> io::Result<()> {
    for row in view.window(0, view.len()) {
        let record = SessionRecord::of(view, &row, source.urls, source.fault(&row));
        let cell = |column: &OutputColumn| match column {
            OutputColumn::Record(column) => (column.cell)(&record),
            OutputColumn::Screen(column) => (column.cell)(&row).map_or(Cell::Unknown, Cell::Text),
        };
        write(&columns.iter().map(cell).collect::<Vec<_>>())?;
    }
    Ok(())
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
