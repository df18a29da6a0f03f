//! The table of keys, and the one in `docs/keys.md`.

use std::fmt::Write as _;

use super::*;
use crate::app::AppSettings;
use crate::app::key_names::{action_name, key};
use crate::app::keymap::{Action, BINDINGS, Code, KeyContext, KeyPress, PLACES};
use crate::app::remap::RemappedKeys;

#[test]
fn docs_have_the_table_of_keys() {
    let mut table = "| where | keys | what they do |\n|---|---|---|\n".to_owned();
    for (context, place) in PLACES {
        let all = BINDINGS.iter().filter(|binding| binding.context == context);
        for binding in all.filter(|binding| !binding.about.is_empty()) {
            let keys: Vec<_> = binding
                .shown
                .split(' ')
                .map(|key| format!("`{}`", key.replace('|', "\\|")))
                .collect();
            let (keys, about) = (keys.join(" "), binding.about);
            writeln!(table, "| {place} | {keys} | {about} |").unwrap();
        }
    }
    crate::docs::assert_table("keys.md", "keys", &table);
}

/// Name of a key, as the help writes it.
fn name(key: KeyPress) -> String {
    let plain = match key.code {
        Code::Char(' ') => "Space".to_owned(),
        Code::Char(digit) if digit.is_ascii_digit() => "0-9".to_owned(),
        Code::Char(c) => c.to_string(),
        Code::F(number) => format!("F{number}"),
        Code::Up => "↑".to_owned(),
        Code::Down => "↓".to_owned(),
        Code::Left => "←".to_owned(),
        Code::Right => "→".to_owned(),
        Code::PageUp => "PgUp".to_owned(),
        Code::PageDown => "PgDn".to_owned(),
        Code::BackTab => "Tab".to_owned(),
        other => format!("{other:?}"),
    };
    let prefix = if key.ctrl { "Ctrl-" } else { "" };
    format!("{prefix}{plain}")
}

#[test]
fn every_key_is_in_the_help() {
    for binding in BINDINGS {
        let shown: Vec<_> = BINDINGS
            .iter()
            .filter(|other| other.context == binding.context && !other.about.is_empty())
            .flat_map(|other| other.shown.split(' '))
            .collect();
        for key in binding.keys {
            let name = name(*key);
            let is_shown = shown.iter().any(|shown| {
                let pair = ["<>", "←→", "↑↓"].contains(shown) && shown.contains(&name);
                *shown == name || pair
            });
            assert!(is_shown, "{name} in {:?}", binding.context);
        }
    }
}

#[test]
fn docs_have_the_table_of_actions() {
    let mut table = "| action | keys | what they do |\n|---|---|---|\n".to_owned();
    for action in RemappedKeys::actions() {
        let mut bindings = BINDINGS.iter().filter(|binding| binding.action == action);
        let keys = bindings.next().unwrap().keys.iter().map(|key| {
            let name = crate::app::key_names::key_name(*key);
            format!("`{}`", name.replace('|', "\\|"))
        });
        let keys: Vec<_> = keys.collect();
        // A line of the help may describe two bindings; the second has no description of its own.
        let place = BINDINGS
            .iter()
            .position(|binding| binding.action == action)
            .unwrap();
        let mut before = BINDINGS[..=place].iter().rev();
        let about = before.find(|binding| !binding.about.is_empty()).unwrap().about;
        let name = action_name(action);
        writeln!(table, "| `{name}` | {} | {about} |", keys.join(" ")).unwrap();
    }
    crate::docs::assert_table("keys.md", "actions", &table);
}

#[test]
fn a_key_of_the_configuration_replaces_the_usual_one() {
    let mut keys = RemappedKeys::default();
    keys.set(Action::Kill, vec![key("X").unwrap()]).unwrap();
    let settings = AppSettings {
        keys,
        ..AppSettings::default()
    };
    let mut stage = AppHarness::with(settings, Dialect::Draft, (80, 24));
    stage.list(&draft(&FIVE));
    stage.press(Code::Char('K'));
    assert_eq!(stage.app.context(), KeyContext::Table);
    assert!(stage.app.status.is_some());
    stage.press(Code::Char('X'));
    assert_eq!(stage.app.context(), KeyContext::Dialog);
}
