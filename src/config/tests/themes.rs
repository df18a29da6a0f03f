//! Own themes: by name below the configuration directory, by path, and what is wrong with a file.

use super::*;
use crate::app::theme::ThemeStyles;

const OWN: &str = "base = 'light'\n[roles]\nact = 'blue'\n";

#[test]
fn an_own_theme_is_found_by_its_name_or_path() {
    let world = || {
        let world = ConfigWorld::new();
        world.file(".config/maxtop/themes/night.toml", OWN);
        world
    };
    let expected = ThemeStyles::parse(OWN).unwrap();
    let named = world().flag("theme", "night").config();
    assert_eq!(*named.theme, expected);
    let below = world().with_file("theme = 'themes/night.toml'").config();
    assert_eq!(*below.theme, expected, "relative to the configuration file");
    let home = world()
        .with_file("theme = '~/.config/maxtop/themes/night.toml'")
        .config();
    assert_eq!(*home.theme, expected);
    let elsewhere = ConfigWorld::new();
    elsewhere.file("xdg/maxtop/themes/night.toml", OWN);
    let xdg = elsewhere.path("xdg").display().to_string();
    let xdg = elsewhere.variable("XDG_CONFIG_HOME", &xdg).flag("theme", "night");
    assert_eq!(*xdg.config().theme, expected);
}

#[test]
fn a_theme_of_the_program_is_not_replaced() {
    let world = ConfigWorld::new();
    world.file(".config/maxtop/themes/light.toml", OWN);
    let light = ThemeStyles::built_in("light").unwrap();
    assert_eq!(world.flag("theme", "light").config().theme, light);
}

#[test]
fn an_error_names_the_file_its_line_and_the_cause() {
    let world = ConfigWorld::new();
    let path = world.file("a.toml", "[roles]\nact = 'redd'\n");
    let error = world.flag("theme", &path.display().to_string()).error();
    let start = format!("{}, line 2: act: unknown word 'redd'", path.display());
    assert!(error.starts_with(&start), "{error}");
    for (name, why) in [
        ("ligth", "--theme: no theme 'ligth': did you mean light?"),
        (
            "xyz",
            "--theme: no theme 'xyz': expected default, light, high-contrast, mono, or an own one in ",
        ),
        ("xyz", ".config/maxtop/themes/xyz.toml"),
        ("/no/x.toml", "the theme /no/x.toml: No such file or directory"),
    ] {
        let error = ConfigWorld::new().flag("theme", name).error();
        assert!(error.contains(why), "{error}");
    }
}

#[test]
fn a_file_that_others_can_write_is_not_used() {
    let world = ConfigWorld::new();
    let path = world.file("a.toml", OWN);
    chmod(&path, 0o666);
    let error = world.flag("theme", &path.display().to_string()).error();
    assert!(error.contains("others can write it"), "{error}");
}
