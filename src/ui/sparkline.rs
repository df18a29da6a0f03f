//! The course of a figure as a row of bars. An unknown figure is not a low one.

use super::theme::Glyphs;

/// What the height of a bar means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Scale {
    /// From nothing to the highest that is shown, or to this, whichever is more.
    FromZero(f64),
    /// About the middle of what is shown, and at least a quarter of it high: a large figure that moves
    /// a little. What is nothing is still nothing.
    Around,
}

/// The newest `width` rates, the newest on the right, scaled to the highest among them.
pub(super) fn sparkline(
    rates: impl DoubleEndedIterator<Item = Option<f64>>,
    width: usize,
    glyphs: &'static Glyphs,
) -> String {
    scaled(rates, width, Scale::FromZero(0.0), glyphs)
}

/// The newest `width` figures, the newest on the right.
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
    /// Where the lowest bar begins, and how much the highest stands for.
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
