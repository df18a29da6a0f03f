//! A line of the help: its text in parts with a style each.

use unicode_width::UnicodeWidthStr as _;

use crate::diagnosis::Severity;

/// Style of a part of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HelpStyle {
    /// A heading.
    Heading,
    /// A key, or the name of something.
    Name,
    /// A text.
    Plain,
    /// A text of less importance.
    Dim,
    /// A limit with the sign of severity `Look`.
    Look,
    /// A limit with the sign of severity `Act`.
    Act,
}

/// A line of the help.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct HelpLine {
    /// Its parts, from left to right.
    pub parts: Vec<(HelpStyle, String)>,
}

impl HelpLine {
    /// Creates an empty line.
    pub(super) const fn blank() -> Self {
        Self { parts: Vec::new() }
    }

    /// Creates a heading with a note at its right end, if it fits.
    pub(super) fn heading(text: &str, note: &str, width: usize) -> Self {
        let room = width.saturating_sub(text.width());
        let mut parts = vec![(HelpStyle::Heading, text.to_owned())];
        if !note.is_empty() && room > note.width() + 1 {
            parts.push((HelpStyle::Dim, format!("{note:>room$}")));
        }
        Self { parts }
    }

    /// Whether it is an empty line.
    pub(super) const fn is_blank(&self) -> bool {
        self.parts.is_empty()
    }

    /// Returns the whole text.
    pub(crate) fn text(&self) -> String {
        self.parts.iter().map(|(_, text)| text.as_str()).collect()
    }
}

/// Minimum width of a description beside a figure, in cells.
const MIN_ABOUT: usize = 16;

/// Creates the lines of an entry: a name, its description, and a figure at the right end of the first line.
/// The description is wrapped beside the name; a name that is too long is on a line of its own.
pub(super) fn entry(
    name: &str,
    about: &str,
    figure: &str,
    columns: (usize, usize),
    width: usize,
) -> Vec<HelpLine> {
    let (name_width, figure_width) = columns;
    // On a narrow screen the text needs the room of the figure, which follows it.
    if figure_width > 0 && width < name_width + figure_width + MIN_ABOUT {
        let mut lines = entry(name, about, "", (name_width, 0), width);
        let mut parts = vec![(HelpStyle::Plain, " ".repeat(name_width))];
        parts.extend(limits(figure));
        lines.push(HelpLine { parts });
        return lines;
    }
    let room = width.saturating_sub(name_width + figure_width).max(1);
    let mut lines = Vec::new();
    let mut head = name;
    if name.width() >= name_width {
        lines.push(HelpLine {
            parts: vec![(HelpStyle::Name, name.to_owned())],
        });
        head = "";
    }
    for (place, text) in wrapped(about, room).into_iter().enumerate() {
        let (name, figure) = if place == 0 { (head, figure) } else { ("", "") };
        let pad = name_width.saturating_sub(name.width());
        let mut parts = vec![
            (HelpStyle::Name, format!("{name}{:pad$}", "")),
            (HelpStyle::Plain, text.clone()),
        ];
        if !figure.is_empty() {
            let gap = (room.saturating_sub(text.width()) + figure_width).saturating_sub(figure.width());
            parts.push((HelpStyle::Plain, " ".repeat(gap)));
            parts.extend(limits(figure));
        }
        lines.push(HelpLine { parts });
    }
    lines
}

/// Splits the limits of a reason, each with the style of its sign.
pub(super) fn limits(text: &str) -> impl Iterator<Item = (HelpStyle, String)> {
    text.split_inclusive(", ").map(|limit| {
        let style = if limit.starts_with(Severity::Act.glyph()) {
            HelpStyle::Act
        } else if limit.starts_with(Severity::Look.glyph()) {
            HelpStyle::Look
        } else {
            HelpStyle::Plain
        };
        (style, limit.to_owned())
    })
}

/// Wraps a text at blanks. A word that is longer than the width stays whole.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.width() + 1 + word.width() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Creates lines of several keys each, in columns.
pub(super) fn key_columns(keys: &[(String, &str)], width: usize) -> Vec<HelpLine> {
    let name_width = keys.iter().map(|(key, _)| key.width()).max().unwrap_or(0) + 1;
    let about_width = keys.iter().map(|(_, about)| about.width()).max().unwrap_or(0) + 2;
    let columns = (width / (name_width + about_width)).max(1);
    let line = |keys: &[(String, &str)]| HelpLine {
        parts: keys
            .iter()
            .flat_map(|(key, about)| {
                let pads = (
                    name_width.saturating_sub(key.width()),
                    about_width.saturating_sub(about.width()),
                );
                let name = (HelpStyle::Name, format!("{key}{:1$}", "", pads.0));
                let pad = (HelpStyle::Plain, " ".repeat(pads.1));
                std::iter::once(name).chain(limits(about)).chain([pad])
            })
            .collect(),
    };
    keys.chunks(columns).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_wrapped_beside_its_name_and_nothing_is_cut() {
        let about = "waits for a metadata lock of a table that another session uses";
        for width in 20..90 {
            let lines = entry("metadata-lock", about, "1m", (16, 4), width);
            assert!(
                lines.iter().all(|line| line.text().width() <= width.max(28)),
                "{width}"
            );
            let text: Vec<_> = lines.iter().map(HelpLine::text).collect();
            let words = text.join(" ");
            for word in about.split(' ').chain(["metadata-lock", "1m"]) {
                assert!(words.contains(word), "{width}: {word} in {words}");
            }
        }
    }
}
