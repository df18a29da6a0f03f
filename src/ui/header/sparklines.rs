//! The right side of the header with the last minutes of its figures in bars, where there is room:
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

/// How much is shown: the first of these that fits.
struct HeaderLayout {
    /// What a list costs, and how often it is asked for.
    pace: bool,
    /// `212 sessions`, not only `212`.
    word: bool,
    /// Which figures have bars.
    courses: Courses,
    /// So many bars at least.
    least: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Courses {
    Sessions,
    AndStuck,
    /// With who comes, who goes, and what a list costs.
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

/// The most telling first.
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

/// So many bars, in steps: a figure that grows by a digit does not move everything.
const BARS: [usize; 6] = [16, 12, 8, 6, 5, 4];

/// How many stuck sessions, comings and goings in a second, and seconds for a list fill a bar at least:
/// what is small is not made to look large.
const MIN_STUCK_SCALE: f64 = 8.0;
const MIN_RATE_SCALE: f64 = 2.0;
const MIN_RESPONSE_TIME_SCALE: f64 = 0.2;

/// Of whatever fits, the most telling line; nothing before there is a bar, or where there is no room
/// for any.
pub(super) fn right<'a>(app: &App, endpoint: &EndpointState, theme: &Theme, room: usize) -> Option<Line<'a>> {
    endpoint.trend.recent().bars().next()?;
    let figures = Figures::new(app, endpoint, theme)?;
    let mut lines = LEVELS.iter().flat_map(|level| {
        let bars = BARS.iter().filter(|bars| **bars >= level.least);
        bars.map(move |bars| (level, *bars))
    });
    let fits = |line: &Line<'_>| line.width() <= room;
    let (level, bars) = lines.find(|(level, bars)| fits(&figures.line(level, *bars, HeldMaximum::No)))?;
    let line = |held| figures.line(level, bars, held);
    let is_held = endpoint.link == LinkState::Live && app.keeps_order();
    let held: &[HeldMaximum] = if is_held {
        &[HeldMaximum::Besides, HeldMaximum::Instead]
    } else {
        &[HeldMaximum::No]
    };
    held.iter().map(|held| line(*held)).find(fits)
}

/// Where it is said that the order is held.
#[derive(Clone, Copy, PartialEq, Eq)]
enum HeldMaximum {
    No,
    Besides,
    /// In the place of what a list costs, so that nothing else moves.
    Instead,
}

/// The texts of one endpoint.
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

    fn line(&self, level: &HeaderLayout, bars: usize, held: HeldMaximum) -> Line<'a> {
        let all = level.courses == Courses::All;
        let mut spans = Vec::new();
        if held != HeldMaximum::No {
            spans.push(Span::styled("order held  ", self.theme.quiet));
        }
        if let (true, true, Some(pace)) = (level.pace, held != HeldMaximum::Instead, &self.pace) {
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

    /// The rate of the last bar: `  +1.2/s`.
    fn rate(&self, sign: &str, rate: Figure) -> String {
        let last = self.endpoint.trend.recent().bars().next_back().and_then(rate);
        let text = match last {
            None => "?".to_owned(),
            Some(rate) if rate < 9.95 => format!("{rate:.1}"),
            Some(rate) => format!("{rate:.0}"),
        };
        format!("  {:>6}", format!("{sign}{text}/s"))
    }

    /// How many are stuck, as long as anybody is or was a moment ago.
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

    /// A blank and so many bars; those that are not there yet are like those that are not known.
    fn course(&self, figure: Figure, bars: usize, scale: Scale) -> Span<'a> {
        let buckets = self.endpoint.trend.recent();
        let missing = bars.saturating_sub(buckets.bars().count());
        let figures = std::iter::repeat_n(None, missing).chain(buckets.bars().map(figure));
        let drawn = scaled(figures, bars, scale, self.theme.glyphs);
        Span::styled(format!(" {drawn}"), self.theme.quiet)
    }
}

/// A figure of a bar.
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
#[expect(clippy::cast_precision_loss, reason = "a bar for people")]
fn sessions(point: &TrendPoint) -> Option<f64> {
    Some(point.sessions as f64)
}
