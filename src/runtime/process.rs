//! Settings of the process at its start, and the wait at its end.

use std::io::{self, IsTerminal as _};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::Duration;

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::unistd::{Pid, getsid};
use signal_hook::consts::SIGXFSZ;
use signal_hook::flag;

/// Makes a write beyond `ulimit -f` an error (`EFBIG`), as on a full disk, instead of the end of the
/// program.
///
/// The signal is handled and not ignored, because programs started by maxtop would inherit that.
pub(crate) fn survive_file_size_limit() -> io::Result<()> {
    flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)))?;
    Ok(())
}

/// Size from which a buffer has memory pages of its own, which the system gets back when it is freed. Must be
/// above the usual buffers, because new pages are slow.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const OWN_PAGES_SIZE: i32 = 256 * 1024;

/// Makes the allocator of glibc return the memory of large buffers at once. By default it raises the size with every
/// large buffer that is freed, up to 32 MB, and keeps what is smaller.
pub(crate) fn return_large_buffers() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        #[expect(unsafe_code, reason = "the C library has no other interface")]
        // SAFETY: mallopt takes two numbers, locks the allocator, and is called before other threads exist. A failure
        // changes nothing.
        let _ = unsafe { nix::libc::mallopt(nix::libc::M_MMAP_THRESHOLD, OWN_PAGES_SIZE) };
    }
}

/// Installs a panic hook: a panic in any thread or task prints its message and exits with 101.
///
/// A release does not unwind, so destructors do not run after a panic: what must be restored is restored by
/// a hook that runs before this one.
pub(crate) fn end_on_panic() {
    let say = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        say(panic);
        deliver_output();
        std::process::exit(101);
    }));
}

/// Time in which the kernel delivers the last output of a pseudo-terminal.
const DELIVERY_TIME: Duration = Duration::from_millis(50);

/// Waits until the last output has reached the terminal's other side.
///
/// The end of a session's leader (`ssh -t HOST maxtop`, `docker run -t`) closes its terminal. On Linux the
/// other side can then read the hang-up before the last output, and most programs stop reading there:
/// the last lines are lost, or the end of the alternate screen. The system does not report the delivery;
/// `tcdrain` does not wait for it.
pub(crate) fn deliver_output() {
    let leads_session = getsid(None).is_ok_and(|session| session == Pid::this());
    if leads_session && (io::stdout().is_terminal() || io::stderr().is_terminal()) {
        thread::sleep(DELIVERY_TIME);
    }
}

/// Disables core dumps, because passwords and tokens are in memory. Covers dumps by the kernel and by a
/// program that receives them, which the limit does not stop.
pub(crate) fn forbid_core_dumps() -> io::Result<()> {
    let (_, hard) = getrlimit(Resource::RLIMIT_CORE)?;
    setrlimit(Resource::RLIMIT_CORE, 0, hard)?;
    #[cfg(target_os = "linux")]
    nix::sys::prctl::set_dumpable(false)?;
    Ok(())
}
