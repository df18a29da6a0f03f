//! How the sections of the details draw: headings, labels, texts that are cut, moved or wrapped.

use ratatui::text::{Line, Span};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::LABEL;
use crate::ui::draw::{fit, wrap};
use crate::ui::theme::Theme;

/// Theme, size and glyphs that the sections draw with.
pub(super) struct Pen<'a> {
    pub(super) theme: &'a Theme,
    pub(super) width: usize,
    /// Number of columns that long lines are moved to the left by.
    pub(super) across: usize,
    /// Whether long lines are wrapped.
    pub(super) unfolded: bool,
    /// Whether the details are those of a past moment: a session cannot be killed there.
    pub(super) is_past: bool,
}

impl Pen<'_> {
    /// Returns a blank line and a heading with a dimmed remark.
    pub(super) fn heading<'a>(&self, heading: &'static str, remark: &str) -> [Line<'a>; 2] {
        let line = Line::from(vec![
            Span::styled(heading, self.theme.head),
            Span::styled(format!("  {remark}"), self.theme.dim),
        ]);
        [Line::default(), line]
    }

    pub(super) fn fit(&self, text: &str, width: usize) -> String {
        fit(text, width, self.theme.glyphs.more)
    }

    /// Returns a long text: wrapped if lines are unfolded, otherwise one line, moved sideways at most to its
    /// end.
    pub(super) fn long(&self, text: &str, width: usize) -> Vec<String> {
        if self.unfolded {
            return wrap(text, width.max(1));
        }
        let hidden = text.width().saturating_sub(width);
        let skipped = self.across.min(hidden);
        let mut left = skipped;
        let rest: String = text
            .chars()
            .skip_while(|c| {
                let taken = c.width().unwrap_or(0);
                let is_left = left > 0;
                left = left.saturating_sub(taken.max(1));
                is_left
            })
            .collect();
        vec![self.fit(&rest, width)]
    }

    /// Returns a text with a label before its first line.
    pub(super) fn labelled<'a>(&self, label: &'static str, text: &str) -> Vec<Line<'a>> {
        let room = self.width.saturating_sub(LABEL).max(1);
        let lines = wrap(text, room).into_iter().enumerate();
        let lines = lines.map(|(place, line)| {
            let label = if place == 0 { label } else { "" };
            Line::from(vec![
                Span::styled(format!("{label:<LABEL$}"), self.theme.head),
                Span::raw(line),
            ])
        });
        lines.collect()
    }
}
