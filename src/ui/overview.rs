//! The overview since maxtop started, in place of the table: sessions and stuck sessions over time, opened and
//! closed sessions, response time, load of the services, and idle times.

mod chart;
mod fleet;
mod history;
mod services;

use std::time::Duration;

use jiff::Timestamp;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use self::chart::{Chart, Layer, Reading, times};
use self::history::History;
use super::draw::{clear, fit, lines, rect};
use super::header::cost_text;
use super::outside;
use super::sparkline::sparkline;
use super::theme::Theme;
use crate::app::App;
use crate::app::endpoint::EndpointState;
use crate::app::layout::Areas;
use crate::app::trend_point::TrendPoint;
use crate::model::{self, IDLE_BOUNDS, ListStats, Text};

/// Width of a row's name, of the figures of a trend, and of a number of idle sessions, in cells.
const LABEL: usize = 14;
const FIGURE: usize = 14;
const IDLE_FIGURE: usize = 6;
/// Width from which two parts are beside each other, and the gap between them, in cells.
const WIDE: usize = 76;
const GAP: usize = 3;
/// Height from which charts are twice as high, in lines.
const TALL: u16 = 32;

/// Draws the overview in place of the table, from line `top` on. Returns the last line that it can be scrolled
/// to.
pub(super) fn draw(app: &App, top: usize, theme: &Theme, areas: &Areas, frame: &mut Frame<'_>) -> usize {
    let area = rect(areas.below_header()).intersection(frame.area());
    clear(area, frame.buffer_mut());
    let inner = Rect {
        x: area.x + 1.min(area.width),
        width: area.width.saturating_sub(2),
        ..area
    };
    let text = match app.endpoints.iter().as_slice() {
        [endpoint] => endpoint_lines(app, endpoint, theme, inner),
        _ => fleet::lines(app, theme, inner),
    };
    let text = without_blanks(text, usize::from(inner.height));
    let (shown, mark) = outside::split_mark(inner, text.len());
    let last = text.len().saturating_sub(usize::from(shown.height));
    let top = top.min(last);
    lines(text.into_iter().skip(top), shown, frame.buffer_mut());
    outside::mark(theme, mark, (top, last - top), frame.buffer_mut());
    last
}

/// Removes empty lines if the others fit into this height and all together do not.
fn without_blanks(mut text: Vec<Line<'_>>, height: usize) -> Vec<Line<'_>> {
    let mut surplus = text.len().saturating_sub(height);
    let blanks = text.iter().filter(|line| line.width() == 0).count();
    if surplus <= blanks {
        text.retain(|line| {
            let is_removed = surplus > 0 && line.width() == 0;
            surplus -= usize::from(is_removed);
            !is_removed
        });
    }
    text
}

/// Returns all lines of one endpoint.
fn endpoint_lines<'a>(app: &App, endpoint: &EndpointState, theme: &Theme, area: Rect) -> Vec<Line<'a>> {
    let width = usize::from(area.width);
    let Some(latest) = &endpoint.latest else {
        let name = Span::styled(endpoint.name.clone(), theme.head);
        return vec![Line::from(vec![name, Span::styled("  no data yet", theme.dim)])];
    };
    let history = History::of(app, vec![endpoint]);
    let mut text = vec![
        heading(app, &endpoint.name, &history, theme, width),
        Line::default(),
    ];
    text.extend(charts(app, &history, theme, area));
    text.push(Line::default());
    text.extend(rates(&history, theme, width));
    text.push(Line::default());
    let half = half(width);
    let left = services::section(app, endpoint, &latest.stats, theme, half);
    text.extend(beside(left, idle(&latest.stats, theme, half), half, width));
    if history.covered() < Duration::from_secs(5) {
        text.push(Line::styled("trends begin when maxtop starts", theme.dim));
    }
    text
}

/// Returns the width of one of two parts beside each other, or the whole width if they do not fit.
const fn half(width: usize) -> usize {
    if width >= WIDE { (width - GAP) / 2 } else { width }
}

/// Returns the charts of sessions and of stuck sessions.
fn charts<'a>(app: &App, history: &History<'_>, theme: &Theme, area: Rect) -> Vec<Line<'a>> {
    let width = usize::from(area.width);
    let height = if area.height >= TALL { 8 } else { 4 };
    let half = half(width);
    beside(
        sessions_chart(app, history, theme, half, height),
        stuck_chart(app, history, theme, half, height),
        half,
        width,
    )
}

/// Returns `OVERVIEW  db-proxy-1, the last 12m` and the times at the right end.
fn heading<'a>(app: &App, name: &str, history: &History<'_>, theme: &Theme, width: usize) -> Line<'a> {
    let span = history.covered();
    let start = clock(app, span, span);
    let name = fit(name, width / 2, theme.glyphs.more);
    let left = format!("{name}, the last {}", span_text(span));
    let right = format!("{start} to {}", clock(app, Duration::ZERO, span));
    let title = "OVERVIEW  ";
    let used = title.len() + left.chars().count();
    let gap = width.saturating_sub(used + right.len());
    let mut line = vec![Span::styled(title, theme.head), Span::raw(left)];
    if gap >= 2 {
        line.push(Span::styled(format!("{:gap$}{right}", ""), theme.dim));
    }
    Line::from(line)
}

