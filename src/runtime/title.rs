//! The bell and the title of the terminal, as bytes. Saves and restores the title for a program without a screen; for
//! the screen `terminal` does so.

use std::sync::atomic::{AtomicBool, Ordering};

use super::terminal::{is_linux_console, write_patiently};

/// Rings the terminal's bell.
pub(crate) const BELL: &[u8] = b"\x07";
/// Puts the title on the terminal's stack.
pub(super) const SAVE_TITLE: &[u8] = b"\x1b[22;2t";
/// Takes the title from the terminal's stack.
pub(super) const RESTORE_TITLE: &[u8] = b"\x1b[23;2t";

/// Whether the title is on the terminal's stack.
static IS_SAVED: AtomicBool = AtomicBool::new(false);

/// Whether the terminal has a title. The Linux console has none.
pub(crate) fn has_title() -> bool {
    !is_linux_console()
}

/// Returns the sequence that sets the title (OSC 2). The text must be sanitized: a control character would end the
/// sequence.
pub(crate) fn set_title(text: &str) -> Vec<u8> {
    [b"\x1b]2;", text.as_bytes(), b"\x1b\\"].concat()
}

/// Returns the sequence that saves the title. `None` if it is saved already.
pub(crate) fn save_title() -> Option<&'static [u8]> {
    (!IS_SAVED.swap(true, Ordering::SeqCst)).then_some(SAVE_TITLE)
}

/// Restores the title, if it is saved.
pub(crate) fn restore_title() {
    if IS_SAVED.swap(false, Ordering::SeqCst) {
        write_patiently(RESTORE_TITLE.to_vec());
    }
}

/// Installs a panic hook that restores the title.
pub(crate) fn restore_title_on_panic() {
    let end = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        restore_title();
        end(panic);
    }));
}
