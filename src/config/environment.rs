//! The surroundings of the program: variables, and the places that they name.

use std::ffi::OsString;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use nix::unistd::{Uid, User};

/// The directory for state below a home directory (XDG).
const STATE: &str = ".local/state";

/// The environment's variables: those of the program, or those of a test.
#[derive(Clone, Copy)]
pub(super) struct Environment<'a>(pub(super) &'a dyn Fn(&str) -> Option<OsString>);

impl Environment<'_> {
    /// A variable that says something: an empty one is as good as none.
    pub(super) fn get(&self, name: &str) -> Option<OsString> {
        self.raw(name).filter(|value| !value.is_empty())
    }

    /// A variable as it is set, even if it is empty.
    pub(super) fn raw(&self, name: &str) -> Option<OsString> {
        (self.0)(name)
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
            return Some(self.state()?.join(rest));
        }
        Some(directory.join(written))
    }

    /// Whether the terminal's texts are UTF-8: a locale that is named and is not gets ASCII; none at
    /// all is taken for UTF-8.
    pub(super) fn is_utf8_locale(&self) -> bool {
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

    /// Where the program keeps its own files. For root never below a directory of another user: a file
    /// or directory of root's there would lock its owner out.
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
