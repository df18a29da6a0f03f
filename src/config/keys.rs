//! Reads `[keys]`: keys of actions.

use toml::de::{DeTable, DeValue};

use super::ConfigError;
use super::reading::NamedValue;
use super::section::{Reader, TomlValue};
use super::tables::KEY_TABLE;
use super::value::shown;
use crate::app::key_names::{action_name, key, key_name};
use crate::app::keymap::{Action, KeyPress};
use crate::app::remap::RemappedKeys;
use crate::model::nearest;

/// Form of a value, for error messages.
const FORM: &str = "the name of a key in quotes, such as \"X\", \"F9\" or \"Ctrl-x\", or a list of them";

/// The changed keys, and how they are shown.
pub(super) type NamedKeys = (RemappedKeys, Vec<NamedValue>);

impl Reader<'_> {
    /// Reads the keys of a file.
    pub(super) fn keys(&self, file: &DeTable<'_>) -> Result<NamedKeys, ConfigError> {
        let mut keys = RemappedKeys::default();
        let mut shown = Vec::new();
        let Some(value) = file.get(KEY_TABLE) else {
            return Ok((keys, shown));
        };
        let table = self.table(KEY_TABLE, value)?;
        let mut places = Vec::new();
        for (name, value) in table {
            let action = named(name.get_ref()).map_err(|why| self.failed(name.span(), &why))?;
            let list = self.key_list(name.get_ref(), value)?;
            let names: Vec<_> = list.iter().map(|key| key_name(*key)).collect();
            shown.push(NamedValue {
                path: format!("{KEY_TABLE}.{}", name.get_ref()),
                value: names.join(", "),
                origin: self.origin(value.span(), None),
            });
            let set = keys.set(action, list);
            set.map_err(|error| self.failed(value.span(), &format!("{}: {error}", name.get_ref())))?;
            places.push((action, name.get_ref(), value.span()));
        }
        let Some((action, error)) = keys.conflict() else {
            return Ok((keys, shown));
        };
        let place = places.into_iter().find(|(changed, ..)| *changed == action);
        let (name, span) = place.map_or(("", value.span()), |(_, name, span)| (name.as_ref(), span));
        Err(self.failed(span, &format!("{name}: {error}")))
    }

    fn key_list(&self, action: &str, value: &TomlValue<'_>) -> Result<Vec<KeyPress>, ConfigError> {
        let one = |value: &TomlValue<'_>| {
            let found = value
                .get_ref()
                .as_str()
                .ok_or_else(|| self.unexpected(action, FORM, value))?;
            let unknown = || format!("{action}: expected {FORM}, found '{}'", shown(found));
            key(found).ok_or_else(|| self.failed(value.span(), &unknown()))
        };
        match value.get_ref() {
            DeValue::Array(list) if !list.is_empty() => list.iter().map(one).collect(),
            _ => Ok(vec![one(value)?]),
        }
    }
}

/// Returns the action with this name. The error has the nearest name.
fn named(name: &str) -> Result<Action, String> {
    let actions = RemappedKeys::actions();
    if let Some(action) = actions.iter().find(|action| action_name(**action) == name) {
        return Ok(*action);
    }
    let names: Vec<_> = actions.into_iter().map(action_name).collect();
    let near = nearest(name, names.iter().map(String::as_str));
    let instead = near.map_or_else(
        || format!("actions: {}", names.join(", ")),
        |near| format!("did you mean {near}?"),
    );
    Err(format!("unknown action '{}': {instead}", shown(name)))
}
