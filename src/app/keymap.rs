//! The table of keys. Dispatch, the hint line and the help are generated from it.
//!
//! Keys are independent of the terminal library.

mod bindings;
mod key_press;

pub(crate) use self::bindings::BINDINGS;
pub(crate) use self::key_press::{Code, KeyPress};

/// Part of the screen that receives a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyContext {
    /// Every view; the fallback of the contexts of views.
    AnyView,
    /// The table of sessions; also the fallback for `Groups` and `Detail`.
    Table,
    /// The table, while it shows groups.
    Groups,
    /// The details have the focus.
    Detail,
    /// The kill dialog.
    Dialog,
    /// The filter is being typed.
    Prompt,
    /// The text to search for is being typed.
    Search,
    /// The reason for a kill is being typed.
    Reason,
    /// The columns are being chosen.
    Columns,
    /// The kill log or the overview.
    Overlay,
    /// The view of events.
    Events,
    /// The help.
    Help,
    /// A word to search the help for is being typed.
    HelpSearch,
    /// The view of blockers.
    Blockers,
    /// The question whether to write values to the configuration file.
    SaveQuestion,
    /// The view of servers and services.
    Servers,
    /// The view of endpoints.
    Endpoints,
    /// The menu of what can be copied.
    Copy,
    /// Every view, while a recording is shown.
    Replay,
    /// A time of the recording is being typed.
    Time,
}

impl KeyContext {
    /// Returns the context that takes the keys without a binding in this one.
    const fn fallback(self) -> Option<Self> {
        match self {
            Self::Detail | Self::Groups => Some(Self::Table),
            Self::Table | Self::Blockers | Self::Servers | Self::Endpoints | Self::Overlay | Self::Events => {
                Some(Self::AnyView)
            }
            _ => None,
        }
    }

    /// Returns this context and its fallbacks, the nearest first.
    pub(super) fn with_fallbacks(self) -> impl Iterator<Item = Self> + Clone {
        std::iter::successors(Some(self), |context| context.fallback())
    }

    /// Whether characters are typed into a text.
    pub(super) const fn types_text(self) -> bool {
        matches!(
            self,
            Self::Prompt | Self::Search | Self::Reason | Self::HelpSearch | Self::Time
        )
    }
}

/// Effect of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Move the cursor, or scroll, by lines.
    Move(isize),
    /// Move by pages.
    Page(isize),
    /// Move by half pages.
    HalfPage(isize),
    /// Move to the first row.
    First,
    /// Move to the last row.
    Last,
    /// Add the digit to the id of the session to move to.
    GoTo,
    /// Move to the next match, or back.
    NextMatch(isize),
    /// Open the details, or the sessions of a group.
    Open,
    /// Go one level back.
    Back,
    /// Move the focus to the other pane.
    NextPane,
    /// Type a filter.
    Filter,
    /// Show only stuck sessions, or all again.
    OnlyStuck,
    /// Type a text to search for.
    Search,
    /// Move to the next (1) or previous (-1) row with the text.
    SearchAgain(isize),
    /// Sort by the column to the left or right.
    SortBy(isize),
    /// Group sessions by the field this many steps further.
    Group(isize),
    /// Reverse the sort order.
    Invert,
    /// Open the kill dialog.
    Kill,
    /// Hide sessions that are idle without a reason, or show them again.
    HideIdle,
    /// Mark or unmark the session.
    Mark,
    /// Start a range, or mark it up to the cursor.
    MarkRange,
    /// Mark all rows shown.
    MarkAll,
    /// Remove all marks.
    UnmarkAll,
    /// Cancel a kill in its grace period, otherwise bring back removed marks or a filter.
    CancelKill,
    /// Show the sessions of one client only, on all endpoints.
    SameClient,
    /// Show blockers and waiters. In a kill dialog: change to the root blocker.
    Blockers,
    /// Show servers and services.
    Servers,
    /// Show the endpoints.
    Endpoints,
    /// Show the kill log.
    KillLog,
    /// Show a moment this number of lists earlier or later.
    TravelLists(isize),
    /// Show a moment this number of minutes earlier or later.
    TravelMinutes(isize),
    /// Return from a past moment to the present.
    Live,
    /// Play the recording, or pause it.
    Play,
    /// Play the recording faster (1) or slower (-1).
    PlaySpeed(isize),
    /// Go to the next (1) or previous (-1) event of the recording.
    TravelEvents(isize),
    /// Type a time of the recording.
    AskTime,
    /// Start a recording of what is fetched, or finish it.
    Record,
    /// Write the screen and its data to files.
    WriteScreen,
    /// Show the events.
    Events,
    /// Show the overview.
    Overview,
    /// Choose the columns.
    Columns,
    /// Open the menu of what can be copied; in the column chooser copy the setting that keeps the columns.
    Copy,
    /// Copy everything that the menu offers.
    CopyAll,
    /// Wrap long lines of the details, or cut them.
    Unfold,
    /// Move long lines of the details by columns.
    Across(isize),
    /// Go to the next or previous link of the details.
    Link(isize),
    /// Save sort, columns, grouping and theme to the configuration file.
    Save,
    /// Follow the row under the cursor, or stop following.
    Follow,
    /// Freeze the table.
    Pause,
    /// Poll faster or slower, by steps.
    Pace(isize),
    /// Poll now.
    Refresh,
    /// Redraw the screen.
    Repaint,
    /// Show the help.
    Help,
    /// Suspend the program, as the shell's job control does.
    Suspend,
    /// Quit.
    Quit,
    /// Quit, and leave the last frame as text.
    QuitKeepingFrame,
    /// In a dialog: yes.
    Yes,
    /// In a dialog: no.
    No,
    /// In a dialog: choose the other button.
    Choose,
    /// In a dialog or prompt: accept the current choice.
    Accept,
    /// In a dialog: remove the last digit.
    Erase,
    /// In a dialog: strike a victim out, or include it again.
    Strike,
    /// In a dialog: strike out the victims that are not stuck, or include them again.
    StrikeHealthy,
    /// Ends the statements of the victims too, or not.
    KillStatements,
    /// In a dialog: type the reason.
    Reason,
    /// In the prompt: complete the word.
    Complete,
    /// In the column chooser: show or hide a column. When saving: with the filter, or without.
    Toggle,
    /// In the column chooser: move a column to the left or right.
    Shift(isize),
    /// In the column chooser: restore the default columns.
    Reset,
}

