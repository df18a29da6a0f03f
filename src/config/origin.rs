//! The origin of a value, and the value as given.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretString};

use super::setting::Form;
use super::settings::SettingId;

/// The origin of a value.
#[derive(Clone, Debug)]
pub(crate) enum Origin {
    /// The option of the command line with this name.
    Flag(&'static str),
    /// The environment variable with this name.
    Variable(&'static str),
    /// A line of a file.
    File {
        /// The file.
        file: Arc<SourceFile>,
        /// Line number, from 1.
        line: usize,
        /// Name of the profile; `None` outside of profiles.
        profile: Option<Arc<str>>,
    },
    /// Not set; the default applies.
    Default,
}

/// A file with settings.
#[derive(Debug)]
pub(crate) struct SourceFile {
    /// Path as it was opened.
    pub path: Box<Path>,
}

/// A value as given. Stored as a secret, because any value could be one; `Debug` never shows it.
#[derive(Clone, Debug)]
pub(crate) struct SourceValue {
    text: SecretString,
    /// Origin of the value.
    pub origin: Origin,
}

impl SourceValue {
    /// Creates a value with its origin.
    pub(super) fn new(text: impl Into<String>, origin: Origin) -> Self {
        Self {
            text: text.into().into(),
            origin,
        }
    }

    /// Returns the value. The caller must mask it if the setting is a secret.
    pub(super) fn text(&self) -> &str {
        self.text.expose_secret()
    }

    /// Whether the value is empty and means that the setting is not set. An empty secret or endpoint is an error.
    pub(super) fn is_unset(&self, id: SettingId) -> bool {
        self.is_empty() && !matches!(id.setting().form, Form::Secret | Form::Endpoints)
    }

    /// Whether the value is empty, which unsets the value of a lower layer.
    pub(super) fn is_empty(&self) -> bool {
        self.text().is_empty()
    }
}

/// Formats as `--user`, `MAXTOP_USER`, `profile prod, config.toml line 3` or `default`.
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) => write!(f, "--{name}"),
            Self::Variable(name) => f.write_str(name),
            Self::File { file, line, profile } => {
                let name = file.path.file_name().unwrap_or_default().display();
                match profile {
                    Some(profile) => write!(f, "profile {profile}, {name} line {line}"),
                    None => write!(f, "{name} line {line}"),
                }
            }
            Self::Default => f.write_str("default"),
        }
    }
}
