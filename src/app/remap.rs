//! Keys that the configuration file gives to actions.
//!
//! A key press is translated to a key of the table of keys, so that the rest of the program knows only that
//! table. The keys of dialogs, prompts, lists and the help are fixed.

use std::borrow::Cow;

use thiserror::Error;

use super::key_names::{action_name, key_name};
use super::keymap::{Action, BINDINGS, Binding, Code, KeyContext, KeyPress, action, bindings};

/// Contexts whose keys can be changed, as error messages call them.
const CONTEXTS: [(KeyContext, &str); 7] = [
    (KeyContext::Table, "in the table"),
    (KeyContext::Groups, "in groups"),
    (KeyContext::Detail, "in details"),
    (KeyContext::Blockers, "in the view of blockers"),
    (KeyContext::Servers, "in the view of servers"),
    (KeyContext::Endpoints, "in the view of endpoints"),
    (KeyContext::AnyView, "in every view"),
];

/// Keys that always have their effect: two lead out of everything, and `u` cancels a kill.
const FIXED: [KeyPress; 3] = [
    KeyPress::plain(Code::Char('u')),
    KeyPress::plain(Code::Esc),
    KeyPress {
        code: Code::Char('c'),
        ctrl: true,
        alt: false,
    },
];

/// The changed keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RemappedKeys(Vec<(Action, Vec<KeyPress>)>);

/// Why keys cannot be changed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum RemapError {
    /// Two actions have the same key.
    #[error("{key} is also the key of {other} {place}: give {other} another key too")]
    Conflict {
        /// The key.
        key: String,
        /// Name of the other action.
        other: String,
        /// Name of the context.
        place: &'static str,
    },
    /// The key has a fixed effect.
    #[error("{0} cannot be changed")]
    Fixed(String),
    /// Digits type an id.
    #[error("digits go to the session with this id")]
    Digit,
    /// A key for kills that is easily pressed by mistake.
    #[error("{0} is too easily pressed by mistake: use a capital letter or a function key")]
    Careless(String),
}

impl RemappedKeys {
    /// Returns the actions whose keys can be changed.
    pub(crate) fn actions() -> Vec<Action> {
        let mut actions = Vec::new();
        for (context, _) in CONTEXTS {
            for binding in bindings(context) {
                if binding.action != Action::CancelKill && !actions.contains(&binding.action) {
                    actions.push(binding.action);
                }
            }
        }
        actions
    }

    /// Gives these keys to an action, in place of its own.
    ///
    /// # Errors
    ///
    /// Returns why a key is not possible. Conflicts are found by [`Self::conflict`].
    pub(crate) fn set(&mut self, action: Action, keys: Vec<KeyPress>) -> Result<(), RemapError> {
        for key in &keys {
            if FIXED.contains(key) {
                return Err(RemapError::Fixed(key_name(*key)));
            }
            if key.typed_char().is_some_and(|c| c.is_ascii_digit()) {
                return Err(RemapError::Digit);
            }
            let is_careful = match key.code {
                Code::Char(c) => c.is_uppercase(),
                Code::F(_) => true,
                _ => false,
            };
            if action == Action::Kill && !is_careful {
                return Err(RemapError::Careless(key_name(*key)));
            }
        }
        self.0.push((action, keys));
        Ok(())
    }

    /// Returns an action with changed keys that has a key in common with another one.
    pub(crate) fn conflict(&self) -> Option<(Action, RemapError)> {
        for (context, place) in CONTEXTS {
            for (action, keys) in &self.0 {
                let others = bindings(context).filter(|other| other.action != *action);
                let is_bound = bindings(context).any(|binding| binding.action == *action);
                for other in others.filter(|_| is_bound) {
                    let theirs = self.keys(other);
                    if let Some(key) = keys.iter().find(|key| theirs.contains(key)) {
                        let (key, other) = (key_name(*key), action_name(other.action));
                        return Some((*action, RemapError::Conflict { key, other, place }));
                    }
                }
            }
        }
        None
    }

    /// Translates a key press to a key of the table of keys. `None` if the configuration has removed its effect.
    pub(crate) fn translate(&self, context: KeyContext, key: KeyPress) -> Option<KeyPress> {
        if self.0.is_empty() || !is_changeable(context) {
            return Some(key);
        }
        let mut changed = self.0.iter().filter(|(_, keys)| keys.contains(&key));
        let found = changed.find_map(|(action, _)| {
            let binding = bindings(context).find(|binding| binding.action == *action)?;
            binding.keys.first().copied()
        });
        if found.is_some() {
            return found;
        }
        let is_removed = action(context, key).is_some_and(|action| self.changed(action).is_some());
        (!is_removed || FIXED.contains(&key)).then_some(key)
    }

