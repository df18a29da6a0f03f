//! One line for each endpoint: who it is, whether it is live, what watching it costs.
//!
//! ```text
//! 127.0.0.1:8989 24.02.3 up 3d 4h   live   every 1s · list 14ms   212 sessions  ▲2 ●3
//! 127.0.0.1:8989                    stale 12s   timed out after 10s, again in 4s
//! ```

mod courses;
mod fleet;

use std::time::Duration;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use super::theme::Theme;
use crate::app::App;
use crate::app::endpoint::{Endpoint, Link};
use crate::app::layout::MOST_LINES;
use crate::model;
use crate::triage::Severity;

/// Draws the endpoints; where there are more than lines, all in one and the worst ones.
pub(super) fn draw(app: &App, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    if app.endpoints.len() <= usize::from(MOST_LINES) {
        return lines(app, app.endpoints.iter(), theme, area, frame);
    }
    let [first, rest] = Layout::vertical([Constraint::Length(1), Constraint::Fill(1)]).areas(area);
    let (left, right) = fleet::summary(app, theme);
    let fits = left.width() + right.width() + 2 <= usize::from(first.width);
    left.render(first, frame.buffer_mut());
    if fits {
        right.right_aligned().render(first, frame.buffer_mut());
    }
    lines(app, fleet::worst(app).into_iter(), theme, rest, frame);
}

fn lines<'a>(
    app: &App,
    endpoints: impl Iterator<Item = &'a Endpoint>,
    theme: &Theme,
    area: Rect,
    frame: &mut Frame<'_>,
) {
    for (endpoint, row) in endpoints.zip(area.rows()) {
        let left = left(app, endpoint, theme);
        let room = usize::from(row.width).saturating_sub(left.width() + 2);
        left.render(row, frame.buffer_mut());
        let texts = || right(app, endpoint, theme);
        let right = courses::right(app, endpoint, theme, room)
            .or_else(|| texts().into_iter().find(|line| line.width() <= room));
        if let Some(right) = right {
            let room = room - right.width();
            with_connections(right, endpoint, theme, room)
                .right_aligned()
                .render(row, frame.buffer_mut());
        }
    }
}

/// `connections known 212/5000`, where there is room, and where it is not all of them.
fn with_connections<'a>(line: Line<'a>, endpoint: &Endpoint, theme: &Theme, room: usize) -> Line<'a> {
    let sessions = endpoint.latest.as_ref().map_or(0, |latest| latest.sessions.len());
    let known = endpoint.connections_known().filter(|known| *known < sessions);
    let text =
        known.map(|known| Span::styled(format!("connections known {known}/{sessions}  "), theme.quiet));
    match text.filter(|text| text.width() <= room) {
        Some(text) => std::iter::once(text).chain(line.spans).collect(),
        None => line,
    }
}

fn left<'a>(app: &App, endpoint: &'a Endpoint, theme: &Theme) -> Line<'a> {
    let mut spans = vec![Span::raw(" "), Span::styled(endpoint.name.as_str(), theme.strong)];
    spans.extend(who(endpoint).map(|who| Span::styled(format!(" {who}"), theme.quiet)));
    spans.push(Span::raw("  "));
    spans.extend(state(app, endpoint, theme));
    spans.extend(proxies(app, endpoint, theme));
    if app.paused {
        let age = app
            .shown_age()
            .map(|age| format!(" {}s ago", age.as_secs()))
            .unwrap_or_default();
        spans.push(Span::styled(format!("  paused{age}"), theme.warning));
    }
    if endpoint.read_only {
        spans.push(Span::styled("  read-only", theme.warning));
    }
    spans.extend(
        endpoint
            .warnings
            .iter()
            .map(|warning| Span::styled(format!("  {warning}"), theme.warning)),
    );
    Line::from(spans)
}

/// Several proxies at this address, or one that another endpoint shows.
fn proxies<'a>(app: &App, endpoint: &Endpoint, theme: &Theme) -> Option<Span<'a>> {
    if endpoint.proxies.are_several() {
        let text = "  several proxies answer here: killing is off";
        return Some(Span::styled(text, theme.alarm));
    }
    let other = app.shown_by(endpoint)?;
    let text = format!("  same proxy as {}: shown there", other.name);
    Some(Span::styled(text, theme.warning))
}

