//! One line per endpoint with its name, health and stuck sessions, and the line of trends.
//!
//! ```text
//! 127.0.0.1:8989  live  every 1s  24.02.3 up 3d 4h                             ▲2  ●3
//! sessions 212 ▂▃▃▅▆  new 1.2/s ▂▃▂▅▂  ended 0.8/s ▁▂▁▃▁  list 14ms ▁▁▂▁▁
//! ```

mod fleet;
mod left;
mod past;
mod replay;
mod trends;

use std::time::Duration;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use super::theme::Theme;
use crate::app::App;
use crate::app::endpoint::{EndpointState, LinkState};
use crate::app::help::CONNECTIONS_READ;
use crate::app::layout::MAX_HEADER_LINES;
use crate::diagnosis::Severity;
use crate::model::{self, counted, exact_text};

/// Minimum width of the left side of an endpoint's line, in cells.
const MIN_LEFT: usize = 24;

/// Draws the endpoints and the trends. If there are more endpoints than lines, draws a summary and the worst
/// endpoints.
pub(super) fn draw(app: &App, theme: &Theme, area: Rect, trends: Rect, frame: &mut Frame<'_>) {
    endpoint_lines(app, theme, area, frame);
    match &app.past {
        None => {
            let recording = recording(app, theme);
            let room = usize::from(trends.width).saturating_sub(recording.width());
            trends::line(app, theme, room).render(trends, frame.buffer_mut());
            recording.right_aligned().render(trends, frame.buffer_mut());
        }
        Some(past) => {
            // On a low screen the line takes the place of the last endpoint.
            let bottom = Rect {
                y: area.bottom().saturating_sub(1),
                height: 1.min(area.height),
                ..area
            };
            let place = if trends.is_empty() { bottom } else { trends };
            match &past.replay {
                Some(replay) => replay::draw(app, replay, theme, place, frame),
                None => past::draw(app, past, theme, place, frame),
            }
        }
    }
}

/// Returns `REC 13:41 1.2 MB` if there is a recording.
fn recording<'a>(app: &App, theme: &Theme) -> Line<'a> {
    let Some(recording) = &app.recording else {
        return Line::default();
    };
    let since = recording.since.wall.to_zoned_datetime(app.settings.zone.clone());
    let size = match recording.size {
        0 => String::new(),
        size => format!(" {}", model::size_text(size)),
    };
    let text = format!(" REC {}{size} ", since.strftime("%H:%M"));
    Line::from(vec![Span::raw(" "), Span::styled(text, theme.past_chip)])
}

fn endpoint_lines(app: &App, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    if app.endpoints.len() <= usize::from(MAX_HEADER_LINES) {
        return lines(app, app.endpoints.iter(), theme, area, frame);
    }
    let [first, rest] = Layout::vertical([Constraint::Length(1), Constraint::Fill(1)]).areas(area);
    let (left, right) = fleet::summary(app, theme, first.width.into());
    let fits = left.width() + right.width() + 2 <= usize::from(first.width);
    left.render(first, frame.buffer_mut());
    if fits {
        right.right_aligned().render(first, frame.buffer_mut());
    }
    lines(app, fleet::worst(app).into_iter(), theme, rest, frame);
}

fn lines<'a>(
    app: &App,
    endpoints: impl Iterator<Item = &'a EndpointState>,
    theme: &Theme,
    area: Rect,
    frame: &mut Frame<'_>,
) {
    for (endpoint, row) in endpoints.zip(area.rows()) {
        let width = usize::from(row.width);
        let right = right(app, endpoint, theme);
        // The counts of stuck sessions stay; on the left the interval and other details are left out first.
        let counts = right.last().map_or(0, |counts| counts.width() + 2);
        let left_width = width.saturating_sub(counts).max(MIN_LEFT).min(width);
        let left = left::line(app, endpoint, theme, (left_width, width));
        let room = width.saturating_sub(left.width() + 2);
        left.render(row, frame.buffer_mut());
        let right = right.into_iter().find(|line| line.width() <= room);
        if let Some(right) = right {
            right.right_aligned().render(row, frame.buffer_mut());
        }
    }
}

/// Returns `connections read 212/5000` if some are not.
fn connections<'a>(endpoint: &EndpointState, theme: &Theme) -> Option<Span<'a>> {
    let sessions = endpoint.latest.as_ref().map_or(0, |latest| latest.sessions.len());
    let known = endpoint.connections_known().filter(|known| *known < sessions)?;
    Some(Span::styled(
        format!("  {CONNECTIONS_READ} {known}/{sessions}"),
        theme.dim,
    ))
}

/// Whether the right side has only the counts of stuck sessions, because the figures are in the line of trends.
fn has_only_counts(app: &App) -> bool {
    app.endpoints.len() == 1 && !app.areas().trends.is_empty() && app.past.is_none()
}

