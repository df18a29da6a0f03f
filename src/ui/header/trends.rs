//! The line of trends: figures of all endpoints with their labels, and sparklines of the last minutes, if
//! they fit. If the only endpoint does not reply, the cause is there instead.
//!
//! ```text
//! sessions 212 ▂▃▃▅▆  new 1.2/s ▂▃▂▅▂  ended 0.8/s ▁▂▁▃▁  list 14ms ▁▁▂▁▁
//! timed out after 10s, again in 4s · last list 40s ago
//! ```

use ratatui::text::{Line, Span};

use super::left::{Cause, cause};
use super::{cost_text, losses};
use crate::app::App;
use crate::app::endpoint::EndpointState;
use crate::app::trend_point::TrendPoint;
use crate::model;
use crate::ui::sparkline::{Scale, scaled};
use crate::ui::theme::Theme;

/// Possible numbers of bars of a sparkline. Coarse steps, so that one more digit does not shift the line.
const BARS: [usize; 7] = [24, 16, 12, 8, 6, 5, 4];
/// Minimum width at which the number of stuck sessions has a trend.
const MIN_WIDTH_WITH_STUCK: usize = 100;
/// Minimum full scale of each sparkline (stuck sessions, sessions per second, seconds per list), so that small
/// values look small.
const MIN_STUCK_SCALE: f64 = 8.0;
const MIN_RATE_SCALE: f64 = 2.0;
const MIN_COST_SCALE: f64 = 0.2;

/// One figure: its label, its text, and its trend.
struct Figure {
    label: &'static str,
    text: String,
    bars: Vec<Option<f64>>,
    scale: Scale,
}

/// Returns the line of trends, at most `width` cells wide.
pub(super) fn line<'a>(app: &App, theme: &Theme, width: usize) -> Line<'a> {
    if let Some((endpoint, cause)) = only_cause(app) {
        return failure(app, endpoint, &cause, theme, width);
    }
    let mut notes = notes(app, theme);
    let mut figures = figures(app, width);
    while words_width(&figures) + notes.iter().map(Span::width).sum::<usize>() > width && !notes.is_empty() {
        notes.pop();
    }
    while words_width(&figures) > width && figures.len() > 1 {
        figures.pop();
    }
    let room = width.saturating_sub(words_width(&figures) + notes.iter().map(Span::width).sum::<usize>());
    let with_trend = figures.iter().filter(|figure| !figure.bars.is_empty()).count();
    let (trends, bars) = sparklines(with_trend, room);
    let mut line = Line::from(" ");
    for (index, figure) in figures.into_iter().enumerate() {
        if index > 0 {
            line.push_span(Span::raw(GAP));
        }
        line.push_span(Span::styled(format!("{} ", figure.label), theme.dim));
        line.push_span(Span::raw(figure.text.clone()));
        if index < trends {
            let missing = bars.saturating_sub(figure.bars.len());
            let known = std::iter::repeat_n(None, missing).chain(figure.bars);
            let drawn = scaled(
                known.collect::<Vec<_>>().into_iter(),
                bars,
                figure.scale,
                theme.glyphs,
            );
            line.push_span(Span::styled(format!(" {drawn}"), theme.spark));
        }
    }
    line.extend(notes);
    line
}

/// Gap between two figures.
const GAP: &str = "  ";

fn words_width(figures: &[Figure]) -> usize {
    let widths = figures
        .iter()
        .map(|figure| figure.label.len() + 1 + figure.text.len());
    1 + widths.sum::<usize>() + GAP.len() * figures.len().saturating_sub(1)
}

/// Returns how many figures have a sparkline, and the number of bars of each: all of them, or the first ones.
fn sparklines(figures: usize, room: usize) -> (usize, usize) {
    let counts = (1..=figures).rev();
    let fitting = counts.filter_map(|count| {
        let bars = BARS.into_iter().find(|bars| (bars + 1) * count <= room);
        bars.map(|bars| (count, bars))
    });
    fitting.into_iter().next().unwrap_or((0, 0))
}

/// Returns the only endpoint and why it does not reply.
fn only_cause(app: &App) -> Option<(&EndpointState, Cause)> {
    let mut endpoints = app.endpoints.iter();
    let endpoint = endpoints.next()?;
    let cause = cause(app, endpoint)?;
    endpoints.next().is_none().then_some((endpoint, cause))
}

/// Returns why the only endpoint does not reply, when it is polled again, and the age of the last list.
fn failure<'a>(app: &App, endpoint: &EndpointState, cause: &Cause, theme: &Theme, width: usize) -> Line<'a> {
    let age = endpoint.age(app.now.elapsed);
    let age = age.map(|age| {
        let seconds = i64::try_from(age.as_secs()).unwrap_or(i64::MAX);
        format!(
            " {} last list {} ago",
            theme.glyphs.dot,
            model::Span::from_secs(seconds)
        )
    });
    let age = age.unwrap_or_default();
    let room = width.saturating_sub(1 + age.chars().count());
    Line::from(vec![
        Span::raw(" "),
        Span::styled(cause.fitted(room, theme.glyphs.more), theme.look),
        Span::styled(age, theme.dim),
    ])
}

