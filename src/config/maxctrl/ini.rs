//! Parses the INI format of the npm package `ini`: `;` and `#` start a comment unless quoted or escaped by a
//! backslash, and a key without a value is true.
//!
//! Some options that maxctrl ignores are accepted because their meaning is clear: in a file without sections,
//! after a byte order mark, with leading dashes or with underscores. Everything else that is not understood is
//! an error with its line.

use crate::config::file::MAXCTRL;

/// Short names of options that have a meaning here.
const SHORT: [(&str, &str); 6] = [
    ("u", "user"),
    ("p", "password"),
    ("h", "hosts"),
    ("t", "timeout"),
    ("s", "secure"),
    ("n", "tls-verify-server-cert"),
];

/// An option in the file.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::config) struct IniEntry {
    /// Long name of the option.
    pub(in crate::config) name: String,
    pub(in crate::config) value: String,
    /// Line number, from 1.
    pub(in crate::config) line: usize,
    /// Whether it adds a value to a list: `hosts[] = db1:8989`.
    pub(in crate::config) adds: bool,
}

/// A line that cannot be parsed, and why.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::config) struct Unclear {
    pub(in crate::config) line: usize,
    pub(in crate::config) why: String,
}

/// Position of a line relative to the section `[maxctrl]`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    BeforeSections,
    Inside,
    OtherSection,
}

/// Returns the options of the section `[maxctrl]`, or all options of a file without sections.
pub(in crate::config) fn entries(text: &str) -> Result<Vec<IniEntry>, Unclear> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut place = Place::BeforeSections;
    let (mut before, mut inside) = (Vec::new(), Vec::new());
    let (mut other, mut is_there) = (None, false);
    for (line, text) in (1..).zip(text.lines().map(str::trim)) {
        if text.is_empty() || text.starts_with([';', '#']) {
        } else if text.starts_with('[') {
            if section(text, line)?.eq_ignore_ascii_case(MAXCTRL) {
                (place, is_there) = (Place::Inside, true);
            } else {
                place = Place::OtherSection;
                other = other.or(Some(line));
            }
        } else if place == Place::Inside {
            inside.push(entry(text, line)?);
        } else if place == Place::BeforeSections {
            before.push(entry(text, line)?);
        }
    }
    match (is_there, before.first(), other) {
        (true, None, _) => Ok(inside),
        (true, Some(entry), _) => Err(entry.unclear("it is above the section [maxctrl]: move it below")),
        (false, _, None) => Ok(before),
        (false, _, Some(line)) => Err(Unclear {
            line,
            why: "the file has no section [maxctrl]".to_owned(),
        }),
    }
}

impl IniEntry {
    fn unclear(&self, why: &str) -> Unclear {
        Unclear {
            line: self.line,
            why: format!("{}: {why}", self.name),
        }
    }
}

/// Returns the name of a section. A comment may follow it.
fn section(text: &str, line: usize) -> Result<&str, Unclear> {
    let name = text.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    name.map(|(name, _)| name.trim()).ok_or_else(|| Unclear {
        line,
        why: "a section ends with ']'".to_owned(),
    })
}

fn entry(text: &str, line: usize) -> Result<IniEntry, Unclear> {
    let (name, value) = text
        .split_once('=')
        .map_or((text, "true".to_owned()), |(name, value)| (name, unquoted(value)));
    let name = unquoted(name);
    let (name, adds) = name
        .strip_suffix("[]")
        .map_or((name.as_str(), false), |name| (name, true));
    let entry = IniEntry {
        name: long_name(name),
        value,
        line,
        adds,
    };
    if entry.name.is_empty() || entry.name.contains(char::is_whitespace) {
        // The line is not repeated: it could be a secret.
        let why = "expected 'option = value'".to_owned();
        return Err(Unclear { line, why });
    }
    if adds && entry.name != "hosts" {
        return Err(entry.unclear("only hosts can be a list: remove the []"));
    }
    Ok(entry)
}

/// Returns the long name of an option: `tls-cert` for `--tls_cert`, `user` for `-u`.
fn long_name(written: &str) -> String {
    let name = written.trim().trim_start_matches('-').replace('_', "-");
    let long = SHORT.iter().find(|(short, _)| *short == name);
    long.map_or(name, |(_, long)| (*long).to_owned())
}

/// Returns a value without its quotes, or without its comment.
fn unquoted(written: &str) -> String {
    let written = written.trim();
    if let Some(inner) = written
        .strip_prefix('\'')
        .and_then(|text| text.strip_suffix('\''))
    {
        return inner.to_owned();
    }
    if written.len() > 1 && written.starts_with('"') && written.ends_with('"') {
        return serde_json::from_str(written).unwrap_or_else(|_| written.to_owned());
    }
    let mut value = String::with_capacity(written.len());
    let mut characters = written.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            ';' | '#' => break,
            '\\' => match characters.next_if(|next| matches!(next, '\\' | ';' | '#')) {
                Some(escaped) => value.push(escaped),
                None => value.push(c),
            },
            c => value.push(c),
        }
    }
    value.trim_end().to_owned()
}