impl Action {
    /// Whether the key refers to the row under the cursor.
    pub(super) const fn uses_cursor(self) -> bool {
        matches!(
            self,
            Self::Open | Self::Kill | Self::Mark | Self::MarkRange | Self::SameClient | Self::Follow
        )
    }

    /// Whether the key moves the cursor.
    pub(super) const fn moves(self) -> bool {
        matches!(
            self,
            Self::Move(_) | Self::Page(_) | Self::HalfPage(_) | Self::First | Self::Last | Self::GoTo
        )
    }
}

/// Names of the contexts whose keys the documents list, in their order.
pub(crate) const PLACES: [(KeyContext, &str); 19] = [
    (KeyContext::Table, "sessions"),
    (KeyContext::AnyView, "every view"),
    (KeyContext::Groups, "groups"),
    (KeyContext::Detail, "details"),
    (KeyContext::Dialog, "kill dialog"),
    (KeyContext::Reason, "reason of a kill"),
    (KeyContext::Prompt, "filter"),
    (KeyContext::Search, "search"),
    (KeyContext::Columns, "list of columns"),
    (KeyContext::Copy, "menu of copies"),
    (KeyContext::Blockers, "blockers"),
    (KeyContext::Servers, "servers"),
    (KeyContext::Endpoints, "endpoints"),
    (KeyContext::Overlay, "overview, kill log"),
    (KeyContext::Events, "events"),
    (KeyContext::Replay, "recording"),
    (KeyContext::Time, "time of a recording"),
    (KeyContext::Help, "help"),
    (KeyContext::HelpSearch, "search in the help"),
];

/// One line of the table of keys.
pub(crate) struct Binding {
    /// Context in which the keys are bound.
    pub context: KeyContext,
    /// The keys. The first one is shown in the hints.
    pub keys: &'static [KeyPress],
    /// Effect of the keys.
    pub action: Action,
    /// The keys as shown in the help.
    pub shown: &'static str,
    /// Description for the help; empty for an entry that the help does not list.
    pub about: &'static str,
    /// Word in the hint line; empty if there is none.
    pub hint: &'static str,
}

/// Returns the bindings that apply in a context: its own first, then those of its fallbacks.
pub(crate) fn bindings(context: KeyContext) -> impl Iterator<Item = &'static Binding> + Clone {
    let of = |context| BINDINGS.iter().filter(move |binding| binding.context == context);
    context.with_fallbacks().flat_map(of)
}

/// Returns the binding of a key in a context.
fn binding(context: KeyContext, key: KeyPress) -> Option<&'static Binding> {
    bindings(context).find(|binding| binding.keys.contains(&key))
}

/// Returns the effect of a key in a context.
pub(crate) fn action(context: KeyContext, key: KeyPress) -> Option<Action> {
    binding(context, key).map(|binding| binding.action)
}

/// Returns the bindings whose first key has their effect in a context.
pub(crate) fn reached(context: KeyContext) -> impl Iterator<Item = &'static Binding> + Clone {
    bindings(context).filter(move |reached| {
        let first = reached.keys.first().and_then(|key| binding(context, *key));
        first.is_some_and(|found| std::ptr::eq(found, *reached))
    })
}

/// Whether a key's action can kill a session. With `--read-only` such keys are not shown.
pub(crate) const fn is_destructive(action: Action) -> bool {
    matches!(action, Action::Kill)
}