/// `24.02.3 up 3d 4h`, or what else is known of it.
fn who(endpoint: &Endpoint) -> Option<String> {
    let instance = endpoint
        .latest
        .as_ref()
        .and_then(|latest| latest.instance.as_ref());
    let version = instance.and_then(|instance| instance.version.as_ref());
    let uptime = instance.and_then(|instance| instance.uptime);
    match (version, uptime, endpoint.dialect) {
        (Some(version), Some(uptime), _) => Some(format!("{version} up {uptime}")),
        (Some(version), None, _) => Some(version.to_string()),
        (None, _, Some(dialect)) => Some(dialect.name().to_owned()),
        (None, _, None) => None,
    }
}

fn state<'a>(app: &App, endpoint: &Endpoint, theme: &Theme) -> Vec<Span<'a>> {
    let now = app.now.elapsed;
    let age = endpoint.age(now).map_or(0, |age| age.as_secs());
    let stale = endpoint.is_stale(now, app.settings.interval, app.settings.duty);
    match &endpoint.link {
        Link::Connecting => vec![Span::styled("connecting", theme.warning)],
        Link::Live if stale => vec![Span::styled(format!("stale {age}s"), theme.warning)],
        Link::Live => vec![Span::styled("live", theme.good)],
        Link::Failing { fault, retry_at } => {
            let word = if endpoint.heard_at.is_some() {
                format!("stale {age}s")
            } else {
                "no data".to_owned()
            };
            let wait = retry_at.saturating_sub(now).as_millis().div_ceil(1000);
            vec![
                Span::styled(word, theme.alarm),
                Span::styled(format!("  {fault}, again in {wait}s"), theme.warning),
            ]
        }
    }
}

/// What stands on the right: everything, or less of it where there is less room.
fn right<'a>(app: &App, endpoint: &Endpoint, theme: &Theme) -> Vec<Line<'a>> {
    let Some(latest) = &endpoint.latest else {
        return Vec::new();
    };
    let live = endpoint.link == Link::Live;
    let held = (live && app.holds_order()).then(|| Span::styled("order held  ", theme.quiet));
    let pace = live.then(|| {
        let interval = humantime::format_duration(app.settings.interval);
        let (dot, cost) = (theme.glyphs.dot, cost_text(endpoint.cost));
        Span::styled(format!("every {interval} {dot} list {cost}  "), theme.quiet)
    });
    let sessions = Some(Span::raw(format!("{} sessions", latest.sessions.len())));
    let losses = losses(latest, theme);
    let stuck = stuck(app, latest, theme);
    let only = |parts: [&Option<Span<'a>>; 4], stuck: &[Span<'a>]| {
        let shown = parts
            .into_iter()
            .flatten()
            .chain(stuck)
            .cloned()
            .chain([Span::raw(" ")]);
        Line::from(shown.collect::<Vec<_>>())
    };
    vec![
        only([&held, &pace, &sessions, &losses], &stuck),
        // That the order is held explains what is seen; what the list costs can wait.
        only([&held, &None, &sessions, &losses], &stuck),
        only([&None, &pace, &sessions, &losses], &stuck),
        only([&None, &None, &sessions, &losses], &stuck),
        only([&None, &None, &sessions, &None], &stuck),
        only([&None, &None, &None, &None], &stuck),
    ]
}

/// `▲2 ●3`: how many sessions there are to act on and to look at, shown or not.
fn stuck<'a>(app: &App, latest: &model::Snapshot, theme: &Theme) -> Vec<Span<'a>> {
    stuck_spans(theme, |severity| {
        app.table.generation.count(latest.endpoint, severity)
    })
}

fn stuck_spans<'a>(theme: &Theme, count: impl Fn(Severity) -> usize) -> Vec<Span<'a>> {
    let counted = Severity::ALL.into_iter().filter_map(|severity| {
        let count = count(severity);
        let text = format!("{}{count}", severity.glyph());
        (count > 0).then(|| Span::styled(text, theme.severity(severity)))
    });
    let mut spans = Vec::new();
    for (index, span) in counted.enumerate() {
        spans.push(Span::raw(if index == 0 { "  " } else { " " }));
        spans.push(span);
    }
    spans
}

/// What could not be read of the last list.
fn losses<'a>(latest: &model::Snapshot, theme: &Theme) -> Option<Span<'a>> {
    let text = match (latest.dropped, latest.blanked) {
        (0, 0) => return None,
        (0, blanked) => format!("  {blanked} fields unreadable"),
        (dropped, 0) => format!("  {dropped} rows unreadable"),
        (dropped, blanked) => format!("  {dropped} rows, {blanked} fields unreadable"),
    };
    Some(Span::styled(text, theme.warning))
}

/// Coarse on purpose: a figure that changes with every poll is noise, and bytes on the line.
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
