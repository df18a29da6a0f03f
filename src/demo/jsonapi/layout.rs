//! How JSON is laid out, and writing it so.
//!
//! Who may enter: the JSON:API dialect.

use std::io;

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter};

use crate::demo::profile::{Parameters, Pretty};

/// How JSON is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// Indented by four spaces.
    Indented,
    /// One line, with blanks behind commas and colons.
    Spaced,
    /// One line.
    Compact,
}

impl Layout {
    /// What the parameter `pretty` asks for.
    pub(super) fn of(pretty: Option<&str>, can: Parameters) -> Self {
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

/// JSON. The documents are plain data, which it can always hold.
pub(super) fn dump<T: Serialize>(document: &T, layout: Layout) -> Vec<u8> {
    match layout {
        Layout::Indented => dump_with(document, PrettyFormatter::with_indent(b"    ")),
        Layout::Spaced => dump_with(document, SpacedFormatter),
        Layout::Compact => dump_with(document, CompactFormatter),
    }
}

fn dump_with<T: Serialize>(document: &T, formatter: impl Formatter) -> Vec<u8> {
    let mut out = Vec::with_capacity(4_096);
    let mut serializer = serde_json::Serializer::with_formatter(&mut out, formatter);
    if document.serialize(&mut serializer).is_err() {
        out.clear();
    }
    out
}

/// One line, with blanks behind commas and colons.
struct SpacedFormatter;

impl Formatter for SpacedFormatter {
    fn begin_array_value<W: ?Sized + io::Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        out.write_all(if first { b"" } else { b", " })
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        out.write_all(if first { b"" } else { b", " })
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b": ")
    }
}
