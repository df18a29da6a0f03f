//! Whether a file is its owner's alone. What is judged is the file that was opened, not a name that
//! may change meanwhile.

use std::fs::{File, Metadata};
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use nix::unistd::Uid;
use thiserror::Error;

use super::ConfigError;

/// Larger files hold neither settings nor keys.
const LARGEST: u64 = 1024 * 1024;

/// Why a file is not trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Mistrust {
    /// It belongs to somebody who is neither root nor who runs this.
    #[error("it belongs to somebody else (uid {0}): chown it, or copy it")]
    Owner(u32),
    /// Others can write it.
    #[error("others can write it (mode {0:03o}): chmod go-w it")]
    Writable(u32),
    /// Others can read it.
    #[error("it holds a password and others can read it (mode {0:03o}): chmod 600 it")]
    Readable(u32),
}

impl Mistrust {
    /// Whether somebody else could have written it.
    pub(super) fn of_writing(metadata: &Metadata) -> Option<Self> {
        let (owner, mode) = (metadata.uid(), metadata.mode() & 0o777);
        if owner != 0 && owner != Uid::effective().as_raw() {
            Some(Self::Owner(owner))
        } else {
            (mode & 0o022 != 0).then_some(Self::Writable(mode))
        }
    }

    /// Whether somebody else can read it.
    pub(super) fn of_reading(metadata: &Metadata) -> Option<Self> {
        let mode = metadata.mode() & 0o777;
        (mode & 0o077 != 0).then_some(Self::Readable(mode))
    }
}

/// A file that was opened, and what it holds. A pipe is one too, so that a shell's `<(…)` works.
pub(super) fn read(path: &Path) -> io::Result<(Metadata, Vec<u8>)> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(io::Error::other("it is larger than 1 MiB"));
    }
    Ok((metadata, bytes))
}

/// What a file holds that nobody but its owner may read.
pub(super) fn read_secret(what: &'static str, path: &Path) -> Result<String, ConfigError> {
    let shown = || path.display().to_string();
    let (metadata, bytes) = read(path).map_err(|source| ConfigError::Unreadable {
        what,
        path: shown(),
        source,
    })?;
    if let Some(Mistrust::Readable(mode)) = Mistrust::of_reading(&metadata) {
        return Err(ConfigError::Open {
            what,
            path: shown(),
            mode,
        });
    }
    String::from_utf8(bytes).map_err(|_| ConfigError::NoText { what, path: shown() })
}
