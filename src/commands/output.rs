//! Writes results to stdout and messages to stderr, as plain text.

use std::fmt::Display;
use std::io::{self, BufWriter, IsTerminal as _, Write};

use super::ascii::{Ascii, Escapes};
use super::exit::CommandError;
use crate::model::counted;

/// The writer for results.
pub(super) type Out = Ascii<BufWriter<io::StdoutLock<'static>>>;

/// Size of the output buffer, in bytes. Large enough that a long list takes few writes.
const BUFFER: usize = 64 * 1024;

/// Writes a result to stdout. A closed pipe is not an error.
pub(super) fn print(write: impl FnOnce(&mut Out) -> io::Result<()>) -> Result<(), CommandError> {
    print_with(Escapes::None, write)
}

/// Writes a result to stdout, escaping characters outside of ASCII as `escapes` says.
pub(super) fn print_with(
    escapes: Escapes,
    write: impl FnOnce(&mut Out) -> io::Result<()>,
) -> Result<(), CommandError> {
    let out = BufWriter::with_capacity(BUFFER, io::stdout().lock());
    let mut out = Ascii::new(out, escapes);
    let written = write(&mut out).and_then(|()| out.flush());
    if written.is_err() {
        // Dropping the writer would try to write the rest of the buffer again.
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

/// Returns how many unreadable fields were left blank, as text.
pub(super) fn left_blank(fields: u32) -> String {
    format!("left blank: {} that cannot be read", counted(fields, "field"))
}

/// Prints an error or warning on stderr. Ignores write errors, because there is no other place to report them.
pub(super) fn complain(what: &dyn Display) {
    log::warn!(target: "program", "{what}");
    let line = visible(&format!("maxtop: {what}"));
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// Prints a note on stderr that is not an error.
pub(super) fn remark(what: &str) {
    let _ = writeln!(io::stderr().lock(), "{}", visible(what));
}

/// Returns a line that is safe to print. Text of an endpoint is sanitized already; text of the command line and
/// of the system is not.
pub(super) fn visible(text: &str) -> String {
    crate::model::visible(text).into_owned()
}
