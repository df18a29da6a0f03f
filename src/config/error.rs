//! Errors of the configuration: what, why, what to try.

use std::io;

use thiserror::Error;

use super::origin::Origin;
use super::trust::UnsafeFile;

/// A configuration error. Never contains a secret.
#[derive(Debug, Error)]
pub(crate) enum ConfigError {
    /// An invalid value.
    #[error("{place}: {why}")]
    Setting {
        /// `--sort`, `MAXTOP_USER`, `/home/a/.config/maxtop/config.toml, line 3: sort`.
        place: String,
        /// Expected and found value.
        why: String,
    },
    /// A file with settings cannot be read.
    #[error("the configuration file {path}: {why}")]
    File {
        /// Path of the file.
        path: String,
        /// Cause.
        why: String,
    },
    /// The file of a theme cannot be read.
    #[error("the theme {path}: {why}")]
    Theme {
        /// Path of the file.
        path: String,
        /// Cause.
        why: String,
    },
    /// A file with settings that another user could write or read.
    #[error("{path}: {why}")]
    Mistrusted {
        /// Path of the file.
        path: String,
        /// Cause.
        why: UnsafeFile,
    },
    /// There is no profile with this name.
    #[error("--profile: no profile '{name}': {instead}")]
    NoProfile {
        /// Name as given.
        name: String,
        /// A similar name, or all names.
        instead: String,
    },
    /// A file with a secret or a certificate cannot be read.
    #[error("cannot read the {what} {path}: {source}")]
    Unreadable {
        /// `password file`.
        what: &'static str,
        /// Path of the file.
        path: String,
        /// Cause.
        source: io::Error,
    },
    /// A password file without a password, or a token file without a token.
    #[error("the {0} file {1} is empty: write the {0} into it")]
    EmptySecret(&'static str, String),
    /// A token that cannot be sent in a header.
    #[error(
        "the token contains blanks or other characters that no token has, or is too long: check its source"
    )]
    NoToken,
    /// Other users can read a file with a secret.
    #[error("the {what} {path} can be read by others (mode {mode:03o}): chmod 600 it")]
    Open {
        /// `password file`.
        what: &'static str,
        /// Path of the file.
        path: String,
        /// Permissions of the file.
        mode: u32,
    },
    /// A file is not valid UTF-8.
    #[error("the {what} {path} is not valid UTF-8")]
    NoText {
        /// `password file`.
        what: &'static str,
        /// Path of the file.
        path: String,
    },
    /// The command of a password or a token failed.
    #[error("the {what} command ({place}) {why}")]
    SecretCommand {
        /// `password` or `token`.
        what: &'static str,
        /// Origin of the command.
        place: String,
        /// Cause.
        why: String,
    },
    /// The variable is not valid UTF-8.
    #[error("{0} is not valid UTF-8")]
    Variable(&'static str),
}

impl ConfigError {
    /// Whether the user can fix it on the command line or in a settings file, and no operation failed.
    pub(crate) const fn is_usage(&self) -> bool {
        matches!(
            self,
            Self::Setting { .. }
                | Self::File { .. }
                | Self::Theme { .. }
                | Self::Mistrusted { .. }
                | Self::NoProfile { .. }
                | Self::Variable(_)
                | Self::Unreadable { .. }
                | Self::EmptySecret(..)
                | Self::NoToken
                | Self::Open { .. }
                | Self::NoText { .. }
        )
    }

    /// Creates the error for an invalid value of a setting.
    pub(super) fn value(name: &str, origin: &Origin, why: String) -> Self {
        let place = match origin {
            Origin::Flag(flag) => format!("--{flag}"),
            Origin::Variable(variable) => (*variable).to_owned(),
            Origin::File { file, line, .. } => format!("{}, line {line}: {name}", file.path.display()),
            Origin::Default => name.to_owned(),
        };
        Self::Setting { place, why }
    }
}
