//! `maxtop list`: prints the sessions, once or after every poll.

mod bell;
mod delimited;
mod fail_if;
mod json;
mod live;
mod printer;
mod table;
mod watch;

use std::collections::BTreeMap;
use std::io::IsTerminal as _;
use std::sync::Arc;

use self::delimited::OutputColumn;
use self::fail_if::FailIf;
use self::printer::ListPrinter;
use super::auth_preflight::PreflightMode;
use super::exit::{CommandError, ExitStatus};
use super::server_access::{self, EndpointReports, Examined, undecided_cause, unexamined_cause};
use super::{connect, output, same_proxy};
use crate::app::build_view::{TableView, ViewQuery, ViewRequest, build_view};
use crate::app::condition::ListCount;
use crate::cli::{GlobalOptions, ListArgs, ListOutput};
use crate::client::Client;
use crate::config::Config;
use crate::filter::NoMatch;
use crate::kill::asks_why;
use crate::model::{Dialect, Snapshot, counted};

/// Runs the command. Usage errors are reported before any request is sent.
pub(super) fn run(global: &GlobalOptions, args: &ListArgs) -> Result<ExitStatus, CommandError> {
    let form = form(args);
    let names = global.line.flag("columns").filter(|names| !names.is_empty());
    let names = names.filter(|_| matches!(form, ListOutput::Csv | ListOutput::Tsv));
    // Their names are those of the output, and the setting has those of the screen.
    let outputs = names.map(OutputColumn::chosen).transpose()?;
    let line = global.line.clone();
    let config = Config::read(&if outputs.is_some() {
        line.without("columns")
    } else {
        line
    })?;
    let is_filter_configured = global.line.flag("filter").is_none();
    let condition = args.fail_if.as_deref();
    let fail_if =
        condition.map(|text| FailIf::parse(text, config.saved_filters.as_ref(), is_filter_configured));
    let fail_if = fail_if.transpose()?;
    // Columns of the configuration file are for the table only: a script gets the same columns everywhere.
    let has_option = global.line.flag("columns").is_some();
    let (chosen, configured) = if has_option {
        (config.columns.clone(), None)
    } else {
        (None, config.columns.clone())
    };
    if chosen.is_some() && matches!(form, ListOutput::Json | ListOutput::Jsonl) {
        return Err(CommandError::ColumnsOfJson);
    }
    let is_polling = args.watch || args.count.is_some();
    let mode = if is_polling {
        PreflightMode::Polling
    } else {
        PreflightMode::Command
    };
    let (config, clients) = connect::connect_with(config, mode)?;
    let printer = ListPrinter {
        form,
        chosen: chosen.filter(|_| outputs.is_none()),
        configured,
        outputs,
        urls: clients.iter().map(|client| client.url().to_string()).collect(),
        lock_faults: BTreeMap::new(),
        ascii: config.ascii,
    };
    if is_polling {
        watch::run(&config, &clients, printer, fail_if, args.count)
    } else {
        once(&config, &clients, printer, fail_if.as_ref())
    }
}

/// Prints one list.
fn once(
    config: &Config,
    clients: &[Client],
    mut printer: ListPrinter,
    fail_if: Option<&FailIf>,
) -> Result<ExitStatus, CommandError> {
    let (snapshots, aliases, reports, exit) = connect::block_on(async {
        let (snapshots, exit) = connect::lists(clients).await.report_failures()?;
        let (snapshots, aliases) = same_proxy::merge(snapshots, clients);
        let reports = server_access::read(clients, &snapshots).await?;
        Ok((snapshots, aliases, reports, exit))
    })?;
    for line in snapshots.iter().flat_map(warnings) {
        output::complain(&line);
    }
    let query = query(config, clients, &printer);
    let query = ViewQuery {
        names: same_proxy::names(clients, &query.endpoints, &aliases),
        ..query
    };
    let view = arranged(query, snapshots, &reports);
    printer.lock_faults = reports.faults;
    let width = output::terminal_width();
    output::print_with(printer.escapes(), |out| printer.write(out, &view, width, None))?;
    let lists = ListCount {
        count: 1,
        interval: config.interval,
    };
    let examined = examined(clients, &view, lists);
    for line in remarks(&view, &printer, &examined)
        .into_iter()
        .chain(not_examined(&view, &printer, fail_if, &examined))
        .chain(not_examined_yet(
            &view,
            &printer,
            fail_if,
            &examined,
            (true, true),
        ))
    {
        output::remark(&line);
    }
    let Some(fail_if) = fail_if else {
        return Ok(status(&view, exit));
    };
    if let Some(line) = fail_if.scope(&view) {
        output::remark(&line);
    }
    let matches = fail_if.evaluate(&view);
    if let Some(line) = fail_if.line(&matches, &view, &examined) {
        output::remark(&line);
    }
    Ok(fail_if.exit(&matches, status(&view, exit), &examined))
}

/// Returns what is known about the lists of a view.
fn examined<'a>(clients: &'a [Client], view: &'a TableView, lists: ListCount) -> Examined<'a> {
    let mut lists_with_locks = view.snapshots.iter().zip(&view.locks);
    let lacks_locks = lists_with_locks.any(|(list, locks)| {
        let client = connect::client(clients, list.endpoint);
        let has_access = client.is_some_and(Client::has_server_access);
        has_access && list.dialect == Dialect::JsonApi && !locks.were_read()
    });
    Examined {
        clients,
        were_read: view.were_servers_read(),
        lacks_locks,
        lists,
        limits: &view.spec.diagnosis.thresholds,
        count_option: "--count",
    }
}

