//! The forms of a text that a filter can be evaluated on.

use super::ternary::Ternary;
use crate::model::{RawText, composed};

/// A form of a session's texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TextForm {
    /// As the server sent them.
    #[default]
    Raw,
    /// As they are shown: hidden characters escaped, a backslash doubled.
    Shown,
    /// As version 0.1 showed them: every combining mark is escaped as well. A backslash of the filter is
    /// always itself, as it was then.
    ShownBy01,
    /// In Unicode's composed form (NFC), as is the filter's text.
    Composed,
}

impl TextForm {
    /// All forms.
    pub const ALL: [Self; 4] = [Self::Raw, Self::Shown, Self::ShownBy01, Self::Composed];

    /// Tests a text in this form. `Unknown` if the text is not kept whole.
    pub(super) fn judge(self, text: RawText<'_>, matches: impl FnOnce(&str) -> bool) -> Ternary {
        match (self, text.whole()) {
            (Self::Shown, _) => Ternary::of(matches(&text.shown())),
            (Self::ShownBy01, _) => Ternary::of(matches(&text.shown_by_0_1())),
            (Self::Raw, Some(whole)) => Ternary::of(matches(whole)),
            (Self::Composed, Some(whole)) => Ternary::of(matches(&composed(whole))),
            (Self::Raw | Self::Composed, None) => Ternary::Unknown,
        }
    }
}
