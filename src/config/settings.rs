//! The table of settings: one entry each, known by its place.

mod endpoint;
mod program;

use std::sync::LazyLock;

use super::setting::{Apply, Form, KeyScope, Setting};
use crate::diagnosis::{THRESHOLDS, ThresholdAccess, Thresholds};

/// Where a limit of triage stands in files.
pub(super) const THRESHOLD_TABLE: &str = "thresholds";

/// An entry to begin with: an option of the command line that may stand anywhere in a file.
const USUAL: Setting = Setting {
    name: "",
    table: None,
    flag: true,
    short: None,
    variable: None,
    key: KeyScope::Usual,
    form: Form::Name,
    default: "",
    about: "",
    example: "",
    group: None,
    apply: Apply::Endpoints,
};

/// Every setting, in the order in which they are shown.
static SETTINGS: LazyLock<Vec<Setting>> = LazyLock::new(|| {
    let limits = THRESHOLDS.iter().map(|threshold| Setting {
        name: threshold.name,
        table: Some(THRESHOLD_TABLE),
        flag: false,
        form: match threshold.limit {
            ThresholdAccess::Span(_) => Form::Time,
            ThresholdAccess::Times(_) => Form::Times,
        },
        // The table lives as long as the program.
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

/// A setting, by its place in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SettingId(usize);

impl SettingId {
    /// All, in the order of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..SETTINGS.len()).map(Self)
    }

    /// The one with this name, outside of all tables of the file.
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|id| id.setting().table.is_none() && id.setting().name == name)
    }

    /// Its entry.
    #[expect(
        clippy::indexing_slicing,
        reason = "an id is only made from a place in the table"
    )]
    pub fn setting(self) -> &'static Setting {
        &SETTINGS[self.0]
    }
}

/// Nothing where nothing is written.
fn optional<T>(text: &str, read: impl FnOnce(&str) -> Result<T, String>) -> Result<Option<T>, String> {
    Some(text).filter(|text| !text.is_empty()).map(read).transpose()
}
