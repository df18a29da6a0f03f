//! `maxtop list`: the sessions, once.

mod json;
mod separated;
mod table;

use std::io::IsTerminal as _;
use std::sync::Arc;

use self::table::{Page, Which};
use super::admission::Purpose;
use super::ascii::Escapes;
use super::exit::{Exit, Failure};
use super::{connect, output, same_proxy};
use crate::app::arrange::{Generation, Job, Spec, arrange};
use crate::app::columns::ColumnId;
use crate::cli::{CommonArgs, ListArgs, ListOutput};
use crate::config::Config;
use crate::model::{Snapshot, counted};
use crate::shell::client::Client;

/// Runs the command.
pub(super) fn run(common: &CommonArgs, args: &ListArgs) -> Result<Exit, Failure> {
    let (config, clients) = connect::connect(common, Purpose::Command)?;
    // What the configuration file chooses is the screen's: a script reads the same columns everywhere.
    let chosen = config
        .columns
        .as_deref()
        .filter(|_| common.line.flag("columns").is_some());
    let form = form(args);
    if chosen.is_some() && matches!(form, ListOutput::Json | ListOutput::Jsonl) {
        return Err(Failure::ColumnsOfJson);
    }
    let answers = connect::block_on(async { Ok(connect::lists(&clients).await) })?;
    let (snapshots, exit) = answers.told()?;
    let (snapshots, _) = same_proxy::merge(snapshots, &clients);
    snapshots.iter().for_each(warn);
    let generation = arranged(&config, &clients, snapshots);
    let urls: Vec<_> = clients.iter().map(|client| client.url().to_string()).collect();
    write(form, chosen, &generation, &urls, config.ascii)?;
    Ok(exit)
}

fn arranged(config: &Config, clients: &[Client], snapshots: Vec<Snapshot>) -> Generation {
    arrange(Job {
        samples: Vec::new(),
        previous: None,
        snapshots: snapshots.into_iter().map(Arc::new).collect(),
        spec: Spec {
            filter: config.filter.clone(),
            endpoints: clients
                .iter()
                .map(|client| connect::name(config, client).into())
                .collect(),
            sort: config.sort,
            thresholds: config.thresholds,
            ..Spec::default()
        },
    })
}

/// A list that could not be read in full says so.
fn warn(snapshot: &Snapshot) {
    let (dropped, blanked) = (snapshot.dropped, snapshot.blanked);
    if dropped > 0 {
        output::complain(&format!(
            "left out: {} without a valid id or of another type",
            counted(dropped, "row")
        ));
    }
    if blanked > 0 {
        output::complain(&format!(
            "left blank: {} that cannot be read",
            counted(blanked, "field")
        ));
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

fn write(
    form: ListOutput,
    chosen: Option<&[ColumnId]>,
    generation: &Generation,
    urls: &[String],
    ascii: bool,
) -> Result<(), Failure> {
    let or = |which| chosen.map_or(which, Which::Chosen);
    let wide = Page { width: None, ascii };
    let page = Page {
        width: output::terminal_width(),
        ascii,
    };
    let is_json = matches!(form, ListOutput::Json | ListOutput::Jsonl);
    let escapes = Escapes::of(ascii, is_json);
    output::print_with(escapes, |out| match form {
        ListOutput::Table => table::write(out, generation, or(Which::Usual), page),
        ListOutput::Wide => table::write(out, generation, or(Which::All), wide),
        ListOutput::Json => json::write_array(out, generation, urls),
        ListOutput::Jsonl => json::write_lines(out, generation, urls),
        ListOutput::Csv => separated::write_csv(out, generation, urls, chosen),
        ListOutput::Tsv => separated::write_tsv(out, generation, urls, chosen),
    })
}