fn span_text(time: Duration) -> model::Span {
    model::Span::from_secs(i64::try_from(time.as_secs()).unwrap_or(i64::MAX))
}

/// Returns the word for the newest figures: `now`, or `then` in the past.
fn newest_word(app: &App) -> &'static str {
    if app.is_past() { "then" } else { "now" }
}

/// Maximum span whose times have seconds.
const SECONDS_SPAN: Duration = Duration::from_mins(10);

/// Formats the local time of the moment this long ago, as one of the times of a span.
fn clock(app: &App, ago: Duration, span: Duration) -> String {
    let at = app.now.wall.checked_sub(ago).unwrap_or(Timestamp::UNIX_EPOCH);
    let form = if span < SECONDS_SPAN { "%H:%M:%S" } else { "%H:%M" };
    let local = at.to_zoned_datetime(app.settings.zone.clone());
    local.strftime(form).to_string()
}

/// Puts lines beside each other if `width` has room for both halves, otherwise below each other.
fn beside<'a>(left: Vec<Line<'a>>, right: Vec<Line<'a>>, half: usize, width: usize) -> Vec<Line<'a>> {
    if half == width {
        let gap = (!left.is_empty() && !right.is_empty()).then(Line::default);
        return left.into_iter().chain(gap).chain(right).collect();
    }
    let count = left.len().max(right.len());
    let (mut left, mut right) = (left.into_iter(), right.into_iter());
    let joined = |_| {
        let mut line = left.next().unwrap_or_default();
        if let Some(right) = right.next() {
            let gap = (half + GAP).saturating_sub(line.width());
            line.push_span(Span::raw(format!("{:gap$}", "")));
            line.extend(right.spans.into_iter().map(|span| span.patch_style(right.style)));
        }
        line
    };
    (0..count).map(joined).collect()
}

/// Returns the chart of sessions, scaled from its lowest to its highest figure.
fn sessions_chart<'a>(
    app: &App,
    history: &History<'_>,
    theme: &Theme,
    width: usize,
    height: usize,
) -> Vec<Line<'a>> {
    let figures = history.sums(sessions, Chart::columns_of(width));
    let highest = figures.iter().flatten().copied().fold(0.0, f64::max);
    let lowest = figures.iter().flatten().copied().fold(highest, f64::min);
    let now = history.session_count();
    // A column is the mean of its time, so the newest figure may be outside of all of them.
    let newest = f64::from(u32::try_from(now).unwrap_or(u32::MAX));
    let (least, most) = (lowest.min(newest), highest.max(newest));
    let head = Line::from(vec![
        Span::styled("SESSIONS  ", theme.head),
        Span::raw(format!("{now} {}", newest_word(app))),
        Span::styled(
            format!(" {} {least:.0} to {most:.0}", theme.glyphs.dot),
            theme.dim,
        ),
    ]);
    // A flat line is drawn in the middle.
    let (lowest, highest) = if highest - lowest < 1.0 {
        ((lowest - 1.0).max(0.0), highest + 1.0)
    } else {
        ((lowest - 1.0).max(0.0), highest)
    };
    let chart = Chart {
        layers: vec![Layer {
            columns: figures,
            style: theme.spark,
            is_shaded: false,
        }],
        lowest,
        highest,
    };
    with_times(app, head, &chart, height, history.shown(), theme)
}

/// Returns the chart of stuck sessions: ▲ below, ● on top of them.
fn stuck_chart<'a>(
    app: &App,
    history: &History<'_>,
    theme: &Theme,
    width: usize,
    height: usize,
) -> Vec<Line<'a>> {
    let count = Chart::columns_of(width);
    let act = history.sums(TrendPoint::act, count);
    let look = history.sums(TrendPoint::look, count);
    let sums = act
        .iter()
        .zip(&look)
        .map(|(act, look)| act.unwrap_or(0.0) + look.unwrap_or(0.0));
    let most = sums.fold(0.0, f64::max);
    let (now_act, now_look) = (history.last(TrendPoint::act), history.last(TrendPoint::look));
    let number = |figure: Option<f64>| figure.map_or_else(|| "-".to_owned(), |figure| format!("{figure:.0}"));
    // Each sign after a cell of its part of the chart.
    let [.., full] = theme.glyphs.bars;
    let head = Line::from(vec![
        Span::styled("STUCK  ", theme.head),
        Span::styled(format!("{} ▲ {}", full, number(now_act)), theme.act),
        Span::raw("  "),
        Span::styled(
            format!("{} ● {}", theme.glyphs.shade, number(now_look)),
            theme.look,
        ),
        Span::raw(format!(" {}", newest_word(app))),
        Span::styled(format!(" {} most {most:.0}", theme.glyphs.dot), theme.dim),
    ]);
    let layer = |columns, style, is_shaded| Layer {
        columns,
        style,
        is_shaded,
    };
    let rows = f64::from(u32::try_from(height).unwrap_or(4));
    let chart = Chart {
        layers: vec![layer(act, theme.act, false), layer(look, theme.look, true)],
        lowest: 0.0,
        highest: most.max(rows),
    };
    with_times(app, head, &chart, height, history.shown(), theme)
}

