//! The number of cells that a text takes on a terminal.

use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr;

/// Returns the number of cells of a text: each character with its marks has its own, as it is drawn. The
/// width of the whole text would count an Arabic Lam-Alef as one cell, while two are drawn.
pub fn display_width(text: &str) -> usize {
    if text.is_ascii() {
        return text.len();
    }
    text.graphemes(true).map(UnicodeWidthStr::width).sum()
}
