//! Reads the themes, which are part of the program.

use std::sync::LazyLock;

use ratatui::style::{Color, Modifier, Style};
use toml::de::DeTable;

use super::{ROLES, Theme};
use crate::app::theme::{Background, ThemeName};

/// Table of the styles of a theme.
const BASE: &str = "roles";
/// Word between the color of a text and that of its background.
const ON: &str = "on";
/// Style without color or attribute.
const PLAIN: &str = "plain";

const ATTRIBUTES: [(&str, Modifier); 5] = [
    ("bold", Modifier::BOLD),
    ("dim", Modifier::DIM),
    ("italic", Modifier::ITALIC),
    ("underlined", Modifier::UNDERLINED),
    ("reversed", Modifier::REVERSED),
];

/// Each background with the table of the changes for it.
const BACKGROUNDS: [(Background, &str); 3] = [
    (Background::Unknown, BASE),
    (Background::Dark, "dark"),
    (Background::Light, "light"),
];

/// A theme on one background.
struct Entry {
    name: ThemeName,
    background: Background,
    theme: Theme,
}

static THEMES: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    let all = ThemeName::ALL.into_iter().flat_map(|(_, name)| {
        BACKGROUNDS.into_iter().map(move |(background, table)| Entry {
            name,
            background,
            // The files are part of the program; a test reads each of them.
            theme: read(source(name), table).unwrap_or_else(|_| Theme::blank()),
        })
    });
    all.collect()
});

static BLANK: Theme = Theme::blank();

/// Returns a theme on this background.
pub(super) fn theme(name: ThemeName, background: Background) -> &'static Theme {
    let mut entries = THEMES.iter();
    let found = entries.find(|entry| (entry.name, entry.background) == (name, background));
    found.map_or(&BLANK, |entry| &entry.theme)
}

/// Returns the text of a theme's file.
const fn source(name: ThemeName) -> &'static str {
    match name {
        ThemeName::Default => include_str!("../../../assets/themes/default.toml"),
        ThemeName::Light => include_str!("../../../assets/themes/light.toml"),
        ThemeName::HighContrast => include_str!("../../../assets/themes/high-contrast.toml"),
        ThemeName::Mono => include_str!("../../../assets/themes/mono.toml"),
    }
}

/// Reads a theme, and the changes of this table if it exists. The error names the cause.
fn read(text: &str, changes: &str) -> Result<Theme, String> {
    let file = DeTable::parse(text).map_err(|error| error.to_string())?;
    let mut theme = Theme::blank();
    let tables = if changes == BASE {
        vec![BASE]
    } else {
        vec![BASE, changes]
    };
    for table in tables {
        let Some(entries) = file
            .get_ref()
            .get(table)
            .and_then(|value| value.get_ref().as_table())
        else {
            continue;
        };
        for (name, value) in entries {
            let name = name.get_ref();
            let role = ROLES.iter().find(|role| role.name == name.as_ref());
            let role = role.ok_or_else(|| format!("unknown role '{name}'"))?;
            let words = value.get_ref().as_str();
            let words = words.ok_or_else(|| format!("{name}: expected a text in quotes"))?;
            *(role.style)(&mut theme) = style(words)?;
        }
    }
    Ok(theme)
}

/// Parses a style: `white on red bold`.
fn style(text: &str) -> Result<Style, String> {
    let mut style = Style::new();
    let mut words = text.split_whitespace();
    while let Some(word) = words.next() {
        if word == PLAIN {
            continue;
        }
        if let Some((_, attribute)) = ATTRIBUTES.iter().find(|(name, _)| *name == word) {
            style = style.add_modifier(*attribute);
        } else if word == ON {
            style = style.bg(color(words.next().unwrap_or_default())?);
        } else {
            style = style.fg(color(word)?);
        }
    }
    Ok(style)
}

fn color(word: &str) -> Result<Color, String> {
    word.parse().map_err(|_| format!("unknown color '{word}'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_theme_has_a_style_for_every_role() {
        for (name, theme) in ThemeName::ALL {
            let file = DeTable::parse(source(theme)).unwrap();
            let roles = file.get_ref()[BASE].get_ref().as_table().unwrap();
            assert_eq!(roles.len(), ROLES.len(), "{name}");
            for (_, table) in BACKGROUNDS {
                let read = read(source(theme), table);
                assert!(read.is_ok(), "{name}: {}", read.unwrap_err());
            }
        }
    }

    #[test]
    fn a_style_is_a_list_of_words() {
        let bold = Modifier::BOLD;
        for (text, expected) in [
            ("plain", Style::new()),
            (
                "bright-red bold",
                Style::new().fg(Color::LightRed).add_modifier(bold),
            ),
            ("white on red", Style::new().fg(Color::White).bg(Color::Red)),
            (
                "231 on 16",
                Style::new().fg(Color::Indexed(231)).bg(Color::Indexed(16)),
            ),
        ] {
            assert_eq!(style(text), Ok(expected), "{text}");
        }
        assert!(style("reddish").is_err() && style("on").is_err());
        assert!(read("[roles]\nact = \"red\"\nacts = \"red\"", BASE).is_err());
    }
}
