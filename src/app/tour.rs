//! The tour of the demo. Its step follows from what is on the screen, so it cannot get stuck: every key works as
//! usual, and Esc, which goes back one level, goes back one step.

use super::App;
use super::key_names::action_name;
use super::keymap::{Action, Code, KeyContext, KeyPress, action};
use super::layout::Area;
use super::modal::Modal;
use super::overlay::Topic;
use super::remap::RemappedKeys;
use super::row::TableRow;
use super::status::Status;
use super::table_view::TableView;
use crate::diagnosis::{Rank, Severity};
use crate::model::{counted, exact_text};

/// Screen height from which the tour is shown, in lines.
const MIN_HEIGHT: u16 = 12;
/// Screen heights from which a dialog leaves room for the text of the tour, and for its head too, in lines.
const MIN_HEIGHTS_WITH_DIALOG: [u16; 2] = [15, 20];
/// Screen width from which the text of a step fits three lines, in cells.
const WIDE: u16 = 78;

/// The running tour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tour {
    /// The current step.
    step: TourStep,
    /// Whether all steps are done.
    is_finished: bool,
}

/// A step of the tour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum TourStep {
    /// Show only the stuck sessions.
    #[default]
    Find,
    /// Open the details of the blocker.
    Look,
    /// Show which sessions wait for it.
    Cause,
    /// Kill it.
    Kill,
    /// Cancel the kill, or wait for it.
    Undo,
}

impl TourStep {
    /// All steps with their names.
    const ALL: [(Self, &str); 5] = [
        (Self::Find, "find"),
        (Self::Look, "look"),
        (Self::Cause, "cause"),
        (Self::Kill, "kill"),
        (Self::Undo, "undo"),
    ];
}

/// Part of the program that the user has reached, with the text that explains it.
struct Scene {
    /// Its step; `None` for the previous one.
    step: Option<TourStep>,
    /// Whether it is on the screen.
    is_shown: fn(&App) -> bool,
    /// Its text. Words in brackets are keys, or actions that are replaced by their keys; words in braces are
    /// replaced by what is on the screen.
    text: &'static str,
}

const fn scene(step: TourStep, is_shown: fn(&App) -> bool, text: &'static str) -> Scene {
    Scene {
        step: Some(step),
        is_shown,
        text,
    }
}

const fn aside(is_shown: fn(&App) -> bool, text: &'static str) -> Scene {
    Scene {
        step: None,
        is_shown,
        text,
    }
}

/// The scene if no other one is on the screen.
static FIND: Scene = scene(
    TourStep::Find,
    |_| true,
    "{sessions}, and the application hangs. ▲ and ● at the top right count the stuck ones. They are the \
     first rows; WHY has the reason. Press [only-stuck] to see only them.",
);

/// All other scenes. The first one that is on the screen is the current one.
static SCENES: [Scene; 10] = [
    scene(
        TourStep::Undo,
        |app| app.kills.in_grace().is_some(),
        "Nothing was sent yet: the kill waits for {grace}. Press [u] to cancel it, or wait and see the other \
         sessions continue.",
    ),
    scene(
        TourStep::Kill,
        |app| app.modal.kill_dialog().is_some(),
        "Read who, why and what happens. [y]: yes, [n]: no.",
    ),
    aside(
        |app| matches!(app.modal, Modal::Search(_) | Modal::Prompt(_)),
        "Keys are part of the text that you type now. [Enter] accepts the text, [Esc] cancels it. The tour \
         continues after that.",
    ),
    aside(
        |app| !app.modal.is_closed() || app.servers.is_some() || app.table.shows_groups(),
        "This view is not a step of the tour; look around. [Esc] goes back, and the tour continues.",
    ),
    aside(
        |app| app.tour.is_some_and(Tour::is_finished),
        "That was find, look, cause, kill and undo. The demo continues: [help] shows all keys, [quit] ends the \
         tour. On your own MaxScale: maxtop -e HOST:8989 --read-only",
    ),
    scene(
        TourStep::Kill,
        |app| app.blockers.is_some(),
        "A kill of {blocker} rolls its transaction back, and the sessions below it continue. With the cursor \
         on it press [kill], read the question, then press [y].",
    ),
    scene(
        TourStep::Cause,
        shows_blocker,
        "The details show its statements and its open transaction: it has changed rows and is idle since \
         then. Press [blockers] to see which sessions wait for which.",
    ),
    scene(
        TourStep::Look,
        |app| app.detail.is_some(),
        "These are the details of another session. Press [Esc], go to {blocker}, and press [open]; or press \
         [blockers] to see which sessions wait for which.",
    ),
    scene(
        TourStep::Look,
        |app| shows_only_stuck(&app.table.view) && is_on_blocker(app),
        "{blocker} is under the cursor. ▲ means act: it holds locks that {waiters} wait for. ● means watch. \
         Press [open] for its details.",
    ),
    scene(
        TourStep::Look,
        |app| shows_only_stuck(&app.table.view),
        "▲ means act, ● means watch. {blocker} holds locks that {waiters} wait for. Go to its row with the \
         arrow keys, and press [open] for its details.",
    ),
];

impl Tour {
    /// Returns the name of the current step.
    pub(crate) fn name(self) -> &'static str {
        let found = TourStep::ALL.iter().find(|(step, _)| *step == self.step);
        found.map_or("", |(_, name)| name)
    }

    /// Returns the number of the current step, and of all steps.
    pub(crate) fn progress(self) -> (usize, usize) {
        let place = TourStep::ALL.iter().position(|(step, _)| *step == self.step);
        (place.unwrap_or(0) + 1, TourStep::ALL.len())
    }

    /// Whether all steps are done.
    pub(crate) const fn is_finished(self) -> bool {
        self.is_finished
    }

    /// Returns the tour with the step that is on the screen.
    fn at(self, app: &App) -> Self {
        let was_in_grace = self.step == TourStep::Undo;
        let step = Scene::of(app).step.unwrap_or(self.step);
        Self {
            step,
            is_finished: self.is_finished || was_in_grace && app.kills.in_grace().is_none(),
        }
    }
}

