//! Selecting the victims of a kill dialog: off the drawing thread, because they may be all sessions.
//!
//! The dialog opens with exactly the victims that were counted, and Yes confirms these. If the rights at an endpoint
//! have changed in the meantime, they are selected again.

use std::cmp::Reverse;
use std::sync::Arc;

use super::App;
use super::awaiting::Awaited;
use super::endpoint::EndpointState;
use super::groups::group::GroupKey;
use super::kill_dialog::KillDialog;
use super::kill_selection::Selection;
use super::marks::MarkSet;
use super::modal::Modal;
use super::status::Status;
use super::table_view::TableView;
use super::victim_counts::VictimLocks;
use crate::diagnosis::{Diagnosis, OwnedDiagnosis};
use crate::filter::{Filter, FilterInput};
use crate::kill::{Authority, Order, RefusalReason, Rules, Victim, check_killable, reason_names};
use crate::model::{Dialect, EndpointId, EndpointNames, Identity, Lookup, Session, Snapshot};

/// Facts about an endpoint that decide on a kill.
#[derive(Clone, Debug)]
pub(super) struct KillTarget {
    name: Arc<str>,
    is_among_several: bool,
    names: Arc<EndpointNames>,
    dialect: Option<Dialect>,
    latest: Option<Arc<Snapshot>>,
    authority: Authority,
    has_server_access: bool,
}

impl KillTarget {
    fn new(endpoint: &EndpointState, names: Arc<EndpointNames>, is_among_several: bool) -> Self {
        Self {
            name: endpoint.name.as_str().into(),
            is_among_several,
            names,
            dialect: endpoint.dialect,
            latest: endpoint.latest.clone(),
            authority: endpoint.authority(),
            has_server_access: endpoint.server_access.is_set,
        }
    }

    /// Returns a session as a victim, with its identity as of now. `None` if its endpoint has not replied yet.
    pub(super) fn victim(
        &self,
        view: &TableView,
        protect: &Filter,
        (identity, session, taken_by): (Identity, Session, Option<Filter>),
    ) -> Option<Victim> {
        let diagnosis = view.diagnosis(&identity.key()).unwrap_or_default();
        let locks = view.locks_of(identity.endpoint);
        let locks = locks.map(|locks| locks.of(&session)).unwrap_or_default();
        let reasons = reason_names(&diagnosis, locks);
        let subject = FilterInput {
            endpoint: Some(&self.name),
            names: Some(&self.names),
            process: identity.process.as_ref(),
            reasons: Some(reasons.as_reasons()),
            locks: locks.numbers(),
            ..FilterInput::new(&session)
        };
        let refused = check_killable(&subject, self.authority, protect).err();
        Some(Victim {
            endpoint: Arc::clone(&self.name),
            is_among_several: self.is_among_several,
            names: Arc::clone(&self.names),
            dialect: self.dialect?,
            instance: self.latest.as_ref().and_then(|latest| latest.instance.clone()),
            reasons,
            identity,
            session,
            taken_by,
            has_server_access: self.has_server_access,
            refused,
        })
    }
}

/// The sessions that a key has chosen.
#[derive(Clone, Debug)]
pub(super) enum VictimOrigin {
    /// One session, with the filter that a kill checks again.
    Session {
        identity: Identity,
        session: Box<Session>,
        filter: Option<Filter>,
    },
    /// The marked sessions.
    Marks(MarkSet),
    /// The sessions of a group, with the filter that matches them.
    Group { key: GroupKey, filter: Filter },
}

/// The victims that a key has requested.
#[derive(Clone, Debug)]
pub(super) struct AwaitedVictims {
    id: u64,
    origin: VictimOrigin,
    selection: Selection,
    is_started: bool,
}

/// Input of the selection of victims.
#[derive(Clone, Debug)]
pub(super) struct VictimRequest {
    id: u64,
    /// First number of the batch.
    number: u32,
    origin: VictimOrigin,
    selection: Selection,
    view: Arc<TableView>,
    targets: Vec<KillTarget>,
    rules: Rules,
}

