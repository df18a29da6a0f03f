//! `maxtop list`: the sessions, once.

mod json;
mod separated;
mod table;

use std::io::IsTerminal as _;
use std::sync::Arc;

use self::table::Width;
use super::admission::Purpose;
use super::exit::{Exit, Failure};
use super::{connect, output};
use crate::app::arrange::{Generation, Job, Spec, arrange};
use crate::cli::{CommonArgs, ListArgs, ListOutput};
use crate::config::Config;
use crate::model::Snapshot;

/// Runs the command.
pub(super) fn run(common: &CommonArgs, args: &ListArgs) -> Result<Exit, Failure> {
    let (config, client) = connect::connect(common, Purpose::Command)?;
    let snapshot = connect::block_on(connect::list(&client))?;
    warn(&snapshot);
    let generation = arranged(&config, client.url().authority(), snapshot);
    write(form(args), &generation, &client.url().to_string())?;
    Ok(Exit::Done)
}

fn arranged(config: &Config, endpoint: String, snapshot: Snapshot) -> Generation {
    arrange(Job {
        previous: None,
        snapshots: vec![Arc::new(snapshot)],
        spec: Spec {
            filter: config.filter.clone(),
            endpoints: vec![endpoint.into()],
            sort: config.sort,
            ..Spec::default()
        },
    })
}

/// A list that could not be read in full says so.
fn warn(snapshot: &Snapshot) {
    let (dropped, blanked) = (snapshot.dropped, snapshot.blanked);
    if dropped > 0 {
        output::complain(&format!("{dropped} rows without a valid id were left out"));
    }
    if blanked > 0 {
        output::complain(&format!("{blanked} fields of an unexpected type were left blank"));
    }
}

fn form(args: &ListArgs) -> ListOutput {
    args.output.unwrap_or_else(|| {
        if std::io::stdout().is_terminal() {
            ListOutput::Table
        } else {
            ListOutput::Tsv
        }
    })
}

fn write(form: ListOutput, generation: &Generation, endpoint: &str) -> Result<(), Failure> {
    output::print(|out| match form {
        ListOutput::Table => table::write(out, generation, Width::Usual),
        ListOutput::Wide => table::write(out, generation, Width::All),
        ListOutput::Json => json::write_array(out, generation, endpoint),
        ListOutput::Jsonl => json::write_lines(out, generation, endpoint),
        ListOutput::Csv => separated::write_csv(out, generation, endpoint),
        ListOutput::Tsv => separated::write_tsv(out, generation, endpoint),
    })
}
