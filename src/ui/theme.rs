//! Styles and glyphs. Code names a role; the themes in `assets/themes` give each role its style. Color is
//! never the only sign.

mod glyphs;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier, Style};

pub(super) use self::glyphs::Glyphs;
use crate::app::AppSettings;
use crate::app::column::CellStyle;
use crate::app::theme::{self, Background, RoleStyle, ThemeColor, ThemeStyles};
use crate::diagnosis::Severity;
use crate::model::ascii;

/// Styles of the parts of the screen, and its glyphs.
#[derive(Clone, Debug)]
pub(super) struct Theme {
    /// Everything without a style of its own.
    text: Style,
    /// Primary text: heads, names.
    pub(super) head: Style,
    /// Keys in hints.
    pub(super) key: Style,
    /// Secondary text.
    pub(super) dim: Style,
    /// Success, or healthy.
    pub(super) good: Style,
    /// Severity `Look`, and warnings.
    pub(super) look: Style,
    look_mark: Style,
    look_chip: Style,
    /// Severity `Act`, and errors.
    pub(super) act: Style,
    act_mark: Style,
    act_chip: Style,
    /// Text being typed.
    pub(super) input: Style,
    /// Text to copy or to type.
    pub(super) hit: Style,
    /// Trends and bars.
    pub(super) spark: Style,
    /// Body of a chart, below its top cells.
    pub(super) fill: Style,
    /// The row under the cursor.
    pub(super) cursor: Style,
    /// The chosen button.
    pub(super) chosen: Style,
    /// Text of a marked row.
    pub(super) marked: Style,
    /// The sign before a marked row.
    pub(super) mark: Style,
    /// Destination of a key.
    pub(super) link: Style,
    /// A moment of the past, and how long ago it was.
    pub(super) past: Style,
    /// The word that announces a moment of the past.
    pub(super) past_chip: Style,
    /// Cause of stale data.
    pub(super) stale: Style,
    /// Data that is no longer live.
    pub(super) fade: Style,
    /// Lines, dots and marks.
    pub(super) glyphs: &'static Glyphs,
    ascii: bool,
}

/// A role with its name in the files of the themes.
struct Role {
    name: &'static str,
    style: fn(&mut Theme) -> &mut Style,
}

macro_rules! roles {
    ($($name:literal $field:ident;)+) => {
        [$(Role { name: $name, style: |theme| &mut theme.$field }),+]
    };
}

static ROLES: [Role; theme::ROLES.len()] = roles! {
    "text" text;
    "dim" dim;
    "head" head;
    "key" key;
    "cursor" cursor;
    "chosen" chosen;
    "marked" marked;
    "mark" mark;
    "act" act;
    "act-mark" act_mark;
    "act-chip" act_chip;
    "look" look;
    "look-mark" look_mark;
    "look-chip" look_chip;
    "good" good;
    "stale" stale;
    "fade" fade;
    "past" past;
    "past-chip" past_chip;
    "link" link;
    "hit" hit;
    "input" input;
    "spark" spark;
    "fill" fill;
};

impl Theme {
    /// Returns the theme of the settings on this background.
    pub(super) fn of(settings: &AppSettings, background: Background) -> Self {
        let mono = settings.plain.then(ThemeStyles::mono);
        let styles = mono.as_ref().unwrap_or(&settings.theme).on(background);
        let mut theme = Self::blank();
        for (name, given) in theme::ROLES.iter().zip(styles) {
            if let Some(role) = ROLES.iter().find(|role| role.name == *name) {
                *(role.style)(&mut theme) = style(given);
            }
        }
        if settings.ascii {
            theme.glyphs = &glyphs::ASCII;
            theme.ascii = true;
        }
        theme
    }

    /// Returns the default theme, with colors or without.
    #[cfg(test)]
    pub(super) fn new(plain: bool, ascii: bool) -> Self {
        let settings = AppSettings {
            ascii,
            plain,
            ..AppSettings::default()
        };
        Self::of(&settings, Background::Dark)
    }

