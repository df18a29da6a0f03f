//! One victim in full.

use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr as _;

use super::consequences::locks;
use super::{LABEL, Middle, age_of_check, fact};
use crate::app::App;
use crate::app::help::CONNECTIONS;
use crate::app::kill_dialog::KillDialog;
use crate::diagnosis::OwnedDiagnosis;
use crate::kill::{FirstCheck, KillOutcome, KillState, KillTask, RefusalReason, summary};
use crate::model::{CLOSING_KILL, Difference, Session, Text, closing_servers};
use crate::ui::draw::{fit, fit_middle, wrap};
use crate::ui::theme::Theme;

/// Maximum number of lines for the user and the address. A name of 256 escapes would leave no room for
/// the buttons. The beginning of the name and the address at its end are shown.
const MAX_CLIENT_LINES: usize = 4;

/// Returns the lines that must be visible, who and the result of the check; and the number of lines of
/// the rest.
pub(super) fn head<'a>(
    app: &App,
    asking: &KillDialog,
    task: &KillTask,
    theme: &Theme,
    width: usize,
) -> (Vec<Line<'a>>, usize) {
    let more = theme.glyphs.more;
    let client = theme.compared(&task.session().client()).into_owned();
    let client = fit_middle(&client, width * MAX_CLIENT_LINES, more);
    let mut lines: Vec<_> = wrap(&client, width)
        .into_iter()
        .map(|line| Line::styled(line, theme.head))
        .collect();
    let service = task.session().service.as_ref().map_or("", Text::as_str);
    if let [line] = lines.as_mut_slice() {
        let room = width.saturating_sub(line.width() + 2);
        let service = fit(&theme.compared(service), room, more);
        line.push_span(Span::raw(format!("  {service}")));
    }
    lines.extend(check(app, task, theme, width));
    let rest = facts(app, asking, task, theme, width).len();
    (lines, rest)
}

/// Returns the part that scrolls, in at most `room` lines.
pub(super) fn middle<'a>(
    app: &App,
    asking: &KillDialog,
    task: &KillTask,
    theme: &Theme,
    (width, room): (usize, usize),
) -> Middle<'a> {
    let facts = facts(app, asking, task, theme, width);
    let end = facts.len().saturating_sub(room);
    let top = asking.scroll.min(end);
    Middle {
        lines: facts.into_iter().skip(top).take(room).collect(),
        hidden: (top, end - top),
        end,
    }
}

/// Returns why it is stuck, what it runs and holds, and where it comes from. The most important first.
fn facts<'a>(app: &App, asking: &KillDialog, task: &KillTask, theme: &Theme, width: usize) -> Vec<Line<'a>> {
    let newest = app.newest_session(task);
    let session = &Session {
        age: newest.age,
        idle: newest.idle,
        ..task.session().clone()
    };
    let mut lines = Vec::new();
    let found = asking.diagnoses.first().map(OwnedDiagnosis::borrowed);
    for finding in found.iter().flat_map(|diagnosis| diagnosis.found) {
        let label = format!("{} {}", finding.severity.glyph(), finding.reason.name);
        // A refusal says the rest.
        let is_closing = finding.reason.name == "closing" && task.outcome().is_none();
        let words = if is_closing {
            format!("{}{CLOSING_KILL}", finding.sentence(session))
        } else {
            finding.words(session)
        };
        // The label has the name.
        let rest = words.strip_prefix(finding.reason.name).map(str::trim_start);
        let mut reason = fact(&label, rest.unwrap_or(&words), theme, width);
        let style = theme.severity(finding.severity);
        let first = reason.first_mut().and_then(|line| line.spans.first_mut());
        if let Some(label) = first {
            label.style = style;
        }
        lines.extend(reason);
    }
    if asking.is_healthy(0) {
        let endpoint = app.endpoints.get(task.victim.identity.endpoint);
        let fault = endpoint.and_then(|endpoint| endpoint.connections_fault(app.now.elapsed));
        let text = match fault {
            Some(fault) => format!("no reason found; {CONNECTIONS} not read: {}", fault.one_line()),
            None => "no reason found".to_owned(),
        };
        lines.extend(fact("not stuck", &text, theme, width));
    }
    let has_finding = |name| {
        let mut found = found.iter().flat_map(|diagnosis| diagnosis.found);
        found.any(|finding| finding.reason.name == name)
    };
    let own = locks(app, task).filter(|locks| locks.blocks > 0 && !has_finding("blocks"));
    if let Some(locks) = own {
        let text = match locks.blocks {
            1 => "1 session waits for this one".to_owned(),
            count => format!("{count} sessions wait for this one"),
        };
        lines.extend(fact("locks", &text, theme, width));
    }
    let known = app
        .locks_of(task.victim.identity.endpoint)
        .map(|locks| locks.of(session));
    if !known.unwrap_or_default().is_known() {
        let text = "not known: whether others wait for this session";
        lines.extend(fact("locks", text, theme, width));
    }
    if let Some(root) = &asking.root {
        let likely = if root.is_likely { "likely " } else { "" };
        let change = root.session.as_ref().map_or("b shows it", |_| "b changes to it");
        let text = format!("{likely}{}: {change}", root.name);
        lines.extend(fact("waits for", &text, theme, width));
    }
    lines.extend(running(app, task, theme, width));
    for (label, value) in summary::facts(session) {
        let is_above = matches!(label, "runs" | "service") || label == "closing" && has_finding("closing");
        if !is_above {
            lines.extend(fact(label, &value, theme, width));
        }
    }
    if let Some(name) = app.endpoints.name_among_several(task.victim.identity.endpoint) {
        lines.extend(fact("proxy", name, theme, width));
    }
    lines
}

