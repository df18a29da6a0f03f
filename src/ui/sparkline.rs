//! Formats figures over time as a row of bars. An unknown figure differs from a low one.

use super::theme::Glyphs;

/// Scale of the bars.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Scale {
    /// From 0 to the highest figure shown, or to this minimum, whichever is higher.
    FromZero(f64),
    /// Around the middle of the figures shown, with at least a quarter of it as range. Makes small
    /// changes of a large figure visible. A figure of 0 stays empty.
    Around,
}

/// Formats the last `width` rates, newest on the right, scaled to the highest of them.
pub(super) fn sparkline(
    rates: impl DoubleEndedIterator<Item = Option<f64>>,
    width: usize,
    glyphs: &'static Glyphs,
) -> String {
    scaled(rates, width, Scale::FromZero(0.0), glyphs)
}

/// Formats the last `width` figures, newest on the right.
pub(super) fn scaled(
    figures: impl DoubleEndedIterator<Item = Option<f64>>,
    width: usize,
    scale: Scale,
    glyphs: &'static Glyphs,
) -> String {
    let mut shown: Vec<Option<f64>> = figures.rev().take(width).collect();
    shown.reverse();
    let (floor, height) = scale.bounds(&shown);
    let bar = |figure: f64| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 8")]
        let level = if figure > 0.0 && height > 0.0 {
            ((figure - floor) / height * 8.0).ceil().clamp(0.0, 8.0) as usize
        } else {
            0
        };
        glyphs.bars.get(level).copied().unwrap_or_default()
    };
    shown
        .into_iter()
        .map(|figure| figure.map_or(glyphs.unknown, bar))
        .collect()
}

impl Scale {
    /// Returns the value of the lowest bar, and the range up to the highest.
    fn bounds(self, figures: &[Option<f64>]) -> (f64, f64) {
        let known = || figures.iter().flatten().copied();
        let highest = known().fold(0.0_f64, f64::max);
        match self {
            Self::FromZero(least) => (0.0, highest.max(least)),
            Self::Around => {
                let lowest = known().fold(highest, f64::min);
                let height = (highest - lowest).max(highest / 4.0);
                let floor = f64::midpoint(highest, lowest) - height / 2.0;
                (floor.max(0.0), height)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::theme::Theme;

    fn bars(figures: &[f64], scale: Scale) -> String {
        let theme = Theme::new(true, false);
        let figures = figures.iter().map(|figure| Some(*figure));
        scaled(figures, 8, scale, theme.glyphs)
    }

    #[test]
    fn what_is_small_is_not_made_to_look_large() {
        assert_eq!(bars(&[0.0, 1.0, 2.0, 1.0], Scale::FromZero(0.0)), "▁▄█▄");
        assert_eq!(bars(&[0.0, 1.0, 2.0, 1.0], Scale::FromZero(16.0)), "▁▁▁▁");
        assert_eq!(bars(&[0.0, 32.0, 16.0, 0.0], Scale::FromZero(16.0)), "▁█▄▁");
    }

    #[test]
    fn a_large_figure_is_drawn_about_its_middle() {
        assert_eq!(bars(&[212.0, 212.0, 212.0], Scale::Around), "▄▄▄");
        assert_eq!(bars(&[200.0, 201.0, 199.0], Scale::Around), "▄▅▄");
        assert_eq!(bars(&[100.0, 150.0, 200.0], Scale::Around), "▁▄█");
        assert_eq!(bars(&[0.0, 0.0], Scale::Around), "▁▁");
    }

    #[test]
    fn what_is_unknown_is_no_bar() {
        let theme = Theme::new(true, false);
        let figures = [Some(1.0), None, Some(1.0)];
        let shown = scaled(figures.into_iter(), 2, Scale::FromZero(0.0), theme.glyphs);
        assert_eq!(shown, "·█");
    }
}
