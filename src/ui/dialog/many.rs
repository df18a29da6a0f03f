//! Many victims: how many are not stuck, and a list from which each can be struck out.

use ratatui::text::{Line, Span};

use super::victims::Table;
use super::{Middle, age_of_check, label_width, title};
use crate::app::App;
use crate::app::kill_dialog::KillDialog;
use crate::app::kill_selection::Selection;
use crate::kill::{FirstCheck, KillState, KillTask, TaskTexts, summary};
use crate::model::{counted, display_width};
use crate::ui::draw::{fit, wrap};
use crate::ui::theme::Theme;

/// Minimum number of rows of the list before anything else is shown above it.
const MIN_ROWS: usize = 2;
/// Minimum number of rows of the list before the activity of the victim under the cursor is shown below it.
const MIN_ROWS_WITH_ACTIVITY: usize = 4;
/// Minimum width at which a filter that the title has no room for is shown below it, in cells.
const MIN_WIDTH_WITH_NAME: usize = 56;
/// Maximum number of lines for it.
const MAX_NAME_LINES: usize = 2;
/// Maximum number of rows of the list.
const MAX_ROWS: usize = 20;
/// Minimum width at which the rows have ages, and the counts words, in cells.
pub(super) const MIN_WIDTH_WITH_AGES: usize = 60;

/// Returns the lines that must be visible, and the number of lines of the rest.
pub(super) fn head<'a>(
    app: &App,
    asking: &KillDialog,
    theme: &Theme,
    width: usize,
) -> (Vec<Line<'a>>, usize) {
    let tasks = asking.batch.tasks();
    let mut lines = whole_title(app, asking, theme, width);
    lines.extend(healthy(asking, theme, width));
    lines.push(checks(app, asking, theme, width));
    lines.extend(not_compared(asking, theme, width));
    lines.extend(other_roots(asking, theme, width));
    let rows = tasks.len().min(MAX_ROWS) + 1;
    let rest = rows + selected(app, asking, theme, width).len() + facts(asking, theme, width).len() + 1;
    (lines, rest)
}

/// Returns the number of lines of the facts about all victims, the headings, and some rows of the list.
pub(super) fn min_lines(asking: &KillDialog, theme: &Theme, width: usize) -> usize {
    let rows = asking.batch.tasks().len().min(MIN_ROWS_WITH_ACTIVITY);
    facts(asking, theme, width).len() + 1 + rows
}

/// Returns the facts about all victims, the list, and the activity of the victim under the cursor, in at
/// most `room` lines.
pub(super) fn middle<'a>(
    app: &App,
    asking: &KillDialog,
    theme: &Theme,
    (width, room): (usize, usize),
) -> Middle<'a> {
    let count = asking.batch.tasks().len();
    let heading = 1;
    let mut lines = facts(asking, theme, width);
    lines.truncate(room.saturating_sub(count.min(MIN_ROWS) + heading));
    let mut below = selected(app, asking, theme, width);
    if lines.len() + heading + count.min(MIN_ROWS_WITH_ACTIVITY) + below.len() > room {
        below.clear();
    }
    // The blank line takes no room of a row.
    if !lines.is_empty() && lines.len() + 1 + heading + count.min(MAX_ROWS) + below.len() <= room {
        lines.push(Line::default());
    }
    let left = room.saturating_sub(lines.len() + below.len());
    let rows = left.saturating_sub(1).min(MAX_ROWS).min(count);
    let table = Table::new(app, asking, theme, width);
    let offset = asking.cursor.saturating_sub(rows / 2).min(count - rows);
    lines.extend((left > 0).then(|| table.headings()));
    let window = (offset..)
        .zip(asking.batch.tasks().iter().skip(offset))
        .take(rows);
    lines.extend(window.map(|(index, task)| table.row(index, task)));
    lines.extend(below);
    Middle {
        lines,
        hidden: (offset, count - offset - rows),
        end: 0,
    }
}

