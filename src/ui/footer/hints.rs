//! The last line: the keys that can be used now.

use std::borrow::Cow;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::app::App;
use crate::app::endpoint::EndpointState;
use crate::app::keymap::{Action, Binding, Code, KeyContext, KeyPress, is_destructive, reached};
use crate::app::kill_dialog::KillDialog;
use crate::app::mouse::HintPlace;
use crate::app::overlay::Topic;
use crate::diagnosis::Severity;
use crate::kill::MAX_CONFIRMED_BY_KEY;
use crate::ui::kill_progress;
use crate::ui::theme::Theme;

/// Draws the keys that can be used now, as many as fit.
pub(super) fn draw(app: &App, theme: &Theme, area: Rect, frame: &mut Frame<'_>) -> Vec<HintPlace> {
    if let Some(line) = kill_progress::line(app, theme, usize::from(area.width)) {
        let place = kill_progress::key_columns(&line, theme).map(|(start, end)| HintPlace {
            start: column(area.x, start),
            end: column(area.x, end),
            key: KeyPress::plain(Code::Esc),
        });
        line.render(area, frame.buffer_mut());
        return place.into_iter().collect();
    }
    let context = app.context();
    let usable = reached(context)
        .filter(|binding| !binding.hint.is_empty() && is_offered(app, binding))
        .collect::<Vec<_>>();
    let usable = usable.iter().copied();
    let hint = |binding: &'static Binding| {
        let shown = app.settings.keys.shown(binding);
        let key = shown.split(' ').next().unwrap_or_default().to_owned();
        [
            Span::styled(key, theme.key),
            Span::raw(format!(" {}  ", word(app, binding))),
        ]
    };
    let width = |hint: &[Span<'_>]| hint.iter().map(Span::width).sum::<usize>();
    // The keys for help and quit stay, and the one that answers a question; of the others, as many as fit between.
    let is_accept =
        |binding: &Binding| binding.context == KeyContext::Dialog && binding.action == Action::Accept;
    let is_kept =
        |binding: &&Binding| matches!(binding.action, Action::Help | Action::Quit) || is_accept(binding);
    let kept: Vec<_> = usable.clone().filter(is_kept).flat_map(hint).collect();
    let room = (usize::from(area.width) + 2).saturating_sub(width(&kept));
    let mut line = Line::from(" ");
    let mut places = Vec::new();
    // Trouble of a server or an endpoint comes first, then what can be undone, then the other pane.
    let is_first = |binding: &&Binding| {
        let action = binding.action;
        let is_pane = action == Action::NextPane && binding.context == KeyContext::Table;
        matches!(action, Action::Servers | Action::Endpoints | Action::CancelKill) || is_pane
    };
    let others = usable
        .clone()
        .filter(|binding| !is_kept(binding) && !is_first(binding));
    for binding in usable.clone().filter(is_first).chain(others) {
        let hint = hint(binding);
        if line.width() + width(&hint) > room {
            break;
        }
        places.extend(place(binding, area.x, line.width(), width(&hint)));
        line.extend(hint);
    }
    for binding in usable.filter(is_kept) {
        let hint = hint(binding);
        places.extend(place(binding, area.x, line.width(), width(&hint)));
        line.extend(hint);
    }
    line.render(area, frame.buffer_mut());
    places
}

/// Returns the word of a hint: what the key does now.
fn word(app: &App, binding: &Binding) -> Cow<'static, str> {
    let word = match binding.action {
        Action::Unfold if app.detail.as_ref().is_some_and(|detail| detail.unfolded) => "fold",
        Action::StrikeHealthy if asks(app, |asking| asking.counts.healthy == 0) => "include not stuck",
        Action::CancelKill => app.undo_hint().unwrap_or(binding.hint),
        // A link is chosen, but the key is for the session of the details.
        Action::Kill | Action::Mark => {
            let pane = app.detail.as_ref().filter(|pane| pane.link.is_some());
            return match pane {
                Some(pane) => format!("{} {}", binding.hint, pane.identity.id).into(),
                None => binding.hint.into(),
            };
        }
        _ => binding.hint,
    };
    word.into()
}

