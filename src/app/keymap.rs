//! The keys: one entry each, from which dispatch, the hint line and the help come.
//!
//! Keys, independent of the terminal library.

/// Where a key means something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyContext {
    /// The table, or the details with nothing on top.
    Table,
    /// The table, while it shows groups.
    Groups,
    /// The details have the focus.
    Detail,
    /// The kill dialog.
    Dialog,
    /// The filter is being typed.
    Prompt,
    /// The reason for a kill is being typed.
    Reason,
    /// The columns are being chosen.
    Columns,
    /// The help or the kill log.
    Overlay,
}

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Move the cursor, or scroll, by lines.
    Move(isize),
    /// By pages.
    Page(isize),
    /// By half pages.
    HalfPage(isize),
    /// To the first row.
    First,
    /// To the last row.
    Last,
    /// Open the details, or the sessions of a group.
    Open,
    /// One level back.
    Back,
    /// Give the other pane the keys.
    NextPane,
    /// Type a filter.
    Filter,
    /// Sort by the column to the left or right.
    SortBy(isize),
    /// Group sessions, by what is so many steps on.
    Group(isize),
    /// Turn the order round.
    Invert,
    /// Ask whether to end the session.
    Kill,
    /// Leave out who is idle without a reason, or show them again.
    HideIdle,
    /// Mark the session, or take its mark away.
    Mark,
    /// Mark a range: from here, then up to there.
    MarkRange,
    /// Mark all that are shown.
    MarkAll,
    /// Take all marks away.
    UnmarkAll,
    /// Take back a kill in its grace time.
    TakeBack,
    /// Show the sessions of one client only, wherever they are.
    SameClient,
    /// Show the kills of this run.
    KillLog,
    /// Show how the fleet has moved.
    Overview,
    /// Choose the columns.
    Columns,
    /// Copy the statement that kills one of the session's connections on its server; or the setting
    /// that keeps the columns.
    Copy,
    /// Hold the table still.
    Pause,
    /// Poll faster or slower, by steps.
    Pace(isize),
    /// Poll now.
    Refresh,
    /// Draw everything anew.
    Repaint,
    /// Show the help.
    Help,
    /// Stop the program, as the shell's job control does.
    Suspend,
    /// End.
    Quit,
    /// End, and leave the last frame as text.
    QuitKeepingFrame,
    /// In a dialog: yes.
    Yes,
    /// In a dialog: no.
    No,
    /// In a dialog: the other button.
    Choose,
    /// In a dialog or prompt: what is there.
    Accept,
    /// In a dialog: take the last digit back.
    Erase,
    /// In a dialog: strike a victim out, or take it in again.
    Strike,
    /// In a dialog: type the reason.
    Reason,
    /// In the prompt: the rest of the word.
    Complete,
    /// Among the columns: show one, or hide it.
    Toggle,
    /// Among the columns: to the left or right.
    Shift(isize),
    /// Among the columns: as they were at first.
    Reset,
}

/// One line of the table of keys.
pub struct Binding {
    /// Where.
    pub context: KeyContext,
    /// Which keys; the first stands in the hints.
    pub keys: &'static [KeyPress],
    /// What they do.
    pub action: Action,
    /// The keys as help writes them.
    pub shown: &'static str,
    /// What they do, as help says it; empty for a twin that help does not list.
    pub about: &'static str,
    /// The word in the hint line; empty: none.
    pub hint: &'static str,
}

const fn ch(c: char) -> KeyPress {
    KeyPress::plain(Code::Char(c))
}

const fn ctrl(c: char) -> KeyPress {
    KeyPress {
        code: Code::Char(c),
        ctrl: true,
        alt: false,
    }
}

const fn on(code: Code) -> KeyPress {
    KeyPress::plain(code)
}

macro_rules! bindings {
    ($($context:ident [$($key:expr),+] $action:expr, $shown:literal, $about:literal, $hint:literal;)+) => {
        &[$(Binding {
            context: KeyContext::$context,
            keys: &[$($key),+],
            action: $action,
            shown: $shown,
            about: $about,
            hint: $hint,
        }),+]
    };
}

