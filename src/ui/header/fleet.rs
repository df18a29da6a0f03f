//! More endpoints than the header has lines: one line for all of them, and the worst two.
//!
//! ```text
//! 200 endpoints  197 live  2 stale  1 no data                  100000 sessions  ▲12 ●40
//! ```

use std::cmp::Reverse;

use ratatui::text::{Line, Span};

use super::stuck_spans;
use crate::app::App;
use crate::app::endpoint::{Endpoint, Link};
use crate::triage::Severity;
use crate::ui::theme::Theme;

/// How an endpoint is doing, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    NoData,
    Failing,
    Stale,
    SeveralProxies,
    Connecting,
    Live,
}

impl Standing {
    const ALL: [Self; 6] = [
        Self::Live,
        Self::Connecting,
        Self::SeveralProxies,
        Self::Stale,
        Self::Failing,
        Self::NoData,
    ];

    fn of(app: &App, endpoint: &Endpoint) -> Self {
        let settings = &app.settings;
        match endpoint.link {
            Link::Connecting => Self::Connecting,
            Link::Failing { .. } if endpoint.heard_at.is_none() => Self::NoData,
            Link::Failing { .. } => Self::Failing,
            Link::Live if endpoint.is_stale(app.now.elapsed, settings.interval, settings.duty) => Self::Stale,
            Link::Live if endpoint.proxies.are_several() => Self::SeveralProxies,
            Link::Live => Self::Live,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::NoData => "no data",
            Self::Failing => "failing",
            Self::Stale => "stale",
            Self::SeveralProxies => "with several proxies",
            Self::Connecting => "connecting",
            Self::Live => "live",
        }
    }
}

/// All of them in one line: the left and the right end of it.
pub(super) fn summary<'a>(app: &App, theme: &Theme) -> (Line<'a>, Line<'a>) {
    let count = |standing| {
        let all = app.endpoints.iter();
        all.filter(|endpoint| Standing::of(app, endpoint) == standing)
            .count()
    };
    let mut left = vec![
        Span::raw(" "),
        Span::styled(format!("{} endpoints", app.endpoints.len()), theme.strong),
    ];
    for standing in Standing::ALL {
        let (count, style) = match (count(standing), standing) {
            (0, _) => continue,
            (count, Standing::Live) => (count, theme.good),
            (count, Standing::Connecting | Standing::Stale) => (count, theme.warning),
            (count, _) => (count, theme.alarm),
        };
        left.push(Span::styled(format!("  {count} {}", standing.word()), style));
    }
    let shown = app.endpoints.iter();
    let shown = shown.filter(|endpoint| app.shown_by(endpoint).is_none());
    let listed = shown.filter_map(|endpoint| endpoint.latest.as_ref());
    let sessions: usize = listed.map(|latest| latest.sessions.len()).sum();
    let mut right = vec![Span::raw(format!("{sessions} sessions"))];
    right.extend(stuck_spans(theme, |severity| {
        let each = app
            .endpoints
            .iter()
            .filter_map(|endpoint| endpoint.latest.as_ref());
        each.map(|latest| app.table.generation.count(latest.endpoint, severity))
            .sum()
    }));
    right.push(Span::raw(" "));
    (Line::from(left), Line::from(right))
}

/// The worst first: who does not answer, then who has most to act on.
pub(super) fn worst(app: &App) -> Vec<&Endpoint> {
    let mut all: Vec<&Endpoint> = app.endpoints.iter().collect();
    let count = |endpoint: &Endpoint, severity| {
        let latest = endpoint.latest.as_ref();
        latest.map_or(0, |latest| app.table.generation.count(latest.endpoint, severity))
    };
    all.sort_by_cached_key(|endpoint| {
        let stuck = [Severity::Act, Severity::Look].map(|severity| Reverse(count(endpoint, severity)));
        (Standing::of(app, endpoint), stuck)
    });
    all
}
