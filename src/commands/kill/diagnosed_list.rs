//! A list of one endpoint, diagnosed: which of its sessions are victims, and why others are not.

use std::sync::Arc;

use serde::Serialize;

use super::not_selected::NotSelected;
use super::victims::VictimSelection;
use crate::app::condition::Unexamined;
use crate::client::Client;
use crate::diagnosis::{Diagnoses, DiagnosisInput, REASONS, Samples, diagnose};
use crate::filter::{Filter, FilterInput};
use crate::kill::open_work::OpenWork;
use crate::kill::{
    Authority, RefusalReason, Rules, StatementEnd, Victim, check_killable, is_uncertain, is_undecided,
    reason_names, running_statement,
};
use crate::model::{
    EndpointId, EndpointLocks, EndpointNames, Instance, Session, SessionId, SessionLocks, Snapshot, Text,
};

/// Why a session is left out.
pub(super) enum LeftOut {
    /// The filter does not match.
    NoMatch(NotSelected),
    /// The filter is unknown, because the locks are.
    Undecided(NotSelected),
    /// The filter is not certain, for another cause.
    Uncertain(NotSelected),
}

/// Facts about a victim that its list entry does not have.
pub(super) struct VictimFacts {
    /// Why it is stuck, if it is.
    pub(super) why: Option<String>,
    /// Its open transaction and running statement.
    pub(super) work: OpenWork,
    /// Its transaction and locks, if known.
    pub(super) locks: Option<SessionLocks>,
    /// Its running statements; `None` if they are not known for every server.
    pub(super) statements: Option<Vec<VictimStatement>>,
}

/// A running statement of a victim.
#[derive(Debug, Serialize)]
pub(super) struct VictimStatement {
    /// Name of the server in MaxScale.
    pub(super) server: Text,
    /// Thread id.
    pub(super) thread: u64,
    /// Id of the statement at the server.
    query_id: u64,
    /// Its beginning.
    sql: String,
}

impl From<StatementEnd> for VictimStatement {
    fn from(statement: StatementEnd) -> Self {
        Self {
            sql: statement.beginning(),
            server: statement.server,
            thread: statement.thread,
            query_id: statement.query_id,
        }
    }
}

impl VictimStatement {
    /// Returns `db-01, thread 269: UPDATE shop.orders …`.
    pub(super) fn words(&self) -> String {
        format!("{}, thread {}: {}", self.server, self.thread, self.sql)
    }
}

/// Returns the running statements of a session. `None` if a server could not be read. A thread whose id is not certain
/// is left out.
fn statements(session: &Session, locks: &EndpointLocks) -> Option<Vec<VictimStatement>> {
    let mut statements = Vec::new();
    for connection in session.server_connections()? {
        let server = locks
            .server(&connection.server)
            .filter(|server| !server.is_outdated)?;
        let rows = &server.report.activity.as_ref().ok()?.threads.rows;
        statements.extend(running_statement(connection, rows).map(VictimStatement::from));
    }
    Some(statements)
}

/// A session list with its diagnoses.
pub(super) struct DiagnosedList<'a> {
    pub(super) snapshot: &'a Snapshot,
    diagnoses: Diagnoses,
    /// Transactions and locks of the sessions.
    locks: EndpointLocks,
    /// The endpoint's name.
    name: Arc<str>,
    /// Whether there are other endpoints.
    is_among_several: bool,
    /// Its URL and other names.
    names: Arc<EndpointNames>,
    /// Whether the endpoint is read-only.
    read_only: bool,
    /// Whether the endpoint has a database user.
    has_server_access: bool,
}

impl<'a> DiagnosedList<'a> {
    pub(super) fn new(
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
            is_among_several: clients.len() > 1,
            names: Arc::default(),
            read_only: clients.get(place).is_some_and(Client::is_read_only),
            has_server_access: clients.get(place).is_some_and(Client::has_server_access),
        }
    }

    /// Sets the URL and other names of the endpoint.
    pub(super) fn with_names(mut self, names: Arc<EndpointNames>) -> Self {
        self.names = names;
        self
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

    /// Returns the facts about a session that its list entry does not have.
    pub(super) fn facts(&self, id: SessionId) -> Option<VictimFacts> {
        let place = self.snapshot.position(id)?;
        let session = self.snapshot.sessions.get(place)?;
        let api = (self.snapshot.dialect, self.snapshot.instance.as_ref());
        let own = self.locks.of(session);
        Some(VictimFacts {
            why: self.why(id),
            work: OpenWork::of(session, api, own, |server| self.locks.server(server)),
            locks: own.locks().cloned(),
            statements: statements(session, &self.locks),
        })
    }

    /// Returns the session as a victim, or why it is not selected. Adds the reasons that are unknown and decide whether
    /// it is.
    pub(super) fn victim(
        &self,
        id: SessionId,
        selection: &VictimSelection,
        unexamined: &mut Unexamined,
    ) -> Option<Result<Victim, LeftOut>> {
        let place = self.snapshot.position(id)?;
        let session = self.snapshot.sessions.get(place)?;
        let locks = self.locks.of(session);
        let reasons = reason_names(&self.diagnoses.diagnosis(place), locks);
        let subject = FilterInput {
            endpoint: Some(&self.name),
            names: Some(&self.names),
            process: self.snapshot.process(),
            reasons: Some(reasons.as_reasons()),
            locks: locks.numbers(),
            ..FilterInput::new(session)
        };
        let filter = selection.filter.as_ref();
        if let Some(filter) = filter.filter(|filter| !filter.evaluate(&subject.strict()).is_yes()) {
            if selection.is_filter_alone() && is_uncertain(filter, &subject) {
                let all: Vec<_> = REASONS.iter().collect();
                _ = unexamined.compare(filter, &all, (self.snapshot.dialect, &subject));
            }
            return Some(Err(unmatched(self.snapshot.endpoint, filter, &subject)));
        }
        let refused = self.refusal(&subject, selection);
        Some(Ok(Victim {
            identity: self.snapshot.identity(session),
            session: session.clone(),
            endpoint: Arc::clone(&self.name),
            is_among_several: self.is_among_several,
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
            read_only: self.read_only,
            may_only_read: false,
            dialect: Some(self.snapshot.dialect),
            version: instance.and_then(Instance::release),
            // Detected later, at endpoints that have victims.
            several_proxies: false,
        };
        let refused = check_killable(subject, authority, &selection.rules.protect).err();
        refused.map(|refusal| selection.rules.explain(refusal))
    }
}

/// Returns why a session is left out that a filter does not certainly match.
fn unmatched(endpoint: EndpointId, filter: &Filter, subject: &FilterInput<'_>) -> LeftOut {
    let (session, text) = (subject.session, filter.text());
    let refused = |why| NotSelected::refused((endpoint, session.id), &session.client(), why);
    if is_undecided(filter, subject) {
        LeftOut::Undecided(refused(format!("unknown whether it matches the filter '{text}'")))
    } else if is_uncertain(filter, subject) {
        LeftOut::Uncertain(refused(format!("unknown whether it matches the filter '{text}'")))
    } else {
        LeftOut::NoMatch(refused(format!("it does not match the filter '{text}'")))
    }
}
