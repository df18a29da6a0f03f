//! The kill dialog: whom, what will happen, and whether it is still the same session.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use super::draw::{dialog_box, fit, wrap};
use super::theme::Theme;
use crate::app::App;
use crate::app::killing::Asking;
use crate::kill::{Attempt, Choice, FirstCheck, Outcome, Refusal, Stage, Ticket};
use crate::model::{Dialect, Difference, Session, Text};

/// Room for the name of a fact.
const LABEL: usize = 11;
/// As wide as the text of a victim may be on the narrowest screen.
const WIDTH: u16 = 70;

/// Draws the dialog over everything, while it is open. Gives the question that this frame lets be
/// answered with Yes: only one that shows who it is, what the check said and the whole button.
pub(super) fn draw(app: &App, theme: &Theme, frame: &mut Frame<'_>) -> Option<Ticket> {
    let asking = app.kills.asking.as_ref()?;
    let width = WIDTH.min(frame.area().width);
    let text_width = usize::from(width.saturating_sub(4)).max(1);
    // What must be seen stands first: on a small screen the rest is cut.
    let mut text = wrap(&shown_session(&asking.attempt).client(), text_width)
        .into_iter()
        .map(|line| Line::styled(line, theme.strong))
        .chain(check(asking, theme, text_width))
        .collect::<Vec<_>>();
    let needed = text.len();
    text.push(Line::default());
    text.extend(facts(asking, theme, text_width));
    text.push(Line::default());
    text.extend(consequences(asking, theme, text_width));
    let height = u16::try_from(text.len() + 4).unwrap_or(u16::MAX);
    let title = format!(" Kill session {}? ", asking.attempt.identity.id);
    let inner = dialog_box(
        theme,
        Line::from(Span::styled(title, theme.alarm)),
        (width, height),
        frame.buffer_mut(),
    );
    // The buttons are always in sight, whatever is cut.
    let body = Rect {
        height: inner.height.saturating_sub(2),
        ..inner
    };
    super::draw::lines(text, body, frame.buffer_mut());
    let foot = Rect {
        y: inner.bottom().saturating_sub(1),
        height: 1.min(inner.height),
        ..inner
    };
    let fits = needed <= usize::from(body.height);
    let buttons = if fits {
        buttons(asking, theme)
    } else {
        Line::styled("too small: enlarge the window", theme.warning)
    };
    let whole = fits && buttons.width() <= usize::from(foot.width);
    buttons.render(foot, frame.buffer_mut());
    app.open_question().filter(|_| whole)
}

/// What is known of it: identity, age, idle, what runs, what it holds.
fn facts<'a>(asking: &Asking, theme: &Theme, width: usize) -> Vec<Line<'a>> {
    let session = shown_session(&asking.attempt);
    let mut text = Vec::new();
    let mut fact = |label: &'static str, value: &str| {
        let room = width.saturating_sub(LABEL).max(1);
        for (place, line) in wrap(value, room).into_iter().take(3).enumerate() {
            let label = if place == 0 { label } else { "" };
            text.push(Line::from(vec![
                Span::styled(format!("{label:<LABEL$}"), theme.quiet),
                Span::raw(line),
            ]));
        }
    };
    let known = |text: Option<&Text>| text.map_or("unknown", Text::as_str).to_owned();
    let span =
        |span: Option<crate::model::Span>| span.map_or_else(|| "unknown".to_owned(), |span| span.to_string());
    fact("service", &known(session.service.as_ref()));
    fact(
        "connected",
        &known(session.connected.as_ref().map(|connected| &connected.sent)),
    );
    fact(
        "age, idle",
        &format!("{}, idle {}", span(session.age), span(session.idle)),
    );
    if let Some(extra) = &session.extra {
        if let Some(program) = &extra.program {
            let pid = extra.pid.map(|pid| format!(" pid {pid}")).unwrap_or_default();
            fact("program", &format!("{program}{pid}"));
        }
        if let Some(held) = holds(session) {
            fact("holds", &held);
        }
        if let Some(sql) = extra.running.as_ref().and_then(|running| running.sql.as_ref()) {
            fact("runs", sql.as_str());
        }
    }
    text
}