/// Returns the filter or the group that selects the victims, if the title has no room for it.
fn whole_title<'a>(app: &App, asking: &KillDialog, theme: &Theme, width: usize) -> Vec<Line<'a>> {
    let whole = title::text(app, asking, usize::MAX, "");
    if display_width(&whole) <= width || width < MIN_WIDTH_WITH_NAME {
        return Vec::new();
    }
    let filter = asking.batch.texts().common_filter.as_ref();
    let named = match &asking.selection {
        Selection::Group(name) => Some(name),
        _ => filter,
    };
    let lines = named.into_iter().flat_map(|name| wrap(name, width));
    let lines = lines.take(MAX_NAME_LINES);
    lines.map(|line| Line::styled(line, theme.head)).collect()
}

/// Returns how many of the victims are not stuck, and the key that strikes them out. Empty if all are
/// stuck.
fn healthy<'a>(asking: &KillDialog, theme: &Theme, width: usize) -> Vec<Line<'a>> {
    let (count, total) = (asking.counts.healthy, asking.counts.left);
    let struck = asking.struck_healthy.len();
    let are = if count == 1 { "is" } else { "are" };
    let (text, key, rest, style) = if count > 0 && count == total {
        let text = match count {
            1 => "This session is not stuck. ".to_owned(),
            _ => format!("None of these {} is stuck. ", counted(total, "session")),
        };
        (text, "", "", theme.act)
    } else if count > 0 {
        let long = format!("{count} of these {} {are} not stuck. ", counted(total, "session"));
        let text = if long.len() + "h strikes them out".len() <= width {
            long
        } else {
            format!("{count} of {total} {are} not stuck. ")
        };
        let rest = if count == 1 {
            " strikes it out"
        } else {
            " strikes them out"
        };
        (text, "h", rest, theme.act)
    } else if struck > 0 {
        let text = format!("{} not stuck: struck out. ", counted(struck, "session"));
        (text, "h", " includes them again", theme.dim)
    } else {
        return Vec::new();
    };
    let room = width.saturating_sub(key.len() + rest.len());
    vec![Line::from(vec![
        Span::styled(fit(&text, room, theme.glyphs.more), style),
        Span::styled(key, theme.head),
        Span::styled(rest, style),
    ])]
}

fn fact<'a>(label: &str, value: &str, theme: &Theme, width: usize) -> Line<'a> {
    let place = label_width(label);
    let room = width.saturating_sub(place);
    Line::from(vec![
        Span::styled(format!("{label:<place$}"), theme.dim),
        Span::raw(fit(&theme.compared(value), room, theme.glyphs.more)),
    ])
}

/// Returns what selected the victims, and their number by locks, user and service.
fn facts<'a>(asking: &KillDialog, theme: &Theme, width: usize) -> Vec<Line<'a>> {
    let texts = asking.batch.texts();
    let mut lines = Vec::new();
    let filter = texts.selected_by.as_ref().map(|text| {
        if title::names_filter(asking) {
            return fact("filter", "checked again before each DELETE", theme, width);
        }
        let text = format!("{text}   (checked again before each DELETE)");
        fact("filter", &text, theme, width)
    });
    lines.extend(refusals(texts, theme, width));
    lines.extend(lock_counts(asking, theme, width));
    let groups = [
        ("by proxy", "endpoint ", &texts.by_endpoint),
        ("by user", "user ", &texts.by_user),
        ("by service", "service ", &texts.by_service),
    ];
    for (label, field, groups) in groups {
        // The title has it, or there are none.
        if groups.is_empty() || matches!(&asking.selection, Selection::Group(name) if name.starts_with(field))
        {
            continue;
        }
        let each = groups.iter().map(|(name, count)| format!("{name} {count}"));
        let each = each.collect::<Vec<_>>().join(", ");
        lines.push(fact(label, &each, theme, width));
    }
    lines.extend(filter);
    lines
}

