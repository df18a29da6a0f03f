//! Whitespace of JSON, and a writer for it.

use std::io;

use serde::Serialize;
use serde_json::ser::Formatter;

use crate::demo::profile::{ParameterSupport, Pretty};

/// Whitespace between the tokens of JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// Indented by four spaces.
    Indented,
    /// One line, with blanks after commas and colons.
    Spaced,
    /// One line without blanks.
    Compact,
}

impl Layout {
    /// Returns the layout for the value of the parameter `pretty`.
    pub(super) fn of(pretty: Option<&str>, can: ParameterSupport) -> Self {
        let falsy = ["false", "no", "off", "0"];
        let indents = pretty.is_none_or(|value| match can.pretty {
            Pretty::Literal => value == "true",
            Pretty::Truthy => !falsy.contains(&value),
        });
        match (indents, can.spaced) {
            (true, _) => Self::Indented,
            (false, true) => Self::Spaced,
            (false, false) => Self::Compact,
        }
    }
}

/// Serializes a document of plain data, which always fits into JSON.
pub(super) fn dump<T: Serialize>(document: &T, layout: Layout) -> Vec<u8> {
    let mut out = Vec::with_capacity(4_096);
    let mut serializer = serde_json::Serializer::with_formatter(&mut out, LaidOut::new(layout));
    if document.serialize(&mut serializer).is_err() {
        out.clear();
    }
    out
}

/// Formatter for all layouts. One type keeps the generated code small: each type would need its own
/// serializer of every document.
struct LaidOut {
    layout: Layout,
    depth: usize,
    /// Whether the open array or object has an element.
    has_value: bool,
}

impl LaidOut {
    const fn new(layout: Layout) -> Self {
        Self {
            layout,
            depth: 0,
            has_value: false,
        }
    }

    fn open<W: ?Sized + io::Write>(&mut self, out: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.depth += 1;
        self.has_value = false;
        out.write_all(bracket)
    }

    fn close<W: ?Sized + io::Write>(&mut self, out: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.depth = self.depth.saturating_sub(1);
        if self.layout == Layout::Indented && self.has_value {
            self.break_line(out)?;
        }
        out.write_all(bracket)
    }

    fn separate<W: ?Sized + io::Write>(&self, out: &mut W, first: bool) -> io::Result<()> {
        match (self.layout, first) {
            (Layout::Indented, first) => {
                out.write_all(if first { b"" } else { b"," })?;
                self.break_line(out)
            }
            (_, true) => Ok(()),
            (Layout::Spaced, false) => out.write_all(b", "),
            (Layout::Compact, false) => out.write_all(b","),
        }
    }

    fn break_line<W: ?Sized + io::Write>(&self, out: &mut W) -> io::Result<()> {
        out.write_all(b"\n")?;
        (0..self.depth).try_for_each(|_| out.write_all(b"    "))
    }
}

impl Formatter for LaidOut {
    fn begin_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.open(out, b"[")
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.close(out, b"]")
    }

    fn begin_array_value<W: ?Sized + io::Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.separate(out, first)
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.has_value = true;
        Ok(())
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.open(out, b"{")
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.close(out, b"}")
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.separate(out, first)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(if self.layout == Layout::Compact {
            b":"
        } else {
            b": "
        })
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.has_value = true;
        Ok(())
    }
}
