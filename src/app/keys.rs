//! Keys: which part of the screen receives them, and what they do there.

use std::time::Duration;

use super::chooser::{self, ChooserResult};
use super::events::EventPane;
use super::keymap::{Action, Code, KeyContext, KeyPress, action};
use super::killing::BY_KEY;
use super::layers::LinkTarget;
use super::modal::Modal;
use super::msg::Effect;
use super::overlay::{Overlay, Topic};
use super::status::Status;
use super::{App, status};
use crate::kill::KillBatch;
use crate::model::exact_text;

/// Views that cover the list of sessions, and do not inherit its keys.
const OVER_TABLE: [KeyContext; 5] = [
    KeyContext::Blockers,
    KeyContext::Servers,
    KeyContext::Endpoints,
    KeyContext::Overlay,
    KeyContext::Events,
];

impl App {
    /// Handles a key press.
    pub(super) fn key(&mut self, key: KeyPress) {
        if key.alt {
            // On a slow line Esc and the next key arrive as one; nothing is bound to Alt.
            self.key(KeyPress::plain(Code::Esc));
            return self.key(KeyPress { alt: false, ..key });
        }
        let context = self.context();
        if self.ends_kills(context, key) {
            return;
        }
        if self.is_replay_key(context, key) {
            return;
        }
        let Some(key) = self.settings.keys.translate(context, key) else {
            let text = "this key has no effect: its action has another key in the configuration file";
            self.status = Some(Status::note(text.to_owned()));
            return;
        };
        self.key_of_table(context, key);
    }

    /// Handles a key that cancels or stops kills in every view and prompt, as the last line shows, even if its
    /// action has another key. Returns whether it did.
    pub(super) fn ends_kills(&mut self, context: KeyContext, key: KeyPress) -> bool {
        let cancels = self.cancels_kill(context, key) && self.cancel_kill(BY_KEY);
        cancels
            || self.cancels_logging(context, key) && self.stop_kills()
            || key == KeyPress::plain(Code::Esc) && self.stop_kills()
    }

    /// Handles a key of the table of keys.
    pub(super) fn key_of_table(&mut self, context: KeyContext, key: KeyPress) {
        let before = self.status.take();
        // A question about saving would refer to an earlier moment.
        self.saving = None;
        if let Some(time) = hold_after(context, key) {
            self.hold_order(time);
        }
        if self.cancels_kill(context, key) && self.cancel_kill(BY_KEY) {
            return;
        }
        if self.cancels_logging(context, key) && self.stop_kills() {
            return;
        }
        if self.leaves_tour(context, key) {
            return self.leave_tour();
        }
        let why = action(context, key).and_then(|action| self.why_no_effect(context, action));
        if why.is_none() && !matches!(action(context, key), None | Some(Action::GoTo)) {
            // Digits before and after another key belong to two ids.
            self.goto = None;
        }
        if let Some(text) = why {
            // Esc on the first level removes a message.
            let removes = before.is_some() && action(context, key) == Some(Action::Back);
            self.status = (!removes).then(|| Status::note(text.to_owned()));
            return;
        }
        match (context, action(context, key)) {
            (KeyContext::Help | KeyContext::HelpSearch, _) => self.help_key(key),
            (_, Some(Action::Help)) => self.open_help(),
            (KeyContext::Reason | KeyContext::Dialog, _) => self.dialog_key(context, key, before),
            (KeyContext::Prompt, _) => self.prompt_key(key),
            (KeyContext::Search, _) => self.search_key(key),
            (KeyContext::Time, _) => self.time_prompt_key(key),
            (KeyContext::SaveQuestion, _) => self.save_question_key(key),
            (KeyContext::Columns, Some(action)) => self.chooser_key(action),
            (KeyContext::Copy, Some(action)) => self.copy_menu_key(action),
            (KeyContext::Events, Some(action)) => self.events_key(action),
            (KeyContext::Blockers, Some(action)) => self.blockers_key(action),
            (KeyContext::Servers, Some(action)) => self.servers_key(action),
            (KeyContext::Endpoints, Some(action)) => self.endpoints_key(action),
            (KeyContext::Table, Some(Action::GoTo)) => self.goto_digit(key),
            (KeyContext::Overlay, Some(Action::Open)) => self.modal.open_in_overlay(),
            (_, Some(action)) => self.act(action),
            (KeyContext::Table, None) if self.is_key_of_details(key) => {
                let text = "this key works in the details: press Tab first";
                self.status = Some(Status::note(text.to_owned()));
            }
            (context, None) if OVER_TABLE.contains(&context) && action(KeyContext::Table, key).is_some() => {
                let text = "this key works in the list of sessions only; Esc goes back";
                self.status = Some(Status::note(text.to_owned()));
            }
            (_, None) => self.unknown_key(),
        }
    }

