//! The right side of the header with sparklines of the last minutes, if they fit:
//!
//! ```text
//! every 1s · list 14ms ▁▁▂▁▁  212 ▂▃▃▅▆  +1.2/s ▂▃▂▅▂  -0.8/s ▁▂▁▃▁  ▲2 ●3 ▁▁▂▂▃
//! ```

use ratatui::text::{Line, Span};

use super::{losses, pace_text, stuck};
use crate::app::App;
use crate::app::endpoint::{EndpointState, LinkState};
use crate::app::trend_point::TrendPoint;
use crate::model::counted;
use crate::ui::sparkline::{Scale, scaled};
use crate::ui::theme::Theme;

/// One layout of the right side. The first layout that fits is used.
struct HeaderLayout {
    /// Whether the interval and the response time are shown.
    pace: bool,
    /// Whether to show `212 sessions` instead of `212`.
    word: bool,
    /// The figures that have sparklines.
    courses: Courses,
    /// Minimum number of bars of a sparkline.
    least: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Courses {
    Sessions,
    AndStuck,
    /// Also opened and closed sessions, and the response time.
    All,
}

const fn level(pace: bool, word: bool, courses: Courses, least: usize) -> HeaderLayout {
    HeaderLayout {
        pace,
        word,
        courses,
        least,
    }
}

/// Layouts, most informative first.
const LEVELS: [HeaderLayout; 8] = [
    level(true, true, Courses::All, 5),
    level(true, false, Courses::All, 4),
    level(true, true, Courses::AndStuck, 5),
    level(true, true, Courses::Sessions, 5),
    level(true, false, Courses::AndStuck, 5),
    level(true, false, Courses::Sessions, 5),
    level(false, true, Courses::Sessions, 5),
    level(false, false, Courses::Sessions, 5),
];

/// Possible sparkline widths. Coarse steps, so that one more digit does not shift the line.
const BARS: [usize; 6] = [16, 12, 8, 6, 5, 4];

/// Minimum full scale of each sparkline (stuck sessions, sessions per second, seconds per list), so
/// that small values look small.
const MIN_STUCK_SCALE: f64 = 8.0;
const MIN_RATE_SCALE: f64 = 2.0;
const MIN_RESPONSE_TIME_SCALE: f64 = 0.2;

/// Returns the most informative line that fits. Returns `None` before the first bar, and if no
/// sparkline fits.
pub(super) fn right<'a>(app: &App, endpoint: &EndpointState, theme: &Theme, room: usize) -> Option<Line<'a>> {
    endpoint.trend.recent().bars().next()?;
    let figures = Figures::new(app, endpoint, theme)?;
    let lines = LEVELS.iter().flat_map(|level| {
        let bars = BARS.iter().filter(|bars| **bars >= level.least);
        bars.map(move |bars| (level, *bars))
    });
    lines
        .map(|(level, bars)| figures.line(level, bars))
        .find(|line| line.width() <= room)
}

/// Figures of one endpoint as text.
struct Figures<'a, 'b> {
    theme: &'b Theme,
    endpoint: &'b EndpointState,
    pace: Option<String>,
    sessions: usize,
    losses: Option<Span<'a>>,
    stuck: Vec<Span<'a>>,
}

impl<'a, 'b> Figures<'a, 'b> {
    fn new(app: &App, endpoint: &'b EndpointState, theme: &'b Theme) -> Option<Self> {
        let latest = endpoint.latest.as_ref()?;
        Some(Self {
            theme,
            endpoint,
            pace: (endpoint.link == LinkState::Live).then(|| pace_text(app, endpoint, theme)),
            sessions: latest.sessions.len(),
            losses: losses(latest, theme),
            stuck: stuck(app, latest, theme),
        })
    }

    fn line(&self, level: &HeaderLayout, bars: usize) -> Line<'a> {
        let all = level.courses == Courses::All;
        let mut spans = Vec::new();
        if let (true, Some(pace)) = (level.pace, &self.pace) {
            spans.push(Span::styled(pace.clone(), self.theme.quiet));
            if all {
                spans.push(self.course(cost, bars, Scale::FromZero(MIN_RESPONSE_TIME_SCALE)));
            }
            spans.push(Span::raw("  "));
        }
        spans.push(Span::raw(if level.word {
            counted(self.sessions, "session")
        } else {
            self.sessions.to_string()
        }));
        spans.push(self.course(sessions, bars, Scale::Around));
        if all {
            for (sign, rate) in [("+", TrendPoint::opened as Figure), ("-", TrendPoint::closed)] {
                spans.push(Span::raw(self.rate(sign, rate)));
                spans.push(self.course(rate, bars, Scale::FromZero(MIN_RATE_SCALE)));
            }
        }
        spans.extend(self.losses.clone());
        if level.courses >= Courses::AndStuck {
            spans.extend(self.stuck_course(bars));
        } else {
            spans.extend(self.stuck.iter().cloned());
        }
        spans.push(Span::raw(" "));
        Line::from(spans)
    }

    /// Formats the rate of the last bar: `  +1.2/s`.
    fn rate(&self, sign: &str, rate: Figure) -> String {
        let last = self.endpoint.trend.recent().bars().next_back().and_then(rate);
        let text = match last {
            None => "?".to_owned(),
            Some(rate) if rate < 9.95 => format!("{rate:.1}"),
            Some(rate) => format!("{rate:.0}"),
        };
        format!("  {:>6}", format!("{sign}{text}/s"))
    }

    /// Returns the number of stuck sessions, if there are any or were within the sparkline.
    fn stuck_course(&self, bars: usize) -> Vec<Span<'a>> {
        let buckets = self.endpoint.trend.recent();
        let newest = buckets.bars().rev().take(bars);
        let nobody = newest.filter_map(TrendPoint::stuck).all(|stuck| stuck <= 0.0);
        let mut spans = self.stuck.clone();
        if spans.is_empty() && nobody {
            return spans;
        }
        if spans.is_empty() {
            spans.push(Span::raw("  0 stuck"));
        }
        spans.push(self.course(TrendPoint::stuck, bars, Scale::FromZero(MIN_STUCK_SCALE)));
        spans
    }

    /// Returns a blank and this many bars. Missing bars look like unknown ones.
    fn course(&self, figure: Figure, bars: usize, scale: Scale) -> Span<'a> {
        let buckets = self.endpoint.trend.recent();
        let missing = bars.saturating_sub(buckets.bars().count());
        let figures = std::iter::repeat_n(None, missing).chain(buckets.bars().map(figure));
        let drawn = scaled(figures, bars, scale, self.theme.glyphs);
        Span::styled(format!(" {drawn}"), self.theme.quiet)
    }
}

/// Reads the figure of a bar.
type Figure = fn(&TrendPoint) -> Option<f64>;

#[expect(
    clippy::unnecessary_wraps,
    reason = "the form of a figure that may be unknown"
)]
fn cost(point: &TrendPoint) -> Option<f64> {
    Some(point.cost.as_secs_f64())
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "the form of a figure that may be unknown"
)]
#[expect(clippy::cast_precision_loss, reason = "a bar is approximate")]
fn sessions(point: &TrendPoint) -> Option<f64> {
    Some(point.sessions as f64)
}
