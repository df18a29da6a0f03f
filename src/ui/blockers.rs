//! The view of blockers. Covers the table.

mod absent;

use std::time::Duration;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;
use unicode_width::UnicodeWidthStr as _;

use super::draw::{clear, fit, fit_middle, lines, rect};
use super::theme::Theme;
use super::{clicks, outside};
use crate::app::App;
use crate::app::blockers::{BlockerRow, ThreadRow};
use crate::app::layout::Areas;
use crate::app::mouse::{ClickTarget, ClickableLine};
use crate::model::counted;

/// Width of the columns TRX and WAITS, in cells.
const TIME: usize = 8;
/// Width of the name of a thread with the lines of its tree, in cells: on a narrow and on a wide screen.
const NAME: usize = 34;
const WIDE_NAME: usize = 52;
/// Screen width from which names have more room.
const WIDE: usize = 110;
/// Screen width below which the column TRX is left out.
const NARROW: usize = 70;

/// Draws the view, if it is open. Returns the lines with an effect of clicks, and the number of lines of the list.
pub(super) fn draw(
    app: &App,
    theme: &Theme,
    areas: &Areas,
    frame: &mut Frame<'_>,
) -> Option<(Vec<ClickableLine>, usize)> {
    let pane = app.blockers.as_ref()?;
    let area = rect(areas.below_header());
    clear(area, frame.buffer_mut());
    let inner = Rect {
        x: area.x + 1.min(area.width),
        width: area.width.saturating_sub(2),
        ..area
    };
    let width = usize::from(inner.width);
    let rows = &app.table.view.blockers.rows;
    let mut text = absent::head(app, theme, width);
    if rows.is_empty() {
        text.extend(absent::no_blockers(app, theme, width));
        lines(text, inner, frame.buffer_mut());
        return Some((Vec::new(), 0));
    }
    text.push(heading(theme, width));
    let top = u16::try_from(text.len()).unwrap_or(u16::MAX).min(inner.height);
    lines(text, inner, frame.buffer_mut());
    let foot = absent::servers(app, theme, width);
    let foot_height = u16::try_from(foot.len()).unwrap_or(0).min(inner.height - top);
    let room = Rect {
        y: inner.y + top,
        height: inner.height - top - foot_height,
        ..inner
    };
    let (list, mark) = outside::split_mark(room, rows.len());
    let chosen = pane.position(rows);
    let height = usize::from(list.height);
    let end = rows.len().saturating_sub(height);
    // The lines below the list may leave less room than the cursor's movement assumed.
    let lowest = chosen.map_or(0, |place| (place + 1).saturating_sub(height));
    let first = pane.top.min(end).max(lowest);
    for ((place, row), line) in rows.iter().enumerate().skip(first).zip(list.rows()) {
        draw_row(app, row, chosen == Some(place), theme, line, frame);
    }
    outside::mark(theme, mark, (first, end - first.min(end)), frame.buffer_mut());
    let foot_area = Rect {
        y: room.bottom(),
        height: foot_height,
        ..inner
    };
    lines(foot, foot_area, frame.buffer_mut());
    let threads = rows.iter().enumerate().skip(first).zip(list.rows());
    let threads = threads.filter(|((_, row), _)| row.thread().is_some());
    let clickable = threads.map(|((place, _), row)| clicks::line(row, ClickTarget::Blocker(place)));
    Some((clickable.collect(), height))
}

/// Returns the summary: how many block how many. What does not fit is left out rather than cut.
fn summary(app: &App, width: usize) -> String {
    let totals = app.table.view.blockers.totals;
    let blockers = counted(totals.roots, "root blocker");
    let more = if totals.has_more { "at least " } else { "" };
    let waiting = match totals.waiting {
        1 => "1 session waits".to_owned(),
        count => format!("{count} sessions wait"),
    };
    let longest = totals
        .longest
        .map(|longest| format!(", the longest for {longest}"));
    let likely = (totals.likely > 0).then(|| format!(", {} only behind likely blockers", totals.likely));
    // The number of likely ones matters more than the longest wait if one of them is cut.
    let left = totals.left_running;
    let left = (left > 0).then(|| format!(", {} of ended sessions", counted(left, "statement")));
    let parts = [likely, left, longest].into_iter().flatten();
    let to_come = absent::servers_to_come(app).map(|names| format!(", {names} not read"));
    let to_come = to_come.unwrap_or_default();
    let mut text = if totals.roots == 0 && totals.waiting == 0 {
        format!("no session waits for a lock{to_come}")
    } else {
        format!("{blockers}, {more}{waiting}{to_come}")
    };
    for part in parts {
        if text.width() + part.width() <= width {
            text.push_str(&part);
        }
    }
    text
}

