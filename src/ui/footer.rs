//! The last two lines: the status line, and the keys.

use std::ops::Range;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;
use unicode_width::UnicodeWidthStr as _;

use super::draw::{fit, wrap};
use super::groups;
use super::kill_progress;
use super::server_view;
use super::theme::Theme;
use super::typed::TypedLine;
use crate::app::App;
use crate::app::detail::DetailPane;
use crate::app::keymap::KeyPress;
use crate::app::keymap::{Action, BINDINGS, Binding, KeyContext, is_destructive};
use crate::app::prompt::FilterPrompt;
use crate::app::status::StatusLevel;
use crate::app::table_view::TableView;
use crate::diagnosis::Severity;
use crate::kill::MAX_CONFIRMED_BY_KEY;
use crate::model::{Dialect, counted, visible};

/// Draws the status line: the filter while it is typed, otherwise the last event, otherwise the row
/// counts. A long event also uses the line of the keys.
pub(super) fn draw(app: &App, theme: &Theme, status: Rect, hints: Rect, frame: &mut Frame<'_>) {
    if status.is_empty() {
        return self::hints(app, theme, hints, frame);
    }
    if app.modal.prompt().is_some() && app.help.is_none() {
        prompt(app, theme, status, frame);
        return self::hints(app, theme, hints, frame);
    }
    let width = usize::from(status.width.saturating_sub(2));
    let (text, style) = match &app.status {
        Some(status) => (status.text.clone(), level_style(status.level, theme)),
        None => (shown(app, theme), theme.quiet),
    };
    let more = theme.glyphs.more;
    if app.status.is_none() || text.width() <= width || kill_progress::is_shown(app) {
        Line::styled(format!(" {}", fit(&text, width, more)), style).render(status, frame.buffer_mut());
        return self::hints(app, theme, hints, frame);
    }
    let mut lines = wrap(&text, width).into_iter();
    let first = lines.next().unwrap_or_default();
    let rest = lines.collect::<Vec<_>>().join(" ");
    for (line, area) in [(first, status), (fit(&rest, width, more), hints)] {
        Line::styled(format!(" {line}"), style).render(area, frame.buffer_mut());
    }
}

const fn level_style(level: StatusLevel, theme: &Theme) -> Style {
    match level {
        StatusLevel::Note => theme.input,
        StatusLevel::Done => theme.good,
        StatusLevel::Warning => theme.warning,
    }
}

/// Draws the filter with its text cursor, and the number of matching rows or the error and its
/// position.
fn prompt(app: &App, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    let Some(prompt) = app.modal.prompt() else { return };
    let width = usize::from(area.width);
    let (note, style) = note(app, prompt, width, theme);
    let room = width.saturating_sub(note.width() + 4);
    let typed = TypedLine::of(&prompt.input);
    let (spans, cursor) = spans(&typed, prompt, room, theme);
    let mut line = Line::from(Span::styled(" / ", theme.strong));
    line.extend(spans);
    line.render(area, frame.buffer_mut());
    Line::styled(note, style)
        .right_aligned()
        .render(area, frame.buffer_mut());
    let x = area.x + 3 + u16::try_from(cursor).unwrap_or(0);
    frame.set_cursor_position((x.min(area.right().saturating_sub(1)), area.y));
}

/// Returns the note on the right: the last event, an error, or the number of rows. A text takes what the
/// filter leaves, and at least half of the line.
fn note(app: &App, prompt: &FilterPrompt, width: usize, theme: &Theme) -> (String, Style) {
    let left = width.saturating_sub(TypedLine::of(&prompt.input).width() + 7);
    let fitted = |text: &str| format!(" {} ", fit(text, left.max(width / 2), theme.glyphs.more));
    if let Some(status) = &app.status {
        return (fitted(&status.text), level_style(status.level, theme));
    }
    let Some(error) = &prompt.error else {
        let view = &app.table.view;
        let matching = format!(" {} of {} ", view.listed_count(), view.total());
        return (matching, theme.quiet);
    };
    (fitted(&error.kind.to_string()), theme.warning)
}

