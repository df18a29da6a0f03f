//! The sessions that match a second filter, such as that of `maxtop list --fail-if`.

use std::collections::BTreeSet;

use super::build_view::filter_input;
use super::reason_names::Names;
use super::table_view::{RowRef, TableView};
use crate::diagnosis::{REASONS, Reason, SERVER_ACCESS};
use crate::filter::{Filter, FilterInput, Reasons, Ternary};
use crate::kill::is_undecided;
use crate::model::{EndpointId, Session, SessionId, SessionPhase};

/// The sessions of a view that match a filter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Matches {
    /// The sessions, in the order of endpoints and ids.
    pub(crate) sessions: Vec<(EndpointId, SessionId)>,
    /// Number of sessions for which the filter is unknown.
    pub(crate) undecided: usize,
    /// Number of sessions that were compared, these included. Those that are not logged in are not, unless they match:
    /// most of their fields are unknown.
    pub(crate) compared: usize,
    /// Whether the locks of a session are unknown and decide whether it matches.
    pub(crate) has_unknown_locks: bool,
    /// Whether no session could be decided, or none reports a field of the filter. Not if that may be `query`: it is
    /// reported only while a statement runs.
    pub(crate) is_unreported: bool,
    /// Sessions that do not match, but may have a reason that the filter names.
    pub(crate) unexamined: Unexamined,
}

/// Sessions for which reasons that a filter names are unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Unexamined {
    /// Number of sessions.
    pub(crate) sessions: usize,
    /// Names of the reasons.
    pub(crate) reasons: BTreeSet<&'static str>,
}

impl Unexamined {
    /// Whether all of the reasons need server access.
    pub(crate) fn needs_server_access(&self) -> bool {
        let needs_it =
            |name: &&str| Reason::named(name).is_some_and(|reason| reason.requires == SERVER_ACCESS);
        !self.reasons.is_empty() && self.reasons.iter().all(needs_it)
    }

    /// Adds a session, if a named reason is unknown for it and decides whether it matches.
    fn compare(&mut self, filter: &Filter, named: &[&'static Reason], input: &FilterInput<'_>) {
        if is_starting(input.session) {
            return;
        }
        let found = input.reasons.map_or(&[][..], |reasons| reasons.found);
        let unjudged = input.reasons.map_or(&[][..], |reasons| reasons.unjudged);
        let mut is_counted = false;
        for reason in named {
            let needs_locks = reason.requires == SERVER_ACCESS && input.locks.blocks.is_none();
            let is_unknown = needs_locks || unjudged.contains(&reason.name);
            let only = Reasons {
                found,
                unjudged: &[reason.name],
            };
            let input = FilterInput {
                reasons: Some(only),
                ..input.strict()
            };
            if is_unknown && filter.evaluate(&input) == Ternary::Unknown {
                self.reasons.insert(reason.name);
                is_counted = true;
            }
        }
        self.sessions += usize::from(is_counted);
    }
}

fn is_starting(session: &Session) -> bool {
    session.phase() == Some(SessionPhase::Starting)
}

/// Returns the reasons that a filter names: `reason=silent`.
fn named_reasons(filter: &Filter) -> Vec<&'static Reason> {
    let reasons = REASONS.iter();
    reasons
        .filter(|reason| filter.names_value("reason", reason.name))
        .collect()
}

impl Matches {
    /// Whether the result is not known, although no session matches: locks are unknown, no session reports a field, or
    /// no session could be decided.
    pub(crate) const fn is_undecided(&self) -> bool {
        self.has_unknown_locks || self.is_unreported
    }
}

impl TableView {
    /// Returns the sessions that match both the filter of the view and `condition`. Rows that are only left out
    /// because they are many count too.
    pub(crate) fn matches_of(&self, condition: &Filter) -> Matches {
        let mut names = Names::new();
        let mut matches = Matches::default();
        let asked = named_reasons(condition);
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
                let result = condition.evaluate(&input);
                if result != Ternary::Yes && is_starting(session) {
                    continue;
                }
                matches.compared += 1;
                match result {
                    Ternary::Yes => matches.sessions.push((list.endpoint, session.id)),
                    Ternary::Unknown => {
                        matches.undecided += 1;
                        matches.has_unknown_locks |= is_undecided(condition, &input);
                    }
                    Ternary::No => matches.unexamined.compare(condition, &asked, &input),
                }
            }
        }
        if matches.sessions.is_empty() && !condition.uses("query") {
            let unknown = matches.undecided + matches.unexamined.sessions;
            let why = condition.why_none(&|see| self.each_input(see));
            matches.is_unreported =
                unknown > 0 && unknown == matches.compared || why.is_some_and(|why| why.is_unknown);
        }
        matches
    }

    /// Returns the sessions that the filter of the view leaves out, although they may have a reason that it names.
    pub(crate) fn unexamined(&self) -> Unexamined {
        let mut names = Names::new();
        let mut unexamined = Unexamined::default();
        let asked = named_reasons(&self.spec.filter);
        if asked.is_empty() {
            return unexamined;
        }
        for (snapshot, list) in (0..).zip(&self.snapshots) {
            let places = (0..).zip(&list.sessions);
            let places = places.map(|(index, _)| RowRef::Listed { snapshot, index });
            for row in places.filter_map(|place| self.resolve(place)) {
                let input = filter_input(&row, &mut names);
                if self.spec.filter.evaluate(&input) == Ternary::No {
                    unexamined.compare(&self.spec.filter, &asked, &input);
                }
            }
        }
        unexamined
    }

    /// Whether all servers of all endpoints were read.
    pub(crate) fn were_servers_read(&self) -> bool {
        self.locks.iter().all(|locks| locks.were_read())
    }

    /// Returns the number of sessions for which the filter of the view is unknown because of their locks.
    pub(crate) fn undecided(&self) -> usize {
        let mut names = Names::new();
        let mut undecided = 0;
        for (snapshot, list) in (0..).zip(&self.snapshots) {
            let places = (0..).zip(&list.sessions);
            let places = places.map(|(index, _)| RowRef::Listed { snapshot, index });
            for row in places.filter_map(|place| self.resolve(place)) {
                let input = filter_input(&row, &mut names);
                undecided += usize::from(is_undecided(&self.spec.filter, &input));
            }
        }
        undecided
    }
}