/// Every key of the program. What kills is upper case and asks.
pub static BINDINGS: &[Binding] = bindings! {
    Table [on(Code::Enter)] Action::Open, "Enter", "details of the session", "details";
    Table [ch('K'), on(Code::F(9))] Action::Kill, "K F9", "end the session, after asking and checking", "kill";
    Table [ch('/'), ch('\\'), on(Code::F(4))] Action::Filter, "/ \\ F4", "filter: which sessions to show", "filter";
    Table [ch(' ')] Action::Mark, "Space", "mark the session, or take its mark away", "mark";
    Table [ch('<')] Action::SortBy(-1), "<>", "sort by the column to the left or right", "sort";
    Table [ch('>'), on(Code::F(6))] Action::SortBy(1), "F6", "", "";
    Table [ch('I')] Action::Invert, "I", "turn the order round", "";
    Table [ch('t'), on(Code::F(5))] Action::Group(1), "t F5", "groups: by user, address, service, server, state …", "group";
    Table [on(Code::Up), ch('k')] Action::Move(-1), "↑ k", "up", "";
    Table [on(Code::Down), ch('j')] Action::Move(1), "↓ j", "down", "";
    Table [on(Code::PageUp), ctrl('b')] Action::Page(-1), "PgUp PgDn", "a page up or down", "";
    Table [on(Code::PageDown), ctrl('f')] Action::Page(1), "PgDn", "", "";
    Table [ctrl('u')] Action::HalfPage(-1), "Ctrl-u Ctrl-d", "half a page up or down", "";
    Table [ctrl('d')] Action::HalfPage(1), "Ctrl-d", "", "";
    Table [on(Code::Home), ch('g')] Action::First, "Home g", "the first row", "";
    Table [on(Code::End), ch('G')] Action::Last, "End G", "the last row", "";
    Table [ch('i')] Action::HideIdle, "i", "hide who is idle for 10s or more without a reason", "";
    Table [ch('=')] Action::SameClient, "=", "only this client: its user and address, on all endpoints", "";
    Table [ch('v')] Action::MarkRange, "v", "mark a range: v, move, v", "";
    Table [ch('*')] Action::MarkAll, "*", "mark all that are shown; a kill asks their filter again", "";
    Table [ch('U')] Action::UnmarkAll, "U", "take all marks away", "";
    Table [ch('u')] Action::TakeBack, "u", "take back a kill in its grace time; so do Esc and q", "";
    Table [ch('c')] Action::Columns, "c", "choose the columns and their order", "";
    Table [ch('o')] Action::Overview, "o", "overview: how the fleet has moved since maxtop began", "";
    Table [ch('l')] Action::KillLog, "l", "what came of the kills of this run", "";
    Table [on(Code::Tab), on(Code::BackTab)] Action::NextPane, "Tab", "the other pane, when both are shown", "";
    Table [ch('p'), ch('Z')] Action::Pause, "p Z", "pause: the table stands, polling goes on", "";
    Table [ch('+')] Action::Pace(1), "+ -", "poll less or more often", "";
    Table [ch('-')] Action::Pace(-1), "-", "", "";
    Table [ch('r')] Action::Refresh, "r", "poll now", "";
    Table [ctrl('l')] Action::Repaint, "Ctrl-l", "draw everything anew", "";
    Table [on(Code::Esc)] Action::Back, "Esc", "one level back; never quits", "";
    Table [ch('?'), on(Code::F(1))] Action::Help, "? F1", "this help", "help";
    Table [ctrl('z')] Action::Suspend, "Ctrl-z", "to the shell; fg comes back", "";
    Table [ch('q'), ctrl('c'), on(Code::F(10))] Action::Quit, "q Ctrl-c", "quit", "quit";
    Table [ch('Q')] Action::QuitKeepingFrame, "Q", "quit and leave the last frame as text", "";
    Groups [on(Code::Enter)] Action::Open, "Enter", "the sessions of the group, as a filter", "sessions";
    Groups [ch('K'), on(Code::F(9))] Action::Kill, "K F9", "end all sessions of the group, after asking and checking", "kill";
    Groups [ch('t'), on(Code::F(5)), on(Code::Right)] Action::Group(1), "t F5 →", "group by the next: service, server, state, reason …", "regroup";
    Groups [on(Code::Left)] Action::Group(-1), "←", "group by the one before", "";
    Groups [ch(' ')] Action::Mark, "Space", "mark all sessions of the group, or take their marks away", "";
    Groups [on(Code::Esc)] Action::Back, "Esc", "back to the table; from opened ones, to the groups", "back";
    Detail [on(Code::Up), ch('k')] Action::Move(-1), "↑ ↓", "scroll", "";
    Detail [on(Code::Down), ch('j')] Action::Move(1), "↓", "", "";
    Detail [on(Code::Esc)] Action::Back, "Esc", "back to the table", "back";
    Detail [ch('y')] Action::Copy, "y", "copy KILL with the thread id of one of its connections", "copy KILL";
    Dialog [ch('n'), ch('q'), on(Code::Esc), ctrl('c')] Action::No, "n q Esc", "no", "no";
    Dialog [ch('y')] Action::Yes, "y", "yes, once the session was checked", "yes";
    Dialog [on(Code::Left), on(Code::Right), on(Code::Tab), on(Code::BackTab)] Action::Choose, "←→", "choose", "choose";
    Dialog [on(Code::Enter)] Action::Accept, "Enter", "what is chosen; No at first, or the number typed", "accept";
    Dialog [ch('x')] Action::Strike, "x", "strike the session out, or take it in again", "strike out";
    Dialog [ch('r')] Action::Reason, "r", "type a reason for the audit log", "reason";
    Dialog [on(Code::Up), ch('k')] Action::Move(-1), "↑ ↓", "up and down the list of sessions", "";
    Dialog [on(Code::Down), ch('j')] Action::Move(1), "↓", "", "";
    Dialog [on(Code::PageUp)] Action::Page(-1), "PgUp PgDn", "by pages; Home End to its ends", "";
    Dialog [on(Code::PageDown)] Action::Page(1), "PgDn", "", "";
    Dialog [on(Code::Home)] Action::First, "Home", "", "";
    Dialog [on(Code::End)] Action::Last, "End", "", "";
    Dialog [on(Code::Backspace)] Action::Erase, "Backspace", "", "";
    Reason [on(Code::Enter), on(Code::Esc), on(Code::Tab)] Action::Accept, "Enter", "", "back to the question";
    Prompt [on(Code::Enter)] Action::Accept, "Enter", "keep the filter", "keep";
    Prompt [on(Code::Esc), ctrl('c')] Action::No, "Esc", "take it back", "take back";
    Prompt [on(Code::Tab)] Action::Complete, "Tab", "complete the field or value; again: the next one", "complete";
    Prompt [on(Code::Up)] Action::Move(-1), "↑ ↓", "the filters of this run", "earlier";
    Prompt [on(Code::Down)] Action::Move(1), "↓", "", "";
    Columns [ch(' ')] Action::Toggle, "Space", "show the column, or hide it", "show or hide";
    Columns [on(Code::Left), ch('<'), ch('-')] Action::Shift(-1), "←→ < >", "move the column to the left or right", "move";
    Columns [on(Code::Right), ch('>'), ch('+')] Action::Shift(1), "→", "", "";
    Columns [on(Code::Enter)] Action::Accept, "Enter", "keep them for this run", "keep";
    Columns [on(Code::Esc), ch('q'), ctrl('c')] Action::No, "Esc", "take all of it back", "take back";
    Columns [ch('r')] Action::Reset, "r", "the usual columns again", "usual";
    Columns [ch('y')] Action::Copy, "y", "copy the line for the configuration file", "copy";
    Columns [on(Code::Up), ch('k')] Action::Move(-1), "↑ ↓", "", "";
    Columns [on(Code::Down), ch('j')] Action::Move(1), "↓", "", "";
    Columns [on(Code::PageUp)] Action::Page(-1), "PgUp", "", "";
    Columns [on(Code::PageDown)] Action::Page(1), "PgDn", "", "";
    Columns [on(Code::Home), ch('g')] Action::First, "Home", "", "";
    Columns [on(Code::End), ch('G')] Action::Last, "End", "", "";
    Overlay [on(Code::Up), ch('k')] Action::Move(-1), "↑ ↓", "scroll", "";
    Overlay [on(Code::Down), ch('j')] Action::Move(1), "↓", "", "";
    Overlay [on(Code::PageUp)] Action::Page(-1), "PgUp", "", "";
    Overlay [on(Code::PageDown), ch(' ')] Action::Page(1), "PgDn", "", "";
    Overlay [on(Code::Home), ch('g')] Action::First, "Home", "", "";
    Overlay [on(Code::End), ch('G')] Action::Last, "End", "", "";
    Overlay [on(Code::Esc), ch('q'), ch('?'), ch('l'), ch('o'), on(Code::F(1)), on(Code::Enter)] Action::Back, "Esc", "close", "close";
    Overlay [ctrl('c')] Action::Quit, "Ctrl-c", "quit", "";
};

