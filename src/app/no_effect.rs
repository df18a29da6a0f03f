//! Keys without an effect in the current state, and why. The status line shows it in place of a silent key, and
//! such keys have no hint.

use super::App;
use super::columns::ColumnId;
use super::keymap::{Action, KeyContext};
use crate::kill::{KillBatch, MAX_CONFIRMED_BY_KEY};

/// Keys without an effect under a condition.
struct NoEffect {
    /// The contexts of the keys.
    contexts: &'static [KeyContext],
    /// The effects that the keys would have.
    actions: &'static [Action],
    /// The condition.
    applies: fn(&App) -> bool,
    /// Text for the status line.
    text: &'static str,
}

/// The table, and the contexts that inherit its keys.
const TABLE: &[KeyContext] = &[KeyContext::Table, KeyContext::Groups, KeyContext::Detail];
/// All views.
const VIEWS: &[KeyContext] = &[
    KeyContext::Table,
    KeyContext::Groups,
    KeyContext::Detail,
    KeyContext::Blockers,
    KeyContext::Servers,
    KeyContext::Endpoints,
    KeyContext::Overlay,
    KeyContext::Events,
];
const EVENTS: &[KeyContext] = &[KeyContext::Events];
const GROUPS: &[KeyContext] = &[KeyContext::Groups];
const DETAIL: &[KeyContext] = &[KeyContext::Detail];
const DIALOG: &[KeyContext] = &[KeyContext::Dialog];
const COLUMNS: &[KeyContext] = &[KeyContext::Columns];

/// Actions for the row under the cursor or for all rows.
const OF_ROWS: &[Action] = &[
    Action::Open,
    Action::Kill,
    Action::Mark,
    Action::MarkRange,
    Action::MarkAll,
    Action::SameClient,
    Action::Follow,
    Action::Copy,
    Action::CopyAll,
];

/// Actions for the row under the cursor.
const OF_CHOSEN_ROW: &[Action] = &[
    Action::Open,
    Action::Kill,
    Action::Mark,
    Action::SameClient,
    Action::Follow,
    Action::Copy,
];

/// Actions that mark sessions for a kill.
const MARKING: &[Action] = &[Action::Mark, Action::MarkRange, Action::MarkAll];

pub(super) const IS_LIVE: &str = "this is live; [ goes back one list, { a minute";
const KILL_IN_PROGRESS: &str = "a kill is in progress: look back when it has ended";