/// Returns the exit status of a list without a condition. It is a failure if nothing is listed because the filter
/// could not be decided.
fn status(view: &TableView, exit: ExitStatus) -> ExitStatus {
    let is_unreported = |why: &NoMatch| why.is_unknown && !view.may_be_idle(&view.spec.filter);
    let is_unknown = view
        .no_match
        .as_ref()
        .is_some_and(|why| is_unreported(why) || view.undecided() > 0 || view.unexamined().sessions > 0);
    match exit {
        ExitStatus::Done if is_unknown => ExitStatus::Failed,
        exit => exit,
    }
}

/// Returns the query of a list. A program that reads the output gets every session.
fn query(config: &Config, clients: &[Client], printer: &ListPrinter) -> ViewQuery {
    ViewQuery {
        filter: config.filter.clone(),
        endpoints: clients
            .iter()
            .map(|client| connect::name(config, client).into())
            .collect(),
        sort: config.sort,
        diagnosis: config.diagnosis(),
        finds_alerts: config.bell,
        shows_all_logins: !printer.is_text(),
        ..ViewQuery::default()
    }
}

fn arranged(query: ViewQuery, snapshots: Vec<Snapshot>, reports: &EndpointReports) -> TableView {
    let of = |snapshot: &Snapshot| reports.known.get(&snapshot.endpoint).cloned().unwrap_or_default();
    build_view(ViewRequest {
        samples: Vec::new(),
        reports: snapshots.iter().map(of).collect(),
        previous: None,
        snapshots: snapshots.into_iter().map(Arc::new).collect(),
        spec: query,
    })
}

/// Returns remarks about a human-readable list. In other output formats an empty list needs a remark only if it is
/// unknown whether sessions match, or if no session reports a field of the filter.
fn remarks(view: &TableView, printer: &ListPrinter, examined: &Examined<'_>) -> Vec<String> {
    let undecided = undecided(view, examined);
    let no_match = view.no_match.as_ref();
    let no_match = no_match.filter(|why| printer.is_text() || why.is_unknown);
    let no_match = no_match.map(|why| format!("nothing to list: {}", why.text));
    if !printer.is_text() {
        return undecided.or(no_match).into_iter().collect();
    }
    let no_match = undecided.or(no_match);
    let logins = (view.logins_hidden > 0).then(|| {
        let hidden = counted(view.logins_hidden, "session");
        format!("left out: {hidden} not logged in (-f reason=login lists them)")
    });
    no_match.into_iter().chain(logins).collect()
}

/// Returns how many sessions the filter could not decide, because their locks or reasons that it names are unknown.
fn undecided(view: &TableView, examined: &Examined<'_>) -> Option<String> {
    let (mut count, mut cause) = (
        view.undecided(),
        undecided_cause(&view.spec.filter, examined.clients, examined.were_read),
    );
    if count == 0 && view.no_match.is_some() {
        let unexamined = view.unexamined();
        count = unexamined.sessions;
        cause = unexamined_cause(&unexamined, examined);
    }
    let sessions = counted(count, "session");
    (count > 0).then(|| match &view.no_match {
        Some(_) => format!("nothing to list: {sessions} could not be decided: {cause}"),
        None => format!("{sessions} could not be decided: {cause}"),
    })
}

/// Returns which reasons are not examined for lack of a database user, if the list is human-readable or if its filter
/// or the condition uses reasons.
fn not_examined(
    view: &TableView,
    printer: &ListPrinter,
    fail_if: Option<&FailIf>,
    examined: &Examined<'_>,
) -> Option<String> {
    let snapshots = view.snapshots.iter().map(AsRef::as_ref);
    let is_relevant = uses_reasons(view, printer, fail_if);
    server_access::not_examined(examined.clients, snapshots.filter(|_| is_relevant))
}

/// Returns which reasons are not examined in so few lists, under the same conditions. For `parts` see
/// [`server_access::not_examined_yet`].
fn not_examined_yet(
    view: &TableView,
    printer: &ListPrinter,
    fail_if: Option<&FailIf>,
    examined: &Examined<'_>,
    parts: (bool, bool),
) -> Option<String> {
    if !uses_reasons(view, printer, fail_if) {
        return None;
    }
    let mut filters = vec![&view.spec.filter];
    filters.extend(fail_if.map(FailIf::condition));
    server_access::not_examined_yet(view, examined, &filters, parts)
}

/// Whether a list is human-readable, or its filter or the condition uses reasons.
fn uses_reasons(view: &TableView, printer: &ListPrinter, fail_if: Option<&FailIf>) -> bool {
    printer.is_text() || asks_why(&view.spec.filter) || fail_if.is_some_and(FailIf::asks_why)
}

/// Returns a warning for each kind of parts of the list that could not be read.
fn warnings(snapshot: &Snapshot) -> Vec<String> {
    let (dropped, blanked) = (snapshot.dropped, snapshot.blanked);
    let dropped = (dropped > 0).then(|| {
        let rows = counted(dropped, "row");
        format!("left out: {rows} without a valid id or of another type")
    });
    let blanked = (blanked > 0).then(|| output::left_blank(blanked));
    dropped.into_iter().chain(blanked).collect()
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
