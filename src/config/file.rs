//! The configuration file: where it is, and what it says at the top and in its profiles.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use toml::de::DeTable;

use super::environment::Environment;
use super::layer::Layer;
use super::origin::SourceFile;
use super::section::Reader;
use super::trust::{self, UnsafeFile};
use super::{ConfigError, value};

/// The usual name for "no file": it is a device that all can write, and it is empty.
const EMPTY: &str = "/dev/null";

/// The profile that the official tool's file is.
pub(super) const MAXCTRL: &str = "maxctrl";

/// What the file says.
#[derive(Debug, Default)]
pub(super) struct ConfigFile {
    /// Which was read; nothing where there is none.
    pub(super) path: Option<PathBuf>,
    /// At the top.
    pub(super) top: Layer,
    /// In each profile.
    pub(super) profiles: BTreeMap<String, Layer>,
}

impl ConfigFile {
    /// Reads the file that was named, else the one at the usual place, if it is there.
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
        let text = String::from_utf8(bytes).map_err(|_| failed("it is no text".to_owned()))?;
        let file = Arc::new(SourceFile {
            path: path.as_path().into(),
        });
        let (top, profiles) = parse(&text, &file, environment)?;
        Ok(Self {
            path: Some(path),
            top,
            profiles,
        })
    }

    /// The profile with this name does not exist: what was probably meant, or what there is.
    pub(super) fn no_profile(&self, name: &str) -> ConfigError {
        let known = || self.profiles.keys().map(String::as_str).chain([MAXCTRL]);
        let near = value::nearest(name, known());
        ConfigError::NoProfile {
            name: value::shown(name),
            instead: near.map_or_else(
                || format!("there are {}", known().collect::<Vec<_>>().join(", ")),
                |near| format!("did you mean {near}?"),
            ),
        }
    }
}

/// There is no file at its usual place. A link that leads nowhere is an error: its settings, such as
/// `protect`, would be missing.
pub(super) fn no_file(path: &Path) -> Result<(), ConfigError> {
    match trust::dangling_link(path) {
        None => Ok(()),
        Some(link) => Err(ConfigError::File {
            path: path.display().to_string(),
            why: format!(
                "{} is a link to something that does not exist: restore it, or remove the link",
                link.display()
            ),
        }),
    }
}

/// What a text says, as if it stood in this file.
pub(super) fn parse(
    text: &str,
    file: &Arc<SourceFile>,
    environment: Environment<'_>,
) -> Result<(Layer, BTreeMap<String, Layer>), ConfigError> {
    let reader = Reader {
        text,
        file,
        environment,
    };
    let table = DeTable::parse(text).map_err(|error| {
        let why = error.message().replace('\n', " ");
        reader.failed(error.span().unwrap_or_default(), &why)
    })?;
    reader.file(table.get_ref())
}
