//! Environment variables, and the paths that they name.

use std::ffi::OsString;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use nix::unistd::{Uid, User};

/// MaxScale's own file.
const MAXSCALE_FILE: &str = "/etc/maxscale.cnf";
/// Variable with another path of MaxScale's own file.
const MAXSCALE_FILE_VARIABLE: &str = "MAXTOP_MAXSCALE_CNF";

/// Directory for state files below a home directory (XDG).
const STATE: &str = ".local/state";

/// Reads environment variables: those of the process, or those of a test.
#[derive(Clone, Copy)]
pub(super) struct Environment<'a>(pub(super) &'a dyn Fn(&str) -> Option<OsString>);

impl Environment<'_> {
    /// Returns the variable. An empty one counts as unset.
    pub(super) fn get(&self, name: &str) -> Option<OsString> {
        self.raw(name).filter(|value| !value.is_empty())
    }

    /// Returns the variable, even if it is empty.
    pub(super) fn raw(&self, name: &str) -> Option<OsString> {
        (self.0)(name)
    }

    /// Returns the home directory.
    fn home(&self) -> Option<PathBuf> {
        self.absolute("HOME")
    }

    /// Returns the default path of the configuration file.
    pub(super) fn config_file(&self) -> Option<PathBuf> {
        Some(
            self.base("XDG_CONFIG_HOME", ".config")?
                .join("maxtop/config.toml"),
        )
    }

    /// Returns the path of an own theme with this name.
    pub(super) fn theme_file(&self, name: &str) -> Option<PathBuf> {
        let directory = self.base("XDG_CONFIG_HOME", ".config")?.join("maxtop/themes");
        Some(directory.join(format!("{name}.toml")))
    }

    /// Returns the path of maxctrl's file.
    pub(super) fn maxctrl_file(&self) -> Option<PathBuf> {
        Some(self.home()?.join(".maxctrl.cnf"))
    }

    /// Returns the path of MaxScale's own file.
    pub(super) fn maxscale_file(&self) -> PathBuf {
        self.get(MAXSCALE_FILE_VARIABLE)
            .map_or_else(|| MAXSCALE_FILE.into(), PathBuf::from)
    }

    /// Resolves a path of a configuration file. `~/…` is below the home directory, `$XDG_STATE_HOME/…` below
    /// that directory, and a relative path below `directory`. Returns `None` if that directory is unknown.
    pub(super) fn path(&self, written: &str, directory: &Path) -> Option<PathBuf> {
        if let Some(rest) = written.strip_prefix("~/") {
            return Some(self.home()?.join(rest));
        }
        if let Some(rest) = written.strip_prefix("$XDG_STATE_HOME/") {
            return Some(self.state()?.join(rest));
        }
        Some(directory.join(written))
    }

    /// Whether the locale is UTF-8. Also true if `LC_ALL`, `LC_CTYPE` and `LANG` are unset.
    pub(super) fn is_utf8_locale(&self) -> bool {
        let named = ["LC_ALL", "LC_CTYPE", "LANG"]
            .iter()
            .find_map(|name| self.get(name));
        named.is_none_or(|locale| {
            let locale = locale.to_string_lossy().to_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        })
    }

    /// Whether the environment refuses color: `NO_COLOR` is set or `TERM` is `dumb`.
    pub(super) fn refuses_color(&self) -> bool {
        self.get("NO_COLOR").is_some() || self.get("TERM").is_some_and(|term| term == "dumb")
    }

    /// Returns an XDG base directory. A relative path in the variable is ignored.
    fn base(&self, variable: &str, below_home: &str) -> Option<PathBuf> {
        self.absolute(variable)
            .or_else(|| Some(self.home()?.join(below_home)))
    }

    /// Returns the directory for state files.
    ///
    /// For root it is never below a directory of another user, because a file owned by root there would lock
    /// that user out.
    fn state(&self) -> Option<PathBuf> {
        let state = self.base("XDG_STATE_HOME", STATE);
        if Uid::effective().is_root() && state.as_deref().is_some_and(has_owner_besides_root) {
            let root = User::from_uid(Uid::from_raw(0)).ok().flatten()?;
            return Some(root.dir.join(STATE));
        }
        state
    }

    fn absolute(&self, name: &str) -> Option<PathBuf> {
        self.get(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    }
}

/// Whether this directory, or one above it, belongs to another user than root.
fn has_owner_besides_root(directory: &Path) -> bool {
    let owners = directory.ancestors().filter_map(|path| path.metadata().ok());
    owners.into_iter().any(|metadata| metadata.uid() != 0)
}
