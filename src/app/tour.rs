//! The tour of the demo: steps that each name a key, and continue when the user has pressed it.

use super::App;
use super::keymap::{Action, Code, KeyContext, KeyPress, action};
use super::layout::Area;
use super::modal::Modal;
use super::status::Status;
use super::table_view::TableView;
use crate::diagnosis::{Rank, Severity};
use crate::model::{counted, exact_text};

/// Screen height from which the tour is shown, in lines.
const MIN_HEIGHT: u16 = 12;
/// Screen width from which the text of a step fits three lines, in cells.
const WIDE: u16 = 78;

/// The running tour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tour {
    /// Index of the current step.
    step: usize,
}

/// A step of the tour.
pub(crate) struct TourStep {
    /// Its name.
    pub name: &'static str,
    /// Its text. Keys are in brackets; names in braces are replaced by what is on the screen.
    text: &'static str,
    /// Whether the user has done what the text says.
    is_done: fn(&App) -> bool,
}

/// All steps. The last one is never done.
static STEPS: [TourStep; 6] = [
    TourStep {
        name: "find",
        text: "{sessions}, and the application hangs. ▲ and ● at the top right count the stuck ones. They are the \
               first rows; WHY has the reason. Press [!] to see only them.",
        is_done: |app| app.modal.is_closed() && shows_only_stuck(&app.table.view),
    },
    TourStep {
        name: "look",
        text: "{blocker} is the first row. ▲ means act: it holds locks that {waiters} wait for. ● means watch. \
               Press [Enter] for its details.",
        is_done: |app| app.detail.is_some(),
    },
    TourStep {
        name: "cause",
        text: "The details show its statements and its open transaction: it has changed rows and is idle since \
               then. Press [b] to see which sessions wait for which.",
        is_done: |app| app.blockers.is_some(),
    },
    TourStep {
        name: "kill",
        text: "A kill of {blocker} rolls its transaction back, and the sessions below it continue. Press [K], \
               read the question, then press [y].",
        is_done: |app| app.kills.in_grace().is_some(),
    },
    TourStep {
        name: "undo",
        text: "Nothing was sent yet: the kill waits for {grace}. Press [u] to cancel it, or wait and see the \
               other sessions continue.",
        is_done: |app| app.kills.in_grace().is_none() && app.modal.kill_dialog().is_none(),
    },
    TourStep {
        name: "done",
        text: "That was find, look, kill and undo. The demo continues; [?] shows all keys. On your own MaxScale: \
               maxtop -e HOST:8989 --read-only",
        is_done: |_| false,
    },
];

impl Tour {
    /// Returns the current step.
    pub(crate) fn step(self) -> &'static TourStep {
        STEPS.get(self.step).unwrap_or(&STEPS[0])
    }

    /// Returns the number of the current step, and of all steps with something to do.
    pub(crate) fn progress(self) -> (usize, usize) {
        (self.step + 1, STEPS.len() - 1)
    }

    /// Whether all steps are done.
    pub(crate) const fn is_finished(self) -> bool {
        self.step + 1 >= STEPS.len()
    }

    /// Continues with the first step that is not done.
    fn advanced(mut self, app: &App) -> Self {
        while !self.is_finished() && (self.step().is_done)(app) {
            self.step += 1;
        }
        self
    }
}

impl TourStep {
    /// Returns the text with what is on the screen.
    pub(crate) fn text(&self, app: &App) -> String {
        let (blocker, waiters) = blocker(app);
        self.text
            .replace("{sessions}", &counted(app.table.view.total(), "session"))
            .replace("{blocker}", &blocker)
            .replace("{waiters}", &waiters)
            .replace("{grace}", &exact_text(app.settings.grace))
    }
}

impl App {
    /// Continues the tour if the user has done its step.
    pub(super) fn advance_tour(&mut self) {
        self.tour = self.tour.map(|tour| tour.advanced(self));
    }

    /// Whether a key leaves the tour: Esc and `q`, unless they close a dialog or a text first.
    pub(super) fn leaves_tour(&self, context: KeyContext, key: KeyPress) -> bool {
        let is_open = matches!(
            context,
            KeyContext::Table
                | KeyContext::Groups
                | KeyContext::Detail
                | KeyContext::Blockers
                | KeyContext::Servers
        );
        let leaves = match action(context, key) {
            Some(Action::Back) => key.code == Code::Esc,
            Some(Action::Quit) => key.typed_char() == Some('q'),
            _ => false,
        };
        self.tour.is_some() && is_open && leaves
    }

    /// Leaves the tour. The demo continues.
    pub(super) fn leave_tour(&mut self) {
        self.tour = None;
        self.status = Some(Status::note(
            "left the tour; q quits, ? shows the keys".to_owned(),
        ));
    }

    /// Returns the number of lines of the tour; 0 without one, on a low screen, and under a dialog, which
    /// needs the room.
    pub(super) fn tour_height(&self) -> u16 {
        let has_room = self.size.1 >= MIN_HEIGHT;
        let is_covered = self.help.is_some() || !(self.modal.is_closed() || self.shows_tour_over());
        if self.tour.is_none() || !has_room || is_covered {
            return 0;
        }
        if self.size.0 >= WIDE { 4 } else { 5 }
    }

    /// Whether the open modal leaves the lines of the tour free.
    fn shows_tour_over(&self) -> bool {
        matches!(self.modal, Modal::Search(_) | Modal::Prompt(_))
    }
}

impl super::layout::Areas {
    /// Makes room for the tour above the last two lines.
    pub(super) fn with_tour(mut self, height: u16) -> Self {
        self.tour = Area {
            x: 0,
            y: self.status.y,
            width: self.status.width,
            height,
        };
        self.status.y += height;
        self.hints.y += height;
        self
    }
}

/// Whether the table shows stuck sessions only, and hides others.
fn shows_only_stuck(view: &TableView) -> bool {
    let stuck: usize = Severity::ALL
        .iter()
        .map(|severity| view.count_rows(*severity, 0..usize::MAX))
        .sum();
    stuck > 0 && stuck == view.listed_count() && stuck < view.total()
}

/// Returns the first session that blocks others, and how many wait for it.
fn blocker(app: &App) -> (String, String) {
    let first = app.table.view.window(0, usize::MAX).find(|row| {
        let strongest = row.diagnosis.strongest();
        strongest.is_some_and(|finding| finding.reason.rank == Rank::First)
    });
    let Some(row) = first else {
        return ("The stuck session".to_owned(), "other sessions".to_owned());
    };
    let numbers = app.lock_numbers(row.snapshot.endpoint, row.session);
    let user = row.session.user.as_ref().map_or("", |user| user.as_str());
    let waiters = numbers.blocks.unwrap_or_default();
    (
        format!("{} of {user}", row.session.id),
        counted(waiters, "session"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_fits_its_lines() {
        for step in &STEPS {
            let text = step
                .text
                .replace("{sessions}", "1024 sessions")
                .replace("{blocker}", "53 of etl")
                .replace("{waiters}", "7 sessions")
                .replace("{grace}", "10s");
            assert!(
                text.chars().count() <= 3 * 66,
                "{}: {}",
                step.name,
                text.chars().count()
            );
        }
    }
}
