//! The left side of an endpoint's line: name, state, warnings, cause of an error, and last the version
//! that the server reports.
//!
//! maxtop's own words come first and fit at every width. Text from a server comes after them, bounded
//! and quoted, so that it can neither forge nor displace them.

use std::sync::Arc;

use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr as _;

use super::{pace_text, row_pace_text, trends};
use crate::app::App;
use crate::app::endpoint::{EndpointState, LinkState};
use crate::app::help::{CONNECTIONS, TABLE_PAUSED};
use crate::app::server_trouble::ServerTrouble;
use crate::diagnosis::Severity;
use crate::model::{Dialect, Snapshot};
use crate::ui::draw::{fit, fit_middle};
use crate::ui::theme::Theme;

/// Minimum width of a name, in cells.
const MIN_NAME: usize = 8;
/// Minimum width of a cause, in cells. Longer names are cut to leave it.
const MIN_CAUSE: usize = 24;
/// Width of one trouble of a server or service, in cells, above which its name is cut.
const MAX_TROUBLE: usize = 28;
/// Maximum width of the fault of connections, in cells.
const MAX_CONNECTIONS: usize = 34;
/// Minimum width of the right side, in cells. The version is left out if less would remain.
const MIN_RIGHT: usize = 24;

/// Returns the left side of the line, at most `width` cells wide. `whole` is the width of the line.
pub(super) fn line<'a>(
    app: &App,
    endpoint: &EndpointState,
    theme: &Theme,
    (width, whole): (usize, usize),
) -> Line<'a> {
    let more = theme.glyphs.more;
    let cause = cause(app, endpoint).filter(|_| !trends::shows_cause(app));
    let words = app.link_words(endpoint);
    let mut flags = vec![state(app, endpoint, words.full(), theme)];
    flags.extend(
        endpoint
            .warnings
            .iter()
            .map(|warning| Span::styled(*warning, theme.look)),
    );
    flags.extend(token(app, endpoint, theme));
    flags.extend(proxies(app, endpoint, theme));
    flags.extend(connections(app, endpoint, theme));
    let troubles = endpoint.shown_troubles();
    let mut troubles = troubles.iter();
    flags.extend(troubles.next().map(|worst| trouble(app, worst, theme)));
    let mut needed = width_of(&flags);
    if needed + MIN_NAME > width
        && let Some(flag) = flags.first_mut()
    {
        *flag = state(app, endpoint, words.state, theme);
        needed = width_of(&flags);
    }
    let cause_needs = cause
        .as_ref()
        .map_or(0, |cause| cause.width().min(MIN_CAUSE) + GAP.len());
    let name_room = width.saturating_sub(needed + cause_needs).max(MIN_NAME);
    let name = fit_middle(&endpoint.name, name_room, more);
    let mut line = Line::from(vec![Span::raw(" "), Span::styled(name, theme.head)]);
    for flag in flags {
        push(&mut line, flag);
    }
    let most = whole.saturating_sub(MIN_RIGHT).min(width);
    more_troubles(app, troubles.as_slice(), theme, &mut line, (width, most));
    let is_live = endpoint.link == LinkState::Live && !app.is_stale(endpoint) && app.past.is_none();
    let pace = is_live.then(|| Span::styled(pace_text(app, endpoint), theme.dim));
    // Interval and version give way to the note on locks.
    let no_locks = lacks_locks(app, endpoint).then(|| Span::styled(NO_LOCKS, theme.dim));
    let switches = switches(app, endpoint, theme).into_iter();
    for flag in switches.chain(no_locks).chain(pace) {
        if line.width() + flag.width() + GAP.len() <= width {
            push(&mut line, flag);
        }
    }
    let room = width.saturating_sub(line.width() + GAP.len());
    if let Some(cause) = cause.filter(|_| room > more.width()) {
        push(&mut line, Span::styled(cause.fitted(room, more), theme.look));
    }
    // Without figures on the right side it may use their room.
    let most = if super::has_only_counts(app) { width } else { most };
    let mut servers = server(endpoint).into_iter();
    if let Some(server) = servers.find(|server| line.width() + GAP.len() + server.width() <= most) {
        push(&mut line, Span::styled(server, theme.dim));
    }
    // The last part: it comes and goes with the time that lists take.
    let rows = is_live.then(|| row_pace_text(endpoint)).flatten();
    if let Some(rows) = rows.filter(|rows| line.width() + GAP.len() + rows.width() <= most) {
        push(&mut line, Span::styled(rows, theme.dim));
    }
    line
}

/// Returns why connections of sessions could not be read lately: `connections: status 500`.
fn connections<'a>(app: &App, endpoint: &EndpointState, theme: &Theme) -> Option<Span<'a>> {
    let fault = endpoint.connections_fault(app.now.elapsed)?;
    let text = format!("{CONNECTIONS}: {}", fault.one_line());
    let text = fit(&text, MAX_CONNECTIONS, theme.glyphs.more);
    Some(Span::styled(text, theme.look))
}

/// Shown if sessions are stuck and no locks are read; the view of blockers says how to read them.
const NO_LOCKS: &str = "locks unknown (b)";

/// Whether sessions of an endpoint are stuck, and its locks are not read although MaxScale could.
fn lacks_locks(app: &App, endpoint: &EndpointState) -> bool {
    let is_possible = endpoint.dialect == Some(Dialect::JsonApi) && endpoint.server_access.knows_nothing();
    let stuck = |latest: &Arc<Snapshot>| {
        let count = |severity| app.newest_view().count(latest.endpoint, severity);
        Severity::ALL.into_iter().any(|severity| count(severity) > 0)
    };
    is_possible && endpoint.latest.as_ref().is_some_and(stuck)
}

