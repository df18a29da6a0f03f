//! The part of a terminal in which `list --watch` draws. Each list replaces the one before it, without another
//! screen: the last list stays when the program ends.

use std::fmt::Write as _;
use std::time::Duration;

use crate::app::build_view::TableView;
use crate::diagnosis::Severity;
use crate::model::{ascii, counted, exact_text};
use crate::ui::cut::fit;

/// Size of a terminal in columns and lines.
pub(super) type Size = (usize, usize);

/// Returns the size of the terminal.
pub(super) fn size() -> Size {
    let size = crossterm::terminal::size().ok();
    // Some terminals report 0x0.
    let known = size.filter(|(columns, rows)| *columns > 0 && *rows > 0);
    known.map_or((80, 24), |(columns, rows)| (columns.into(), rows.into()))
}

/// Returns the mark of a cut.
pub(super) const fn more(ascii: bool) -> &'static str {
    if ascii { "~" } else { "…" }
}

/// The lines drawn last.
#[derive(Clone, Debug, Default)]
pub(super) struct LiveArea {
    lines: Vec<String>,
    /// Number of lines on the terminal. 0 if other output followed them.
    drawn: usize,
    size: Size,
}

impl LiveArea {
    /// Returns the output that removes the lines, so that a message can take their place.
    pub(super) fn erase(&mut self, size: Size) -> String {
        let mut out = self.to_top(size);
        if !out.is_empty() {
            out.push_str("\x1b[J");
        }
        self.drawn = 0;
        out
    }

    /// Returns the output that draws these lines. They are cut to the terminal. `more` marks a cut.
    pub(super) fn draw(&mut self, lines: Vec<String>, size: Size, more: &str) -> String {
        let mut out = self.to_top(size);
        self.lines = lines;
        let (columns, rows) = size;
        // The cursor is on the line after them.
        let kept = rows.saturating_sub(1).max(1);
        self.drawn = self.lines.len().min(kept);
        for line in self.lines.iter().take(kept) {
            // The rest of the line is removed after it, so that nothing flickers.
            let _ = writeln!(out, "{}\x1b[K", fit(line, columns, more));
        }
        out.push_str("\x1b[J");
        self.size = size;
        out
    }

    /// Returns the output that draws the same lines again.
    pub(super) fn redraw(&mut self, size: Size, more: &str) -> String {
        if self.lines.is_empty() {
            return String::new();
        }
        let lines = std::mem::take(&mut self.lines);
        self.draw(lines, size, more)
    }

    /// Draws the next list below everything that is on the terminal now.
    pub(super) const fn forget(&mut self) {
        self.drawn = 0;
    }

    /// Returns the output that moves the cursor to the first line. A terminal of another size has wrapped the
    /// lines in its own way, so all of it is cleared.
    fn to_top(&self, size: Size) -> String {
        match self.drawn {
            0 => String::new(),
            _ if size != self.size => "\x1b[H\x1b[J".to_owned(),
            drawn => format!("\x1b[{drawn}F"),
        }
    }
}

/// Returns the line above a list: its time, the number of sessions and of stuck ones, the interval, and the number
/// of failed endpoints.
pub(super) fn heading(
    view: &TableView,
    time: &str,
    interval: Duration,
    failed: usize,
    is_ascii: bool,
) -> String {
    let listed = || {
        let hidden = &view.spec.hidden_endpoints;
        let lists = view.snapshots.iter();
        lists.filter(|snapshot| !hidden.contains(&snapshot.endpoint))
    };
    let count = |severity| {
        listed()
            .map(|list| view.count(list.endpoint, severity))
            .sum::<usize>()
    };
    let (act, look) = (count(Severity::Act), count(Severity::Look));
    let shown = view.len();
    let all = listed().map(|list| list.sessions.len()).sum::<usize>();
    let total = counted(all, "session");
    let sessions = if shown == all {
        total
    } else {
        format!("{shown} of {total}")
    };
    let failed = (failed > 0).then(|| format!("  {} failed", counted(failed, "endpoint")));
    let heading = format!(
        "{time}  {sessions}  {}{act} {}{look}  every {}{}  Ctrl-C ends",
        Severity::Act.sign(is_ascii),
        Severity::Look.sign(is_ascii),
        exact_text(interval),
        failed.unwrap_or_default(),
    );
    if is_ascii {
        ascii(&heading).into_owned()
    } else {
        heading
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Size = (10, 4);

    fn lines(count: usize) -> Vec<String> {
        (1..=count).map(|number| format!("line {number}")).collect()
    }

    #[test]
    fn a_list_replaces_the_one_before_it() {
        let mut area = LiveArea::default();
        let first = area.draw(lines(2), SIZE, "~");
        assert_eq!(first, "line 1\x1b[K\nline 2\x1b[K\n\x1b[J");
        let second = area.draw(lines(1), SIZE, "~");
        assert_eq!(second, "\x1b[2Fline 1\x1b[K\n\x1b[J");
    }

    #[test]
    fn it_never_scrolls_the_terminal_and_no_line_wraps() {
        let mut area = LiveArea::default();
        let mut all = lines(9);
        all[0] = "a line that is too wide".to_owned();
        let drawn = area.draw(all, SIZE, "~");
        assert_eq!(drawn.lines().filter(|line| line.contains("line")).count(), 3);
        assert!(drawn.starts_with("a line th~\x1b[K\n"), "{drawn:?}");
        assert_eq!(area.erase(SIZE), "\x1b[3F\x1b[J");
        assert_eq!(area.erase(SIZE), "", "once only");
    }

    #[test]
    fn another_size_clears_the_terminal_and_other_output_is_kept() {
        let mut area = LiveArea::default();
        area.draw(lines(2), SIZE, "~");
        assert!(area.redraw((5, 4), "~").starts_with("\x1b[H\x1b[J"));
        area.forget();
        assert!(area.redraw((5, 4), "~").starts_with("line"));
    }
}
