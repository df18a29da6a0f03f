//! The help: the table of keys, as it is dispatched.

use ratatui::Frame;
use ratatui::text::{Line, Span};

use super::draw::{dialog_box, lines};
use super::theme::Theme;
use crate::app::columns::COLUMNS;
use crate::app::keymap::{BINDINGS, Binding, Context};

/// The contexts in which keys are explained, with their headings.
const SECTIONS: [(Context, &str); 4] = [
    (Context::Table, "EVERYWHERE"),
    (Context::Detail, "DETAILS"),
    (Context::Dialog, "KILL DIALOG"),
    (Context::Prompt, "FILTER"),
];

/// Draws the help over everything, from this line on; says how far it can be scrolled.
pub(super) fn draw(top: usize, theme: &Theme, frame: &mut Frame<'_>) -> usize {
    let text = text(theme);
    let screen = frame.area();
    let height = u16::try_from(text.len() + 2)
        .unwrap_or(u16::MAX)
        .min(screen.height);
    let title = Line::from(Span::styled(" maxtop: keys and columns ", theme.strong));
    let inner = dialog_box(theme, title, (76, height), frame.buffer_mut());
    let last = text.len().saturating_sub(usize::from(inner.height));
    lines(text.into_iter().skip(top.min(last)), inner, frame.buffer_mut());
    last
}

fn text<'a>(theme: &Theme) -> Vec<Line<'a>> {
    let mut text = Vec::new();
    for (context, heading) in SECTIONS {
        text.push(Line::styled(heading, theme.strong));
        let listed = BINDINGS
            .iter()
            .filter(|binding| binding.context == context && !binding.about.is_empty());
        text.extend(listed.map(|binding| key_line(binding, theme)));
        text.push(Line::default());
    }
    text.push(Line::styled("COLUMNS", theme.strong));
    text.extend(COLUMNS.iter().map(|column| {
        Line::from(vec![
            Span::styled(format!("{:<16}", column.heading), theme.input),
            Span::raw(column.about),
        ])
    }));
    text
}

fn key_line<'a>(binding: &Binding, theme: &Theme) -> Line<'a> {
    Line::from(vec![
        Span::styled(format!("{:<16}", binding.shown), theme.input),
        Span::raw(binding.about),
    ])
}