/// Returns why sessions will not be killed, with their numbers, and advice for a filter that is not certain.
fn refusals<'a>(texts: &TaskTexts, theme: &Theme, width: usize) -> Vec<Line<'a>> {
    let counts = &texts.refusals;
    if counts.is_empty() {
        return Vec::new();
    }
    let each = counts.iter().map(|(why, count)| format!("{count} {why}"));
    let text = each.collect::<Vec<_>>().join(", ");
    let mut lines = super::fact("not killed", &text, theme, width);
    let advice = texts.advice.iter();
    lines.extend(advice.flat_map(|text| super::fact("", text, theme, width)));
    lines
}

/// Returns how many of the sessions are root blockers, wait, or do neither. `None` without sessions.
fn lock_counts<'a>(asking: &KillDialog, theme: &Theme, width: usize) -> Option<Line<'a>> {
    let counts = &asking.counts;
    if !counts.knows_locks {
        let text = "not known: whether others wait for these sessions";
        return (counts.left > 0).then(|| fact("locks", text, theme, width));
    }
    let (blockers, waiters, both) = (counts.blockers, counts.waiters, counts.both);
    let others = counts.left.saturating_sub(blockers + waiters - both);
    let both = match both {
        0 => String::new(),
        1 => " (1 blocks others)".to_owned(),
        both => format!(" ({both} block others)"),
    };
    let roots = counted(blockers.saturating_sub(counts.both), "root blocker");
    let text = format!("{roots}, {waiters} waiting{both}, {others} neither");
    Some(fact("locks", &text, theme, width))
}

/// Maximum number of root blockers that are named.
const MAX_ROOTS: usize = 3;

/// Returns the root blockers outside the list: a kill of waiters does not end the cause.
fn other_roots<'a>(asking: &KillDialog, theme: &Theme, width: usize) -> Option<Line<'a>> {
    let roots = &asking.counts.other_roots;
    let waiting: usize = roots.values().sum();
    let verb = if waiting == 1 { "waits" } else { "wait" };
    let first_ids: Vec<_> = roots
        .keys()
        .take(MAX_ROOTS)
        .map(|(_, id)| id.to_string())
        .collect();
    let names = match (first_ids.as_slice(), roots.len().saturating_sub(MAX_ROOTS)) {
        ([], _) => return None,
        ([one], _) => format!("session {one}, which is"),
        ([first @ .., last], 0) => format!("sessions {} and {last}, which are", first.join(", ")),
        (ids, more) => format!("sessions {} and {more} more, which are", ids.join(", ")),
    };
    let text = format!("{waiting} {verb} for {names} not in this list");
    Some(Line::styled(fit(&text, width, theme.glyphs.more), theme.act))
}

/// Returns the number of sessions that would be killed with the age of their checks, and of those that would not.
fn checks<'a>(app: &App, asking: &KillDialog, theme: &Theme, width: usize) -> Line<'a> {
    let age = asking.checked_at().map(|at| age_of_check(app, at));
    let age = age.unwrap_or_default();
    let long = |text: &str| {
        if age.is_empty() {
            text.to_owned()
        } else {
            format!("{text}, checked {age}")
        }
    };
    let again = |text: &str| {
        if age.is_empty() {
            text.to_owned()
        } else {
            format!("{text}, checked {age}; again before each DELETE")
        }
    };
    let all = [
        (
            again(" still the same"),
            " already gone",
            " will not be killed",
            " struck out",
        ),
        (again(" same"), " gone", " not killed", " struck out"),
        (
            long(" still the same"),
            " already gone",
            " will not be killed",
            " struck out",
        ),
        (long(" same"), " gone", " not killed", " struck out"),
        (long(""), " gone", "", ""),
        (String::new(), " gone", "", ""),
    ];
    let mut lines = all.into_iter().map(|words| checks_in(asking, theme, &words));
    let fitting = lines.find(|line| line.width() <= width);
    fitting.or_else(|| lines.next_back()).unwrap_or_default()
}

