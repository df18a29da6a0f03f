//! A style, and its form in the files of themes: `white on red bold`.

/// Word between the color of a text and that of its background.
const ON: &str = "on";
/// Style without color or attribute.
const PLAIN: &str = "plain";

/// Names of the terminal's own sixteen colors, in their order.
pub(crate) const COLORS: [&str; 16] = [
    "black",
    "red",
    "green",
    "yellow",
    "blue",
    "magenta",
    "cyan",
    "gray",
    "dark-gray",
    "bright-red",
    "bright-green",
    "bright-yellow",
    "bright-blue",
    "bright-magenta",
    "bright-cyan",
    "white",
];

/// Names of the attributes of a text.
pub(crate) const ATTRIBUTES: [&str; 5] = ["bold", "dim", "italic", "underlined", "reversed"];

/// A color.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ThemeColor {
    /// One of the terminal's own colors, by its place in [`COLORS`].
    Own(u8),
    /// One of the 256.
    Indexed(u8),
    /// Red, green and blue.
    Rgb([u8; 3]),
}

/// Style of a role.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct RoleStyle {
    /// Color of the text; `None` for that of the terminal.
    pub text: Option<ThemeColor>,
    /// Color of the background; `None` for that of the terminal.
    pub back: Option<ThemeColor>,
    /// For each of the [`ATTRIBUTES`], whether it is set.
    pub attributes: [bool; ATTRIBUTES.len()],
}

impl RoleStyle {
    /// Parses a style. The error is the cause.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut style = Self::default();
        let mut words = text.split_whitespace();
        while let Some(word) = words.next() {
            let mut attributes = ATTRIBUTES.iter().zip(&mut style.attributes);
            if word == PLAIN {
            } else if let Some((_, is_set)) = attributes.find(|(name, _)| **name == word) {
                *is_set = true;
            } else if word == ON {
                let word = words.next().ok_or("expected a color after 'on'")?;
                style.back = Some(color(word)?);
            } else {
                style.text = Some(color(word)?);
            }
        }
        Ok(style)
    }
}

/// Parses a color: a name, a number of the 256, or `#rrggbb`.
fn color(word: &str) -> Result<ThemeColor, String> {
    let named = (0..).zip(COLORS).find(|(_, name)| *name == word);
    let named = named.map(|(place, _)| ThemeColor::Own(place));
    let indexed = || word.parse().ok().map(ThemeColor::Indexed);
    named.or_else(indexed).or_else(|| rgb(word)).ok_or_else(|| {
        let word = crate::model::Text::clean(word, crate::model::TextLimit::Name);
        format!(
            "unknown word '{word}': expected a color ({}; a number from 0 to 255; #rrggbb), or {}",
            COLORS.join(", "),
            ATTRIBUTES.join(", ")
        )
    })
}

fn rgb(word: &str) -> Option<ThemeColor> {
    let digits = word.strip_prefix('#')?;
    if digits.len() != 6 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let [_, red, green, blue] = u32::from_str_radix(digits, 16).ok()?.to_be_bytes();
    Some(ThemeColor::Rgb([red, green, blue]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_is_a_list_of_words() {
        let style = |text, back, attributes| RoleStyle {
            text,
            back,
            attributes,
        };
        let none = [false; 5];
        let bold = [true, false, false, false, false];
        for (text, expected) in [
            ("plain", style(None, None, none)),
            ("bright-red bold", style(Some(ThemeColor::Own(9)), None, bold)),
            (
                "white on red",
                style(Some(ThemeColor::Own(15)), Some(ThemeColor::Own(1)), none),
            ),
            (
                "231 on #1d2021",
                style(
                    Some(ThemeColor::Indexed(231)),
                    Some(ThemeColor::Rgb([0x1d, 0x20, 0x21])),
                    none,
                ),
            ),
        ] {
            assert_eq!(RoleStyle::parse(text), Ok(expected), "{text}");
        }
        for wrong in ["reddish", "on", "red on", "256", "#12345", "#+12345"] {
            assert!(RoleStyle::parse(wrong).is_err(), "{wrong}");
        }
    }
}
