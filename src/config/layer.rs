//! The settings of one source, and the merged settings of an endpoint.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::ConfigError;
use super::environment::Environment;
use super::origin::{Origin, SourceValue};
use super::password::PasswordSource;
use super::setting::{Apply, Form};
use super::settings::{DEFAULT_URL, SettingId};
use super::tls::TlsFiles;
use super::token::TokenSource;
use crate::filter::Filter;
use crate::model::{shell_quoted, visible};

/// The settings of one source.
#[derive(Clone, Debug, Default)]
pub(crate) struct Layer {
    values: BTreeMap<SettingId, SourceValue>,
    pub(super) endpoints: Vec<EndpointEntry>,
    /// Named filters.
    pub(super) filters: BTreeMap<String, (Filter, Origin)>,
}

/// An endpoint of a list, with its own settings.
#[derive(Clone, Debug)]
pub(super) struct EndpointEntry {
    pub(super) url: SourceValue,
    pub(super) own: Layer,
}

impl Layer {
    /// Sets a value. An endpoint is added to the list of endpoints.
    pub(crate) fn give(&mut self, id: SettingId, text: impl Into<String>, origin: Origin) {
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

    /// Whether the layer sets an endpoint or a user.
    pub(super) fn names_endpoint_or_user(&self) -> bool {
        let user = SettingId::named("user").and_then(|id| self.get(id));
        !self.endpoints.is_empty() || user.is_some()
    }

    /// Returns the settings of the environment.
    pub(super) fn of_environment(environment: Environment<'_>) -> Result<Self, ConfigError> {
        let mut layer = Self::default();
        for id in SettingId::all() {
            let Some(variable) = id.setting().variable else {
                continue;
            };
            // An empty secret and an empty endpoint are errors, not unset ones.
            let value = match id.setting().form {
                Form::Secret | Form::Endpoints => environment.raw(variable),
                _ => environment.get(variable),
            };
            let Some(value) = value else {
                continue;
            };
            let text = value.into_string().map_err(|_| ConfigError::Variable(variable))?;
            if id.setting().form == Form::Endpoints {
                let urls = text.split(',').map(str::trim).filter(|url| !url.is_empty());
                let urls: Vec<_> = urls.collect();
                if urls.is_empty() {
                    // An error if it is used, not the default endpoint: a script would kill there.
                    layer.give(id, "", Origin::Variable(variable));
                }
                for url in urls {
                    layer.give(id, url, Origin::Variable(variable));
                }
            } else {
                layer.give(id, text, Origin::Variable(variable));
            }
        }
        Ok(layer)
    }

    /// Returns the default settings.
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

/// Returns the value of a setting in the highest layer that sets it.
///
/// For a setting in a group, the highest layer that sets any member decides. An empty value stands for the default,
/// which is the last layer.
pub(super) fn pick<'a>(layers: &[&'a Layer], id: SettingId) -> Option<&'a SourceValue> {
    let group = id.setting().group;
    let has_any = |layer: &&&'a Layer| {
        let same_group =
            |other: &SettingId| *other == id || (group.is_some() && other.setting().group == group);
        layer.values.keys().any(same_group)
    };
    let given = layers.iter().find(has_any).and_then(|layer| layer.get(id))?;
    let default = layers.last().and_then(|layer| layer.get(id));
    let default = default.filter(|default| given.is_unset(id) && !default.is_empty());
    Some(default.unwrap_or(given))
}

/// The effective settings of one endpoint.
#[derive(Clone, Debug, Default)]
pub(crate) struct EndpointConfig {
    /// URL or HOST:PORT, as given; without user, password or query.
    pub url: String,
    /// Name on the screen; `None` for host and port.
    pub name: Option<String>,
    /// User to log in as.
    pub user: String,
    /// Source of the password; `None` for no password.
    pub password: Option<PasswordSource>,
    /// Database user of the servers behind it; `None` for no server access.
    pub sql_user: Option<String>,
    /// Source of the database password.
    pub sql_password: Option<PasswordSource>,
    /// Source of the token that is sent instead of user and password.
    pub token: Option<TokenSource>,
    /// TLS files of this endpoint.
    pub tls: TlsFiles,
    /// Whether credentials may be sent over plain http to another machine.
    pub allow_plain_http: bool,
    /// Whether only GET may be sent.
    pub read_only: bool,
    /// Origin of that setting.
    pub read_only_origin: Option<Origin>,
    /// Whether the command line names it.
    pub is_on_command_line: bool,
    /// File of maxctrl that the URL or the user comes from, if no other source names one.
    pub maxctrl_file: Option<&'static str>,
}

impl EndpointConfig {
    /// Whether it has the default URL.
    pub(crate) fn is_default(&self) -> bool {
        self.url == DEFAULT_URL
    }
}

/// Settings of the command line.
#[derive(Clone, Debug, Default)]
pub(crate) struct CommandLine {
    /// Options that are settings.
    pub flags: Layer,
    /// Value of `--config`.
    pub file: Option<PathBuf>,
    /// Value of `--profile`.
    pub profile: Option<String>,
}

/// Whether a shell reads this byte as it is.
const fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b',' | b':' | b'/' | b'@' | b'=')
}

impl CommandLine {
    /// Returns the value of the option with this name.
    pub(crate) fn flag(&self, name: &str) -> Option<&str> {
        let given = self.flags.get(SettingId::named(name)?)?;
        Some(given.text())
    }

    /// Returns the options that another command needs for the same access to the endpoint, each after a blank. Commands
    /// that print a password are left out: they are not shown anywhere.
    pub(crate) fn access_options(&self) -> String {
        let mut options = String::new();
        let mut add = |name: &str, value: &str| {
            let value = if value.bytes().all(is_plain) && !value.is_empty() {
                value.to_owned()
            } else {
                shell_quoted(value)
            };
            options.extend([" --", name, "=", &value]);
        };
        if let Some(file) = &self.file {
            add("config", &file.to_string_lossy());
        }
        if let Some(profile) = &self.profile {
            add("profile", profile);
        }
        for (id, given) in &self.flags.values {
            let setting = id.setting();
            let is_of_access = setting.is_of_endpoint() && setting.name != "read-only";
            let is_of_requests = matches!(setting.name, "dialect" | "timeout");
            if (is_of_access || is_of_requests) && !setting.form.is_secret() {
                add(setting.name, given.text());
            }
        }
        visible(&options).into_owned()
    }

    /// Removes the option with this name.
    #[must_use]
    pub(crate) fn without(mut self, name: &str) -> Self {
        if let Some(id) = SettingId::named(name) {
            self.flags.values.remove(&id);
        }
        self
    }

    /// Replaces all endpoints by this one.
    #[cfg(feature = "demo")]
    #[must_use]
    pub(crate) fn at(mut self, url: &str) -> Self {
        self.flags.endpoints.clear();
        if let Some(id) = SettingId::named("endpoint") {
            self.flags.give(id, url, Origin::Flag("endpoint"));
        }
        self
    }
}
