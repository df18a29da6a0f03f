//! Output in ASCII: every other character is written as an escape.

use std::io::{self, Write};

/// How characters outside of ASCII are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escapes {
    /// Unchanged.
    None,
    /// `\u00e9`, as in JSON: the value stays the same.
    Json,
    /// `\u{e9}`, as the screen escapes characters that cannot be shown.
    Text,
}

impl Escapes {
    /// Returns the escapes for an output. Without `ascii` there are none.
    pub(super) const fn of(ascii: bool, is_json: bool) -> Self {
        match (ascii, is_json) {
            (false, _) => Self::None,
            (true, true) => Self::Json,
            (true, false) => Self::Text,
        }
    }
}

/// A writer that escapes characters outside of ASCII.
pub(super) struct Ascii<W: Write> {
    out: W,
    escapes: Escapes,
    /// The first bytes of a character whose rest is in the next write.
    partial: Vec<u8>,
}

impl<W: Write> Ascii<W> {
    pub(super) const fn new(out: W, escapes: Escapes) -> Self {
        Self {
            out,
            escapes,
            partial: Vec::new(),
        }
    }

    pub(super) fn into_inner(self) -> W {
        self.out
    }

    fn write_char(&mut self, c: char) -> io::Result<()> {
        match self.escapes {
            Escapes::Json if !c.is_ascii() => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    write!(self.out, "\\u{unit:04x}")?;
                }
                Ok(())
            }
            Escapes::Text if !c.is_ascii() => write!(self.out, "{}", c.escape_unicode()),
            _ => write!(self.out, "{c}"),
        }
    }
}

impl<W: Write> Write for Ascii<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.escapes == Escapes::None || (self.partial.is_empty() && bytes.is_ascii()) {
            return self.out.write(bytes);
        }
        let mut whole = std::mem::take(&mut self.partial);
        whole.extend_from_slice(bytes);
        let mut rest = whole.as_slice();
        while let Some(chunk) = rest.utf8_chunks().next() {
            for c in chunk.valid().chars() {
                self.write_char(c)?;
            }
            rest = rest.get(chunk.valid().len()..).unwrap_or_default();
            if chunk.invalid().is_empty() {
                break;
            }
            // At most three bytes are the begin of a character; anything else is not UTF-8.
            if rest.len() == chunk.invalid().len() && rest.len() < 4 {
                self.partial = rest.to_vec();
                break;
            }
            self.write_char('\u{fffd}')?;
            rest = rest.get(chunk.invalid().len()..).unwrap_or_default();
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(escapes: Escapes, text: &str, step: usize) -> String {
        let mut out = Ascii::new(Vec::new(), escapes);
        for bytes in text.as_bytes().chunks(step) {
            out.write_all(bytes).unwrap();
        }
        String::from_utf8(out.into_inner()).unwrap()
    }

    #[test]
    fn other_characters_are_escaped_however_the_text_is_cut() {
        for step in 1..8 {
            let text = "a é 日 \u{1f980}!";
            assert_eq!(written(Escapes::None, text, step), text);
            assert_eq!(
                written(Escapes::Text, text, step),
                r"a \u{e9} \u{65e5} \u{1f980}!"
            );
            assert_eq!(
                written(Escapes::Json, text, step),
                r"a \u00e9 \u65e5 \ud83e\udd80!"
            );
        }
    }
}
