//! Colours and glyphs: the terminal's own sixteen, and only where they mean something. Nothing is
//! told by colour alone.

use std::borrow::Cow;

use ratatui::style::{Color, Modifier, Style};

use crate::diagnosis::Severity;
use crate::model::ascii;

/// How the parts of the screen look.
pub(super) struct Theme {
    /// What matters most: heads, names, keys.
    pub(super) strong: Style,
    /// What may be overlooked.
    pub(super) quiet: Style,
    /// All is well.
    pub(super) good: Style,
    /// Look at it.
    pub(super) warning: Style,
    /// Act.
    pub(super) alarm: Style,
    /// What is typed or asked for.
    pub(super) input: Style,
    /// The row under the cursor, the chosen button.
    pub(super) selected: Style,
    /// Data that is no longer live.
    pub(super) stale: Style,
    /// The lines, dots and marks.
    pub(super) glyphs: &'static Glyphs,
    ascii: bool,
}

/// Marks and lines, in a form that the terminal can show.
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
    /// From nothing to full, for sparklines.
    pub(super) bars: [&'static str; 9],
    /// A rate that is not known.
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
    unknown: " ",
};

impl Theme {
    /// Returns a text as a person compares it before a kill: in ASCII, what else would become `?` is
    /// written as an escape.
    pub(super) fn compared<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.ascii {
            ascii(text)
        } else {
            Cow::Borrowed(text)
        }
    }

    /// How a reason of that severity looks.
    pub(super) const fn severity(&self, severity: Severity) -> Style {
        match severity {
            Severity::Look => self.warning,
            Severity::Act => self.alarm,
        }
    }

    /// `plain`: no colour; `ascii`: nothing but ASCII.
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
