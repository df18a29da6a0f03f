//! The configuration file: what stands in it, and where it is.

use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::ConfigError;

/// Everything that the file may say. A name that is none of these is an error.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ConfigFile {
    /// Who must never be ended: a filter.
    pub(super) protect: Option<String>,
    /// So long a confirmed kill can be taken back.
    pub(super) grace: Option<String>,
    /// Which columns the screen shows, from left to right.
    pub(super) columns: Option<Vec<String>>,
    /// Where kills are logged.
    pub(super) audit: Option<PathBuf>,
}

/// Reads the file that was named, else the one at the usual place, if it is there.
pub(super) fn read(named: Option<&Path>) -> Result<ConfigFile, ConfigError> {
    let Some(path) = named.map(Path::to_owned).or_else(usual_place) else {
        return Ok(ConfigFile::default());
    };
    let failed = |why: String| ConfigError::File {
        path: path.display().to_string(),
        why,
    };
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if named.is_none() && error.kind() == io::ErrorKind::NotFound => {
            return Ok(ConfigFile::default());
        }
        Err(error) => return Err(failed(error.to_string())),
    };
    toml::from_str(&text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start));
        let line = before.map(|before| before.matches('\n').count() + 1);
        let line = line.map_or_else(String::new, |line| format!("line {line}: "));
        failed(format!("{line}{}", error.message().replace('\n', " ")))
    })
}

fn usual_place() -> Option<PathBuf> {
    Some(base("XDG_CONFIG_HOME", ".config")?.join("maxtop/config.toml"))
}

/// Where kills are logged unless told otherwise; nowhere without a home directory.
pub(super) fn usual_audit_log() -> Option<PathBuf> {
    Some(base("XDG_STATE_HOME", ".local/state")?.join("maxtop/audit.jsonl"))
}

/// A base directory by the XDG rules: one that is no absolute path does not count.
fn base(variable: &str, below_home: &str) -> Option<PathBuf> {
    let absolute = |name| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    absolute(variable).or_else(|| Some(absolute("HOME")?.join(below_home)))
}
