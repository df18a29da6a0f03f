//! The watched endpoints, and what only several of them together show.

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;

use super::endpoint::{EndpointState, LinkState};
use super::groups::columns::GroupColumnId;
use super::groups::groupings::GroupingId;
use super::msg::Now;
use super::table_view::TableView;
use crate::diagnosis::{Samples, Severity};
use crate::model::{Dialect, EndpointId, EndpointNames, ServerReports, Snapshot};

/// The endpoints, in the order of the command line.
#[derive(Clone, Debug, Default)]
pub(crate) struct Endpoints(Vec<EndpointState>);

/// Two endpoints that are found to be URLs of one proxy.
#[derive(Clone, Debug)]
pub(super) struct SameProxy {
    /// The endpoint that is no longer shown on its own.
    pub(super) hidden: EndpointId,
    /// Text for the status line.
    pub(super) text: String,
}

/// Snapshots with their samples and the reports of their servers, in the same order.
pub(super) type ShownLists = (Vec<Arc<Snapshot>>, Vec<Arc<Samples>>, Vec<Arc<ServerReports>>);

impl Endpoints {
    pub(super) const fn new(endpoints: Vec<EndpointState>) -> Self {
        Self(endpoints)
    }

    /// Returns an endpoint.
    pub(crate) fn get(&self, id: EndpointId) -> Option<&EndpointState> {
        self.0.get(usize::from(id.0))
    }

    /// Returns an endpoint.
    pub(super) fn get_mut(&mut self, id: EndpointId) -> Option<&mut EndpointState> {
        self.0.get_mut(usize::from(id.0))
    }

    /// Returns the ids of all endpoints.
    pub(super) fn ids(&self) -> impl Iterator<Item = EndpointId> + use<> {
        (0..).map(EndpointId).take(self.0.len())
    }

    /// Returns the name of an endpoint; `None` if it is the only one.
    pub(crate) fn name_among_several(&self, id: EndpointId) -> Option<&str> {
        let endpoint = self.get(id).filter(|_| self.0.len() > 1)?;
        Some(&endpoint.name)
    }

    /// Whether at least one endpoint uses the only dialect that reports a value; `None` means that both
    /// do.
    pub(crate) fn is_reported(&self, only: Option<Dialect>) -> bool {
        only.is_none() || self.0.iter().any(|endpoint| endpoint.dialect == only)
    }

    /// Whether several proxies answer at an endpoint's address.
    pub(super) fn are_several_proxies(&self, id: EndpointId) -> bool {
        self.get(id)
            .is_some_and(|endpoint| endpoint.proxies.are_several())
    }

