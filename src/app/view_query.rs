//! The query of the table view: filter, sort and grouping.

use std::sync::Arc;

use super::columns::ColumnId;
use super::groups::GroupSpec;
use crate::diagnosis::DiagnosisSettings;
use crate::filter::Filter;
use crate::model::{EndpointId, EndpointNames, RowKey};

/// Sort column and direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    /// The sort column.
    pub column: ColumnId,
    /// Whether the largest comes first.
    pub descending: bool,
    /// The column that orders rows with equal values in the first one, and whether its largest comes
    /// first.
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

/// Query of a table view.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent choices")]
pub struct ViewQuery {
    /// The filter.
    pub filter: Filter,
    /// Names of the endpoints, by [`EndpointId`], for filters on the
    /// endpoint.
    pub endpoints: Vec<Arc<str>>,
    /// URLs and other names of the endpoints, in the same order.
    pub names: Vec<Arc<EndpointNames>>,
    /// The sort order.
    pub sort: Sort,
    /// Grouping, if sessions are grouped.
    pub group: Option<GroupSpec>,
    /// The session under the cursor. It stays as a departed row when it ends.
    pub cursor: Option<RowKey>,
    /// Whether to leave out sessions that are idle without a reason.
    pub hide_idle: bool,
    /// Whether to keep the order of the previous view. New rows go to the end.
    pub hold: bool,
    /// Whether the lists are those of a paused table. Newer ones are known.
    pub is_frozen: bool,
    /// Whether to count the sessions of each server and service.
    pub counts_servers: bool,
    /// Whether to measure the texts of the columns for the screen.
    pub measures_texts: bool,
    /// Whether to find new ▲ and counts for the bell and the title of the terminal.
    pub finds_alerts: bool,
    /// Whether sessions that are only not logged in have rows, regardless of their number.
    pub shows_all_logins: bool,
    /// Endpoints without rows. Their sessions are diagnosed, so that their history continues.
    pub hidden_endpoints: Vec<EndpointId>,
    /// Sessions that are gone according to a GET. They need no second list.
    pub ended: Vec<RowKey>,
    /// Endpoints whose servers are read for transactions and locks.
    pub server_access: Vec<EndpointId>,
    /// Limits of the stuck reasons, and the sessions that never have one.
    pub diagnosis: DiagnosisSettings,
}
