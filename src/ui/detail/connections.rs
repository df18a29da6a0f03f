//! The section with the server connections. The draft dialect shows five counters per connection as
//! totals, rates and trends. JSON:API shows thread id, queues and cipher, and a warning if the server
//! has a problem.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::Pen;
use super::named::Named;
use crate::app::counter_series::CounterSeries;
use crate::app::detail::DetailPane;
use crate::app::servers::ServersKnown;
use crate::model::{
    ConnectionDetail, ConnectionStatistics, Counter, SessionDetail, Text, rate_text, size_text,
};
use crate::ui::sparkline::sparkline;

/// Width of a server's name before its figures, in cells.
const NAME: usize = 14;
/// Width of each figure of a connection in JSON:API, in cells.
const COLUMN: usize = 12;

/// Returns the lines of the section.
pub(super) fn section<'a>(
    pane: &DetailPane,
    detail: &SessionDetail,
    known: Option<&ServersKnown>,
    pen: &Pen<'_>,
) -> Vec<Line<'a>> {
    if detail.connections.is_empty() {
        let remark = if detail.is_empty() {
            "none: the session has no server connection"
        } else {
            "not reported by this MaxScale version"
        };
        let [blank, heading] = pen.heading("CONNECTIONS", remark);
        return vec![blank, heading];
    }
    if detail
        .connections
        .iter()
        .any(|connection| connection.statistics.is_some())
    {
        with_statistics(pane, detail, pen)
    } else {
        with_threads(detail, known, pen)
    }
}

/// Returns the width of each of the five columns.
fn column_width(pen: &Pen<'_>) -> usize {
    (pen.width.saturating_sub(name_width(pen)) / Counter::ALL.len()).clamp(4, 13)
}

fn name_width(pen: &Pen<'_>) -> usize {
    NAME.min(pen.width / 4)
}

fn with_statistics<'a>(pane: &DetailPane, detail: &SessionDetail, pen: &Pen<'_>) -> Vec<Line<'a>> {
    let column = column_width(pen);
    let name = name_width(pen);
    let mut heading = vec![Span::styled(
        format!("{:<name$}", if name < NAME { "SERVER" } else { "CONNECTIONS" }),
        pen.theme.head,
    )];
    heading.extend(Counter::ALL.map(|counter| {
        let title = if column > counter.heading().len() {
            counter.heading()
        } else {
            counter.short()
        };
        Span::styled(format!("{title:>column$}"), pen.theme.dim)
    }));
    let mut text = vec![Line::default(), Line::from(heading)];
    for (index, connection) in detail.connections.iter().enumerate() {
        let statistics = connection.statistics.unwrap_or_default();
        text.push(totals(connection, &statistics, pen));
        // Live, the rates follow soon.
        let has_rates = |series: &&CounterSeries| {
            !pen.is_past || Counter::ALL.iter().any(|counter| series.rate(*counter).is_some())
        };
        if let Some(series) = pane.courses.get(index).filter(has_rates) {
            text.push(rates(series, pen));
            text.push(courses(series, pen));
        }
        text.extend(unusual_state(connection, pen));
    }
    text
}

fn totals<'a>(connection: &ConnectionDetail, statistics: &ConnectionStatistics, pen: &Pen<'_>) -> Line<'a> {
    let column = column_width(pen);
    let name = name_width(pen);
    let server = connection.server.as_ref().map_or("?", Text::as_str);
    let mut spans = vec![Span::raw(format!("{:<name$}", pen.fit(server, name)))];
    spans.extend(statistics.iter().map(|(counter, value)| {
        let text = value.map(|value| value.to_string()).unwrap_or_default();
        Span::styled(format!("{text:>column$}"), tint(counter, statistics, pen))
    }));
    Line::from(spans)
}

/// Returns the style of a counter. More rises over the high-water mark than falls below the low one
/// mean that the queue is full now.
fn tint(counter: Counter, statistics: &ConnectionStatistics, pen: &Pen<'_>) -> Style {
    let full = statistics.get(Counter::HighWater) > statistics.get(Counter::LowWater);
    if counter == Counter::HighWater && full {
        pen.theme.act
    } else {
        Style::new()
    }
}

