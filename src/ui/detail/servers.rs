//! The section about the session's servers, as MaxScale's monitor reports them: a warning at each
//! connection and one line per server. Dimmed if all are well.

use jiff::Timestamp;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr as _;

use super::Pen;
use crate::app::App;
use crate::app::detail::DetailPane;
use crate::app::servers::ServersKnown;
use crate::model::{Dialect, Health, ServerState, Servers, SessionDetail, Span as Length, Text, counted};
use crate::ui::theme::Theme;

/// Maximum width of a server name, in cells.
const MAX_NAME_WIDTH: usize = 18;
/// Gap between two columns, in cells.
const GAP: usize = 2;

/// Returns the endpoint's servers; `None` if its dialect does not report them.
pub(super) fn known<'k>(app: &'k App, pane: &DetailPane) -> Option<&'k ServersKnown> {
    let endpoint = app.endpoints.get(pane.identity.endpoint)?;
    (endpoint.dialect != Some(Dialect::Draft)).then_some(&endpoint.servers)
}

/// Returns the warning for a server; `None` if it is well or its state is unknown.
pub(super) fn word<'a>(
    known: Option<&ServersKnown>,
    server: Option<&Text>,
    theme: &Theme,
) -> Option<Span<'a>> {
    let servers = known?.latest.as_deref()?;
    let Some(state) = servers.find(server?) else {
        return Some(Span::styled("not listed", theme.look));
    };
    let health = state.health();
    (health != Health::Running).then(|| Span::styled(health.to_string(), tint(health, theme)))
}

const fn tint(health: Health, theme: &Theme) -> Style {
    match health {
        Health::Running | Health::Unknown => theme.dim,
        _ if health.is_unusable() => theme.act,
        _ => theme.look,
    }
}

/// Returns the section; empty until the first reply.
pub(super) fn section<'a>(
    app: &App,
    pane: &DetailPane,
    detail: &SessionDetail,
    pen: &Pen<'_>,
) -> Vec<Line<'a>> {
    let Some(known) = known(app, pane) else {
        return Vec::new();
    };
    let Some(servers) = &known.latest else {
        let Some(fault) = &known.fault else {
            return Vec::new();
        };
        let why = format!("cannot be read: {fault}");
        return Vec::from(heading(&why, pen));
    };
    let names_none = detail.connections.is_empty();
    let shown = if names_none {
        // A session that waits for a server may wait for one of these.
        let all = servers.states.iter();
        all.filter(|server| server.health() != Health::Running).collect()
    } else {
        held(servers, detail)
    };
    if shown.is_empty() {
        return Vec::new();
    }
    let stale = known.stale_since(app.now);
    let remark = match (&known.fault, stale) {
        (Some(fault), _) => format!("as of {}; since then: {fault}", time(app, servers.taken_at)),
        (None, Some(since)) => format!("as of {}", time(app, since)),
        (None, None) if detail.is_empty() => "with problems; the session has no server connection".to_owned(),
        (None, None) if names_none => "with problems; which ones the session uses is not reported".to_owned(),
        (None, None) => "as MaxScale's monitor reports them".to_owned(),
    };
    let mut text = Vec::from(heading(&remark, pen));
    let columns = Columns::of(&shown, pen);
    text.extend(shown.iter().map(|server| columns.row(server, pen)));
    text
}

fn heading<'a>(remark: &str, pen: &Pen<'_>) -> [Line<'a>; 2] {
    const HEAD: &str = "SERVERS";
    pen.heading(HEAD, &pen.fit(remark, pen.width.saturating_sub(HEAD.len() + 2)))
}

fn time(app: &App, at: Timestamp) -> String {
    let at = at.to_zoned_datetime(app.settings.zone.clone());
    at.strftime("%H:%M:%S").to_string()
}

/// Returns the servers of the session's connections, each once.
fn held<'s>(servers: &'s Servers, detail: &SessionDetail) -> Vec<&'s ServerState> {
    let mut held: Vec<&ServerState> = Vec::new();
    let names = detail.connections.iter().filter_map(|held| held.server.as_ref());
    for server in names.filter_map(|name| servers.find(name)) {
        if held.iter().all(|before| before.name != server.name) {
            held.push(server);
        }
    }
    held
}

/// Column widths of `db-02  Slave, Running  lag 42s  10.0.9.12:3306  41 connections`. A column that is
/// empty for all servers is left out.
struct Columns {
    name: usize,
    state: usize,
    lag: usize,
    place: usize,
    /// Whether the connection count fits. It is never truncated: a cut number would be wrong.
    has_count: bool,
}

impl Columns {
    fn of(shown: &[&ServerState], pen: &Pen<'_>) -> Self {
        let widest = |text: &dyn Fn(&ServerState) -> String, most: usize| {
            let widths = shown.iter().map(|server| text(server).width());
            widths.max().unwrap_or(0).min(most)
        };
        let name = widest(
            &|server| server.name.to_string(),
            MAX_NAME_WIDTH.min(pen.width / 3),
        );
        // The problem comes first in the state, so a cut keeps it.
        let state = widest(&state_text, pen.width * 2 / 5);
        let lag = widest(&lag_text, pen.width);
        let left = pen
            .width
            .saturating_sub([name, state, lag].map(taken).iter().sum());
        let place = widest(&place_text, left);
        Self {
            name,
            state,
            lag,
            place,
            has_count: taken(place) + widest(&count_text, usize::MAX) <= left,
        }
    }

    /// Formats a server. Everything except a problem is dimmed.
    fn row<'a>(&self, server: &ServerState, pen: &Pen<'_>) -> Line<'a> {
        let dim = pen.theme.dim;
        let health = server.health();
        let wrong = tint(health, pen.theme);
        let (name, state, lag) = match health {
            Health::Running => (dim, dim, dim),
            Health::Lagging(_) => (Style::new(), dim, wrong),
            _ => (Style::new(), wrong, dim),
        };
        let count = Some(count_text(server)).filter(|_| self.has_count);
        Line::from(vec![
            cell(server.name.as_str(), self.name, name, pen),
            cell(&state_text(server), self.state, state, pen),
            cell(&lag_text(server), self.lag, lag, pen),
            cell(&place_text(server), self.place, dim, pen),
            Span::styled(count.unwrap_or_default(), dim),
        ])
    }
}

/// Returns the width of a column with the gap after it.
const fn taken(width: usize) -> usize {
    if width == 0 { 0 } else { width + GAP }
}

fn cell<'a>(text: &str, width: usize, style: Style, pen: &Pen<'_>) -> Span<'a> {
    let text = pen.fit(text, width);
    let rest = taken(width).saturating_sub(text.width());
    Span::styled(format!("{text}{:rest$}", ""), style)
}

fn state_text(server: &ServerState) -> String {
    let state = server.state.as_ref();
    state.map_or_else(|| Health::Unknown.to_string(), ToString::to_string)
}

/// Formats the lag; empty if the server is not behind.
fn lag_text(server: &ServerState) -> String {
    let lag = server.replication_lag.filter(|lag| *lag > 0);
    lag.map(|lag| format!("lag {}", Length::from_secs(lag)))
        .unwrap_or_default()
}

fn place_text(server: &ServerState) -> String {
    server.origin().unwrap_or_default()
}

fn count_text(server: &ServerState) -> String {
    match server.connections {
        None => String::new(),
        Some(connections) => counted(connections, "connection"),
    }
}
