//! Saves settings of the screen to the configuration file.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::edit::{self, EditError, NewValue};
use super::sample::written;
use super::settings::SettingId;
use super::trust::{self, UnsafeFile};

/// Mode of a new file.
const NEW_FILE: u32 = 0o600;
/// Mode of the new folder of a new file.
const NEW_FOLDER: u32 = 0o700;
/// Permission of the owner to write.
const OWNER_MAY_WRITE: u32 = 0o200;
/// Ending of the new file until it replaces the old one.
const NEW_ENDING: &str = ".maxtop-new";

/// The configuration file that settings are saved to.
#[derive(Clone, Debug, Default)]
pub(crate) struct SettingsFile {
    /// Path of the file; `None` without a home directory, or for `--config /dev/null`.
    pub path: Option<PathBuf>,
    /// Profile that receives the settings; `None` for the top of the file.
    pub profile: Option<String>,
}

/// Result of saving.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Saved {
    /// The file has these settings now.
    Written {
        /// Names of the changed settings.
        names: Vec<&'static str>,
        /// Profile and path.
        place: String,
    },
    /// The file has all values already.
    Unchanged,
    /// The file has other values; nothing was written.
    Differs {
        /// The values in the file: `sort = 'id'`.
        present: Vec<String>,
        /// Profile and path.
        place: String,
    },
}

/// Why settings were not saved.
#[derive(Debug, Error)]
pub(crate) enum SaveError {
    /// There is no file.
    #[error("no configuration file: start maxtop with --config FILE")]
    NoFile,
    /// The file is a symbolic link.
    #[error("{0} is a link to {1}: start maxtop with --config {1}")]
    Link(String, String),
    /// The file is read-only.
    #[error("{0} is read-only: chmod u+w it")]
    ReadOnly(String),
    /// The file is not safe to use.
    #[error("{0}: {1}")]
    Mistrusted(String, UnsafeFile),
    /// The file cannot be changed.
    #[error("{0}: {1}")]
    Edit(String, EditError),
    /// A system call failed.
    #[error("{0}: {1}")]
    Io(String, io::Error),
}

impl SettingsFile {
    /// Saves these settings, as texts of the command line. Values in the file that differ are replaced only if
    /// `replaces`.
    ///
    /// # Errors
    ///
    /// Returns [`SaveError`] if the file cannot be read, changed or written. It is unchanged then.
    pub(crate) fn save(&self, values: &[(&'static str, String)], replaces: bool) -> Result<Saved, SaveError> {
        let path = self.path.as_deref().ok_or(SaveError::NoFile)?;
        let shown = path.display().to_string();
        let failed = |error| SaveError::Io(shown.clone(), error);
        let old = read(path)?;
        let mut text = old.as_ref().map(|(_, text)| text.clone()).unwrap_or_default();
        let (mut names, mut present) = (Vec::new(), Vec::new());
        for (name, value) in values {
            let Some(setting) = SettingId::named(name).map(SettingId::setting) else {
                continue;
            };
            let new = NewValue {
                key: setting.name,
                written: written(setting.form, value),
            };
            let refused = |error| SaveError::Edit(shown.clone(), error);
            let old = edit::written(&text, self.profile.as_deref(), name).map_err(refused)?;
            if old.map_or(*value == setting.default, |old| is_same(old, &new.written)) {
                continue;
            }
            present.extend(old.map(|old| format!("{name} = {}", one_line(old))));
            text = edit::edit(&text, self.profile.as_deref(), &new).map_err(refused)?;
            names.push(setting.name);
        }
        if names.is_empty() {
            return Ok(Saved::Unchanged);
        }
        let place = self.place(&shown);
        if !present.is_empty() && !replaces {
            return Ok(Saved::Differs { present, place });
        }
        let mode = old.map_or(NEW_FILE, |(mode, _)| mode);
        write(path, &text, mode).map_err(failed)?;
        Ok(Saved::Written { names, place })
    }

    /// Returns profile and path.
    fn place(&self, path: &str) -> String {
        let profile = self.profile.as_ref().map(|name| format!("profile {name} of "));
        profile.unwrap_or_default() + path
    }
}

/// Reads the mode and the text of the file; `None` if it does not exist.
fn read(path: &Path) -> Result<Option<(u32, String)>, SaveError> {
    let shown = || path.display().to_string();
    if let Ok(link) = fs::read_link(path) {
        let target = path.parent().unwrap_or(Path::new("")).join(link);
        return Err(SaveError::Link(shown(), target.display().to_string()));
    }
    let (metadata, bytes) = match trust::read(path) {
        Ok(read) => read,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(SaveError::Io(shown(), error)),
    };
    if let Some(why) = UnsafeFile::of_settings(path, &metadata) {
        return Err(SaveError::Mistrusted(shown(), why));
    }
    let mode = metadata.mode() & 0o7777;
    if mode & OWNER_MAY_WRITE == 0 {
        return Err(SaveError::ReadOnly(shown()));
    }
    let text = String::from_utf8(bytes);
    let text = text.map_err(|_| SaveError::Io(shown(), io::Error::other("it is not valid UTF-8")))?;
    Ok(Some((mode, text)))
}

/// Writes a new file and then replaces the old one with it, so that neither is ever incomplete.
fn write(path: &Path, text: &str, mode: u32) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.exists()) {
        DirBuilder::new()
            .recursive(true)
            .mode(NEW_FOLDER)
            .create(folder)?;
    }
    let mut new = path.as_os_str().to_owned();
    new.push(NEW_ENDING);
    let new = PathBuf::from(new);
    let written = create(&new, text, mode).and_then(|()| fs::rename(&new, path));
    if written.is_err() {
        // The first error is reported.
        let _ = fs::remove_file(&new);
    }
    written?;
    let folder = File::open(folder.unwrap_or(Path::new(".")))?;
    folder.sync_all()
}

fn create(path: &Path, text: &str, mode: u32) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(NEW_FILE)
        .open(path)?;
    file.set_permissions(Permissions::from_mode(mode))?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Whether two values in the syntax of TOML are equal.
fn is_same(one: &str, other: &str) -> bool {
    let read = |text: &str| format!("x = {text}").parse::<toml::Table>().ok();
    read(one).is_some_and(|one| Some(one) == read(other))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
