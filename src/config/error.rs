//! Why the settings cannot be used: what, why, what to try.

use std::io;

use thiserror::Error;

use super::origin::Origin;
use super::trust::UnsafeFile;

/// A setting that cannot be used. Never holds a secret.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// A value that cannot be used, and where it stands.
    #[error("{place}: {why}")]
    Setting {
        /// `--sort`, `MAXTOP_USER`, `/home/a/.config/maxtop/config.toml, line 3: sort`.
        place: String,
        /// What was expected, and what was found.
        why: String,
    },
    /// A file with settings that cannot be read.
    #[error("the configuration file {path}: {why}")]
    File {
        /// Which.
        path: String,
        /// Where in it, and why.
        why: String,
    },
    /// A file with settings that others could have written or read.
    #[error("{path}: {why}")]
    Mistrusted {
        /// Which.
        path: String,
        /// Why.
        why: UnsafeFile,
    },
    /// No profile has this name.
    #[error("--profile: there is no profile '{name}': {instead}")]
    NoProfile {
        /// As given.
        name: String,
        /// What was probably meant, or what there is.
        instead: String,
    },
    /// A file with a secret or a certificate cannot be read.
    #[error("cannot read the {what} {path}: {source}")]
    Unreadable {
        /// `password file`.
        what: &'static str,
        /// Which.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// A password file without a password.
    #[error("the password file {0} is empty: write the password into it")]
    EmptyPassword(String),
    /// Others can read a file with a secret.
    #[error("the {what} {path} can be read by others (mode {mode:03o}): chmod 600 it")]
    Open {
        /// `password file`.
        what: &'static str,
        /// Which.
        path: String,
        /// Its permissions.
        mode: u32,
    },
    /// It is no text.
    #[error("the {what} {path} holds no text")]
    NoText {
        /// `password file`.
        what: &'static str,
        /// Which.
        path: String,
    },
    /// The command that prints the password did not.
    #[error("the password command ({place}) {why}")]
    PasswordCommand {
        /// Where it stands.
        place: String,
        /// What it did instead.
        why: String,
    },
    /// The variable holds no text.
    #[error("{0} is no valid text")]
    Variable(&'static str),
}

impl ConfigError {
    /// Whether it is the asker's to put right on the command line or in a file of settings, rather
    /// than something that failed.
    pub const fn is_usage(&self) -> bool {
        matches!(
            self,
            Self::Setting { .. }
                | Self::File { .. }
                | Self::Mistrusted { .. }
                | Self::NoProfile { .. }
                | Self::Variable(_)
        )
    }

    /// A value of the setting with this name, from there, that cannot be used.
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
