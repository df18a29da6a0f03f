//! Text with a label. On a terminal it is wrapped at words, below its beginning.

use std::io::{self, Write};

use super::output;
use crate::model::display_width;
use crate::ui::cut::wrap;

/// Minimum width to which a text is wrapped.
const MIN_TEXT: usize = 20;

/// Writes a text after its label.
pub(super) fn labelled(out: &mut impl Write, label: &str, text: &str) -> io::Result<()> {
    below(out, label, display_width(label), text)
}

/// Writes a text after its label, whose width is `indent`. The label may contain colors.
pub(super) fn below(out: &mut impl Write, label: &str, indent: usize, text: &str) -> io::Result<()> {
    let width = output::terminal_width();
    write_to(out, (label, indent), text, width)
}

fn write_to(
    out: &mut impl Write,
    (label, indent): (&str, usize),
    text: &str,
    width: Option<usize>,
) -> io::Result<()> {
    let width = width.map_or(usize::MAX, |width| width.saturating_sub(indent));
    for (place, line) in wrap(text, width.max(MIN_TEXT)).iter().enumerate() {
        match place {
            0 => writeln!(out, "{label}{line}")?,
            _ => writeln!(out, "{:indent$}{line}", "")?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(label: &str, text: &str, width: Option<usize>) -> String {
        let mut out = Vec::new();
        write_to(&mut out, (label, label.len()), text, width).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_text_is_wrapped_at_words_below_its_beginning() {
        let text = "the locks of db-01 are unknown: wrong password";
        assert_eq!(
            written("  idle ", text, Some(34)),
            "  idle the locks of db-01 are\n       unknown: wrong password\n"
        );
        assert_eq!(written("  idle ", text, None), format!("  idle {text}\n"));
        assert_eq!(written("", "", Some(10)), "\n");
    }

    #[test]
    fn on_a_very_narrow_terminal_words_stay_whole() {
        assert_eq!(
            written("          ", "all of these words", Some(12)),
            "          all of these words\n"
        );
    }
}
