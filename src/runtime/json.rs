//! JSON output in which no character can act on a terminal or deceive a reader: the characters that the
//! screen escapes are written as `\uXXXX`. The values stay raw.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter, Serializer};

use crate::model::{Pieces, TextPiece, is_printable_ascii};

/// Writes a value on one line.
///
/// # Errors
///
/// Returns the error of `out`.
pub(crate) fn to_writer(out: impl Write, value: &impl Serialize) -> io::Result<()> {
    let formatter = Escaping(CompactFormatter);
    Ok(value.serialize(&mut Serializer::with_formatter(out, formatter))?)
}

/// Writes a value with a line for each field.
///
/// # Errors
///
/// Returns the error of `out`.
pub(crate) fn to_writer_pretty(out: impl Write, value: &impl Serialize) -> io::Result<()> {
    let formatter = Escaping(PrettyFormatter::new());
    Ok(value.serialize(&mut Serializer::with_formatter(out, formatter))?)
}

/// Escapes more characters than JSON needs; the layout is that of the inner formatter.
struct Escaping<F>(F);

impl<F: Formatter> Formatter for Escaping<F> {
    /// A fragment follows a quote or an escape, so no mark at its beginning has a base.
    fn write_string_fragment<W: Write + ?Sized>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        // The common case. The fragments never contain a backslash.
        if is_printable_ascii(fragment) {
            return out.write_all(fragment.as_bytes());
        }
        for piece in Pieces::of(fragment) {
            match piece {
                TextPiece::Plain(plain) => out.write_all(plain.as_bytes())?,
                TextPiece::Escaped(c) => {
                    for unit in c.encode_utf16(&mut [0; 2]) {
                        write!(out, "\\u{unit:04x}")?;
                    }
                }
            }
        }
        Ok(())
    }

    fn begin_array<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_array(out)
    }

    fn end_array<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array(out)
    }

    fn begin_array_value<W: Write + ?Sized>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(out, first)
    }

    fn end_array_value<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array_value(out)
    }

    fn begin_object<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object(out)
    }

    fn end_object<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object(out)
    }

    fn begin_object_key<W: Write + ?Sized>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(out, first)
    }

    fn begin_object_value<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object_value(out)
    }

    fn end_object_value<W: Write + ?Sized>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object_value(out)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::{Text, TextLimit, visible};

    fn written(value: &impl Serialize) -> String {
        let mut bytes = Vec::new();
        to_writer(&mut bytes, value).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn what_the_screen_escapes_is_an_escape_and_the_value_is_raw() {
        for (raw, json) in [
            (r"CORP\svc_app", r#""CORP\\svc_app""#),
            ("สมศรี", "\"สมศรี\""),
            ("a\u{202e}b\u{7f}\u{9b}", r#""a\u202eb\u007f\u009b""#),
            ("\u{e0041}", r#""\udb40\udc41""#),
            ("a\n\u{301}\t", r#""a\n\u0301\t""#),
            ("\u{301}a", r#""\u0301a""#),
        ] {
            assert_eq!(written(&Text::clean(raw, TextLimit::Name)), json);
        }
    }

    #[test]
    fn the_layout_is_that_of_serde_json() {
        let value = serde_json::json!({"a": [1, "x", {}], "b": null, "c": {"d": []}});
        let mut pretty = Vec::new();
        to_writer_pretty(&mut pretty, &value).unwrap();
        assert_eq!(pretty, serde_json::to_vec_pretty(&value).unwrap());
        assert_eq!(written(&value), value.to_string());
    }

    proptest! {
        #[test]
        fn json_reads_back_as_the_raw_text(raw in any::<String>()) {
            let json = written(&Text::clean(&raw, TextLimit::Line));
            prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), raw);
            prop_assert_eq!(visible(&json), &*json, "nothing is left to escape");
        }
    }
}
