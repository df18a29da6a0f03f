//! Reads the transactions and locks of servers for a command, once.
//!
//! The connections are closed right after it: also after an error, and before a signal ends the program.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use super::exit::CommandError;
use super::{connect, output};
use crate::app::build_view::TableView;
use crate::app::condition::{ListCount, Unexamined};
use crate::client::{Client, MAX_CLOSE_WAIT};
use crate::diagnosis::{ListNeed, REASONS, Reason, SERVER_ACCESS, Thresholds};
use crate::filter::Filter;
use crate::kill::depends_on_locks;
use crate::model::{
    Dialect, EndpointId, ServerAccessFault, ServerReport, ServerReports, Snapshot, setting_text,
};
use crate::poller::read_servers;
use crate::runtime::signals::{EndingSignals, end_by, release_ending_signals};

/// The reports of the servers of each endpoint. Endpoints without a database user have none.
#[derive(Debug, Default)]
pub(super) struct EndpointReports {
    /// The reports.
    pub(super) known: BTreeMap<EndpointId, Arc<ServerReports>>,
    /// Causes why no server of an endpoint could be read.
    pub(super) faults: BTreeMap<EndpointId, String>,
}

impl EndpointReports {
    /// Whether all servers were read.
    pub(super) fn are_complete(&self) -> bool {
        let mut reports = self.known.values().flat_map(|reports| reports.values());
        self.faults.is_empty() && reports.all(|report| report.unknown_locks().is_none())
    }
}

/// Reads the servers of the endpoints that have a database user and have replied. Prints a line for each cause of
/// unknown locks.
pub(super) async fn read(
    clients: &[Client],
    snapshots: &[Snapshot],
) -> Result<EndpointReports, CommandError> {
    let has_replied = |client: &Client| {
        let mut snapshots = snapshots.iter();
        snapshots.any(|snapshot| snapshot.endpoint == client.endpoint())
    };
    let read: Vec<_> = clients
        .iter()
        .filter(|client| client.has_server_access() && has_replied(client))
        .cloned()
        .collect();
    if read.is_empty() {
        return Ok(EndpointReports::default());
    }
    let mut signals = EndingSignals::listen()?;
    let (signal, reports) = tokio::select! {
        biased;
        signal = signals.next() => (Some(signal), Vec::new()),
        reports = read_all(&read) => (None, reports),
    };
    release(&read).await;
    if let Some(signal) = signal {
        end_by(signal)?;
    }
    drop(signals);
    release_ending_signals()?;
    let mut found = EndpointReports::default();
    for (client, result) in reports {
        let place = if clients.len() > 1 {
            format!("{}: ", client.url())
        } else {
            String::new()
        };
        match result {
            Ok(reports) => {
                for line in unknown(reports.values().map(AsRef::as_ref)) {
                    output::complain(&format!("{place}{line}"));
                }
                found.known.insert(client.endpoint(), Arc::new(reports));
            }
            Err(fault) => {
                output::complain(&format!("{place}{}", none_known(&fault)));
                found.faults.insert(client.endpoint(), fault.to_string());
            }
        }
    }
    Ok(found)
}

type ReadResult = Result<ServerReports, ServerAccessFault>;

async fn read_all(clients: &[Client]) -> Vec<(Client, ReadResult)> {
    let mut reads = JoinSet::new();
    for client in clients.iter().cloned() {
        reads.spawn(async move {
            let result = read_servers(&client).await;
            (client, result)
        });
    }
    let mut results = reads.join_all().await;
    results.sort_by_key(|(client, _)| client.endpoint());
    results
}

/// Closes the connections to servers. A later statement opens them again.
async fn release(clients: &[Client]) {
    let mut closing = JoinSet::new();
    for client in clients {
        let client = client.clone();
        closing.spawn(async move { client.release_server_connections(MAX_CLOSE_WAIT).await });
    }
    closing.join_all().await;
}

/// Returns the line for an endpoint that has a database user and no server that could be read.
pub(super) fn none_known(fault: &dyn std::fmt::Display) -> String {
    format!("locks are unknown: {fault}")
}

/// Returns a line for each cause of unknown locks, with the names of its servers.
pub(super) fn unknown<'a>(reports: impl Iterator<Item = &'a ServerReport>) -> Vec<String> {
    let mut causes: Vec<(String, Vec<&str>)> = Vec::new();
    for report in reports {
        let Some(cause) = report.unknown_locks() else {
            continue;
        };
        let name = report.server.as_str();
        match causes.iter_mut().find(|(known, _)| *known == cause) {
            Some((_, names)) => names.push(name),
            None => causes.push((cause, vec![name])),
        }
    }
    let line =
        |(cause, names): (String, Vec<&str>)| format!("locks of {} are unknown: {cause}", names.join(", "));
    causes.into_iter().map(line).collect()
}

/// Returns a line that says which reasons are not examined, because an endpoint has no database user. The draft
/// has no server access, so nothing can be set for it.
pub(super) fn not_examined<'a>(
    clients: &[Client],
    snapshots: impl Iterator<Item = &'a Snapshot>,
) -> Option<String> {
    let has_none = |snapshot: &Snapshot| {
        let client = connect::client(clients, snapshot.endpoint);
        snapshot.dialect == Dialect::JsonApi && client.is_some_and(|client| !client.has_server_access())
    };
    let without: Vec<_> = snapshots.filter(|snapshot| has_none(snapshot)).collect();
    if without.is_empty() {
        return None;
    }
    let place = if clients.len() > without.len() {
        let urls: Vec<_> = without
            .iter()
            .map(|snapshot| connect::url(clients, snapshot.endpoint))
            .collect();
        format!(" at {}", urls.join(", "))
    } else {
        String::new()
    };
    Some(format!(
        "not examined{place}: {}, because sql-user is not set",
        lock_reasons()
    ))
}

