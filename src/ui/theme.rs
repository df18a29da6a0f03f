//! Colors and glyphs. Uses the terminal's sixteen colors, and only where they carry meaning. Color is
//! never the only sign.

use std::borrow::Cow;

use ratatui::style::{Color, Modifier, Style};

use crate::app::column::CellStyle;
use crate::diagnosis::Severity;
use crate::model::ascii;

/// Styles of the parts of the screen.
pub(super) struct Theme {
    /// Primary text: heads, names, keys.
    pub(super) strong: Style,
    /// Secondary text.
    pub(super) quiet: Style,
    /// Success, or healthy.
    pub(super) good: Style,
    /// Severity `Look`, and warnings.
    pub(super) warning: Style,
    /// Severity `Act`, and errors.
    pub(super) alarm: Style,
    /// Text being typed, and values to enter.
    pub(super) input: Style,
    /// The row under the cursor, the chosen button.
    pub(super) selected: Style,
    /// Data that is no longer live.
    pub(super) stale: Style,
    /// Lines, dots and marks.
    pub(super) glyphs: &'static Glyphs,
    ascii: bool,
}

/// Marks and lines in characters that the terminal can show.
pub(super) struct Glyphs {
    pub(super) horizontal: &'static str,
    pub(super) vertical: &'static str,
    pub(super) corners: [&'static str; 4],
    pub(super) up: &'static str,
    pub(super) down: &'static str,
    pub(super) dot: &'static str,
    pub(super) more: &'static str,
    pub(super) check: &'static str,
    pub(super) cross: &'static str,
    /// Bars of sparklines, from empty to full.
    pub(super) bars: [&'static str; 9],
    /// A cell of a shaded part of a chart.
    pub(super) shade: &'static str,
    /// A cell of a horizontal bar. Not full, so that bars of two lines do not touch.
    pub(super) bar: &'static str,
    /// Sign for an unknown rate.
    pub(super) unknown: &'static str,
}

static UNICODE: Glyphs = Glyphs {
    horizontal: "─",
    vertical: "│",
    corners: ["┌", "┐", "└", "┘"],
    up: "▴",
    down: "▾",
    dot: "·",
    more: "…",
    check: "✓",
    cross: "✗",
    bars: ["▁", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
    shade: "░",
    bar: "▆",
    unknown: "·",
};

static ASCII: Glyphs = Glyphs {
    horizontal: "-",
    vertical: "|",
    corners: ["+", "+", "+", "+"],
    up: "^",
    down: "v",
    dot: "-",
    more: "~",
    check: "ok",
    cross: "!",
    bars: ["_", "_", ".", ".", ":", ":", "|", "|", "#"],
    shade: "=",
    bar: "#",
    unknown: " ",
};

impl Theme {
    /// Returns a text for comparison before a kill. In ASCII mode, characters that would become `?` are
    /// shown as escapes.
    pub(super) fn compared<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.ascii {
            ascii(text)
        } else {
            Cow::Borrowed(text)
        }
    }

    /// Returns the style of a severity.
    pub(super) const fn severity(&self, severity: Severity) -> Style {
        match severity {
            Severity::Look => self.warning,
            Severity::Act => self.alarm,
        }
    }

    /// Returns the style of a count of rows with a severity that are out of sight.
    pub(super) const fn chip(&self, severity: Severity) -> Style {
        self.severity(severity).add_modifier(Modifier::REVERSED)
    }

    /// Returns the style of a cell.
    pub(super) const fn cell(&self, style: CellStyle) -> Style {
        match style {
            CellStyle::Plain => Style::new(),
            CellStyle::Quiet => self.quiet,
            CellStyle::Warning => self.warning,
            CellStyle::Severity(severity) => self.severity(severity),
        }
    }

    /// Creates a theme. `plain` turns colors off, `ascii` uses only ASCII characters.
    pub(super) fn new(plain: bool, ascii: bool) -> Self {
        let colour = |colour: Color| {
            if plain {
                Style::new()
            } else {
                Style::new().fg(colour)
            }
        };
        let glyphs = if ascii { &ASCII } else { &UNICODE };
        Self {
            strong: Style::new().add_modifier(Modifier::BOLD),
            quiet: Style::new().add_modifier(Modifier::DIM),
            good: colour(Color::Green),
            warning: colour(Color::Yellow),
            alarm: colour(Color::Red).add_modifier(Modifier::BOLD),
            input: colour(Color::Cyan),
            selected: Style::new().add_modifier(Modifier::REVERSED),
            stale: Style::new().add_modifier(Modifier::DIM),
            glyphs,
            ascii,
        }
    }
}
