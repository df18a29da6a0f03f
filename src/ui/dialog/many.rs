//! Many victims: their number by user and service, and a list from which each can be struck out.

use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use super::{DialogBody as Page, consequences};
use crate::app::App;
use crate::app::kill_dialog::KillDialog;
use crate::kill::summary::CheckCounts;
use crate::kill::{FirstCheck, KillState, KillTask, summary};
use crate::model::Text;
use crate::ui::draw::fit;
use crate::ui::theme::Theme;

/// Width of a fact's name, in cells.
const LABEL: usize = 11;
/// Minimum number of rows of the list, if they fit.
const MIN_ROWS: usize = 3;
/// Maximum number of rows of the list, so that the consequences stay visible.
const MAX_ROWS: usize = 20;

/// Returns the content of the dialog in at most `room` lines.
pub(super) fn text<'a>(app: &App, asking: &KillDialog, theme: &Theme, width: usize, room: usize) -> Page<'a> {
    let tasks = asking.batch.tasks();
    let mut lines = vec![checks(asking, theme, width)];
    lines.extend(not_compared(asking, theme, width));
    let needed = lines.len() + 1;
    let groups = [("by user", &asking.by_user), ("by service", &asking.by_service)];
    for (label, groups) in groups {
        let each = groups.iter().map(|(name, count)| format!("{name} {count}"));
        let each = each.collect::<Vec<_>>().join(", ");
        lines.push(fact(label, &each, theme, width));
    }
    lines.extend(summary::selected_by(tasks).map(|text| {
        let text = format!("{text}   (re-checked before each DELETE)");
        fact("filter", &text, theme, width)
    }));
    let mut below = selected(asking, theme, width);
    below.push(Line::default());
    below.extend(consequences(tasks, theme, width));
    let left = room.saturating_sub(lines.len() + below.len() + 2);
    let rows = left.clamp(MIN_ROWS, MAX_ROWS).min(tasks.len());
    lines.push(Line::default());
    lines.extend(list(app, asking, theme, width, rows));
    lines.extend(below);
    Page { lines, needed }
}

fn fact<'a>(label: &str, value: &str, theme: &Theme, width: usize) -> Line<'a> {
    let room = width.saturating_sub(LABEL);
    Line::from(vec![
        Span::styled(format!("{label:<LABEL$}"), theme.quiet),
        Span::raw(fit(&theme.compared(value), room, theme.glyphs.more)),
    ])
}

/// Minimum width at which the counts have words, in cells.
const MIN_WIDTH_WITH_WORDS: usize = 60;

/// Returns the number of sessions that would be killed, and of those that would not.
fn checks<'a>(asking: &KillDialog, theme: &Theme, width: usize) -> Line<'a> {
    let CheckCounts {
        passed,
        refused,
        waiting,
        removed,
    } = CheckCounts::of(asking.batch.tasks());
    let glyphs = theme.glyphs;
    let word = |text: &'static str| if width < MIN_WIDTH_WITH_WORDS { "" } else { text };
    let mut spans = Vec::new();
    if waiting > 0 {
        spans.push(Span::styled(format!("checking {waiting} …  "), theme.quiet));
    }
    spans.push(Span::styled(
        format!("{} {passed}{}", glyphs.check, word(" still the same")),
        theme.good,
    ));
    if refused > 0 {
        spans.push(Span::styled(
            format!("  {} {refused}{}", glyphs.cross, word(" will not be killed")),
            theme.warning,
        ));
    }
    if removed > 0 {
        spans.push(Span::styled(
            format!("  x {removed}{}", word(" struck out")),
            theme.strong,
        ));
    }
    Line::from(spans)
}

/// Returns the parts of the identity that could not be compared for some victims. They weaken the
/// check.
fn not_compared<'a>(asking: &KillDialog, theme: &Theme, width: usize) -> Option<Line<'a>> {
    summary::not_compared(asking.batch.tasks()).map(|parts| {
        let text = format!("not compared for some or all: {parts}");
        Line::styled(fit(&text, width, theme.glyphs.more), theme.warning)
    })
}

/// Returns the window of the list around the cursor.
fn list<'a>(app: &App, asking: &KillDialog, theme: &Theme, width: usize, rows: usize) -> Vec<Line<'a>> {
    let tasks = asking.batch.tasks();
    let above = rows / 2;
    let last_offset = tasks.len().saturating_sub(rows);
    let offset = asking.cursor.saturating_sub(above).min(last_offset);
    let window = (offset..).zip(tasks.iter().skip(offset)).take(rows);
    let id_width = window
        .clone()
        .map(|(_, task)| task.victim.identity.id.to_string().len())
        .max()
        .unwrap_or(0);
    let mut lines: Vec<_> = window
        .map(|(place, task)| {
            let endpoint = app
                .endpoints
                .name_among_several(task.victim.identity.endpoint)
                .map(|name| format!("{name} "))
                .unwrap_or_default();
            let id = task.victim.identity.id.to_string();
            let text = format!("{endpoint}{id:>id_width$}  {}", about(task));
            let text = fit(&theme.compared(&text), width.saturating_sub(3), theme.glyphs.more);
            let selected = place == asking.cursor;
            row(task, &text, theme, selected, width)
        })
        .collect();
    let below = tasks.len().saturating_sub(offset + rows);
    if offset + below > 0 {
        lines.push(Line::styled(
            format!("   {offset} above, {below} below"),
            theme.quiet,
        ));
    }
    lines
}

fn row<'a>(task: &KillTask, text: &str, theme: &Theme, selected: bool, width: usize) -> Line<'a> {
    let glyphs = theme.glyphs;
    let (sign, style) = if task.is_removed() {
        ("x", theme.quiet.add_modifier(Modifier::CROSSED_OUT))
    } else if task.outcome().is_some() {
        (glyphs.cross, theme.warning)
    } else if task.may_be_confirmed() {
        (glyphs.check, Style::new())
    } else {
        (glyphs.dot, theme.quiet)
    };
    let style = if selected {
        style.patch(theme.selected)
    } else {
        style
    };
    let room = width.saturating_sub(3);
    Line::from(vec![
        Span::styled(
            format!("{sign:<2} "),
            if selected { theme.selected } else { Style::new() },
        ),
        Span::styled(format!("{text:<room$}"), style),
    ])
}

/// Describes a victim and its state, or why it is not killed.
fn about(task: &KillTask) -> String {
    let session = task.session();
    let client = session.client();
    if let Some(outcome) = task.outcome() {
        return format!("{client}  {} {}", outcome.word(), outcome.detail());
    }
    if let KillState::Unconfirmed(FirstCheck::NoAnswer(fault)) = task.state() {
        return format!("{client}  {fault}");
    }
    let span =
        |span: Option<crate::model::Span>| span.map_or_else(|| "?".to_owned(), |span| span.to_string());
    let service = session.service.as_ref().map_or("?", Text::as_str);
    let (age, idle) = (span(session.age), span(session.idle));
    format!("{client}  {service}  age {age}, idle {idle}")
}

/// Returns the servers and the statement of the victim under the cursor.
fn selected<'a>(asking: &KillDialog, theme: &Theme, width: usize) -> Vec<Line<'a>> {
    let Some(task) = asking.batch.tasks().get(asking.cursor) else {
        return Vec::new();
    };
    summary::activity(task.session())
        .into_iter()
        .map(|(label, value)| fact(&format!("  {label}"), &value, theme, width))
        .collect()
}
