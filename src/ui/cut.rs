//! Cuts texts to a width in cells of the terminal.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::model::display_width;

/// Cuts a text to a width in cells, with a mark where text is missing.
pub(crate) fn fit(text: &str, width: usize, more: &str) -> String {
    if display_width(text) <= width {
        return text.to_owned();
    }
    let room = width.saturating_sub(more.width());
    let mut fitted = String::with_capacity(text.len().min(width * 4));
    let mut used = 0;
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used > room {
            break;
        }
        fitted.push(c);
    }
    fitted.extend(more.chars().take(width));
    fitted
}

/// Cuts a text in its middle, because both ends of an address identify it.
pub(crate) fn fit_middle(text: &str, width: usize, more: &str) -> String {
    let have = display_width(text);
    if have <= width || width < 5 {
        return fit(text, width, more);
    }
    let room = width - more.width();
    let tail_room = room / 2;
    let head = fit(text, room - tail_room, "");
    let mut used = 0;
    let tail: Vec<char> = text
        .chars()
        .rev()
        .take_while(|c| {
            used += c.width().unwrap_or(0);
            used <= tail_room
        })
        .collect();
    let tail: String = tail.into_iter().rev().collect();
    // A combining mark without its letter would be drawn on the sign for the gap.
    let tail = tail.trim_start_matches(|c: char| c.width() == Some(0));
    format!("{head}{more}{tail}")
}