/// Result of the selection of victims.
#[derive(Clone, Debug)]
pub(super) struct VictimsSelected {
    id: u64,
    number: u32,
    authorities: Vec<Authority>,
    /// The dialog with the orders of its checks; `Err`: why none opens.
    dialog: Result<(Box<KillDialog>, Vec<Order>), Option<Status>>,
}

impl VictimRequest {
    /// Selects the victims, and opens a dialog for them. If none of them can be killed, no dialog opens.
    pub(super) fn run(self) -> VictimsSelected {
        let victims = self.victims();
        let authorities = self.targets.iter().map(|target| target.authority).collect();
        let (id, number) = (self.id, self.number);
        let dialog = may_open(&victims, &self.origin).map(|()| self.open(victims));
        VictimsSelected {
            id,
            number,
            authorities,
            dialog,
        }
    }

    fn open(self, mut victims: Vec<Victim>) -> (Box<KillDialog>, Vec<Order>) {
        let diagnoses = diagnose(&self.view, &mut victims);
        let identities = victims.iter().map(|victim| &victim.identity);
        let locks = identities.map(|identity| VictimLocks::of(&self.view, &identity.key()));
        let diagnoses = (diagnoses, locks.collect());
        let (dialog, orders) = KillDialog::open(self.number, victims, self.rules, self.selection, diagnoses);
        (Box::new(dialog), orders)
    }

    fn victims(&self) -> Vec<Victim> {
        let view = &self.view;
        match &self.origin {
            VictimOrigin::Session {
                identity,
                session,
                filter,
            } => {
                let chosen = (identity.clone(), Session::clone(session), filter.clone());
                self.victim(chosen).into_iter().collect()
            }
            VictimOrigin::Marks(marks) => self.marked(marks),
            VictimOrigin::Group { key, filter } => {
                let rows = view.rows_of_group(key);
                let chosen = rows.map(|row| (row.identity(), row.session.clone(), Some(filter.clone())));
                chosen.filter_map(|chosen| self.victim(chosen)).collect()
            }
        }
    }

    /// Returns the marked sessions as the latest snapshots have them.
    fn marked(&self, marks: &MarkSet) -> Vec<Victim> {
        let marks = marks.joined();
        let victims = marks.values().filter_map(|mark| {
            let latest = self.target(mark.key.endpoint)?.latest.as_ref()?;
            let session = match latest.find(&mark.key) {
                Lookup::Same(session) => session,
                _ => mark.last()?,
            };
            // A mark stores the process that it was made in. In a later process the id belongs to
            // another session.
            let process = mark.key.process.as_ref().or(latest.process());
            let identity = Identity::new(mark.key.endpoint, process, session);
            self.victim((identity, session.clone(), mark.taken_by.clone()))
        });
        victims.collect()
    }

    fn target(&self, endpoint: EndpointId) -> Option<&KillTarget> {
        self.targets.get(usize::from(endpoint.0))
    }

    fn victim(&self, chosen: (Identity, Session, Option<Filter>)) -> Option<Victim> {
        let target = self.target(chosen.0.endpoint)?;
        target.victim(&self.view, &self.rules.protect, chosen)
    }
}

/// Whether a dialog opens. `Err` has what the status line shows if not.
fn may_open(victims: &[Victim], origin: &VictimOrigin) -> Result<(), Option<Status>> {
    let Some(first) = victims.first() else {
        let is_group = matches!(origin, VictimOrigin::Group { .. });
        return Err((!is_group).then(|| Status::warning("no data from the proxy yet".to_owned())));
    };
    if victims.iter().any(|victim| victim.refused.is_none()) {
        return Ok(());
    }
    let why = first
        .refused
        .as_ref()
        .map_or_else(String::new, RefusalReason::words);
    let who = match victims.len() {
        1 => format!("session {}", first.identity.id),
        count => format!("all {count} sessions"),
    };
    Err(Some(Status::warning(format!("{who}: {why}"))))
}

