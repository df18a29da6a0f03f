//! Changes values in the text of a configuration file. Keeps its comments and the order of its lines.
//!
//! Replaces the text of a value, or inserts a line. The result is accepted only if a parser finds exactly the
//! requested changes in it; a file in a form for which this fails is not changed.

use std::ops::Range;

use thiserror::Error;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::tables::PROFILE_TABLE;

/// A value to write, in the syntax of TOML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NewValue {
    pub(super) key: &'static str,
    pub(super) written: String,
}

/// Why a file is not changed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum EditError {
    /// The file is not TOML.
    #[error("it is not valid TOML: {0}")]
    Unreadable(String),
    /// The edited text does not have exactly the requested changes.
    #[error("its form cannot be changed safely; write it there: {0}")]
    Unsafe(String),
}

/// Returns the value of a key at the top of the file, or in a profile, as written in the file.
pub(super) fn written<'a>(
    text: &'a str,
    profile: Option<&str>,
    key: &str,
) -> Result<Option<&'a str>, EditError> {
    let file = parsed(text)?;
    let span = table(file.get_ref(), profile).and_then(|table| table.get(key));
    Ok(span.and_then(|value| text.get(value.span())))
}

/// Returns the text with this value at the top, or in a profile.
pub(super) fn edit(text: &str, profile: Option<&str>, new: &NewValue) -> Result<String, EditError> {
    let line = format!("{} = {}", new.key, new.written);
    let refused = || EditError::Unsafe(line.clone());
    let file = parsed(text)?;
    let owner = table(file.get_ref(), profile);
    let present = owner.and_then(|table| table.get(new.key));
    let edited = match present {
        Some(value) => replaced(text, value.span(), &new.written),
        None => insertion(text, profile, owner, new.key).and_then(|at| inserted(text, at, &line)),
    };
    let edited = edited.ok_or_else(refused)?;
    if is_as_requested(text, &edited, profile, new) {
        Ok(edited)
    } else {
        Err(refused())
    }
}

fn parsed(text: &str) -> Result<Spanned<DeTable<'_>>, EditError> {
    DeTable::parse(text).map_err(|error| EditError::Unreadable(error.message().replace('\n', " ")))
}

fn table<'v, 'i>(file: &'v DeTable<'i>, profile: Option<&str>) -> Option<&'v DeTable<'i>> {
    let Some(profile) = profile else {
        return Some(file);
    };
    let profiles = file.get(PROFILE_TABLE)?.get_ref().as_table()?;
    profiles.get(profile)?.get_ref().as_table()
}

/// Returns where a line for a new key begins: after the same key in a comment, otherwise after the last value of
/// the table, otherwise after its heading or at the start of the file.
fn insertion(text: &str, profile: Option<&str>, owner: Option<&DeTable<'_>>, key: &str) -> Option<usize> {
    let start = match profile {
        None => 0,
        Some(profile) => heading(text, profile)?,
    };
    let end = text.get(start..)?;
    let end = line_starts(end).find(|at| {
        end.get(*at..)
            .is_some_and(|rest| rest.trim_start().starts_with('['))
    });
    let end = end.map_or(text.len(), |end| start + end);
    let section = text.get(start..end)?;
    let is_example = |line: &&str| {
        let comment = line.trim_start().strip_prefix('#').map(str::trim_start);
        let rest = comment.and_then(|comment| comment.strip_prefix(key));
        rest.is_some_and(|rest| rest.trim_start().starts_with('='))
    };
    if let Some(example) = section.lines().find(is_example) {
        let offset = example.as_ptr() as usize - text.as_ptr() as usize;
        return line_end(text, offset + example.len());
    }
    let values = owner.into_iter().flatten().map(|(_, value)| value);
    let last = values.filter(|value| !matches!(value.get_ref(), DeValue::Table(_)));
    let last = last
        .map(|value| value.span().end)
        .filter(|at| (start..=end).contains(at));
    last.max().map_or(Some(start), |last| line_end(text, last))
}

/// Returns the position after the heading of a profile.
fn heading(text: &str, profile: &str) -> Option<usize> {
    let headings = [
        format!("[{PROFILE_TABLE}.{profile}]"),
        format!("[{PROFILE_TABLE}.\"{profile}\"]"),
        format!("[{PROFILE_TABLE}.'{profile}']"),
    ];
    let mut starts = std::iter::once(0).chain(line_starts(text));
    let start = starts.find(|at| {
        let line = text
            .get(*at..)
            .and_then(|rest| rest.lines().next())
            .unwrap_or_default();
        let code = line.split('#').next().unwrap_or_default().trim();
        headings.iter().any(|heading| heading == code)
    })?;
    line_end(text, start)
}

/// Returns the starts of all lines but the first.
fn line_starts(text: &str) -> impl Iterator<Item = usize> {
    text.match_indices('\n').map(|(at, _)| at + 1)
}

/// Returns the start of the next line.
fn line_end(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    Some(at + rest.find('\n').map_or(rest.len(), |end| end + 1))
}

fn replaced(text: &str, place: Range<usize>, new: &str) -> Option<String> {
    Some([text.get(..place.start)?, new, text.get(place.end..)?].concat())
}

fn inserted(text: &str, at: usize, line: &str) -> Option<String> {
    let (before, after) = text.split_at_checked(at)?;
    let gap = if before.is_empty() || before.ends_with('\n') {
        ""
    } else {
        "\n"
    };
    Some([before, gap, line, "\n", after].concat())
}

/// Whether a parser finds exactly the requested change.
fn is_as_requested(before: &str, after: &str, profile: Option<&str>, new: &NewValue) -> bool {
    let read = |text: &str| text.parse::<toml::Table>().ok();
    let (Some(mut expected), Some(found)) = (read(before), read(after)) else {
        return false;
    };
    let Some(value) = read(&format!("x = {}", new.written)).and_then(|mut table| table.remove("x")) else {
        return false;
    };
    let table = match profile {
        None => Some(&mut expected),
        Some(profile) => expected
            .get_mut(PROFILE_TABLE)
            .and_then(|profiles| profiles.get_mut(profile))
            .and_then(toml::Value::as_table_mut),
    };
    let Some(table) = table else {
        return false;
    };
    table.insert(new.key.to_owned(), value);
    expected == found
}

#[cfg(test)]
mod tests;
