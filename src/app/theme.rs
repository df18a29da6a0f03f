//! Themes as data: the style of each role on each background. Also the background of the terminal.

mod file;
mod style;

use std::sync::{Arc, OnceLock};

use thiserror::Error;

pub(crate) use self::style::{ATTRIBUTES, COLORS, RoleStyle, ThemeColor};

/// Name of the theme that is used if no other is chosen. Own themes change its styles.
pub(crate) const DEFAULT: &str = "default";
/// Name of the theme without color.
const MONO: &str = "mono";

/// The themes of the program with their files.
const FILES: [(&str, &str); 4] = [
    (DEFAULT, include_str!("../../assets/themes/default.toml")),
    ("light", include_str!("../../assets/themes/light.toml")),
    (
        "high-contrast",
        include_str!("../../assets/themes/high-contrast.toml"),
    ),
    (MONO, include_str!("../../assets/themes/mono.toml")),
];

/// Names of the roles, as in the files.
pub(crate) const ROLES: [&str; 24] = [
    "text",
    "dim",
    "head",
    "key",
    "cursor",
    "chosen",
    "marked",
    "mark",
    "act",
    "act-mark",
    "act-chip",
    "look",
    "look-mark",
    "look-chip",
    "good",
    "stale",
    "fade",
    "past",
    "past-chip",
    "link",
    "hit",
    "input",
    "spark",
    "fill",
];

/// The style of each role on each background.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThemeStyles {
    unknown: [RoleStyle; ROLES.len()],
    dark: [RoleStyle; ROLES.len()],
    light: [RoleStyle; ROLES.len()],
}

/// Why the file of a theme is not valid.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line}: {why}")]
pub(crate) struct ThemeError {
    /// Line number, from 1.
    pub line: usize,
    /// Cause.
    pub why: String,
}

/// The themes of the program, in the order of their files. Each is read when it is first used.
static BUILT_IN: [OnceLock<Arc<ThemeStyles>>; FILES.len()] = [const { OnceLock::new() }; FILES.len()];

impl ThemeStyles {
    const fn blank() -> Self {
        const NONE: RoleStyle = RoleStyle {
            text: None,
            back: None,
            attributes: [false; ATTRIBUTES.len()],
        };
        Self {
            unknown: [NONE; ROLES.len()],
            dark: [NONE; ROLES.len()],
            light: [NONE; ROLES.len()],
        }
    }

    /// Returns the names of the themes of the program.
    pub(crate) fn names() -> impl Iterator<Item = &'static str> + Clone {
        FILES.iter().map(|(name, _)| *name)
    }

    /// Returns a theme of the program.
    pub(crate) fn built_in(name: &str) -> Option<Arc<Self>> {
        let ((_, text), theme) = FILES
            .iter()
            .zip(&BUILT_IN)
            .find(|((known, _), _)| *known == name)?;
        let blank = || Some(Self::blank());
        let styles = theme.get_or_init(|| {
            // The files are part of the program; a test reads each of them.
            let styles = file::parse(text, |base| base.map_or_else(blank, |_| None));
            Arc::new(styles.unwrap_or_else(|_| Self::blank()))
        });
        Some(Arc::clone(styles))
    }

    /// Returns the file of a theme of the program.
    pub(crate) fn built_in_file(name: &str) -> Option<&'static str> {
        let found = FILES.iter().find(|(known, _)| *known == name);
        found.map(|(_, text)| *text)
    }

    /// Returns the theme that is used if no other is chosen.
    pub(crate) fn usual() -> Arc<Self> {
        Self::built_in(DEFAULT).unwrap_or_else(|| Arc::new(Self::blank()))
    }

    /// Returns the theme without color.
    pub(crate) fn mono() -> Arc<Self> {
        Self::built_in(MONO).unwrap_or_else(|| Arc::new(Self::blank()))
    }

    /// Parses the file of an own theme. It changes the styles of its base, which is `default` if it names none.
    ///
    /// # Errors
    ///
    /// Returns the line and the cause.
    pub(crate) fn parse(text: &str) -> Result<Self, ThemeError> {
        file::parse(text, |base| {
            let base = Self::built_in(base.unwrap_or(DEFAULT))?;
            Some(Self::clone(&base))
        })
    }

    /// Returns the styles on a background, in the order of [`ROLES`].
    pub(crate) const fn on(&self, background: Background) -> &[RoleStyle; ROLES.len()] {
        match background {
            Background::Unknown => &self.unknown,
            Background::Dark => &self.dark,
            Background::Light => &self.light,
        }
    }

    /// Whether a style depends on the background.
    pub(crate) fn needs_background(&self) -> bool {
        self.dark != self.unknown || self.light != self.unknown
    }

    fn set(&mut self, background: Background, role: usize, style: RoleStyle) {
        let styles = match background {
            Background::Unknown => &mut self.unknown,
            Background::Dark => &mut self.dark,
            Background::Light => &mut self.light,
        };
        if let Some(slot) = styles.get_mut(role) {
            *slot = style;
        }
    }
}

