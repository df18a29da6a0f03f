//! The columns of sessions. Headings, cells, sorting, the help, the documents and `maxtop list` are generated
//! from it.

mod cells;
mod locks;
mod naming;
mod why;

use std::borrow::Cow;

use self::cells::{digits, extra, number_key, span_key, text, text_key};
use super::column::fit::FitRules;
use super::row::{SortKey, TableRow};
use crate::model::{Dialect, size_text};

pub(crate) use self::cells::rate_key;
pub(crate) use super::column::fit::FittedColumn;
pub(crate) use super::column::{Align, Column, ColumnId, TableKind, Truncate};

/// The table of sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sessions;

impl TableKind for Sessions {
    type Row<'a> = TableRow<'a>;
    type Cell = for<'a> fn(&TableRow<'a>) -> Option<Cow<'a, str>>;
    type Key = for<'a> fn(&TableRow<'a>) -> SortKey<'a>;

    const NO_CELL: Self::Cell = |_| None;
    const NO_KEY: Self::Key = |_| SortKey::Unknown;
    const FIT: FitRules = FitRules {
        first_optional: 7,
        readable: 11,
        readable_beside_optional: None,
        // The id, the severity and the user.
        identifying: 3,
    };

    fn columns() -> &'static [Column] {
        &COLUMNS
    }

    fn cell<'a>(column: &Column, row: &Self::Row<'a>) -> Option<Cow<'a, str>> {
        (column.cell)(row)
    }
}

impl ColumnId {
    /// The default sort column: most severe first.
    pub const DEFAULT_SORT: Self = Self::constant(&COLUMNS, "why");

    /// The session id. Always shown, because it identifies the row.
    pub const NUMBER: Self = Self::constant(&COLUMNS, "id");

    /// The user.
    pub(crate) const USER: Self = Self::constant(&COLUMNS, "user");

    /// The most severe reason.
    pub(crate) const WHY: Self = Self::constant(&COLUMNS, "why");

    /// The sign of the severity.
    const SEVERITY: Self = Self::constant(&COLUMNS, "severity");

    /// The name of the endpoint.
    pub(crate) const ENDPOINT: Self = Self::constant(&COLUMNS, "endpoint");

    /// Whether rows that are sorted by this column are in the order of their severity.
    pub(crate) fn is_by_severity(self) -> bool {
        self == Self::WHY || self == Self::SEVERITY
    }

    /// Returns the default columns, from left to right. With several endpoints the endpoint name is the
    /// first column.
    pub fn defaults(endpoints: usize) -> Vec<Self> {
        let endpoint = (endpoints > 1).then_some(Self::ENDPOINT);
        let usual = Self::all().filter(|id| id.column().usual);
        endpoint.into_iter().chain(usual).collect()
    }
}

