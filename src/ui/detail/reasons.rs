//! Why the session is stuck: every reason with its evidence, the strongest first, and what cannot be
//! judged since the server keeps no statements. Without any of it there is no section.

use ratatui::text::{Line, Span};

use super::Pen;
use super::sections::missing_statements;
use crate::app::App;
use crate::app::detail::DetailPane;
use crate::app::endpoint::NoStatements;
use crate::ui::draw::wrap;

/// The section.
pub(super) fn section<'a>(app: &App, pane: &DetailPane, pen: &Pen<'_>) -> Vec<Line<'a>> {
    let found = pane.findings();
    let open = missing_statements(app, pane).filter(|_| pane.ended.is_none() && has_no_statements(pane));
    let has_any = !found.is_empty() || open.is_some();
    let mut text: Vec<_> = has_any.then(Line::default).into_iter().collect();
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
    if let Some(NoStatements { command, .. }) = open {
        // A command that is broken into lines cannot be copied.
        let lines = [
            "query is not judged: no statements are kept. To keep some:",
            &command,
        ];
        let lines = lines.map(|line| format!("  {}", pen.fit(line, pen.width.saturating_sub(2))));
        text.extend(lines.map(|line| Line::styled(line, pen.theme.quiet)));
    }
    text
}

/// Those that were kept before the setting was changed are judged.
fn has_no_statements(pane: &DetailPane) -> bool {
    let sighting = pane.sighting.as_ref();
    let queries = sighting.and_then(|sighting| sighting.detail.queries.as_ref());
    queries.is_none_or(Vec::is_empty)
}
