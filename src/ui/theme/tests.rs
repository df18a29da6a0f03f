//! Properties of every theme.

use ratatui::style::{Color, Modifier};

use super::*;

const BACKGROUNDS: [Background; 3] = [Background::Unknown, Background::Dark, Background::Light];

fn of(theme: &str, background: Background) -> Theme {
    let settings = AppSettings {
        theme: ThemeStyles::built_in(theme).unwrap(),
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
        for mut theme in [Theme::of(&settings, background), of("mono", background)] {
            for role in &ROLES {
                let style = (role.style)(&mut theme);
                assert_eq!((style.fg, style.bg), (None, None), "{}", role.name);
            }
        }
    }
}

#[test]
fn severities_differ_from_text_and_from_each_other_in_every_theme() {
    for name in ThemeStyles::names() {
        for background in BACKGROUNDS {
            let theme = of(name, background);
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
        let mut theme = of("default", background);
        for role in &ROLES {
            let style = *(role.style)(&mut theme);
            let is_legible = style.bg.is_some() || style.fg.is_none_or(|fg| !bad.contains(&fg));
            assert!(is_legible, "{} on {background:?}: {style:?}", role.name);
        }
    }
}

#[test]
fn the_row_under_the_cursor_is_reversed_in_every_theme() {
    for name in ThemeStyles::names() {
        let theme = of(name, Background::Unknown);
        assert!(theme.cursor.add_modifier.contains(Modifier::REVERSED), "{name}");
    }
}

#[test]
fn a_theme_with_a_background_fills_the_screen() {
    let mut buffer = Buffer::empty(ratatui::layout::Rect::new(0, 0, 2, 1));
    buffer.set_string(1, 0, "x", Style::new().fg(Color::Red));
    of("high-contrast", Background::Unknown).color_text(&mut buffer);
    let colors: Vec<_> = buffer.content.iter().map(|cell| (cell.fg, cell.bg)).collect();
    let black = Color::Indexed(16);
    assert_eq!(colors, [(Color::Indexed(231), black), (Color::Red, black)]);
}

#[test]
fn the_roles_are_those_of_the_files() {
    let names: Vec<_> = ROLES.iter().map(|role| role.name).collect();
    assert_eq!(names, theme::ROLES);
}

/// The sixteen colors of a terminal: black, red, green, yellow, blue, magenta, cyan, white, then the bright ones.
type Palette = [u32; 16];

/// The colors of xterm on black and on white.
const XTERM: Palette = [
    0x00_0000, 0xcd_0000, 0x00_cd00, 0xcd_cd00, 0x00_00ee, 0xcd_00cd, 0x00_cdcd, 0xe5_e5e5, 0x7f_7f7f,
    0xff_0000, 0x00_ff00, 0xff_ff00, 0x5c_5cff, 0xff_00ff, 0x00_ffff, 0xff_ffff,
];
/// The colors of Tango, as on the white background of many terminals.
const TANGO: Palette = [
    0x2e_3436, 0xcc_0000, 0x4e_9a06, 0xc4_a000, 0x34_65a4, 0x75_507b, 0x06_989a, 0xd3_d7cf, 0x55_5753,
    0xef_2929, 0x8a_e234, 0xfc_e94f, 0x72_9fcf, 0xad_7fa8, 0x34_e2e2, 0xee_eeec,
];

/// Relative luminance (WCAG 2).
fn luminance(rgb: u32) -> f64 {
    let [_, channels @ ..] = rgb.to_be_bytes();
    let linear = channels.map(|channel| {
        let channel = f64::from(channel) / 255.0;
        if channel <= 0.040_45 {
            channel / 12.92
        } else {
            ((channel + 0.055) / 1.055).powf(2.4)
        }
    });
    0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
}

fn contrast(a: u32, b: u32) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// Returns the color on a terminal, `own` for that of the terminal itself.
fn shown(color: Option<ThemeColor>, palette: &Palette, own: u32) -> u32 {
    match color {
        None => own,
        Some(ThemeColor::Own(place)) => palette[usize::from(place)],
        Some(ThemeColor::Indexed(number)) => match number {
            0..=15 => palette[usize::from(number)],
            16..=231 => {
                let level = |digit: u32| if digit == 0 { 0 } else { 55 + 40 * digit };
                let cube = u32::from(number) - 16;
                level(cube / 36) << 16 | level(cube / 6 % 6) << 8 | level(cube % 6)
            }
            232.. => (8 + 10 * (u32::from(number) - 232)) * 0x01_0101,
        },
        Some(ThemeColor::Rgb([red, green, blue])) => u32::from_be_bytes([0, red, green, blue]),
    }
}

/// Faint text (SGR 2) has no defined color, so it is not measured.
#[test]
fn every_text_has_enough_contrast() {
    const BLACK: u32 = 0;
    const WHITE: u32 = 0xff_ffff;
    let mut low = Vec::new();
    for (name, background, palettes) in [
        ("default", Background::Dark, &[(XTERM, BLACK), (TANGO, BLACK)][..]),
        ("default", Background::Light, &[(XTERM, WHITE), (TANGO, WHITE)]),
        (
            "default",
            Background::Unknown,
            &[(XTERM, BLACK), (XTERM, WHITE), (TANGO, WHITE)],
        ),
        ("light", Background::Light, &[(XTERM, WHITE), (TANGO, WHITE)]),
        (
            "high-contrast",
            Background::Dark,
            &[(XTERM, BLACK), (XTERM, WHITE)],
        ),
        ("mono", Background::Unknown, &[(XTERM, BLACK), (XTERM, WHITE)]),
    ] {
        let theme = ThemeStyles::built_in(name).unwrap();
        let styles = theme.on(background);
        for ((role, style), (palette, back)) in theme::ROLES
            .iter()
            .zip(styles)
            .flat_map(|role| palettes.iter().map(move |palette| (role, palette)))
        {
            let own = if *back == BLACK { WHITE } else { BLACK };
            let text = shown(style.text.or(styles[0].text), palette, own);
            let back = shown(style.back.or(styles[0].back), palette, *back);
            let is_faint = style.attributes[1];
            let ratio = contrast(text, back);
            if ratio < 4.5 && !is_faint {
                low.push(format!(
                    "{name} {background:?} {role}: {text:06x} on {back:06x} {ratio:.1}"
                ));
            }
        }
    }
    assert_eq!(low, Vec::<String>::new());
}
