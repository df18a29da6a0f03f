//! The screen as text: for the shell's scrollback, for tests, and for terminals without UTF-8.

use ratatui::buffer::{Buffer, Cell};
use unicode_width::UnicodeWidthStr;

use crate::model::GLYPHS;

/// Returns the lines of a screen without trailing blanks.
pub fn text(buffer: &Buffer) -> String {
    let mut text = String::new();
    for row in buffer.area.rows() {
        let mut line = String::new();
        // A wide character is in one cell and covers the next.
        let mut covered = 0;
        for cell in row.columns().filter_map(|place| buffer.cell((place.x, place.y))) {
            if covered > 0 {
                covered -= 1;
                continue;
            }
            covered = cell.symbol().width().saturating_sub(1);
            line.push_str(cell.symbol());
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Replaces everything that is not ASCII, including text from the server.
pub(super) fn to_ascii(buffer: &mut Buffer) {
    // A wide character is in one cell and covers the next, which gets a character of its own.
    let mut covered = 0;
    for cell in &mut buffer.content {
        if std::mem::take(&mut covered) > 0 {
            cell.set_symbol("?");
        } else if !cell.symbol().is_ascii() {
            covered = cell.symbol().width().saturating_sub(1);
            let sign = sign(cell);
            cell.set_symbol(sign);
        }
    }
}

/// Returns the replacement of a cell: that of a glyph, otherwise a question mark.
fn sign(cell: &Cell) -> &'static str {
    GLYPHS
        .iter()
        .find(|(ours, _)| *ours == cell.symbol())
        .map_or("?", |(_, ascii)| ascii)
}
