//! For terminals without UTF-8: whatever was drawn, nothing but ASCII is left, in the same places.

use ratatui::buffer::Buffer;

/// Puts something in the place of every character that such a terminal cannot show. The cell behind
/// a wide one is blank already.
pub(super) fn reduce(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        if !cell.symbol().is_ascii() {
            let symbol = stand_in(cell.symbol());
            cell.set_symbol(symbol);
        }
    }
}

fn stand_in(symbol: &str) -> &'static str {
    match symbol {
        "…" => "~",
        "·" | "─" => "-",
        "↑" => "^",
        "↓" => "v",
        "←" => "<",
        "→" => ">",
        _ => "?",
    }
}
