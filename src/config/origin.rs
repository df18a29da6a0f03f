//! Where a value comes from, and the value as it was given.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretString};

/// Where a value comes from.
#[derive(Clone, Debug)]
pub enum Origin {
    /// The option with this name.
    Flag(&'static str),
    /// This environment variable.
    Variable(&'static str),
    /// A file.
    File {
        /// Which.
        file: Arc<SourceFile>,
        /// Where in it, from 1.
        line: usize,
        /// In which profile.
        profile: Option<Arc<str>>,
    },
    /// Nobody said anything.
    Default,
}

/// A file that was read.
#[derive(Debug)]
pub struct SourceFile {
    /// As it was opened.
    pub path: Box<Path>,
}

/// A value as it was given. Any of them could be a secret, so none is shown by mistake.
#[derive(Clone, Debug)]
pub struct SourceValue {
    text: SecretString,
    /// Where it comes from.
    pub origin: Origin,
}

impl SourceValue {
    /// A value from there.
    pub(super) fn new(text: impl Into<String>, origin: Origin) -> Self {
        Self {
            text: text.into().into(),
            origin,
        }
    }

    /// The value; whoever shows it minds whether the setting is a secret.
    pub(super) fn text(&self) -> &str {
        self.text.expose_secret()
    }

    /// Nothing was given, which takes back what a lower layer says.
    pub(super) fn is_empty(&self) -> bool {
        self.text().is_empty()
    }
}

/// `--user`, `MAXTOP_USER`, `profile prod, config.toml line 3`, `default`.
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) => write!(f, "--{name}"),
            Self::Variable(name) => f.write_str(name),
            Self::File { file, line, profile } => {
                let name = file.path.file_name().unwrap_or_default().display();
                match profile {
                    Some(profile) => write!(f, "profile {profile}, {name} line {line}"),
                    None => write!(f, "{name} line {line}"),
                }
            }
            Self::Default => f.write_str("default"),
        }
    }
}
