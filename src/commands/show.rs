//! `maxtop show`: prints all details of one session.

mod json;
mod text;
mod transaction;

use std::io::Write as _;

use jiff::Timestamp;

use self::json::DetailRecord;
use self::transaction::ShownLocks;
use super::answers::Answers;
use super::ascii::Escapes;
use super::auth_preflight::PreflightMode;
use super::exit::{self, CommandError, ExitStatus};
use super::server_access::Examined;
use super::{connect, output, same_proxy, server_access};
use crate::app::condition::{ListCount, Unexamined};
use crate::cli::{GlobalOptions, ShowArgs, ShowOutput};
use crate::client::Client;
use crate::config::Config;
use crate::diagnosis::{
    ConnectionSample, DiagnosisInput, DiagnosisSettings, OwnedDiagnosis, REASONS, Samples, closer,
    depends_on_others, diagnose,
};
use crate::model::{
    ConnectionDetail, Dialect, EndpointLocks, Identity, IdleMeaning, Instance, RequestError, Session,
    SessionDetail, SessionId, SessionPhase, closing_servers, closing_text,
};
use crate::runtime::json::to_writer_pretty;
use crate::wire::parse_id;

/// A session with its diagnosis, ready to print.
struct ShownSession {
    identity: Identity,
    detail: SessionDetail,
    dialect: Dialect,
    /// The process of its endpoint, if known.
    instance: Option<Instance>,
    taken_at: Timestamp,
    /// Diagnosis from a single snapshot and sample.
    diagnosis: OwnedDiagnosis,
    /// Its transaction and locks.
    locks: ShownLocks,
    /// Whether the transactions and locks of its servers are read.
    has_server_access: bool,
    /// The reasons that are not examined, as a line. `None` for JSON:API.
    not_examined: Option<String>,
    /// Options of this run that other commands need too.
    options: String,
    /// Why MaxScale lists the session but has no details for it.
    absence: Option<String>,
}

impl ShownSession {
    /// Returns the meaning of the idle time, if known.
    fn idle_meaning(&self) -> Option<IdleMeaning> {
        self.instance.as_ref().and_then(Instance::idle_meaning)
    }

    /// Whether MaxScale retains no statements (`retain_last_statements=0`).
    fn keeps_no_statements(&self) -> bool {
        let instance = self.instance.as_ref();
        instance.and_then(|instance| instance.retained_statements) == Some(0)
    }

    /// Diagnoses the session. `sessions` are those of its endpoint, in the order of their ids, itself included.
    /// `locks` is `None` if no server is read.
    fn diagnose(
        &mut self,
        name: &str,
        settings: &DiagnosisSettings,
        sessions: &[Session],
        locks: Option<&EndpointLocks>,
    ) {
        let look = DiagnosisInput {
            dialect: self.dialect,
            endpoint: Some(name),
            instance: self.instance.as_ref(),
            taken_at: self.taken_at,
            is_after_restart: false,
            rows: None,
            locks,
            sessions,
        };
        let detail = &self.detail;
        let sample = ConnectionSample::next(None, &detail.connections, detail.client_buffer, self.taken_at);
        let listed = diagnose(None, look, settings, &Samples::new());
        let id = self.detail.session.id;
        let place = sessions.binary_search_by_key(&id, |session| session.id);
        // It is one of the sessions.
        self.diagnosis = closer(listed.diagnosis(place.unwrap_or_default()), Some(&sample));
    }

    /// Whether both are certainly one session of one proxy, as [`Snapshot::is_of_same_proxy`] decides it.
    ///
    /// [`Snapshot::is_of_same_proxy`]: crate::model::Snapshot::is_of_same_proxy
    fn is_certainly(&self, other: &Self) -> bool {
        let processes = self
            .identity
            .process
            .as_ref()
            .zip(other.identity.process.as_ref());
        processes.is_some_and(|(one, other)| one.is_certainly(other))
            && self.detail.session.is_certainly(&other.detail.session)
    }
}