/// Returns the right side: everything, or the most important parts that fit. The figures of a single endpoint
/// are in the line of trends, if there is one.
fn right<'a>(app: &App, endpoint: &EndpointState, theme: &Theme) -> Vec<Line<'a>> {
    let Some(latest) = &endpoint.latest else {
        return Vec::new();
    };
    let stuck = stuck(app, latest, theme);
    let only = |parts: [&Option<Span<'a>>; 3]| {
        let shown = parts.into_iter().flatten().chain(&stuck).cloned();
        Line::from(shown.chain([Span::raw(" ")]).collect::<Vec<_>>())
    };
    if has_only_counts(app) {
        return vec![only([&None; 3])];
    }
    let live = endpoint.link == LinkState::Live;
    let cost = live.then(|| Span::styled(format!("list {}  ", cost_text(endpoint.cost)), theme.dim));
    let sessions = Some(Span::raw(counted(latest.sessions.len(), "session")));
    let losses = losses(latest, theme);
    vec![
        only([&cost, &sessions, &losses]),
        only([&None, &sessions, &losses]),
        only([&None, &sessions, &None]),
        only([&None; 3]),
    ]
}

/// Formats the number of sessions marked ▲ and ●, shown or not: `▲2 ●3`.
fn stuck<'a>(app: &App, latest: &model::Snapshot, theme: &Theme) -> Vec<Span<'a>> {
    stuck_spans(theme, |severity| {
        app.newest_view().count(latest.endpoint, severity)
    })
}

fn stuck_spans<'a>(theme: &Theme, count: impl Fn(Severity) -> usize) -> Vec<Span<'a>> {
    let counted = Severity::ALL.into_iter().filter_map(|severity| {
        let count = count(severity);
        let text = format!(" {}{count} ", severity.glyph());
        (count > 0).then(|| Span::styled(text, theme.chip(severity)))
    });
    let mut spans = Vec::new();
    for (index, span) in counted.enumerate() {
        spans.push(Span::raw(if index == 0 { "  " } else { " " }));
        spans.push(span);
    }
    spans
}

/// Returns the number of rows and fields of the last list that could not be read.
fn losses<'a>(latest: &model::Snapshot, theme: &Theme) -> Option<Span<'a>> {
    let text = match (latest.dropped, latest.blanked) {
        (0, 0) => return None,
        (0, blanked) => format!("  {} unreadable", counted(blanked, "field")),
        (dropped, 0) => format!("  {} unreadable", counted(dropped, "row")),
        (dropped, blanked) => {
            let (rows, fields) = (counted(dropped, "row"), counted(blanked, "field"));
            format!("  {rows}, {fields} unreadable")
        }
    };
    Some(Span::styled(text, theme.look))
}

/// Formats the effective interval of the lists: `every 3.5s`.
fn pace_text(app: &App, endpoint: &EndpointState) -> String {
    let configured = app.settings.interval;
    let kept = endpoint.kept_interval(configured);
    let interval = if kept == configured {
        exact_text(configured)
    } else {
        interval_text(kept).unwrap_or_else(|| exact_text(configured))
    };
    format!("every {interval}")
}

/// Formats the interval of the rows on the screen, if it is another one than that of the lists: `rows every 1s`.
fn row_pace_text(endpoint: &EndpointState) -> Option<String> {
    let rows = endpoint.latest.as_ref().and_then(|latest| latest.rows.interval)?;
    let interval = interval_text(rows).unwrap_or_else(|| exact_text(rows));
    Some(format!("rows every {interval}"))
}

/// Formats a measured interval, rounded so that it does not change with every list: to 50 ms below a
/// second, to half a second below ten.
fn interval_text(interval: Duration) -> Option<String> {
    let ms = u64::try_from(interval.as_millis()).ok()?;
    let rounded = |step: u64| (ms + step / 2) / step * step;
    Some(match ms {
        0..=974 => format!("{}ms", rounded(50).max(50)),
        975..=9_749 => {
            let text = format!("{:.1}s", Duration::from_millis(rounded(500)).as_secs_f64());
            text.replace(".0s", "s")
        }
        _ => exact_text(Duration::from_millis(rounded(1000))),
    })
}

/// Formats a response time. Rounded, so that it does not change with every poll and send bytes each
/// time.
pub(super) fn cost_text(cost: Duration) -> String {
    let ms = cost.as_millis();
    match ms {
        0..=1 => "1ms".to_owned(),
        2..=9 => format!("{}ms", ms / 2 * 2),
        10..=99 => format!("{}ms", (ms + 2) / 5 * 5),
        100..=999 => format!("{}ms", (ms + 25) / 50 * 50),
        _ => format!("{:.1}s", cost.as_secs_f64()),
    }
}
