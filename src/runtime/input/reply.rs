//! The terminal's reply to the query of its background. Other replies are ignored.

use crate::app::theme::Background;

/// Query of the color of the background (OSC 11), and then of the device attributes (DA1). Every terminal replies
/// to the second, so there is no wait for one without OSC 11.
pub(in crate::runtime) const BACKGROUND_QUERY: &[u8] = b"\x1b]11;?\x1b\\\x1b[c";

/// Start of the reply.
const PREFIX: &str = "11;";
/// Forms of a color.
const FORMS: [&str; 2] = ["rgb:", "rgba:"];
/// Maximum number of digits of one component.
const MAX_DIGITS: usize = 4;

/// Returns the background in the text of an OSC.
pub(super) fn osc(text: &[u8]) -> Option<Background> {
    // An Escape at the end belongs to the end of the string.
    let text = text.strip_suffix(b"\x1b").unwrap_or(text);
    let reply = std::str::from_utf8(text).ok()?.strip_prefix(PREFIX)?;
    let color = FORMS.iter().find_map(|form| reply.strip_prefix(form))?;
    let mut components = color.split('/').map(component);
    let mut next = || components.next().flatten();
    Some(Background::of_color([next()?, next()?, next()?]))
}

/// Returns `Unknown` for the reply to DA1, which comes after the reply if there is one.
pub(super) fn csi(parameters: &[u8], last: u8) -> Option<Background> {
    (last == b'c' && parameters.starts_with(b"?")).then_some(Background::Unknown)
}

/// Parses one to four hexadecimal digits: 0 to 1.
fn component(digits: &str) -> Option<f64> {
    let length = digits.len();
    if !(1..=MAX_DIGITS).contains(&length) || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let value = u16::from_str_radix(digits, 16).ok()?;
    let largest = u16::MAX >> (4 * (MAX_DIGITS - length));
    Some(f64::from(value) / f64::from(largest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_background_is_read_in_every_form() {
        for (reply, background) in [
            ("11;rgb:ffff/ffff/ffff", Some(Background::Light)),
            ("11;rgb:fd/f6/e3\x1b", Some(Background::Light)),
            ("11;rgb:0000/2b2b/3636", Some(Background::Dark)),
            ("11;rgba:ffff/ffff/ffff/ffff", Some(Background::Light)),
            ("11;rgb:f/f/f", Some(Background::Light)),
            ("11;rgb:0/0/0", Some(Background::Dark)),
            ("10;rgb:ffff/ffff/ffff", None),
            ("11;?", None),
            ("11;rgb:ffff/ffff", None),
            ("11;rgb:fffff/0/0", None),
            ("11;rgb:+f/0/0/", None),
            ("11;rgb:///", None),
            ("", None),
        ] {
            assert_eq!(osc(reply.as_bytes()), background, "{reply:?}");
        }
        assert_eq!(csi(b"?62;22", b'c'), Some(Background::Unknown));
        assert_eq!(csi(b"1;1", b'R'), None);
    }
}
