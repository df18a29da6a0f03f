//! The last two lines: the status line, and the keys.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;
use unicode_width::UnicodeWidthStr as _;

use super::draw::{fit, wrap};
use super::groups;
use super::kill_progress;
use super::prompt;
use super::server_view;
use super::theme::Theme;
use crate::app::App;
use crate::app::endpoint::EndpointState;
use crate::app::keymap::KeyPress;
use crate::app::keymap::{Action, BINDINGS, Binding, KeyContext, is_destructive};
use crate::app::kill_dialog::KillDialog;
use crate::app::mouse::HintPlace;
use crate::app::overlay::Topic;
use crate::app::status::StatusLevel;
use crate::app::table_view::TableView;
use crate::diagnosis::Severity;
use crate::kill::MAX_CONFIRMED_BY_KEY;
use crate::model::{counted, visible};

/// Draws the status line: the filter while it is typed, otherwise the last event, otherwise the row
/// counts. A long event also uses the line of the keys.
pub(super) fn draw(
    app: &App,
    theme: &Theme,
    status: Rect,
    hints: Rect,
    frame: &mut Frame<'_>,
) -> Vec<HintPlace> {
    if status.is_empty() {
        return self::hints(app, theme, hints, frame);
    }
    if app.help.is_none() && prompt::draw(app, theme, status, frame) {
        return self::hints(app, theme, hints, frame);
    }
    let width = usize::from(status.width.saturating_sub(2));
    let message = match (app.modal.save_question(), &app.status) {
        (Some(question), _) => Some((question.text.as_str(), theme.head)),
        (None, Some(event)) => Some((event.text.as_str(), level_style(event.level, theme))),
        (None, None) => None,
    };
    let Some((text, style)) = message else {
        shown(app, theme, width).render(status, frame.buffer_mut());
        return self::hints(app, theme, hints, frame);
    };
    let more = theme.glyphs.more;
    if text.width() <= width || kill_progress::is_shown(app) {
        Line::styled(format!(" {}", fit(text, width, more)), style).render(status, frame.buffer_mut());
        return self::hints(app, theme, hints, frame);
    }
    let mut lines = wrap(text, width).into_iter();
    let first = lines.next().unwrap_or_default();
    let rest = lines.collect::<Vec<_>>().join(" ");
    for (line, area) in [(first, status), (fit(&rest, width, more), hints)] {
        Line::styled(format!(" {line}"), style).render(area, frame.buffer_mut());
    }
    Vec::new()
}

pub(super) const fn level_style(level: StatusLevel, theme: &Theme) -> Style {
    match level {
        StatusLevel::Note => theme.input,
        StatusLevel::Done => theme.good,
        StatusLevel::Warning => theme.look,
    }
}

/// Minimum width of a filter that is shown beside the counts.
const MIN_FILTER_WIDTH: usize = 6;

/// Returns the line of counts: `3 marked · 17 of 212 shown · 195 below · /user=app*`. The filter takes the rest
/// of the line and is cut, never the counts.
fn shown(app: &App, theme: &Theme, width: usize) -> Line<'static> {
    let more = theme.glyphs.more;
    let dot = format!(" {} ", theme.glyphs.dot);
    let mut line = Line::from(" ");
    if !app.marks.is_empty() {
        line.push_span(Span::styled(marked(app), theme.act));
    }
    let mut push = |text: String| {
        let is_first = line.spans.len() <= 1;
        let text = if is_first { text } else { format!("{dot}{text}") };
        line.push_span(Span::styled(text, theme.dim));
        width.saturating_sub(line.width() + dot.width())
    };
    let mut room = width;
    for part in counts(app) {
        room = push(part);
    }
    if !app.table.filter.is_empty() {
        // The fields to group by need some of the room.
        let share = if app.table.view.groups.is_some() {
            room / 2
        } else {
            room
        };
        if share >= MIN_FILTER_WIDTH {
            let text = format!("/{}", visible(app.table.filter.text().trim()));
            room = push(fit(&text, share, more));
        }
    }
    if let Some(groups) = &app.table.view.groups {
        push(groups::choices(app, groups, room, more));
    }
    line
}

