//! What is written, and where: results to stdout, complaints to stderr. Nothing but text.

use std::fmt::Display;
use std::io::{self, BufWriter, IsTerminal as _, Write};

use super::ascii::{Ascii, Escapes};
use super::exit::CommandError;

/// Where results go.
pub(super) type Out = Ascii<BufWriter<io::StdoutLock<'static>>>;

/// Large enough that a long list takes few writes.
const BUFFER: usize = 64 * 1024;

/// Writes a result to stdout, all of it or until the reader has had enough: a closed pipe is no
/// failure.
pub(super) fn print(write: impl FnOnce(&mut Out) -> io::Result<()>) -> Result<(), CommandError> {
    print_with(Escapes::None, write)
}

/// Writes a result to stdout in which other characters than ASCII become these escapes.
pub(super) fn print_with(
    escapes: Escapes,
    write: impl FnOnce(&mut Out) -> io::Result<()>,
) -> Result<(), CommandError> {
    let out = BufWriter::with_capacity(BUFFER, io::stdout().lock());
    let mut out = Ascii::new(out, escapes);
    let written = write(&mut out).and_then(|()| out.flush());
    if written.is_err() {
        // What is left in the buffer would be tried again when it is dropped.
        let _ = out.into_inner().into_parts();
    }
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(CommandError::Output(error)),
        _ => Ok(()),
    }
}

/// Returns the width of the terminal that stdout is, if it is one.
pub(super) fn terminal_width() -> Option<usize> {
    if !io::stdout().is_terminal() {
        return None;
    }
    let (columns, _) = crossterm::terminal::size().ok()?;
    (columns > 0).then_some(columns.into())
}

/// One line on stderr. If nobody can read it, there is nobody to tell.
pub(super) fn complain(what: &dyn Display) {
    let line = visible(&format!("maxtop: {what}"));
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// A line for the person who waits; nothing went wrong.
pub(super) fn remark(what: &str) {
    let _ = writeln!(io::stderr().lock(), "{}", visible(what));
}

/// Returns a line as it may be shown. Texts of an endpoint are sanitized already; those of the command
/// line and of the system are not.
pub(super) fn visible(text: &str) -> String {
    crate::model::visible(text).into_owned()
}
