//! The last two lines: the status line, and the keys.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;
use unicode_width::UnicodeWidthStr as _;

use super::draw::{fit, wrap};
use super::endpoint_view;
use super::groups;
use super::kill_progress;
use super::outside;
use super::prompt;
use super::server_view;
use super::sessions;
use super::theme::Theme;
use crate::app::App;
use crate::app::columns::ColumnId;
use crate::app::endpoint::EndpointState;
use crate::app::help::{SORTING_PAUSED, SORTING_RESUMES, SORTING_RESUMES_AFTER_DIALOG};
use crate::app::keymap::{Action, Binding, Code, KeyContext, KeyPress, is_destructive, reached};
use crate::app::kill_dialog::KillDialog;
use crate::app::mouse::HintPlace;
use crate::app::overlay::Topic;
use crate::app::status::StatusLevel;
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
        if let Some(line) = prompt::long_message(app, theme, status.width.into()) {
            line.render(hints, frame.buffer_mut());
            return Vec::new();
        }
        return self::hints(app, theme, hints, frame);
    }
    let width = usize::from(status.width.saturating_sub(2));
    let message = app.status.as_ref();
    let Some((text, style)) = message.map(|event| (event.text.as_str(), level_style(event.level, theme)))
    else {
        shown(app, theme, width).render(status, frame.buffer_mut());
        return self::hints(app, theme, hints, frame);
    };
    // The line of the keys stays while it is needed to stop a kill.
    let areas = if kill_progress::is_shown(app) || text.width() <= width {
        &[status][..]
    } else {
        &[status, hints]
    };
    let is_logged = app.status.as_ref().is_some_and(|status| status.is_logged);
    let lines = in_lines(text, is_logged, (width, areas.len()), theme.glyphs.more);
    for (line, area) in lines.into_iter().zip(areas) {
        Line::styled(format!(" {line}"), style).render(*area, frame.buffer_mut());
    }
    if areas.len() == 1 {
        return self::hints(app, theme, hints, frame);
    }
    Vec::new()
}

/// Note after the outcome of a kill that has too little room.
const REST_IN_LOG: &str = "l: all of it";

/// Wraps an event into at most `count` lines. What has no room is cut, and if the kill log has it, the end says so.
fn in_lines(text: &str, is_logged: bool, (width, count): (usize, usize), more: &str) -> Vec<String> {
    let mut lines = wrap(text, width);
    if lines.len() <= count {
        return lines;
    }
    let rest = lines.split_off(count.saturating_sub(1)).join(" ");
    lines.push(if is_logged {
        let room = width.saturating_sub(REST_IN_LOG.len() + 2);
        format!("{}  {REST_IN_LOG}", fit(&rest, room, more))
    } else {
        fit(&rest, width, more)
    });
    lines
}

pub(super) const fn level_style(level: StatusLevel, theme: &Theme) -> Style {
    match level {
        StatusLevel::Note => theme.input,
        StatusLevel::Done => theme.good,
        StatusLevel::Warning => theme.look,
    }
}

/// Share of the line that a long filter has at least: one of this many parts.
const FILTER_SHARE: usize = 3;

