//! The last two lines: what happened or what is shown, and which keys do what.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use super::draw::fit;
use super::kill_progress;
use super::theme::Theme;
use crate::app::App;
use crate::app::detail::DetailPane;
use crate::app::keymap::{Action, BINDINGS, Binding, Context, is_destructive};
use crate::app::status::Level;
use crate::kill::BY_KEY;

/// The status line: the filter while it is typed, else what happened last, else what is shown.
pub(super) fn status(app: &App, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    if area.is_empty() {
        return;
    }
    if app.prompt.is_some() {
        prompt(app, theme, area, frame);
        return;
    }
    let width = usize::from(area.width.saturating_sub(2));
    let (text, style) = match &app.status {
        Some(status) => {
            let style = match status.level {
                Level::Note => theme.input,
                Level::Done => theme.good,
                Level::Warning => theme.warning,
            };
            (status.text.clone(), style)
        }
        None => (shown(app), theme.quiet),
    };
    Line::styled(format!(" {}", fit(&text, width, theme.glyphs.more)), style)
        .render(area, frame.buffer_mut());
}

/// The filter with its text cursor, and how many rows match.
fn prompt(app: &App, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    let Some(prompt) = &app.prompt else { return };
    let matching = format!(
        " {} of {} ",
        app.table.generation.listed(),
        app.table.generation.total()
    );
    let room = usize::from(area.width).saturating_sub(matching.len() + 4);
    let scroll = prompt.input.visual_scroll(room);
    let text: String = prompt.input.value().chars().skip(scroll).collect();
    let line = Line::from(vec![
        Span::styled(" / ", theme.strong),
        Span::styled(fit(&text, room, ""), theme.input),
    ]);
    line.render(area, frame.buffer_mut());
    Line::styled(matching, theme.quiet)
        .right_aligned()
        .render(area, frame.buffer_mut());
    let cursor = prompt.input.visual_cursor().saturating_sub(scroll).min(room);
    let x = area.x + 3 + u16::try_from(cursor).unwrap_or(0);
    frame.set_cursor_position((x.min(area.right().saturating_sub(1)), area.y));
}

/// `17 of 212 shown · 195 below`.
fn shown(app: &App) -> String {
    let generation = &app.table.generation;
    let (rows, total) = (generation.len(), generation.total());
    let mut parts = Vec::new();
    if !app.table.filter.is_empty() {
        parts.push(format!("/{}", app.table.filter.text().trim()));
    }
    let listed = generation.listed();
    if generation.snapshots.is_empty() {
        parts.push("sessions unknown".to_owned());
    } else if listed == total {
        parts.push(format!("{total} sessions"));
    } else {
        parts.push(format!("{listed} of {total} shown"));
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
    let above = app.table.offset.min(rows);
    let below = rows.saturating_sub(above + page);
    if !app.areas().table.is_empty() {
        parts.extend((above > 0).then(|| format!("{above} above")));
        parts.extend((below > 0).then(|| format!("{below} below")));
    }
    parts.join(if app.settings.ascii { " - " } else { " · " })
}

/// The keys that can be used now, as many as fit.
pub(super) fn hints(app: &App, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    if let Some(line) = kill_progress::line(app, theme, usize::from(area.width)) {
        line.render(area, frame.buffer_mut());
        return;
    }
    let context = app.context();
    let table = BINDINGS
        .iter()
        .filter(|binding| binding.context == Context::Table && context == Context::Detail);
    let own = BINDINGS.iter().filter(|binding| binding.context == context);
    let usable = own
        .chain(table)
        .filter(|binding| !binding.hint.is_empty() && is_offered(app, binding));
    let mut line = Line::from(" ");
    for binding in usable {
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

/// What cannot be done is not offered.
fn is_offered(app: &App, binding: &Binding) -> bool {
    let may_kill = app.endpoints.iter().any(|endpoint| !endpoint.read_only);
    match binding.action {
        Action::Open => !app.detail_has_keys(),
        Action::Yes | Action::Choose => app.open_question().is_some() && !by_number(app),
        Action::Copy => app.detail.as_ref().is_some_and(DetailPane::knows_threads),
        Action::Strike => app
            .kills
            .asking
            .as_ref()
            .is_some_and(|asking| asking.batch.attempts().len() > 1),
        action => may_kill || !is_destructive(action),
    }
}

/// Whether so many are meant that their number is typed.
fn by_number(app: &App) -> bool {
    let asking = app.kills.asking.as_ref();
    asking.is_some_and(|asking| asking.batch.confirmable() > BY_KEY)
}
