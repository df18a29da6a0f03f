//! What one source says: the command line, the environment, a profile, a file, the defaults.
//!
//! One endpoint, with what holds for it.
//!
//! What the command line says of settings.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::ConfigError;
use super::environment::Environment;
use super::origin::{Origin, SourceValue};
use super::password::PasswordSource;
use super::setting::{Apply, Form};
use super::settings::SettingId;
use super::tls::TlsFiles;

/// What one source says.
#[derive(Clone, Debug, Default)]
pub struct Layer {
    values: BTreeMap<SettingId, SourceValue>,
    pub(super) endpoints: Vec<EndpointEntry>,
}

/// An endpoint, with what a list says of it alone.
#[derive(Clone, Debug)]
pub(super) struct EndpointEntry {
    pub(super) url: SourceValue,
    pub(super) own: Layer,
}

impl Layer {
    /// A value for a setting; an endpoint joins those that there are.
    pub fn give(&mut self, id: SettingId, text: impl Into<String>, origin: Origin) {
        let given = SourceValue::new(text, origin);
        if matches!(id.setting().apply, Apply::Endpoints) {
            self.endpoints.push(EndpointEntry {
                url: given,
                own: Self::default(),
            });
        } else {
            self.values.insert(id, given);
        }
    }

    pub(super) fn get(&self, id: SettingId) -> Option<&SourceValue> {
        self.values.get(&id)
    }

    /// Whether it says who asks, or where.
    pub(super) fn names_endpoint_or_user(&self) -> bool {
        let user = SettingId::named("user").and_then(|id| self.get(id));
        !self.endpoints.is_empty() || user.is_some()
    }

    /// What the environment says.
    pub(super) fn of_environment(environment: Environment<'_>) -> Result<Self, ConfigError> {
        let mut layer = Self::default();
        for id in SettingId::all() {
            let Some(variable) = id.setting().variable else {
                continue;
            };
            // An empty secret is an error, and not the same as none.
            let value = match id.setting().form {
                Form::Secret => environment.raw(variable),
                _ => environment.get(variable),
            };
            let Some(value) = value else {
                continue;
            };
            let text = value.into_string().map_err(|_| ConfigError::Variable(variable))?;
            if id.setting().form == Form::Endpoints {
                for url in text.split(',').map(str::trim).filter(|url| !url.is_empty()) {
                    layer.give(id, url, Origin::Variable(variable));
                }
            } else {
                layer.give(id, text, Origin::Variable(variable));
            }
        }
        Ok(layer)
    }

    /// What holds where nobody says anything.
    pub(super) fn of_defaults(environment: Environment<'_>) -> Self {
        let mut layer = Self::default();
        for id in SettingId::all() {
            let default = id.setting().default;
            let text = if id.setting().form == Form::Path && !default.is_empty() {
                let path = environment.path(default, Path::new(""));
                path.map_or_else(String::new, |path| path.to_string_lossy().into_owned())
            } else {
                default.to_owned()
            };
            layer.give(id, text, Origin::Default);
        }
        layer
    }
}

/// The value of a setting in the uppermost of these layers that has one. Of a group the uppermost
/// layer counts that has any of them.
pub(super) fn pick<'a>(layers: &[&'a Layer], id: SettingId) -> Option<&'a SourceValue> {
    let group = id.setting().group;
    let counts = |layer: &&&'a Layer| {
        let same_group =
            |other: &SettingId| *other == id || (group.is_some() && other.setting().group == group);
        layer.values.keys().any(same_group)
    };
    layers.iter().find(counts).and_then(|layer| layer.get(id))
}

/// One endpoint, with what holds for it.
#[derive(Clone, Debug, Default)]
pub struct EndpointConfig {
    /// URL or HOST:PORT, as given; without user, password or query.
    pub url: String,
    /// What it is called on the screen; host and port unless given.
    pub name: Option<String>,
    /// Who asks.
    pub user: String,
    /// Where the password comes from; nothing: there is none.
    pub password: Option<PasswordSource>,
    /// How the server's certificate is judged, and what is shown to the server.
    pub tls: TlsFiles,
    /// Credentials may go over plain http to another machine.
    pub allow_plain_http: bool,
    /// Nothing but GET.
    pub read_only: bool,
    /// The official tool's file says where it is or who asks, and nothing else does.
    pub by_maxctrl: bool,
}

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
