//! `maxtop show`: one session in full.

mod json;
mod text;

use std::io::Write as _;

use jiff::Timestamp;

use self::json::DetailRecord;
use super::exit::{Exit, Failure};
use super::{connect, output};
use crate::cli::{CommonArgs, ShowArgs, ShowOutput};
use crate::model::{Detail, Dialect, Fault, Identity, IdleMeaning, Instance, SessionId};
use crate::shell::client::Client;
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
    let (_, client) = connect::connect(common)?;
    let shown = connect::block_on(fetch(&client, id))?;
    let endpoint = client.url().to_string();
    output::print(|out| match args.output {
        ShowOutput::Text => text::write(out, &shown, &endpoint),
        ShowOutput::Json => {
            serde_json::to_writer_pretty(&mut *out, &DetailRecord::new(&shown, &endpoint))?;
            writeln!(out)
        }
    })?;
    Ok(Exit::Done)
}

async fn fetch(client: &Client, id: SessionId) -> Result<Shown, Failure> {
    let failed = connect::failed(client);
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
    let sample = ConnectionSample::look(None, &detail, look.taken_at);
    let judged = judge(None, look, &Thresholds::default(), &Samples::new());
    let (found, unjudged) = closer(&judged.verdict(0), Some(&sample));
    let idle = instance.as_ref().and_then(Instance::idle_meaning);
    let process = instance.and_then(|instance| instance.process);
    Ok(Shown {
        identity: Identity::new(client.endpoint(), process.as_ref(), &detail.session),
        dialect,
        idle,
        found,
        unjudged,
        detail,
    })
}