/// Returns the line of counts: `/user=app* · 3 marked · 17 of 212 shown · 195 below ▲1 · Esc back to groups`. The
/// filter is always visible. A long one is cut at its end.
fn shown(app: &App, theme: &Theme, width: usize) -> Line<'static> {
    let more = theme.glyphs.more;
    let dot = format!(" {} ", theme.glyphs.dot);
    let marks = (!app.marks.is_empty()).then(|| vec![Span::styled(marked(app), theme.act)]);
    let step = app.blocker_step().filter(|_| app.modal.is_closed());
    let totals = step.map_or_else(|| totals(app), |step| vec![fit(&step, width, more)]);
    let quiet = |text: String| vec![Span::styled(text, theme.dim)];
    let totals = totals.into_iter().map(quiet);
    let parts: Vec<_> = marks
        .into_iter()
        .chain(totals)
        .chain(counts(app, theme))
        .collect();
    let part_width = |part: &Vec<Span<'_>>| part.iter().map(Span::width).sum::<usize>() + dot.width();
    let mut line = Line::from(" ");
    let reason = sessions::whole_reason(app, theme, width);
    let total = width;
    let width = width.saturating_sub(reason.as_ref().map_or(0, &part_width));
    if !app.table.filter.is_empty() {
        let wanted: usize = parts.iter().map(part_width).sum();
        let room = width.saturating_sub(wanted).max(width / FILTER_SHARE);
        let text = format!("/{}", visible(app.table.filter.text().trim()));
        line.push_span(Span::styled(fit(&text, room, more), theme.input));
    }
    // How a pause of the sorting ends is left out first.
    let all = line.width() + parts.iter().map(part_width).sum::<usize>();
    let resumes = Some(resumes(app))
        .filter(|resumes| app.table.view.groups.is_none() && all + resumes.width() <= width + 1);
    for part in parts {
        let gap = if line.spans.len() > 1 { dot.as_str() } else { "" };
        // A part is left out rather than cut.
        if line.spans.len() > 1 && line.width() + part_width(&part) > width + 1 {
            continue;
        }
        line.push_span(Span::styled(gap.to_owned(), theme.dim));
        let is_pause = matches!(part.as_slice(), [one] if one.content == SORTING_PAUSED);
        line.extend(part);
        if let Some(resumes) = resumes.filter(|_| is_pause) {
            line.push_span(Span::styled(resumes, theme.dim));
        }
    }
    if let Some(reason) = reason {
        let room = (total + 1).saturating_sub(line.width() + dot.width());
        let gap = if line.spans.len() > 1 { dot.as_str() } else { "" };
        line.push_span(Span::styled(gap.to_owned(), theme.dim));
        let text: String = reason.iter().map(|span| span.content.as_ref()).collect();
        let style = reason.first().map(|span| span.style).unwrap_or_default();
        line.push_span(Span::styled(fit(&text, room, more), style));
    }
    if let Some(groups) = &app.table.view.groups {
        let room = width.saturating_sub(line.width() + dot.width());
        let choices = groups::choices(app, groups, room, more);
        if line.spans.len() > 1 {
            line.push_span(Span::styled(dot.clone(), theme.dim));
        }
        line.push_span(Span::styled(choices, theme.dim));
    }
    line
}

/// Returns how a pause of the sorting ends.
fn resumes(app: &App) -> &'static str {
    match app.modal.kill_dialog() {
        Some(_) => SORTING_RESUMES_AFTER_DIALOG,
        None => SORTING_RESUMES,
    }
}

/// Formats the number of marks: `3 marked (1 hidden)`.
fn marked(app: &App) -> String {
    let hidden = match app.marks.hidden {
        0 => String::new(),
        hidden => format!(" ({hidden} hidden)"),
    };
    format!("{} marked{hidden}", app.marks.len())
}

/// Returns the rows outside the window, `195 below ▲1`, and what holds for the table now.
fn counts(app: &App, theme: &Theme) -> Vec<Vec<Span<'static>>> {
    let quiet = |text: String| vec![Span::styled(text, theme.dim)];
    let mut parts = Vec::new();
    if !app.areas().table.is_empty() && !app.covers_table() {
        parts.extend(outside_window(app, theme));
    }
    parts.extend(modes(app).into_iter().map(quiet));
    parts
}