/// All columns, from left to right.
pub(crate) static COLUMNS: [Column; 25] = [
    Column {
        name: "id",
        json: "id",
        heading: "ID",
        about: "session id, unique within one run of MaxScale",
        min: 5,
        max: 20,
        drop: 0,
        cell: |row| Some(row.session.id.to_string().into()),
        key: |row| SortKey::Number(row.session.id.0),
        ..Column::NUMBER
    },
    Column {
        name: "severity",
        json: "severity",
        heading: "",
        about: "how severe: ▲ act, ● look",
        min: 1,
        max: 1,
        drop: 0,
        descending: true,
        cell: why::sign,
        key: why::key,
        style: why::sign_style,
        ..Column::TEXT
    },
    Column {
        name: "user",
        json: "user",
        heading: "USER",
        about: "user of the client",
        truncate: Truncate::Middle,
        min: 8,
        max: 24,
        drop: 1,
        cell: |row| text(row.session.user.as_ref()),
        key: |row| text_key(row.session.user.as_ref()),
        ..Column::TEXT
    },
    Column {
        name: "address",
        json: "address",
        heading: "ADDRESS",
        about: "address that the client connects from",
        truncate: Truncate::Port,
        min: 12,
        max: 47,
        drop: 3,
        cell: |row| row.session.origin().map(Cow::Owned),
        key: |row| text_key(row.session.address.as_ref()),
        ..Column::TEXT
    },
    Column {
        name: "service",
        json: "service",
        heading: "SERVICE",
        about: "service that the client uses",
        truncate: Truncate::Middle,
        min: 8,
        max: 24,
        drop: 5,
        cell: |row| text(row.session.service.as_ref()),
        key: |row| text_key(row.session.service.as_ref()),
        ..Column::TEXT
    },
    Column {
        name: "age",
        json: "age_seconds",
        heading: "AGE",
        about: "time since the client connected",
        min: 6,
        max: 7,
        drop: 6,
        descending: true,
        cell: |row| row.session.age.map(|age| age.to_string().into()),
        key: |row| span_key(row.session.age),
        ..Column::NUMBER
    },
    Column {
        name: "idle",
        json: "idle_seconds",
        heading: "IDLE",
        about: "time without traffic, as this version measures it",
        // Two blanks before most values, so that age and idle time are not read as one duration.
        min: 7,
        max: 7,
        drop: 4,
        descending: true,
        cell: |row| row.session.idle.map(|idle| idle.to_string().into()),
        key: |row| span_key(row.session.idle),
        ..Column::NUMBER
    },
    Column {
        name: "why",
        json: "why",
        heading: "WHY",
        about: "why it is stuck; otherwise its state, unless ready",
        min: 17,
        max: 32,
        drop: 2,
        descending: true,
        cell: why::cell,
        key: why::key,
        style: why::style,
        ..Column::TEXT
    },
    Column {
        name: "state",
        json: "state",
        heading: "STATE",
        about: "starting, ready, stopping, or the state as reported",
        min: 8,
        max: 20,
        drop: 7,
        usual: false,
        cell: why::state,
        key: |row| text_key(row.session.state.as_ref()),
        style: why::state_style,
        ..Column::TEXT
    },
    Column {
        name: "servers",
        json: "servers",
        heading: "SERVERS",
        about: "servers that the session is connected to",
        min: 8,
        max: 32,
        drop: 8,
        only: Some(Dialect::JsonApi),
        cell: cells::servers,
        key: cells::first_server,
        ..Column::TEXT
    },
    Column {
        name: "program",
        json: "program",
        heading: "PROGRAM",
        about: "program name that the client reports",
        min: 8,
        max: 24,
        drop: 10,
        only: Some(Dialect::JsonApi),
        cell: |row| text(extra(row, |extra| extra.program.as_ref())),
        key: |row| text_key(extra(row, |extra| extra.program.as_ref())),
        ..Column::TEXT
    },
    Column {
        name: "io",
        json: "io_activity",
        heading: "I/O",
        about: "I/O events in the last 30 s; every API read ages them",
        min: 5,
        max: 8,
        drop: 12,
        only: Some(Dialect::JsonApi),
        descending: true,
        cell: |row| digits(extra(row, |extra| extra.io_activity)),
        key: |row| number_key(extra(row, |extra| extra.io_activity)),
        ..Column::NUMBER
    },
    Column {
        name: "memory",
        json: "memory_bytes",
        heading: "MEMORY",
        about: "memory of the session in MaxScale",
        min: 7,
        max: 7,
        drop: 11,
        only: Some(Dialect::JsonApi),
        descending: true,
        cell: |row| extra(row, |extra| extra.memory).map(|bytes| size_text(bytes).into()),
        key: |row| number_key(extra(row, |extra| extra.memory)),
        ..Column::NUMBER
    },
    cells::READS,
    cells::WRITES,
    Column {
        name: "query",
        json: "query",
        heading: "QUERY",
        about: "running statement, if MaxScale retains statements",
        min: 24,
        max: u16::MAX,
        drop: 9,
        only: Some(Dialect::JsonApi),
        cell: |row| text(extra(row, |extra| extra.running.as_ref()?.sql.as_ref())),
        key: |row| text_key(extra(row, |extra| extra.running.as_ref()?.sql.as_ref())),
        ..Column::TEXT
    },
    Column {
        name: "port",
        json: "port",
        heading: "PORT",
        about: "port of the client",
        min: 5,
        max: 5,
        drop: 6,
        usual: false,
        only: Some(Dialect::JsonApi),
        cell: |row| digits(row.session.port),
        key: |row| number_key(row.session.port.map(u64::from)),
        ..Column::NUMBER
    },
    Column {
        name: "pid",
        json: "pid",
        heading: "PID",
        about: "process id that the client reports",
        min: 7,
        max: 10,
        drop: 6,
        usual: false,
        only: Some(Dialect::JsonApi),
        cell: |row| digits(extra(row, |extra| extra.pid)),
        key: |row| number_key(extra(row, |extra| extra.pid)),
        ..Column::NUMBER
    },
    Column {
        name: "worker",
        json: "worker",
        heading: "WORKER",
        about: "routing worker that serves the session",
        min: 7,
        max: 7,
        drop: 6,
        usual: false,
        only: Some(Dialect::JsonApi),
        cell: |row| digits(extra(row, |extra| extra.worker)),
        key: |row| number_key(extra(row, |extra| extra.worker)),
        ..Column::NUMBER
    },
    Column {
        name: "threads",
        heading: "THREADS",
        about: "thread ids on the servers, in the order of SERVERS",
        min: 8,
        max: 32,
        drop: 6,
        usual: false,
        only: Some(Dialect::JsonApi),
        cell: cells::threads,
        key: cells::first_thread,
        ..Column::TEXT
    },
    locks::TRANSACTION,
    locks::BLOCKS,
    locks::WAITS,
    locks::ROWS_LOCKED,
    Column {
        name: "endpoint",
        json: "endpoint",
        heading: "ENDPOINT",
        about: "name of the endpoint that lists the session",
        truncate: Truncate::Middle,
        min: 9,
        max: 32,
        drop: 1,
        usual: false,
        cell: |row| Some(row.endpoint.into()),
        key: |row| SortKey::Text(row.endpoint),
        ..Column::TEXT
    },
];

#[cfg(test)]
mod tests;
