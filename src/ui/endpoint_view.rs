//! The view of endpoints. Covers the table.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;
use unicode_width::UnicodeWidthStr as _;

use super::clicks;
use super::draw::{clear, lines, rect, wrap};
use super::table::{RowLook, TableFrame};
use super::theme::Theme;
use crate::app::App;
use crate::app::column::CellStyle;
use crate::app::endpoint_health::EndpointHealth;
use crate::app::endpoint_view::Fact;
use crate::app::layout::Areas;
use crate::app::mouse::{ClickTarget, ClickableLine};
use crate::model::counted;

/// Width of a label, in cells.
const LABEL: usize = 12;

/// Draws the view, if it is open. Returns the lines with an effect of clicks.
pub(super) fn draw(
    app: &App,
    theme: &Theme,
    areas: &Areas,
    frame: &mut Frame<'_>,
) -> Option<Vec<ClickableLine>> {
    let pane = app.endpoint_pane.as_ref()?;
    let area = rect(areas.below_header()).intersection(frame.area());
    clear(area, frame.buffer_mut());
    let layout = app.endpoint_layout();
    let order = app.endpoints_by_trouble();
    let first = pane.first_row(&order, layout.rows);
    let window = order.iter().skip(first).take(layout.rows);
    let rows: Vec<_> = window.map(|id| app.endpoint_row(*id)).collect();
    let table = TableFrame {
        columns: pane.widths.fitted(area.width),
        heading: &|id| id.column().heading,
        sort: None,
        selected: pane.position(&order),
        offset: first,
        search: None,
    };
    let [title, rest] = split(area, 1);
    Line::styled(" ENDPOINTS", theme.head).render(title, frame.buffer_mut());
    if rest.is_empty() {
        return Some(Vec::new());
    }
    let height = u16::try_from(layout.rows + 1).unwrap_or(u16::MAX);
    let [upper, lower] = split(rest, height);
    let below = table.draw_head(theme, upper, frame);
    let look = |_, _: &_| RowLook {
        is_live: true,
        mark: None,
    };
    table.draw_rows(rows.iter(), look, theme, below, frame);
    let clickable = clicks::rows(below, (first..order.len()).map(ClickTarget::Endpoint));
    let Some(id) = app.chosen_endpoint() else {
        return Some(clickable);
    };
    let text = fact_lines(&app.endpoint_facts(id), theme, usize::from(lower.width));
    // A blank line above the facts if there is room.
    let gap = u16::from(text.len() < usize::from(lower.height));
    let [_, lower] = split(lower, gap);
    lines(text, lower, frame.buffer_mut());
    Some(clickable)
}

/// Divides an area after this many lines.
fn split(area: Rect, lines: u16) -> [Rect; 2] {
    let height = lines.min(area.height);
    [
        Rect { height, ..area },
        Rect {
            y: area.y + height,
            height: area.height - height,
            ..area
        },
    ]
}

/// Returns the facts with their labels, wrapped.
fn fact_lines<'a>(facts: &[Fact], theme: &Theme, width: usize) -> Vec<Line<'a>> {
    let room = width.saturating_sub(LABEL + 2);
    let mut text = Vec::new();
    let mut before = "";
    for fact in facts {
        let style = fact.severity.map_or_else(Default::default, |severity| {
            theme.cell(CellStyle::Severity(severity))
        });
        for (index, line) in wrap(&fact.text, room).into_iter().enumerate() {
            let label = if index == 0 && before != fact.label {
                fact.label
            } else {
                ""
            };
            let gap = LABEL.saturating_sub(label.width());
            text.push(Line::from(vec![
                Span::styled(format!(" {label}"), theme.head),
                Span::raw(format!("{:gap$}", "")),
                Span::styled(line, style),
            ]));
        }
        before = fact.label;
    }
    text
}

/// Formats the number of endpoints and what is wrong with some: `5 endpoints, 1 failing, 1 stale`, and the number of
/// rows above and below the screen.
pub(super) fn counts(app: &App) -> Vec<String> {
    let count = |health| {
        let all = app.endpoints.iter();
        all.filter(|endpoint| app.health(endpoint) == health).count()
    };
    let states = EndpointHealth::ALL.into_iter().rev();
    let states = states.filter(|health| *health != EndpointHealth::Live);
    let named = states.filter_map(|health| {
        let count = count(health);
        (count > 0).then(|| format!("{count} {}", health.word()))
    });
    let all = counted(app.endpoints.len(), "endpoint");
    let text: Vec<_> = std::iter::once(all).chain(named).collect();
    let mut parts = vec![text.join(", ")];
    if let Some(pane) = &app.endpoint_pane {
        let (order, page) = (app.endpoints_by_trouble(), app.endpoint_layout().rows);
        let above = pane.first_row(&order, page);
        let below = order.len().saturating_sub(above + page);
        parts.extend((above > 0).then(|| format!("{above} above")));
        parts.extend((below > 0).then(|| format!("{below} below")));
    }
    parts
}
