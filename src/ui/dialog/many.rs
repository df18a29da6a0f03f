//! Many victims: how many are not stuck, and a list from which each can be struck out.

use std::borrow::Cow;

use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use super::consequences::locks;
use super::{LABEL, Middle, title};
use crate::app::App;
use crate::app::kill_dialog::KillDialog;
use crate::app::kill_selection::Selection;
use crate::diagnosis::OwnedDiagnosis;
use crate::kill::summary::CheckCounts;
use crate::kill::{FirstCheck, KillState, KillTask, summary};
use crate::model::{counted, display_width};
use crate::ui::draw::{fit, fit_middle};
use crate::ui::theme::Theme;

/// Minimum number of rows of the list before anything else is shown above it.
const MIN_ROWS: usize = 6;
/// Maximum number of rows of the list.
const MAX_ROWS: usize = 20;
/// Minimum width at which the rows have ages, and the counts words, in cells.
const MIN_WIDTH_WITH_AGES: usize = 60;
/// Width of two spans, `2d 3h` and `4h 12m`, with their gaps.
const AGES: usize = 16;
/// Minimum width of WHY, in cells.
const MIN_WHY: usize = 14;

/// Returns the lines that must be visible, and the number of lines of the rest.
pub(super) fn head<'a>(
    app: &App,
    asking: &KillDialog,
    theme: &Theme,
    width: usize,
) -> (Vec<Line<'a>>, usize) {
    let tasks = asking.batch.tasks();
    let mut lines = healthy(asking, theme, width);
    lines.push(checks(asking, theme, width));
    lines.extend(not_compared(asking, theme, width));
    let rows = tasks.len().min(MAX_ROWS) + 1;
    let rest = rows + selected(asking, theme, width).len() + facts(app, asking, theme, width).len() + 1;
    (lines, rest)
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
    let wanted = count.min(MIN_ROWS) + 1;
    let mut below = selected(asking, theme, width);
    if wanted + below.len() > room {
        below.clear();
    }
    let mut lines = facts(app, asking, theme, width);
    lines.truncate(room.saturating_sub(wanted + below.len() + 1));
    if !lines.is_empty() {
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

/// Returns how many of the victims are not stuck, and the key that strikes them out. Empty if all are
/// stuck.
fn healthy<'a>(asking: &KillDialog, theme: &Theme, width: usize) -> Vec<Line<'a>> {
    let count = asking.healthy().count();
    let total = asking
        .batch
        .tasks()
        .iter()
        .filter(|task| !task.is_removed())
        .count();
    let struck = asking.struck_healthy.len();
    let are = if count == 1 { "is" } else { "are" };
    let (text, key, rest, style) = if count > 0 && count == total {
        let text = match count {
            1 => "This session is not stuck. ".to_owned(),
            _ => format!("None of these {} is stuck. ", counted(total, "session")),
        };
        (text, "", "", theme.act)
    } else if count > 0 {
        let text = format!("{count} of these {} {are} not stuck. ", counted(total, "session"));
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
    let room = width.saturating_sub(LABEL);
    Line::from(vec![
        Span::styled(format!("{label:<LABEL$}"), theme.dim),
        Span::raw(fit(&theme.compared(value), room, theme.glyphs.more)),
    ])
}

/// Returns what selected the victims, and their number by locks, user and service.
fn facts<'a>(app: &App, asking: &KillDialog, theme: &Theme, width: usize) -> Vec<Line<'a>> {
    let tasks = asking.batch.tasks();
    let mut lines = Vec::new();
    let filter = summary::selected_by(tasks).map(|text| {
        if title::names_filter(asking, tasks) {
            return fact("filter", "checked again before each DELETE", theme, width);
        }
        let text = format!("{text}   (checked again before each DELETE)");
        fact("filter", &text, theme, width)
    });
    lines.extend(lock_counts(app, tasks, theme, width));
    let groups = [
        ("by user", "user ", &asking.by_user),
        ("by service", "service ", &asking.by_service),
    ];
    for (label, field, groups) in groups {
        // The title has it.
        if matches!(&asking.selection, Selection::Group(name) if name.starts_with(field)) {
            continue;
        }
        let each = groups.iter().map(|(name, count)| format!("{name} {count}"));
        let each = each.collect::<Vec<_>>().join(", ");
        lines.push(fact(label, &each, theme, width));
    }
    lines.extend(filter);
    lines
}

/// Returns how many of the sessions block others, wait, or do neither. `None` without server access.
fn lock_counts<'a>(app: &App, tasks: &[KillTask], theme: &Theme, width: usize) -> Option<Line<'a>> {
    let left: Vec<_> = tasks.iter().filter(|task| !task.is_removed()).collect();
    let is_known = left.iter().any(|task| {
        app.locks_of(task.victim.identity.endpoint)
            .is_some_and(|locks| !locks.is_empty())
    });
    let own = || left.iter().filter_map(|task| locks(app, task));
    let blockers = own().filter(|own| own.blocks > 0).count();
    let waiters = own().filter(|own| own.blocks == 0 && own.wait.is_some()).count();
    let others = left.len() - blockers - waiters;
    let verbs = |count, one, many| if count == 1 { one } else { many };
    let block = verbs(blockers, "blocks", "block");
    let wait = verbs(waiters, "waits", "wait");
    let text = format!("{blockers} {block} others, {waiters} {wait}, {others} neither");
    is_known.then(|| fact("locks", &text, theme, width))
}

/// Returns the number of sessions that would be killed, and of those that would not.
fn checks<'a>(asking: &KillDialog, theme: &Theme, width: usize) -> Line<'a> {
    let counts = CheckCounts::of(asking.batch.tasks());
    let glyphs = theme.glyphs;
    let word = |text: &'static str| if width < MIN_WIDTH_WITH_AGES { "" } else { text };
    let mut spans = Vec::new();
    if counts.waiting > 0 {
        spans.push(Span::styled(
            format!("checking {} …  ", counts.waiting),
            theme.dim,
        ));
    }
    let passed = format!("{} {}{}", glyphs.check, counts.passed, word(" still the same"));
    spans.push(Span::styled(passed, theme.good));
    if counts.refused > 0 {
        let refused = word(" will not be killed");
        let text = format!("  {} {}{refused}", glyphs.cross, counts.refused);
        spans.push(Span::styled(text, theme.look));
    }
    if counts.removed > 0 {
        let text = format!("  x {}{}", counts.removed, word(" struck out"));
        spans.push(Span::styled(text, theme.head));
    }
    Line::from(spans)
}

/// Returns the parts of the identity that could not be compared for some victims. They weaken the
/// check.
fn not_compared<'a>(asking: &KillDialog, theme: &Theme, width: usize) -> Option<Line<'a>> {
    summary::not_compared(asking.batch.tasks()).map(|parts| {
        let text = format!("not compared for some or all: {parts}");
        Line::styled(fit(&text, width, theme.glyphs.more), theme.look)
    })
}

/// The list of victims, with its widths.
struct Table<'a> {
    app: &'a App,
    asking: &'a KillDialog,
    theme: &'a Theme,
    width: usize,
    id: usize,
    client: usize,
    has_ages: bool,
}

impl<'t> Table<'t> {
    fn new(app: &'t App, asking: &'t KillDialog, theme: &'t Theme, width: usize) -> Self {
        let has_ages = width >= MIN_WIDTH_WITH_AGES;
        let id = asking.widths.0.max("ID".len());
        let taken = "✓  ▲ ".chars().count() + id + MIN_WHY + 2 + if has_ages { AGES } else { 0 };
        let client = asking
            .widths
            .1
            .min(width.saturating_sub(taken))
            .max("CLIENT".len());
        Self {
            app,
            asking,
            theme,
            width,
            id,
            client,
            has_ages,
        }
    }

    fn headings<'a>(&self) -> Line<'a> {
        let (id, client) = (self.id, self.client);
        let ages = if self.has_ages { "     AGE    IDLE" } else { "" };
        let text = format!("   {:>id$}   {:<client$}{ages}  WHY", "ID", "CLIENT");
        Line::styled(fit(&text, self.width, self.theme.glyphs.more), self.theme.head)
    }

    fn row<'a>(&self, index: usize, task: &KillTask) -> Line<'a> {
        let (theme, id_width, client_width) = (self.theme, self.id, self.client);
        let (sign, base) = sign(task, theme);
        let diagnosis = self.asking.diagnoses.get(index).map(OwnedDiagnosis::borrowed);
        let severity = diagnosis.and_then(|diagnosis| diagnosis.severity());
        let severity_style = severity.map_or(theme.dim, |severity| theme.severity(severity));
        let id = task.victim.identity.id.to_string();
        let client = client(self.app, task);
        let client = fit_middle(&theme.compared(&client), client_width, theme.glyphs.more);
        let pad = " ".repeat(client_width.saturating_sub(display_width(&client)));
        let mut spans = vec![
            Span::styled(format!("{sign:<2} {id:>id_width$} "), base),
            Span::styled(severity.map_or(" ", |severity| severity.glyph()), severity_style),
            Span::styled(format!(" {client}{pad}"), base),
        ];
        self.push_state(&mut spans, (index, task), base);
        let rest = self.width.saturating_sub(width_of(&spans));
        spans.push(Span::styled(" ".repeat(rest), base));
        if index == self.asking.cursor {
            for span in &mut spans {
                span.style = span.style.patch(theme.cursor);
            }
        }
        Line::from(spans)
    }

    /// Appends why a victim is not killed, or its ages and why it is stuck.
    fn push_state(&self, spans: &mut Vec<Span<'_>>, (index, task): (usize, &KillTask), base: Style) {
        let theme = self.theme;
        let diagnosis = self.asking.diagnoses.get(index).map(OwnedDiagnosis::borrowed);
        let severity = diagnosis.and_then(|diagnosis| diagnosis.severity());
        let severity_style = severity.map_or(theme.dim, |severity| theme.severity(severity));
        if let Some(text) = problem(task) {
            let room = self.width.saturating_sub(width_of(spans) + 2);
            let text = fit(&theme.compared(&text), room, theme.glyphs.more);
            spans.push(Span::styled(format!("  {text}"), theme.look));
        } else {
            let session = task.session();
            if self.has_ages {
                let span = |span: Option<crate::model::Span>| {
                    span.map_or_else(|| "?".to_owned(), |span| span.to_string())
                };
                let ages = format!(" {:>7} {:>7}", span(session.age), span(session.idle));
                spans.push(Span::styled(ages, base));
            }
            let why: Cow<'_, str> = match diagnosis.and_then(|diagnosis| diagnosis.strongest()) {
                Some(finding) => finding.short(&task.victim.session).into(),
                None if self.asking.is_healthy(index) => "healthy".into(),
                None => "unknown".into(),
            };
            let room = self.width.saturating_sub(width_of(spans) + 2);
            let why = fit(&theme.compared(&why), room, theme.glyphs.more);
            let style = if task.is_removed() { base } else { severity_style };
            spans.push(Span::styled(format!("  {why}"), style));
        }
    }
}

fn width_of(spans: &[Span<'_>]) -> usize {
    spans.iter().map(Span::width).sum()
}

/// Returns the sign and the style of a victim.
fn sign(task: &KillTask, theme: &Theme) -> (&'static str, Style) {
    let glyphs = theme.glyphs;
    if task.is_removed() {
        ("x", theme.dim.add_modifier(Modifier::CROSSED_OUT))
    } else if task.outcome().is_some() {
        (glyphs.cross, theme.look)
    } else if task.may_be_confirmed() {
        (glyphs.check, Style::new())
    } else {
        (glyphs.dot, theme.dim)
    }
}

/// Returns a victim's user and address, and its proxy if there are several.
fn client(app: &App, task: &KillTask) -> String {
    let client = task.session().client();
    match app.endpoints.name_among_several(task.victim.identity.endpoint) {
        Some(proxy) => format!("{proxy} {client}"),
        None => client,
    }
}

/// Returns why a victim is not killed, or cannot be checked yet.
fn problem(task: &KillTask) -> Option<String> {
    if let Some(outcome) = task.outcome() {
        let (word, detail) = (outcome.word(), outcome.detail());
        return Some(match outcome.refusal() {
            Some(_) => detail,
            None => format!("{word} {detail}").trim_end().to_owned(),
        });
    }
    match task.state() {
        KillState::Unconfirmed(FirstCheck::NoAnswer(fault)) => Some(fault.to_string()),
        _ => None,
    }
}

/// Returns the servers and the statement of the victim under the cursor.
fn selected<'a>(asking: &KillDialog, theme: &Theme, width: usize) -> Vec<Line<'a>> {
    let Some(task) = asking.batch.tasks().get(asking.cursor) else {
        return Vec::new();
    };
    summary::activity(task.session())
        .into_iter()
        .map(|(label, value)| fact(&format!("  {label}"), &value, theme, width))
        .collect()
}
