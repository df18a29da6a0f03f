//! What the command line says of settings.

use std::path::PathBuf;

use super::layer::Layer;
use super::origin::Origin;
use super::settings::SettingId;

/// What the command line says of settings.
#[derive(Clone, Debug, Default)]
pub struct CommandLine {
    /// The options that are settings.
    pub flags: Layer,
    /// The configuration file that was named.
    pub file: Option<PathBuf>,
    /// The profile that was named.
    pub profile: Option<String>,
}

impl CommandLine {
    /// What was said of the setting with this name.
    pub fn flag(&self, name: &str) -> Option<&str> {
        let given = self.flags.get(SettingId::named(name)?)?;
        Some(given.text())
    }

    /// The same with this endpoint and no other, so that nothing else is asked where there is one.
    #[must_use]
    pub fn at(mut self, url: &str) -> Self {
        self.flags.endpoints.clear();
        if let Some(id) = SettingId::named("endpoint") {
            self.flags.give(id, url, Origin::Flag("endpoint"));
        }
        self
    }
}
