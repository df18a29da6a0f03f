//! Parts of a text that match a search.

use ratatui::style::{Modifier, Style};

/// Splits a text into parts with and without the term, ignoring case.
pub(super) fn split(text: &str, term: &str) -> Vec<(String, bool)> {
    let (lower, term) = (text.to_lowercase(), term.to_lowercase());
    if term.is_empty() || lower.len() != text.len() {
        return vec![(text.to_owned(), false)];
    }
    let mut parts = Vec::new();
    let mut at = 0;
    for (start, found) in lower.match_indices(&term) {
        let end = start + found.len();
        for (range, is_match) in [(at..start, false), (start..end, true)] {
            parts.extend(text.get(range).map(|part| (part.to_owned(), is_match)));
        }
        at = end;
    }
    parts.extend(text.get(at..).map(|part| (part.to_owned(), false)));
    parts.retain(|(part, _)| !part.is_empty());
    parts
}

/// Returns the style of a part that matches: reversed, or underlined where the line is reversed already.
pub(super) fn highlighted(style: Style) -> Style {
    if style.add_modifier.contains(Modifier::REVERSED) {
        style.add_modifier(Modifier::UNDERLINED | Modifier::BOLD)
    } else {
        style.add_modifier(Modifier::REVERSED)
    }
}