/// The session as the check has seen it; until then, as the list had it.
fn shown_session(attempt: &Attempt) -> &Session {
    match attempt.stage() {
        Stage::Asked(FirstCheck::Passed { sighting, .. }) => &sighting.detail.session,
        _ => &attempt.session,
    }
}

/// `db-01 #4021 · db-02 #7718`: where a statement may go on running.
fn holds(session: &Session) -> Option<String> {
    let backends = session.backends().filter(|backends| !backends.is_empty())?;
    let each = backends.iter().map(|backend| match backend.thread_id {
        Some(thread) => format!("{} #{thread}", backend.server),
        None => backend.server.to_string(),
    });
    Some(each.collect::<Vec<_>>().join(", "))
}

fn consequences<'a>(asking: &Asking, theme: &Theme, width: usize) -> Vec<Line<'a>> {
    let mut text = "The connection drops without an error, an open transaction rolls back.".to_owned();
    if asking.attempt.dialect == Dialect::JsonApi {
        text.push_str(" A statement may keep running on the servers that it holds until it ends there.");
    }
    wrap(&text, width)
        .into_iter()
        .map(|line| Line::styled(line, theme.quiet))
        .collect()
}

/// What the first check says.
fn check<'a>(asking: &Asking, theme: &Theme, width: usize) -> Vec<Line<'a>> {
    let said = |text: String, style| {
        wrap(&text, width)
            .into_iter()
            .map(move |line| Line::styled(line, style))
            .collect()
    };
    let glyphs = theme.glyphs;
    if let Some(outcome) = asking.attempt.outcome() {
        return settled(outcome, theme, width);
    }
    match asking.attempt.stage() {
        Stage::Asked(FirstCheck::Passed { unchecked, .. }) if unchecked.is_empty() => {
            said(format!("{} still the same session", glyphs.check), theme.good)
        }
        Stage::Asked(FirstCheck::Passed { unchecked, .. }) => {
            let parts = unchecked
                .iter()
                .map(|part| part.name())
                .collect::<Vec<_>>()
                .join(", ");
            said(
                format!("{} still the same session; not compared: {parts}", glyphs.check),
                theme.good,
            )
        }
        Stage::Asked(FirstCheck::NoAnswer(fault)) => said(
            format!("{} cannot be checked: {fault}; asking again", glyphs.cross),
            theme.warning,
        ),
        _ => said(
            "checking that it is still the same session …".to_owned(),
            theme.quiet,
        ),
    }
}

/// The check has ended the matter: old and new side by side, where there is a new one.
fn settled<'a>(outcome: &Outcome, theme: &Theme, width: usize) -> Vec<Line<'a>> {
    if let Some(Refusal::Changed(differences)) = outcome.refusal() {
        let head = Line::styled(format!("{} somebody else now", theme.glyphs.cross), theme.alarm);
        let rows = differences
            .iter()
            .map(|difference| side_by_side(difference, theme, width));
        return std::iter::once(head).chain(rows).collect();
    }
    let text = match (outcome, outcome.refusal()) {
        (_, Some(refusal)) => refusal.words(),
        (Outcome::AlreadyGone, _) => "it has ended already".to_owned(),
        (outcome, _) => outcome.word().to_owned(),
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
        Span::raw(format!("was {}", fit(&difference.was, half, theme.glyphs.more))),
        Span::styled(
            format!("  is {}", fit(&difference.now, half, theme.glyphs.more)),
            theme.strong,
        ),
    ])
}

fn buttons<'a>(asking: &Asking, theme: &Theme) -> Line<'a> {
    let button = |label: &'static str, chosen: bool, style| {
        let style = if chosen { theme.selected } else { style };
        Span::styled(format!("  {label}  "), style)
    };
    let no_chosen = asking.dialog.choice() == Choice::No;
    let mut spans = vec![Span::raw("    "), button("No", no_chosen, theme.strong)];
    if asking.attempt.may_be_confirmed() {
        spans.push(Span::raw("      "));
        spans.push(Span::styled("y", theme.strong));
        spans.push(button("Yes, end it", !no_chosen, theme.alarm));
    } else if asking.attempt.outcome().is_none() {
        spans.push(Span::styled("      (Yes opens after the check)", theme.quiet));
    }
    Line::from(spans)
}
