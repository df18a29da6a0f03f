//! Completion of the word before the cursor.

use super::ast::literal;
use super::field::{FieldType, FilterField};
use super::fields::FIELDS;
use super::glob;
use super::lex::is_word;

/// Completions of an unfinished word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Completion {
    /// Start of the word, in characters. The word ends at the cursor.
    pub start: usize,
    /// Completions, best first. Never empty.
    pub choices: Vec<String>,
}

/// Completes the last word of `text`: a field name, or a value after `=` or `!=`.
///
/// `values` returns the known values of a field. Values that need no quotes come first. Returns `None` if
/// nothing fits.
pub(crate) fn complete(
    text: &str,
    values: impl FnOnce(&'static FilterField) -> Vec<String>,
) -> Option<Completion> {
    let word = unfinished(text);
    let typed = word.find(['=', '!', '~', '<', '>']);
    let (keep, choices) = match typed.and_then(|index| word.split_at_checked(index)) {
        None => (0, names(word)),
        Some((name, rest)) => {
            let value = rest.strip_prefix("!=").or_else(|| rest.strip_prefix('='))?;
            let field = FilterField::named(name).filter(|field| field.kind() == FieldType::Text)?;
            let begun = glob::unescaped(value.strip_prefix(['\'', '"']).unwrap_or(value));
            let mut fitting = values(field);
            fitting.retain(|known| known.starts_with(&begun) && *known != begun);
            fitting.sort_by_key(|known| !is_word(known));
            let choices = fitting.iter().map(|value| literal(value)).collect();
            (word.len() - value.len(), choices)
        }
    };
    let start = text.len() - word.len() + keep;
    (!choices.is_empty()).then(|| Completion {
        start: text.chars().count() - text.get(start..).unwrap_or_default().chars().count(),
        choices,
    })
}

fn names(begun: &str) -> Vec<String> {
    let begun = begun.to_ascii_lowercase();
    let fitting = FIELDS
        .iter()
        .filter(|field| field.name.starts_with(&begun) && field.name != begun);
    fitting.map(|field| field.name.to_owned()).collect()
}

/// Returns the text after the last blank or parenthesis that is not in quotes.
fn unfinished(text: &str) -> &str {
    let mut open = None;
    let mut start = 0;
    for (index, c) in text.char_indices() {
        match open {
            Some(quote) if c == quote => open = None,
            None if matches!(c, '\'' | '"') => open = Some(c),
            None if c.is_whitespace() || matches!(c, '(' | ')') => start = index + c.len_utf8(),
            _ => {}
        }
    }
    text.get(start..).unwrap_or_default()
}
