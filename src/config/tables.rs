//! The tables of a configuration file, which settings each may have, and what to say of others.

use super::setting::KeyScope;
use super::settings::{SettingId, THRESHOLD_TABLE};
use super::value::{nearest, shown};

/// Where the profiles stand.
pub(super) const PROFILE_TABLE: &str = "profiles";
/// The list of endpoints; one alone is `endpoint`.
pub(super) const ENDPOINT_LIST: &str = "endpoints";
/// Where an endpoint of the list is.
pub(super) const URL: &str = "url";

/// A kind of table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ConfigTable {
    /// The file itself.
    Top,
    /// `[profiles.NAME]`.
    Profile,
    /// One of the list of endpoints.
    Endpoint,
    /// `[thresholds]`.
    Limits,
}

impl ConfigTable {
    /// The setting that a key means here.
    pub(super) fn setting(self, name: &str) -> Option<SettingId> {
        SettingId::all().find(|id| id.setting().name == name && self.may_have(*id))
    }

    /// Whether it is the table of this name.
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

    /// All keys that it may have.
    fn setting_names(self) -> Vec<&'static str> {
        let settings = SettingId::all().filter(|id| self.may_have(*id));
        let tables: &[&'static str] = match self {
            Self::Top => &[ENDPOINT_LIST, THRESHOLD_TABLE, PROFILE_TABLE],
            Self::Profile => &[ENDPOINT_LIST, THRESHOLD_TABLE],
            Self::Endpoint => &[URL],
            Self::Limits => &[],
        };
        settings
            .map(|id| id.setting().name)
            .chain(tables.iter().copied())
            .collect()
    }

    const fn called(self) -> &'static str {
        match self {
            Self::Top | Self::Profile => "setting",
            Self::Endpoint => "setting of an endpoint",
            Self::Limits => "threshold",
        }
    }
}

/// What to say of a key that means nothing here.
pub(super) fn unknown(table: ConfigTable, name: &str) -> String {
    let found = format!("unknown {} '{}'", table.called(), shown(name));
    let lower = name.to_lowercase().replace('_', "-");
    let is_password = ["password", "passwd", "pass", "pwd", "secret"].contains(&lower.as_str());
    if is_password && table != ConfigTable::Limits {
        return "no password in this file: name its file with password-file, or what prints it with \
                password-command"
            .to_owned();
    }
    let elsewhere = |other: ConfigTable| other != table && other.setting(&lower).is_some();
    let instead = match nearest(&lower, table.setting_names().into_iter()) {
        Some(near) => format!("did you mean {near}?"),
        None if elsewhere(ConfigTable::Limits) => format!("it stands under [{THRESHOLD_TABLE}]"),
        None if elsewhere(ConfigTable::Profile) => "it holds for all endpoints, not for one".to_owned(),
        None if elsewhere(ConfigTable::Endpoint) => format!("it stands in a table of {ENDPOINT_LIST}"),
        None => format!("there are {}", table.setting_names().join(", ")),
    };
    format!("{found}: {instead}")
}