/// Runs the command.
pub(super) fn run(global: &GlobalOptions, args: &ShowArgs) -> Result<ExitStatus, CommandError> {
    let id = parse_id(&args.id).ok_or_else(|| CommandError::id(&args.id))?;
    let (config, clients) = connect::connect(global, PreflightMode::Command)?;
    let (mut shown, exit) = connect::block_on(async {
        let (mut shown, exit) = only(id, find(&clients, id).await, &clients)?;
        if let Some(client) = connect::client(&clients, shown.identity.endpoint) {
            diagnose_shown(&mut shown, client, &config).await?;
        }
        Ok((shown, exit))
    })?;
    shown.not_examined = not_examined(&shown, &config);
    shown.options = global.line.access_options();
    let endpoint = connect::url(&clients, shown.identity.endpoint);
    if shown.detail.blanked > 0 {
        output::complain(&output::left_blank(shown.detail.blanked));
    }
    let escapes = Escapes::of(config.ascii, args.output == ShowOutput::Json);
    output::print_with(escapes, |out| match args.output {
        ShowOutput::Text => text::write(out, &shown, &endpoint, config.ascii),
        ShowOutput::Json => {
            to_writer_pretty(&mut *out, &DetailRecord::new(&shown, &endpoint))?;
            writeln!(out)
        }
    })?;
    Ok(exit)
}

/// Returns which reasons the draft does not report, or not at once. `None` for JSON:API.
fn not_examined(shown: &ShownSession, config: &Config) -> Option<String> {
    if shown.dialect != Dialect::Draft {
        return None;
    }
    let never = REASONS.iter().filter(|reason| !reason.is_in_draft());
    let not_yet = shown.diagnosis.unjudged.names();
    let unexamined = Unexamined {
        in_draft: never.map(|reason| reason.name).chain(not_yet).collect(),
        ..Unexamined::default()
    };
    let diagnosis = config.diagnosis();
    let cause = server_access::unexamined_cause(
        &unexamined,
        &Examined {
            clients: &[],
            lacks_locks: false,
            were_read: true,
            lists: ListCount {
                count: 1,
                interval: config.interval,
            },
            limits: &diagnosis.thresholds,
            count_option: "maxtop list --count",
        },
    );
    Some(format!("not examined: {cause}"))
}

/// Returns the session with this id from each endpoint that has one.
async fn find(clients: &[Client], id: SessionId) -> Answers<ShownSession> {
    Answers::of(clients, |client: Client| async move { fetch(&client, id).await }).await
}

/// Diagnoses the session: with its locks, if there is a database user, and with the other sessions, if a reason
/// depends on them.
async fn diagnose_shown(
    shown: &mut ShownSession,
    client: &Client,
    config: &Config,
) -> Result<(), CommandError> {
    let (name, settings) = (connect::name(config, client), config.diagnosis());
    let own = shown.detail.session.clone();
    // The owners of threads are other sessions too.
    let reads_locks = client.has_server_access();
    if !reads_locks && !depends_on_others(&own, &settings.thresholds) {
        shown.diagnose(&name, &settings, &[own], None);
        return Ok(());
    }
    let snapshot = match client.snapshot(1).await {
        Ok(snapshot) => snapshot,
        Err(fault) => {
            let what = if reads_locks { "locks and " } else { "" };
            output::complain(&format!("{what}other sessions are unknown: {fault}"));
            shown.locks.fault = reads_locks.then(|| fault.to_string());
            shown.diagnose(&name, &settings, &[own], None);
            return Ok(());
        }
    };
    let mut sessions = snapshot.sessions.clone();
    match sessions.binary_search_by_key(&own.id, |session| session.id) {
        Ok(place) => sessions.splice(place..=place, [own.clone()]).for_each(drop),
        Err(place) => sessions.insert(place, own),
    }
    if !reads_locks {
        shown.diagnose(&name, &settings, &sessions, None);
        return Ok(());
    }
    let reports = server_access::read(std::slice::from_ref(client), &[snapshot]).await?;
    let fault = reports.faults.into_values().next();
    let reports = reports.known.into_values().next().unwrap_or_default();
    let locks = EndpointLocks::new(&reports, &sessions, shown.taken_at);
    shown.locks = ShownLocks::new(&locks, &shown.detail.session, &sessions);
    shown.locks.fault = fault;
    shown.diagnose(&name, &settings, &sessions, Some(&locks));
    Ok(())
}