/// Returns how old the oldest report is: `read 0.4s ago`. At a past moment the age means nothing.
fn read_age(app: &App) -> Option<String> {
    if app.is_past() {
        return None;
    }
    let at = app.table.view.blockers.totals.read_at?;
    let age = Duration::try_from(app.now.wall.duration_since(at)).unwrap_or_default();
    Some(format!("read {} ago", age_text(age)))
}

/// Formats the age of a report in whole seconds.
fn age_text(age: Duration) -> String {
    crate::model::Span::from_secs(i64::try_from(age.as_secs()).unwrap_or(i64::MAX)).to_string()
}

fn name_width(width: usize) -> usize {
    if width >= WIDE {
        WIDE_NAME
    } else {
        NAME.min(width / 2)
    }
}

fn heading<'a>(theme: &Theme, width: usize) -> Line<'a> {
    let name = name_width(width);
    let transaction = if width < NARROW {
        String::new()
    } else {
        format!("{:>TIME$}", "TRX")
    };
    Line::styled(
        format!("{:<name$}{transaction}{:>TIME$}  DOING", "  SESSION", "WAITS"),
        theme.head,
    )
}

fn draw_row(app: &App, row: &BlockerRow, is_chosen: bool, theme: &Theme, area: Rect, frame: &mut Frame<'_>) {
    let width = usize::from(area.width);
    let line = match row {
        BlockerRow::Ended {
            tree,
            endpoint,
            ended,
            runs,
        } => {
            let text = app.ended_text(*endpoint, ended, *runs);
            Line::from(vec![
                Span::styled(tree.clone(), theme.dim),
                Span::styled(
                    fit(&text, width.saturating_sub(tree.width()), theme.glyphs.more),
                    theme.look,
                ),
            ])
        }
        BlockerRow::Note { tree, text } => Line::from(vec![
            Span::styled(tree.clone(), theme.dim),
            Span::styled(
                fit(text, width.saturating_sub(tree.width()), theme.glyphs.more),
                theme.dim,
            ),
        ]),
        BlockerRow::Thread(thread) => thread_line(app, thread, theme, width),
    };
    line.render(area, frame.buffer_mut());
    if is_chosen {
        frame.buffer_mut().set_style(area, theme.cursor);
    }
}

fn thread_line<'a>(app: &App, thread: &ThreadRow, theme: &Theme, width: usize) -> Line<'a> {
    let more = theme.glyphs.more;
    let name_width = name_width(width);
    let is_root = thread.is_root();
    let sign = if is_root { "▲ " } else { "" };
    let room = name_width.saturating_sub(thread.tree.width() + sign.width() + 1);
    // Session ids repeat from proxy to proxy.
    let proxy = app
        .endpoints
        .get(thread.key.endpoint)
        .filter(|_| app.endpoints.len() > 1);
    let name = match proxy.filter(|_| thread.root.is_none()) {
        Some(endpoint) => format!("{} on {}", thread.name, endpoint.name),
        None => thread.name.clone(),
    };
    let name = fit_middle(&name, room, more);
    let pad = name_width.saturating_sub(thread.tree.width() + sign.width() + name.width());
    let time =
        |span: Option<crate::model::Span>| span.map_or_else(|| "-".to_owned(), |span| span.to_string());
    let transaction = if width < NARROW {
        String::new()
    } else {
        format!("{:>TIME$}", time(thread.transaction))
    };
    // A root blocker waits for none: how many wait for it.
    let wait = if is_root {
        format!("{} wait", thread.blocks)
    } else {
        time(thread.wait)
    };
    let used = name_width + transaction.width() + TIME + 2;
    let doing = fit(&thread.doing, width.saturating_sub(used), more);
    Line::from(vec![
        Span::styled(thread.tree.clone(), theme.dim),
        Span::styled(sign, theme.act),
        Span::styled(
            name,
            if is_root {
                theme.head
            } else {
                ratatui::style::Style::new()
            },
        ),
        Span::raw(" ".repeat(pad)),
        Span::raw(transaction),
        Span::raw(format!("{wait:>TIME$}  ")),
        Span::raw(doing),
    ])
}
