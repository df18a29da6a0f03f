//! Finds the sessions that the ids, keys or the filter of the command line select.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::client::Client;
use crate::commands::connect;
use crate::commands::exit::{CommandError, ExitStatus, failed};
use crate::commands::same_proxy::{self, Aliases};
use crate::commands::server_access::{self, EndpointReports};
use crate::diagnosis::{Diagnoses, DiagnosisInput, Samples, diagnose};
use crate::filter::{Filter, FilterInput};
use crate::kill::{
    Authority, RefusalReason, Rules, Victim, asks_why, check_killable, depends_on_locks, is_undecided,
    reason_names,
};
use crate::model::{
    EndpointId, EndpointLocks, EndpointNames, Instance, RequestError, Session, SessionId, Snapshot, counted,
};

/// Selection by the command line.
#[derive(Debug, Default)]
pub(super) struct VictimSelection {
    /// Session ids.
    pub(super) ids: Vec<SessionId>,
    /// Fingerprints.
    pub(super) keys: Vec<String>,
    /// Filter. Without ids and keys all matching sessions are selected; otherwise each must match it.
    pub(super) filter: Option<Filter>,
    /// Whether nothing will be killed. Then a read-only endpoint is not a reason to refuse.
    pub(super) is_dry_run: bool,
    /// Filter of protected sessions, and the thresholds for stuck ones.
    pub(super) rules: Rules,
}

impl VictimSelection {
    /// Whether transactions and locks decide which sessions are selected or protected.
    fn depends_on_locks(&self) -> bool {
        let filters = self.filter.iter().chain([&self.rules.protect]);
        filters.into_iter().any(depends_on_locks)
    }

    fn is_filter_alone(&self) -> bool {
        self.ids.is_empty() && self.keys.is_empty()
    }
}

/// Why sessions are stuck, in words.
pub(super) type Whys = BTreeMap<(EndpointId, SessionId), String>;

/// The sessions found, and an error for each id or key without one.
#[derive(Default)]
pub(super) struct Victims {
    pub(super) found: Vec<Victim>,
    pub(super) problems: Vec<String>,
    /// Number of sessions for which the filter is unknown, if only it selects.
    pub(super) undecided: usize,
    /// Why each session is stuck, if it is.
    pub(super) whys: Whys,
    /// Whether all endpoints replied.
    pub(super) is_whole: bool,
    /// Transactions and locks of the servers.
    pub(super) reports: EndpointReports,
}

impl Victims {
    /// Whether there is no victim because the filter is unknown for sessions.
    pub(super) fn is_undecided(&self) -> bool {
        self.found.is_empty() && self.undecided > 0
    }

