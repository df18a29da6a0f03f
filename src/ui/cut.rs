//! Cuts texts to a width in cells of the terminal.

use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

use crate::model::display_width;

/// A text cut to a width in cells, with a mark where something is missing. An escape such as
/// `\u{202e}` is kept or left out whole.
pub(crate) fn fit(text: &str, width: usize, more: &str) -> String {
    if display_width(text) <= width {
        return text.to_owned();
    }
    let mut fitted = head(text, width.saturating_sub(more.width())).to_owned();
    fitted.extend(more.chars().take(width));
    fitted
}

/// Cuts a text in its middle, because both ends of an address identify it.
pub(crate) fn fit_middle(text: &str, width: usize, more: &str) -> String {
    if display_width(text) <= width || width < 5 {
        return fit(text, width, more);
    }
    let room = width - more.width();
    let head = head(text, room - room / 2);
    let tail_room = room - display_width(head);
    let tails = units(text).scan(text.len(), |left, unit| {
        let tail = text.get(text.len() - *left..);
        *left -= unit.len();
        tail
    });
    let tail = tails.into_iter().find(|tail| display_width(tail) <= tail_room);
    format!("{head}{more}{}", tail.unwrap_or_default())
}

/// Cuts a text at its beginning, because names such as `proxy.example.net:8990` differ at their end.
pub(crate) fn fit_end(text: &str, width: usize, more: &str) -> String {
    if display_width(text) <= width {
        return text.to_owned();
    }
    let room = width.saturating_sub(more.width());
    let tails = units(text).scan(text.len(), |left, unit| {
        *left -= unit.len();
        text.get(text.len() - *left..)
    });
    let tail = tails.into_iter().find(|tail| display_width(tail) <= room);
    let mark: String = more.chars().take(width).collect();
    format!("{mark}{}", tail.unwrap_or_default())
}

/// Returns the part of a long word that fits one line: whole units, or one character where not even one
/// unit fits, so that nothing is lost.
pub(super) fn line_head(text: &str, width: usize) -> &str {
    match head(text, width) {
        "" => text
            .get(..text.chars().next().map_or(0, char::len_utf8))
            .unwrap_or_default(),
        head => head,
    }
}

/// The beginning of a text that fits a width.
fn head(text: &str, room: usize) -> &str {
    let mut used = 0;
    let fitting = units(text).take_while(|unit| {
        used += display_width(unit);
        used <= room
    });
    let end = fitting.map(str::len).sum();
    text.get(..end).unwrap_or_default()
}

/// Splits a text into the units that must not be cut: a character with its marks, or the escape of one.
fn units(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (unit, after) = rest.split_at_checked(unit_len(rest))?;
        rest = after;
        (!unit.is_empty()).then_some(unit)
    })
}

fn unit_len(text: &str) -> usize {
    if let Some(escape) = text.strip_prefix("\\u{")
        && let Some(digits) = escape.find(|c: char| !c.is_ascii_hexdigit())
        && escape.get(digits..).is_some_and(|rest| rest.starts_with('}'))
    {
        return "\\u{}".len() + digits;
    }
    let backslash = usize::from(text.starts_with('\\'));
    let rest = text.get(backslash..).unwrap_or_default();
    backslash + rest.graphemes(true).next().map_or(0, str::len)
}

/// Wraps a text to a width, at blanks if possible.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let mut rest = word;
        loop {
            let Some(line) = lines.last_mut() else {
                return lines;
            };
            let used = display_width(line);
            let gap = usize::from(used > 0);
            if used + gap + display_width(rest) <= width {
                line.extend((gap > 0).then_some(' '));
                line.push_str(rest);
                break;
            }
            if used > 0 {
                lines.push(String::new());
                continue;
            }
            let head = line_head(rest, width);
            rest = rest.get(head.len()..).unwrap_or_default();
            line.push_str(head);
            lines.push(String::new());
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escape_and_a_character_with_its_marks_are_never_cut_in_two() {
        for text in [
            r"app\u{1b}[2J",
            r"\u{202e}\u{202e}",
            r"a\\b\tc",
            "สมศรีสมศรี",
            "日本日本",
        ] {
            let whole: Vec<&str> = units(text).collect();
            assert_eq!(whole.concat(), text);
            for width in 0..20 {
                let cut = fit(text, width, "…");
                assert!(display_width(&cut) <= width, "{text} {width} {cut}");
                let kept = cut.trim_end_matches('…');
                assert!((0..=whole.len()).any(|n| whole[..n].concat() == kept), "{cut}");
                let cut = fit_middle(text, width, "…");
                assert!(display_width(&cut) <= width, "{text} {width} {cut}");
                let tail = cut.rsplit('…').next().unwrap();
                assert!((0..=whole.len()).any(|n| whole[n..].concat() == tail), "{cut}");
            }
        }
    }

    #[test]
    fn a_line_ends_before_an_escape_and_no_character_is_lost() {
        assert_eq!(line_head(r"ab\u{202e}c", 9), "ab");
        let long = r"ab\u{202e}日c";
        for width in 0..12 {
            assert_eq!(crate::ui::draw::wrap(long, width).concat(), long, "{width}");
        }
    }

    #[test]
    fn both_ends_are_kept() {
        assert_eq!(fit_middle("a_user_with_a_long_name", 9, "…"), "a_us…name");
        assert_eq!(fit_middle(r"app\u{1b}[2J", 10, "…"), "app…[2J");
        assert_eq!(fit(r"app\u{1b}[2J", 10, "…"), r"app\u{1b}…");
        assert_eq!(fit(r"app\u{1b}[2J", 9, "…"), "app…");
    }
}
