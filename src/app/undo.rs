//! `u`: brings back marks and filters that a key has removed or changed, the newest first.

use std::time::Duration;

use super::App;
use super::keymap::Action;
use super::marks::RemovedMarks;
use super::status::Status;
use crate::filter::Filter;
use crate::model::{counted, visible};

/// Maximum number of removals that are kept.
const MAX_REMOVALS: usize = 20;

/// Marks or a filter that a key has removed.
#[derive(Clone, Debug)]
enum Removed {
    /// Marks.
    Marks(RemovedMarks),
    /// The marks before a key has marked or unmarked several sessions.
    MarksBefore(RemovedMarks),
    /// The filter before a key has set another one or removed it. It may be empty.
    Filter(Filter),
}

/// Removed marks and filters with their times, oldest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Undo(Vec<(Duration, Removed)>);

impl Undo {
    /// Returns the time of the newest removal.
    fn newest(&self) -> Option<Duration> {
        self.0.last().map(|(at, _)| *at)
    }

    /// Adds a removal. Returns those that are no longer kept.
    fn push(&mut self, at: Duration, removed: Removed) -> Vec<(Duration, Removed)> {
        self.0.push((at, removed));
        let surplus = self.0.len().saturating_sub(MAX_REMOVALS);
        self.0.drain(..surplus).collect()
    }
}

impl App {
    /// Stores removed marks, and shows how to bring them back.
    pub(super) fn offer_marks(&mut self, removed: RemovedMarks) {
        let count = removed.count;
        let them = if count == 1 { "it" } else { "them" };
        let text = format!(
            "{} cleared; {} brings {them} back",
            counted(count, "mark"),
            self.undo_key()
        );
        self.add_removal(Removed::Marks(removed));
        self.status = Some(Status::note(text));
    }

    /// Stores a removed filter, and shows how to bring it back.
    pub(super) fn offer_filter(&mut self, removed: Filter) {
        if removed.is_empty() {
            return;
        }
        let sessions = counted(self.table.view.total(), "session");
        let text = format!("filter cleared, {sessions}; {} brings it back", self.undo_key());
        self.add_removal(Removed::Filter(removed));
        self.status = Some(Status::note(text));
    }

    /// Stores the filter before a key sets another one.
    pub(super) fn keep_filter(&mut self, before: Filter) {
        self.add_removal(Removed::Filter(before));
    }

    /// Stores a filter that was edited in a place that Esc leaves, and shows how to bring it back.
    pub(super) fn offer_left_filter(&mut self, left: Filter) {
        let shown = visible(left.text().trim());
        let text = format!("filter {shown} left; {} brings it back", self.undo_key());
        self.add_removal(Removed::Filter(left));
        self.status = Some(Status::note(text));
    }

    /// Keeps the marks before a key marks or unmarks several sessions.
    pub(super) fn keep_marks(&mut self) {
        let kept = self.marks.keep();
        self.add_removal(Removed::MarksBefore(kept));
    }

    fn add_removal(&mut self, removed: Removed) {
        for (_, old) in self.undo.push(self.now.elapsed, removed) {
            self.forget_removal(&old);
        }
    }

    fn forget_removal(&mut self, removed: &Removed) {
        if let Removed::Marks(marks) | Removed::MarksBefore(marks) = removed {
            drop(self.marks.forget(*marks));
        }
    }

    /// Returns the word for the hint of `u`; `None` if it would change nothing now.
    pub(crate) fn undo_hint(&self) -> Option<&'static str> {
        if self.is_too_late_to_undo() {
            return None;
        }
        let useful = |(_, removed): &&(Duration, Removed)| self.changes_something(removed);
        let (_, removed) = self.undo.0.iter().rev().find(useful)?;
        Some(match removed {
            Removed::Marks(_) | Removed::MarksBefore(_) => "undo marks",
            Removed::Filter(_) => "undo filter",
        })
    }

    /// Whether bringing something back changes the screen.
    fn changes_something(&self, removed: &Removed) -> bool {
        match removed {
            Removed::MarksBefore(marks) => self.marks.left_of(*marks) > 0 || !self.marks.is_empty(),
            Removed::Marks(marks) => self.marks.left_of(*marks) > 0,
            Removed::Filter(filter) => *filter != self.table.filter,
        }
    }

    /// Whether a kill has just been sent, after all that could be brought back.
    fn is_too_late_to_undo(&self) -> bool {
        let late = self.kills.late_since(self.now.elapsed);
        late.is_some_and(|late| self.undo.newest().is_none_or(|at| at < late))
    }

    /// `u`: brings back what was removed last. A kill whose grace period has just ended comes before older
    /// removals: it cannot be undone, and the user may mean it.
    /// While a kill is in progress, it stops the sessions that were not sent yet.
    pub(super) fn undo(&mut self) {
        if self.kills.in_grace().is_none() && self.kills.may_be_stopped() {
            self.stop_kills();
            return;
        }
        if self.is_too_late_to_undo() {
            let words = self.kills.newest_words(&self.endpoints);
            let words = words.unwrap_or_else(|| "already sent".to_owned());
            self.status = Some(Status {
                is_logged: true,
                ..Status::warning(format!("too late: {words}"))
            });
            return;
        }
        let refused = self.kills.refused_since(self.now.elapsed);
        if refused.is_some_and(|refused| self.undo.newest().is_none_or(|at| at < refused)) {
            self.status = Some(Status::note("nothing to undo: the kill was refused".to_owned()));
            return;
        }
        let mut newest = self.undo.0.pop();
        while let Some((_, removed)) = newest.take_if(|(_, removed)| !self.changes_something(removed)) {
            self.forget_removal(&removed);
            newest = self.undo.0.pop();
        }
        let text = match newest {
            None => "nothing to undo".to_owned(),
            Some((_, Removed::Marks(marks))) => {
                let left = self.marks.bring_back(marks);
                self.wait_for_marks();
                came_back(left, marks.count)
            }
            Some((_, Removed::MarksBefore(marks))) => {
                let left = self.marks.return_to(marks);
                self.wait_for_marks();
                format!("marks as before: {left} marked")
            }
            Some((_, Removed::Filter(filter))) => {
                let text = if filter.is_empty() {
                    "back: no filter".to_owned()
                } else {
                    format!("back: filter {}", visible(filter.text().trim()))
                };
                self.table.apply_filter(filter);
                self.rebuild_view();
                text
            }
        };
        self.status = Some(Status::note(text));
    }

    fn undo_key(&self) -> String {
        self.settings.keys.first(Action::CancelKill)
    }
}

/// Formats how many of the removed marks came back: `2 marks are back; 1 session has ended`.
fn came_back(now: usize, before: usize) -> String {
    let are = if now == 1 { "is" } else { "are" };
    let back = format!("{} {are} back", counted(now, "mark"));
    match before.saturating_sub(now) {
        0 => back,
        1 => format!("{back}; 1 session has ended"),
        ended => format!("{back}; {ended} sessions have ended"),
    }
}
