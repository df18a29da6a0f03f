//! Why the session is stuck: each reason with a sentence, the most severe first, and the next step. Also a note
//! if long queries cannot be detected because no statements are kept.

use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr as _;

use super::{LABEL, Pen, statements};
use crate::app::App;
use crate::app::detail::DetailPane;
use crate::app::endpoint::NoStatements;
use crate::diagnosis::{Finding, StepFor};
use crate::model::{COPIES_KILL, Health, closing_step, closing_step_without_kill, closing_text};
use crate::ui::draw::wrap;

/// Minimum width at which the names of the reasons are shown.
const MIN_NAMED_WIDTH: usize = 60;

/// Returns the section.
pub(super) fn section<'a>(app: &App, pane: &DetailPane, pen: &Pen<'_>) -> Vec<Line<'a>> {
    let found = pane.findings();
    let is_closing = found.iter().any(|finding| finding.reason.name == "closing");
    let names = found.iter().map(|finding| finding.reason.name.width() + 4);
    let indent = names.max().unwrap_or(0).max(LABEL);
    let mut text = Vec::new();
    for finding in &found {
        let addition = (finding.reason.name == "no-backend")
            .then(|| unusable_servers(app, pane))
            .flatten();
        let closing = (finding.reason.name == "closing" && pane.is_not_found())
            .then(|| closing_step_without_kill(pane.session(), COPIES_KILL));
        let step = freed_soon(app, pane, finding)
            .or(closing)
            .unwrap_or_else(|| finding.next_step(pane.session(), StepFor::Screen));
        text.extend(reason(pane, finding, (addition, step), indent, pen));
    }
    if pane.is_closing() && !is_closing {
        let step = if pane.is_not_found() {
            closing_step_without_kill(pane.session(), COPIES_KILL)
        } else {
            closing_step(pane.session(), "K", COPIES_KILL)
        };
        let closing = format!("{}. {step}", closing_text(None));
        let lines = wrap(&closing, pen.width.max(1)).into_iter();
        text.extend(lines.map(|line| Line::styled(line, pen.theme.look)));
    }
    text.extend(without_statements(app, pane, pen));
    if !text.is_empty() {
        text.insert(0, Line::default());
    }
    text
}

/// Returns the servers of the session's service that it cannot use: `RW-Split uses db-01 (running), db-02 (down)`.
/// `None` if all are running, or unknown.
fn unusable_servers(app: &App, pane: &DetailPane) -> Option<String> {
    let endpoint = app.endpoints.get(pane.identity.endpoint)?;
    let name = pane.session().service.as_ref()?;
    let service = endpoint.services.latest.as_ref()?.find(name)?;
    let servers = endpoint.servers.latest.as_ref()?;
    let known: Vec<_> = service
        .servers
        .iter()
        .filter_map(|name| servers.find(name))
        .collect();
    if known.iter().all(|server| server.health() == Health::Running) {
        return None;
    }
    let shown = known
        .iter()
        .map(|server| format!("{} ({})", server.name, server.health()));
    Some(format!("{name} uses {}", shown.collect::<Vec<_>>().join(", ")))
}

/// Returns the next step of a waiter whose blocker was killed after the locks were read.
fn freed_soon(app: &App, pane: &DetailPane, finding: &Finding) -> Option<String> {
    if !matches!(finding.reason.name, "lock-wait" | "metadata-lock") {
        return None;
    }
    let killed = app.killed_blocker(pane.identity.endpoint, pane.identity.id)?;
    Some(format!(
        "nothing to do yet: session {killed} has ended, and its locks are freed soon"
    ))
}

fn reason<'a>(
    pane: &DetailPane,
    finding: &Finding,
    (addition, step): (Option<String>, String),
    indent: usize,
    pen: &Pen<'_>,
) -> Vec<Line<'a>> {
    let session = pane.session();
    let style = pen.theme.severity(finding.severity);
    let was = if pane.ended.is_some() { "was " } else { "" };
    let is_named = pen.width >= MIN_NAMED_WIDTH;
    let (label, next, indent) = if is_named {
        (
            format!("{was}{} {}", finding.severity.glyph(), finding.reason.name),
            "  next",
            indent + was.len(),
        )
    } else {
        let glyph = format!("{was}{}", finding.severity.glyph());
        (glyph, "", 2 + was.len())
    };
    let room = pen.width.saturating_sub(indent).max(1);
    let paragraph = |label: String, words: &str, label_style, style| {
        let lines = wrap(words, room).into_iter().enumerate();
        let lines = lines.map(move |(place, line)| {
            let label = if place == 0 { label.as_str() } else { "" };
            Line::from(vec![
                Span::styled(format!("{label:<indent$}"), label_style),
                Span::styled(line, style),
            ])
        });
        lines.collect::<Vec<_>>()
    };
    let addition = addition
        .map(|addition| format!("; {addition}"))
        .unwrap_or_default();
    let sentence = format!("{}{addition}", finding.sentence(session));
    let mut text = paragraph(label, &sentence, style, style);
    if pane.ended.is_none() && !pen.is_past {
        let dim = pen.theme.dim;
        text.extend(paragraph(
            next.to_owned(),
            &step,
            dim,
            ratatui::style::Style::new(),
        ));
    }
    text
}

/// Returns the note that query times are unknown, with the command that enables them.
fn without_statements<'a>(app: &App, pane: &DetailPane, pen: &Pen<'_>) -> Vec<Line<'a>> {
    let is_open = pane.ended.is_none() && has_no_statements(pane);
    let Some(NoStatements { command, .. }) = statements::missing_statements(app, pane).filter(|_| is_open)
    else {
        return Vec::new();
    };
    // A command that is broken into lines cannot be copied.
    let lines = [
        "query times are unknown: MaxScale keeps no statements. To enable:",
        &command,
    ];
    let lines = lines.map(|line| format!("  {}", pen.fit(line, pen.width.saturating_sub(2))));
    lines.map(|line| Line::styled(line, pen.theme.dim)).to_vec()
}

/// Whether the session has no retained statements. Statements retained before the setting was changed
/// still count.
fn has_no_statements(pane: &DetailPane) -> bool {
    let observation = pane.observation.as_ref();
    let queries = observation.and_then(|observation| observation.detail.queries.as_ref());
    queries.is_none_or(Vec::is_empty)
}
