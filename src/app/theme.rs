//! The names of the themes, and the background of the terminal.

/// A theme. Its styles are data in `assets/themes`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ThemeName {
    /// The terminal's own sixteen colors, suited to its background.
    #[default]
    Default,
    /// For a light background.
    Light,
    /// Bright on black.
    HighContrast,
    /// Without color.
    Mono,
}

impl ThemeName {
    /// All themes with their names.
    pub(crate) const ALL: [(&'static str, Self); 4] = [
        ("default", Self::Default),
        ("light", Self::Light),
        ("high-contrast", Self::HighContrast),
        ("mono", Self::Mono),
    ];
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
