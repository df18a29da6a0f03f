//! Texts to copy in the table: about the row under the cursor, the rows as a table, and a group.

use std::collections::BTreeSet;

use super::{CopyChoice, CopyOffer};
use crate::app::App;
use crate::app::column::{Column, TableKind};
use crate::app::columns::Sessions;
use crate::app::groups::columns::GroupTable;
use crate::app::row::TableRow;
use crate::model::{counted, visible};

/// Maximum number of rows that are copied at once. Terminals limit the size of their clipboard; a file has no limit.
const MAX_ROWS: usize = 200;

impl App {
    /// Returns what can be copied in the table of sessions.
    pub(super) fn row_offer(&self) -> CopyOffer {
        let Some(row) = self.table.view.row(self.table.cursor.position()) else {
            return CopyOffer::default();
        };
        let identity = row.identity();
        let pane = self.detail.as_ref().filter(|pane| pane.identity == identity);
        let mut offer = match pane {
            Some(pane) => self.pane_offer(pane),
            None => self.listed_offer(&row),
        };
        let columns = self.columns_shown();
        offer.choices.push(CopyChoice::new(
            "the row, with tabs",
            row_text(columns.iter().copied(), &row),
        ));
        offer.choices.extend(self.rows_choices(&columns));
        offer
    }

    /// Returns what can be copied about a session without details: only the list is known.
    fn listed_offer(&self, row: &TableRow<'_>) -> CopyOffer {
        let running = row
            .session
            .extra
            .as_ref()
            .and_then(|extra| extra.running.as_ref());
        let sql = running.and_then(|running| running.sql.as_ref());
        let statement = sql.map(|sql| CopyChoice::new("running statement", sql.to_string()));
        let about = self.session_choices(&row.identity(), row.session);
        CopyOffer {
            choices: statement.into_iter().chain(about).collect(),
            no_kill: None,
        }
    }

    /// Returns the columns that are chosen, from left to right.
    fn columns_shown(&self) -> Vec<&'static Column> {
        self.table.columns.iter().map(|id| id.column()).collect()
    }

    /// Returns the marked rows and all rows, as tables.
    fn rows_choices(&self, columns: &[&'static Column]) -> Vec<CopyChoice> {
        let view = &self.table.view;
        let mut choices = Vec::new();
        // More marks than that are for a file.
        if self.marks.len() <= MAX_ROWS {
            let marks = self.marks.set().joined();
            let marked: BTreeSet<_> = marks
                .values()
                .filter_map(|mark| view.position(&mark.key))
                .collect();
            if !marked.is_empty() {
                let about = format!("{}, with tabs", counted(marked.len(), "marked row"));
                let rows = marked.into_iter().filter_map(|position| view.row(position));
                choices.push(CopyChoice::new(about, table_text(columns, rows)));
            }
        }
        if view.len() > 1 {
            let about = if view.len() > MAX_ROWS {
                format!("the first {MAX_ROWS} of {} rows, with tabs", view.len())
            } else {
                format!("all {} rows, with tabs", view.len())
            };
            choices.push(CopyChoice::new(
                about,
                table_text(columns, view.window(0, MAX_ROWS)),
            ));
        }
        choices
    }

    /// Returns what can be copied about the group under the cursor.
    pub(super) fn group_offer(&self) -> CopyOffer {
        let Some((_, group)) = self.table.current_group() else {
            return CopyOffer::default();
        };
        let columns = GroupTable::columns().iter();
        let mut choices = vec![CopyChoice::new("name of the group", group.name().to_owned())];
        if let Ok(Some((_, filter))) = self.table.chosen_group(&self.table.filter) {
            choices.push(CopyChoice::new(
                "filter for its sessions",
                visible(filter.text()).into_owned(),
            ));
            choices.extend(self.list_command(None, &filter));
        }
        choices.push(CopyChoice::new("the row, with tabs", row_text(columns, &group)));
        CopyOffer {
            choices,
            no_kill: None,
        }
    }
}

/// Returns the cells of a row, with tabs between them. Cells have no tab or line break, because sanitizing escapes
/// them.
pub(super) fn row_text<T: TableKind>(
    columns: impl Iterator<Item = &'static Column<T>>,
    row: &T::Row<'_>,
) -> String {
    let cells = columns.map(|column| T::cell(column, row).unwrap_or_default());
    cells.collect::<Vec<_>>().join("\t")
}

/// Returns rows with their headings.
fn table_text<'a>(columns: &[&'static Column], rows: impl Iterator<Item = TableRow<'a>>) -> String {
    let heading = |column: &&Column| {
        if column.heading.is_empty() {
            column.name
        } else {
            column.heading
        }
    };
    let head: Vec<_> = columns.iter().map(heading).collect();
    let rows = rows.map(|row| row_text::<Sessions>(columns.iter().copied(), &row));
    std::iter::once(head.join("\t"))
        .chain(rows)
        .collect::<Vec<_>>()
        .join("\n")
}
