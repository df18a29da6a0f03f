//! `maxtop show`: one session in full.

mod json;
mod text;

use std::io::Write as _;

use self::json::DetailRecord;
use super::exit::{Exit, Failure};
use super::{connect, output};
use crate::cli::{CommonArgs, ShowArgs, ShowOutput};
use crate::model::{Detail, Dialect, Fault, Identity, SessionId};
use crate::shell::client::Client;
use crate::wire::parse_id;

/// What was found.
struct Shown {
    identity: Identity,
    detail: Detail,
    dialect: Dialect,
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
    let process = instance.and_then(|instance| instance.process);
    Ok(Shown {
        identity: Identity::new(client.endpoint(), process.as_ref(), &detail.session),
        // Asking for a session has found the dialect.
        dialect: client.dialect().unwrap_or(Dialect::JsonApi),
        detail,
    })
}
