//! A chart over time with a scale at its left and times below it.
//!
//! ```text
//!  207 │            ▂▄
//!      │ ▁ ▂▅▄▃▁  ▆███
//!  166 │▇█████████▇███
//!       14:00      now
//! ```

use std::time::Duration;

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::app::trend_point::TrendPoint;
use crate::ui::theme::Theme;

/// Width of the scale with the line beside it, in cells.
const SCALE: usize = 7;
/// Minimum time of a chart.
const MIN_SPAN: Duration = Duration::from_mins(1);

/// Reads a figure of a point; `None` if it is unknown.
pub(super) type Reading = fn(&TrendPoint) -> Option<f64>;

/// Minimum time of a chart: shorter histories are not stretched over its whole width.
pub(super) fn shown_time(history: Duration) -> Duration {
    history.max(MIN_SPAN)
}

/// Returns the largest figure of each column, oldest first. All columns cover the time `shown`; the points end
/// `ended` ago. A column without a point is unknown.
pub(super) fn columns(
    points: &[TrendPoint],
    read: Reading,
    count: usize,
    ended: Duration,
    shown: Duration,
) -> Vec<Option<f64>> {
    let total: Duration = points.iter().map(TrendPoint::span).sum();
    let mut columns = vec![None; count];
    let mut age = total + ended;
    for point in points {
        let (from, to) = (age, age.saturating_sub(point.span()));
        age = to;
        let Some(figure) = read(point) else { continue };
        for place in place(from, shown, count)..=place(to, shown, count) {
            if let Some(column) = columns.get_mut(place) {
                *column = Some(column.map_or(figure, |before: f64| before.max(figure)));
            }
        }
    }
    columns
}

/// Returns the column of the moment this long ago.
fn place(age: Duration, shown: Duration, count: usize) -> usize {
    let last = count.saturating_sub(1);
    let from_end = age.as_secs_f64() / shown.as_secs_f64() * f64::from(u32::try_from(count).unwrap_or(0));
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "0 to count"
    )]
    let from_end = from_end.floor() as usize;
    last.saturating_sub(from_end)
}

/// Figures that are drawn on top of each other, and how.
pub(super) struct Layer {
    /// Figures by column; unknown ones are left empty.
    pub(super) columns: Vec<Option<f64>>,
    /// Style of its cells.
    pub(super) style: Style,
    /// Whether its cells are shaded, so that it differs without color.
    pub(super) is_shaded: bool,
}

/// A chart: layers from the bottom to the top, the figure of its lowest line, and that of its highest.
pub(super) struct Chart {
    pub(super) layers: Vec<Layer>,
    pub(super) lowest: f64,
    pub(super) highest: f64,
}

impl Chart {
    /// Returns the number of columns of a chart of this width.
    pub(super) const fn columns_of(width: usize) -> usize {
        width.saturating_sub(SCALE)
    }

    /// Returns the lines of the chart, without the times.
    pub(super) fn lines<'a>(&self, height: usize, theme: &Theme) -> Vec<Line<'a>> {
        let rows = (0..height).rev();
        rows.map(|row| {
            let label = match row {
                _ if row + 1 == height => figure(self.highest),
                0 => figure(self.lowest),
                _ => String::new(),
            };
            let scale = format!("{label:>5} {}", theme.glyphs.vertical);
            let mut spans = vec![Span::styled(scale, theme.dim)];
            let count = self.layers.first().map_or(0, |layer| layer.columns.len());
            spans.extend((0..count).map(|column| self.cell(column, row, height, theme)));
            Line::from(spans)
        })
        .collect()
    }

