//! The sessions that match a second filter, such as that of `maxtop list --fail-if`.

use super::build_view::filter_input;
use super::reason_names::Names;
use super::table_view::{RowRef, TableView};
use crate::filter::{Filter, Ternary};
use crate::kill::is_undecided;
use crate::model::{EndpointId, SessionId};

/// The sessions of a view that match a filter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Matches {
    /// The sessions, in the order of endpoints and ids.
    pub(crate) sessions: Vec<(EndpointId, SessionId)>,
    /// Number of sessions for which the filter is unknown.
    pub(crate) undecided: usize,
    /// Number of sessions that were compared, these included.
    pub(crate) compared: usize,
}

impl Matches {
    /// Whether the filter is unknown for every session.
    pub(crate) const fn is_undecided(&self) -> bool {
        self.undecided > 0 && self.undecided == self.compared
    }
}

impl TableView {
    /// Returns the sessions that match both the filter of the view and `condition`. Rows that are only left out
    /// because they are many count too.
    pub(crate) fn matches_of(&self, condition: &Filter) -> Matches {
        let mut names = Names::new();
        let mut matches = Matches::default();
        for (snapshot, list) in (0..).zip(&self.snapshots) {
            if self.spec.hidden_endpoints.contains(&list.endpoint) {
                continue;
            }
            for (index, session) in (0..).zip(&list.sessions) {
                let Some(row) = self.resolve(RowRef::Listed { snapshot, index }) else {
                    continue;
                };
                let input = filter_input(&row, &mut names);
                if !self.spec.filter.evaluate(&input).is_yes() {
                    continue;
                }
                matches.compared += 1;
                match condition.evaluate(&input) {
                    Ternary::Yes => matches.sessions.push((list.endpoint, session.id)),
                    Ternary::Unknown => matches.undecided += 1,
                    Ternary::No => {}
                }
            }
        }
        matches
    }

    /// Returns the number of sessions for which the filter of the view is unknown because of their locks.
    pub(crate) fn undecided(&self) -> usize {
        let mut names = Names::new();
        let mut undecided = 0;
        for (snapshot, list) in (0..).zip(&self.snapshots) {
            let places = (0..).zip(&list.sessions);
            let places = places.map(|(index, _)| RowRef::Listed { snapshot, index });
            for row in places.filter_map(|place| self.resolve(place)) {
                undecided += usize::from(is_undecided(&self.spec.filter, &filter_input(&row, &mut names)));
            }
        }
        undecided
    }
}
