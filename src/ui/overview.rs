//! The overview since maxtop started: sessions, opened and closed sessions, stuck sessions, response
//! time, load of the services, and idle times.

mod allowed;

use std::time::Duration;

use ratatui::Frame;
use ratatui::text::{Line, Span};

use super::draw::{dialog_box, fit, lines};
use super::header::cost_text;
use super::sparkline::sparkline;
use super::theme::Theme;
use crate::app::App;
use crate::app::endpoint::EndpointState;
use crate::app::trend_point::TrendPoint;
use crate::model::{IDLE_BOUNDS, ListStats, Text, exact_text};

/// Width of a row's name, and of the figure after the bars, in cells.
const LABEL: usize = 18;
const FIGURE: usize = 24;

/// Draws the overview over everything, from line `top` on. Returns the last line that it can be
/// scrolled to.
pub(super) fn draw(app: &App, top: usize, theme: &Theme, frame: &mut Frame<'_>) -> usize {
    let screen = frame.area();
    let title = Line::from(Span::styled(" Overview since maxtop started ", theme.strong));
    let inner = dialog_box(theme, title, (screen.width, screen.height), frame.buffer_mut());
    let width = usize::from(inner.width);
    let mut text = Vec::new();
    for endpoint in app.endpoints.iter() {
        text.extend(fleet(app, endpoint, theme, width));
        text.push(Line::default());
    }
    let last = text.len().saturating_sub(usize::from(inner.height));
    lines(text.into_iter().skip(top.min(last)), inner, frame.buffer_mut());
    last
}

fn fleet<'a>(app: &App, endpoint: &EndpointState, theme: &Theme, width: usize) -> Vec<Line<'a>> {
    let Some(latest) = &endpoint.latest else {
        let name = endpoint.name.clone();
        return vec![Line::from(vec![
            Span::styled(name, theme.strong),
            Span::styled("  no data yet", theme.quiet),
        ])];
    };
    let trend = &endpoint.trend;
    let span = Duration::from_secs(trend.span().as_secs());
    let mut text = vec![
        Line::from(vec![
            Span::styled(endpoint.name.clone(), theme.strong),
            Span::styled(format!("  {}", exact_text(span)), theme.quiet),
        ]),
        Line::default(),
    ];
    let points = trend.points();
    let series = |label, value: fn(&TrendPoint) -> Option<f64>, figure: String| {
        let bars = sparkline(
            points.iter().map(value),
            width.saturating_sub(LABEL + FIGURE),
            theme.glyphs,
        );
        row(label, &bars, &figure, theme, width)
    };
    let most = |value: fn(&TrendPoint) -> Option<f64>| points.iter().filter_map(value).fold(0.0, f64::max);
    let rate = |value: fn(&TrendPoint) -> Option<f64>| {
        let last = points.last().and_then(value);
        let last = last.map_or_else(|| "?".to_owned(), |last| format!("{last:.1}"));
        format!("{last}/s (max {:.1})", most(value))
    };
    let dearest = points.iter().map(|point| point.cost).max().unwrap_or_default();
    let last_stuck = points.last().and_then(TrendPoint::stuck);
    let last_stuck = last_stuck.map_or_else(|| "?".to_owned(), |stuck| format!("{stuck:.0}"));
    let stuck = format!("{last_stuck} (max {:.0})", most(TrendPoint::stuck));
    text.extend([
        series(
            "sessions",
            sessions,
            format!("{} (max {:.0})", latest.sessions.len(), most(sessions)),
        ),
        series("new", TrendPoint::opened, rate(TrendPoint::opened)),
        series("ended", TrendPoint::closed, rate(TrendPoint::closed)),
        series("stuck", TrendPoint::stuck, stuck),
        series(
            "list",
            |point| Some(point.cost.as_secs_f64()),
            format!("{} (max {})", cost_text(endpoint.cost), cost_text(dearest)),
        ),
        Line::default(),
    ]);
    text.extend(allowed::section(app, endpoint, theme, width));
    text.extend(services(&latest.stats, theme, width));
    text.push(Line::default());
    text.extend(idle(&latest.stats, theme, width));
    text
}

#[expect(clippy::unnecessary_wraps, reason = "the form of a value that may be unknown")]
#[expect(clippy::cast_precision_loss, reason = "a bar is approximate")]
fn sessions(point: &TrendPoint) -> Option<f64> {
    Some(point.sessions as f64)
}

fn row<'a>(label: &str, bars: &str, figure: &str, theme: &Theme, width: usize) -> Line<'a> {
    let room = width.saturating_sub(LABEL + FIGURE);
    Line::from(vec![
        Span::styled(
            format!("{:<LABEL$}", fit(label, LABEL - 1, theme.glyphs.more)),
            theme.quiet,
        ),
        Span::styled(format!("{bars:<room$}"), theme.spark),
        Span::raw(format!("  {}", fit(figure, FIGURE - 2, theme.glyphs.more))),
    ])
}

/// Returns a name, or the placeholder for an empty one.
fn label(name: &Text) -> &str {
    match name.as_str() {
        "" => "(empty)",
        name => name,
    }
}

fn services<'a>(stats: &ListStats, theme: &Theme, width: usize) -> Vec<Line<'a>> {
    let most = stats.services.iter().map(|(_, count)| *count).max().unwrap_or(0);
    let services = stats.services.iter();
    let rows = services.map(|(service, count)| {
        row(
            label(service),
            &bar((*count).into(), most.into(), theme, width),
            &count.to_string(),
            theme,
            width,
        )
    });
    std::iter::once(Line::styled("SESSIONS BY SERVICE", theme.strong))
        .chain(rows)
        .collect()
}

fn idle<'a>(stats: &ListStats, theme: &Theme, width: usize) -> Vec<Line<'a>> {
    let most = stats.idle.iter().copied().max().unwrap_or(0);
    let bounded = IDLE_BOUNDS.iter().map(|(_, bound)| format!("under {bound}"));
    let last = IDLE_BOUNDS.last().map(|(_, bound)| format!("{bound} or more"));
    let labels = bounded.chain(last);
    let rows = labels.zip(stats.idle).map(|(label, count)| {
        row(
            &label,
            &bar(count.into(), most.into(), theme, width),
            &count.to_string(),
            theme,
            width,
        )
    });
    let unknown =
        (stats.idle_unknown > 0).then(|| row("unknown", "", &stats.idle_unknown.to_string(), theme, width));
    std::iter::once(Line::styled("IDLE FOR", theme.strong))
        .chain(rows)
        .chain(unknown)
        .collect()
}

/// Formats a horizontal bar. A count above 0 gets at least one cell.
fn bar(count: u64, most: u64, theme: &Theme, width: usize) -> String {
    let room = u64::try_from(width.saturating_sub(LABEL + FIGURE)).unwrap_or(0);
    let full = theme.glyphs.bars.last().copied().unwrap_or("#");
    let cells = count.saturating_mul(room) / most.max(1);
    let cells = usize::try_from(cells).unwrap_or(0).max(usize::from(count > 0));
    full.repeat(cells)
}
