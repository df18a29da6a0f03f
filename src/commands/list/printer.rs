//! Writes a list in the chosen output format: the only one, or one of several.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::delimited::OutputColumn;
use super::table::{self, ColumnChoice, TablePage};
use super::{delimited, json};
use crate::app::build_view::TableView;
use crate::app::columns::ColumnId;
use crate::app::row::TableRow;
use crate::cli::ListOutput;
use crate::commands::ascii::Escapes;
use crate::model::EndpointId;

/// One list of several.
#[derive(Clone, Copy, Debug)]
pub(super) struct Poll<'a> {
    /// Time of the list, in RFC 3339 and UTC.
    pub(super) time: &'a str,
    /// Whether no list was written before.
    pub(super) is_first: bool,
    /// Endpoints whose last poll failed. Their sessions are left out.
    pub(super) failed: &'a [FailedEndpoint],
}

/// An endpoint whose last poll failed.
#[derive(Debug, Serialize)]
pub(super) struct FailedEndpoint {
    /// Its URL.
    pub(super) endpoint: String,
    /// The cause.
    pub(super) error: String,
}

/// The endpoints of a list, as records name them.
#[derive(Clone, Copy)]
pub(super) struct ListSource<'a> {
    /// URLs of the endpoints, by number.
    pub(super) urls: &'a [String],
    /// Causes why no server of an endpoint could be read.
    pub(super) lock_faults: &'a BTreeMap<EndpointId, String>,
}

impl<'a> ListSource<'a> {
    /// Returns why no server of a row's endpoint could be read.
    pub(super) fn fault(self, row: &TableRow<'_>) -> Option<&'a str> {
        self.lock_faults.get(&row.snapshot.endpoint).map(String::as_str)
    }
}

/// The chosen output.
#[derive(Clone)]
pub(super) struct ListPrinter {
    pub(super) form: ListOutput,
    /// Columns of the command line.
    pub(super) chosen: Option<Vec<ColumnId>>,
    /// Columns of the configuration file, for the table.
    pub(super) configured: Option<Vec<ColumnId>>,
    /// Columns of the command line for csv and tsv.
    pub(super) outputs: Option<Vec<OutputColumn>>,
    /// URLs of the endpoints, by number.
    pub(super) urls: Vec<String>,
    /// Causes why no server of an endpoint could be read, in the list that is written next.
    pub(super) lock_faults: BTreeMap<EndpointId, String>,
    pub(super) ascii: bool,
}

impl ListPrinter {
    /// Whether the output is human-readable.
    pub(super) const fn is_text(&self) -> bool {
        matches!(self.form, ListOutput::Table | ListOutput::Wide)
    }

    /// Whether the output is JSON or JSON Lines.
    pub(super) const fn is_json(&self) -> bool {
        matches!(self.form, ListOutput::Json | ListOutput::Jsonl)
    }

    pub(super) const fn escapes(&self) -> Escapes {
        Escapes::of(self.ascii, self.is_json())
    }

    /// Writes the list. With `poll` it has its time.
    pub(super) fn write(
        &self,
        out: &mut impl Write,
        view: &TableView,
        width: Option<usize>,
        poll: Option<Poll<'_>>,
    ) -> io::Result<()> {
        let chosen = self.outputs.as_deref();
        let source = ListSource {
            urls: &self.urls,
            lock_faults: &self.lock_faults,
        };
        match (self.form, poll) {
            (ListOutput::Table | ListOutput::Wide, poll) => {
                if let Some(Poll { time, is_first, .. }) = poll {
                    writeln!(out, "{}{time}", if is_first { "" } else { "\n" })?;
                }
                self.write_table(out, view, width, usize::MAX)
            }
            (ListOutput::Json, None) => json::write_array(out, view, source),
            (ListOutput::Json, Some(poll)) => json::write_document(out, view, source, poll),
            (ListOutput::Jsonl, poll) => json::write_lines(out, view, source, poll),
            (ListOutput::Csv, poll) => delimited::write_csv(out, view, source, chosen, poll),
            (ListOutput::Tsv, poll) => delimited::write_tsv(out, view, source, chosen, poll),
        }
    }

    /// Writes the first `rows` rows as a table. `width` is that of the terminal.
    pub(super) fn write_table(
        &self,
        out: &mut impl Write,
        view: &TableView,
        width: Option<usize>,
        rows: usize,
    ) -> io::Result<()> {
        let is_wide = self.form == ListOutput::Wide;
        let which = match (&self.chosen, &self.configured) {
            (Some(chosen), _) => ColumnChoice::Chosen(chosen),
            (None, _) if is_wide => ColumnChoice::All,
            (None, Some(configured)) => ColumnChoice::Configured(configured),
            (None, None) => ColumnChoice::Usual,
        };
        let page = TablePage {
            width: width.filter(|_| !is_wide),
            ascii: self.ascii,
            rows,
        };
        table::write(out, view, which, page)
    }
}
