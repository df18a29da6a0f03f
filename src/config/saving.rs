//! Saves settings of the screen to the configuration file.

use std::fs::{self, DirBuilder, File, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _, fchown};
use std::path::{Path, PathBuf};

use tempfile::Builder;
use thiserror::Error;

use super::edit::{self, EditError, NewValue};
use super::sample::written;
use super::settings::SettingId;
use super::trust::{self, UnsafeFile};
use crate::app::saving::SettingChange;

/// Mode of a new file.
const NEW_FILE: u32 = 0o600;
/// Mode of the new folder of a new file.
const NEW_FOLDER: u32 = 0o700;
/// Permission of the owner to write.
const OWNER_MAY_WRITE: u32 = 0o200;
/// Start of the name of the new file until it replaces the old one.
const NEW_PREFIX: &str = ".maxtop-new-";

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
    /// Values that have to be confirmed; none was written.
    Planned {
        /// The values that the file would get.
        changes: Vec<SettingChange>,
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
    /// Saves these settings, as texts of the command line, if the values that the file would get are exactly the
    /// confirmed ones. Otherwise returns them.
    ///
    /// # Errors
    ///
    /// Returns [`SaveError`] if the file cannot be read, changed or written. It is unchanged then.
    pub(crate) fn save(
        &self,
        values: &[(&'static str, String)],
        confirmed: Option<&[SettingChange]>,
    ) -> Result<Saved, SaveError> {
        let path = self.path.as_deref().ok_or(SaveError::NoFile)?;
        let shown = path.display().to_string();
        let old = read(path)?;
        let text = old.as_ref().map_or("", |old| old.text.as_str());
        let refused = |error| SaveError::Edit(shown.clone(), error);
        let (changes, new) = self.changes(text, values).map_err(refused)?;
        let place = self.place(&shown);
        if changes.is_empty() || confirmed != Some(&changes) {
            return Ok(Saved::Planned { changes, place });
        }
        let names = changes.iter().map(|change| change.name).collect();
        write(path, &new, old.as_ref()).map_err(|error| SaveError::Io(shown, error))?;
        Ok(Saved::Written { names, place })
    }

    /// Returns the values that the file lacks, and its text with them. A profile inherits the values at the top of
    /// the file, so a default has to be written over another value there.
    fn changes(
        &self,
        text: &str,
        values: &[(&'static str, String)],
    ) -> Result<(Vec<SettingChange>, String), EditError> {
        let profile = self.profile.as_deref();
        let mut new_text = text.to_owned();
        let mut changes = Vec::new();
        for (name, value) in values {
            let Some(setting) = SettingId::named(name).map(SettingId::setting) else {
                continue;
            };
            let new = NewValue {
                key: setting.name,
                written: written(setting.form, value),
            };
            let own = edit::written(text, profile, name)?;
            let present = match own {
                None => edit::written(text, None, name)?,
                own => own,
            };
            if present.map_or(*value == setting.default, |old| is_same(old, &new.written)) {
                continue;
            }
            new_text = edit::edit(&new_text, profile, &new)?;
            changes.push(SettingChange {
                name: setting.name,
                written: new.written,
                present: present.map(one_line),
            });
        }
        Ok((changes, new_text))
    }

    /// Returns profile and path.
    fn place(&self, path: &str) -> String {
        let profile = self.profile.as_ref().map(|name| format!("profile {name} of "));
        profile.unwrap_or_default() + path
    }
}

/// The file before it is changed.
struct OldFile {
    text: String,
    mode: u32,
    owner: u32,
    group: u32,
}

/// Reads the file; `None` if it does not exist.
fn read(path: &Path) -> Result<Option<OldFile>, SaveError> {
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
    Ok(Some(OldFile {
        text,
        mode,
        owner: metadata.uid(),
        group: metadata.gid(),
    }))
}

/// Writes a new file with a name of its own and then replaces the old one with it, so that neither is ever
/// incomplete, also if several programs save at once. Keeps mode, owner and group.
fn write(path: &Path, text: &str, old: Option<&OldFile>) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.exists()) {
        DirBuilder::new()
            .recursive(true)
            .mode(NEW_FOLDER)
            .create(folder)?;
    }
    let folder = folder.unwrap_or(Path::new("."));
    // Removed again if a step fails.
    let mut new = Builder::new()
        .prefix(NEW_PREFIX)
        .permissions(Permissions::from_mode(NEW_FILE))
        .tempfile_in(folder)?;
    new.write_all(text.as_bytes())?;
    if let Some(old) = old {
        keep_owner(new.as_file(), old)?;
        new.as_file().set_permissions(Permissions::from_mode(old.mode))?;
    }
    new.as_file().sync_all()?;
    new.persist(path).map_err(|failed| failed.error)?;
    File::open(folder)?.sync_all()
}

/// Gives the new file the owner and the group of the old one, before it gets its mode.
fn keep_owner(new: &File, old: &OldFile) -> io::Result<()> {
    let own = new.metadata()?;
    if (own.uid(), own.gid()) == (old.owner, old.group) {
        return Ok(());
    }
    fchown(new, Some(old.owner), Some(old.group)).map_err(|error| {
        io::Error::other(format!(
            "cannot keep its owner {} and group {}: {error}",
            old.owner, old.group
        ))
    })
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