/// Sorts victims: the most severe first. Returns the diagnosis of each.
fn diagnose(view: &TableView, victims: &mut [Victim]) -> Vec<OwnedDiagnosis> {
    let diagnosis = |victim: &Victim| view.diagnosis(&victim.identity.key());
    victims
        .sort_by_cached_key(|victim| Reverse(diagnosis(victim).and_then(|diagnosis| diagnosis.severity())));
    let each = victims
        .iter()
        .map(|victim| diagnosis(victim).map_or_else(OwnedDiagnosis::unknown, Diagnosis::to_owned));
    each.collect()
}

impl App {
    /// Requests a kill dialog for the chosen sessions.
    pub(super) fn select_victims(&mut self, origin: VictimOrigin, selection: Selection) {
        self.calculations += 1;
        self.victims = Some(AwaitedVictims {
            id: self.calculations,
            origin,
            selection,
            is_started: false,
        });
        self.wait_for(Awaited::Victims);
    }

    /// Returns the selection of victims that has to be started.
    pub(super) fn next_victim_request(&mut self) -> Option<VictimRequest> {
        let awaited = self.victims.as_mut().filter(|awaited| !awaited.is_started)?;
        awaited.is_started = true;
        Some(VictimRequest {
            id: awaited.id,
            number: self.kills.next_number(),
            origin: awaited.origin.clone(),
            selection: awaited.selection.clone(),
            view: Arc::clone(&self.table.view),
            targets: self
                .endpoints
                .ids()
                .filter_map(|id| self.kill_target(id))
                .collect(),
            rules: Rules {
                protect_origin: None,
                protect: self.settings.protect.clone(),
                diagnosis: self.settings.diagnosis.clone(),
                reports: self.endpoints.reports(),
                kills_statements: self.settings.kill_statements,
            },
        })
    }

    /// Opens the dialog for the selected victims, or shows why none opens.
    pub(super) fn on_victims_selected(&mut self, selected: VictimsSelected) {
        let is_awaited = self
            .victims
            .as_ref()
            .is_some_and(|awaited| awaited.id == selected.id);
        if !is_awaited {
            if let Ok((dialog, _)) = selected.dialog {
                self.free_dialog(dialog);
            }
            return;
        }
        let is_current = self
            .endpoints
            .iter()
            .map(EndpointState::authority)
            .eq(selected.authorities)
            && self.kills.next_number() == selected.number;
        if !is_current {
            if let Some(awaited) = &mut self.victims {
                awaited.is_started = false;
            }
            if let Ok((dialog, _)) = selected.dialog {
                self.free_dialog(dialog);
            }
            return;
        }
        self.victims = None;
        self.end_wait(Awaited::Victims);
        match selected.dialog {
            Ok((dialog, orders)) => self.open_dialog(dialog, orders),
            Err(status) => self.status = status.or(self.status.take()),
        }
    }

    fn open_dialog(&mut self, mut dialog: Box<KillDialog>, orders: Vec<Order>) {
        self.kills.take_numbers(dialog.batch.tasks().len());
        for (endpoint, reports) in self.endpoints.reports() {
            dialog.batch.set_reports(endpoint, reports);
        }
        if let [task] = dialog.batch.tasks() {
            dialog.root = self.root_blocker(&task.victim);
        }
        self.modal = Modal::KillDialog(dialog);
        self.measure_dialog();
        self.outbox.push_orders(orders);
        if self.paused {
            // The dialog shows current reasons and locks, so the table does too.
            self.paused = false;
            self.rebuild_view();
            let text = "the table is no longer paused: a kill needs current data";
            self.status = Some(Status::note(text.to_owned()));
        }
    }

    fn kill_target(&self, id: EndpointId) -> Option<KillTarget> {
        let endpoint = self.endpoints.get(id)?;
        let is_among_several = self.endpoints.name_among_several(id).is_some();
        Some(KillTarget::new(
            endpoint,
            self.endpoints.names_of(id),
            is_among_several,
        ))
    }

    /// Returns a session as a victim; `None` if its endpoint has not replied yet.
    pub(super) fn victim(&self, identity: Identity, session: Session) -> Option<Victim> {
        let target = self.kill_target(identity.endpoint)?;
        target.victim(
            &self.table.view,
            &self.settings.protect,
            (identity, session, None),
        )
    }
}