/// Returns the width of these parts with a gap before each, and of the blank at the start.
fn width_of(parts: &[Span<'_>]) -> usize {
    1 + parts.iter().map(|part| part.width() + GAP.len()).sum::<usize>()
}

/// Returns one trouble of a server or service: `db-02 DOWN 40s`. Cuts only the name.
pub(super) fn trouble<'a>(app: &App, trouble: &ServerTrouble, theme: &Theme) -> Span<'a> {
    let mut words = trouble.words(app.now.elapsed);
    if let Some(name) = &trouble.name {
        let room = MAX_TROUBLE.saturating_sub(words.width() + 1).max(MIN_NAME);
        words = format!("{} {words}", fit_middle(name.as_str(), room, theme.glyphs.more));
    }
    let style = match trouble.kind.severity() {
        Severity::Act => theme.act,
        Severity::Look => theme.look,
    };
    Span::styled(words, style)
}

/// Appends the other troubles that fit, and the number of those that do not: `+2`.
fn more_troubles(
    app: &App,
    troubles: &[ServerTrouble],
    theme: &Theme,
    line: &mut Line<'_>,
    (width, most): (usize, usize),
) {
    for (index, next) in troubles.iter().enumerate() {
        let left = troubles.len() - index;
        let span = trouble(app, next, theme);
        let rest = if left > 1 { GAP.len() + 3 } else { 0 };
        if line.width() + GAP.len() + span.width() + rest > most {
            let count = Span::styled(format!("+{left}"), theme.look);
            if line.width() + GAP.len() + count.width() <= width {
                push(line, count);
            }
            return;
        }
        push(line, span);
    }
}

/// Gap between two parts.
const GAP: &str = "  ";

fn push<'a>(line: &mut Line<'a>, part: Span<'a>) {
    line.extend([Span::raw(GAP), part]);
}

/// Returns the state of the lists in these words, in its style.
fn state<'a>(app: &App, endpoint: &EndpointState, words: String, theme: &Theme) -> Span<'a> {
    let style = match endpoint.link {
        LinkState::Connecting => theme.look,
        LinkState::Live if app.is_stale(endpoint) => theme.look,
        LinkState::Live if app.past.is_some() => theme.past,
        LinkState::Live => theme.good,
        LinkState::Failing { .. } => theme.act,
    };
    Span::styled(words, style)
}

/// Returns a warning if the token of the endpoint expires soon, or has expired.
fn token<'a>(app: &App, endpoint: &EndpointState, theme: &Theme) -> Option<Span<'a>> {
    let expiry = endpoint.token_expiry?;
    let style = if expiry.is_past(app.now.wall) {
        theme.act
    } else {
        theme.look
    };
    Some(Span::styled(expiry.words(app.now.wall)?, style))
}

/// Returns a warning if several proxies answer at this address, or if another endpoint shows the same
/// proxy.
fn proxies<'a>(app: &App, endpoint: &EndpointState, theme: &Theme) -> Option<Span<'a>> {
    if endpoint.proxies.are_several() {
        return Some(Span::styled(
            "several proxies answer here: killing is off",
            theme.act,
        ));
    }
    let other = app.endpoints.shown_by(endpoint)?;
    let text = format!("same proxy as {}: shown there", other.name);
    Some(Span::styled(text, theme.look))
}

/// Returns the modes that the user has set: pause and read-only.
fn switches<'a>(app: &App, endpoint: &EndpointState, theme: &Theme) -> Vec<Span<'a>> {
    let mut switches = Vec::new();
    if app.paused {
        let age = app.shown_age();
        let age = age
            .map(|age| format!(", {}s old", age.as_secs()))
            .unwrap_or_default();
        switches.push(Span::styled(format!("{TABLE_PAUSED}{age}"), theme.look));
    }
    if endpoint.read_only {
        switches.push(Span::styled("read-only", theme.look));
    }
    switches
}

/// Why the last list failed, and when it is retried.
pub(super) struct Cause {
    fault: String,
    retry: String,
}

pub(super) fn cause(app: &App, endpoint: &EndpointState) -> Option<Cause> {
    let LinkState::Failing { fault, retry_at } = &endpoint.link else {
        return None;
    };
    let wait = retry_at
        .saturating_sub(app.now.elapsed)
        .as_millis()
        .div_ceil(1000);
    Some(Cause {
        fault: fault.one_line(),
        retry: format!(", again in {wait}s"),
    })
}

impl Cause {
    fn width(&self) -> usize {
        self.fault.width() + self.retry.width()
    }

    /// Formats the cause. Cuts the error before the time of the retry, unless too little of the error
    /// would remain.
    pub(super) fn fitted(&self, room: usize, more: &str) -> String {
        let left = room.saturating_sub(self.retry.width());
        if self.width() <= room || left >= MIN_CAUSE {
            format!("{}{}", fit(&self.fault, left, more), self.retry)
        } else {
            fit(&self.fault, room, more)
        }
    }
}

/// Formats version and uptime, `24.02.3 up 3d 4h`, or the dialect if the version is unknown; then the shorter form, the
/// version alone.
fn server(endpoint: &EndpointState) -> Vec<String> {
    let latest = endpoint.latest.as_ref();
    let instance = latest.and_then(|latest| latest.instance.as_ref());
    let version = instance.and_then(|instance| instance.shown_version());
    let uptime = instance.and_then(|instance| instance.uptime);
    match (version, uptime, endpoint.dialect) {
        (Some(version), Some(uptime), _) => vec![format!("{version} up {uptime}"), version.to_owned()],
        (Some(version), None, _) => vec![version.to_owned()],
        (None, _, Some(dialect)) => vec![dialect.name().to_owned()],
        (None, _, None) => Vec::new(),
    }
}
