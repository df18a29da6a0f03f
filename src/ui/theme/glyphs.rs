//! Marks and lines, in Unicode and in ASCII.

/// Marks and lines in characters that the terminal can show.
#[derive(Debug)]
pub(in crate::ui) struct Glyphs {
    pub(in crate::ui) horizontal: &'static str,
    pub(in crate::ui) vertical: &'static str,
    pub(in crate::ui) corners: [&'static str; 4],
    pub(in crate::ui) up: &'static str,
    pub(in crate::ui) down: &'static str,
    pub(in crate::ui) dot: &'static str,
    pub(in crate::ui) more: &'static str,
    pub(in crate::ui) check: &'static str,
    pub(in crate::ui) cross: &'static str,
    /// Bars of sparklines, from empty to full.
    pub(in crate::ui) bars: [&'static str; 9],
    /// A cell of a shaded part of a chart.
    pub(in crate::ui) shade: &'static str,
    /// A cell of a horizontal bar. Not full, so that bars of two lines do not touch.
    pub(in crate::ui) bar: &'static str,
    /// Sign for an unknown rate.
    pub(in crate::ui) unknown: &'static str,
}

pub(super) static UNICODE: Glyphs = Glyphs {
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

pub(super) static ASCII: Glyphs = Glyphs {
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