impl Scene {
    /// Returns what is on the screen.
    fn of(app: &App) -> &'static Self {
        let found = SCENES.iter().find(|scene| (scene.is_shown)(app));
        found.unwrap_or(&FIND)
    }
}

impl App {
    /// Returns the text of the tour, with the configured keys and what is on the screen.
    pub(crate) fn tour_text(&self) -> String {
        let blocker = blocker(self);
        let id = |(row, _): &(TableRow<'_>, u64)| {
            let user = row.session.user.as_ref().map_or("", |user| user.as_str());
            format!("{} of {user}", row.session.id)
        };
        let waiters = |(_, waiters): &(TableRow<'_>, u64)| counted(*waiters, "session");
        let text = Scene::of(self)
            .text
            .replace("{sessions}", &counted(self.table.view.total(), "session"))
            .replace(
                "{blocker}",
                &blocker.as_ref().map_or_else(|| "the blocker".to_owned(), id),
            )
            .replace(
                "{waiters}",
                &blocker.as_ref().map_or_else(|| "others".to_owned(), waiters),
            )
            .replace("{grace}", &exact_text(self.settings.grace));
        with_keys(text, &self.settings.keys)
    }

    /// Continues the tour with the step that is on the screen.
    pub(super) fn advance_tour(&mut self) {
        self.tour = self.tour.map(|tour| tour.at(self));
    }

    /// Whether a key ends the tour: `q`, unless it closes a dialog or a text first.
    pub(super) fn leaves_tour(&self, context: KeyContext, key: KeyPress) -> bool {
        let is_open = matches!(
            context,
            KeyContext::Table
                | KeyContext::Groups
                | KeyContext::Detail
                | KeyContext::Blockers
                | KeyContext::Servers
                | KeyContext::Endpoints
        );
        let leaves = action(context, key) == Some(Action::Quit) && key == KeyPress::plain(Code::Char('q'));
        self.tour.is_some() && is_open && leaves
    }

    /// Ends the tour. The demo continues.
    pub(super) fn leave_tour(&mut self) {
        self.tour = None;
        let text = "the tour has ended, the demo continues; [quit] quits, [help] shows the keys".to_owned();
        let text = with_keys(text, &self.settings.keys).replace(['[', ']'], "");
        self.status = Some(Status::note(text));
    }

    /// Returns the number of lines of the tour; 0 without one, on a low screen, and under a text that covers
    /// the screen. A dialog needs most of the room.
    pub(super) fn tour_height(&self) -> u16 {
        let is_covered =
            self.help.is_some() || self.modal.overlay().is_some_and(|it| it.topic == Topic::KillLog);
        if self.tour.is_none() || self.size.1 < MIN_HEIGHT || is_covered {
            return 0;
        }
        match (self.modal.kill_dialog().is_some(), self.size) {
            (true, (_, height)) => MIN_HEIGHTS_WITH_DIALOG
                .iter()
                .map(|least| u16::from(height >= *least))
                .sum(),
            (false, (width, _)) if width >= WIDE => 4,
            (false, _) => 5,
        }
    }
}

/// Replaces the names of actions in brackets by their first keys.
fn with_keys(mut text: String, keys: &RemappedKeys) -> String {
    for action in RemappedKeys::actions() {
        let name = format!("[{}]", action_name(action));
        if text.contains(&name) {
            text = text.replace(&name, &format!("[{}]", keys.first(action)));
        }
    }
    text
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

/// Whether the details are those of a session that blocks others.
fn shows_blocker(app: &App) -> bool {
    let shown = app.detail.as_ref().map(|pane| pane.session().id);
    shown.is_some() && blocker(app).map(|(row, _)| row.session.id) == shown
}

/// Whether the cursor is on a session that blocks others.
fn is_on_blocker(app: &App) -> bool {
    let at = &app.table.cursor.key;
    at.is_some() && blocker(app).map(|(row, _)| row.key()) == *at
}

/// Returns the first session that blocks others, and how many wait for it.
fn blocker(app: &App) -> Option<(TableRow<'_>, u64)> {
    let row = app.table.view.stuck_rows().find(|row| {
        let strongest = row.diagnosis.strongest();
        strongest.is_some_and(|finding| finding.reason.rank == Rank::First)
    })?;
    let numbers = app.lock_numbers(row.snapshot.endpoint, row.session);
    Some((row, numbers.blocks.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_fits_its_lines() {
        for scene in SCENES.iter().chain([&FIND]) {
            let text = scene
                .text
                .replace("{sessions}", "1024 sessions")
                .replace("{blocker}", "53 of etl")
                .replace("{waiters}", "7 sessions")
                .replace("{grace}", "10s");
            let text = with_keys(text, &RemappedKeys::default());
            let length = text.chars().count();
            assert!(length <= 3 * 66, "{length}: {text}");
            assert!(!text.contains("[open]"), "{text}");
        }
    }

    #[test]
    fn the_text_beside_a_dialog_fits_one_line() {
        let dialog = SCENES.iter().find(|scene| scene.step == Some(TourStep::Kill));
        assert!(dialog.unwrap().text.chars().count() <= 54);
    }
}
