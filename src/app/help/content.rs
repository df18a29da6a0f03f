//! Text of the help, generated from the tables of keys, reasons, fields and columns.

use super::line::{HelpLine, entry, key_columns};
use super::{CONNECTIONS_READ, SORTING_PAUSED, TABLE_PAUSED};
use crate::app::columns::{COLUMNS, Column};
use crate::app::groups::columns::{GROUP_COLUMNS, GroupColumn};
use crate::app::keymap::{Action, BINDINGS, Binding, KeyContext, bindings, is_destructive};
use crate::app::remap::RemappedKeys;
use crate::diagnosis::{REASONS, Reason, Thresholds};
use crate::filter::FIELDS;
use crate::model::IDLE_MEANINGS;

/// Width of the names, in cells.
const NAME: usize = 16;

/// Meaning of the signs of severity.
const SIGNS: &str = "▲ act  ● look";
/// Number of lines of the shortest list of keys, with its heading and the empty line below it.
const MIN_KEYS: usize = 4;

/// Input of the lines of the help.
pub(crate) struct HelpSettings<'a> {
    /// Width of a line, in cells.
    pub width: usize,
    /// Number of lines of a page.
    pub page: usize,
    /// The configured thresholds of the reasons.
    pub thresholds: &'a Thresholds,
    /// Names of the keys, as configured.
    pub keys: &'a RemappedKeys,
    /// Whether sessions can be killed.
    pub may_kill: bool,
}

/// A view with keys of its own.
struct View {
    context: KeyContext,
    /// Heading of its keys.
    heading: &'static str,
    /// Name of the view in the title.
    title: &'static str,
}

const fn view(context: KeyContext, heading: &'static str, title: &'static str) -> View {
    View {
        context,
        heading,
        title,
    }
}

/// All views, in the order of the help.
static VIEWS: [View; 20] = [
    view(KeyContext::Table, "SESSIONS", "the list of sessions"),
    view(KeyContext::AnyView, "EVERY VIEW", "every view"),
    view(KeyContext::Groups, "GROUPS", "groups"),
    view(KeyContext::Detail, "DETAILS", "the details"),
    view(KeyContext::Blockers, "BLOCKERS", "blockers and waiters"),
    view(KeyContext::Servers, "SERVERS", "servers and services"),
    view(KeyContext::Endpoints, "ENDPOINTS", "the endpoints"),
    view(KeyContext::Dialog, "KILL DIALOG", "the kill dialog"),
    view(KeyContext::Reason, "REASON FOR A KILL", "the reason for a kill"),
    view(KeyContext::Prompt, "FILTER", "the filter"),
    view(KeyContext::Search, "SEARCH", "the search"),
    view(KeyContext::Copy, "MENU OF COPIES", "the menu of copies"),
    view(
        KeyContext::SaveQuestion,
        "SAVING TO THE FILE",
        "the question about the file",
    ),
    view(KeyContext::Columns, "CHOOSING COLUMNS", "the choice of columns"),
    view(KeyContext::Overlay, "OVERVIEW, KILL LOG", "overview and kill log"),
    view(KeyContext::Events, "EVENTS", "the events"),
    view(KeyContext::Replay, "RECORDING", "a recording"),
    view(KeyContext::Time, "TIME OF A RECORDING", "the time"),
    view(KeyContext::Help, "HELP", "the help"),
    view(
        KeyContext::HelpSearch,
        "SEARCH IN THE HELP",
        "the search in the help",
    ),
];

/// Words for the keys of the table that are first in the help, the most important first.
const FIRST_KEYS: [(Action, &str); 19] = [
    (Action::Open, "details"),
    (Action::Filter, "filter"),
    (Action::OnlyStuck, "only stuck ones"),
    (Action::Kill, "kill"),
    (Action::CancelKill, "cancel kill, undo"),
    (Action::Back, "one level back"),
    (Action::Group(1), "group by user …"),
    (Action::Blockers, "blockers, waiters"),
    (Action::Servers, "servers"),
    (Action::Mark, "mark for a kill"),
    (Action::SortBy(-1), "sort column"),
    (Action::Invert, "reverse order"),
    (Action::Follow, "follow the row"),
    (Action::Overview, "overview"),
    (Action::Endpoints, "endpoints"),
    (Action::Columns, "columns"),
    (Action::KillLog, "kill log"),
    (Action::Pause, "pause"),
    (Action::Quit, "quit"),
];

/// Syntax of filters, with examples. The fields have their own table.
const LANGUAGE: [(&str, &str); 8] = [
    ("etl", "searches every text for a word, ignoring case"),
    ("user=app*", "= and != accept * and ?, match case; user= is empty"),
    ("service~'^Rep'", "~ matches a regular expression"),
    ("idle>1h30m", "< <= > >= compare numbers, durations and sizes"),
    ("memory>2MiB", "kB is 1000, KiB 1024"),
    (
        "not a (b or c)",
        "precedence: not, then and (or only a blank), then or",
    ),
    ("known(idle)", "whether the value is known; unknown never matches"),
    ("'a b'", "quotes ' or \" around a value with blanks or operators"),
];