/// Returns the visible part of the text and the column of the cursor. An error is underlined; if
/// something is missing, the place after it. The escape of a hidden character is dimmed.
fn spans<'a>(typed: &TypedLine, prompt: &FilterPrompt, room: usize, theme: &Theme) -> (Vec<Span<'a>>, usize) {
    let wrong = theme.warning.add_modifier(Modifier::UNDERLINED);
    let marked = prompt
        .error
        .as_ref()
        .map_or(0..0, |error| error.column..error.end.max(error.column + 1));
    let style = |places: &Range<usize>, usual| {
        let is_wrong = places.start < marked.end && marked.start < places.end;
        if is_wrong { wrong } else { usual }
    };
    let (parts, cursor) = typed.window(room);
    let mut spans: Vec<_> = parts
        .map(|part| {
            let usual = if part.is_escape { theme.quiet } else { theme.input };
            Span::styled(part.text.clone(), style(&part.places, usual))
        })
        .collect();
    if spans.iter().map(Span::width).sum::<usize>() < room {
        let end = typed.len();
        spans.push(Span::styled(" ", style(&(end..end + 1), theme.input)));
    }
    (spans, cursor)
}

/// Formats the row counts: `17 of 212 shown · 195 below`.
fn shown(app: &App, theme: &Theme) -> String {
    let view = &app.table.view;
    let (rows, total) = (view.len(), view.total());
    let mut parts = Vec::new();
    if !app.table.filter.is_empty() {
        parts.push(format!("/{}", visible(app.table.filter.text().trim())));
    }
    let listed = view.listed_count();
    if app.modal.servers().is_some() {
        parts.extend(server_view::counts(app));
    } else if let Some(groups) = &view.groups {
        parts.extend(groups::counts(app, groups));
    } else if view.snapshots.is_empty() {
        parts.push("sessions unknown".to_owned());
    } else if listed == total {
        parts.push(counted(total, "session"));
    } else {
        parts.push(format!("{listed} of {total} shown"));
    }
    let sort = app.table.sort.column;
    if !app.seen_columns().iter().any(|fitted| fitted.id == sort) {
        parts.push(format!("sorted by {}", sort.column().name));
    }
    if app.table.hide_idle {
        parts.push(format!("{} idle hidden", view.idle_hidden));
    }
    let marked = app.marks.len();
    if marked > 0 {
        let hidden = match app.marks.hidden {
            0 => String::new(),
            hidden => format!(" ({hidden} hidden)"),
        };
        parts.push(format!("{marked} marked{hidden}"));
    }
    let page = app.page();
    let (offset, rows) = match &view.groups {
        Some(groups) => (app.table.groups.cursor.offset, groups.len()),
        None => (app.table.cursor.offset, rows),
    };
    let above = offset.min(rows);
    let below = rows.saturating_sub(above + page);
    if !app.areas().table.is_empty() && !app.modal.covers_table() {
        parts.extend((above > 0).then(|| format!("{above} above")));
        parts.extend((below > 0).then(|| format!("{below} below{}", stuck_below(view, above + page))));
        if view.groups.is_none() && !app.table.cursor.is_visible(page) {
            let row = view.row(app.table.cursor.position());
            parts.extend(row.map(|row| format!("cursor on {}", row.session.id)));
        }
    }
    if app.keeps_order() {
        parts.push("order held".to_owned());
    }
    let dot = format!(" {} ", theme.glyphs.dot);
    if let Some(groups) = &view.groups {
        let used = parts.join(&dot).width() + dot.width() + 2;
        let room = usize::from(app.size.0).saturating_sub(used);
        parts.push(groups::choices(app, groups, room, theme.glyphs.more));
    } else if let Some(opened) = app.table.groups.opened.last() {
        parts.push(format!("Esc back to {}", opened.by.grouping().plural));
    }
    parts.join(&dot)
}

