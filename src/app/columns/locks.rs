//! Columns of transactions and locks. They need server access.

use super::Column;
use super::cells::{digits, number_key, span_key};
use crate::model::Dialect;

/// Age of the open transaction.
pub(super) const TRANSACTION: Column = Column {
    name: "trx",
    json: "trx",
    heading: "TRX",
    about: "age of the open transaction (server access)",
    min: 6,
    max: 7,
    drop: 6,
    usual: false,
    only: Some(Dialect::JsonApi),
    locks: true,
    descending: true,
    cell: |row| Some(row.locks.numbers().transaction_age?.to_string().into()),
    key: |row| span_key(row.locks.numbers().transaction_age),
    ..Column::NUMBER
};

/// Number of threads that wait for the session.
pub(super) const BLOCKS: Column = Column {
    name: "blocks",
    json: "blocks",
    heading: "BLOCKS",
    about: "number of threads that wait for it (server access)",
    min: 6,
    max: 7,
    cell: |row| digits(row.locks.numbers().blocks),
    key: |row| number_key(row.locks.numbers().blocks),
    ..TRANSACTION
};

/// Time that the session has waited for a lock.
pub(super) const WAITS: Column = Column {
    name: "waits",
    json: "waits",
    heading: "WAITS",
    about: "time that it has waited for a lock (server access)",
    cell: |row| Some(row.locks.numbers().wait?.to_string().into()),
    key: |row| span_key(row.locks.numbers().wait),
    ..TRANSACTION
};

/// Number of rows locked.
pub(super) const ROWS_LOCKED: Column = Column {
    name: "rows_locked",
    json: "rows_locked",
    heading: "LOCKED",
    about: "number of rows that it has locked (server access)",
    min: 7,
    max: 9,
    cell: |row| digits(row.locks.numbers().rows_locked),
    key: |row| number_key(row.locks.numbers().rows_locked),
    ..TRANSACTION
};