/// Returns why a filter is unknown for sessions. `were_read` is whether all servers were read.
pub(super) fn undecided_cause(filter: &Filter, clients: &[Client], were_read: bool) -> String {
    if depends_on_locks(filter) {
        unknown_locks_cause(clients, were_read)
    } else {
        "a field that it needs is not reported".to_owned()
    }
}

fn is_draft(client: &Client) -> bool {
    client.dialect() == Some(Dialect::Draft)
}

fn unknown_locks_cause(clients: &[Client], were_read: bool) -> String {
    let mut others = clients.iter().filter(|client| !is_draft(client)).peekable();
    if others.peek().is_none() {
        ServerAccessFault::NotInDraft.to_string()
    } else if !others.all(Client::has_server_access) {
        "the locks were not read, because sql-user is not set".to_owned()
    } else if were_read {
        "their server connections changed while the servers were read; try again".to_owned()
    } else {
        "the locks could not be read".to_owned()
    }
}

/// The lists that a cause is about, and the limits of the reasons.
#[derive(Clone, Copy, Debug)]
pub(super) struct Examined<'a> {
    /// The endpoints.
    pub(super) clients: &'a [Client],
    /// Whether all servers were read.
    pub(super) were_read: bool,
    /// Whether servers of an endpoint with a database user were not read.
    pub(super) lacks_locks: bool,
    /// The lists until now.
    pub(super) lists: ListCount,
    /// Limits of the reasons.
    pub(super) limits: &'a Thresholds,
    /// How the command that prints several lists begins: `--count`.
    pub(super) count_option: &'static str,
}

/// Returns why reasons that a filter names are unknown for sessions.
pub(super) fn unexamined_cause(unexamined: &Unexamined, examined: &Examined<'_>) -> String {
    let (mut early, mut unread, mut unreported, mut not_in_draft) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut needs_locks, mut may_be_unreported, mut longest) = (false, false, Duration::ZERO);
    for (reason, dialect) in unexamined.all() {
        let time = reason.need(dialect).time(examined.limits);
        match (dialect, time) {
            (Dialect::JsonApi, _) if reason.requires == SERVER_ACCESS => needs_locks = true,
            (Dialect::Draft, _) if !reason.is_in_draft() => not_in_draft.push(reason.name),
            (_, Some(time)) if !examined.lists.cover(time) => {
                longest = longest.max(time);
                may_be_unreported |= dialect == Dialect::JsonApi;
                early.push(reason.name);
            }
            (Dialect::Draft, Some(_)) if matches!(reason.draft, ListNeed::Samples(_)) => {
                unread.push(reason.name);
            }
            _ => unreported.push(reason.name),
        }
    }
    let (time, count) = (setting_text(longest), examined.lists.needed(longest));
    let option = examined.count_option;
    let or_not = match (may_be_unreported, early.len()) {
        (false, _) => "",
        (true, 1) => ", or is not reported",
        (true, _) => ", or are not reported",
    };
    let part = |mut names: Vec<&'static str>, one: &str, several: &str, rest: &str| {
        names.dedup();
        let verb = if names.len() == 1 { one } else { several };
        (!names.is_empty()).then(|| format!("{} {verb} {rest}", listed(&names)))
    };
    let parts = [
        needs_locks.then(|| unknown_locks_cause(examined.clients, examined.were_read)),
        part(
            early,
            "needs",
            "need",
            &format!("several lists, for {time} ({option} {count}){or_not}"),
        ),
        part(
            unread,
            "needs",
            "need",
            "the connections of each session, and not all were read",
        ),
        part(unreported, "is", "are", "not reported"),
        part(not_in_draft, "is", "are", "not reported by the draft"),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

/// Returns a line that says which reasons are not examined in so few lists. `None` if there are none.
///
/// `filters` are those that may name reasons. `names_unreported` is whether the line has the reasons that the draft
/// never reports, `names_unknown` those that are still unknown for a session.
pub(super) fn not_examined_yet(
    view: &TableView,
    examined: &Examined<'_>,
    filters: &[&Filter],
    (names_unreported, names_unknown): (bool, bool),
) -> Option<String> {
    let hidden = &view.spec.hidden_endpoints;
    let mut lists = view.snapshots.iter();
    let has_draft = lists.any(|list| list.dialect == Dialect::Draft && !hidden.contains(&list.endpoint));
    let mut unexamined = Unexamined::default();
    if names_unknown {
        unexamined = view.unexamined_yet(examined.lists, filters);
    }
    if names_unreported && has_draft {
        let never = REASONS.iter().filter(|reason| !reason.is_in_draft());
        unexamined.in_draft.extend(never.map(|reason| reason.name));
    }
    let cause = unexamined_cause(&unexamined, examined);
    (!cause.is_empty()).then(|| format!("not examined: {cause}"))
}

/// Returns the names of the reasons that need server access, as a part of a sentence.
pub(super) fn lock_reasons() -> String {
    let needs_it = |reason: &&Reason| reason.requires == SERVER_ACCESS;
    let names: Vec<_> = REASONS
        .iter()
        .filter(needs_it)
        .map(|reason| reason.name)
        .collect();
    listed(&names)
}

/// Returns names as a part of a sentence: `blocks, lock-wait and metadata-lock`.
fn listed(names: &[&str]) -> String {
    match names.split_last() {
        Some((last, first)) if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => names.join(", "),
    }
}