    /// Whether a key has an effect in the details that are open beside or below the table.
    fn is_key_of_details(&self, key: KeyPress) -> bool {
        self.detail.is_some() && action(KeyContext::Detail, key).is_some()
    }

    pub(super) fn unknown_key(&mut self) {
        self.status = Some(Status::note("this key has no effect here; ? for help".to_owned()));
    }

    pub(super) fn act(&mut self, action: Action) {
        if action.uses_cursor() && !self.detail_has_keys() {
            let page = self.page();
            let was_visible = self.table.is_cursor_visible(page);
            self.table.choose(page);
            let refers_to_marks = action == Action::Kill && !self.marks.is_empty();
            if !was_visible && !refers_to_marks {
                let text = "the cursor was outside the screen; press the key again for this row";
                self.status = Some(Status::note(text.to_owned()));
                return;
            }
        }
        match action {
            Action::Move(_) | Action::Page(_) | Action::HalfPage(_) | Action::First | Action::Last => {
                self.move_cursor(action);
            }
            Action::Open if self.detail_has_keys() => self.open_link(),
            Action::Open => self.open(),
            Action::Back => self.back(),
            Action::NextPane => self.detail_focused = self.detail.is_some() && !self.detail_focused,
            Action::Filter
            | Action::Search
            | Action::Blockers
            | Action::Servers
            | Action::Endpoints
            | Action::KillLog
            | Action::Events
            | Action::Overview
            | Action::Columns
            | Action::Copy
            | Action::Help => self.open_view(action),
            Action::TravelLists(_) | Action::TravelMinutes(_) | Action::Live => self.travel(action),
            Action::Record => self.record(),
            Action::WriteScreen => self.write_screen(),
            Action::OnlyStuck => self.toggle_stuck(),
            Action::SearchAgain(step) => self.search_again(step),
            Action::SortBy(step) => self.sort_by(step),
            Action::Invert => self.invert(),
            Action::Group(step) => self.group_by(step),
            Action::Mark | Action::MarkRange | Action::MarkAll | Action::UnmarkAll => self.mark(action),
            Action::CancelKill => self.undo(),
            Action::HideIdle => self.toggle_idle(),
            Action::Follow => self.toggle_follow(),
            Action::SameClient => self.filter_client(),
            Action::Kill => self.ask_to_kill(),
            Action::CopyAll => self.copy_all(),
            Action::Unfold | Action::Across(_) | Action::Link(_) => self.detail_key(action),
            Action::Save => self.save(),
            Action::Pause => self.pause(),
            Action::Pace(by) => self.change_pace(by),
            Action::Refresh => self.outbox.push(Effect::Refresh),
            Action::Repaint => self.outbox.push(Effect::Repaint),
            Action::Suspend => self.suspend(),
            Action::Quit | Action::QuitKeepingFrame => self.quit(action == Action::QuitKeepingFrame),
            Action::GoTo => self.unknown_key(),
            Action::Play
            | Action::PlaySpeed(_)
            | Action::TravelEvents(_)
            | Action::AskTime
            | Action::NextMatch(_)
            | Action::Yes
            | Action::No
            | Action::Choose
            | Action::Accept
            | Action::Complete
            | Action::Erase
            | Action::Strike
            | Action::StrikeHealthy
            | Action::KillStatements
            | Action::Reason
            | Action::Toggle
            | Action::Shift(_)
            | Action::Reset => {}
        }
    }

