//! The overview of several endpoints: charts of all together, and one line with small charts for each, trouble
//! first.

use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::chart::columns;
use super::history::History;
use super::{charts, heading, list_cost, rates, sessions};
use crate::app::App;
use crate::app::column::CellStyle;
use crate::app::endpoint_view::EndpointRow;
use crate::diagnosis::Severity;
use crate::model::{EndpointId, counted, display_width};
use crate::ui::draw::{fit, fit_middle};
use crate::ui::header::cost_text;
use crate::ui::sparkline::{Scale, scaled};
use crate::ui::theme::Theme;

/// Minimum and maximum width of a name, in cells.
const MIN_NAME: usize = 12;
const MAX_NAME: usize = 32;
/// Width of a state, in cells; no state is shown on a screen narrower than `WITH_STATE`.
const STATE: usize = 15;
const WITH_STATE: usize = 76;
/// Width of the number of sessions, of the stuck ones, and of the response time, in cells.
const SESSIONS: usize = 8;
const STUCK: usize = 10;
const COST: usize = 7;
/// Minimum full scale of the response time, in seconds, so that small values look small.
const MIN_COST_SCALE: f64 = 0.2;
/// Number of lines of the charts of all endpoints together, and of the rates.
const RATES: usize = 4;
/// Height below which the endpoints are above the charts.
const LOW: u16 = 16;

/// Returns all lines.
pub(super) fn lines<'a>(app: &App, theme: &Theme, area: Rect) -> Vec<Line<'a>> {
    let width = usize::from(area.width);
    let shown = app.endpoints.iter();
    let shown = shown.filter(|endpoint| app.endpoints.shown_by(endpoint).is_none());
    let history = History::of(app, shown.collect());
    let name = counted(app.endpoints.len(), "endpoint");
    let mut text = vec![heading(app, &name, &history, theme, width)];
    let rows = rows(app, &history, theme, width);
    let charts = charts(app, &history, theme, area);
    if area.height < LOW {
        text.extend(rows);
        text.push(Line::default());
        text.extend(charts);
        return text;
    }
    text.push(Line::default());
    text.extend(charts);
    text.push(Line::default());
    // The rates are left out if every line is needed for an endpoint.
    if text.len() + RATES + rows.len() <= usize::from(area.height) {
        text.extend(rates(&history, theme, width));
        text.push(Line::default());
    }
    text.extend(rows);
    text
}

/// Widths of a line, in cells.
struct Widths {
    name: usize,
    state: usize,
    /// Number of bars of each of the two charts.
    bars: usize,
}

impl Widths {
    fn new(app: &App, width: usize) -> Self {
        let names = app.endpoints.iter().map(|endpoint| display_width(&endpoint.name));
        let name = names
            .max()
            .unwrap_or(0)
            .clamp(MIN_NAME, MAX_NAME.min(width / 4).max(MIN_NAME));
        let state = if width >= WITH_STATE { STATE } else { 0 };
        let used = 2 + name + 1 + state + SESSIONS + 1 + STUCK + COST + 1;
        let bars = width.saturating_sub(used) / 2;
        Self { name, state, bars }
    }
}

/// Returns the headings and one line for each endpoint, trouble first.
fn rows<'a>(app: &App, history: &History<'_>, theme: &Theme, width: usize) -> Vec<Line<'a>> {
    let widths = Widths::new(app, width);
    let (name, state, bars) = (widths.name, widths.state, widths.bars);
    let state_head = if state > 0 { "STATE" } else { "" };
    let head = format!(
        "  {:<name$} {state_head:<state$}{:>SESSIONS$} {:bars$}{:>STUCK$}{:>COST$}",
        "ENDPOINT", "SESSIONS", "", "STUCK", "LIST"
    );
    let order = app.endpoints_by_trouble().into_iter();
    let lines = order.map(|id| line(app, id, history, &widths, theme));
    std::iter::once(Line::styled(head, theme.head))
        .chain(lines)
        .collect()
}

/// Returns the line of one endpoint.
fn line<'a>(app: &App, id: EndpointId, history: &History<'_>, widths: &Widths, theme: &Theme) -> Line<'a> {
    let row = app.endpoint_row(id);
    let style = |severity: Option<Severity>| {
        severity.map_or_else(Style::new, |severity| theme.cell(CellStyle::Severity(severity)))
    };
    let sign = row.severity.map_or(" ", Severity::glyph);
    let name = fit_middle(&row.name, widths.name, theme.glyphs.more);
    let gap = widths.name.saturating_sub(display_width(&name));
    let state = fit(&row.state, widths.state.saturating_sub(1), theme.glyphs.more);
    let state_width = widths.state;
    let sessions_text = row
        .sessions
        .map_or_else(|| "-".to_owned(), |count| count.to_string());
    let [session_bars, cost_bars] = bars(app, id, history, widths.bars, theme);
    let mut line = vec![
        Span::styled(format!("{sign} "), style(row.severity)),
        Span::raw(format!("{name}{:gap$} ", "")),
        Span::styled(format!("{state:<state_width$}"), style(row.state_severity)),
        Span::raw(format!("{sessions_text:>SESSIONS$} ")),
        Span::styled(session_bars, theme.spark),
    ];
    line.extend(stuck(&row, theme));
    let cost = row.cost.map_or_else(|| "-".to_owned(), cost_text);
    line.push(Span::raw(format!("{cost:>COST$} ")));
    line.push(Span::styled(cost_bars, theme.spark));
    Line::from(line)
}

/// Returns the charts of sessions and of the response time, on the time axis of all endpoints.
fn bars(app: &App, id: EndpointId, history: &History<'_>, count: usize, theme: &Theme) -> [String; 2] {
    let Some(endpoint) = app.endpoints.get(id) else {
        return [String::new(), String::new()];
    };
    let age = endpoint.age(app.now.elapsed).filter(|_| app.is_stale(endpoint));
    let drawn = |read, scale| {
        let points = endpoint.trend.points();
        let figures = columns(points, read, count, age.unwrap_or_default(), history.shown());
        scaled(figures.into_iter(), count, scale, theme.glyphs)
    };
    [
        drawn(sessions, Scale::Around),
        drawn(list_cost, Scale::FromZero(MIN_COST_SCALE)),
    ]
}

/// Returns the number of sessions marked ▲ and ●, right-aligned.
fn stuck<'a>(row: &EndpointRow, theme: &Theme) -> Vec<Span<'a>> {
    let counts = [(Severity::Act, row.act), (Severity::Look, row.look)];
    let mut spans: Vec<Span<'a>> = Vec::new();
    for (severity, count) in counts.into_iter().filter(|(_, count)| *count > 0) {
        let text = format!(" {}{count}", severity.glyph());
        spans.push(Span::styled(text, theme.cell(CellStyle::Severity(severity))));
    }
    let width: usize = spans.iter().map(Span::width).sum();
    let gap = STUCK.saturating_sub(width);
    spans.insert(0, Span::raw(format!("{:gap$}", "")));
    spans
}
