//! The course of a rate as a row of bars. An unknown rate is not a low one.

use super::theme::Glyphs;

/// The newest `width` rates, the newest on the right, scaled to the highest among them.
pub(super) fn sparkline(
    rates: impl DoubleEndedIterator<Item = Option<f64>>,
    width: usize,
    glyphs: &'static Glyphs,
) -> String {
    let mut shown: Vec<Option<f64>> = rates.rev().take(width).collect();
    shown.reverse();
    let highest = shown.iter().flatten().copied().fold(0.0_f64, f64::max);
    shown
        .into_iter()
        .map(|rate| rate.map_or(glyphs.unknown, |rate| bar(rate, highest, glyphs)))
        .collect()
}

fn bar(rate: f64, highest: f64, glyphs: &'static Glyphs) -> &'static str {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 8")]
    let level = if highest > 0.0 {
        (rate / highest * 8.0).ceil().clamp(0.0, 8.0) as usize
    } else {
        0
    };
    glyphs.bars.get(level).copied().unwrap_or_default()
}
