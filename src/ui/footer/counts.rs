//! The status line without a message: the filter, the marks, the numbers of rows, and what holds for the table now.

use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr as _;

use crate::app::App;
use crate::app::columns::ColumnId;
use crate::app::help::{SORTING_PAUSED, SORTING_RESUMES, SORTING_RESUMES_AFTER_DIALOG};
use crate::model::{counted, visible};
use crate::ui::draw::fit;
use crate::ui::theme::Theme;
use crate::ui::{endpoint_view, groups, outside, server_view, sessions};

/// Share of the line that a long filter has at least: one of this many parts.
const FILTER_SHARE: usize = 3;

/// Returns the line of counts: `/user=app* · 3 marked · 17 of 212 shown · 195 below ▲1 · Esc back to groups`. The
/// filter is always visible. A long one is cut at its end.
pub(super) fn shown(app: &App, theme: &Theme, width: usize) -> Line<'static> {
    let more = theme.glyphs.more;
    let parts = parts(app, theme, width);
    let reason = sessions::whole_reason(app, theme, width);
    let mut line = CountLine::new(theme);
    let whole = reason.as_ref().map_or(0, |part| line.part_width(part));
    // An order that no heading shows comes before the end of the reason.
    let reserved = if names_sort(app) {
        whole.min(MIN_REASON)
    } else {
        whole
    };
    let room = width.saturating_sub(reserved);
    if !app.table.filter.is_empty() {
        let wanted: usize = parts.iter().map(|part| line.part_width(part)).sum();
        let room = room.saturating_sub(wanted).max(room / FILTER_SHARE);
        let text = format!("/{}", visible(app.table.filter.text().trim()));
        line.push(vec![Span::styled(fit(&text, room, more), theme.input)]);
    }
    // How a pause of the sorting ends is left out first.
    let all = line.width() + parts.iter().map(|part| line.part_width(part)).sum::<usize>();
    let resumes = Some(resumes(app))
        .filter(|_| app.table.view.groups.is_none())
        .filter(|resumes| all + whole + resumes.width() <= width + 1);
    for mut part in parts {
        // A part is left out rather than cut.
        if !line.is_empty() && line.width() + line.part_width(&part) > room + 1 {
            continue;
        }
        let is_pause = matches!(part.as_slice(), [one] if one.content == SORTING_PAUSED);
        let resumes = resumes.filter(|_| is_pause);
        part.extend(resumes.map(|resumes| Span::styled(resumes, theme.dim)));
        line.push(part);
    }
    if let Some(reason) = reason {
        let room = (width + 1).saturating_sub(line.width() + line.dot.width());
        let text: String = reason.iter().map(|span| span.content.as_ref()).collect();
        let style = reason.first().map(|span| span.style).unwrap_or_default();
        line.push(vec![Span::styled(fit(&text, room, more), style)]);
    }
    if let Some(groups) = &app.table.view.groups {
        let room = room.saturating_sub(line.width() + line.dot.width());
        let choices = groups::choices(app, groups, room, more);
        line.push(vec![Span::styled(choices, theme.dim)]);
    }
    line.line
}

/// Minimum room for the reason of the row under the cursor, in cells.
const MIN_REASON: usize = 12;

/// A line of parts with a dot between them.
struct CountLine {
    line: Line<'static>,
    dot: Span<'static>,
}

impl CountLine {
    fn new(theme: &Theme) -> Self {
        Self {
            line: Line::from(" "),
            dot: Span::styled(format!(" {} ", theme.glyphs.dot), theme.dim),
        }
    }

    fn width(&self) -> usize {
        self.line.width()
    }

    fn is_empty(&self) -> bool {
        self.line.spans.len() == 1
    }

    /// Returns the width of a part with its dot.
    fn part_width(&self, part: &[Span<'_>]) -> usize {
        part.iter().map(Span::width).sum::<usize>() + self.dot.width()
    }

    fn push(&mut self, part: Vec<Span<'static>>) {
        if !self.is_empty() {
            self.line.push_span(self.dot.clone());
        }
        self.line.extend(part);
    }
}

/// Returns the marks, the numbers of rows, or what to do about the chosen blocker, and what holds for the table.
fn parts(app: &App, theme: &Theme, width: usize) -> Vec<Vec<Span<'static>>> {
    let quiet = |text: String| vec![Span::styled(text, theme.dim)];
    let marks = (!app.marks.is_empty()).then(|| vec![Span::styled(marked(app), theme.act)]);
    let step = app.blocker_step().filter(|_| app.modal.is_closed());
    let totals = match step {
        Some(step) => vec![fit(&step, width, theme.glyphs.more)],
        None => totals(app),
    };
    let totals = totals.into_iter().map(quiet);
    marks
        .into_iter()
        .chain(totals)
        .chain(counts(app, theme))
        .collect()
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
    if view.uncertain > 0 && view.groups.is_none() {
        parts.push(format!("{} not certain", view.uncertain));
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
    if names_sort(app) {
        parts.push(app.table.sort.words());
    }
    if app.table.hide_idle {
        parts.push(format!("{} idle hidden", app.table.view.idle_hidden));
    }
    // A paused table does not move, and no time ends that.
    if app.keeps_order() && !app.paused {
        parts.push(SORTING_PAUSED.to_owned());
    }
    parts.extend(app.esc_target().map(|target| format!("Esc back to {target}")));
    parts
}

/// Whether the order has to be named, because no heading has the sign of its direction.
fn names_sort(app: &App) -> bool {
    let sort = app.table.sort.column;
    let has_sign = |id: ColumnId| id == sort && !id.column().heading.is_empty();
    let is_shown = app.seen_columns().iter().any(|fitted| has_sign(fitted.id));
    !is_shown && !app.table.shows_groups()
}