    /// Moves the cursor, or scrolls the focused part.
    fn move_cursor(&mut self, action: Action) {
        let page = isize::try_from(self.page_of_keys()).unwrap_or(isize::MAX);
        match action {
            Action::Move(lines) => self.step(lines),
            Action::Page(pages) => self.step(pages * page),
            Action::HalfPage(halves) => self.step(halves * (page / 2).max(1)),
            Action::First => self.jump(0),
            Action::Last => self.jump(usize::MAX),
            _ => {}
        }
    }

    /// Marks or unmarks sessions.
    fn mark(&mut self, action: Action) {
        match action {
            Action::Mark => self.toggle_mark(),
            Action::MarkRange => self.mark_range(),
            Action::MarkAll => self.mark_all(),
            Action::UnmarkAll => self.unmark_all(),
            _ => {}
        }
    }

    /// Opens a view, a dialog, a menu or a prompt. The key of an overlay closes it too.
    fn open_view(&mut self, action: Action) {
        let topic = match action {
            Action::KillLog => Some(Topic::KillLog),
            Action::Overview => Some(Topic::Overview),
            _ => None,
        };
        let shown = self.modal.overlay().map(|overlay| overlay.topic);
        if let Some(topic) = topic {
            self.modal = if shown == Some(topic) {
                Modal::Closed
            } else {
                Modal::Overlay(Overlay::new(topic))
            };
            return;
        }
        match action {
            Action::Filter => {
                self.modal = Modal::filter_prompt(&self.table.filter, &self.settings.saved_filters);
            }
            Action::Search => self.open_search(),
            Action::Blockers => self.open_blockers(),
            Action::Servers => self.open_servers(),
            Action::Endpoints => self.open_endpoints(),
            Action::Events => self.modal = Modal::Events(EventPane::default()),
            Action::Columns => self.modal = Modal::column_chooser(&self.table.columns),
            Action::Copy => self.open_copy_menu(),
            Action::Help => self.open_help(),
            _ => {}
        }
    }

    /// `+ -`: polls less or more often.
    fn change_pace(&mut self, by: isize) {
        self.settings.interval = status::step(self.settings.interval, by);
        self.outbox.push(Effect::Pace(self.settings.interval));
        let interval = exact_text(self.settings.interval);
        self.status = Some(Status::note(format!("polling every {interval}")));
    }

    /// Handles a key in the view of blockers.
    fn blockers_key(&mut self, action: Action) {
        let page = isize::try_from(self.blocker_lines()).unwrap_or(isize::MAX);
        match action {
            Action::Move(threads) => self.step_blocker(threads),
            Action::Page(pages) => self.step_blocker(pages.saturating_mul(page)),
            Action::First => self.step_blocker(isize::MIN),
            Action::Last => self.step_blocker(isize::MAX),
            Action::Open => self.open_blocker(),
            Action::Kill => self.kill_blocker(),
            action => self.act(action),
        }
    }

    /// Closes the view in place of the table.
    pub(super) fn close_view(&mut self) {
        self.blockers = None;
        self.servers = None;
        self.endpoint_pane = None;
    }

    /// Closes the view in place of the table before another one opens; Esc returns to it.
    pub(super) fn leave_view(&mut self) {
        if self.shows_view() {
            self.leave_for(LinkTarget::View);
            self.close_view();
        }
    }

    /// Whether a view is shown in place of the table.
    pub(super) const fn shows_view(&self) -> bool {
        self.blockers.is_some() || self.servers.is_some() || self.endpoint_pane.is_some()
    }

    /// Handles a key in the view of endpoints.
    fn endpoints_key(&mut self, action: Action) {
        let page = isize::try_from(self.endpoint_view_page()).unwrap_or(isize::MAX);
        match action {
            Action::Move(rows) => self.step_endpoint(rows),
            Action::Page(pages) => self.step_endpoint(pages.saturating_mul(page)),
            Action::First => self.step_endpoint(isize::MIN),
            Action::Last => self.step_endpoint(isize::MAX),
            Action::Open => self.open_endpoint(),
            action => self.act(action),
        }
    }