/// Formats the number of stuck sessions below the window: ` (▲1 ●2)`.
fn stuck_below(view: &TableView, from: usize) -> String {
    let counts = Severity::ALL.into_iter().filter_map(|severity| {
        let count = view.count_rows(severity, from..usize::MAX);
        (count > 0).then(|| format!("{}{count}", severity.glyph()))
    });
    let counts: Vec<_> = counts.collect();
    if counts.is_empty() || view.groups.is_some() {
        return String::new();
    }
    format!(" ({})", counts.join(" "))
}

/// Draws the keys that can be used now, as many as fit.
fn hints(app: &App, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    if let Some(line) = kill_progress::line(app, theme, usize::from(area.width)) {
        line.render(area, frame.buffer_mut());
        return;
    }
    let context = app.context();
    let own = BINDINGS.iter().filter(|binding| binding.context == context);
    let is_own = |key: &KeyPress| own.clone().any(|binding| binding.keys.contains(key));
    let knows_table = matches!(context, KeyContext::Detail | KeyContext::Groups);
    let table = BINDINGS.iter().filter(|binding| {
        let is_free = !binding.keys.first().is_some_and(is_own);
        knows_table && binding.context == KeyContext::Table && is_free
    });
    let usable = own
        .clone()
        .chain(table)
        .filter(|binding| !binding.hint.is_empty() && is_offered(app, binding));
    // Trouble of a server comes first.
    let (first, others): (Vec<_>, Vec<_>) = usable.partition(|binding| binding.action == Action::Servers);
    let mut line = Line::from(" ");
    for binding in first.into_iter().chain(others) {
        let key = binding.shown.split(' ').next().unwrap_or_default();
        let hint = [
            Span::styled(key, theme.strong),
            Span::raw(format!(" {}  ", binding.hint)),
        ];
        let width = hint.iter().map(Span::width).sum::<usize>();
        if line.width() + width > usize::from(area.width) + 2 {
            break;
        }
        line.extend(hint);
    }
    line.render(area, frame.buffer_mut());
}

/// Whether the key's action is possible now. Other keys are not shown.
fn is_offered(app: &App, binding: &Binding) -> bool {
    let may_kill = app.endpoints.iter().any(|endpoint| !endpoint.read_only);
    let needs_thread = matches!(binding.action, Action::Open | Action::Kill | Action::Copy);
    if binding.context == KeyContext::Blockers && needs_thread && app.table.view.blockers.rows.is_empty() {
        return false;
    }
    let is_known = app.endpoints.iter().any(|endpoint| endpoint.latest.is_some());
    if binding.context == KeyContext::Table && !is_known {
        return matches!(binding.action, Action::Help | Action::Quit);
    }
    match binding.action {
        Action::NextMatch(_) => app.help.as_ref().is_some_and(|help| !help.term.is_empty()),
        Action::Servers => app
            .endpoints
            .iter()
            .any(|endpoint| endpoint.dialect != Some(Dialect::Draft) && endpoint.troubles.count_act() > 0),
        Action::Open => !app.detail_has_keys(),
        Action::Yes | Action::Choose => app.modal.open_dialog_ticket().is_some() && !by_number(app),
        Action::Copy if matches!(binding.context, KeyContext::Columns | KeyContext::Blockers) => true,
        Action::Blockers if binding.context == KeyContext::Dialog => app
            .modal
            .kill_dialog()
            .is_some_and(|dialog| dialog.root.is_some()),
        Action::Copy => app.detail.as_ref().is_some_and(DetailPane::knows_threads),
        Action::Strike => app
            .modal
            .kill_dialog()
            .is_some_and(|asking| asking.batch.tasks().len() > 1),
        action => may_kill || !is_destructive(action),
    }
}

/// Whether the number of victims is high enough that it has to be typed.
fn by_number(app: &App) -> bool {
    let asking = app.modal.kill_dialog();
    asking.is_some_and(|asking| asking.batch.confirmable() > MAX_CONFIRMED_BY_KEY)
}
