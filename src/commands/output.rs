//! Writes results to stdout and messages to stderr, as plain text.

use std::fmt::Display;
use std::io::{self, BufWriter, IsTerminal as _, Write};

use super::ascii::{Ascii, Escapes};
use super::exit::CommandError;
use crate::model::counted;
use crate::ui::cut::wrap;

/// The writer for results.
pub(super) type Out = Ascii<BufWriter<io::StdoutLock<'static>>>;

/// Minimum width of a terminal at which notes are wrapped.
const MIN_WRAPPED: usize = 20;

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

/// Returns the width of stdout: that of `COLUMNS`, otherwise of the terminal. `None` for no limit: if `COLUMNS` is 0,
/// and for other output.
pub(super) fn terminal_width() -> Option<usize> {
    if !io::stdout().is_terminal() {
        return None;
    }
    let given = std::env::var("COLUMNS").ok();
    if let Some(columns) = given.and_then(|columns| columns.trim().parse::<usize>().ok()) {
        return (columns > 0).then_some(columns);
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

/// Prints a usage error on stderr. It is wrapped like a note, because it may contain a list of names.
pub(super) fn complain_of_usage(what: &dyn Display) {
    remark(&format!("maxtop: {what}"));
}

/// Prints a note on stderr that is not an error. On a terminal it is wrapped at words.
pub(super) fn remark(what: &str) {
    let line = visible(what);
    let columns = crossterm::terminal::size().map_or(0, |(columns, _)| usize::from(columns));
    let line = if io::stderr().is_terminal() && columns >= MIN_WRAPPED {
        wrap(&line, columns).join("\n")
    } else {
        line
    };
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// Returns a line that is safe to print. Text of an endpoint is sanitized already; text of the command line and
/// of the system is not.
pub(super) fn visible(text: &str) -> String {
    crate::model::visible(text).into_owned()
}
