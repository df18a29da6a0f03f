//! Tests of the sources: what each may set, their priority, and that no secret is shown.

mod files;
mod maxctrl;
mod passwords;
mod precedence;
mod reference;
mod server_access;
mod themes;
mod tokens;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::origin::SourceValue;
use super::password::SecretKind;
use super::setting::KeyScope;
use super::*;

/// A home directory, variables and a command line of its own.
struct ConfigWorld {
    home: TempDir,
    variables: Vec<(&'static str, String)>,
    line: CommandLine,
}

impl ConfigWorld {
    fn new() -> Self {
        Self {
            home: tempfile::tempdir().unwrap(),
            variables: Vec::new(),
            line: CommandLine::default(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// A file below the home directory that only its owner can read.
    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        chmod(&path, 0o600);
        path
    }

    /// The configuration file at its usual place.
    fn with_file(self, text: &str) -> Self {
        self.file(".config/maxtop/config.toml", text);
        self
    }

    fn variable(mut self, name: &'static str, value: &str) -> Self {
        self.variables.push((name, value.to_owned()));
        self
    }

    fn flag(mut self, name: &str, value: &str) -> Self {
        let id = SettingId::named(name).unwrap();
        self.line.flags.give(id, value, Origin::Flag(id.setting().name));
        self
    }

    fn profile(mut self, name: &str) -> Self {
        self.line.profile = Some(name.to_owned());
        self
    }

    fn read(&self) -> Result<ConfigReport, ConfigError> {
        ConfigReport::new(
            &self.line,
            Environment(&|name| {
                if name == "HOME" {
                    return Some(self.home.path().into());
                }
                let mut named = self.variables.iter().filter(|(known, _)| *known == name);
                named.next().map(|(_, value)| value.into())
            }),
        )
    }

    fn config(&self) -> Config {
        self.read().unwrap().config
    }

    fn error(&self) -> String {
        let error = self.read().unwrap_err().to_string();
        assert_eq!(error.lines().count(), 1, "{error}");
        error
    }
}

fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn urls(config: &Config) -> Vec<&str> {
    config
        .endpoints
        .iter()
        .map(|endpoint| endpoint.url.as_str())
        .collect()
}
