//! The screen before the first list: what was tried, the likely cause, and what to type.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::draw::{lines, wrap};
use super::theme::Theme;
use crate::app::App;
use crate::app::endpoint::{EndpointState, LinkState};
use crate::app::keymap::Action;
use crate::model::{RequestError, counted, exact_text};

/// Width of the words on the left, in cells.
const WORD: usize = 9;
/// Seconds without a reply after which the screen explains a slow list.
const SLOW: u64 = 3;

/// Draws why there is no list yet. Returns `false` if the view of one is built.
pub(super) fn draw(app: &App, theme: &Theme, area: Rect, frame: &mut Frame<'_>) -> bool {
    let has_list = app.endpoints.iter().any(|endpoint| endpoint.latest.is_some());
    if has_list && !app.table.view.snapshots.is_empty() {
        return false;
    }
    let inner = Rect {
        x: area.x + 2.min(area.width),
        y: area.y + 1.min(area.height),
        width: area.width.saturating_sub(4),
        height: area.height.saturating_sub(1),
    };
    let width = usize::from(inner.width);
    let failing = app.endpoints.iter().find_map(|endpoint| match &endpoint.link {
        LinkState::Failing { fault, retry_at } => Some((endpoint, fault, retry_at.as_millis())),
        _ => None,
    });
    let text = match failing.filter(|_| !has_list) {
        Some((endpoint, fault, retry_at)) => {
            let left = retry_at
                .saturating_sub(app.now.elapsed.as_millis())
                .div_ceil(1000);
            failure(app, endpoint, fault, left, (theme, width))
        }
        None => waiting(app, (theme, width)),
    };
    lines(text, inner, frame.buffer_mut());
    true
}

/// Describes the wait for the first reply.
fn waiting<'a>(app: &App, (theme, width): (&Theme, usize)) -> Vec<Line<'a>> {
    let names: Vec<_> = app
        .endpoints
        .iter()
        .map(|endpoint| endpoint.name.as_str())
        .collect();
    let from = match names.as_slice() {
        [one] => (*one).to_owned(),
        many => counted(many.len(), "endpoint"),
    };
    let seconds = app.now.elapsed.as_secs();
    let what = if app.is_past() {
        let next = app.settings.keys.first(Action::TravelLists(1));
        format!("This moment is before the first list of sessions from {from}. {next} shows the next list.")
    } else {
        format!("Waiting for the first list of sessions from {from}.")
    };
    let mut text = paragraph(&what, width);
    if seconds >= SLOW && !app.is_past() {
        text.push(Line::default());
        let slow = format!("No reply for {seconds}s. A busy proxy with many sessions needs a few seconds.");
        text.extend(paragraph(&slow, width));
    }
    text.into_iter().map(|line| line.style(theme.dim)).collect()
}

/// Describes a failure: the error, its likely cause, and what to do. The most important lines come first.
fn failure<'a>(
    app: &App,
    endpoint: &EndpointState,
    fault: &RequestError,
    left: u128,
    (theme, width): (&Theme, usize),
) -> Vec<Line<'a>> {
    let name = &endpoint.name;
    let what = if fault.is_unreachable() {
        format!("Cannot reach {name}: {fault}.")
    } else if fault.is_not_allowed() {
        format!("{name} rejects the request: {fault}.")
    } else {
        format!("{name} sends no list of sessions: {fault}.")
    };
    let mut text: Vec<_> = paragraph(&what, width)
        .into_iter()
        .map(|line| line.style(theme.look))
        .collect();
    if let Some(remedy) = fault.remedy() {
        text.extend(paragraph(&sentence(remedy.0), width));
    }
    text.push(Line::default());
    let refresh = app.settings.keys.first(Action::Refresh);
    let count = match endpoint.failures {
        1 => "once".to_owned(),
        failures => format!("{failures} times"),
    };
    let mut tried = format!(
        "{count}, again in {}; {refresh} tries now",
        exact_text(seconds(left))
    );
    if fault.is_refused_password() {
        tried.push_str(". MaxScale logs each failure and may lock the account");
    }
    let mut rows = vec![("tried", "", tried.as_str())];
    if endpoint.is_default {
        rows.push(("another", "maxtop -e HOST:8989", "this is the default"));
    }
    rows.push(("check", "maxtop doctor", "with the same options"));
    if fault.is_unreachable() {
        rows.push(("try out", "maxtop demo", "or maxtop demo --tour, one minute"));
    }
    for (word, command, about) in rows {
        text.extend(row(word, command, about, theme, width));
    }
    let others = app
        .endpoints
        .iter()
        .filter(|other| matches!(other.link, LinkState::Failing { .. }));
    let others = others.count().saturating_sub(1);
    if others > 0 {
        text.push(Line::default());
        text.extend(paragraph(
            &format!("{} more without a reply.", counted(others, "endpoint")),
            width,
        ));
    }
    text
}

fn seconds(left: u128) -> std::time::Duration {
    std::time::Duration::from_secs(u64::try_from(left).unwrap_or(u64::MAX))
}

fn paragraph<'a>(text: &str, width: usize) -> Vec<Line<'a>> {
    wrap(text, width.max(1)).into_iter().map(Line::from).collect()
}

/// Returns a word, a command to type, and a text. The rest of a long text is below its beginning.
fn row<'a>(
    word: &'static str,
    command: &'static str,
    about: &str,
    theme: &Theme,
    width: usize,
) -> Vec<Line<'a>> {
    let gap = if command.is_empty() { "" } else { "  " };
    let whole = format!("{command}{gap}{about}");
    let parts = wrap(&whole, width.saturating_sub(WORD).max(1))
        .into_iter()
        .enumerate();
    let parts = parts.map(|(place, text)| {
        let word = if place == 0 { word } else { "" };
        let mut spans = vec![Span::styled(format!("{word:<WORD$}"), theme.dim)];
        match text.strip_prefix(command).filter(|_| place == 0) {
            Some(rest) => spans.extend([Span::styled(command, theme.head), Span::raw(rest.to_owned())]),
            None => spans.push(Span::raw(text)),
        }
        Line::from(spans)
    });
    parts.collect()
}

/// Returns the text as a sentence.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
    let end = if text.ends_with('?') { "" } else { "." };
    format!("{first}{}{end}", chars.as_str())
}
