//! The sessions that match a second filter, such as that of `maxtop list --fail-if`.

use std::collections::BTreeSet;
use std::time::Duration;

use super::build_view::filter_input;
use super::reason_names::Names;
use super::table_view::{RowRef, TableView};
use crate::diagnosis::{REASONS, Reason, SERVER_ACCESS, Thresholds};
use crate::filter::{Filter, FilterInput, Reasons, Ternary};
use crate::kill::is_undecided;
use crate::model::{Dialect, EndpointId, Session, SessionId, SessionPhase};

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
    /// Whether no session could be decided, or some could not and none reports a field of the filter. Not if that may be
    /// `query`: JSON:API reports it only while a statement runs.
    pub(crate) is_unreported: bool,
    /// Sessions for which a reason that the filter names is unknown and decides whether they match.
    pub(crate) unexamined: Unexamined,
}

/// Sessions for which reasons that a filter names are unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Unexamined {
    /// Number of sessions.
    pub(crate) sessions: usize,
    /// Names of the reasons, for sessions of JSON:API.
    pub(crate) reasons: BTreeSet<&'static str>,
    /// Names of the reasons, for sessions of the draft.
    pub(crate) in_draft: BTreeSet<&'static str>,
}

impl Unexamined {
    /// Returns the reasons, each with the dialect of its sessions.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&'static Reason, Dialect)> + '_ {
        let of = |names: &'_ BTreeSet<&'static str>, dialect| {
            let reasons = names.iter().filter_map(|name| Reason::named(name));
            reasons.map(move |reason| (reason, dialect)).collect::<Vec<_>>()
        };
        let draft = of(&self.in_draft, Dialect::Draft);
        draft.into_iter().chain(of(&self.reasons, Dialect::JsonApi))
    }

    /// Whether the reasons may be known for these sessions after more lists.
    pub(crate) fn is_early(&self, lists: ListCount, limits: &Thresholds) -> bool {
        self.sessions > 0
            && (lists.count < MIN_LISTS
                || self.all().any(|(reason, dialect)| {
                    reason
                        .need(dialect)
                        .time(limits)
                        .is_some_and(|time| !lists.cover(time))
                }))
    }

    /// Adds a session, if one of these reasons is unknown for it and decides whether it matches. Returns whether one
    /// does.
    pub(crate) fn compare(
        &mut self,
        filter: &Filter,
        asked: &[&'static Reason],
        (dialect, input): (Dialect, &FilterInput<'_>),
    ) -> bool {
        if is_starting(input.session) {
            return false;
        }
        let found = input.reasons.map_or(&[][..], |reasons| reasons.found);
        let unjudged = input.reasons.map_or(&[][..], |reasons| reasons.unjudged);
        let mut is_counted = false;
        let without_doubt = FilterInput {
            reasons: Some(Reasons { found, unjudged: &[] }),
            ..input.strict()
        };
        if filter.evaluate(&without_doubt) == Ternary::Unknown {
            // Another field is unknown, and no reason would change that.
            return false;
        }
        for reason in asked {
            let is_unknown = unjudged.contains(&reason.name);
            let only = Reasons {
                found,
                unjudged: &[reason.name],
            };
            let input = FilterInput {
                reasons: Some(only),
                ..input.strict()
            };
            if is_unknown && filter.evaluate(&input) == Ternary::Unknown {
                match dialect {
                    Dialect::Draft => self.in_draft.insert(reason.name),
                    Dialect::JsonApi => self.reasons.insert(reason.name),
                };
                is_counted = true;
            }
        }
        self.sessions += usize::from(is_counted);
        is_counted
    }
}

/// Number of lists from which a reason is known, if it needs no longer time.
const MIN_LISTS: u64 = 3;

/// The lists of a command until now.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ListCount {
    /// Their number.
    pub(crate) count: u64,
    /// Time from one to the next.
    pub(crate) interval: Duration,
}