    /// Handles a key in the view of servers.
    fn servers_key(&mut self, action: Action) {
        match action {
            Action::Move(rows) => self.step_server(rows),
            Action::Page(pages) => self.page_server(pages),
            Action::First => self.step_server(isize::MIN),
            Action::Last => self.step_server(isize::MAX),
            Action::NextPane => self.switch_server_table(),
            Action::Open => self.open_server(),
            action => self.act(action),
        }
    }

    /// Handles a key in the column chooser.
    fn chooser_key(&mut self, action: Action) {
        let page = isize::try_from(self.page_of_keys()).unwrap_or(isize::MAX);
        let Modal::Chooser(chooser) = &mut self.modal else {
            return;
        };
        match chooser.on_action(action, page, &mut self.table.columns, self.endpoints.len()) {
            ChooserResult::Stay => {}
            ChooserResult::LastColumn => {
                self.status = Some(Status::note("at least one column must stay".to_owned()));
            }
            ChooserResult::Copy => self.copy(chooser::setting(&self.table.columns), ""),
            ChooserResult::Close => _ = self.modal.close(),
        }
    }

    /// Whether a key cancels a kill in its grace period instead of its normal effect. While text is
    /// typed, only keys that type no text do.
    pub(super) fn cancels_kill(&self, context: KeyContext, key: KeyPress) -> bool {
        let is_u = !context.types_text() && matches!(key.typed_char(), Some('u' | 'U'));
        let leaves = matches!(
            action(context, key),
            Some(Action::Back | Action::No | Action::Quit | Action::QuitKeepingFrame)
        );
        self.kills.in_grace().is_some() && (is_u || leaves)
    }

    /// Returns the key that cancels a kill in its grace period: `u`, or Esc while text is typed.
    pub(crate) fn kill_cancel_key(&self) -> &'static str {
        if self.context().types_text() { "Esc" } else { "u" }
    }

    /// Whether a key cancels a kill whose intents are being written. Esc and q do so in any case.
    pub(super) fn cancels_logging(&self, context: KeyContext, key: KeyPress) -> bool {
        let is_u = !context.types_text() && matches!(key.typed_char(), Some('u' | 'U'));
        is_u && self.kills.batches.iter().any(KillBatch::is_logging)
    }

    fn toggle_idle(&mut self) {
        self.table.hide_idle = !self.table.hide_idle;
        let text = if self.table.hide_idle {
            let key = self.settings.keys.first(Action::HideIdle);
            format!("the table hides sessions idle without a reason; {key} shows them again")
        } else {
            "the table shows idle sessions again".to_owned()
        };
        self.status = Some(Status::note(text));
        self.rebuild_view();
    }

    /// `F`: follows the session or group under the cursor wherever it moves, or no longer.
    fn toggle_follow(&mut self) {
        let is_followed = !self.table.is_followed();
        self.table.set_followed(is_followed);
        let page = self.page();
        self.table.scroll_into_view(page);
        let text = if is_followed {
            format!(
                "following this row; {} or a movement ends it",
                self.settings.keys.first(Action::Follow)
            )
        } else {
            "no longer following a row".to_owned()
        };
        self.status = Some(Status::note(text));
    }

    fn suspend(&mut self) {
        self.halt_kills();
        self.outbox.push(Effect::Suspend);
    }

    fn pause(&mut self) {
        self.paused = !self.paused;
        if self.paused {
            self.table.newest = None;
        } else {
            self.rebuild_view();
        }
    }
}

/// How long the order is held after a movement.
const HOLD_AFTER_MOVEMENT: Duration = Duration::from_secs(2);
/// How long the order is held after a key that chooses sessions.
const HOLD_AFTER_MARK: Duration = Duration::from_secs(5);

/// Returns how long a key holds the order of the table; `None` if it does not.
fn hold_after(context: KeyContext, key: KeyPress) -> Option<Duration> {
    let is_table = matches!(context, KeyContext::Table | KeyContext::Groups);
    match action(context, key) {
        Some(Action::Mark | Action::MarkRange | Action::MarkAll | Action::UnmarkAll | Action::Kill) => {
            Some(HOLD_AFTER_MARK)
        }
        Some(action) if is_table && (action.moves() || action.uses_cursor()) => Some(HOLD_AFTER_MOVEMENT),
        _ => None,
    }
}