/// Formats the number of rows: `17 of 212 shown`.
fn totals(app: &App) -> Vec<String> {
    let view = &app.table.view;
    let (listed, total) = (view.listed_count(), view.total());
    let mut parts = Vec::new();
    if app.servers.is_some() {
        parts.extend(server_view::counts(app));
    } else if app.endpoint_pane.is_some() {
        return endpoint_view::counts(app);
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
    parts
}

/// Returns the numbers of rows above and below the window, with those that are stuck, and where the cursor is if
/// it is there too.
fn outside_window(app: &App, theme: &Theme) -> Vec<Vec<Span<'static>>> {
    let page = app.page();
    let (window, rows) = app.table.window(page);
    let sides = [(0..window.start, "above"), (window.end..rows, "below")];
    let mut parts = Vec::new();
    for (side, name) in sides.into_iter().filter(|(side, _)| !side.is_empty()) {
        let mut part = vec![Span::styled(format!("{} {name}", side.len()), theme.dim)];
        for span in outside::stuck(app, theme, &side) {
            part.extend([Span::raw(" "), span]);
        }
        parts.push(part);
    }
    let view = &app.table.view;
    if view.groups.is_none() && !app.table.cursor.is_visible(page) {
        let row = view.row(app.table.cursor.position());
        let cursor = row.map(|row| format!("cursor on {}", row.session.id));
        parts.extend(cursor.map(|text| vec![Span::styled(text, theme.dim)]));
    }
    parts
}

/// Formats what holds for the table now: `sorted by IDLE, largest first`, `29 idle hidden`.
fn modes(app: &App) -> Vec<String> {
    let mut parts = Vec::new();
    let sort = app.table.sort;
    let has_sign = |id: ColumnId| id == sort.column && !id.column().heading.is_empty();
    let is_named = app.seen_columns().iter().any(|fitted| has_sign(fitted.id));
    // The heading of the sort column has the sign of the direction.
    if !is_named && !app.table.shows_groups() {
        parts.push(sort.words());
    }
    if app.table.hide_idle {
        parts.push(format!("{} idle hidden", app.table.view.idle_hidden));
    }
    if app.keeps_order() {
        parts.push(SORTING_PAUSED.to_owned());
    }
    parts.extend(app.esc_target().map(|target| format!("Esc back to {target}")));
    parts
}