/// Words of the first and the last lines.
const WORDS: [(&str, &str); 7] = [
    (
        TABLE_PAUSED,
        "p has frozen the table, its data is this old; polling continues",
    ),
    (
        SORTING_PAUSED,
        "after a key for some seconds, and in the kill dialog, rows keep their places; < > and I sort at once",
    ),
    (
        CONNECTIONS_READ,
        "draft: of this many sessions, because they are read one by one",
    ),
    (
        "stale 12s",
        "the last list is this old, and no newer one has arrived",
    ),
    (
        "expected",
        "sessions that wait by design, by the setting 'expected'",
    ),
    (
        "not logged in",
        "clients that have connected only; reason=login shows them",
    ),
    ("▲2 above", "stuck rows above the window; the same below"),
];

/// Keys of every text input, in addition to those of its view.
const TYPING: [(&str, &str); 4] = [
    ("← → Home End", "move in the text"),
    ("Ctrl-u", "clear the text"),
    ("Ctrl-w", "delete the word on the left"),
    ("Backspace", "delete a character; Delete the one on the right"),
];

/// Returns the name of a view, for the title of the help.
pub(crate) fn title(context: KeyContext) -> &'static str {
    let view = VIEWS.iter().find(|view| view.context == context);
    view.map_or("", |view| view.title)
}

/// Returns all lines for a view: its keys and the reasons on the first page, then everything else.
pub(crate) fn lines(from: KeyContext, settings: &HelpSettings<'_>) -> Vec<HelpLine> {
    let reasons = reasons(settings);
    let own = all_keys(from, settings);
    // Those of the table are important in these views too.
    let is_partial = matches!(from, KeyContext::Groups | KeyContext::Detail);
    let is_short = !is_partial && own.len() + 1 + reasons.len() <= settings.page;
    let mut text = if is_short {
        own
    } else {
        first_keys(from, settings, reasons.len())
    };
    text.push(HelpLine::blank());
    if from == KeyContext::Prompt {
        text.extend(language(settings));
    }
    if settings.page < reasons.len() + MIN_KEYS {
        text.extend(brief_reasons(settings));
        text.push(HelpLine::blank());
    }
    text.extend(reasons);
    let rest = VIEWS.iter().map(|view| view.context);
    let own_first = [from].into_iter().filter(|_| !is_short);
    for context in own_first.chain(rest.filter(|context| *context != from)) {
        text.push(HelpLine::blank());
        text.extend(all_keys(context, settings));
    }
    text.push(HelpLine::blank());
    text.extend(section("TYPING", TYPING, settings));
    text.push(HelpLine::blank());
    text.extend(section("WORDS OF THE SCREEN", WORDS, settings));
    text.push(HelpLine::blank());
    if from != KeyContext::Prompt {
        text.extend(language(settings));
    }
    text.extend(columns(settings));
    paged(text, settings.page)
}

/// Leaves out the blank lines that pages would begin with. The last page ends with the last line.
fn paged(lines: Vec<HelpLine>, page: usize) -> Vec<HelpLine> {
    let mut text: Vec<HelpLine> = Vec::with_capacity(lines.len() + 1);
    for line in lines {
        let begins_page = text.len().checked_rem(page) == Some(0);
        if !(begins_page && line.is_blank()) {
            text.push(line);
        }
    }
    let last = text.len().checked_sub(page).and_then(|top| text.get(top));
    if last.is_some_and(HelpLine::is_blank) {
        text.push(HelpLine::blank());
    }
    text
}

/// Returns the keys of a view in columns: as many as leave room for the reasons, but at least two lines.
fn first_keys(from: KeyContext, settings: &HelpSettings<'_>, reasons: usize) -> Vec<HelpLine> {
    let own = BINDINGS.iter().filter(|binding| binding.context == from);
    let own = own.filter(|binding| from != KeyContext::Table && !binding.hint.is_empty());
    let own: Vec<_> = own
        .map(|binding| (binding.action, binding.hint, binding))
        .collect();
    let inherits = matches!(from, KeyContext::Table | KeyContext::Groups | KeyContext::Detail);
    let table = FIRST_KEYS.iter().filter_map(|(action, word)| {
        let is_own = own.iter().any(|(other, ..)| other == action);
        let binding = bindings(KeyContext::Table).find(|binding| binding.action == *action)?;
        let is_open = from == KeyContext::Detail && *action == Action::Open;
        (inherits && !is_own && !is_open).then_some((*action, *word, binding))
    });
    let usable = own.iter().copied().chain(table);
    let keys: Vec<_> = usable
        .filter(|(action, ..)| settings.may_kill || !is_destructive(*action))
        .map(|(_, word, binding)| (first_key(binding, settings.keys), word))
        .collect();
    let rows = settings.page.saturating_sub(reasons + 2).max(MIN_KEYS - 2);
    let mut text = vec![HelpLine::heading("KEYS", "all keys: PgDn", settings.width)];
    text.extend(key_columns(&keys, settings.width).into_iter().take(rows));
    text
}

