//! Properties of every theme.

use ratatui::style::{Color, Modifier};

use super::*;

const BACKGROUNDS: [Background; 3] = [Background::Unknown, Background::Dark, Background::Light];

fn of(theme: ThemeName, background: Background) -> Theme {
    let settings = AppSettings {
        theme,
        ..AppSettings::default()
    };
    Theme::of(&settings, background)
}

#[test]
fn without_color_no_role_has_one() {
    let settings = AppSettings {
        plain: true,
        ..AppSettings::default()
    };
    for background in BACKGROUNDS {
        for mut theme in [Theme::of(&settings, background), of(ThemeName::Mono, background)] {
            for role in &ROLES {
                let style = (role.style)(&mut theme);
                assert_eq!((style.fg, style.bg), (None, None), "{}", role.name);
            }
        }
    }
}

#[test]
fn severities_differ_from_text_and_from_each_other_in_every_theme() {
    for (name, theme) in ThemeName::ALL {
        for background in BACKGROUNDS {
            let theme = of(theme, background);
            let [look, act] = [Severity::Look, Severity::Act].map(|severity| theme.sign(severity));
            assert!(look != act && look != theme.text && act != theme.text, "{name}");
            assert_ne!(theme.chip(Severity::Look), theme.chip(Severity::Act), "{name}");
        }
    }
}

/// Yellow, cyan and green are not legible on white, blue is not legible on black.
#[test]
fn the_default_theme_is_legible_on_its_background() {
    let bright = [Color::Yellow, Color::Cyan, Color::Green];
    for (background, bad) in [
        (Background::Light, &bright[..]),
        (Background::Dark, &[Color::Blue]),
        (
            Background::Unknown,
            &[Color::Yellow, Color::Cyan, Color::Green, Color::Blue],
        ),
    ] {
        let mut theme = of(ThemeName::Default, background);
        for role in &ROLES {
            let style = *(role.style)(&mut theme);
            let is_legible = style.bg.is_some() || style.fg.is_none_or(|fg| !bad.contains(&fg));
            assert!(is_legible, "{} on {background:?}: {style:?}", role.name);
        }
    }
}

#[test]
fn the_row_under_the_cursor_is_reversed_in_every_theme() {
    for (name, theme) in ThemeName::ALL {
        let theme = of(theme, Background::Unknown);
        assert!(theme.cursor.add_modifier.contains(Modifier::REVERSED), "{name}");
    }
}

#[test]
fn a_theme_with_a_background_fills_the_screen() {
    let mut buffer = Buffer::empty(ratatui::layout::Rect::new(0, 0, 2, 1));
    buffer.set_string(1, 0, "x", Style::new().fg(Color::Red));
    of(ThemeName::HighContrast, Background::Unknown).color_text(&mut buffer);
    let colors: Vec<_> = buffer.content.iter().map(|cell| (cell.fg, cell.bg)).collect();
    let black = Color::Indexed(16);
    assert_eq!(colors, [(Color::Indexed(231), black), (Color::Red, black)]);
}
