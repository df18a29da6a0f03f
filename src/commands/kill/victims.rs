//! Finds the sessions that the ids, keys or the filter of the command line select.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use super::diagnosed_list::{DiagnosedList, LeftOut, VictimFacts};
use super::not_selected::NotSelected;
use crate::app::condition::{ListCount, Unexamined};
use crate::client::Client;
use crate::commands::connect;
use crate::commands::exit::{CommandError, ExitStatus, failed};
use crate::commands::same_proxy::{self, Aliases};
use crate::commands::server_access::{self, EndpointReports, Examined};
use crate::filter::Filter;
use crate::kill::{Rules, Victim, depends_on_locks};
use crate::model::{EndpointId, EndpointLocks, RequestError, Session, SessionId, Snapshot, counted};

/// Selection by the command line.
#[derive(Debug, Default)]
pub(super) struct VictimSelection {
    /// Session ids.
    pub(super) ids: Vec<SessionId>,
    /// Fingerprints.
    pub(super) keys: Vec<String>,
    /// Filter. Without ids and keys all matching sessions are selected; otherwise each must match it.
    pub(super) filter: Option<Filter>,
    /// Whether the victims are shown, with what their kill does, before anything is killed.
    pub(super) is_shown: bool,
    /// Filter of protected sessions, and the thresholds for stuck ones.
    pub(super) rules: Rules,
    /// Time between two lists of this configuration, to say how many a reason needs.
    pub(super) interval: Duration,
}

impl VictimSelection {
    /// Whether transactions and locks decide which sessions are selected or protected.
    fn depends_on_locks(&self) -> bool {
        let filters = self.filter.iter().chain([&self.rules.protect]);
        filters.into_iter().any(depends_on_locks)
    }

    pub(super) fn is_filter_alone(&self) -> bool {
        self.ids.is_empty() && self.keys.is_empty()
    }
}

/// Facts about each victim that its list entry does not have.
pub(super) type Facts = BTreeMap<(EndpointId, SessionId), VictimFacts>;

/// The sessions found, and an error for each id or key without one.
#[derive(Default)]
pub(super) struct Victims {
    pub(super) found: Vec<Victim>,
    pub(super) problems: Vec<NotSelected>,
    /// Number of sessions for which the filter is unknown, if only it selects.
    pub(super) undecided: usize,
    /// Number of sessions for which it is not certain, for another cause than unknown locks.
    pub(super) uncertain: usize,
    /// The reasons that are unknown for these, and decide whether they match.
    pub(super) unexamined: Unexamined,
    /// Facts about each victim.
    pub(super) facts: Facts,
    /// Whether all endpoints replied.
    pub(super) is_whole: bool,
    /// Transactions and locks of the servers.
    pub(super) reports: EndpointReports,
}

impl Victims {
    /// Whether there is no victim because the filter is unknown for sessions.
    pub(super) fn is_undecided(&self) -> bool {
        self.found.is_empty() && self.undecided + self.uncertain > 0
    }

    /// Returns a remark if no session matches, or if it is unknown whether some do.
    pub(super) fn remark(&self, selection: &VictimSelection, clients: &[Client]) -> Option<String> {
        let filter = selection.filter.as_ref().filter(|_| selection.is_filter_alone());
        let has_none = self.found.is_empty() && self.problems.is_empty();
        if self.undecided > 0 || has_none && self.uncertain > 0 {
            let cause = filter.map(|filter| self.undecided_cause(filter, selection, clients));
            let count = self.undecided + if has_none { self.uncertain } else { 0 };
            let cause = cause.unwrap_or_default();
            return Some(if has_none {
                let sessions = counted(count, "session");
                format!("nothing was killed: {sessions} could not be decided: {cause}")
            } else {
                format!("{count} more could not be decided: {cause}")
            });
        }
        has_none.then(|| "no session matches: nothing to do".to_owned())
    }
}

impl Victims {
    /// Returns why it is unknown whether sessions match.
    fn undecided_cause(&self, filter: &Filter, selection: &VictimSelection, clients: &[Client]) -> String {
        let were_read = self.reports.are_complete();
        if self.unexamined == Unexamined::default() {
            return server_access::undecided_cause(filter, clients, were_read);
        }
        let examined = Examined {
            clients,
            were_read,
            lacks_locks: false,
            lists: ListCount {
                count: 1,
                interval: selection.interval,
            },
            limits: &selection.rules.diagnosis.thresholds,
            count_option: "maxtop list --count",
        };
        server_access::unexamined_cause(&self.unexamined, &examined)
    }
}