    /// Returns a remark if no session matches, or if it is unknown whether some do.
    pub(super) fn remark(&self, selection: &VictimSelection, clients: &[Client]) -> Option<String> {
        let filter = selection.filter.as_ref().filter(|_| selection.is_filter_alone());
        let has_none = self.found.is_empty() && self.problems.is_empty();
        if self.undecided > 0 {
            let cause = filter.map(|filter| server_access::undecided_cause(filter, clients));
            let (count, cause) = (self.undecided, cause.unwrap_or_default());
            return Some(if has_none {
                let sessions = counted(count, "session");
                format!("nothing was killed: {sessions} could not be decided: {cause}")
            } else {
                format!("{count} more could not be decided: {cause}")
            });
        }
        has_none.then(|| {
            // A kill needs certainty.
            let text = if filter.is_some_and(asks_why) {
                "no session certainly matches: nothing to do (reasons that one list does not show are unknown \
                 here)"
            } else {
                "no session matches: nothing to do"
            };
            text.to_owned()
        })
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
            // A single endpoint leaves nothing to continue with.
            Err(failure @ CommandError::Fault { .. }) if clients.len() == 1 => return Err(failure),
            Err(failure) => problems.push(failure.to_string()),
        }
    }
    let keyed = keyed(&selection.keys, &snapshots, clients, &aliases);
    for key in &selection.keys {
        match keyed.get(key) {
            Some(found) if selection.ids.is_empty() => selected.push(*found),
            Some((_, id)) if selection.ids.contains(id) => {}
            Some((endpoint, id)) => problems.push(without_id(&snapshots, *endpoint, *id, key)),
            None => problems.push(CommandError::NoSuchKey(key.clone()).to_string()),
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
    let reports = if selection.depends_on_locks() {
        server_access::read(clients, &snapshots).await?
    } else {
        EndpointReports::new()
    };
    let none = Arc::default();
    let others = same_proxy::names(clients, names, &aliases);
    let others = |endpoint: EndpointId| others.get(usize::from(endpoint.0)).cloned().unwrap_or_default();
    let lists: Vec<_> = snapshots
        .iter()
        .map(|snapshot| {
            let reports = reports.get(&snapshot.endpoint).unwrap_or(&none);
            let locks = EndpointLocks::new(reports, &snapshot.sessions, snapshot.taken_at);
            DiagnosedList {
                names: others(snapshot.endpoint),
                ..DiagnosedList::new(snapshot, locks, clients, names, &selection.rules)
            }
        })
        .collect();
    let mut victims = victims(selected, &lists, selection);
    problems.append(&mut victims.problems);
    let whys = victims.found.iter().filter_map(|victim| {
        let identity = &victim.identity;
        let list = lists
            .iter()
            .find(|list| list.snapshot.endpoint == identity.endpoint)?;
        Some(((identity.endpoint, identity.id), list.why(identity.id)?))
    });
    let whys = whys.collect();
    Ok(Victims {
        whys,
        problems,
        is_whole,
        reports,
        ..victims
    })
}

/// Returns all sessions of a list.
fn ids(snapshot: &Snapshot) -> impl Iterator<Item = (EndpointId, SessionId)> + '_ {
    let sessions = snapshot.sessions.iter();
    sessions.map(|session| (snapshot.endpoint, session.id))
}

