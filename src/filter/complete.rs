//! Tab: what can stand in the place of the unfinished word before the cursor.

use super::ast::literal;
use super::field::{FieldType, FilterField};
use super::fields::FIELDS;
use super::glob;
use super::lex::is_word;

/// What Tab can put in the place of an unfinished word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// Where the word begins, in characters; it ends at the cursor.
    pub start: usize,
    /// What can stand there, the best first; never empty.
    pub choices: Vec<String>,
}

/// Completes the word that ends `text`: the name of a field, or a value of the field before `=`
/// or `!=`. `values` gives the values that are known to occur; those that need no quotes come first.
pub fn complete(text: &str, values: impl FnOnce(&'static FilterField) -> Vec<String>) -> Option<Completion> {
    let word = unfinished(text);
    let typed = word.find(['=', '!', '~', '<', '>']);
    let (keep, choices) = match typed.and_then(|place| word.split_at_checked(place)) {
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

/// From the last blank or parenthesis that is not in quotes.
fn unfinished(text: &str) -> &str {
    let mut open = None;
    let mut start = 0;
    for (place, c) in text.char_indices() {
        match open {
            Some(quote) if c == quote => open = None,
            None if matches!(c, '\'' | '"') => open = Some(c),
            None if c.is_whitespace() || matches!(c, '(' | ')') => start = place + c.len_utf8(),
            _ => {}
        }
    }
    text.get(start..).unwrap_or_default()
}