/// Reads the list of each endpoint once and returns the selected sessions.
///
/// An id that is not in the list is requested on its own, because the list is not atomic.
pub(super) async fn find(
    clients: &[Client],
    names: &[Arc<str>],
    selection: &VictimSelection,
) -> Result<Victims, CommandError> {
    let (snapshots, exit) = connect::lists(clients).await.report_failures()?;
    let (mut snapshots, aliases) = same_proxy::merge(snapshots, clients);
    let is_whole = exit == ExitStatus::Done;
    let mut problems = Vec::new();
    let mut selected = Vec::new();
    for id in &selection.ids {
        match locate(*id, &mut snapshots, clients, is_whole).await {
            Ok(endpoint) => selected.push((endpoint, *id)),
            Err(failure) if ends_selection(&failure, clients, selection) => return Err(failure),
            Err(failure) => problems.push(NotSelected::id(*id, clients, &failure)),
        }
    }
    let keyed = keyed(&selection.keys, &snapshots, clients, &aliases);
    for key in &selection.keys {
        match keyed.get(key) {
            Some(found) if selection.ids.is_empty() => selected.push(*found),
            Some((_, id)) if selection.ids.contains(id) => {}
            Some((endpoint, id)) => problems.push(without_id(&snapshots, *endpoint, *id, key)),
            None => problems.push(NotSelected::key(key)),
        }
    }
    if !selection.keys.is_empty() {
        let has_key = |session: &(EndpointId, SessionId)| keyed.values().any(|found| found == session);
        let others = selected.extract_if(.., |session| !has_key(session));
        problems.extend(others.map(|(endpoint, id)| without_key(&snapshots, endpoint, id)));
    }
    if selection.is_filter_alone() {
        selected.extend(snapshots.iter().flat_map(ids));
    }
    let reports = if selection.depends_on_locks() || selection.is_shown {
        server_access::read(clients, &snapshots).await?
    } else {
        EndpointReports::default()
    };
    let none = Arc::default();
    let others = same_proxy::names(clients, names, &aliases);
    let others = |endpoint: EndpointId| others.get(usize::from(endpoint.0)).cloned().unwrap_or_default();
    let lists: Vec<_> = snapshots
        .iter()
        .map(|snapshot| {
            let reports = reports.known.get(&snapshot.endpoint).unwrap_or(&none);
            let locks = EndpointLocks::new(reports, &snapshot.sessions, snapshot.taken_at);
            DiagnosedList::new(snapshot, locks, clients, names, &selection.rules)
                .with_names(others(snapshot.endpoint))
        })
        .collect();
    let mut victims = victims(selected, &lists, selection);
    problems.append(&mut victims.problems);
    let facts = victims.found.iter().filter_map(|victim| {
        let identity = &victim.identity;
        let list = lists
            .iter()
            .find(|list| list.snapshot.endpoint == identity.endpoint)?;
        Some(((identity.endpoint, identity.id), list.facts(identity.id)?))
    });
    let facts = facts.collect();
    Ok(Victims {
        problems,
        facts,
        is_whole,
        reports,
        ..victims
    })
}

/// Whether this failure leaves nothing to continue with: the only endpoint no longer answers, or the only id
/// cannot be read there.
fn ends_selection(failure: &CommandError, clients: &[Client], selection: &VictimSelection) -> bool {
    let CommandError::Fault { fault, .. } = failure else {
        return false;
    };
    let is_only_id = selection.ids.len() == 1 && selection.keys.is_empty();
    clients.len() == 1 && (is_only_id || fault.is_unreachable() || fault.is_not_allowed())
}

/// Returns all sessions of a list.
fn ids(snapshot: &Snapshot) -> impl Iterator<Item = (EndpointId, SessionId)> + '_ {
    let sessions = snapshot.sessions.iter();
    sessions.map(|session| (snapshot.endpoint, session.id))
}

