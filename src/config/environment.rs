//! The surroundings of the program: variables, and the places that they name.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The environment's variables: those of the program, or those of a test.
#[derive(Clone, Copy)]
pub(super) struct Environment<'a>(pub(super) &'a dyn Fn(&str) -> Option<OsString>);

impl Environment<'_> {
    /// A variable that says something: an empty one is as good as none.
    pub(super) fn get(&self, name: &str) -> Option<OsString> {
        (self.0)(name).filter(|value| !value.is_empty())
    }

    /// The home directory.
    fn home(&self) -> Option<PathBuf> {
        self.absolute("HOME")
    }

    /// The configuration file, unless another one is named.
    pub(super) fn config_file(&self) -> Option<PathBuf> {
        Some(
            self.base("XDG_CONFIG_HOME", ".config")?
                .join("maxtop/config.toml"),
        )
    }

    /// The file of the official tool.
    pub(super) fn maxctrl_file(&self) -> Option<PathBuf> {
        Some(self.home()?.join(".maxctrl.cnf"))
    }

    /// A path as it is written in a file: `~/…` is below the home directory, `$XDG_STATE_HOME/…` below
    /// that base directory, and a relative one below `directory`. Nothing where there is no such place.
    pub(super) fn path(&self, written: &str, directory: &Path) -> Option<PathBuf> {
        if let Some(rest) = written.strip_prefix("~/") {
            return Some(self.home()?.join(rest));
        }
        if let Some(rest) = written.strip_prefix("$XDG_STATE_HOME/") {
            return Some(self.base("XDG_STATE_HOME", ".local/state")?.join(rest));
        }
        Some(directory.join(written))
    }

    /// Whether the terminal's texts are UTF-8: a locale that is named and is not gets ASCII; none at
    /// all is taken for UTF-8.
    pub(super) fn speaks_utf8(&self) -> bool {
        let named = ["LC_ALL", "LC_CTYPE", "LANG"]
            .iter()
            .find_map(|name| self.get(name));
        named.is_none_or(|locale| {
            let locale = locale.to_string_lossy().to_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        })
    }

    /// Whether colour is not wanted, or not to be had.
    pub(super) fn refuses_color(&self) -> bool {
        self.get("NO_COLOR").is_some() || self.get("TERM").is_some_and(|term| term == "dumb")
    }

    /// A base directory by the XDG rules: one that is no absolute path does not count.
    fn base(&self, variable: &str, below_home: &str) -> Option<PathBuf> {
        self.absolute(variable)
            .or_else(|| Some(self.home()?.join(below_home)))
    }

    fn absolute(&self, name: &str) -> Option<PathBuf> {
        self.get(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    }
}
