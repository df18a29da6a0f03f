//! Replaces texts and numbers that follow the grammar of JSON but have no value.
//!
//! An unpaired surrogate (`"\ud83d"`) is not a character, and `1e400` is larger than any `f64`. Without
//! the replacement the whole row would be lost, although its other fields are valid.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::IgnoredAny;

/// A value that is wrong for every type of field: not a text, not a whole number and not a duration.
const WRONG: &str = "-0.5";
/// Replacement for a key that cannot be read. No field has this name.
const NO_NAME: &str = "\"\u{fffd}\"";

/// Replaces each unreadable value by a wrong one, so that its field is left blank and counted.
///
/// Returns `None` if all values are readable.
pub(super) fn mend(json: &str) -> Option<String> {
    let mut mended = String::new();
    let (mut copied, mut at) = (0, 0);
    while let Some(token) = json.get(at..).map(first_token).filter(|token| !token.is_empty()) {
        let end = at + token.len();
        let instead = match token.as_bytes() {
            [b'"', ..] if token.contains("\\u") && is_refused::<Cow<'_, str>>(token) => {
                let is_name = json
                    .get(end..)
                    .is_some_and(|rest| rest.trim_start().starts_with(':'));
                Some(if is_name { NO_NAME } else { WRONG })
            }
            [b'-' | b'0'..=b'9', ..] if is_refused::<f64>(token) => Some(WRONG),
            _ => None,
        };
        if let Some(instead) = instead {
            mended.push_str(json.get(copied..at).unwrap_or_default());
            mended.push_str(instead);
            copied = end;
        }
        at = end;
    }
    (copied > 0).then(|| mended + json.get(copied..).unwrap_or_default())
}

/// Returns the first token: a string, a number, or the text before the next of them.
fn first_token(json: &str) -> &str {
    let bytes = json.as_bytes();
    let starts_value = |byte: u8| matches!(byte, b'"' | b'-' | b'0'..=b'9');
    let in_number = |byte: u8| matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9');
    let length = match bytes.first() {
        Some(b'"') => string_length(bytes),
        Some(first) if starts_value(*first) => bytes.iter().position(|byte| !in_number(*byte)),
        _ => bytes.iter().position(|byte| starts_value(*byte)),
    };
    json.get(..length.unwrap_or(json.len())).unwrap_or(json)
}

/// Returns the length of the string at the start, with its quotes.
fn string_length(bytes: &[u8]) -> Option<usize> {
    let mut is_escaped = false;
    let end = bytes.iter().skip(1).position(|byte| {
        let ends = *byte == b'"' && !is_escaped;
        is_escaped = *byte == b'\\' && !is_escaped;
        ends
    });
    Some(end? + 2)
}

/// Whether a token follows the grammar but cannot be decoded as `T`.
fn is_refused<'a, T: Deserialize<'a>>(token: &'a str) -> bool {
    serde_json::from_str::<T>(token).is_err() && serde_json::from_str::<IgnoredAny>(token).is_ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_unreadable_is_replaced_and_the_rest_is_kept() {
        for (row, mended) in [
            (r#"{"a":"x\ud83dy","b":1}"#, Some(r#"{"a":-0.5,"b":1}"#)),
            (
                r#"{"a" : "\\ud83d \"", "b":[1e400, -2E999,3]}"#,
                Some(r#"{"a" : "\\ud83d \"", "b":[-0.5, -0.5,3]}"#),
            ),
            (r#"{"\udc00" :"\uDC00"}"#, Some("{\"\u{fffd}\" :-0.5}")),
            (r#"{"a":"\ud83d\ude00","b":1e308,"c":"é \u00e9"}"#, None),
            ("[]", None),
            ("", None),
        ] {
            assert_eq!(mend(row).as_deref(), mended, "{row}");
        }
    }

    #[test]
    fn what_breaks_the_grammar_is_not_mended() {
        for broken in [r#"{"a":-}"#, r#"{"a":1e}"#, r#"{"a":"\ud8"}"#, r#"{"a":"\ud83d"#] {
            assert_eq!(mend(broken), None, "{broken}");
        }
    }

    proptest! {
        #[test]
        fn every_text_is_accepted(text in any::<String>()) {
            let _ = mend(&text);
        }
    }
}