/// What a key does here. The details and the groups know all keys of the table that they do not use
/// themselves.
pub fn action(context: KeyContext, key: KeyPress) -> Option<Action> {
    let find = |context| {
        BINDINGS
            .iter()
            .find(|binding| binding.context == context && binding.keys.contains(&key))
    };
    let fallback = matches!(context, KeyContext::Detail | KeyContext::Groups).then_some(KeyContext::Table);
    find(context)
        .or_else(|| fallback.and_then(find))
        .map(|binding| binding.action)
}

/// Whether a key's action can end a session; with `--read-only` those are not shown.
pub const fn is_destructive(action: Action) -> bool {
    matches!(action, Action::Kill)
}

/// What was pressed, without modifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// A character, as typed (shift is in it).
    Char(char),
    /// A function key.
    F(u8),
    /// Enter.
    Enter,
    /// Escape.
    Esc,
    /// Tab.
    Tab,
    /// Shift-Tab.
    BackTab,
    /// Backspace.
    Backspace,
    /// Delete.
    Delete,
    /// Up.
    Up,
    /// Down.
    Down,
    /// Left.
    Left,
    /// Right.
    Right,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// Home.
    Home,
    /// End.
    End,
}

/// A key press.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeyPress {
    /// What was pressed.
    pub code: Code,
    /// With Control.
    pub ctrl: bool,
    /// With Alt.
    pub alt: bool,
}

impl KeyPress {
    /// A key without modifiers.
    pub const fn plain(code: Code) -> Self {
        Self {
            code,
            ctrl: false,
            alt: false,
        }
    }

    /// The character that it types, if it is one.
    pub const fn typed_char(self) -> Option<char> {
        match self {
            Self {
                code: Code::Char(c),
                ctrl: false,
                alt: false,
            } => Some(c),
            _ => None,
        }
    }
}
