//! One victim in full.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::{DialogBody as Page, consequences};
use crate::app::App;
use crate::kill::{FirstCheck, KillOutcome, KillState, KillTask, RefusalReason, summary};
use crate::model::{Difference, EndpointId, SessionLocks, closing_servers, counted};
use crate::ui::draw::{fit, fit_middle, wrap};
use crate::ui::theme::Theme;

/// Width of a fact's name, in cells.
const LABEL: usize = 11;

/// Maximum number of lines for the user and the address. A name of 256 escapes would leave no room for
/// the buttons. The beginning of the name and the address at its end are shown.
const MAX_CLIENT_LINES: usize = 4;

/// Returns the content of the dialog. The mandatory lines come first, because a small screen cuts the
/// rest.
pub(super) fn text<'a>(app: &App, task: &KillTask, theme: &Theme, width: usize) -> Page<'a> {
    let client = fit_middle(
        &theme.compared(&task.session().client()),
        width * MAX_CLIENT_LINES,
        theme.glyphs.more,
    );
    let mut lines = wrap(&client, width)
        .into_iter()
        .map(|line| Line::styled(line, theme.strong))
        .chain(check(task, theme, width))
        .collect::<Vec<_>>();
    let needed = lines.len();
    lines.push(Line::default());
    if let Some(name) = app.endpoints.name_among_several(task.victim.identity.endpoint) {
        fact(&mut lines, theme, width, "on", name);
    }
    for (label, value) in summary::facts(task.session()) {
        fact(&mut lines, theme, width, label, &value);
    }
    lines.extend(locking(app, task, theme, width));
    lines.push(Line::default());
    lines.extend(consequences(std::slice::from_ref(task), theme, width));
    Page { lines, needed }
}

/// Returns how many wait for the session, what it waits for, and what its server has to roll back.
fn locking<'a>(app: &App, task: &KillTask, theme: &Theme, width: usize) -> Vec<Line<'a>> {
    let identity = &task.victim.identity;
    let locks = app
        .locks_of(identity.endpoint)
        .and_then(|locks| locks.session(identity.id));
    let Some(locks) = locks else {
        return Vec::new();
    };
    let mut texts = Vec::new();
    texts.extend(
        running(app, locks, identity.endpoint)
            .map(|text| (fit(&text, width, theme.glyphs.more), Style::new())),
    );
    if locks.blocks > 0 {
        let noun = if locks.blocks == 1 {
            "session waits"
        } else {
            "sessions wait"
        };
        texts.push((format!("{} {noun} for this one", locks.blocks), theme.alarm));
    }
    if let Some(root) = app.modal.kill_dialog().and_then(|dialog| dialog.root.as_ref()) {
        let likely = if root.is_likely { "likely " } else { "" };
        let change = root.session.map_or("b shows it", |_| "b changes to it");
        texts.push((
            format!("waits for {likely}{}: {change}", root.name),
            theme.warning,
        ));
    }
    if let Some(changed) = locks
        .transaction
        .and_then(|transaction| transaction.rows_modified)
    {
        let rows = counted(changed, "changed row");
        texts.extend((changed > 0).then(|| (format!("{} rolls back {rows}", locks.server), theme.warning)));
        let long = "rolling back may take as long as the changes took";
        texts.extend((changed > LONG_ROLLBACK_ROWS).then(|| (long.to_owned(), theme.alarm)));
    }
    let lines = texts.into_iter().flat_map(|(text, style)| {
        let lines = wrap(&text, width).into_iter();
        lines.map(move |line| Line::styled(line, style))
    });
    lines.collect()
}

/// Returns the statement that a server runs for the session: `runs for 48s on db-01, thread 269: UPDATE …`.
fn running(app: &App, locks: &SessionLocks, endpoint: EndpointId) -> Option<String> {
    let server = app.locks_of(endpoint)?.server(&locks.server)?;
    let thread = server.report.thread(locks.thread)?;
    let (statement, time) = (thread.statement.as_ref()?, thread.time?);
    Some(format!(
        "runs for {time} on {}, thread {}: {statement}",
        locks.server, thread.id
    ))
}

/// Number of changed rows above which rolling back takes long.
const LONG_ROLLBACK_ROWS: u64 = 100_000;

fn fact(text: &mut Vec<Line<'_>>, theme: &Theme, width: usize, label: &'static str, value: &str) {
    let room = width.saturating_sub(LABEL).max(1);
    for (place, line) in wrap(&theme.compared(value), room).into_iter().take(3).enumerate() {
        let label = if place == 0 { label } else { "" };
        text.push(Line::from(vec![
            Span::styled(format!("{label:<LABEL$}"), theme.quiet),
            Span::raw(line),
        ]));
    }
}

/// Returns the result of the first check.
fn check<'a>(task: &KillTask, theme: &Theme, width: usize) -> Vec<Line<'a>> {
    let said = |text: String, style| {
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
            let parts = summary::not_compared([task]);
            let parts = parts.map(|parts| format!("; not compared: {parts}"));
            let same = format!("{} still the same session", glyphs.check);
            said(same + &parts.unwrap_or_default(), theme.good)
        }
        KillState::Unconfirmed(FirstCheck::NoAnswer(fault)) => said(
            format!("{} cannot be checked: {fault}; trying again", glyphs.cross),
            theme.warning,
        ),
        _ => said(
            "checking that it is still the same session …".to_owned(),
            theme.quiet,
        ),
    }
}

/// Returns the lines if the check refused the kill: old and new values side by side if the session
/// changed.
fn outcome_lines<'a>(task: &KillTask, outcome: &KillOutcome, theme: &Theme, width: usize) -> Vec<Line<'a>> {
    if let Some(RefusalReason::Changed(differences)) = outcome.refusal() {
        let head = Line::styled(
            format!("{} a different session now", theme.glyphs.cross),
            theme.alarm,
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
        .map(|line| Line::styled(line, theme.alarm))
        .collect()
}

fn side_by_side<'a>(difference: &Difference, theme: &Theme, width: usize) -> Line<'a> {
    let half = width.saturating_sub(24) / 2;
    Line::from(vec![
        Span::styled(format!("{:<14}", difference.part.name()), theme.quiet),
        Span::raw(format!(
            "was {}",
            fit(&theme.compared(&difference.was), half, theme.glyphs.more)
        )),
        Span::styled(
            format!(
                "  is {}",
                fit(&theme.compared(&difference.now), half, theme.glyphs.more)
            ),
            theme.strong,
        ),
    ])
}