/// All of them. The first one that applies is shown.
static NO_EFFECTS: &[NoEffect] = &[
    NoEffect {
        contexts: EVENTS,
        actions: &[Action::Open],
        applies: |app| app.is_replay() && app.events.is_empty(),
        text: "no event is found yet",
    },
    NoEffect {
        contexts: VIEWS,
        actions: &[Action::Kill],
        applies: App::is_replay,
        text: "sessions of a recording cannot be killed",
    },
    NoEffect {
        contexts: TABLE,
        actions: MARKING,
        applies: App::is_replay,
        text: "no session of a recording is marked: it cannot be killed",
    },
    NoEffect {
        contexts: VIEWS,
        actions: &[Action::Record],
        applies: App::is_replay,
        text: "this is a recording: maxtop replay --cut writes a part of it",
    },
    NoEffect {
        contexts: VIEWS,
        actions: &[Action::Refresh, Action::Pace(1), Action::Pace(-1), Action::Pause],
        applies: App::is_replay,
        text: "a recording is not polled",
    },
    NoEffect {
        contexts: VIEWS,
        actions: &[Action::Save],
        applies: App::is_replay,
        text: "settings are saved from the live screen: run maxtop without replay",
    },
    NoEffect {
        contexts: TABLE,
        actions: &[Action::Back],
        applies: |app| app.is_replay() && is_first_level(app),
        text: "this is the first level; q quits",
    },
    NoEffect {
        contexts: EVENTS,
        actions: &[Action::Open],
        applies: |app| app.events.is_empty(),
        text: "nothing has happened since maxtop started",
    },
    NoEffect {
        contexts: EVENTS,
        actions: &[Action::Open],
        applies: has_kill_before_past,
        text: KILL_IN_PROGRESS,
    },
    NoEffect {
        contexts: VIEWS,
        actions: &[Action::Kill],
        applies: |app| app.past.is_some(),
        text: "the past cannot be killed: L for live",
    },
    NoEffect {
        contexts: TABLE,
        actions: MARKING,
        applies: |app| app.past.is_some(),
        text: "no session of the past is marked, it cannot be killed: L for live",
    },
    NoEffect {
        contexts: VIEWS,
        actions: &[Action::Refresh, Action::Pace(1), Action::Pace(-1), Action::Pause],
        applies: |app| app.past.is_some(),
        text: "the past is not polled: L for live",
    },
    NoEffect {
        contexts: VIEWS,
        actions: &[Action::Save],
        applies: |app| app.past.is_some(),
        text: "settings are saved from the live screen: L for live",
    },
    NoEffect {
        contexts: VIEWS,
        actions: &[Action::TravelLists(1), Action::TravelMinutes(1)],
        applies: |app| app.past.is_none(),
        text: IS_LIVE,
    },
    NoEffect {
        contexts: VIEWS,
        actions: &[Action::TravelLists(-1), Action::TravelMinutes(-1)],
        applies: has_kill_before_past,
        text: KILL_IN_PROGRESS,
    },
    NoEffect {
        contexts: TABLE,
        actions: OF_ROWS,
        applies: |app| lacks_rows(app) && app.table.view.snapshots.is_empty(),
        text: "there is no list of sessions yet",
    },
    NoEffect {
        contexts: TABLE,
        actions: OF_ROWS,
        applies: |app| lacks_rows(app) && app.table.view.total() > 0,
        text: "no session is shown; Esc removes the filter",
    },
    NoEffect {
        contexts: TABLE,
        actions: OF_ROWS,
        applies: lacks_rows,
        text: "there are no sessions",
    },
    NoEffect {
        contexts: GROUPS,
        actions: &[Action::SameClient],
        applies: |_| true,
        text: "a group has more than one client; Enter shows its sessions",
    },
    NoEffect {
        contexts: TABLE,
        actions: OF_CHOSEN_ROW,
        applies: |app| app.marks.is_empty() && app.goto.as_ref().is_some_and(|goto| goto.is_lost),
        text: "no session is chosen: move the cursor first",
    },
    NoEffect {
        contexts: DETAIL,
        actions: &[Action::Kill],
        applies: |app| app.detail_has_keys() && app.detail.as_ref().is_some_and(|pane| pane.ended.is_some()),
        text: "this session has already ended",
    },
    NoEffect {
        contexts: &[KeyContext::Table],
        actions: &[Action::Kill],
        applies: |app| app.marks.is_empty() && is_on_ended_row(app),
        text: "this session has already ended",
    },
    NoEffect {
        contexts: &[KeyContext::Table],
        actions: &[Action::Mark],
        applies: is_on_ended_row,
        text: "this session has already ended",
    },
    NoEffect {
        contexts: TABLE,
        actions: &[Action::UnmarkAll],
        applies: |app| app.marks.is_empty(),
        text: "no session is marked",
    },
    NoEffect {
        contexts: TABLE,
        actions: &[Action::NextPane],
        applies: |app| app.detail.is_none(),
        text: "there is one pane; Enter opens the details beside or below the list",
    },
    NoEffect {
        contexts: DETAIL,
        actions: &[Action::Open],
        applies: |app| app.links().is_empty(),
        text: "no links to other sessions here",
    },
    NoEffect {
        contexts: DETAIL,
        actions: &[Action::Open],
        applies: |app| app.detail.as_ref().is_some_and(|detail| detail.link.is_none()),
        text: "no link is chosen; Tab chooses one",
    },
    NoEffect {
        contexts: &[KeyContext::Table],
        actions: &[Action::Open],
        applies: has_details_of_cursor,
        text: "its details are open; Tab moves there",
    },
    NoEffect {
        contexts: TABLE,
        actions: &[Action::Back],
        applies: |app| app.past.is_some() && is_first_level(app),
        text: "this is the first level; L for live, q quits",
    },
    NoEffect {
        contexts: TABLE,
        actions: &[Action::Back],
        applies: is_first_level,
        text: "this is the first level; q quits",
    },
    NoEffect {
        contexts: &[KeyContext::Blockers],
        actions: &[Action::Open, Action::Kill],
        applies: |app| app.table.view.blockers.rows.is_empty(),
        text: "no thread is listed here",
    },
    NoEffect {
        contexts: &[KeyContext::Blockers],
        actions: &[Action::Open, Action::Kill, Action::Copy, Action::CopyAll],
        applies: |app| {
            let is_empty = app.table.view.blockers.rows.is_empty();
            !is_empty && app.chosen_blocker().is_none()
        },
        text: "the chosen thread is gone: choose another one with the arrow keys",
    },
    NoEffect {
        contexts: &[KeyContext::Blockers],
        actions: &[Action::Copy, Action::CopyAll],
        applies: App::has_only_drafts,
        text: "the draft API cannot read locks: there is nothing to copy",
    },
    NoEffect {
        contexts: &[KeyContext::Servers],
        actions: &[Action::Open, Action::Copy, Action::CopyAll],
        applies: |app| app.server_rows().is_empty(),
        text: "no server or service is listed here",
    },
    NoEffect {
        contexts: &[KeyContext::Servers],
        actions: &[Action::NextPane],
        applies: |app| !app.server_rows().has_both(),
        text: "there is no other table",
    },
    NoEffect {
        contexts: DIALOG,
        actions: &[Action::Yes, Action::Choose],
        applies: by_number,
        text: "type the number of sessions, then Enter",
    },
    NoEffect {
        contexts: DIALOG,
        actions: &[Action::Choose],
        applies: |app| app.modal.open_dialog_ticket().is_none(),
        text: "not possible before the check has passed",
    },
    NoEffect {
        contexts: DIALOG,
        actions: &[Action::Strike, Action::StrikeHealthy],
        applies: |app| {
            let dialog = app.modal.kill_dialog();
            dialog.is_some_and(|dialog| dialog.batch.tasks().len() < 2)
        },
        text: "there is one session only; n keeps it",
    },
    NoEffect {
        contexts: DIALOG,
        actions: &[Action::StrikeHealthy],
        applies: |app| {
            let dialog = app.modal.kill_dialog();
            dialog.is_some_and(|dialog| dialog.counts.healthy == 0 && dialog.struck_healthy.is_empty())
        },
        text: "all these sessions are stuck",
    },
    NoEffect {
        contexts: DIALOG,
        actions: &[Action::Blockers],
        applies: |app| app.root_of_dialog().is_none(),
        text: "no blocker of this session is known",
    },
    NoEffect {
        contexts: DIALOG,
        actions: &[Action::KillStatements, Action::Reason],
        applies: |app| {
            let dialog = app.modal.kill_dialog();
            dialog.is_some_and(|dialog| !dialog.batch.counts().has_open)
        },
        text: "nothing here can be killed; Esc closes the dialog",
    },
    NoEffect {
        contexts: DIALOG,
        actions: &[Action::KillStatements],
        applies: |app| {
            let dialog = app.modal.kill_dialog();
            dialog.is_some_and(|dialog| !dialog.batch.has_server_access())
        },
        text: "statements can be killed with --sql-user only",
    },
    NoEffect {
        contexts: DIALOG,
        actions: &[Action::Erase],
        applies: |app| {
            let dialog = app.modal.kill_dialog();
            dialog.is_some_and(|dialog| dialog.dialog.typed().is_empty())
        },
        text: "no digit is typed",
    },
    NoEffect {
        contexts: COLUMNS,
        actions: &[Action::Shift(-1)],
        applies: |app| app.modal.chooser().is_some_and(|chooser| chooser.cursor == 0),
        text: "this column is the first one",
    },
    NoEffect {
        contexts: COLUMNS,
        actions: &[Action::Shift(1)],
        applies: |app| {
            let chooser = app.modal.chooser();
            chooser.is_some_and(|chooser| chooser.cursor + 1 == chooser.order.len())
        },
        text: "this column is the last one",
    },
    NoEffect {
        contexts: COLUMNS,
        actions: &[Action::Reset],
        applies: |app| {
            let defaults = ColumnId::defaults(app.endpoints.len());
            let chooser = app.modal.chooser();
            chooser.is_some_and(|chooser| app.table.columns == defaults && chooser.is_in_order(&defaults))
        },
        text: "these are the default columns",
    },
    NoEffect {
        contexts: &[KeyContext::Help],
        actions: &[Action::NextMatch(1), Action::NextMatch(-1)],
        applies: |app| app.help.as_ref().is_some_and(|help| help.hit.is_none()),
        text: "there is no match; / searches for a text",
    },
];

