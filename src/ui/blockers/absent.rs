//! Lines about the servers that were read, and about missing data.

use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr as _;

use super::{read_age, summary};
use crate::app::App;
use crate::app::blockers::CREATE_USER;
use crate::app::endpoint::EndpointState;
use crate::model::{DRAFT_WITHOUT_LOCKS, ServerLocks, ServerState, Text, counted, measured_text};
use crate::ui::draw::{fit, wrap};
use crate::ui::theme::Theme;

/// The command that loads the plugin for holders of metadata locks.
const LOAD_PLUGIN: &str = "INSTALL SONAME 'metadata_lock_info'";

/// Returns the title and the summary.
pub(super) fn head<'a>(app: &App, theme: &Theme, width: usize) -> Vec<Line<'a>> {
    let age = read_age(app).map(|age| format!("  {age}")).unwrap_or_default();
    let room = width.saturating_sub(10 + age.width());
    let text = if app.has_only_drafts() {
        "unknown: the draft API has no locks".to_owned()
    } else if !has_access(app) {
        "needs a database user".to_owned()
    } else if app.table.view.blockers.rows.is_empty() {
        match (read_servers(app).count(), servers_to_come(app)) {
            (0, _) if app.is_past() => "the locks were not read at this time".to_owned(),
            (0, _) if !has_replies(app) => "waiting for the first reply of the servers".to_owned(),
            (0, _) => "unknown: no server could be read".to_owned(),
            (_, Some(names)) => format!("unknown yet: {names} not read"),
            (_, None) if app.is_past() && !knows_servers(app) => {
                "unknown: not all servers were read at this time".to_owned()
            }
            (_, None) => "no session waits for a lock".to_owned(),
        }
    } else {
        summary(app, room)
    };
    let text = fit(&text, room, theme.glyphs.more);
    let gap = room.saturating_sub(text.width());
    vec![Line::from(vec![
        Span::styled("BLOCKERS  ", theme.head),
        Span::raw(text),
        Span::raw(" ".repeat(gap)),
        Span::styled(age, theme.dim),
    ])]
}

fn has_access(app: &App) -> bool {
    app.endpoints.iter().any(|endpoint| endpoint.server_access.is_set)
}

/// Whether a server has replied, or could not be read.
fn has_replies(app: &App) -> bool {
    let mut own = app
        .endpoints
        .iter()
        .filter(|endpoint| endpoint.server_access.is_set);
    own.any(|endpoint| !endpoint.server_access.reports.is_empty() || endpoint.servers.fault.is_some())
}

/// Whether the servers of every endpoint with a database user are known.
fn knows_servers(app: &App) -> bool {
    let mut own = app
        .endpoints
        .iter()
        .filter(|endpoint| endpoint.server_access.is_set);
    own.all(|endpoint| endpoint.servers.latest.is_some())
}

fn read_servers(app: &App) -> impl Iterator<Item = &ServerLocks> {
    servers_of(app).filter(|server| server.report.activity.is_ok() && !server.is_outdated)
}

/// Returns the names of the servers that accept connections and have no report yet: `db-01, db-03`. `None` if
/// there is none, or if the servers are unknown.
pub(super) fn servers_to_come(app: &App) -> Option<String> {
    let own = app
        .endpoints
        .iter()
        .filter(|endpoint| endpoint.server_access.is_set);
    let mut names = Vec::new();
    for endpoint in own {
        let reports = &endpoint.server_access.reports;
        let known = endpoint.servers.latest.iter().flat_map(|known| &known.states);
        let usable = known.filter(|server| server.accepts_connections());
        let missing = usable.filter(|server| reports.get(&server.name).is_none());
        names.extend(missing.map(|server| server.name.to_string()));
    }
    (!names.is_empty()).then(|| names.join(", "))
}

fn servers_of(app: &App) -> impl Iterator<Item = &ServerLocks> {
    app.table.view.locks.iter().flat_map(|locks| &locks.servers)
}

fn paragraph<'a>(text: &str, style: Style, width: usize) -> Vec<Line<'a>> {
    let lines = wrap(text, width).into_iter();
    lines.map(|line| Line::styled(line, style)).collect()
}

