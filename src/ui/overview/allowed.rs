//! Number of connections of each service and its limit. A service without a limit is left out.

use std::cmp::Reverse;

use jiff::Timestamp;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::{FIGURE, LABEL, bar, label};
use crate::app::App;
use crate::app::endpoint::EndpointState;
use crate::model::{Load, Text};
use crate::ui::draw::fit;
use crate::ui::theme::Theme;

const HEAD: &str = "CONNECTIONS ALLOWED";

/// Returns the section, fullest service first, with a blank line after it.
pub(super) fn section<'a>(app: &App, endpoint: &EndpointState, theme: &Theme, width: usize) -> Vec<Line<'a>> {
    let known = &endpoint.services;
    let mut loads: Vec<_> = known
        .latest
        .iter()
        .flat_map(|services| &services.states)
        .filter_map(|service| Some((&service.name, service.load()?)))
        .collect();
    if loads.is_empty() && known.fault.is_none() {
        return Vec::new();
    }
    loads.sort_by_key(|(_, load)| Reverse(load.percent()));
    let remark = match (&known.fault, &known.latest, known.stale_since(app.now)) {
        (Some(fault), None, _) => format!("  cannot be read: {fault}"),
        (Some(fault), Some(latest), _) => {
            format!("  as of {}; since then: {fault}", time(app, latest.taken_at))
        }
        (None, _, Some(since)) => format!("  as of {}", time(app, since)),
        (None, _, None) => String::new(),
    };
    let remark = fit(&remark, width.saturating_sub(HEAD.len()), theme.glyphs.more);
    let head = Line::from(vec![
        Span::styled(HEAD, theme.strong),
        Span::styled(remark, theme.quiet),
    ]);
    let rows = loads
        .into_iter()
        .map(|(name, load)| row(name, load, theme, width));
    std::iter::once(head)
        .chain(rows)
        .chain([Line::default()])
        .collect()
}

/// Formats a service. A full bar is a full service.
fn row<'a>(name: &Text, load: Load, theme: &Theme, width: usize) -> Line<'a> {
    let room = width.saturating_sub(LABEL + FIGURE);
    let (bars_style, style) = if load.is_nearly_full() {
        (theme.alarm, theme.alarm)
    } else {
        (theme.input, Style::new())
    };
    let bars = bar(load.connections.min(load.limit), load.limit, theme, width);
    let name = fit(label(name), LABEL - 1, theme.glyphs.more);
    let figure = fit(&figure(load), FIGURE - 2, theme.glyphs.more);
    Line::from(vec![
        Span::styled(format!("{name:<LABEL$}"), theme.quiet),
        Span::styled(format!("{bars:<room$}"), bars_style),
        Span::styled(format!("  {figure}"), style),
    ])
}

/// Formats `180 of 200, 90%`.
fn figure(load: Load) -> String {
    let Load { connections, limit } = load;
    if load.is_full() {
        format!("{connections} of {limit}, full")
    } else {
        format!("{connections} of {limit}, {}%", load.percent())
    }
}

fn time(app: &App, at: Timestamp) -> String {
    let at = at.to_zoned_datetime(app.settings.zone.clone());
    at.strftime("%H:%M:%S").to_string()
}
