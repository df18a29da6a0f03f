//! `maxtop show`: one session in full.

mod json;
mod text;

use std::io::Write as _;

use jiff::Timestamp;

use self::json::DetailRecord;
use super::admission::Purpose;
use super::answers::Answers;
use super::ascii::Escapes;
use super::exit::{self, Exit, Failure};
use super::{connect, output};
use crate::cli::{CommonArgs, ShowArgs, ShowOutput};
use crate::model::{Detail, Dialect, Fault, Identity, IdleMeaning, Instance, SessionId};
use crate::shell::client::Client;
use crate::shell::json::to_writer_pretty;
use crate::triage::{
    ConnectionSample, Finding, Look, ReasonSet, Samples, Thresholds, Verdict, closer, judge,
};
use crate::wire::parse_id;

/// What was found.
struct Shown {
    identity: Identity,
    detail: Detail,
    dialect: Dialect,
    /// What idle measures, where that is known.
    idle: Option<IdleMeaning>,
    /// Why it is stuck, as far as one look tells.
    found: Vec<Finding>,
    /// Its server keeps no statements of anybody.
    keeps_no_statements: bool,
    unjudged: ReasonSet,
}

impl Shown {
    fn verdict(&self) -> Verdict<'_> {
        Verdict {
            found: &self.found,
            unjudged: self.unjudged,
        }
    }
}

/// Runs the command.
pub(super) fn run(common: &CommonArgs, args: &ShowArgs) -> Result<Exit, Failure> {
    let id = parse_id(&args.id).ok_or_else(|| Failure::id(&args.id))?;
    let (config, clients) = connect::connect(common, Purpose::Command)?;
    let answers = connect::block_on(async { Ok(find(&clients, id, config.thresholds).await) })?;
    let (shown, exit) = only(id, answers, &clients)?;
    let endpoint = connect::url(&clients, shown.identity.endpoint);
    let escapes = Escapes::of(config.ascii, args.output == ShowOutput::Json);
    output::print_with(escapes, |out| match args.output {
        ShowOutput::Text => text::write(out, &shown, &endpoint),
        ShowOutput::Json => {
            to_writer_pretty(&mut *out, &DetailRecord::new(&shown, &endpoint))?;
            writeln!(out)
        }
    })?;
    Ok(exit)
}

/// The session of each endpoint that has one with this id.
async fn find(clients: &[Client], id: SessionId, limits: Thresholds) -> Answers<Shown> {
    Answers::of(clients, move |client: Client| async move {
        fetch(&client, id, &limits).await
    })
    .await
}

/// The one that is meant. An endpoint without it is no failure as long as another has it.
fn only(id: SessionId, mut answers: Answers<Shown>, clients: &[Client]) -> Result<(Shown, Exit), Failure> {
    if !answers.good.is_empty() {
        answers
            .failures
            .retain(|failure| !matches!(failure, Failure::NoSuchSession(..)));
    }
    let (mut found, exit) = answers.told()?;
    match (found.pop(), found.is_empty()) {
        (Some(one), true) => Ok((one, exit)),
        (Some(last), false) => {
            let all = found.iter().chain([&last]);
            let endpoints = all
                .map(|shown| connect::url(clients, shown.identity.endpoint))
                .collect();
            Err(Failure::Ambiguous { id, endpoints })
        }
        (None, _) => Err(Failure::NoEndpoint),
    }
}

async fn fetch(client: &Client, id: SessionId, limits: &Thresholds) -> Result<Shown, Failure> {
    let failed = exit::failed(client);
    let instance = connect::instance(client).await.map_err(&failed)?;
    let detail = client.session(id).await.map_err(|fault| match fault {
        Fault::NotFound => Failure::NoSuchSession(id, client.url().clone()),
        fault => failed(fault),
    })?;
    // Asking for a session has found the dialect.
    let dialect = client.dialect().unwrap_or(Dialect::JsonApi);
    let look = Look {
        dialect,
        instance: instance.as_ref(),
        taken_at: Timestamp::now(),
        is_after_restart: false,
        sessions: std::slice::from_ref(&detail.session),
    };
    let sample = ConnectionSample::look(None, &detail.connections, detail.client_buffer, look.taken_at);
    let judged = judge(None, look, limits, &Samples::new());
    let (found, unjudged) = closer(&judged.verdict(0), Some(&sample));
    let idle = instance.as_ref().and_then(Instance::idle_meaning);
    let retained = instance
        .as_ref()
        .and_then(|instance| instance.retained_statements);
    let process = instance.and_then(|instance| instance.process);
    Ok(Shown {
        identity: Identity::new(client.endpoint(), process.as_ref(), &detail.session),
        dialect,
        idle,
        keeps_no_statements: retained == Some(0),
        found,
        unjudged,
        detail,
    })
}
