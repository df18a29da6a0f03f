//! Settings of the process as a whole, made before anything else happens.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use signal_hook::consts::SIGXFSZ;
use signal_hook::flag;

/// A write beyond `ulimit -f` is an error (`EFBIG`), as on a full disk, instead of the end of the program.
///
/// The signal is handled and not ignored: the programs that maxtop starts would inherit that.
pub(crate) fn survive_file_size_limit() -> io::Result<()> {
    flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)))?;
    Ok(())
}

/// Passwords and tokens are in memory: nothing of it may be written to a core file, neither by the
/// kernel nor by a program that receives core dumps, which the limit does not stop.
pub(crate) fn forbid_core_dumps() -> io::Result<()> {
    let (_, hard) = getrlimit(Resource::RLIMIT_CORE)?;
    setrlimit(Resource::RLIMIT_CORE, 0, hard)?;
    #[cfg(target_os = "linux")]
    nix::sys::prctl::set_dumpable(false)?;
    Ok(())
}
