//! `maxtop list`: prints the sessions once.

mod delimited;
mod json;
mod table;

use std::io::IsTerminal as _;
use std::sync::Arc;

use self::table::{ColumnChoice, TablePage};
use super::ascii::Escapes;
use super::auth_preflight::PreflightMode;
use super::exit::{CommandError, ExitStatus};
use super::server_access::{self, EndpointReports};
use super::{connect, output, same_proxy};
use crate::app::build_view::{TableView, ViewQuery, ViewRequest, build_view};
use crate::app::columns::ColumnId;
use crate::cli::{GlobalOptions, ListArgs, ListOutput};
use crate::client::Client;
use crate::config::Config;
use crate::model::{Snapshot, counted};

/// Runs the command.
pub(super) fn run(global: &GlobalOptions, args: &ListArgs) -> Result<ExitStatus, CommandError> {
    let (config, clients) = connect::connect(global, PreflightMode::Command)?;
    // Columns of the configuration file are for the screen only: a script gets the same columns everywhere.
    let chosen = config
        .columns
        .as_deref()
        .filter(|_| global.line.flag("columns").is_some());
    let form = form(args);
    if chosen.is_some() && matches!(form, ListOutput::Json | ListOutput::Jsonl) {
        return Err(CommandError::ColumnsOfJson);
    }
    let (snapshots, reports, exit) = connect::block_on(async {
        let (snapshots, exit) = connect::lists(&clients).await.report_failures()?;
        let (snapshots, _) = same_proxy::merge(snapshots, &clients);
        let reports = server_access::read(&clients, &snapshots).await?;
        Ok((snapshots, reports, exit))
    })?;
    snapshots.iter().for_each(warn);
    let view = arranged(&config, &clients, snapshots, &reports);
    let urls: Vec<_> = clients.iter().map(|client| client.url().to_string()).collect();
    write(form, chosen, &view, &urls, config.ascii)?;
    if let Some(why) = &view.no_match {
        output::remark(&format!("nothing to list: {why}"));
    }
    Ok(exit)
}

fn arranged(
    config: &Config,
    clients: &[Client],
    snapshots: Vec<Snapshot>,
    reports: &EndpointReports,
) -> TableView {
    let of = |snapshot: &Snapshot| reports.get(&snapshot.endpoint).cloned().unwrap_or_default();
    build_view(ViewRequest {
        samples: Vec::new(),
        reports: snapshots.iter().map(of).collect(),
        previous: None,
        snapshots: snapshots.into_iter().map(Arc::new).collect(),
        spec: ViewQuery {
            filter: config.filter.clone(),
            endpoints: clients
                .iter()
                .map(|client| connect::name(config, client).into())
                .collect(),
            sort: config.sort,
            diagnosis: config.diagnosis(),
            ..ViewQuery::default()
        },
    })
}

/// Prints a warning if parts of the list could not be read.
fn warn(snapshot: &Snapshot) {
    let (dropped, blanked) = (snapshot.dropped, snapshot.blanked);
    if dropped > 0 {
        output::complain(&format!(
            "left out: {} without a valid id or of another type",
            counted(dropped, "row")
        ));
    }
    if blanked > 0 {
        output::complain(&output::left_blank(blanked));
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
    view: &TableView,
    urls: &[String],
    ascii: bool,
) -> Result<(), CommandError> {
    let or = |which| chosen.map_or(which, ColumnChoice::Chosen);
    let wide = TablePage { width: None, ascii };
    let page = TablePage {
        width: output::terminal_width(),
        ascii,
    };
    let is_json = matches!(form, ListOutput::Json | ListOutput::Jsonl);
    let escapes = Escapes::of(ascii, is_json);
    output::print_with(escapes, |out| match form {
        ListOutput::Table => table::write(out, view, or(ColumnChoice::Usual), page),
        ListOutput::Wide => table::write(out, view, or(ColumnChoice::All), wide),
        ListOutput::Json => json::write_array(out, view, urls),
        ListOutput::Jsonl => json::write_lines(out, view, urls),
        ListOutput::Csv => delimited::write_csv(out, view, urls, chosen),
        ListOutput::Tsv => delimited::write_tsv(out, view, urls, chosen),
    })
}