/// Returns the running statement in full, with its server, if it is known.
fn running<'a>(app: &App, task: &KillTask, theme: &Theme, width: usize) -> Vec<Line<'a>> {
    let endpoint = task.victim.identity.endpoint;
    let thread = locks(app, task).and_then(|locks| {
        let server = app.locks_of(endpoint)?.server(&locks.server)?;
        let thread = server.report.thread(locks.thread)?;
        let (statement, time) = (thread.statement.as_ref()?, thread.time?);
        let place = format!("for {time} on {}, thread {}:", locks.server, thread.id);
        Some((place, statement))
    });
    let (place, statement) = if let Some((place, statement)) = thread {
        (Some(place), statement.as_str())
    } else {
        let extra = task.session().extra.as_ref();
        let Some(running) = extra.and_then(|extra| extra.running.as_ref()) else {
            return Vec::new();
        };
        (None, running.sql.as_ref().map_or("(no text)", Text::as_str))
    };
    let Some(place) = place else {
        return fact("runs", statement, theme, width);
    };
    let mut lines = fact("runs", &place, theme, width);
    lines.extend(fact("", statement, theme, width));
    lines
}

/// Returns the result of the first check.
fn check<'a>(app: &App, task: &KillTask, theme: &Theme, width: usize) -> Vec<Line<'a>> {
    let wrapped = |text: String, style| {
        wrap(&text, width)
            .into_iter()
            .map(move |line| Line::styled(line, style))
            .collect()
    };
    let glyphs = theme.glyphs;
    if let Some(outcome) = task.outcome() {
        return outcome_lines(task, outcome, theme, width);
    }
    match task.state() {
        KillState::Unconfirmed(FirstCheck::Passed { .. }) => {
            let age = age_of_check(app, task.passed_at().unwrap_or_default());
            let parts = summary::not_compared([task]).map(|parts| {
                let parts = parts.replace("process start", "whether the proxy was restarted");
                format!("; not checked: {parts}")
            });
            let parts = parts.unwrap_or_default();
            let same = format!("{} same session, checked {age}", glyphs.check);
            let again = [" right before its DELETE", " before its DELETE", " before DELETE"];
            let again = again.map(|again| format!("{same}; again{again}{parts}"));
            let [.., short] = &again;
            let fitting = again.iter().find(|text| text.width() <= width);
            wrapped(fitting.unwrap_or(short).clone(), theme.good)
        }
        KillState::Unconfirmed(FirstCheck::NoAnswer(fault)) => wrapped(
            format!("{} cannot be checked: {fault}; trying again", glyphs.cross),
            theme.look,
        ),
        _ => wrapped(
            "checking whether it is still the same session …".to_owned(),
            theme.dim,
        ),
    }
}

/// Returns the lines if the check refused the kill: old and new values side by side if the session
/// changed.
fn outcome_lines<'a>(task: &KillTask, outcome: &KillOutcome, theme: &Theme, width: usize) -> Vec<Line<'a>> {
    if let Some(RefusalReason::Changed(differences)) = outcome.refusal() {
        let head = Line::styled(
            format!("{} a different session now", theme.glyphs.cross),
            theme.act,
        );
        let rows = differences
            .iter()
            .map(|difference| side_by_side(difference, theme, width));
        return std::iter::once(head).chain(rows).collect();
    }
    let text = match (outcome, outcome.refusal()) {
        (_, Some(refusal @ RefusalReason::Closing)) => {
            let servers = closing_servers(task.session()).map(|servers| format!(". {servers}"));
            format!("{}{}", refusal.words(), servers.unwrap_or_default())
        }
        (_, Some(refusal)) => refusal.words(),
        (KillOutcome::AlreadyGone, _) => "it has already ended".to_owned(),
        (outcome, _) => format!("{} {}", outcome.word(), outcome.detail()),
    };
    let text = format!("{} {text}", theme.glyphs.cross);
    wrap(&text, width)
        .into_iter()
        .map(|line| Line::styled(line, theme.act))
        .collect()
}

fn side_by_side<'a>(difference: &Difference, theme: &Theme, width: usize) -> Line<'a> {
    let half = width.saturating_sub(LABEL + 10) / 2;
    let (was, now) = (theme.compared(&difference.was), theme.compared(&difference.now));
    let more = theme.glyphs.more;
    Line::from(vec![
        Span::styled(format!("{:<LABEL$}", difference.part.name()), theme.dim),
        Span::raw(format!("was {}", fit(&was, half, more))),
        Span::styled(format!("  is {}", fit(&now, half, more)), theme.head),
    ])
}
