//! Names of keys and of actions, as in the configuration file.

use super::keymap::{Action, Code, KeyPress};

/// Start of the name of a key with Control.
const CTRL: &str = "Ctrl-";
/// Start of the name of a function key.
const FUNCTION: &str = "F";
const FUNCTION_KEYS: std::ops::RangeInclusive<u8> = 1..=12;

const CODES: [(&str, Code); 15] = [
    ("Space", Code::Char(' ')),
    ("Enter", Code::Enter),
    ("Esc", Code::Esc),
    ("Tab", Code::Tab),
    ("Shift-Tab", Code::BackTab),
    ("Backspace", Code::Backspace),
    ("Delete", Code::Delete),
    ("Up", Code::Up),
    ("Down", Code::Down),
    ("Left", Code::Left),
    ("Right", Code::Right),
    ("PgUp", Code::PageUp),
    ("PgDn", Code::PageDown),
    ("Home", Code::Home),
    ("End", Code::End),
];

/// Names of the actions with a value. Other actions have the name of their variant.
const WITH_VALUE: [(&str, Action); 26] = [
    ("up", Action::Move(-1)),
    ("down", Action::Move(1)),
    ("page-up", Action::Page(-1)),
    ("page-down", Action::Page(1)),
    ("half-page-up", Action::HalfPage(-1)),
    ("half-page-down", Action::HalfPage(1)),
    ("sort-left", Action::SortBy(-1)),
    ("sort-right", Action::SortBy(1)),
    ("group", Action::Group(1)),
    ("group-back", Action::Group(-1)),
    ("slower", Action::Pace(1)),
    ("faster", Action::Pace(-1)),
    ("next-match", Action::SearchAgain(1)),
    ("previous-match", Action::SearchAgain(-1)),
    ("scroll-right", Action::Across(20)),
    ("scroll-left", Action::Across(-20)),
    ("next-link", Action::Link(1)),
    ("previous-link", Action::Link(-1)),
    ("list-back", Action::TravelLists(-1)),
    ("list-forward", Action::TravelLists(1)),
    ("minute-back", Action::TravelMinutes(-1)),
    ("minute-forward", Action::TravelMinutes(1)),
    ("play-faster", Action::PlaySpeed(1)),
    ("play-slower", Action::PlaySpeed(-1)),
    ("next-event", Action::TravelEvents(1)),
    ("previous-event", Action::TravelEvents(-1)),
];

/// Returns the key with this name: `X`, `F9`, `Space`, `Ctrl-x`.
pub(crate) fn key(name: &str) -> Option<KeyPress> {
    let (ctrl, rest) = name.strip_prefix(CTRL).map_or((false, name), |rest| (true, rest));
    let code = code(rest)?;
    if ctrl && !matches!(code, Code::Char('a'..='z')) {
        return None;
    }
    Some(KeyPress {
        ctrl,
        ..KeyPress::plain(code)
    })
}

fn code(name: &str) -> Option<Code> {
    let named = CODES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    if let Some((_, code)) = named {
        return Some(*code);
    }
    let mut characters = name.chars();
    if let (Some(c), None) = (characters.next(), characters.next()) {
        return (!c.is_control() && !c.is_whitespace()).then_some(Code::Char(c));
    }
    let number = name.strip_prefix(FUNCTION)?.parse().ok()?;
    FUNCTION_KEYS.contains(&number).then_some(Code::F(number))
}

/// Returns the name of a key.
pub(crate) fn key_name(key: KeyPress) -> String {
    let named = CODES.iter().find(|(_, code)| *code == key.code);
    let name = match (named, key.code) {
        (Some((name, _)), _) => (*name).to_owned(),
        (None, Code::Char(c)) => c.to_string(),
        (None, Code::F(number)) => format!("{FUNCTION}{number}"),
        (None, other) => format!("{other:?}"),
    };
    if key.ctrl { CTRL.to_owned() + &name } else { name }
}

/// Returns the name of an action: `kill`, `mark-all`.
pub(crate) fn action_name(action: Action) -> String {
    if let Some((name, _)) = WITH_VALUE.iter().find(|(_, known)| *known == action) {
        return (*name).to_owned();
    }
    let mut name = String::new();
    for c in format!("{action:?}").chars() {
        if c.is_ascii_uppercase() && !name.is_empty() {
            name.push('-');
        }
        name.push(c.to_ascii_lowercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_one_name() {
        for name in ["X", "é", "F9", "Space", "Ctrl-x", "PgDn", "<"] {
            assert_eq!(key(name).map(key_name).as_deref(), Some(name));
        }
        assert_eq!(key("pgdn").map(key_name).as_deref(), Some("PgDn"));
        for name in [
            "",
            " ",
            "XX",
            "F0",
            "F13",
            "Ctrl-",
            "Ctrl-X",
            "Ctrl-Enter",
            "\u{1b}",
        ] {
            assert_eq!(key(name), None, "{name}");
        }
    }

    #[test]
    fn an_action_has_the_name_of_its_variant() {
        assert_eq!(action_name(Action::MarkAll), "mark-all");
        assert_eq!(action_name(Action::Pace(-1)), "faster");
    }
}