/// Returns the first key of a binding.
fn first_key(binding: &'static Binding, keys: &RemappedKeys) -> String {
    let shown = keys.shown(binding);
    shown.split(' ').next().unwrap_or_default().to_owned()
}

/// Returns all keys of a view.
fn all_keys(context: KeyContext, settings: &HelpSettings<'_>) -> Vec<HelpLine> {
    let heading = VIEWS.iter().find(|view| view.context == context);
    let heading = heading.map_or("", |view| view.heading);
    let listed = BINDINGS.iter().filter(|binding| {
        let is_usable = settings.may_kill || !is_destructive(binding.action);
        binding.context == context && !binding.about.is_empty() && is_usable
    });
    let mut text = vec![HelpLine::heading(heading, "", settings.width)];
    text.extend(listed.flat_map(|binding| {
        let keys = settings.keys.shown(binding);
        entry(&keys, binding.about, "", (NAME, 0), settings.width)
    }));
    text
}

/// Returns the reasons with their configured limits.
fn reasons(settings: &HelpSettings<'_>) -> Vec<HelpLine> {
    let limits: Vec<_> = REASONS
        .iter()
        .map(|reason| limit(reason, settings.thresholds))
        .collect();
    let figure = limits
        .iter()
        .map(|limit| limit.chars().count())
        .max()
        .unwrap_or(0)
        + 1;
    let mut text = vec![HelpLine::heading("WHY A SESSION IS STUCK", SIGNS, settings.width)];
    let rows = REASONS.iter().zip(&limits);
    let waiters = "for locks stay ● while a session blocks them: that one is ▲";
    text.extend(
        rows.flat_map(|(reason, limit)| {
            entry(reason.name, reason.about, limit, (NAME, figure), settings.width)
        }),
    );
    text.extend(entry("waiters", waiters, "", (NAME, 0), settings.width));
    text
}

/// Returns the names of the reasons with their limits, in columns: on a low screen their descriptions do not fit
/// the first page. The limits are short: `>1h`.
fn brief_reasons(settings: &HelpSettings<'_>) -> Vec<HelpLine> {
    let limits: Vec<_> = REASONS
        .iter()
        .map(|reason| limit(reason, settings.thresholds))
        .map(|limit| limit.replace("over ", ">").replace("in ", ""))
        .collect();
    let named = REASONS.iter().zip(&limits);
    let named: Vec<_> = named
        .map(|(reason, limit)| (reason.name.to_owned(), limit.as_str()))
        .collect();
    let mut text = vec![HelpLine::heading("WHY A SESSION IS STUCK", SIGNS, settings.width)];
    text.extend(key_columns(&named, settings.width));
    text
}

/// Returns the limit of a reason with the sign of its severity: `● 30s, ▲ 5m`.
fn limit(reason: &Reason, thresholds: &Thresholds) -> String {
    let limit = (reason.limit)(thresholds);
    match reason.severities {
        [severity] => format!("{} {limit}", severity.glyph()),
        _ => limit,
    }
}

fn language(settings: &HelpSettings<'_>) -> Vec<HelpLine> {
    let fields = FIELDS.iter().map(|field| (field.name, field.about));
    let mut text = section("FILTER LANGUAGE", LANGUAGE.into_iter().chain(fields), settings);
    text.push(HelpLine::blank());
    text
}

fn columns(settings: &HelpSettings<'_>) -> Vec<HelpLine> {
    let sessions = COLUMNS.iter().map(|column| (column_title(column), column.about));
    let groups = GROUP_COLUMNS
        .iter()
        .map(|column| (group_title(column), column.about));
    let idle = IDLE_MEANINGS
        .iter()
        .flat_map(|idle| [(idle.name, idle.about), ("", idle.releases)]);
    let mut text = section("COLUMNS", sessions, settings);
    text.push(HelpLine::blank());
    text.extend(section("COLUMNS OF GROUPS", groups, settings));
    text.push(HelpLine::blank());
    text.extend(section("IDLE, BY RELEASE OF MAXSCALE", idle, settings));
    text
}

fn section<'a>(
    heading: &str,
    entries: impl IntoIterator<Item = (&'a str, &'a str)>,
    settings: &HelpSettings<'_>,
) -> Vec<HelpLine> {
    let mut text = vec![HelpLine::heading(heading, "", settings.width)];
    text.extend(
        entries
            .into_iter()
            .flat_map(|(name, about)| entry(name, about, "", (NAME, 0), settings.width)),
    );
    text
}

/// Returns the heading of a column, or its name if the column is too narrow for one.
const fn column_title(column: &Column) -> &'static str {
    if column.heading.is_empty() {
        column.name
    } else {
        column.heading
    }
}

/// Returns the heading of a group column. The first column has the field that sessions are grouped by.
const fn group_title(column: &GroupColumn) -> &'static str {
    if column.heading.is_empty() {
        "USER …"
    } else {
        column.heading
    }
}