/// Why a session is left out.
enum LeftOut {
    /// The filter does not match.
    NoMatch(String),
    /// The filter is unknown.
    Undecided(String),
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
        match list.and_then(|list| list.victim(id, selection)) {
            Some(Ok(victim)) => victims.found.push(victim),
            Some(Err(LeftOut::Undecided(_))) if selection.is_filter_alone() => victims.undecided += 1,
            Some(Err(LeftOut::NoMatch(_))) if selection.is_filter_alone() => {}
            Some(Err(LeftOut::NoMatch(problem) | LeftOut::Undecided(problem))) => {
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

/// A session list with its diagnoses.
struct DiagnosedList<'a> {
    snapshot: &'a Snapshot,
    diagnoses: Diagnoses,
    /// Transactions and locks of the sessions.
    locks: EndpointLocks,
    /// The endpoint's name.
    name: Arc<str>,
    /// Its URL and other names.
    names: Arc<EndpointNames>,
    /// Whether the endpoint is read-only.
    read_only: bool,
    /// Whether the endpoint has a database user.
    has_server_access: bool,
}

impl<'a> DiagnosedList<'a> {
    fn new(
        snapshot: &'a Snapshot,
        locks: EndpointLocks,
        clients: &[Client],
        names: &[Arc<str>],
        rules: &Rules,
    ) -> Self {
        let place = usize::from(snapshot.endpoint.0);
        Self {
            snapshot,
            diagnoses: diagnose(
                None,
                DiagnosisInput::from(snapshot)
                    .at(names.get(place).map(AsRef::as_ref))
                    .with_locks(Some(&locks)),
                &rules.diagnosis,
                &Samples::new(),
            ),
            locks,
            name: names.get(place).map_or_else(|| "".into(), Arc::clone),
            names: Arc::default(),
            read_only: clients.get(place).is_some_and(Client::is_read_only),
            has_server_access: clients.get(place).is_some_and(Client::has_server_access),
        }
    }

    /// Returns why a session is stuck, the most important reason first.
    fn why(&self, id: SessionId) -> Option<String> {
        let place = self.snapshot.position(id)?;
        let session = self.snapshot.sessions.get(place)?;
        let diagnosis = self.diagnoses.diagnosis(place);
        let words: Vec<_> = diagnosis
            .found
            .iter()
            .map(|finding| finding.sentence(session))
            .collect();
        (!words.is_empty()).then(|| words.join("; "))
    }

    /// Returns the session as a victim, or why it is not selected.
    fn victim(&self, id: SessionId, selection: &VictimSelection) -> Option<Result<Victim, LeftOut>> {
        let place = self.snapshot.position(id)?;
        let session = self.snapshot.sessions.get(place)?;
        let reasons = reason_names(&self.diagnoses.diagnosis(place));
        let subject = FilterInput {
            endpoint: Some(&self.name),
            names: Some(&self.names),
            process: self.snapshot.process(),
            reasons: Some(reasons.as_reasons()),
            locks: self.locks.of(session).numbers(),
            ..FilterInput::new(session)
        };
        let filter = selection.filter.as_ref();
        if let Some(filter) = filter.filter(|filter| !filter.evaluate(&subject.strict()).is_yes()) {
            return Some(Err(unmatched(session, filter, &subject)));
        }
        let refused = self.refusal(&subject, selection);
        Some(Ok(Victim {
            identity: self.snapshot.identity(session),
            session: session.clone(),
            endpoint: Arc::clone(&self.name),
            names: Arc::clone(&self.names),
            dialect: self.snapshot.dialect,
            instance: self.snapshot.instance.clone(),
            reasons,
            taken_by: selection.filter.clone(),
            has_server_access: self.has_server_access,
            refused,
        }))
    }

    /// Returns why the session cannot be killed, if that is known from the list.
    fn refusal(&self, subject: &FilterInput<'_>, selection: &VictimSelection) -> Option<RefusalReason> {
        let instance = self.snapshot.instance.as_ref();
        let authority = Authority {
            read_only: self.read_only && !selection.is_dry_run,
            may_only_read: false,
            dialect: Some(self.snapshot.dialect),
            version: instance.and_then(Instance::release),
            // Detected later, at endpoints that have victims.
            several_proxies: false,
        };
        check_killable(subject, authority, &selection.rules.protect).err()
    }
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

/// Returns the error for a session whose id was given, but whose key is not one of `--key`.
fn without_key(snapshots: &[Snapshot], endpoint: EndpointId, id: SessionId) -> String {
    let client = client_text(snapshots, endpoint, id);
    format!("refused: {id}{client}: its key was not given with --key")
}

/// Returns the client of a session after a space. Empty if the session is not in a list.
fn client_text(snapshots: &[Snapshot], endpoint: EndpointId, id: SessionId) -> String {
    let snapshot = snapshots.iter().find(|snapshot| snapshot.endpoint == endpoint);
    let session = snapshot.and_then(|snapshot| snapshot.get(id));
    let client = session.map(|session| format!(" {}", session.client()));
    client.unwrap_or_default()
}

/// Returns the error for a key whose session was not given by its id.
fn without_id(snapshots: &[Snapshot], endpoint: EndpointId, id: SessionId, key: &str) -> String {
    let client = client_text(snapshots, endpoint, id);
    format!("refused: {id}{client}: it has the key {key}, but its id was not given")
}

/// Returns why a session is left out that a filter does not certainly match.
fn unmatched(session: &Session, filter: &Filter, subject: &FilterInput<'_>) -> LeftOut {
    let (who, text) = (format!("{} {}", session.id, session.client()), filter.text());
    if is_undecided(filter, subject) {
        LeftOut::Undecided(format!(
            "refused: {who}: unknown whether it matches the filter '{text}'"
        ))
    } else {
        LeftOut::NoMatch(format!("refused: {who}: it does not match the filter '{text}'"))
    }
}