/// Returns the numbers with these words after those that passed, have ended, were refused and were struck out.
fn checks_in<'a>(
    asking: &KillDialog,
    theme: &Theme,
    (passed, ended, refused, removed): &(String, &str, &str, &str),
) -> Line<'a> {
    let counts = asking.batch.counts().checks;
    let glyphs = theme.glyphs;
    let mut line = Line::default();
    if counts.waiting > 0 {
        let retried = unanswered(asking);
        let text = if retried > 0 {
            format!("{retried} without a reply, trying again, x strikes out  ")
        } else {
            format!("checking {} …  ", counts.waiting)
        };
        line.push_span(Span::styled(text, theme.look));
    }
    let tasks = asking.batch.tasks();
    let may_be_confirmed = |index: &&usize| tasks.get(**index).is_some_and(KillTask::may_be_confirmed);
    let ended_since = asking.ended_since.iter().filter(may_be_confirmed).count();
    let still = counts.passed.saturating_sub(ended_since);
    let text = format!("{} {still}{passed}", glyphs.check);
    line.push_span(Span::styled(text, theme.good));
    if counts.ended > 0 {
        let text = format!("  {}{ended}", counts.ended);
        line.push_span(Span::styled(text, theme.look));
    }
    if ended_since > 0 {
        let verb = if ended_since == 1 { "has" } else { "have" };
        let text = format!("  {ended_since} {verb} ended since");
        line.push_span(Span::styled(text, theme.look));
    }
    if counts.refused > 0 {
        let text = format!("  {} {}{refused}", glyphs.cross, counts.refused);
        line.push_span(Span::styled(text, theme.look));
    }
    if counts.removed > 0 {
        let text = format!("  x {}{removed}", counts.removed);
        line.push_span(Span::styled(text, theme.head));
    }
    line
}

/// Maximum number of victims among which those without a reply are counted.
const MAX_COUNTED: usize = 1_000;

/// Returns the number of victims whose check got no reply.
fn unanswered(asking: &KillDialog) -> usize {
    let tasks = asking.batch.tasks().iter().take(MAX_COUNTED);
    let is_unanswered =
        |task: &&KillTask| matches!(task.state(), KillState::Unconfirmed(FirstCheck::NoAnswer(_)));
    tasks
        .filter(|task| !task.is_removed())
        .filter(is_unanswered)
        .count()
}

/// Returns the parts of the identity that could not be compared for some victims. They weaken the
/// check.
fn not_compared<'a>(asking: &KillDialog, theme: &Theme, width: usize) -> Option<Line<'a>> {
    asking.batch.texts().not_compared.as_ref().map(|parts| {
        let text = format!("not compared for some or all: {parts}");
        Line::styled(fit(&text, width, theme.glyphs.more), theme.look)
    })
}

/// Returns the servers and the statement of the victim under the cursor, and why it is stuck if its row has
/// too little room. The first line begins with its id.
fn selected<'a>(app: &App, asking: &KillDialog, theme: &Theme, width: usize) -> Vec<Line<'a>> {
    let Some(task) = asking.batch.tasks().get(asking.cursor) else {
        return Vec::new();
    };
    let why = Table::new(app, asking, theme, width).cut_why(asking.cursor, task);
    let mut facts: Vec<_> = why.into_iter().map(|why| ("why", why)).collect();
    facts.extend(summary::activity(task.session()));
    let id = format!("{}:", task.victim.identity.id);
    let indent = " ".repeat(id.len());
    let facts = facts.into_iter().enumerate().flat_map(|(place, (label, value))| {
        let start = if place == 0 { &id } else { &indent };
        let named = format!("{start} {label}");
        if label == "why" {
            super::fact(&named, &value, theme, width)
        } else {
            vec![fact(&named, &value, theme, width)]
        }
    });
    facts.collect()
}
