//! Files that lines are appended to: readable by their owner only, never a link or a pipe.

use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use nix::libc::{ELOOP, ENXIO, O_NOFOLLOW, O_NONBLOCK};
use nix::unistd::{AccessFlags, Uid, User, access, geteuid};

/// File mode: only the owner may read which sessions were killed, and why.
const OWNER_ONLY: u32 = 0o600;

/// Opens for appending, without following a link and without waiting for the reader of a pipe.
pub(super) fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options
        .read(true)
        .append(true)
        .mode(OWNER_ONLY)
        .create(true)
        .custom_flags(O_NOFOLLOW | O_NONBLOCK);
    let file = options.open(path).map_err(in_words)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    if !is_trusted(metadata.uid(), geteuid()) {
        return Err(io::Error::other(
            "it belongs to another user, who could rewrite it",
        ));
    }
    if metadata.mode() & 0o077 != 0 {
        if metadata.uid() != geteuid().as_raw() {
            return Err(io::Error::other("others can read or write it"));
        }
        file.set_permissions(Permissions::from_mode(OWNER_ONLY))?;
    }
    Ok(file)
}

/// Checks that [`open`] would succeed, and that missing directories could be created. Creates nothing.
pub(super) fn check_appendable(path: &Path) -> io::Result<()> {
    if path.symlink_metadata().is_ok() {
        return open(path).map(drop);
    }
    let there = directory(path).ancestors().find(|path| path.exists());
    let there = there.unwrap_or_else(|| Path::new("."));
    if !there.is_dir() {
        return Err(io::Error::from(io::ErrorKind::NotADirectory));
    }
    Ok(access(there, AccessFlags::W_OK | AccessFlags::X_OK)?)
}

/// Returns the error of opening a file with `O_NOFOLLOW`, with words for a link and for a pipe without a reader.
pub(super) fn in_words(error: io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(ELOOP) => io::Error::other("it is a symbolic link, which is not followed"),
        Some(ENXIO) => io::Error::other("it is not a regular file"),
        _ => error,
    }
}

/// Whether the owner of a file is the user who runs the program, or root.
pub(super) fn is_trusted(owner: u32, user: Uid) -> bool {
    owner == user.as_raw() || owner == 0
}

/// Creates the missing directories. The name of each is on disk when this returns, because it is stored
/// in the directory above.
pub(super) fn make_directories(innermost: &Path) -> io::Result<()> {
    let named = innermost.ancestors().filter(|path| !path.as_os_str().is_empty());
    let missing: Vec<_> = named.take_while(|path| !path.exists()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    DirBuilder::new().recursive(true).mode(0o700).create(innermost)?;
    for made in missing {
        File::open(directory(made))?.sync_all()?;
    }
    Ok(())
}

/// Returns the directory of a file.
pub(super) fn directory(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Whether the last writer was interrupted within a line.
pub(super) fn ends_within_a_line(file: &mut File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

/// Returns the owner of the file. If the file does not exist, of the nearest existing directory.
pub(super) fn owner(path: &Path) -> Option<String> {
    let metadata = path.ancestors().find_map(|path| path.symlink_metadata().ok())?;
    let name = User::from_uid(Uid::from_raw(metadata.uid())).ok().flatten();
    Some(name.map_or_else(|| format!("uid {}", metadata.uid()), |user| user.name))
}
