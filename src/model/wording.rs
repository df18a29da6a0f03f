//! Formats counts and names for a line of text.

use std::borrow::Cow;
use std::fmt::{Display, Write as _};

/// Returns `1 session`, `2 sessions`: a count with its noun, which takes an `s` in the plural.
pub(crate) fn counted(count: impl Copy + Display + TryInto<u64>, noun: &str) -> String {
    let plural = if count.try_into().ok() == Some(1) { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

/// Returns a name as it is written into a line with other words.
///
/// A name with blanks or `@`, one that begins with a quote and an empty one are put in single
/// quotes, so that a name cannot look like the words around it. A quote inside becomes `\'`.
/// The sanitizer doubles backslashes, so two different names never give the same text.
pub(crate) fn quoted(name: &str) -> Cow<'_, str> {
    let is_plain = |name: &str| {
        let is_word = !name.contains(|c: char| c.is_whitespace() || c == '@');
        !name.is_empty() && is_word && !name.starts_with('\'')
    };
    if is_plain(name) {
        return Cow::Borrowed(name);
    }
    Cow::Owned(format!("'{}'", name.replace('\'', "\\'")))
}

/// ASCII replacement of each glyph of maxtop.
pub(crate) const GLYPHS: [(&str, &str); 15] = [
    ("…", "~"),
    ("·", "-"),
    ("↑", "^"),
    ("↓", "v"),
    ("←", "<"),
    ("→", ">"),
    ("✓", "+"),
    ("✗", "!"),
    ("▲", "!"),
    ("●", "o"),
    ("▁", "_"),
    ("├", "|"),
    ("└", "`"),
    ("│", "|"),
    ("─", "-"),
];

/// Returns a glyph of maxtop, or with `is_ascii` its replacement.
///
/// Names are never replaced like this: a name with `●` could look like another name.
pub(crate) fn glyph_in(is_ascii: bool, glyph: &'static str) -> &'static str {
    let mut known = GLYPHS.iter().filter(|_| is_ascii);
    known
        .find(|(own, _)| *own == glyph)
        .map_or(glyph, |(_, plain)| plain)
}

/// Returns a text in ASCII: every other character is written as `\\u{e9}`, so that two different
/// texts stay different.
pub(crate) fn ascii(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let escaped = |c: char| match c {
        c if c.is_ascii() => c.to_string(),
        c => c.escape_unicode().to_string(),
    };
    Cow::Owned(text.chars().map(escaped).collect())
}

/// Quotes text so that a shell reads it as one word.
pub(crate) fn shell_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Percent-encodes all but letters, digits and `kept`.
pub(crate) fn percent_encoded(text: &str, kept: &[u8]) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || kept.contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// Minimum length of a name that can be an abbreviation of another one.
const MIN_ABBREVIATION: usize = 2;
/// Maximum number of typing errors in a name. A name may have one, or one for each three characters.
const MAX_ERRORS: usize = 2;

/// Returns the name that is probably intended, ignoring case: `name` abbreviates it (`mem`), continues it
/// after `_` or `-` (`idle_seconds`), or has typing errors (`usre`).
pub(crate) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str> + Clone) -> Option<&'a str> {
    let name = name.to_ascii_lowercase();
    let is_abbreviated = |known: &&str| name.len() >= MIN_ABBREVIATION && known.starts_with(&name);
    let is_continued = |known: &&str| {
        let rest = name.strip_prefix(known);
        rest.is_some_and(|rest| rest.starts_with(['_', '-']))
    };
    let mut longer_or_shorter = known.clone();
    longer_or_shorter
        .find(|known| is_abbreviated(known) || is_continued(known))
        .or_else(|| {
            let errors = |known: &'a str| (strsim::osa_distance(&name, known), known);
            let (errors, near) = known.map(errors).min_by_key(|(errors, _)| *errors)?;
            (errors <= (name.chars().count() / 3).clamp(1, MAX_ERRORS)).then_some(near)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_longer_shorter_or_misspelled() {
        let known = ["id", "idle", "user", "memory", "read-only"];
        for (name, near) in [
            ("mem", Some("memory")),
            ("USER", Some("user")),
            ("usre", Some("user")),
            ("idle_seconds", Some("idle")),
            ("idel", Some("idle")),
            ("read", Some("read-only")),
            ("m", None),
            ("ix", Some("id")),
            ("service", None),
            ("xy", None),
            ("", None),
        ] {
            assert_eq!(nearest(name, known.into_iter()), near, "{name}");
        }
    }

    #[test]
    fn a_shell_reads_a_quoted_text_as_one_word() {
        assert_eq!(shell_quoted("a b"), "'a b'");
        assert_eq!(shell_quoted("it's"), r"'it'\''s'");
    }

    #[test]
    fn one_is_singular_and_all_else_plural() {
        let texts = [0, 1, 2, 100_000].map(|count: usize| counted(count, "session"));
        assert_eq!(
            texts,
            ["0 sessions", "1 session", "2 sessions", "100000 sessions"]
        );
        assert_eq!(counted(1_u32, "row"), "1 row");
    }

    #[test]
    fn in_ascii_two_different_texts_stay_different() {
        assert_eq!(ascii("plain"), "plain");
        assert_eq!(ascii("日本"), "\\u{65e5}\\u{672c}");
        assert_eq!(ascii("éclair"), "\\u{e9}clair");
    }

    #[test]
    fn names_that_could_be_taken_for_other_words_are_quoted() {
        for plain in ["app", "o'neil", "日本", "app%h", "svc-1.2_x"] {
            assert_eq!(quoted(plain), plain);
        }
        for (name, text) in [
            ("", "''"),
            (
                "app1@10.0.0.2:20001   live   x",
                "'app1@10.0.0.2:20001   live   x'",
            ),
            ("a b", "'a b'"),
            ("'a'", "'\\'a\\''"),
            ("a' b", "'a\\' b'"),
        ] {
            assert_eq!(quoted(name), text);
        }
    }
}
