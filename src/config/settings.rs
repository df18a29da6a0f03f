//! The table of all settings.

mod endpoint;
mod program;

use std::sync::LazyLock;

pub(super) use self::endpoint::DEFAULT_URL;
use super::command_name::{CONNECTING, Heading};
use super::setting::{Apply, Form, KeyScope, Setting};
use crate::diagnosis::{THRESHOLDS, ThresholdAccess, Thresholds};

/// Table of the thresholds in files.
pub(super) const THRESHOLD_TABLE: &str = "thresholds";

/// Default entry: a setting with an option, allowed at the top and in profiles.
const USUAL: Setting = Setting {
    name: "",
    table: None,
    flag: true,
    short: None,
    variable: None,
    key: KeyScope::Usual,
    form: Form::Name,
    is_directory: false,
    default: "",
    about: "",
    example: "",
    group: None,
    heading: Heading::Endpoint,
    commands: CONNECTING,
    is_common: false,
    apply: Apply::Endpoints,
};

/// All settings, in display order.
static SETTINGS: LazyLock<Vec<Setting>> = LazyLock::new(|| {
    let limits = THRESHOLDS.iter().map(|threshold| Setting {
        name: threshold.name,
        table: Some(THRESHOLD_TABLE),
        flag: false,
        form: match threshold.limit {
            ThresholdAccess::Span(_) => Form::Time,
            ThresholdAccess::Times(_) => Form::Times,
        },
        // The table exists until the program ends.
        default: threshold.text(Thresholds::default()).leak(),
        about: threshold.about,
        apply: Apply::Threshold(threshold),
        ..USUAL
    });
    endpoint::ENTRIES
        .into_iter()
        .chain(program::ENTRIES)
        .chain(limits)
        .collect()
});

/// Index of a setting in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SettingId(usize);

impl SettingId {
    /// Returns all settings, in table order.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        (0..SETTINGS.len()).map(Self)
    }

    /// Returns the setting with this name, outside of tables.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::all().find(|id| id.setting().table.is_none() && id.setting().name == name)
    }

    /// Returns the table entry.
    #[expect(
        clippy::indexing_slicing,
        reason = "an id is only made from a place in the table"
    )]
    pub(crate) fn setting(self) -> &'static Setting {
        &SETTINGS[self.0]
    }
}

/// Parses a text; `None` if it is empty.
fn optional<T>(text: &str, read: impl FnOnce(&str) -> Result<T, String>) -> Result<Option<T>, String> {
    Some(text).filter(|text| !text.is_empty()).map(read).transpose()
}