fn rates<'a>(series: &CounterSeries, pen: &Pen<'_>) -> Line<'a> {
    let column = column_width(pen);
    let name = name_width(pen);
    let figures = Counter::ALL.map(|counter| {
        let text = series.rate(counter).map(rate_text).unwrap_or_default();
        Span::styled(format!("{text:>column$}"), pen.theme.dim)
    });
    let label = Span::styled(
        format!("{:<name$}", if name < NAME { "  /s" } else { "  per second" }),
        pen.theme.dim,
    );
    Line::from(std::iter::once(label).chain(figures).collect::<Vec<_>>())
}

/// Returns a sparkline below each figure, since the details were opened.
fn courses<'a>(series: &CounterSeries, pen: &Pen<'_>) -> Line<'a> {
    let column = column_width(pen);
    let name = name_width(pen);
    let bars = Counter::ALL.map(|counter| {
        let bars = sparkline(series.rates(counter), column.saturating_sub(2), pen.theme.glyphs);
        Span::styled(format!("{bars:>column$}"), pen.theme.input)
    });
    let label = Span::styled(
        format!("{:<name$}", if name < NAME { "" } else { "  trend" }),
        pen.theme.dim,
    );
    Line::from(std::iter::once(label).chain(bars).collect::<Vec<_>>())
}

/// Returns the connection's state, unless it is the usual polling state.
fn unusual_state<'a>(connection: &ConnectionDetail, pen: &Pen<'_>) -> Option<Line<'a>> {
    let state = connection
        .state
        .as_ref()
        .filter(|state| state.as_str() != "DCB in the polling loop")?;
    Some(Line::styled(format!("  {state}"), pen.theme.look))
}

fn with_threads<'a>(detail: &SessionDetail, known: Option<&ServersKnown>, pen: &Pen<'_>) -> Vec<Line<'a>> {
    let queues = detail
        .connections
        .iter()
        .any(|connection| connection.buffer.is_some());
    let titles = if queues {
        ["thread", "read queue", "write queue"]
    } else {
        ["thread", "", ""]
    };
    let names: Vec<_> = detail
        .connections
        .iter()
        .map(|connection| Named::of(connection, known, pen))
        .collect();
    let longest = names.iter().map(Named::wanted).max().unwrap_or(0);
    let room = (longest + 1).min(pen.width / 2).max(NAME);
    // Only whole columns are shown, because a cut figure would be wrong.
    let columns = pen.width.saturating_sub(room) / COLUMN;
    let heads = titles.map(|title| Span::styled(format!("{title:>COLUMN$}"), pen.theme.dim));
    let heads = heads.into_iter().take(columns);
    let name = Span::styled(format!("{:<room$}", "CONNECTIONS"), pen.theme.head);
    let mut text = vec![
        Line::default(),
        Line::from(std::iter::once(name).chain(heads).collect::<Vec<_>>()),
    ];
    text.extend(detail.connections.iter().zip(names).map(|(connection, named)| {
        let figures = thread(connection, pen).into_iter().take(columns);
        named
            .spans(room, pen)
            .into_iter()
            .chain(figures)
            .collect::<Line<'_>>()
    }));
    text
}

/// Formats thread id, read queue, write queue and cipher.
fn thread<'a>(connection: &ConnectionDetail, pen: &Pen<'_>) -> [Span<'a>; 4] {
    let id = connection
        .thread_id
        .map(|thread| format!("#{thread}"))
        .unwrap_or_default();
    let readq = connection.buffer.and_then(|buffer| buffer.readq);
    let writeq = connection.buffer.and_then(|buffer| buffer.writeq);
    let waiting = if writeq.is_some_and(|bytes| bytes > 0) {
        pen.theme.act
    } else {
        Style::new()
    };
    let size = |bytes: Option<u64>| bytes.map(size_text).unwrap_or_default();
    let cipher = connection
        .cipher
        .as_ref()
        .filter(|cipher| !cipher.as_str().is_empty());
    [
        Span::raw(format!("{id:>COLUMN$}")),
        Span::raw(format!("{:>COLUMN$}", size(readq))),
        Span::styled(format!("{:>COLUMN$}", size(writeq)), waiting),
        Span::styled(
            cipher.map(|cipher| format!("  {cipher}")).unwrap_or_default(),
            pen.theme.dim,
        ),
    ]
}