/// Returns what is shown if no thread blocks or waits.
pub(super) fn no_blockers<'a>(app: &App, theme: &Theme, width: usize) -> Vec<Line<'a>> {
    let mut text = vec![Line::default()];
    if app.has_only_drafts() {
        text.extend(paragraph(DRAFT_WITHOUT_LOCKS, Style::new(), width));
        return text;
    }
    if !has_access(app) {
        let why = "MaxScale does not know which sessions wait for which; the servers do. With --sql-user maxtop reads \
                   their locks through MaxScale, with SELECTs only.";
        text.extend(paragraph(why, Style::new(), width));
        text.push(Line::default());
        text.push(Line::from(vec![
            Span::styled("y", theme.key),
            Span::raw(fit(
                "  copies the statement that creates this user on a server:",
                width.saturating_sub(1),
                theme.glyphs.more,
            )),
        ]));
        let statement = wrap(CREATE_USER, width.saturating_sub(3).max(1)).into_iter();
        text.extend(statement.map(|line| Line::styled(format!("   {line}"), theme.hit)));
        text.push(Line::default());
        text.push(Line::from(vec![
            Span::styled("maxtop doctor --sql-user maxtop", theme.hit),
            Span::raw("   checks it"),
        ]));
        text.push(Line::default());
        let known = match app.table.view.count_reason("silent") {
            // Not every version and setting measures it.
            0 => return text,
            1 => "1 session has a statement that moves".to_owned(),
            count => format!("{count} sessions have statements that move"),
        };
        let known = format!("Known without it: {known} no data (reason silent).");
        text.extend(paragraph(&known, theme.dim, width));
        return text;
    }
    if servers_of(app).any(|server| server.report.activity.is_ok() && !server.is_outdated) {
        let totals = app.table.view.blockers.totals;
        let oldest = totals.oldest.map(|oldest| format!(", the oldest {oldest}"));
        let open = counted(totals.transactions, "open transaction");
        text.push(Line::raw(format!("{open}{}", oldest.unwrap_or_default())));
        text.push(Line::default());
    }
    text.extend(servers(app, theme, width));
    text
}

/// Names the servers that are not read because they accept no connections.
fn unread_servers(app: &App) -> impl Iterator<Item = String> {
    let own = |endpoint: &&EndpointState| endpoint.server_access.is_set;
    app.endpoints.iter().filter(own).flat_map(|endpoint| {
        let states = endpoint.servers.latest.iter().flat_map(|known| &known.states);
        let read = |server: &ServerState| endpoint.server_access.reports.get(&server.name);
        let unread = states.filter(move |server| !server.accepts_connections() && read(server).is_none());
        unread.map(|server| {
            let state = server.state.as_ref().map_or("not running", Text::as_str);
            format!("{}: {state}, so its locks are unknown", server.name)
        })
    })
}

/// Returns which servers were read, why others could not be, and what is missing.
pub(super) fn servers<'a>(app: &App, theme: &Theme, width: usize) -> Vec<Line<'a>> {
    let mut read = Vec::new();
    let mut text = Vec::new();
    for server in servers_of(app) {
        let report = &server.report;
        let name = report.server.as_str();
        let fault = match &report.activity {
            _ if server.is_outdated => "its last report is old".to_owned(),
            Err(fault) => fault.to_string(),
            Ok(_) if report.grants.is_some_and(|grants| !grants.may_see_all) => {
                "missing privilege PROCESS: locks of other users are unknown".to_owned()
            }
            Ok(_) => {
                let more = if server.graph.has_more {
                    ", and more rows"
                } else {
                    ""
                };
                read.push(format!("{name} ({}{more})", measured_text(report.cost)));
                continue;
            }
        };
        text.extend(paragraph(&format!("{name}: {fault}"), theme.look, width));
    }
    for unread in unread_servers(app) {
        text.extend(paragraph(&unread, theme.look, width));
    }
    if let Some(names) = servers_to_come(app).filter(|_| !read.is_empty() || !text.is_empty()) {
        let line = format!(
            "not read {}: {names}",
            if app.is_past() { "at this time" } else { "yet" }
        );
        text.extend(paragraph(&line, theme.look, width));
    }
    if app.table.view.blockers.totals.needs_plugin {
        let why =
            format!("Holders of metadata locks are only likely. To see them, on each server: {LOAD_PLUGIN}");
        text.extend(paragraph(&why, theme.dim, width));
    }
    if text.is_empty() && read.is_empty() {
        let waiting = if app.is_past() {
            "no server was read at this time"
        } else {
            "waiting for the first reply of the servers …"
        };
        return vec![Line::styled(waiting, theme.dim)];
    }
    if !read.is_empty() {
        let line = format!("read from {}", read.join(", "));
        text.push(Line::styled(fit(&line, width, theme.glyphs.more), theme.dim));
    }
    text
}
