//! The columns: one entry each, from which the table's head, its cells, the sort and the list of
//! `maxtop list -o wide` come.

mod rates;
mod why;

use std::borrow::Cow;

use super::row::{Row, SortKey};
use crate::model::{Dialect, Text, size_text};

/// Which side the text of a column stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Texts.
    Left,
    /// Numbers.
    Right,
}

/// A column.
pub struct Column {
    /// The name in options and sorting.
    pub name: &'static str,
    /// The head.
    pub heading: &'static str,
    /// What it shows, for help.
    pub about: &'static str,
    /// Which side.
    pub align: Align,
    /// Never narrower than this, in cells of the terminal.
    pub min: u16,
    /// Never wider than this.
    pub max: u16,
    /// The order in which columns are dropped when there is no room: highest first.
    pub drop: u8,
    /// The one dialect that can know it; `None`: both.
    pub only: Option<Dialect>,
    /// Known only where connections were looked at: no single list tells.
    pub sampled: bool,
    /// Sorted downwards at first: what is largest is looked for.
    pub descending: bool,
    /// What stands in the cell; nothing where it is not known.
    pub cell: for<'a> fn(&Row<'a>) -> Option<Cow<'a, str>>,
    /// What it sorts by.
    pub key: for<'a> fn(&Row<'a>) -> SortKey<'a>,
}

/// A column of the table, by its place in [`COLUMNS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ColumnId(usize);

/// All columns, from left to right.
pub static COLUMNS: [Column; 16] = [
    Column {
        name: "id",
        heading: "ID",
        about: "number of the session in its process",
        align: Align::Right,
        min: 5,
        max: 20,
        drop: 0,
        only: None,
        sampled: false,
        descending: false,
        cell: |row| Some(row.session.id.to_string().into()),
        key: |row| SortKey::Number(row.session.id.0),
    },
    Column {
        name: "severity",
        heading: "",
        about: "how much it matters: ▲ act, ● look",
        align: Align::Left,
        min: 1,
        max: 1,
        drop: 0,
        only: None,
        sampled: false,
        descending: true,
        cell: |row| row.verdict.severity().map(|severity| severity.glyph().into()),
        key: why::key,
    },
    Column {
        name: "user",
        heading: "USER",
        about: "who is logged in",
        align: Align::Left,
        min: 8,
        max: 24,
        drop: 1,
        only: None,
        sampled: false,
        descending: false,
        cell: |row| text(row.session.user.as_ref()),
        key: |row| text_key(row.session.user.as_ref()),
    },
    Column {
        name: "address",
        heading: "ADDRESS",
        about: "where the client connects from",
        align: Align::Left,
        min: 12,
        max: 47,
        drop: 3,
        only: None,
        sampled: false,
        descending: false,
        cell: |row| row.session.origin().map(Cow::Owned),
        key: |row| text_key(row.session.address.as_ref()),
    },
    Column {
        name: "service",
        heading: "SERVICE",
        about: "the service that it uses",
        align: Align::Left,
        min: 8,
        max: 24,
        drop: 5,
        only: None,
        sampled: false,
        descending: false,
        cell: |row| text(row.session.service.as_ref()),
        key: |row| text_key(row.session.service.as_ref()),
    },
    Column {
        name: "age",
        heading: "AGE",
        about: "how long ago the client connected",
        align: Align::Right,
        min: 6,
        max: 7,
        drop: 6,
        only: None,
        sampled: false,
        descending: true,
        cell: |row| row.session.age.map(|age| age.to_string().into()),
        key: |row| span_key(row.session.age),
    },
    Column {
        name: "idle",
        heading: "IDLE",
        about: "how long nothing has passed, by the server's own rule",
        align: Align::Right,
        min: 6,
        max: 7,
        drop: 4,
        only: None,
        sampled: false,
        descending: true,
        cell: |row| row.session.idle.map(|idle| idle.to_string().into()),
        key: |row| span_key(row.session.idle),
    },
    Column {
        name: "why",
        heading: "WHY",
        about: "why it is stuck; its state while it is not simply ready",
        align: Align::Left,
        min: 17,
        max: u16::MAX,
        drop: 2,
        only: None,
        sampled: false,
        descending: true,
        cell: why::cell,
        key: why::key,
    },
    Column {
        name: "state",
        heading: "STATE",
        about: "starting, ready, stopping, or what the server calls it",
        align: Align::Left,
        min: 8,
        max: 20,
        drop: 7,
        only: None,
        sampled: false,
        descending: false,
        cell: why::state,
        key: |row| text_key(row.session.state.as_ref()),
    },
    Column {
        name: "servers",
        heading: "SERVERS",
        about: "the servers whose connections it holds",
        align: Align::Left,
        min: 8,
        max: 32,
        drop: 8,
        only: Some(Dialect::JsonApi),
        sampled: false,
        descending: false,
        cell: |row| {
            row.session
                .backends()
                .map(|backends| names(backends.iter().map(|b| b.server.as_str())))
        },
        key: |row| {
            text_key(
                row.session
                    .backends()
                    .and_then(|backends| Some(&backends.first()?.server)),
            )
        },
    },
    Column {
        name: "program",
        heading: "PROGRAM",
        about: "what the client calls itself",
        align: Align::Left,
        min: 8,
        max: 24,
        drop: 9,
        only: Some(Dialect::JsonApi),
        sampled: false,
        descending: false,
        cell: |row| text(row.session.extra.as_ref()?.program.as_ref()),
        key: |row| {
            text_key(
                row.session
                    .extra
                    .as_ref()
                    .and_then(|extra| extra.program.as_ref()),
            )
        },
    },
    Column {
        name: "io",
        heading: "I/O",
        about: "events lately; every reader wears it out",
        align: Align::Right,
        min: 5,
        max: 8,
        drop: 11,
        only: Some(Dialect::JsonApi),
        sampled: false,
        descending: true,
        cell: |row| {
            row.session
                .extra
                .as_ref()?
                .io_activity
                .map(|events| events.to_string().into())
        },
        key: |row| number_key(row.session.extra.as_ref().and_then(|extra| extra.io_activity)),
    },
    Column {
        name: "memory",
        heading: "MEMORY",
        about: "what the session takes in the proxy",
        align: Align::Right,
        min: 7,
        max: 7,
        drop: 10,
        only: Some(Dialect::JsonApi),
        sampled: false,
        descending: true,
        cell: |row| {
            row.session
                .extra
                .as_ref()?
                .memory
                .map(|bytes| size_text(bytes).into())
        },
        key: |row| number_key(row.session.extra.as_ref().and_then(|extra| extra.memory)),
    },
    rates::READS,
    rates::WRITES,
    Column {
        name: "query",
        heading: "QUERY",
        about: "the statement that runs, if the server keeps any",
        align: Align::Left,
        min: 24,
        max: u16::MAX,
        drop: 12,
        only: Some(Dialect::JsonApi),
        sampled: false,
        descending: false,
        cell: |row| text(row.session.extra.as_ref()?.running.as_ref()?.sql.as_ref()),
        key: |row| {
            let running = row
                .session
                .extra
                .as_ref()
                .and_then(|extra| extra.running.as_ref());
            text_key(running.and_then(|running| running.sql.as_ref()))
        },
    },
];

