//! The forms of a text that a filter can be evaluated on.

use super::ternary::Ternary;
use crate::model::{RawText, composed};

/// Form of a session's texts that is compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum TextForm {
    /// As the server sent them.
    #[default]
    Raw,
    /// As shown: hidden characters escaped, backslashes doubled.
    Shown,
    /// As shown by version 0.1: combining marks are escaped too. A backslash in the filter is literal.
    ShownBy01,
    /// In Unicode's composed form (NFC). The text of the filter is composed too.
    Composed,
}

impl TextForm {
    /// All forms.
    pub(crate) const ALL: [Self; 4] = [Self::Raw, Self::Shown, Self::ShownBy01, Self::Composed];

    /// Tests a text in this form. Returns `Unknown` if the form needs the whole text and it is not kept whole.
    pub(super) fn test(self, text: RawText<'_>, matches: impl FnOnce(&str) -> bool) -> Ternary {
        match (self, text.whole()) {
            (Self::Shown, _) => Ternary::of(matches(&text.shown())),
            (Self::ShownBy01, _) => Ternary::of(matches(&text.shown_by_0_1())),
            (Self::Raw, Some(whole)) => Ternary::of(matches(whole)),
            (Self::Composed, Some(whole)) => Ternary::of(matches(&composed(whole))),
            (Self::Raw | Self::Composed, None) => Ternary::Unknown,
        }
    }
}