/// Returns the figures, most important first.
fn figures(app: &App, width: usize) -> Vec<Figure> {
    let all = app.endpoints.iter();
    let shown: Vec<_> = all
        .filter(|endpoint| app.endpoints.shown_by(endpoint).is_none())
        .collect();
    let Some(slowest) = shown.iter().map(|endpoint| endpoint.cost).max() else {
        return Vec::new();
    };
    let lists = shown.iter().filter_map(|endpoint| endpoint.latest.as_ref());
    let sessions: usize = lists.clone().map(|latest| latest.sessions.len()).sum();
    if lists.count() == 0 {
        return Vec::new();
    }
    let rate = |label, read: fn(&TrendPoint) -> Option<f64>| {
        let bars = summed(&shown, read);
        Figure {
            label,
            text: rate_text(bars.last().copied().flatten()),
            bars,
            scale: Scale::FromZero(MIN_RATE_SCALE),
        }
    };
    let mut figures = vec![
        Figure {
            label: "sessions",
            text: sessions.to_string(),
            bars: summed(&shown, session_count),
            scale: Scale::Around,
        },
        rate("new", TrendPoint::opened),
        rate("ended", TrendPoint::closed),
        Figure {
            label: if shown.len() > 1 { "slowest list" } else { "list" },
            text: format!("{:<5}", cost_text(slowest)),
            bars: combined(&shown, list_cost, f64::max),
            scale: Scale::FromZero(MIN_COST_SCALE),
        },
    ];
    if width >= MIN_WIDTH_WITH_STUCK {
        figures.insert(3, stuck(app, &shown));
    }
    let locks = shown
        .iter()
        .filter_map(|endpoint| endpoint.server_access.cost())
        .max();
    figures.extend(locks.map(|cost| Figure {
        label: "locks",
        text: cost_text(cost),
        bars: Vec::new(),
        scale: Scale::Around,
    }));
    figures
}

/// Returns the number of stuck sessions.
fn stuck(app: &App, shown: &[&EndpointState]) -> Figure {
    Figure {
        label: "stuck",
        text: app.newest_view().stuck_total().to_string(),
        bars: summed(shown, TrendPoint::stuck),
        scale: Scale::FromZero(MIN_STUCK_SCALE),
    }
}

/// Returns what the lists of the only endpoint lack.
fn notes<'a>(app: &App, theme: &Theme) -> Vec<Span<'a>> {
    let mut endpoints = app.endpoints.iter();
    let (Some(endpoint), None) = (endpoints.next(), endpoints.next()) else {
        return Vec::new();
    };
    let lost = endpoint.latest.as_ref().and_then(|latest| losses(latest, theme));
    lost.into_iter()
        .chain(super::connections(endpoint, theme))
        .collect()
}

/// Returns the sums of a figure over all endpoints, by bar, oldest first.
fn summed(endpoints: &[&EndpointState], read: fn(&TrendPoint) -> Option<f64>) -> Vec<Option<f64>> {
    combined(endpoints, read, |a, b| a + b)
}

/// Combines the bars of all endpoints, oldest first. The newest bars of all endpoints are in line.
fn combined(
    endpoints: &[&EndpointState],
    read: fn(&TrendPoint) -> Option<f64>,
    combine: fn(f64, f64) -> f64,
) -> Vec<Option<f64>> {
    let mut newest_first: Vec<Option<f64>> = Vec::new();
    for endpoint in endpoints {
        for (index, point) in endpoint.trend.recent().bars().rev().enumerate() {
            let figure = read(point);
            match newest_first.get_mut(index) {
                Some(sum) => *sum = sum.zip(figure).map(|(a, b)| combine(a, b)).or(*sum).or(figure),
                None => newest_first.push(figure),
            }
        }
    }
    newest_first.reverse();
    newest_first
}

/// Formats a rate: `1.2/s`. Always five cells or more, so that nothing moves.
fn rate_text(rate: Option<f64>) -> String {
    let text = match rate {
        None => "-".to_owned(),
        Some(rate) if rate < 9.95 => format!("{rate:.1}/s"),
        Some(rate) => format!("{rate:.0}/s"),
    };
    format!("{text:<5}")
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "the form of a figure that may be unknown"
)]
fn list_cost(point: &TrendPoint) -> Option<f64> {
    Some(point.cost.as_secs_f64())
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "the form of a figure that may be unknown"
)]
#[expect(clippy::cast_precision_loss, reason = "a bar is approximate")]
fn session_count(point: &TrendPoint) -> Option<f64> {
    Some(point.sessions as f64)
}

/// Whether the line shows why an endpoint does not reply.
pub(super) fn shows_cause(app: &App) -> bool {
    !app.areas().trends.is_empty() && app.past.is_none() && only_cause(app).is_some()
}
