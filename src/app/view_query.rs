//! What is asked of the table: which rows, in which order.

use std::sync::Arc;

use super::columns::ColumnId;
use super::groups::GroupSpec;
use crate::diagnosis::Thresholds;
use crate::filter::Filter;
use crate::model::RowKey;

/// By which column, and which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    /// The column.
    pub column: ColumnId,
    /// Largest first.
    pub descending: bool,
    /// The column that orders rows with equal values in the first one, and whether largest first.
    pub then: Option<(ColumnId, bool)>,
}

impl Default for Sort {
    fn default() -> Self {
        Self {
            column: ColumnId::DEFAULT_SORT,
            descending: true,
            then: None,
        }
    }
}

/// What is asked of a generation.
#[derive(Clone, Debug, Default)]
pub struct ViewQuery {
    /// Which rows.
    pub filter: Filter,
    /// The names of the endpoints, by [`EndpointId`](crate::model::EndpointId): a filter may ask for them.
    pub endpoints: Vec<Arc<str>>,
    /// In which order.
    pub sort: Sort,
    /// Groups of them instead, where they are asked for.
    pub group: Option<GroupSpec>,
    /// The session under the cursor: it stays as a ghost when it ends.
    pub cursor: Option<RowKey>,
    /// Leave out who is idle and has no reason to be looked at.
    pub hide_idle: bool,
    /// Keep the order of the previous generation; new rows go to the end.
    pub hold: bool,
    /// Sessions of which a GET has said that they are gone: no second list is needed.
    pub ended: Vec<RowKey>,
    /// From when on a session counts as stuck.
    pub thresholds: Thresholds,
}