    /// Returns the group columns that at least one endpoint can fill.
    pub(crate) fn known_group_columns(&self) -> impl Iterator<Item = GroupColumnId> + '_ {
        GroupColumnId::all().filter(|id| self.is_reported(id.column().only))
    }

    /// Returns the groupings that at least one endpoint reports the data for.
    pub(crate) fn known_groupings(&self) -> impl Iterator<Item = GroupingId> + '_ {
        let is_several = self.0.len() > 1;
        GroupingId::all()
            .filter(move |id| self.is_reported(id.grouping().only) && (is_several || !id.grouping().several))
    }

    /// Returns the endpoint whose rows are shown in place of this one's: another URL of the same proxy,
    /// unless that one fails.
    pub(crate) fn shown_by(&self, endpoint: &EndpointState) -> Option<&EndpointState> {
        let other = self.get(endpoint.proxies.same_as?)?;
        (!matches!(other.link, LinkState::Failing { .. })).then_some(other)
    }

    /// Returns the snapshots that the table shows, with the samples and the reports of servers.
    pub(super) fn shown_lists(&self) -> ShownLists {
        let shown = self.0.iter();
        let shown = shown.filter(|endpoint| self.shown_by(endpoint).is_none());
        let listed = shown.filter_map(|endpoint| {
            let latest = endpoint.latest.clone()?;
            let reports = Arc::clone(&endpoint.server_access.reports);
            Some((latest, Arc::clone(&endpoint.samples), reports))
        });
        listed.collect()
    }

    /// Returns the latest reports of the servers of each endpoint.
    pub(super) fn reports(&self) -> BTreeMap<EndpointId, Arc<ServerReports>> {
        let all = self.ids().zip(&self.0);
        all.map(|(id, endpoint)| (id, Arc::clone(&endpoint.server_access.reports)))
            .collect()
    }

    /// Adds the number of stuck sessions of newly diagnosed snapshots to the trends.
    pub(super) fn on_diagnosis(&mut self, view: &TableView) {
        let mut stuck = vec![[0; Severity::ALL.len()]; self.0.len()];
        for (snapshot, diagnoses) in view.snapshots.iter().zip(&view.diagnoses) {
            let Some(counts) = stuck.get_mut(usize::from(snapshot.endpoint.0)) else {
                continue;
            };
            for (count, severity) in counts.iter_mut().zip(Severity::ALL) {
                *count += diagnoses.count(severity);
            }
        }
        for (endpoint, counts) in self.0.iter_mut().zip(stuck) {
            endpoint.trend.on_diagnosis(counts);
        }
    }

    /// Returns URL and other names of each endpoint.
    pub(super) fn names(&self) -> Vec<Arc<EndpointNames>> {
        self.ids().map(|id| self.names_of(id)).collect()
    }

    /// Returns URL and other names of an endpoint.
    pub(super) fn names_of(&self, id: EndpointId) -> Arc<EndpointNames> {
        let access = self.get(id).and_then(|endpoint| endpoint.access.as_ref());
        let same = self
            .0
            .iter()
            .filter(|endpoint| endpoint.proxies.same_as == Some(id));
        Arc::new(EndpointNames {
            url: access.map(|access| access.url.as_str().into()),
            aliases: same.map(|endpoint| endpoint.name.as_str().into()).collect(),
        })
    }

    /// Compares the new snapshot of an endpoint with those of the others.
    pub(super) fn compare_proxies(&mut self, listed: EndpointId) -> Vec<SameProxy> {
        let others = self.ids().filter(|other| *other != listed);
        others
            .filter_map(|other| self.compare_two(listed.min(other), listed.max(other), listed))
            .collect()
    }

    /// Decides by the session lists of both endpoints whether they are one proxy.
    fn compare_two(
        &mut self,
        first: EndpointId,
        second: EndpointId,
        listed: EndpointId,
    ) -> Option<SameProxy> {
        let (one, other) = (self.get(first)?, self.get(second)?);
        let is_joined = other.proxies.same_as == Some(first);
        let may_join = one.proxies.is_plain() && other.proxies.is_plain();
        let (one_list, other_list) = (one.latest.as_ref()?, other.latest.as_ref()?);
        if may_join && one_list.is_of_same_proxy(other_list) {
            let text = format!(
                "{} is the same proxy as {}: its sessions are shown once",
                other.name, one.name
            );
            self.get_mut(second)?.proxies.same_as = Some(first);
            return Some(SameProxy { hidden: second, text });
        }
        if is_joined && listed == second {
            let differ = one_list.is_of_another_process(other_list);
            self.get_mut(second)?.proxies.contradict(differ);
        }
        None
    }

    /// Returns when the header next changes without a message, for each endpoint.
    pub(super) fn wake_at(&self, now: Now, interval: Duration, duty: f64) -> impl Iterator<Item = Duration> {
        self.0
            .iter()
            .filter_map(move |endpoint| endpoint.wake_at(now, interval, duty))
    }

    /// Returns when data on the servers of the open details, or on services in the overview, becomes
    /// stale, since the program began.
    pub(super) fn neighbors_wake_at(
        &self,
        now: Now,
        detail: Option<EndpointId>,
        has_overview: bool,
    ) -> Option<Duration> {
        let shown = detail.and_then(|id| self.get(id));
        let servers = shown.and_then(|endpoint| endpoint.servers.fresh_for(now));
        let all = self.0.iter().filter(|_| has_overview);
        let services = all.filter_map(|endpoint| endpoint.services.fresh_for(now));
        let left = services.chain(servers).min()?;
        Some(now.elapsed + left + Duration::from_millis(1))
    }
}

impl Deref for Endpoints {
    type Target = [EndpointState];

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for Endpoints {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}
