//! Label values: sanitized and short.

use std::borrow::Cow;

use crate::model::Text;

/// Label value of everything without a label of its own.
pub(super) const OTHER: &str = "other";
/// Maximum length of a label value, in characters. A longer text ends in `…`.
const MAX_LENGTH: usize = 120;

/// Returns the label value of a text from an endpoint.
pub(super) fn label(text: &Text) -> Cow<'_, str> {
    shortened(text.as_str())
}

/// Returns a sanitized text in the length of a label value.
pub(super) fn shortened(text: &str) -> Cow<'_, str> {
    let end = text.char_indices().nth(MAX_LENGTH);
    if end.is_none() {
        return text.into();
    }
    let kept: String = text.chars().take(MAX_LENGTH - 1).collect();
    format!("{kept}…").into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::TextLimit;

    #[test]
    fn a_long_text_is_cut() {
        let fits = "ä".repeat(MAX_LENGTH);
        assert_eq!(shortened(&fits), fits);
        let cut = shortened(&format!("{fits}b")).into_owned();
        assert_eq!(cut.chars().count(), MAX_LENGTH);
        assert!(cut.ends_with('…'));
    }

    #[test]
    fn no_control_character_is_in_a_label() {
        let text = Text::clean("a\u{1b}[2J\n\u{202e}b", TextLimit::Name);
        assert_eq!(label(&text), "a\\u{1b}[2J\\n\\u{202e}b");
    }
}