impl ColumnId {
    /// The order before anybody asked for another: what is worst stands first.
    pub const DEFAULT_SORT: Self = Self(7);

    /// The column with this name.
    pub fn named(name: &str) -> Option<Self> {
        COLUMNS.iter().position(|column| column.name == name).map(Self)
    }

    /// All, from left to right.
    pub fn all() -> impl DoubleEndedIterator<Item = Self> {
        (0..COLUMNS.len()).map(Self)
    }

    /// Its place in [`COLUMNS`].
    pub const fn index(self) -> usize {
        self.0
    }

    /// Its entry.
    #[expect(
        clippy::indexing_slicing,
        reason = "an id is only made from a place in the table"
    )]
    pub fn column(self) -> &'static Column {
        &COLUMNS[self.0]
    }
}

fn text(text: Option<&Text>) -> Option<Cow<'_, str>> {
    text.map(|text| Cow::Borrowed(text.as_str()))
}

fn text_key(text: Option<&Text>) -> SortKey<'_> {
    text.map_or(SortKey::Unknown, |text| SortKey::Text(text.as_str()))
}

fn number_key(number: Option<u64>) -> SortKey<'static> {
    number.map_or(SortKey::Unknown, SortKey::Number)
}

fn span_key(span: Option<crate::model::Span>) -> SortKey<'static> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "tenths of seconds, never negative"
    )]
    span.map_or(SortKey::Unknown, |span| {
        SortKey::Number((span.as_secs_f64() * 10.0).round() as u64)
    })
}

fn names<'a>(mut servers: impl Iterator<Item = &'a str>) -> Cow<'a, str> {
    let Some(first) = servers.next() else {
        return Cow::Borrowed("-");
    };
    servers.fold(Cow::Borrowed(first), |all, server| {
        Cow::Owned(format!("{all} {server}"))
    })
}
