//! Why the session is stuck: every reason with its evidence, the strongest first. Without a reason
//! there is no section.

use ratatui::text::{Line, Span};

use super::Pen;
use crate::app::detail::DetailPane;
use crate::ui::draw::wrap;

/// The section.
pub(super) fn section<'a>(pane: &DetailPane, pen: &Pen<'_>) -> Vec<Line<'a>> {
    let found = pane.findings();
    let mut text: Vec<_> = (!found.is_empty()).then(Line::default).into_iter().collect();
    for finding in found {
        let style = pen.theme.severity(finding.severity);
        let words = wrap(&finding.words(pane.session()), pen.width.saturating_sub(2));
        text.extend(words.into_iter().enumerate().map(|(index, words)| {
            let glyph = if index == 0 { finding.severity.glyph() } else { " " };
            Line::from(vec![
                Span::styled(format!("{glyph} "), style),
                Span::styled(words, style),
            ])
        }));
    }
    text
}