    /// Returns one cell. A cell belongs to the layer with the largest part of it, in the lowest line to the first
    /// layer: few ▲ must not be hidden by many ●.
    fn cell<'a>(&self, column: usize, row: usize, height: usize, theme: &Theme) -> Span<'a> {
        let range = (self.highest - self.lowest).max(f64::EPSILON);
        let (mut sum, mut drawn) = (0.0, None);
        let (base, mut largest, mut end) = (eighths(row), 0.0, 0.0);
        for layer in &self.layers {
            let Some(figure) = layer.columns.get(column).copied().flatten() else {
                continue;
            };
            let is_first = sum <= 0.0;
            let level = |figure: f64| ((figure - self.lowest) / range).clamp(0.0, 1.0) * eighths(height);
            let bottom = level(sum);
            sum += figure;
            // The lowest line shows that a figure is not zero.
            let top = if is_first { level(sum).max(1.0) } else { level(sum) };
            let part = top.min(base + 8.0) - bottom.max(base);
            let keeps_first = row == 0 && drawn.is_some();
            if figure > 0.0 && part > 0.0 {
                end = (top - base).min(8.0);
                if part > largest && !keeps_first {
                    largest = part;
                    drawn = Some(layer);
                }
            }
        }
        let Some(layer) = drawn else {
            return Span::raw(" ");
        };
        let glyph = if layer.is_shaded {
            theme.glyphs.shade
        } else {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 8")]
            let level = end.ceil() as usize;
            theme.glyphs.bars.get(level).copied().unwrap_or_default()
        };
        Span::styled(glyph, layer.style)
    }
}

/// Returns the number of eighths of a cell in this many rows.
fn eighths(rows: usize) -> f64 {
    f64::from(u32::try_from(rows).unwrap_or(u32::MAX)) * 8.0
}

/// Formats a figure of the scale in at most five cells.
fn figure(figure: f64) -> String {
    if figure < 100_000.0 {
        format!("{figure:.0}")
    } else {
        format!("{:.0}k", figure / 1000.0)
    }
}

/// Returns the line of times below a chart of this many columns: of its start, its middle and its end.
pub(super) fn times<'a>(columns: usize, [start, middle, end]: [&str; 3], theme: &Theme) -> Line<'a> {
    let half = columns / 2;
    let mut text = format!("{:SCALE$}{start:<half$}", "");
    if half > start.len() + middle.len() {
        text.push_str(middle);
    }
    let used = text.chars().count().saturating_sub(SCALE);
    let rest = columns.saturating_sub(used);
    Line::styled(format!("{text}{end:>rest$}"), theme.dim)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(figures: &[f64], is_shaded: bool) -> Layer {
        Layer {
            columns: figures
                .iter()
                .map(|figure| (*figure >= 0.0).then_some(*figure))
                .collect(),
            style: Style::new(),
            is_shaded,
        }
    }

    fn drawn(chart: &Chart, height: usize) -> Vec<String> {
        let lines = chart.lines(height, &Theme::new(true, false));
        lines.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_chart_has_its_scale_and_leaves_unknown_columns_empty() {
        let chart = Chart {
            layers: vec![layer(&[0.0, 10.0, -1.0, 20.0, 15.0], false)],
            lowest: 0.0,
            highest: 20.0,
        };
        assert_eq!(drawn(&chart, 2), ["   20 │   █▄", "    0 │ █ ██"]);
    }

    #[test]
    fn the_second_layer_is_above_the_first() {
        let chart = Chart {
            layers: vec![layer(&[1.0, 2.0, 0.0], false), layer(&[1.0, 2.0, 4.0], true)],
            lowest: 0.0,
            highest: 4.0,
        };
        assert_eq!(
            drawn(&chart, 4),
            ["    4 │ ░░", "      │ ░░", "      │░█░", "    0 │██░"]
        );
    }

    #[test]
    fn a_small_first_layer_is_not_hidden_by_the_second() {
        let chart = Chart {
            layers: vec![layer(&[1.0, 4.0, 0.0], false), layer(&[19.0, 16.0, 20.0], true)],
            lowest: 0.0,
            highest: 20.0,
        };
        assert_eq!(
            drawn(&chart, 4),
            ["   20 │░░░", "      │░░░", "      │░░░", "    0 │██░"]
        );
    }

    #[test]
    fn the_times_fit_below_the_columns() {
        let theme = Theme::new(true, false);
        let line = times(30, ["14:00", "14:05", "now"], &theme).to_string();
        assert_eq!(line, "       14:00          14:05       now");
        assert_eq!(
            times(8, ["14:00", "14:05", "now"], &theme).to_string(),
            "       14:00now"
        );
    }
}