/// Returns the only session found. An endpoint without it is not a failure if another has it.
fn only(
    id: SessionId,
    mut answers: Answers<ShownSession>,
    clients: &[Client],
) -> Result<(ShownSession, ExitStatus), CommandError> {
    if !answers.good.is_empty() {
        answers
            .failures
            .retain(|failure| !matches!(failure, CommandError::NoSuchSession(..)));
    }
    let (found, exit) = answers.report_failures()?;
    let mut found = without_repeats(found, clients);
    match (found.pop(), found.is_empty()) {
        (Some(one), true) => {
            if exit != ExitStatus::Done {
                let url = connect::url(clients, one.identity.endpoint);
                output::complain(&format!(
                    "this is session {id} of {url}: an endpoint that did not answer may have another one"
                ));
            }
            Ok((one, exit))
        }
        (Some(last), false) => {
            let all = found.iter().chain([&last]);
            let endpoints = all
                .map(|shown| connect::url(clients, shown.identity.endpoint))
                .collect();
            Err(CommandError::Ambiguous { id, endpoints })
        }
        (None, _) => Err(CommandError::NoEndpoint),
    }
}

/// Leaves out what another URL of the same proxy has shown, and says so.
fn without_repeats(found: Vec<ShownSession>, clients: &[Client]) -> Vec<ShownSession> {
    let mut kept: Vec<ShownSession> = Vec::new();
    for shown in found {
        match kept.iter().find(|one| one.is_certainly(&shown)) {
            Some(one) => same_proxy::remark(clients, shown.identity.endpoint, one.identity.endpoint),
            None => kept.push(shown),
        }
    }
    kept
}

/// Returns a session that a GET by id does not find from the list, and why: it is closing, or it has not
/// started yet.
async fn listed(client: &Client, id: SessionId) -> Result<(SessionDetail, Option<String>), CommandError> {
    let snapshot = client.snapshot(1).await.map_err(exit::failed(client))?;
    let place = snapshot.position(id);
    let Some(session) = place.and_then(|place| snapshot.sessions.get(place)) else {
        return Err(CommandError::NoSuchSession(id, client.url().clone()));
    };
    let absence = match session.phase() {
        Some(SessionPhase::Stopping) => {
            let servers = closing_servers(session).map(|servers| format!(". {servers}"));
            format!("{}{}", closing_text(None), servers.unwrap_or_default())
        }
        _ => "still logging in: MaxScale lists it, and has no details of it yet".to_owned(),
    };
    let mut detail = SessionDetail::of(session.clone());
    let connections = session.server_connections().unwrap_or_default().iter();
    let connections = connections.map(|connection| ConnectionDetail {
        server: Some(connection.server.clone()),
        thread_id: connection.thread_id,
        ..ConnectionDetail::default()
    });
    detail.connections = connections.collect();
    Ok((detail, Some(absence)))
}

async fn fetch(client: &Client, id: SessionId) -> Result<ShownSession, CommandError> {
    let failed = exit::failed(client);
    let instance = client.optional_instance().await.map_err(&failed)?;
    let (detail, absence) = match client.session(id).await {
        Ok(detail) => (detail, None),
        Err(RequestError::NotFound) => listed(client, id).await?,
        Err(fault) => return Err(failed(fault)),
    };
    let process = instance.as_ref().and_then(|instance| instance.process.as_ref());
    Ok(ShownSession {
        identity: Identity::new(client.endpoint(), process, &detail.session),
        // The request has detected the dialect.
        dialect: client.dialect().unwrap_or(Dialect::JsonApi),
        instance,
        taken_at: Timestamp::now(),
        diagnosis: OwnedDiagnosis::default(),
        locks: ShownLocks::default(),
        has_server_access: client.has_server_access(),
        not_examined: None,
        options: String::new(),
        absence,
        detail,
    })
}
