//! The tables of a configuration file, the settings allowed in each, and the errors for unknown keys.

use super::setting::KeyScope;
use super::settings::{SettingId, THRESHOLD_TABLE};
use super::value::shown;
use crate::model::nearest;

/// Table of the profiles.
pub(super) const PROFILE_TABLE: &str = "profiles";
/// Table of the named filters.
pub(super) const FILTER_TABLE: &str = "filters";
/// Table of the keys of actions.
pub(super) const KEY_TABLE: &str = "keys";
/// Key of the list of endpoints. The key for a single one is `endpoint`.
pub(super) const ENDPOINT_LIST: &str = "endpoints";
/// Key of the URL in an entry of the list.
pub(super) const URL: &str = "url";

/// A kind of table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ConfigTable {
    /// The file itself.
    Top,
    /// `[profiles.NAME]`.
    Profile,
    /// An entry of the list of endpoints.
    Endpoint,
    /// `[thresholds]`.
    Limits,
}

impl ConfigTable {
    /// Returns the setting of a key in this table.
    pub(super) fn setting(self, name: &str) -> Option<SettingId> {
        SettingId::all().find(|id| id.setting().name == name && self.may_have(*id))
    }

    /// Whether the table has this name.
    pub(super) fn is_named(self, name: &str) -> bool {
        self == Self::Limits && name == THRESHOLD_TABLE
    }

    fn may_have(self, id: SettingId) -> bool {
        let setting = id.setting();
        let at_top = setting.table.is_none();
        match self {
            Self::Top | Self::Profile => {
                at_top && matches!(setting.key, KeyScope::Usual | KeyScope::Endpoint)
            }
            Self::Endpoint => at_top && matches!(setting.key, KeyScope::Endpoint | KeyScope::EndpointOnly),
            Self::Limits => setting.table == Some(THRESHOLD_TABLE),
        }
    }

    /// Returns all keys allowed in this table.
    fn setting_names(self) -> Vec<&'static str> {
        let settings = SettingId::all().filter(|id| self.may_have(*id));
        let tables: &[&'static str] = match self {
            Self::Top => &[
                ENDPOINT_LIST,
                THRESHOLD_TABLE,
                FILTER_TABLE,
                KEY_TABLE,
                PROFILE_TABLE,
            ],
            Self::Profile => &[ENDPOINT_LIST, THRESHOLD_TABLE, FILTER_TABLE],
            Self::Endpoint => &[URL],
            Self::Limits => &[],
        };
        settings
            .map(|id| id.setting().name)
            .chain(tables.iter().copied())
            .collect()
    }

    const fn entry_name(self) -> &'static str {
        match self {
            Self::Top | Self::Profile => "setting",
            Self::Endpoint => "setting of an endpoint",
            Self::Limits => "threshold",
        }
    }
}

/// Returns the error text for an unknown key.
pub(super) fn unknown(table: ConfigTable, name: &str) -> String {
    let found = format!("unknown {} '{}'", table.entry_name(), shown(name));
    let lower = name.to_lowercase().replace('_', "-");
    let is_password = ["password", "passwd", "pass", "pwd", "secret"].contains(&lower.as_str());
    if is_password && table != ConfigTable::Limits {
        return "passwords are not allowed in this file: use password-file or password-command".to_owned();
    }
    let elsewhere = |other: ConfigTable| other != table && other.setting(&lower).is_some();
    let instead = match nearest(&lower, table.setting_names().into_iter()) {
        Some(near) => format!("did you mean {near}?"),
        None if elsewhere(ConfigTable::Limits) => format!("move it to [{THRESHOLD_TABLE}]"),
        None if elsewhere(ConfigTable::Profile) => "it applies to all endpoints, not to one".to_owned(),
        None if elsewhere(ConfigTable::Endpoint) => format!("move it to an entry of {ENDPOINT_LIST}"),
        None => format!("known: {}", table.setting_names().join(", ")),
    };
    format!("{found}: {instead}")
}