    /// Returns a theme without styles.
    const fn blank() -> Self {
        Self {
            text: Style::new(),
            head: Style::new(),
            key: Style::new(),
            dim: Style::new(),
            good: Style::new(),
            look: Style::new(),
            look_mark: Style::new(),
            look_chip: Style::new(),
            act: Style::new(),
            act_mark: Style::new(),
            act_chip: Style::new(),
            input: Style::new(),
            hit: Style::new(),
            spark: Style::new(),
            fill: Style::new(),
            cursor: Style::new(),
            chosen: Style::new(),
            marked: Style::new(),
            mark: Style::new(),
            link: Style::new(),
            past: Style::new(),
            past_chip: Style::new(),
            stale: Style::new(),
            fade: Style::new(),
            glyphs: &glyphs::UNICODE,
            ascii: false,
        }
    }

    /// Returns a text for comparison before a kill. In ASCII mode, characters that would become `?` are
    /// shown as escapes.
    pub(super) fn compared<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.ascii {
            ascii(text)
        } else {
            Cow::Borrowed(text)
        }
    }

    /// Returns the style of the words of a severity.
    pub(super) const fn severity(&self, severity: Severity) -> Style {
        match severity {
            Severity::Look => self.look,
            Severity::Act => self.act,
        }
    }

    /// Returns the style of the sign of a severity.
    pub(super) const fn sign(&self, severity: Severity) -> Style {
        match severity {
            Severity::Look => self.look_mark,
            Severity::Act => self.act_mark,
        }
    }

    /// Returns the style of a count of sessions with a severity, and of its sign on the cursor's row. It is
    /// legible on every background.
    pub(super) const fn chip(&self, severity: Severity) -> Style {
        match severity {
            Severity::Look => self.look_chip,
            Severity::Act => self.act_chip,
        }
    }

    /// Returns the style of a cell.
    pub(super) const fn cell(&self, style: CellStyle) -> Style {
        match style {
            CellStyle::Plain => Style::new(),
            CellStyle::Dim => self.dim,
            CellStyle::Look => self.look,
            CellStyle::Severity(severity) => self.severity(severity),
            CellStyle::Sign(severity) => self.sign(severity),
        }
    }

    /// Gives the colors of the theme's text to everything that has no color of its own.
    pub(super) fn color_text(&self, buffer: &mut Buffer) {
        let (front, back) = (self.text.fg, self.text.bg);
        if front.is_none() && back.is_none() {
            return;
        }
        for cell in &mut buffer.content {
            if cell.fg == Color::Reset {
                cell.fg = front.unwrap_or_default();
            }
            if cell.bg == Color::Reset {
                cell.bg = back.unwrap_or_default();
            }
        }
    }
}

/// The terminal's own colors, in the order of [`theme::COLORS`].
const COLORS: [Color; theme::COLORS.len()] = [
    Color::Black,
    Color::Red,
    Color::Green,
    Color::Yellow,
    Color::Blue,
    Color::Magenta,
    Color::Cyan,
    Color::Gray,
    Color::DarkGray,
    Color::LightRed,
    Color::LightGreen,
    Color::LightYellow,
    Color::LightBlue,
    Color::LightMagenta,
    Color::LightCyan,
    Color::White,
];

/// The attributes, in the order of [`theme::ATTRIBUTES`].
const ATTRIBUTES: [Modifier; theme::ATTRIBUTES.len()] = [
    Modifier::BOLD,
    Modifier::DIM,
    Modifier::ITALIC,
    Modifier::UNDERLINED,
    Modifier::REVERSED,
];

/// Converts the style of a role to ratatui's.
fn style(given: &RoleStyle) -> Style {
    let set = ATTRIBUTES.iter().zip(given.attributes);
    let attributes = set.filter(|(_, is_set)| *is_set).map(|(attribute, _)| *attribute);
    Style {
        fg: given.text.map(color),
        bg: given.back.map(color),
        ..Style::new().add_modifier(attributes.collect())
    }
}

fn color(given: ThemeColor) -> Color {
    match given {
        ThemeColor::Own(place) => COLORS.get(usize::from(place)).copied().unwrap_or_default(),
        ThemeColor::Indexed(number) => Color::Indexed(number),
        ThemeColor::Rgb([red, green, blue]) => Color::Rgb(red, green, blue),
    }
}