fn with_times<'a>(
    app: &App,
    head: Line<'a>,
    chart: &Chart,
    height: usize,
    shown: Duration,
    theme: &Theme,
) -> Vec<Line<'a>> {
    let count = chart.layers.first().map_or(0, |layer| layer.columns.len());
    let axis = times(
        count,
        [
            &clock(app, shown, shown),
            &clock(app, shown / 2, shown),
            newest_word(app),
        ],
        theme,
    );
    std::iter::once(head)
        .chain(chart.lines(height, theme))
        .chain([axis])
        .collect()
}

/// Returns the lines of opened and closed sessions and of the response time, each over the whole time.
fn rates<'a>(history: &History<'_>, theme: &Theme, width: usize) -> Vec<Line<'a>> {
    let room = width.saturating_sub(LABEL + 8 + FIGURE + 2);
    let most = |figures: &[Option<f64>]| figures.iter().flatten().copied().fold(0.0, f64::max);
    let per_second =
        |figure: Option<f64>| figure.map_or_else(|| "-".to_owned(), |rate| format!("{rate:.1}/s"));
    let row = |label: &str, figures: Vec<Option<f64>>, now: String, most: String| {
        let bars = sparkline(figures.into_iter(), room, theme.glyphs);
        Line::from(vec![
            Span::styled(format!("{label:<LABEL$}"), theme.head),
            Span::raw(format!("{now:>7} ")),
            Span::styled(bars, theme.spark),
            Span::styled(format!("  most {most}"), theme.dim),
        ])
    };
    let rate = |label: &str, read: Reading| {
        let figures = history.sums(read, room);
        let now = history.latest_rate(read);
        // A column of the chart can be the mean of a longer time.
        let most = per_second(Some(most(&figures).max(now.unwrap_or(0.0))));
        let time = history
            .rate_time()
            .map(|time| format!("last {}", span_text(time)));
        let label = format!("{label:<6}{}", time.unwrap_or_default());
        row(&label, figures, per_second(now), most)
    };
    let costs = history.largest(list_cost, room);
    let dearest = cost_text(Duration::from_secs_f64(most(&costs)));
    vec![
        rate("NEW", TrendPoint::opened),
        rate("ENDED", TrendPoint::closed),
        row("LIST TIME", costs, cost_text(history.cost()), dearest),
    ]
}

#[expect(clippy::unnecessary_wraps, reason = "the form of a value that may be unknown")]
fn list_cost(point: &TrendPoint) -> Option<f64> {
    Some(point.cost.as_secs_f64())
}

#[expect(clippy::unnecessary_wraps, reason = "the form of a value that may be unknown")]
#[expect(clippy::cast_precision_loss, reason = "a bar is approximate")]
fn sessions(point: &TrendPoint) -> Option<f64> {
    Some(point.sessions as f64)
}

/// Returns a name, or the placeholder for an empty one.
fn label(name: &Text) -> &str {
    match name.as_str() {
        "" => "(empty)",
        name => name,
    }
}

fn idle<'a>(stats: &ListStats, theme: &Theme, width: usize) -> Vec<Line<'a>> {
    let most = stats.idle.iter().copied().max().unwrap_or(0);
    let bounded = IDLE_BOUNDS.iter().map(|(_, bound)| format!("under {bound}"));
    let last = IDLE_BOUNDS.last().map(|(_, bound)| format!("{bound} or more"));
    let labels = bounded.chain(last);
    let room = width.saturating_sub(LABEL + IDLE_FIGURE);
    let row = |label: &str, count: u32, bars: String| {
        Line::from(vec![
            Span::raw(format!("{label:<LABEL$}")),
            Span::raw(format!("{count:>IDLE_FIGURE$} ")),
            Span::styled(bars, theme.spark),
        ])
    };
    let rows = labels
        .zip(stats.idle)
        .map(|(label, count)| row(&label, count, bar(count.into(), most.into(), theme, room)));
    let unknown = (stats.idle_unknown > 0).then(|| row("unknown", stats.idle_unknown, String::new()));
    std::iter::once(Line::styled("IDLE FOR", theme.head))
        .chain(rows)
        .chain(unknown)
        .collect()
}

/// Formats a horizontal bar of at most `room` cells. A count above 0 gets at least one cell.
fn bar(count: u64, most: u64, theme: &Theme, room: usize) -> String {
    let cells = count.saturating_mul(u64::try_from(room).unwrap_or(0)) / most.max(1);
    let cells = usize::try_from(cells).unwrap_or(0).max(usize::from(count > 0));
    theme.glyphs.bar.repeat(cells)
}
