//! The help, generated from the tables of keys, fields and columns.

use ratatui::Frame;
use ratatui::text::{Line, Span};

use super::draw::{dialog_box, lines};
use super::theme::Theme;
use crate::app::columns::{COLUMNS, Column};
use crate::app::groups::columns::{GROUP_COLUMNS, GroupColumn};
use crate::app::keymap::{BINDINGS, Binding, KeyContext};
use crate::app::remap::RemappedKeys;
use crate::diagnosis::REASONS;
use crate::filter::FIELDS;
use crate::model::IDLE_MEANINGS;

/// Contexts in which keys are explained, with their headings.
const SECTIONS: [(KeyContext, &str); 10] = [
    (KeyContext::Table, "EVERYWHERE"),
    (KeyContext::Groups, "GROUPS"),
    (KeyContext::Detail, "DETAILS"),
    (KeyContext::Dialog, "KILL DIALOG"),
    (KeyContext::Prompt, "FILTER"),
    (KeyContext::Search, "SEARCH"),
    (KeyContext::Copy, "MENU OF COPIES"),
    (KeyContext::Blockers, "BLOCKERS"),
    (KeyContext::Servers, "SERVERS"),
    (KeyContext::Columns, "CHOOSING COLUMNS"),
];

/// Syntax of filters, with examples. The fields have their own table.
const LANGUAGE: [(&str, &str); 8] = [
    ("etl", "searches every text for a word, ignoring case"),
    ("user=app*", "= and != accept * and ?, match case; user= is empty"),
    ("service~'^Rep'", "~ matches a regular expression"),
    ("idle>1h30m", "< <= > >= compare numbers, durations and sizes"),
    ("memory>2MiB", "kB is 1000, KiB 1024"),
    (
        "not a (b or c)",
        "precedence: not, then and (or only a blank), then or",
    ),
    ("known(idle)", "whether the value is known; unknown never matches"),
    ("'a b'", "quotes ' or \" around a value with blanks or operators"),
];

/// Draws the help over everything, from line `top` on. Returns the last line that it can be scrolled
/// to.
pub(super) fn draw(keys: &RemappedKeys, top: usize, theme: &Theme, frame: &mut Frame<'_>) -> usize {
    let text = text(keys, theme);
    let screen = frame.area();
    let height = u16::try_from(text.len() + 2)
        .unwrap_or(u16::MAX)
        .min(screen.height);
    let title = Line::from(Span::styled(" maxtop: keys, filter, columns ", theme.strong));
    let inner = dialog_box(theme, title, (76, height), frame.buffer_mut());
    let last = text.len().saturating_sub(usize::from(inner.height));
    lines(text.into_iter().skip(top.min(last)), inner, frame.buffer_mut());
    last
}

fn text<'a>(keys: &RemappedKeys, theme: &Theme) -> Vec<Line<'a>> {
    let mut text = Vec::new();
    for (context, heading) in SECTIONS {
        text.push(Line::styled(heading, theme.strong));
        let listed = BINDINGS
            .iter()
            .filter(|binding| binding.context == context && !binding.about.is_empty());
        text.extend(listed.map(|binding| key_line(binding, keys, theme)));
        text.push(Line::default());
    }
    text.push(Line::styled("FILTER LANGUAGE", theme.strong));
    text.extend(
        LANGUAGE
            .iter()
            .map(|(written, about)| entry(written, about, theme)),
    );
    text.extend(FIELDS.iter().map(|field| entry(field.name, field.about, theme)));
    text.push(Line::default());
    text.push(Line::styled("COLUMNS", theme.strong));
    text.extend(
        COLUMNS
            .iter()
            .map(|column| entry(title(column), column.about, theme)),
    );
    text.push(Line::default());
    text.push(Line::styled("COLUMNS OF GROUPS", theme.strong));
    text.extend(
        GROUP_COLUMNS
            .iter()
            .map(|column| entry(group_title(column), column.about, theme)),
    );
    text.push(Line::default());
    text.push(Line::styled("IDLE, BY RELEASE OF MAXSCALE", theme.strong));
    text.extend(IDLE_MEANINGS.iter().flat_map(|idle| {
        [
            entry(idle.name, idle.about, theme),
            entry("", idle.releases, theme),
        ]
    }));
    text.push(Line::default());
    text.push(Line::styled("WHY", theme.strong));
    text.extend(
        REASONS
            .iter()
            .map(|reason| entry(reason.name, reason.about, theme)),
    );
    text
}

/// Returns the heading of a column, or its name if the column is too narrow for one.
const fn title(column: &Column) -> &'static str {
    if column.heading.is_empty() {
        column.name
    } else {
        column.heading
    }
}

/// Returns the heading of a group column. The first column has the field that sessions are grouped by.
const fn group_title(column: &GroupColumn) -> &'static str {
    if column.heading.is_empty() {
        "USER …"
    } else {
        column.heading
    }
}

fn entry<'a>(name: &str, about: &'static str, theme: &Theme) -> Line<'a> {
    Line::from(vec![
        Span::styled(format!("{name:<16}"), theme.input),
        Span::raw(about),
    ])
}

fn key_line<'a>(binding: &'static Binding, keys: &RemappedKeys, theme: &Theme) -> Line<'a> {
    entry(&keys.shown(binding), binding.about, theme)
}
