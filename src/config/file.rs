//! Reads the configuration file: its path, top-level settings and profiles.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use toml::de::DeTable;

use super::environment::Environment;
use super::keys::NamedKeys;
use super::layer::Layer;
use super::origin::SourceFile;
use super::section::Reader;
use super::trust::{self, UnsafeFile};
use super::{ConfigError, value};
use crate::model::nearest;

/// Path that stands for "no file". It is not checked for its owner and mode.
const EMPTY: &str = "/dev/null";

/// Name of the profile that reads maxctrl's file.
pub(super) const MAXCTRL: &str = "maxctrl";

/// Contents of the configuration file.
#[derive(Debug, Default)]
pub(super) struct ConfigFile {
    /// Path of the file; `None` if there is none.
    pub(super) path: Option<PathBuf>,
    /// Settings outside of profiles.
    pub(super) top: Layer,
    /// Keys of actions.
    pub(super) keys: NamedKeys,
    /// Settings of each profile, by name.
    pub(super) profiles: BTreeMap<String, Layer>,
}

impl ConfigFile {
    /// Reads the given file, otherwise the file at the default path if it exists.
    pub(super) fn read(named: Option<&Path>, environment: Environment<'_>) -> Result<Self, ConfigError> {
        let Some(path) = named.map(Path::to_owned).or_else(|| environment.config_file()) else {
            return Ok(Self::default());
        };
        if path == Path::new(EMPTY) {
            return Ok(Self::default());
        }
        let failed = |why: String| ConfigError::File {
            path: path.display().to_string(),
            why,
        };
        let (metadata, bytes) = match trust::read(&path) {
            Ok(read) => read,
            Err(error) if named.is_none() && error.kind() == io::ErrorKind::NotFound => {
                return no_file(&path).map(|()| Self::default());
            }
            Err(error) => return Err(failed(error.to_string())),
        };
        if let Some(why) = UnsafeFile::of_settings(&path, &metadata) {
            return Err(ConfigError::Mistrusted {
                path: path.display().to_string(),
                why,
            });
        }
        let text = String::from_utf8(bytes).map_err(|_| failed("it is not valid UTF-8".to_owned()))?;
        let file = Arc::new(SourceFile {
            path: path.as_path().into(),
        });
        let (top, profiles, keys) = parse(&text, &file, environment)?;
        Ok(Self {
            path: Some(path),
            keys,
            top,
            profiles,
        })
    }

    /// Returns the path that settings are saved to: that of the file, or the default path.
    pub(super) fn writable_path(&self, is_default: bool, environment: Environment<'_>) -> Option<PathBuf> {
        let default = || environment.config_file().filter(|_| is_default);
        self.path.clone().or_else(default)
    }

    /// Returns the error for an unknown profile, with a similar name or all names. `has_maxctrl` says whether there is
    /// a file of maxctrl.
    pub(super) fn no_profile(&self, name: &str, has_maxctrl: bool) -> ConfigError {
        let maxctrl = has_maxctrl.then_some(MAXCTRL);
        let known = || self.profiles.keys().map(String::as_str).chain(maxctrl);
        let all: Vec<_> = known().collect();
        let instead = if let Some(near) = nearest(name, known()) {
            format!("did you mean {near}?")
        } else if name == MAXCTRL {
            "found neither ~/.maxctrl.cnf nor a section [maxctrl] in maxscale.cnf".to_owned()
        } else if all.is_empty() {
            match &self.path {
                Some(path) => format!("{} has no profiles", path.display()),
                None => "there is no configuration file, and so no profile".to_owned(),
            }
        } else {
            format!("profiles: {}", all.join(", "))
        };
        ConfigError::NoProfile {
            name: value::shown(name),
            instead,
        }
    }
}

/// Handles a missing file at a default path.
///
/// A dangling symbolic link is an error: its settings, such as `protect`, would be missing.
pub(super) fn no_file(path: &Path) -> Result<(), ConfigError> {
    match trust::dangling_link(path) {
        None => Ok(()),
        Some(link) => Err(ConfigError::Setting {
            place: "configuration file".to_owned(),
            why: format!(
                "{} is a link to something that does not exist: restore it, or remove the link",
                link.display()
            ),
        }),
    }
}

/// Parses a text as the contents of this file.
pub(super) fn parse(
    text: &str,
    file: &Arc<SourceFile>,
    environment: Environment<'_>,
) -> Result<(Layer, BTreeMap<String, Layer>, NamedKeys), ConfigError> {
    let reader = Reader {
        text,
        file,
        environment,
    };
    let table = DeTable::parse(text).map_err(|error| {
        let why = error.message().replace('\n', " ");
        reader.failed(error.span().unwrap_or_default(), &why)
    })?;
    let (top, profiles) = reader.file(table.get_ref())?;
    Ok((top, profiles, reader.keys(table.get_ref())?))
}