    /// Returns the keys of a binding as shown in the help.
    pub(crate) fn shown(&self, binding: &'static Binding) -> Cow<'static, str> {
        let lines = pair(binding);
        let is_changed = |line: &&Binding| self.changed(line.action).is_some();
        if !is_changeable(binding.context) || !lines.iter().any(is_changed) {
            return binding.shown.into();
        }
        let keys = lines.iter().flat_map(|line| self.keys(line));
        keys.map(key_name).collect::<Vec<_>>().join(" ").into()
    }

    /// Returns the name of the first key of an action in the table.
    pub(crate) fn first(&self, action: Action) -> String {
        let binding = bindings(KeyContext::Table).find(|binding| binding.action == action);
        let key = binding.and_then(|binding| self.keys(binding).first().copied());
        key.map_or_else(String::new, key_name)
    }

    fn changed(&self, action: Action) -> Option<&[KeyPress]> {
        let found = self.0.iter().find(|(changed, _)| *changed == action);
        found.map(|(_, keys)| keys.as_slice())
    }

    /// Returns the effective keys of a binding.
    fn keys(&self, binding: &Binding) -> Vec<KeyPress> {
        let Some(changed) = self.changed(binding.action) else {
            return binding.keys.to_vec();
        };
        let fixed = binding.keys.iter().filter(|key| FIXED.contains(key));
        changed.iter().chain(fixed).copied().collect()
    }
}

fn is_changeable(context: KeyContext) -> bool {
    CONTEXTS.iter().any(|(changeable, _)| *changeable == context)
}

/// Returns a binding and the next one if the help describes both in one line.
fn pair(binding: &'static Binding) -> Vec<&'static Binding> {
    let mut from_here = BINDINGS.iter().skip_while(|other| !std::ptr::eq(*other, binding));
    let first = from_here.next();
    let is_second = |next: &&Binding| {
        next.about.is_empty()
            && next.context == binding.context
            && std::mem::discriminant(&next.action) == std::mem::discriminant(&binding.action)
    };
    first
        .into_iter()
        .chain(from_here.next().filter(is_second))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::key_names::key;

    fn remapped(changes: &[(Action, &[&str])]) -> RemappedKeys {
        let mut keys = RemappedKeys::default();
        for (action, names) in changes {
            let names = names.iter().map(|name| key(name).unwrap());
            keys.set(*action, names.collect()).unwrap();
        }
        keys
    }

    fn binding(context: KeyContext, action: Action) -> &'static Binding {
        bindings(context)
            .find(|binding| binding.action == action)
            .unwrap()
    }

    #[test]
    fn a_changed_key_replaces_the_usual_ones_wherever_the_action_is_bound() {
        let keys = remapped(&[(Action::Kill, &["X"])]);
        let (x, k, f9) = (key("X").unwrap(), key("K").unwrap(), key("F9").unwrap());
        let is_bound = |context| bindings(context).any(|binding| binding.action == Action::Kill);
        for (context, _) in CONTEXTS.into_iter().filter(|(context, _)| is_bound(*context)) {
            let translated = keys.translate(context, x);
            assert_eq!(
                translated.and_then(|key| action(context, key)),
                Some(Action::Kill)
            );
            assert_eq!(
                [keys.translate(context, k), keys.translate(context, f9)],
                [None, None]
            );
            assert_eq!(keys.shown(binding(KeyContext::Table, Action::Kill)), "X");
        }
        for context in [KeyContext::Dialog, KeyContext::Prompt, KeyContext::Columns] {
            assert_eq!(keys.translate(context, k), Some(k));
        }
        assert_eq!(keys.first(Action::Kill), "X");
        assert_eq!(keys.conflict(), None);
    }

    #[test]
    fn two_keys_can_be_exchanged() {
        let keys = remapped(&[(Action::Overview, &["c"]), (Action::Columns, &["o"])]);
        assert_eq!(keys.conflict(), None);
        let pressed = |name: &str| keys.translate(KeyContext::Table, key(name).unwrap()).unwrap();
        assert_eq!(pressed("c"), key("o").unwrap());
        assert_eq!(pressed("o"), key("c").unwrap());
    }

    #[test]
    fn a_conflict_names_the_other_action_and_the_place() {
        for (changes, text) in [
            (
                remapped(&[(Action::Kill, &["I"])]),
                "I is also the key of invert in the table: give invert another key too",
            ),
            (
                remapped(&[(Action::Pause, &["y"])]),
                "y is also the key of copy in the table: give copy another key too",
            ),
        ] {
            let (_, error) = changes.conflict().unwrap();
            assert_eq!(error.to_string(), text);
        }
    }

    #[test]
    fn keys_that_lead_out_are_fixed_and_a_kill_needs_a_capital_letter() {
        let mut keys = RemappedKeys::default();
        for (action, name) in [
            (Action::Pause, "Esc"),
            (Action::Pause, "u"),
            (Action::Pause, "Ctrl-c"),
            (Action::Pause, "7"),
            (Action::Kill, "x"),
            (Action::Kill, "Delete"),
            (Action::Kill, "Ctrl-k"),
        ] {
            let set = keys.set(action, vec![key(name).unwrap()]);
            assert_eq!(set.is_ok(), name == "Ctrl-k" && action != Action::Kill, "{name}");
        }
        let keys = remapped(&[(Action::Back, &["H"]), (Action::Quit, &["F12"])]);
        for name in ["Esc", "Ctrl-c"] {
            let pressed = key(name).unwrap();
            assert_eq!(keys.translate(KeyContext::Table, pressed), Some(pressed));
        }
        assert_eq!(keys.shown(binding(KeyContext::Table, Action::Quit)), "F12 Ctrl-c");
    }

    #[test]
    fn keys_in_one_line_of_the_help_are_shown_together() {
        let keys = remapped(&[(Action::SortBy(1), &["."])]);
        assert_eq!(keys.shown(binding(KeyContext::Table, Action::SortBy(-1))), "< .");
        let usual = binding(KeyContext::Table, Action::Pace(1));
        assert_eq!(keys.shown(usual), usual.shown);
    }

    #[test]
    fn every_action_has_a_name_of_its_own() {
        let mut names: Vec<_> = RemappedKeys::actions().into_iter().map(action_name).collect();
        let count = names.len();
        assert!(
            names
                .iter()
                .all(|name| name.chars().all(|c| c.is_ascii_lowercase() || c == '-')),
            "{names:?}"
        );
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