/// Background of the terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Background {
    /// The terminal has not replied.
    #[default]
    Unknown,
    /// Nearer to black.
    Dark,
    /// Nearer to white.
    Light,
}

impl Background {
    /// Returns the background of a color: red, green and blue from 0 to 1.
    pub(crate) fn of_color([red, green, blue]: [f64; 3]) -> Self {
        // Perceived brightness (Rec. 601).
        if 0.299 * red + 0.587 * green + 0.114 * blue > 0.5 {
            Self::Light
        } else {
            Self::Dark
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_of_every_theme_has_every_role() {
        for (name, text) in FILES {
            let read = file::parse(text, |_| Some(ThemeStyles::blank()));
            assert!(read.is_ok(), "{name}: {}", read.unwrap_err());
            for role in ROLES {
                assert!(text.contains(&format!("\n{role} = ")), "{name}: {role}");
            }
        }
    }

    #[test]
    fn an_own_theme_changes_a_base() {
        let light = ThemeStyles::built_in("light").unwrap();
        assert_eq!(ThemeStyles::parse("base = 'light'").unwrap(), *light);
        assert_eq!(ThemeStyles::parse("").unwrap(), *ThemeStyles::usual());
        let own = ThemeStyles::parse("[roles]\nact = 'blue'\n[dark]\nlook = '#ffaa00'").unwrap();
        let place = |role| ROLES.iter().position(|name| *name == role).unwrap();
        for background in [Background::Unknown, Background::Dark, Background::Light] {
            let act = own.on(background)[place("act")];
            assert_eq!(act.text, Some(ThemeColor::Own(4)), "{background:?}");
        }
        let usual = ThemeStyles::usual();
        assert_ne!(
            own.on(Background::Dark)[place("look")],
            usual.on(Background::Dark)[place("look")]
        );
        assert_eq!(
            own.on(Background::Light)[place("look")],
            usual.on(Background::Light)[place("look")]
        );
    }

    #[test]
    fn an_error_has_its_line_and_a_cause() {
        for (text, line, why) in [
            (
                "[roles]\nact = 'red'\nloook = 'red'",
                3,
                "unknown role 'loook': did you mean look?",
            ),
            (
                "[role]\nact = 'red'",
                1,
                "unknown key 'role': did you mean roles?",
            ),
            (
                "base = 'lite'",
                1,
                "base: expected one of default, light, high-contrast, mono",
            ),
            ("\nbase = 7", 2, "base: expected a text in quotes"),
            ("[roles]\n\nact = 'redd'", 3, "act: unknown word 'redd'"),
            ("[roles]\nact = 7", 2, "act: expected a text in quotes"),
            ("dark = 7", 1, "dark: expected a table"),
            ("[roles]\nact = ", 2, ""),
        ] {
            let error = ThemeStyles::parse(text).unwrap_err();
            assert_eq!(error.line, line, "{text}: {error}");
            assert!(error.why.contains(why), "{text}: {error}");
        }
    }
}