/// Draws the keys that can be used now, as many as fit.
fn hints(app: &App, theme: &Theme, area: Rect, frame: &mut Frame<'_>) -> Vec<HintPlace> {
    if let Some(line) = kill_progress::line(app, theme, usize::from(area.width)) {
        let place = kill_progress::key_columns(&line, theme).map(|(start, end)| HintPlace {
            start: column(area.x, start),
            end: column(area.x, end),
            key: KeyPress::plain(Code::Esc),
        });
        line.render(area, frame.buffer_mut());
        return place.into_iter().collect();
    }
    let context = app.context();
    let usable = reached(context)
        .filter(|binding| !binding.hint.is_empty() && is_offered(app, binding))
        .collect::<Vec<_>>();
    let usable = usable.iter().copied();
    let hint = |binding: &'static Binding| {
        let shown = app.settings.keys.shown(binding);
        let key = shown.split(' ').next().unwrap_or_default().to_owned();
        [
            Span::styled(key, theme.key),
            Span::raw(format!(" {}  ", word(app, binding))),
        ]
    };
    let width = |hint: &[Span<'_>]| hint.iter().map(Span::width).sum::<usize>();
    // The keys for help and quit stay, and the one that answers a question; of the others, as many as fit between.
    let is_accept =
        |binding: &Binding| binding.context == KeyContext::Dialog && binding.action == Action::Accept;
    let is_kept =
        |binding: &&Binding| matches!(binding.action, Action::Help | Action::Quit) || is_accept(binding);
    let kept: Vec<_> = usable.clone().filter(is_kept).flat_map(hint).collect();
    let room = (usize::from(area.width) + 2).saturating_sub(width(&kept));
    let mut line = Line::from(" ");
    let mut places = Vec::new();
    // Trouble of a server or an endpoint comes first, then what can be undone, then the other pane.
    let is_first = |binding: &&Binding| {
        let action = binding.action;
        let is_pane = action == Action::NextPane && binding.context == KeyContext::Table;
        matches!(action, Action::Servers | Action::Endpoints | Action::CancelKill) || is_pane
    };
    let others = usable
        .clone()
        .filter(|binding| !is_kept(binding) && !is_first(binding));
    for binding in usable.clone().filter(is_first).chain(others) {
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

/// Returns the word of a hint: what the key does now.
fn word(app: &App, binding: &Binding) -> &'static str {
    match binding.action {
        Action::Unfold if app.detail.as_ref().is_some_and(|detail| detail.unfolded) => "fold",
        Action::StrikeHealthy if asks(app, |asking| asking.counts.healthy == 0) => "include not stuck",
        Action::CancelKill => app.undo_hint().unwrap_or(binding.hint),
        _ => binding.hint,
    }
}

/// Returns the place of a hint for the mouse. A kill is confirmed only with the keyboard.
fn place(binding: &Binding, left: u16, start: usize, width: usize) -> Option<HintPlace> {
    let confirms =
        binding.context == KeyContext::Dialog && matches!(binding.action, Action::Yes | Action::Accept);
    let key = binding.keys.first().copied().filter(|_| !confirms)?;
    // Without the two blanks between the hints.
    let (start, end) = (
        column(left, start),
        column(left, (start + width).saturating_sub(2)),
    );
    Some(HintPlace { start, end, key })
}

/// Returns the column of the screen at a place of a line.
fn column(left: u16, place: usize) -> u16 {
    left.saturating_add(u16::try_from(place).unwrap_or(u16::MAX))
}

/// Whether the key's action is possible now. Other keys are not shown.
fn is_offered(app: &App, binding: &Binding) -> bool {
    // In the chooser the hints stay in place while the cursor moves.
    let is_silent = app.why_no_effect(app.context(), binding.action).is_some();
    if is_silent && binding.context != KeyContext::Columns {
        return false;
    }
    let may_kill = app.endpoints.iter().any(|endpoint| !endpoint.read_only);
    let needs_thread = matches!(binding.action, Action::Open | Action::Kill | Action::Copy);
    let has_access = app.endpoints.iter().any(|endpoint| endpoint.server_access.is_set);
    if binding.context == KeyContext::Blockers && binding.action == Action::Copy && !has_access {
        return true;
    }
    if binding.context == KeyContext::Blockers && needs_thread {
        return app.blocker_allows(binding.action);
    }
    let is_known = app.endpoints.iter().any(|endpoint| endpoint.latest.is_some());
    if matches!(binding.context, KeyContext::Table | KeyContext::AnyView) && !is_known {
        return matches!(binding.action, Action::Help | Action::Quit);
    }
    match binding.action {
        Action::NextMatch(_) => app.help.as_ref().is_some_and(|help| !help.term.is_empty()),
        Action::Servers => app.endpoints.iter().any(has_severe_trouble),
        Action::Endpoints => {
            app.endpoints.len() > 1 && app.endpoints.iter().any(|endpoint| has_fault(app, endpoint))
        }
        Action::Open if binding.context == KeyContext::Overlay => lists_kills(app),
        Action::Open => !app.detail_has_keys(),
        Action::KillStatements => asks(app, |asking| asking.batch.has_server_access()),
        Action::StrikeHealthy => asks(app, |asking| {
            let healthy = asking.counts.healthy;
            let is_useful = healthy > 0 && healthy < asking.counts.left;
            asking.batch.tasks().len() > 1 && (is_useful || !asking.struck_healthy.is_empty())
        }),
        Action::Yes if binding.context == KeyContext::SaveQuestion => true,
        Action::Toggle if binding.context == KeyContext::SaveQuestion => {
            let question = app.modal.save_question();
            question.is_some_and(|question| question.filter.is_some())
        }
        Action::CancelKill => app.undo_hint().is_some(),
        Action::Yes | Action::Choose => app.modal.open_dialog_ticket().is_some() && !by_number(app),
        Action::Blockers if binding.context == KeyContext::Dialog => app.root_of_dialog().is_some(),
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

/// Whether the lists of an endpoint fail, or must not be used to kill.
fn has_fault(app: &App, endpoint: &EndpointState) -> bool {
    app.health(endpoint).severity() == Some(Severity::Act)
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