/// Returns the place of a hint for the mouse. A kill is confirmed only with the keyboard.
fn place(binding: &Binding, left: u16, start: usize, width: usize) -> Option<HintPlace> {
    let confirms =
        binding.context == KeyContext::Dialog && matches!(binding.action, Action::Yes | Action::Accept);
    let key = binding.keys.first().copied().filter(|_| !confirms)?;
    // Without the two blanks between the hints.
    let (start, end) = (
        column(left, start),
        column(left, (start + width).saturating_sub(2)),
    );
    Some(HintPlace { start, end, key })
}

/// Returns the column of the screen at a place of a line.
fn column(left: u16, place: usize) -> u16 {
    left.saturating_add(u16::try_from(place).unwrap_or(u16::MAX))
}

/// Whether the key's action is possible now. Other keys are not shown.
fn is_offered(app: &App, binding: &Binding) -> bool {
    // In the chooser the hints stay in place while the cursor moves.
    let is_silent = app.why_no_effect(app.context(), binding.action).is_some();
    if is_silent && binding.context != KeyContext::Columns {
        return false;
    }
    let may_kill = app.endpoints.iter().any(|endpoint| !endpoint.read_only);
    let needs_thread = matches!(binding.action, Action::Open | Action::Kill | Action::Copy);
    let has_access = app.endpoints.iter().any(|endpoint| endpoint.server_access.is_set);
    if binding.context == KeyContext::Blockers && binding.action == Action::Copy && !has_access {
        return true;
    }
    if binding.context == KeyContext::Blockers && needs_thread {
        return app.blocker_allows(binding.action);
    }
    let is_known = app.endpoints.iter().any(|endpoint| endpoint.latest.is_some());
    if matches!(binding.context, KeyContext::Table | KeyContext::AnyView) && !is_known {
        return matches!(binding.action, Action::Help | Action::Quit);
    }
    match binding.action {
        Action::NextMatch(_) => app.help.as_ref().is_some_and(|help| !help.term.is_empty()),
        Action::Servers => app.endpoints.iter().any(has_severe_trouble),
        Action::Endpoints => {
            app.endpoints.len() > 1 && app.endpoints.iter().any(|endpoint| has_fault(app, endpoint))
        }
        Action::Open if binding.context == KeyContext::Overlay => lists_kills(app),
        Action::Open => !app.detail_has_keys(),
        Action::KillStatements => asks(app, |asking| asking.batch.has_server_access()),
        Action::StrikeHealthy => asks(app, |asking| {
            let healthy = asking.counts.healthy;
            let is_useful = healthy > 0 && healthy < asking.counts.left;
            asking.batch.tasks().len() > 1 && (is_useful || !asking.struck_healthy.is_empty())
        }),
        Action::Yes if binding.context == KeyContext::SaveQuestion => true,
        Action::Toggle if binding.context == KeyContext::SaveQuestion => {
            let question = app.modal.save_question();
            question.is_some_and(|question| question.filter.is_some())
        }
        Action::CancelKill => app.undo_hint().is_some(),
        Action::Yes | Action::Choose => app.modal.open_dialog_ticket().is_some() && !by_number(app),
        Action::Blockers if binding.context == KeyContext::Dialog => app.root_of_dialog().is_some(),
        Action::Strike => asks(app, |asking| asking.batch.tasks().len() > 1),
        action => may_kill || !is_destructive(action),
    }
}

/// Whether a server or service of an endpoint has trouble marked ▲.
fn has_severe_trouble(endpoint: &EndpointState) -> bool {
    let troubles = endpoint.shown_troubles();
    troubles
        .iter()
        .any(|trouble| trouble.kind.severity() == Severity::Act)
}

/// Whether the lists of an endpoint fail, or must not be used to kill.
fn has_fault(app: &App, endpoint: &EndpointState) -> bool {
    app.health(endpoint).severity() == Some(Severity::Act)
}

/// Whether the kill log is open and has a kill of several sessions, which can be listed.
fn lists_kills(app: &App) -> bool {
    let overlay = app.modal.overlay();
    let batches = app.kills.logged_batches();
    overlay.is_some_and(|overlay| overlay.topic == Topic::KillLog)
        && batches.iter().any(|batch| batch.entries.len() > 1)
}

/// Whether the kill dialog is open and meets a condition.
fn asks(app: &App, condition: impl Fn(&KillDialog) -> bool) -> bool {
    app.modal.kill_dialog().is_some_and(condition)
}

/// Whether the number of victims is high enough that it has to be typed.
fn by_number(app: &App) -> bool {
    asks(app, |asking| asking.batch.confirmable() > MAX_CONFIRMED_BY_KEY)
}
