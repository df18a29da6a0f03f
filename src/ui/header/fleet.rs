//! The header if there are more endpoints than lines: one summary line, and the worst two.
//!
//! ```text
//! 200 endpoints  197 live  2 stale  1 no data                  100000 sessions  ▲12 ●40
//! ```

use std::cmp::Reverse;

use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr as _;

use super::left::trouble;
use super::stuck_spans;
use crate::app::App;
use crate::app::endpoint::EndpointState;
use crate::app::endpoint_health::EndpointHealth;
use crate::diagnosis::Severity;
use crate::model::counted;
use crate::ui::draw::fit_middle;
use crate::ui::theme::Theme;

/// Maximum width of the endpoint's name before its trouble, in cells.
const MAX_ENDPOINT_NAME: usize = 20;

/// Returns the left and the right side of the summary line.
pub(super) fn summary<'a>(app: &App, theme: &Theme, width: usize) -> (Line<'a>, Line<'a>) {
    (left(app, theme, width), right(app, theme))
}

/// Returns the number of endpoints, by state, and the warnings of all of them. The warnings fit at
/// every width, then the worst states.
fn left<'a>(app: &App, theme: &Theme, width: usize) -> Line<'a> {
    let states: Vec<_> = EndpointHealth::ALL
        .into_iter()
        .filter_map(|standing| state(app, standing, theme))
        .collect();
    let all = counted(app.endpoints.len(), "endpoint");
    let count = app.endpoints.len().to_string();
    let worst = states.last().cloned().into_iter().collect::<Vec<_>>();
    // The first form that fits. The last one is used if none does.
    let forms = [
        (&all, true, states.as_slice()),
        (&count, true, states.as_slice()),
        (&count, true, worst.as_slice()),
        (&count, false, &[]),
    ];
    let form = |(count, with_count, states): (&String, bool, &[Span<'_>])| {
        let warnings = warnings(app, with_count, theme);
        let used = 1 + count.width() + width_of(&warnings) + width_of(states);
        (count.clone(), warnings, used)
    };
    let mut fitting = forms.into_iter().map(form).filter(|(_, _, used)| *used <= width);
    let form = fitting.next().unwrap_or_else(|| form((&count, false, &[])));
    let (count, warnings, _) = form;
    let count = vec![Span::raw(" "), Span::styled(count, theme.head)];
    let mut line = Line::from(count);
    let mut room = width.saturating_sub(line.width() + width_of(&warnings));
    let mut shown = Vec::new();
    for state in states.iter().rev().cloned() {
        if state.width() + 2 <= room {
            room -= state.width() + 2;
            shown.push(state);
        }
    }
    for part in shown.into_iter().rev().chain(warnings) {
        line.extend([Span::raw("  "), part]);
    }
    line
}

/// Returns the width of these parts with a gap before each.
fn width_of(parts: &[Span<'_>]) -> usize {
    parts.iter().map(|part| part.width() + 2).sum()
}

fn state<'a>(app: &App, standing: EndpointHealth, theme: &Theme) -> Option<Span<'a>> {
    let all = app.endpoints.iter();
    let count = all.filter(|endpoint| app.health(endpoint) == standing).count();
    let style = match standing {
        EndpointHealth::Live => theme.good,
        EndpointHealth::Connecting | EndpointHealth::Stale => theme.look,
        EndpointHealth::Failing | EndpointHealth::NoData | EndpointHealth::SeveralProxies => theme.act,
    };
    (count > 0).then(|| Span::styled(format!("{count} {}", standing.word()), style))
}

/// Returns the worst trouble of the servers of all endpoints, and the number of others marked ▲:
/// `proxy-07: db-02 DOWN 40s  +3`. Without `has_room` it is shortened to `server trouble`.
fn server_trouble<'a>(app: &App, has_room: bool, theme: &Theme) -> Option<Span<'a>> {
    let shown = app.endpoints.iter();
    let shown = shown.filter(|endpoint| app.endpoints.shown_by(endpoint).is_none());
    let all: Vec<_> = shown
        .flat_map(|endpoint| {
            let troubles = endpoint.shown_troubles().into_iter();
            troubles.map(move |trouble| (endpoint, trouble))
        })
        .collect();
    let (endpoint, worst) = all.iter().min_by_key(|(_, trouble)| trouble.kind.rank())?;
    let span = trouble(app, worst, theme);
    if !has_room {
        return (worst.kind.severity() == Severity::Act).then(|| Span::styled("server trouble", span.style));
    }
    let name = fit_middle(&endpoint.name, MAX_ENDPOINT_NAME, theme.glyphs.more);
    let act = all
        .iter()
        .filter(|(_, trouble)| trouble.kind.severity() == Severity::Act);
    let more = match act.count().saturating_sub(1) {
        0 => String::new(),
        more => format!("  +{more}"),
    };
    Some(Span::styled(
        format!("{name}: {}{more}", span.content),
        span.style,
    ))
}

/// Returns the warnings of all endpoints, each with the number of endpoints: `3 insecure TLS`.
fn warnings<'a>(app: &App, with_count: bool, theme: &Theme) -> Vec<Span<'a>> {
    let mut counts: Vec<(&'static str, usize)> = Vec::new();
    let of_endpoint = |endpoint: &EndpointState| {
        let expiry = endpoint.token_expiry;
        let is_short = expiry.is_some_and(|expiry| expiry.words(app.now.wall).is_some());
        let token = is_short.then_some("expiring token");
        endpoint.warnings.clone().into_iter().chain(token)
    };
    for warning in app.endpoints.iter().flat_map(of_endpoint) {
        match counts.iter_mut().find(|(known, _)| *known == warning) {
            Some((_, count)) => *count += 1,
            None => counts.push((warning, 1)),
        }
    }
    let text = |(warning, count): (&'static str, usize)| {
        if with_count {
            format!("{count} {warning}")
        } else {
            warning.to_owned()
        }
    };
    let paused = app.paused.then(|| Span::styled("paused", theme.look));
    let servers = server_trouble(app, with_count, theme);
    let warnings = counts
        .into_iter()
        .map(|counted| Span::styled(text(counted), theme.look));
    servers.into_iter().chain(warnings).chain(paused).collect()
}

fn right<'a>(app: &App, theme: &Theme) -> Line<'a> {
    let shown = app.endpoints.iter();
    let shown = shown.filter(|endpoint| app.endpoints.shown_by(endpoint).is_none());
    let listed = shown.filter_map(|endpoint| endpoint.latest.as_ref());
    let sessions: usize = listed.map(|latest| latest.sessions.len()).sum();
    let mut right = vec![Span::raw(counted(sessions, "session"))];
    right.extend(stuck_spans(theme, |severity| {
        let each = app
            .endpoints
            .iter()
            .filter_map(|endpoint| endpoint.latest.as_ref());
        each.map(|latest| app.newest_view().count(latest.endpoint, severity))
            .sum()
    }));
    right.push(Span::raw(" "));
    Line::from(right)
}

/// Sorts endpoints worst first: by health, then by the trouble of their servers, then by number of ▲ and ●.
pub(super) fn worst(app: &App) -> Vec<&EndpointState> {
    let mut all: Vec<&EndpointState> = app.endpoints.iter().collect();
    let count = |endpoint: &EndpointState, severity| {
        let latest = endpoint.latest.as_ref();
        latest.map_or(0, |latest| app.newest_view().count(latest.endpoint, severity))
    };
    all.sort_by_cached_key(|endpoint| {
        let stuck = [Severity::Act, Severity::Look].map(|severity| Reverse(count(endpoint, severity)));
        let troubles = endpoint.shown_troubles();
        let trouble = troubles.first().map_or(usize::MAX, |worst| worst.kind.rank());
        (app.health(endpoint), trouble, stuck)
    });
    all
}
