//! Sessions of each service and its limit, fullest first.

use std::cmp::Reverse;

use jiff::Timestamp;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::{LABEL, bar, label};
use crate::app::App;
use crate::app::endpoint::EndpointState;
use crate::model::{ListStats, Load, Text};
use crate::ui::draw::fit;
use crate::ui::theme::Theme;

/// Width of the figure after the bar, in cells.
const FIGURE: usize = 13;

/// Returns the section: services with a limit, fullest first, then those without one.
pub(super) fn section<'a>(
    app: &App,
    endpoint: &EndpointState,
    stats: &ListStats,
    theme: &Theme,
    width: usize,
) -> Vec<Line<'a>> {
    let known = endpoint
        .services
        .latest
        .iter()
        .flat_map(|services| &services.states);
    let mut limited: Vec<_> = known
        .clone()
        .filter_map(|service| Some((&service.name, service.load()?)))
        .collect();
    limited.sort_by_key(|(_, load)| Reverse(load.percent()));
    let is_limited = |name: &Text| limited.iter().any(|(limited, _)| *limited == name);
    let is_known = |name: &Text| known.clone().any(|service| service.name == *name);
    let others = stats.services.iter().filter(|(name, _)| !is_limited(name));
    let head = Line::styled("SERVICES", theme.head);
    let limits = limited
        .iter()
        .map(|(name, load)| limited_row(name, *load, theme, width));
    let others = others.map(|(name, count)| {
        let note = if is_known(name) { "no limit" } else { "" };
        row(
            name,
            Span::styled(note, theme.dim),
            Span::raw(format!("{count}")),
            theme,
            width,
        )
    });
    let remark = remark(app, endpoint).map(|remark| {
        let remark = fit(&remark, width, theme.glyphs.more);
        Line::styled(remark, theme.look)
    });
    std::iter::once(head)
        .chain(remark)
        .chain(limits)
        .chain(others)
        .collect()
}

/// Returns why the limits are unknown, or as of when they are known.
fn remark(app: &App, endpoint: &EndpointState) -> Option<String> {
    let known = &endpoint.services;
    match (&known.fault, &known.latest, known.stale_since(app.now)) {
        (Some(fault), None, _) => Some(format!("limits cannot be read: {fault}")),
        (Some(fault), Some(latest), _) => Some(format!(
            "limits as of {}; since then: {fault}",
            time(app, latest.taken_at)
        )),
        (None, _, Some(since)) => Some(format!("limits as of {}", time(app, since))),
        (None, _, None) => None,
    }
}

/// Formats a service with a limit. A full bar is a full service.
fn limited_row<'a>(name: &Text, load: Load, theme: &Theme, width: usize) -> Line<'a> {
    let (bar_style, style) = if load.is_nearly_full() {
        (theme.act, theme.act)
    } else {
        (theme.input, Style::new())
    };
    let room = width.saturating_sub(LABEL + FIGURE);
    let filled = bar(load.connections.min(load.limit), load.limit, theme, room);
    let rest = theme
        .glyphs
        .dot
        .repeat(room.saturating_sub(filled.chars().count()));
    let mut line = row(
        name,
        Span::styled(filled, bar_style),
        Span::styled(figure(load), style),
        theme,
        width,
    );
    if let Some(gap) = line.spans.get_mut(2) {
        *gap = Span::styled(rest, theme.dim);
    }
    line
}

/// Returns a line with a name, a bar or note, the gap after it, and a figure.
fn row<'a>(name: &Text, bar: Span<'a>, figure: Span<'a>, theme: &Theme, width: usize) -> Line<'a> {
    let room = width.saturating_sub(LABEL + FIGURE);
    let name = fit(label(name), LABEL - 1, theme.glyphs.more);
    let gap = room.saturating_sub(bar.width());
    Line::from(vec![
        Span::raw(format!("{name:<LABEL$}")),
        bar,
        Span::raw(format!("{:gap$}", "")),
        Span::raw("  "),
        figure,
    ])
}

/// Formats `180 of 200`, or `200 FULL`.
fn figure(load: Load) -> String {
    let Load { connections, limit } = load;
    if load.is_full() {
        format!("{connections}/{limit} FULL")
    } else {
        format!("{connections} of {limit}")
    }
}

fn time(app: &App, at: Timestamp) -> String {
    let at = at.to_zoned_datetime(app.settings.zone.clone());
    at.strftime("%H:%M:%S").to_string()
}