/// Formats the number of marks: `3 marked (1 hidden)`.
fn marked(app: &App) -> String {
    let hidden = match app.marks.hidden {
        0 => String::new(),
        hidden => format!(" ({hidden} hidden)"),
    };
    format!("{} marked{hidden}", app.marks.len())
}

/// Formats the row counts: `17 of 212 shown`, `195 below`.
fn counts(app: &App) -> Vec<String> {
    let view = &app.table.view;
    let (rows, total) = (view.len(), view.total());
    let mut parts = Vec::new();
    let listed = view.listed_count();
    if app.servers.is_some() {
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
    let expected = view.expected();
    if expected > 0 {
        parts.push(format!("{expected} expected"));
    }
    if view.logins_hidden > 0 {
        parts.push(format!("{} not logged in (reason=login)", view.logins_hidden));
    }
    let page = app.page();
    let (offset, rows) = match &view.groups {
        Some(groups) => (app.table.groups.cursor.offset, groups.len()),
        None => (app.table.cursor.offset, rows),
    };
    let above = offset.min(rows);
    let below = rows.saturating_sub(above + page);
    if !app.areas().table.is_empty() && !app.covers_table() {
        parts.extend((above > 0).then(|| format!("{above} above")));
        parts.extend((below > 0).then(|| format!("{below} below{}", stuck_below(view, above + page))));
        if view.groups.is_none() && !app.table.cursor.is_visible(page) {
            let row = view.row(app.table.cursor.position());
            parts.extend(row.map(|row| format!("cursor on {}", row.session.id)));
        }
    }
    let sort = app.table.sort.column;
    if !app.seen_columns().iter().any(|fitted| fitted.id == sort) {
        parts.push(format!("sorted by {}", sort.column().name));
    }
    if app.table.hide_idle {
        parts.push(format!("{} idle hidden", view.idle_hidden));
    }
    if app.keeps_order() {
        parts.push("order held".to_owned());
    }
    if let (None, Some(opened)) = (&view.groups, app.table.groups.opened.last()) {
        parts.push(format!("Esc back to {}", opened.by.grouping().plural));
    }
    parts
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
fn hints(app: &App, theme: &Theme, area: Rect, frame: &mut Frame<'_>) -> Vec<HintPlace> {
    if let Some(line) = kill_progress::line(app, theme, usize::from(area.width)) {
        line.render(area, frame.buffer_mut());
        return Vec::new();
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
        .filter(|binding| !binding.hint.is_empty() && is_offered(app, binding))
        .collect::<Vec<_>>();
    let usable = usable.iter().copied();
    let hint = |binding: &'static Binding| {
        let shown = app.settings.keys.shown(binding);
        let key = shown.split(' ').next().unwrap_or_default().to_owned();
        [
            Span::styled(key, theme.key),
            Span::raw(format!(" {}  ", binding.hint)),
        ]
    };
    let width = |hint: &[Span<'_>]| hint.iter().map(Span::width).sum::<usize>();
    // The keys for help and quit stay; of the others, as many as fit between.
    let is_kept = |binding: &&Binding| matches!(binding.action, Action::Help | Action::Quit);
    let kept: Vec<_> = usable.clone().filter(is_kept).flat_map(hint).collect();
    let room = (usize::from(area.width) + 2).saturating_sub(width(&kept));
    let mut line = Line::from(" ");
    let mut places = Vec::new();
    // Trouble of a server comes first.
    let is_server = |binding: &&Binding| binding.action == Action::Servers;
    let others = usable
        .clone()
        .filter(|binding| !is_kept(binding) && !is_server(binding));
    for binding in usable.clone().filter(is_server).chain(others) {
        let hint = hint(binding);
        if line.width() + width(&hint) > room {
            break;
        }
        places.extend(place(binding, area.x, line.width(), width(&hint)));
        line.extend(hint);
    }
    for binding in usable.filter(is_kept) {
        let hint = hint(binding);
        places.extend(place(binding, area.x, line.width(), width(&hint)));
        line.extend(hint);
    }
    line.render(area, frame.buffer_mut());
    places
}

/// Returns the place of a hint for the mouse. A kill is confirmed only with the keyboard.
fn place(binding: &Binding, left: u16, start: usize, width: usize) -> Option<HintPlace> {
    let confirms =
        binding.context == KeyContext::Dialog && matches!(binding.action, Action::Yes | Action::Accept);
    let key = binding.keys.first().copied().filter(|_| !confirms)?;
    let at = |place: usize| left.saturating_add(u16::try_from(place).unwrap_or(u16::MAX));
    // Without the two blanks between the hints.
    let (start, end) = (at(start), at((start + width).saturating_sub(2)));
    Some(HintPlace { start, end, key })
}

/// Whether the key's action is possible now. Other keys are not shown.
fn is_offered(app: &App, binding: &Binding) -> bool {
    let may_kill = app.endpoints.iter().any(|endpoint| !endpoint.read_only);
    let needs_thread = matches!(binding.action, Action::Open | Action::Kill | Action::Copy);
    let has_access = app.endpoints.iter().any(|endpoint| endpoint.server_access.is_set);
    if binding.context == KeyContext::Blockers && binding.action == Action::Copy && !has_access {
        return true;
    }
    if binding.context == KeyContext::Blockers && needs_thread && app.table.view.blockers.rows.is_empty() {
        return false;
    }
    let is_known = app.endpoints.iter().any(|endpoint| endpoint.latest.is_some());
    if binding.context == KeyContext::Table && !is_known {
        return matches!(binding.action, Action::Help | Action::Quit);
    }
    match binding.action {
        Action::NextMatch(_) => app.help.as_ref().is_some_and(|help| !help.term.is_empty()),
        Action::Servers => app.endpoints.iter().any(has_severe_trouble),
        Action::Open if binding.context == KeyContext::Overlay => lists_kills(app),
        Action::Open => !app.detail_has_keys(),
        Action::KillStatements => asks(app, |asking| asking.batch.has_server_access()),
        Action::StrikeHealthy => asks(app, |asking| {
            let left = asking.batch.tasks().iter().filter(|task| !task.is_removed());
            let healthy = asking.healthy().count();
            let is_useful = healthy > 0 && healthy < left.count();
            asking.batch.tasks().len() > 1 && (is_useful || !asking.struck_healthy.is_empty())
        }),
        Action::Yes if binding.context == KeyContext::SaveQuestion => true,
        Action::Yes | Action::Choose => app.modal.open_dialog_ticket().is_some() && !by_number(app),
        Action::Blockers if binding.context == KeyContext::Dialog => {
            asks(app, |asking| asking.root.is_some())
        }
        Action::Strike => asks(app, |asking| asking.batch.tasks().len() > 1),
        action => may_kill || !is_destructive(action),
    }
}

/// Whether a server or service of an endpoint has trouble marked ▲.
fn has_severe_trouble(endpoint: &EndpointState) -> bool {
    let troubles = endpoint.shown_troubles();
    troubles
        .iter()
        .any(|trouble| trouble.kind.severity() == Severity::Act)
}

/// Whether the kill log is open and has a kill of several sessions, which can be listed.
fn lists_kills(app: &App) -> bool {
    let overlay = app.modal.overlay();
    let batches = app.kills.logged_batches();
    overlay.is_some_and(|overlay| overlay.topic == Topic::KillLog)
        && batches.iter().any(|batch| batch.entries.len() > 1)
}

/// Whether the kill dialog is open and meets a condition.
fn asks(app: &App, condition: impl Fn(&KillDialog) -> bool) -> bool {
    app.modal.kill_dialog().is_some_and(condition)
}

/// Whether the number of victims is high enough that it has to be typed.
fn by_number(app: &App) -> bool {
    asks(app, |asking| asking.batch.confirmable() > MAX_CONFIRMED_BY_KEY)
}