impl ListCount {
    /// Returns the number of lists that cover a time: one at its start, one after its end.
    pub(crate) fn needed(self, time: Duration) -> u64 {
        let interval = self.interval.as_millis().max(1);
        let more = u64::try_from(time.as_millis().div_ceil(interval)).unwrap_or(u64::MAX);
        more.saturating_add(2).max(MIN_LISTS)
    }

    /// Whether there were enough lists for a reason that needs this time.
    pub(crate) fn cover(self, time: Duration) -> bool {
        self.count >= self.needed(time)
    }
}

fn is_starting(session: &Session) -> bool {
    session.phase() == Some(SessionPhase::Starting)
}

/// Returns the reasons that a filter names: `reason=silent`. In the draft `stuck` names every reason that it reports.
fn asked_reasons(filter: &Filter, dialect: Dialect) -> Vec<&'static Reason> {
    let asks_all = dialect == Dialect::Draft && filter.uses("stuck");
    let is_asked =
        |reason: &&Reason| filter.names_value("reason", reason.name) || (asks_all && reason.is_in_draft());
    REASONS.iter().filter(is_asked).collect()
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
        for (snapshot, list) in (0..).zip(&self.snapshots) {
            let asked = asked_reasons(condition, list.dialect);
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
                    Ternary::Yes
                        if matches
                            .unexamined
                            .compare(condition, &asked, (list.dialect, &input)) => {}
                    Ternary::Yes => matches.sessions.push((list.endpoint, session.id)),
                    Ternary::Unknown => {
                        matches.undecided += 1;
                        matches.has_unknown_locks |= is_undecided(condition, &input);
                    }
                    Ternary::No => {
                        let input = (list.dialect, &input);
                        _ = matches.unexamined.compare(condition, &asked, input);
                    }
                }
            }
        }
        if matches.sessions.is_empty() && matches.compared > 0 && !self.may_be_idle(condition) {
            let unknown = matches.undecided + matches.unexamined.sessions;
            let why = condition.why_none(&|see| self.each_compared(see));
            let is_unknown = why.is_some_and(|why| why.is_unknown);
            matches.is_unreported = unknown > 0 && (unknown == matches.compared || is_unknown);
        }
        matches
    }

    /// Whether a filter uses `query`, which JSON:API reports only while a statement runs. The draft never does.
    pub(crate) fn may_be_idle(&self, filter: &Filter) -> bool {
        let mut lists = self.snapshots.iter();
        filter.uses("query") && lists.any(|list| list.dialect == Dialect::JsonApi)
    }

    /// Calls the function with every session that matches the filter of the view.
    fn each_compared(&self, see: &mut dyn FnMut(&FilterInput<'_>)) {
        let filter = &self.spec.filter;
        self.each_input(&mut |input| {
            if filter.evaluate(input).is_yes() {
                see(input);
            }
        });
    }

    /// Returns the sessions that the filter of the view leaves out, although they may have a reason that it names.
    pub(crate) fn unexamined(&self) -> Unexamined {
        let mut names = Names::new();
        let mut unexamined = Unexamined::default();
        for (snapshot, list) in (0..).zip(&self.snapshots) {
            let asked = asked_reasons(&self.spec.filter, list.dialect);
            if asked.is_empty() || self.spec.hidden_endpoints.contains(&list.endpoint) {
                continue;
            }
            let places = (0..).zip(&list.sessions);
            let places = places.map(|(index, _)| RowRef::Listed { snapshot, index });
            for row in places.filter_map(|place| self.resolve(place)) {
                let input = filter_input(&row, &mut names);
                if self.spec.filter.evaluate(&input) == Ternary::No {
                    _ = unexamined.compare(&self.spec.filter, &asked, (list.dialect, &input));
                }
            }
        }
        unexamined
    }

    /// Returns the reasons that are unknown for a session, although its dialect reports them: more lists may show
    /// them. Of JSON:API only those that a filter names: one list shows most of them. Those that `lists` cover are
    /// left out there, because the release may not report them.
    pub(crate) fn unexamined_yet(&self, lists: ListCount, filters: &[&Filter]) -> Unexamined {
        let limits = &self.spec.diagnosis.thresholds;
        let is_asked = |reason: &Reason| {
            let mut filters = filters.iter();
            filters.any(|filter| filter.uses("stuck") || filter.names_value("reason", reason.name))
        };
        let is_wanted = |reason: &Reason, dialect| match dialect {
            Dialect::Draft => reason.is_in_draft(),
            Dialect::JsonApi => {
                let time = reason.need(dialect).time(limits);
                let is_early = time.is_some_and(|time| !lists.cover(time));
                reason.requires != SERVER_ACCESS && is_early && is_asked(reason)
            }
        };
        let mut names = Names::new();
        let mut unexamined = Unexamined::default();
        for (snapshot, list) in (0..).zip(&self.snapshots) {
            if self.spec.hidden_endpoints.contains(&list.endpoint) {
                continue;
            }
            let wanted = REASONS.iter().filter(|reason| is_wanted(reason, list.dialect));
            let wanted: Vec<_> = wanted.map(|reason| reason.name).collect();
            if wanted.is_empty() {
                continue;
            }
            let places = (0..).zip(&list.sessions);
            let known = places.filter(|(_, session)| !is_starting(session));
            for row in known.filter_map(|(index, _)| self.resolve(RowRef::Listed { snapshot, index })) {
                let input = filter_input(&row, &mut names);
                let unjudged = input.reasons.map_or(&[][..], |reasons| reasons.unjudged);
                let unknown = wanted.iter().filter(|name| unjudged.contains(name));
                match list.dialect {
                    Dialect::Draft => unexamined.in_draft.extend(unknown),
                    Dialect::JsonApi => unexamined.reasons.extend(unknown),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn lists(count: u64, interval_ms: u64) -> ListCount {
        ListCount {
            count,
            interval: Duration::from_millis(interval_ms),
        }
    }

    #[test]
    fn lists_cover_a_time_by_their_number_and_interval() {
        let ten = Duration::from_secs(10);
        for (interval, needed) in [(1_000, 12), (3_000, 6), (60_000, 3), (0, 10_002)] {
            assert_eq!(lists(1, interval).needed(ten), needed, "{interval}");
        }
        assert!(!lists(11, 1_000).cover(ten) && lists(12, 1_000).cover(ten));
    }

    #[test]
    fn a_reason_is_known_after_the_time_of_its_rule() {
        let limits = Thresholds::default();
        let early = |name: &'static str, dialect| {
            let mut unexamined = Unexamined {
                sessions: 1,
                ..Unexamined::default()
            };
            match dialect {
                Dialect::Draft => unexamined.in_draft.insert(name),
                Dialect::JsonApi => unexamined.reasons.insert(name),
            };
            [3, 11, 12, 17, 32].map(|count| unexamined.is_early(lists(count, 1_000), &limits))
        };
        assert_eq!(early("memory", Dialect::JsonApi), [false; 5]);
        let closing = [true, true, false, false, false];
        assert_eq!(early("closing", Dialect::JsonApi), closing);
        assert_eq!(early("back-pressure", Dialect::Draft), closing);
        assert_eq!(
            early("buffering", Dialect::Draft),
            [true, true, true, false, false]
        );
        assert_eq!(early("silent", Dialect::JsonApi), [true, true, true, true, false]);
    }

    #[test]
    fn the_draft_has_what_the_table_of_reasons_says() {
        let names: Vec<_> = REASONS
            .iter()
            .filter(|reason| reason.is_in_draft())
            .map(|reason| reason.name)
            .collect();
        assert_eq!(names, ["back-pressure", "idle", "buffering", "closing", "login"]);
    }
}