/// Returns each selected session once, and why others are left out.
fn victims(
    selected: Vec<(EndpointId, SessionId)>,
    lists: &[DiagnosedList<'_>],
    selection: &VictimSelection,
) -> Victims {
    let mut victims = Victims::default();
    let mut taken = BTreeSet::new();
    for (endpoint, id) in selected.into_iter().filter(|session| taken.insert(*session)) {
        let list = lists.iter().find(|list| list.snapshot.endpoint == endpoint);
        match list.and_then(|list| list.victim(id, selection, &mut victims.unexamined)) {
            Some(Ok(victim)) => victims.found.push(victim),
            Some(Err(LeftOut::Undecided(_))) if selection.is_filter_alone() => victims.undecided += 1,
            Some(Err(LeftOut::Uncertain(_))) if selection.is_filter_alone() => victims.uncertain += 1,
            Some(Err(LeftOut::NoMatch(_))) if selection.is_filter_alone() => {}
            Some(Err(
                LeftOut::NoMatch(problem) | LeftOut::Undecided(problem) | LeftOut::Uncertain(problem),
            )) => {
                victims.problems.push(problem);
            }
            None => {}
        }
    }
    victims
}

/// Returns the endpoint that has this id. Fails if there is none or several.
async fn locate(
    id: SessionId,
    snapshots: &mut [Snapshot],
    clients: &[Client],
    is_whole: bool,
) -> Result<EndpointId, CommandError> {
    let mut at = Vec::new();
    for snapshot in snapshots {
        let Some(client) = connect::client(clients, snapshot.endpoint) else {
            continue;
        };
        if snapshot.get(id).is_some() || complete(snapshot, client, id).await? {
            at.push(snapshot.endpoint);
        }
    }
    match (at.as_slice(), clients) {
        ([endpoint], _) if is_whole => Ok(*endpoint),
        ([_], _) => Err(CommandError::Unsure(id)),
        ([], [only]) => Err(CommandError::NoSuchSession(id, only.url().clone())),
        ([], _) => Err(CommandError::NowhereSession(id)),
        (several, _) => Err(CommandError::Ambiguous {
            id,
            endpoints: several
                .iter()
                .map(|endpoint| connect::url(clients, *endpoint))
                .collect(),
        }),
    }
}

/// Returns the sessions with one of these keys, by key.
///
/// A key depends on the URL, and a proxy may have several.
fn keyed(
    keys: &[String],
    snapshots: &[Snapshot],
    clients: &[Client],
    aliases: &Aliases,
) -> BTreeMap<String, (EndpointId, SessionId)> {
    let mut found = BTreeMap::new();
    for snapshot in snapshots.iter().filter(|_| !keys.is_empty()) {
        let others = aliases.iter().filter(|(_, kept)| **kept == snapshot.endpoint);
        let same = std::iter::once(snapshot.endpoint).chain(others.map(|(alias, _)| *alias));
        for url in same.map(|endpoint| connect::url(clients, endpoint)) {
            for session in &snapshot.sessions {
                let key = snapshot.identity(session).fingerprint(&url);
                if keys.contains(&key) {
                    found.insert(key, (snapshot.endpoint, session.id));
                }
            }
        }
    }
    found
}

/// Adds a session that is missing in the list. Returns `false` if it does not exist.
async fn complete(snapshot: &mut Snapshot, client: &Client, id: SessionId) -> Result<bool, CommandError> {
    match client.session(id).await {
        Ok(detail) => {
            let place = snapshot.sessions.partition_point(|session| session.id < id);
            snapshot.sessions.insert(place, detail.session);
            Ok(true)
        }
        Err(RequestError::NotFound) => Ok(false),
        Err(fault) => Err(failed(client)(fault)),
    }
}

/// Returns the problem of a session whose id was given, but whose key is not one of `--key`.
fn without_key(snapshots: &[Snapshot], endpoint: EndpointId, id: SessionId) -> NotSelected {
    let client = client_text(snapshots, endpoint, id);
    let why = "its key was not given with --key".to_owned();
    NotSelected::refused((endpoint, id), &client, why)
}

/// Returns the client of a session. Empty if the session is not in a list.
fn client_text(snapshots: &[Snapshot], endpoint: EndpointId, id: SessionId) -> String {
    let snapshot = snapshots.iter().find(|snapshot| snapshot.endpoint == endpoint);
    let session = snapshot.and_then(|snapshot| snapshot.get(id));
    session.map(Session::client).unwrap_or_default()
}

/// Returns the problem of a key whose session was not given by its id.
fn without_id(snapshots: &[Snapshot], endpoint: EndpointId, id: SessionId, key: &str) -> NotSelected {
    let client = client_text(snapshots, endpoint, id);
    let why = format!("it has the key {key}, but its id was not given");
    NotSelected::refused((endpoint, id), &client, why)
}