/// Whether a kill is in progress, which must stay on the screen.
fn has_kill_before_past(app: &App) -> bool {
    app.past.is_none() && !app.kills.batches.iter().all(KillBatch::has_sent_everything)
}

/// Whether the cursor of the table is on a session that has ended.
fn is_on_ended_row(app: &App) -> bool {
    let row = app.table.view.row(app.table.cursor.position());
    !app.table.shows_groups() && !app.detail_has_keys() && row.is_some_and(|row| row.has_ended())
}

/// Whether the table has no row, and nothing else is chosen.
fn lacks_rows(app: &App) -> bool {
    let has_rows = match &app.table.view.groups {
        Some(groups) => !groups.is_empty(),
        None => !app.table.view.is_empty(),
    };
    !has_rows && app.detail.is_none() && app.marks.is_empty()
}

/// Whether the details beside or below the table are those of the row under the cursor.
fn has_details_of_cursor(app: &App) -> bool {
    let row = app.table.view.row(app.table.cursor.position());
    let identity = app.detail.as_ref().map(|detail| &detail.identity);
    !app.table.shows_groups() && row.is_some_and(|row| identity == Some(&row.identity()))
}

/// Whether there is no level to go back to.
fn is_first_level(app: &App) -> bool {
    let table = &app.table;
    let is_plain = app.marks.is_empty() && app.marks.anchor().is_none() && table.filter.is_empty();
    app.modal.is_closed()
        && app.search_text().is_none()
        && !app.covers_table()
        && app.detail.is_none()
        && is_plain
        && table.groups.by.is_none()
        && table.groups.opened.is_empty()
        && app.kills.batches.iter().all(KillBatch::has_sent_everything)
}

/// Whether the number of victims is high enough that it has to be typed.
fn by_number(app: &App) -> bool {
    let dialog = app.modal.kill_dialog();
    dialog.is_some_and(|dialog| dialog.batch.confirmable() > MAX_CONFIRMED_BY_KEY)
}

impl App {
    /// Returns why an action has no effect in a context now; `None` if it has one.
    pub(crate) fn why_no_effect(&self, context: KeyContext, action: Action) -> Option<&'static str> {
        let mut all = NO_EFFECTS.iter();
        let found = all.find(|entry| {
            entry.contexts.contains(&context) && entry.actions.contains(&action) && (entry.applies)(self)
        });
        found.map(|entry| entry.text)
    }
}
