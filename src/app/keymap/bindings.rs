//! All key bindings.

use super::{Action, Binding, Code, KeyContext, KeyPress};

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

/// The bindings of all contexts. Keys that kill are upper case and open a dialog.
pub(crate) static BINDINGS: &[Binding] = bindings! {
    Table [on(Code::Enter)] Action::Open, "Enter", "details of the session", "details";
    Table [ch('K'), on(Code::F(9))] Action::Kill, "K F9", "kill the session, after check and confirmation", "kill";
    Table [ch('/'), ch('\\'), on(Code::F(4))] Action::Filter, "/ \\ F4", "filter the sessions", "filter";
    Table [ch('!')] Action::OnlyStuck, "!", "only stuck sessions: adds 'stuck' to the filter, or removes it", "";
    Table [on(Code::F(3))] Action::Search, "F3", "search: move to the next row with a text; hides none", "";
    Table [ch('n')] Action::SearchAgain(1), "n N", "the next or previous row with the text", "";
    Table [ch('N')] Action::SearchAgain(-1), "N", "", "";
    Table [ch(' ')] Action::Mark, "Space", "mark or unmark the session", "mark";
    Table [ch('<')] Action::SortBy(-1), "<> F6", "sort by the column to the left or right", "sort";
    Table [ch('>'), on(Code::F(6))] Action::SortBy(1), "F6", "", "";
    Table [ch('I')] Action::Invert, "I", "reverse the sort order", "";
    Table [ch('t'), on(Code::F(5))] Action::Group(1), "t F5", "group by user, address, service, server, state …", "group";
    Table [on(Code::Up), ch('k')] Action::Move(-1), "↑ k", "up", "";
    Table [on(Code::Down), ch('j')] Action::Move(1), "↓ j", "down", "";
    Table [on(Code::PageUp), ctrl('b')] Action::Page(-1), "PgUp PgDn", "a page up or down", "";
    Table [on(Code::PageDown), ctrl('f')] Action::Page(1), "Ctrl-b Ctrl-f", "a page up or down", "";
    Table [ctrl('u')] Action::HalfPage(-1), "Ctrl-u Ctrl-d", "half a page up or down", "";
    Table [ctrl('d')] Action::HalfPage(1), "Ctrl-d", "", "";
    Table [on(Code::Home), ch('g')] Action::First, "Home g", "the first row", "";
    Table [on(Code::End), ch('G')] Action::Last, "End G", "the last row", "";
    Table [ch('0'), ch('1'), ch('2'), ch('3'), ch('4'), ch('5'), ch('6'), ch('7'), ch('8'), ch('9')] Action::GoTo, "0-9", "go to the first session whose id begins with these digits", "";
    Table [ch('i')] Action::HideIdle, "i", "hide sessions idle for 10s or more without a reason", "";
    Table [ch('=')] Action::SameClient, "=", "only this client: its user and address, on all endpoints", "";
    Table [ch('v')] Action::MarkRange, "v", "mark a range: v, move, v", "";
    Table [ch('*')] Action::MarkAll, "*", "mark everything shown; a kill re-checks the filter", "";
    Table [ch('U')] Action::UnmarkAll, "U", "remove all marks", "";
    Table [ch('u')] Action::CancelKill, "u", "undo: cancel a kill in its grace period (Esc and q too); else bring back marks or a filter", "undo";
    Table [ch('F')] Action::Follow, "F", "follow the row under the cursor, or stop following", "";
    Table [ch('y')] Action::Copy, "y", "menu of what can be copied: row, JSON, statement, commands, tables", "";
    Table [ch('Y')] Action::CopyAll, "Y", "copy everything of that menu", "";
    Table [ch('c')] Action::Columns, "c", "choose the columns and their order", "";
    Table [ch('W')] Action::Save, "W", "save sort, columns, grouping and theme to the configuration file, after a question", "";
    Table [on(Code::Tab), on(Code::BackTab)] Action::NextPane, "Tab", "switch to the other pane, when both are shown", "details";
    Table [ch('p'), ch('Z')] Action::Pause, "p Z", "pause: freeze the table; polling continues", "";
    Table [ch('+')] Action::Pace(1), "+ -", "poll less or more often", "";
    Table [ch('-')] Action::Pace(-1), "-", "", "";
    Table [on(Code::Esc)] Action::Back, "Esc", "one level back; never quits", "";
    AnyView [ch('o')] Action::Overview, "o", "overview: trends since maxtop started, and services", "";
    AnyView [ch('b')] Action::Blockers, "b", "blockers: which sessions wait for which (server access)", "";
    AnyView [ch('S')] Action::Servers, "S", "servers and services: their state, and how many sessions use them", "servers";
    AnyView [ch('E')] Action::Endpoints, "E", "endpoints: their state and faults, and how many sessions each has", "endpoints";
    AnyView [ch('e')] Action::Events, "e", "events: what became stuck, came, went or was lost, and when", "";
    AnyView [ch('l')] Action::KillLog, "l", "kill log of this run", "";
    AnyView [ch('[')] Action::TravelLists(-1), "[ ]", "look back: the list before, or the next one", "";
    AnyView [ch(']')] Action::TravelLists(1), "]", "", "";
    AnyView [ch('{')] Action::TravelMinutes(-1), "{ }", "a minute back or forward in the past", "";
    AnyView [ch('}')] Action::TravelMinutes(1), "}", "", "";
    AnyView [ch('L')] Action::Live, "L", "from the past back to live", "";
    AnyView [ch('R')] Action::Record, "R", "record what is fetched to a file, or end the recording", "";
    AnyView [ch('P')] Action::WriteScreen, "P", "write the screen to a text file, and its sessions to a JSON file beside it", "";
    AnyView [ch('r')] Action::Refresh, "r", "poll now", "";
    AnyView [ctrl('l')] Action::Repaint, "Ctrl-l", "redraw the screen", "";
    AnyView [ctrl('z')] Action::Suspend, "Ctrl-z", "suspend to the shell; fg resumes", "";
    AnyView [ch('?'), on(Code::F(1))] Action::Help, "? F1", "this help", "help";
    AnyView [ch('q'), ctrl('c'), on(Code::F(10))] Action::Quit, "q Ctrl-c F10", "quit; q closes the overview, the events and the kill log", "quit";
    AnyView [ch('Q')] Action::QuitKeepingFrame, "Q", "quit and leave the last frame as text", "";
    Groups [on(Code::Enter)] Action::Open, "Enter", "show the sessions of the group, as a filter", "sessions";
    Groups [ch('K'), on(Code::F(9))] Action::Kill, "K F9", "kill the group's sessions, after check and confirmation", "kill";
    Groups [ch('t'), on(Code::F(5)), on(Code::Right)] Action::Group(1), "t F5 →", "group by the next field: service, server, state …", "regroup";
    Groups [on(Code::Left)] Action::Group(-1), "←", "group by the previous field", "";
    Groups [ch(' ')] Action::Mark, "Space", "mark or unmark all sessions of the group", "";
    Groups [on(Code::Esc)] Action::Back, "Esc", "back to the table, or from sessions to their groups", "back";
    Detail [on(Code::Up), ch('k')] Action::Move(-1), "↑ ↓ k j", "scroll", "";
    Detail [on(Code::Down), ch('j')] Action::Move(1), "↓", "", "";
    Detail [on(Code::Esc)] Action::Back, "Esc", "back to the table", "back";
    Detail [ch('y')] Action::Copy, "y", "menu of what can be copied: KILL, statement, id, commands", "copy";
    Detail [ch('Y')] Action::CopyAll, "Y", "copy everything of that menu", "";
    Detail [ch('w')] Action::Unfold, "w", "wrap every long line, or one line each", "unfold";
    Detail [on(Code::Right)] Action::Across(20), "← →", "scroll long lines sideways", "";
    Detail [on(Code::Left)] Action::Across(-20), "←", "", "";
    Detail [on(Code::Tab)] Action::Link(1), "Tab", "the next link; after the last the other pane", "";
    Detail [on(Code::BackTab)] Action::Link(-1), "Shift-Tab", "the previous link", "";
    Detail [on(Code::Enter)] Action::Open, "Enter", "open the session of the link", "";
    Copy [on(Code::Enter), ch('y')] Action::Accept, "Enter y", "copy the chosen text", "copy";
    Copy [on(Code::Up), ch('k')] Action::Move(-1), "↑↓ k j", "choose", "choose";
    Copy [on(Code::Down), ch('j')] Action::Move(1), "↓", "", "";
    Copy [on(Code::Home), ch('g')] Action::First, "Home g", "the first text", "";
    Copy [on(Code::End), ch('G')] Action::Last, "End G", "the last text", "";
    Copy [ch('Y')] Action::CopyAll, "Y", "copy everything", "copy all";
    Copy [on(Code::Esc), ch('q')] Action::No, "Esc q", "close the menu", "close";
    Copy [ch('?'), on(Code::F(1))] Action::Help, "? F1", "this help", "";
    Copy [ctrl('c')] Action::Quit, "Ctrl-c", "quit", "";
    Dialog [ch('n'), ch('q'), on(Code::Esc), ctrl('c')] Action::No, "n q Esc Ctrl-c", "no", "no";
    Dialog [ch('y')] Action::Yes, "y", "yes, once the check has passed", "yes";
    Dialog [ch('h')] Action::StrikeHealthy, "h", "strike out the sessions that are not stuck, or include them again", "strike out not stuck";
    Dialog [ch('x')] Action::Strike, "x", "strike the session out, or include it again", "strike out";
    Dialog [ch('b')] Action::Blockers, "b", "change to the root blocker that the session waits for", "blocker";
    Dialog [ch('s')] Action::KillStatements, "s", "switch: also kill the running statements (with sql-user)", "statements";
    Dialog [ch('r')] Action::Reason, "r", "type a reason for the audit log", "reason";
    Dialog [on(Code::Left), on(Code::Right), on(Code::Tab), on(Code::BackTab)] Action::Choose, "←→ Tab", "choose", "choose";
    Dialog [on(Code::Enter)] Action::Accept, "Enter", "accept the chosen answer (No at first) or the number", "accept";
    Dialog [on(Code::Up), ch('k')] Action::Move(-1), "↑ ↓ k j", "up and down the list of sessions or the text", "";
    Dialog [on(Code::Down), ch('j')] Action::Move(1), "↓", "", "";
    Dialog [on(Code::PageUp)] Action::Page(-1), "PgUp PgDn", "a page up or down", "";
    Dialog [on(Code::PageDown)] Action::Page(1), "PgDn", "", "";
    Dialog [on(Code::Home)] Action::First, "Home End", "the first or the last session", "";
    Dialog [on(Code::End)] Action::Last, "End", "", "";
    Dialog [on(Code::Backspace)] Action::Erase, "Backspace", "remove the last digit", "";
    Dialog [ch('?'), on(Code::F(1))] Action::Help, "? F1", "this help", "";
    Reason [on(Code::Enter), on(Code::Esc), on(Code::Tab)] Action::Accept, "Enter Esc Tab", "back to the dialog", "back to the dialog";
    Prompt [on(Code::Enter)] Action::Accept, "Enter", "apply the filter", "apply";
    Prompt [on(Code::Esc), ctrl('c')] Action::No, "Esc Ctrl-c", "cancel the edit", "cancel";
    Prompt [on(Code::Tab)] Action::Complete, "Tab", "complete the field, the value or a named filter; again: the next", "complete";
    Prompt [on(Code::Up)] Action::Move(-1), "↑ ↓", "earlier filters of this run", "earlier";
    Prompt [on(Code::Down)] Action::Move(1), "↓", "", "";
    Prompt [on(Code::F(1))] Action::Help, "F1", "this help", "help";
    Search [on(Code::Enter)] Action::Accept, "Enter", "move to the next row with the text", "search";
    Search [on(Code::Esc), ctrl('c')] Action::No, "Esc Ctrl-c", "cancel the search", "cancel";
    Search [on(Code::F(1))] Action::Help, "F1", "this help", "";
    Columns [ch(' ')] Action::Toggle, "Space", "show the column, or hide it", "show/hide";
    Columns [on(Code::Left), ch('<'), ch('-')] Action::Shift(-1), "←→ < > - +", "move the column to the left or right", "move";
    Columns [on(Code::Right), ch('>'), ch('+')] Action::Shift(1), "→", "", "";
    Columns [on(Code::Enter)] Action::Accept, "Enter", "apply for this run", "apply";
    Columns [on(Code::Esc), ch('q'), ctrl('c')] Action::No, "Esc q Ctrl-c", "cancel all changes", "cancel";
    Columns [ch('r')] Action::Reset, "r", "default columns", "defaults";
    Columns [ch('y')] Action::Copy, "y", "copy the line for the configuration file", "copy";
    Columns [on(Code::Up), ch('k')] Action::Move(-1), "↑ ↓ k j", "up and down", "";
    Columns [on(Code::Down), ch('j')] Action::Move(1), "↓", "", "";
    Columns [on(Code::PageUp)] Action::Page(-1), "PgUp PgDn", "a page up or down", "";
    Columns [on(Code::PageDown)] Action::Page(1), "PgDn", "", "";
    Columns [on(Code::Home), ch('g')] Action::First, "Home g", "the first column", "";
    Columns [on(Code::End), ch('G')] Action::Last, "End G", "the last column", "";
    Columns [ch('?'), on(Code::F(1))] Action::Help, "? F1", "this help", "";
    Blockers [on(Code::Enter)] Action::Open, "Enter", "details of the session", "details";
    Blockers [ch('K'), on(Code::F(9))] Action::Kill, "K F9", "kill the session, after check and confirmation", "kill";
    Blockers [ch('y')] Action::Copy, "y", "menu of what can be copied: KILL, statement, ids; without a database user the CREATE USER", "copy";
    Blockers [ch('Y')] Action::CopyAll, "Y", "copy everything of that menu", "";
    Blockers [on(Code::Up), ch('k')] Action::Move(-1), "↑ ↓ k j", "up and down", "";
    Blockers [on(Code::Down), ch('j')] Action::Move(1), "↓", "", "";
    Blockers [on(Code::PageUp)] Action::Page(-1), "PgUp PgDn", "a page up or down", "";
    Blockers [on(Code::PageDown)] Action::Page(1), "PgDn", "", "";
    Blockers [on(Code::Home), ch('g')] Action::First, "Home g", "the first row", "";
    Blockers [on(Code::End), ch('G')] Action::Last, "End G", "the last row", "";
    Blockers [on(Code::Esc), ch('b')] Action::Back, "Esc b", "back to where it was opened", "back";
    SaveQuestion [ch('y')] Action::Yes, "y", "write the listed values to the file", "write";
    SaveQuestion [ch('f')] Action::Toggle, "f", "write the filter too, or not", "filter too";
    SaveQuestion [ch('n'), ch('q'), on(Code::Esc), ctrl('c')] Action::No, "n q Esc Ctrl-c", "keep the file as it is", "keep the file";
    Servers [on(Code::Enter)] Action::Open, "Enter", "show its sessions, as a filter", "its sessions";
    Servers [ch('y')] Action::Copy, "y", "menu of what can be copied: name, commands, filter", "copy";
    Servers [ch('Y')] Action::CopyAll, "Y", "copy everything of that menu", "";
    Servers [on(Code::Tab), on(Code::BackTab)] Action::NextPane, "Tab", "servers or services", "other table";
    Servers [on(Code::Up), ch('k')] Action::Move(-1), "↑ ↓ k j", "up and down", "";
    Servers [on(Code::Down), ch('j')] Action::Move(1), "↓", "", "";
    Servers [on(Code::PageUp)] Action::Page(-1), "PgUp PgDn", "a page up or down", "";
    Servers [on(Code::PageDown)] Action::Page(1), "PgDn", "", "";
    Servers [on(Code::Home), ch('g')] Action::First, "Home g", "the first row", "";
    Servers [on(Code::End), ch('G')] Action::Last, "End G", "the last row", "";
    Servers [on(Code::Esc), ch('S')] Action::Back, "Esc S", "back to where it was opened", "back";
    Endpoints [on(Code::Enter)] Action::Open, "Enter", "show only its sessions, as a filter", "its sessions";
    Endpoints [ch('y')] Action::Copy, "y", "menu of what can be copied: all that is known, URL, commands", "copy";
    Endpoints [ch('Y')] Action::CopyAll, "Y", "copy everything of that menu", "";
    Endpoints [on(Code::Up), ch('k')] Action::Move(-1), "↑ ↓ k j", "up and down", "";
    Endpoints [on(Code::Down), ch('j')] Action::Move(1), "↓", "", "";
    Endpoints [on(Code::PageUp)] Action::Page(-1), "PgUp PgDn", "a page up or down", "";
    Endpoints [on(Code::PageDown)] Action::Page(1), "PgDn", "", "";
    Endpoints [on(Code::Home), ch('g')] Action::First, "Home g", "the first row", "";
    Endpoints [on(Code::End), ch('G')] Action::Last, "End G", "the last row", "";
    Endpoints [on(Code::Esc), ch('E')] Action::Back, "Esc E", "back to where it was opened", "back";
    Overlay [on(Code::Enter)] Action::Open, "Enter", "in the kill log: list the killed sessions, or count them", "list killed";
    Overlay [on(Code::Up), ch('k')] Action::Move(-1), "↑ ↓ k j", "scroll", "";
    Overlay [on(Code::Down), ch('j')] Action::Move(1), "↓", "", "";
    Overlay [on(Code::PageUp)] Action::Page(-1), "PgUp PgDn", "a page up or down", "";
    Overlay [on(Code::PageDown), ch(' ')] Action::Page(1), "Space", "a page down", "";
    Overlay [on(Code::Home), ch('g')] Action::First, "Home g", "to the top", "";
    Overlay [on(Code::End), ch('G')] Action::Last, "End G", "to the end", "";
    Overlay [on(Code::Esc), ch('q')] Action::Back, "Esc q", "close; also the key that opened it", "close";
    Events [on(Code::Enter)] Action::Open, "Enter", "go to that moment and its session", "go there";
    Events [on(Code::Up), ch('k')] Action::Move(-1), "↑ ↓ k j", "up and down", "";
    Events [on(Code::Down), ch('j')] Action::Move(1), "↓", "", "";
    Events [on(Code::PageUp)] Action::Page(-1), "PgUp PgDn", "a page up or down", "";
    Events [on(Code::PageDown)] Action::Page(1), "PgDn", "", "";
    Events [on(Code::Home), ch('g')] Action::First, "Home g", "the newest event", "";
    Events [on(Code::End), ch('G')] Action::Last, "End G", "the oldest event", "";
    Events [on(Code::Esc), ch('q'), ch('e')] Action::Back, "Esc q e", "close", "close";
    Help [on(Code::PageDown), ch(' '), ctrl('f')] Action::Page(1), "PgDn Space", "the next page", "next page";
    Help [on(Code::PageUp)] Action::Page(-1), "PgUp", "the previous page", "";
    Help [ch('/'), on(Code::F(3))] Action::Filter, "/ F3", "search the help for a text", "search";
    Help [ch('n')] Action::NextMatch(1), "n N", "the next or the previous match", "next match";
    Help [ch('N')] Action::NextMatch(-1), "N", "", "";
    Help [on(Code::Up), ch('k')] Action::Move(-1), "↑ ↓ k j", "a line up or down", "";
    Help [on(Code::Down), ch('j')] Action::Move(1), "↓", "", "";
    Help [ctrl('u')] Action::HalfPage(-1), "Ctrl-u Ctrl-d", "half a page up or down", "";
    Help [ctrl('d')] Action::HalfPage(1), "Ctrl-d", "", "";
    Help [ctrl('b')] Action::Page(-1), "Ctrl-b Ctrl-f", "a page up or down", "";
    Help [on(Code::Home), ch('g')] Action::First, "Home g", "the first page", "";
    Help [on(Code::End), ch('G')] Action::Last, "End G", "the last page", "";
    Help [on(Code::Esc), ch('q'), ch('?'), on(Code::F(1)), on(Code::Enter)] Action::Back, "Esc q ? F1 Enter", "close the help", "close";
    Help [ctrl('c'), on(Code::F(10))] Action::Quit, "Ctrl-c F10", "quit", "";
    Replay [ch(' '), ch('p')] Action::Play, "Space p", "play the recording, or pause it", "";
    Replay [ch('+')] Action::PlaySpeed(1), "+ -", "play faster or slower, 1 to 64 times", "";
    Replay [ch('-')] Action::PlaySpeed(-1), "-", "", "";
    Replay [ch(')')] Action::TravelEvents(1), ") (", "go to the next or the previous event", "";
    Replay [ch('(')] Action::TravelEvents(-1), "(", "", "";
    Replay [ch(':')] Action::AskTime, ":", "go to a time: 13:41, 13:41:05, or 5m after the start", "";
    Replay [ch('L')] Action::Live, "L", "the end of the recording", "";
    Time [on(Code::Enter)] Action::Accept, "Enter", "go to the time", "go there";
    Time [on(Code::Esc), ctrl('c')] Action::No, "Esc Ctrl-c", "cancel", "cancel";
    HelpSearch [on(Code::Enter)] Action::Accept, "Enter", "keep the match; n goes to the next one", "keep";
    HelpSearch [on(Code::Esc), ctrl('c')] Action::No, "Esc Ctrl-c", "cancel the search", "cancel";
};
