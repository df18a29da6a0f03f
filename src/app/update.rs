//! The only function that changes the state, and the handlers of its messages.

use std::sync::Arc;

use super::chooser::{self, Chooser, ChooserResult};
use super::keymap::{Action, KeyContext, action};
use super::keymap::{Code, KeyPress};
use super::modal::Modal;
use super::msg::Effect;
use super::msg::{FrameReport, Msg};
use super::overlay::{Overlay, Topic};
use super::prompt::FilterPrompt;
use super::rebuild::RebuildTrigger;
use super::status::Status;
use super::{App, status};
use crate::kill::{KillBatch, KillEvent};
use crate::model::{
    Dialect, EndpointId, RequestError, SessionId, SessionObservation, Snapshot, Text, TextLimit,
};

impl App {
    /// Handles one message and returns the effects for the shell.
    pub fn update(&mut self, msg: Msg) -> Vec<Effect> {
        let surveyed = self.modal.is_overview();
        match msg {
            Msg::Clock(now) => self.clock(now),
            Msg::Key(key) => self.key(key),
            Msg::Paste(text) => self.on_paste(&text),
            Msg::PasteDropped => {
                let text = "paste dropped: it has no end, or is longer than 64 KiB";
                self.status = Some(Status::warning(text.to_owned()));
            }
            Msg::Resized(columns, lines) => {
                self.size = (columns, lines);
                let page = self.page();
                self.table.scroll_into_view(page);
            }
            Msg::Drawn(shown) => self.on_frame(shown),
            Msg::Spoke(endpoint, dialect) => {
                if let Some(endpoint) = self.endpoints.get_mut(endpoint) {
                    endpoint.dialect = Some(dialect);
                }
            }
            Msg::MayOnlyRead(endpoint) => self.on_read_only(endpoint),
            Msg::Listed(snapshot) => self.on_list(snapshot),
            Msg::SeveralProxies(endpoint) => self.on_several_proxies(endpoint),
            Msg::ListFailed {
                endpoint,
                fault,
                retry_in,
            } => {
                let retry_at = self.now.elapsed + retry_in;
                if let Some(endpoint) = self.endpoints.get_mut(endpoint) {
                    endpoint.on_failure(fault, retry_at);
                }
            }
            Msg::Seen { endpoint, id, answer } => self.on_details(endpoint, id, answer),
            Msg::Sampled(endpoint, looks) => {
                if let Some(endpoint) = self.endpoints.get_mut(endpoint) {
                    endpoint.on_samples(looks);
                }
            }
            Msg::Servers { endpoint, answer } => {
                if let Some(endpoint) = self.endpoints.get_mut(endpoint) {
                    endpoint.servers.on_reply(answer);
                }
            }
            Msg::Services { endpoint, answer } => {
                if let Some(endpoint) = self.endpoints.get_mut(endpoint) {
                    endpoint.services.on_reply(answer);
                }
            }
            Msg::Kill(event) => self.on_kill_event(&event),
            Msg::LogFailed(why) => {
                let why = Text::clean(&why, TextLimit::Line);
                self.status = Some(Status::warning(format!("an outcome was not logged: {why}")));
            }
            Msg::Arranged(view) => self.on_view(view),
            Msg::Suspends => {
                self.halt_kills();
            }
            Msg::Ends => self.abandon_kills(),
            Msg::Resumed => {
                self.halt_kills();
                if let Some(dialog) = self.modal.kill_dialog_mut() {
                    dialog.on_resumed();
                }
                let all = self.endpoints.ids().collect();
                self.outbox.extend([Effect::Repaint, Effect::Relist(all)]);
            }
            Msg::CannotSuspend => {
                self.status = Some(Status::note("cannot suspend: no shell to return to".to_owned()));
            }
        }
        self.quit_when_idle();
        if self.modal.is_overview() != surveyed {
            self.outbox.push(Effect::Survey(!surveyed));
        }
        self.sample_shown();
        let wake = self.next_wake();
        self.outbox.extend(wake.map(Effect::WakeAt));
        self.outbox.drain()
    }

    /// Handles a written frame: keys refer to what it showed, and scrolling stops at its limits.
    fn on_frame(&mut self, shown: FrameReport) {
        if let Some(dialog) = self.modal.kill_dialog_mut() {
            dialog.on_drawn(shown.question, self.now);
        }
        if let (Some(detail), Some(end)) = (&mut self.detail, shown.detail_end) {
            detail.scroll = detail.scroll.min(end);
        }
        if let Some(overlay) = self.modal.overlay_mut() {
            overlay.on_drawn(shown.overlay_end);
        }
    }

    fn clock(&mut self, now: super::msg::Now) {
        let held = self.keeps_order();
        self.now = now;
        for endpoint in self.endpoints.iter_mut() {
            endpoint.proxies.settle(now.elapsed);
        }
        self.on_kill_event(&KillEvent::Clock);
        if held && !self.keeps_order() {
            self.rebuild_view();
        }
        self.rebuild_if_waiting();
    }

    fn key(&mut self, key: KeyPress) {
        if key.alt {
            // On a slow line Esc and the next key arrive as one; nothing is bound to Alt.
            self.key(KeyPress::plain(Code::Esc));
            return self.key(KeyPress { alt: false, ..key });
        }
        self.last_key = Some(self.now.elapsed);
        self.table.is_settled = true;
        self.status = None;
        let context = self.context();
        if self.cancels_kill(context, key) && self.cancel_kill("by key") {
            return;
        }
        if self.cancels_logging(context, key) && self.stop_kills() {
            return;
        }
        if action(context, key).is_some() {
            // Digits before and after another key belong to two ids.
            self.goto = None;
        }
        match (context, action(context, key)) {
            (KeyContext::Reason | KeyContext::Dialog, _) => self.dialog_key(context, key),
            (KeyContext::Prompt, _) => self.prompt_key(key),
            (KeyContext::Columns, Some(action)) => self.chooser_key(action),
            (_, Some(action)) => self.act(action),
            (KeyContext::Table, None) => {
                if let Some(digit) = key.typed_char().filter(char::is_ascii_digit) {
                    self.goto_digit(digit);
                }
            }
            (_, None) => {}
        }
    }

    fn act(&mut self, action: Action) {
        let page = isize::try_from(self.page_of_keys()).unwrap_or(isize::MAX);
        match action {
            Action::Move(lines) => self.step(lines),
            Action::Page(pages) => self.step(pages * page),
            Action::HalfPage(halves) => self.step(halves * (page / 2).max(1)),
            Action::First => self.jump(0),
            Action::Last => self.jump(usize::MAX),
            Action::Open => self.open(),
            Action::Back => self.back(),
            Action::NextPane => self.detail_focused = self.detail.is_some() && !self.detail_focused,
            Action::Filter => {
                let prompt = FilterPrompt::new(self.table.filter.clone());
                self.modal = Modal::Prompt(Box::new(prompt));
            }
            Action::SortBy(step) => self.sort_by(step),
            Action::Invert => self.invert(),
            Action::Group(step) => self.group_by(step),
            Action::Mark => self.toggle_mark(),
            Action::MarkRange => self.mark_range(),
            Action::MarkAll => self.mark_all(),
            Action::UnmarkAll => self.unmark_all(),
            Action::CancelKill => self.status = Some(Status::note("nothing to cancel".to_owned())),
            Action::HideIdle => {
                self.table.hide_idle = !self.table.hide_idle;
                self.rebuild_view();
            }
            Action::SameClient => self.filter_client(),
            Action::Kill => self.ask_to_kill(),
            Action::KillLog => self.modal = Modal::Overlay(Overlay::new(Topic::KillLog)),
            Action::Overview => self.modal = Modal::Overlay(Overlay::new(Topic::Overview)),
            Action::Columns => {
                let chooser = Chooser::new(&self.table.columns);
                self.modal = Modal::Chooser(Box::new(chooser));
            }
            Action::Copy => self.copy_kill(),
            Action::Pause => self.pause(),
            Action::Pace(by) => {
                self.settings.interval = status::step(self.settings.interval, by);
                self.outbox.push(Effect::Pace(self.settings.interval));
            }
            Action::Refresh => self.outbox.push(Effect::Refresh),
            Action::Repaint => self.outbox.push(Effect::Repaint),
            Action::Help => self.modal = Modal::Overlay(Overlay::new(Topic::Help)),
            Action::Suspend => {
                self.halt_kills();
                self.outbox.push(Effect::Suspend);
            }
            Action::Quit => self.quit(false),
            Action::QuitKeepingFrame => self.quit(true),
            Action::Yes
            | Action::No
            | Action::Choose
            | Action::Accept
            | Action::Complete
            | Action::Erase
            | Action::Strike
            | Action::Reason
            | Action::Toggle
            | Action::Shift(_)
            | Action::Reset => {}
        }
    }

    /// Esc: goes back one level, in the order running kill, overlay, details, range, group, marks,
    /// filter. Never quits.
    fn back(&mut self) {
        // Esc stops the remaining kills first, as the last line shows.
        if self.stop_kills() || self.modal.close() {
        } else if self.detail.is_some() {
            self.close_detail();
        } else if self.marks.anchor().is_some() {
            self.marks.set_anchor(None);
        } else if self.leave_group() {
        } else if !self.marks.is_empty() {
            self.unmark_all();
        } else if !self.table.filter.is_empty() {
            self.table.filter = crate::filter::Filter::default();
            self.rebuild_view();
        }
    }

    /// Handles a key in the column chooser.
    fn chooser_key(&mut self, action: Action) {
        // Esc stops the remaining kills first, as the last line shows.
        if action == Action::No && self.stop_kills() {
            return;
        }
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
    fn cancels_kill(&self, context: KeyContext, key: KeyPress) -> bool {
        let types_text = matches!(context, KeyContext::Prompt | KeyContext::Reason);
        let is_u = !types_text && matches!(key.typed_char(), Some('u' | 'U'));
        let leaves = matches!(
            action(context, key),
            Some(Action::Back | Action::No | Action::Quit | Action::QuitKeepingFrame)
        );
        self.kills.in_grace().is_some() && (is_u || leaves)
    }

    /// Whether a key cancels a kill whose intents are being written. Esc and q do so in any case.
    fn cancels_logging(&self, context: KeyContext, key: KeyPress) -> bool {
        let types_text = matches!(context, KeyContext::Prompt | KeyContext::Reason);
        let is_u = !types_text && matches!(key.typed_char(), Some('u' | 'U'));
        is_u && self.kills.batches.iter().any(KillBatch::is_logging)
    }

    fn pause(&mut self) {
        self.paused = !self.paused;
        if !self.paused {
            self.rebuild_view();
        }
    }

    /// Handles an account that may only read: no session of its endpoint can be killed, and the open
    /// dialog shows that.
    fn on_read_only(&mut self, id: EndpointId) {
        if let Some(endpoint) = self.endpoints.get_mut(id) {
            endpoint.forbid_kills();
        }
        if let Some(dialog) = self.modal.kill_dialog_mut() {
            self.outbox.push_orders(dialog.forbid(id, self.now));
        }
    }

    fn on_list(&mut self, snapshot: Arc<Snapshot>) {
        let at = self.now.elapsed;
        let id = snapshot.endpoint;
        let are_several = self.endpoints.are_several_proxies(id);
        if snapshot.change.is_after_restart
            && !are_several
            && let Some(endpoint) = self.endpoints.get(id)
        {
            let restarted = format!("{} restarted: session ids start at 1 again", endpoint.name);
            // The message of a kill stays until the next key.
            self.status = Some(Status::warning_after(self.status.take(), restarted));
        }
        // The consequence for a kill is more informative and comes last.
        self.status = self.kills.on_list(&snapshot, self.now).or(self.status.take());
        self.on_kill_event(&KillEvent::Listed(Arc::clone(&snapshot)));
        // If several proxies answer, a list without the session does not show that it ended.
        if let Some(detail) = &mut self.detail
            && (!are_several || detail.is_in(&snapshot))
        {
            detail.on_list(&snapshot);
        }
        if !are_several {
            let before = self
                .endpoints
                .get(id)
                .and_then(|endpoint| endpoint.latest.clone());
            self.marks.on_list(&snapshot, before.as_deref());
        }
        if let Some(endpoint) = self.endpoints.get_mut(id) {
            endpoint.on_list(snapshot, at);
        }
        for same in self.endpoints.compare_proxies(id) {
            self.status = Some(Status::warning_after(self.status.take(), same.text));
            self.marks.remove_endpoint(same.hidden);
        }
        if !self.paused {
            self.request_view(RebuildTrigger::Data);
        }
    }

    /// Handles a process start that has switched back to an earlier one.
    fn on_several_proxies(&mut self, id: EndpointId) {
        let now = self.now.elapsed;
        if let Some(endpoint) = self.endpoints.get_mut(id)
            && endpoint.proxies.on_switch(now)
        {
            let text = format!("{}: several proxies answer here: killing is off", endpoint.name);
            self.status = Some(Status::warning(text));
        }
        self.on_kill_event(&KillEvent::SeveralProxies(id));
    }

    /// Requests samples of the draft sessions on the screen, if these have changed.
    fn sample_shown(&mut self) {
        if self.endpoints.is_reported(Some(Dialect::Draft)) {
            let rows = self.table.view.window(self.table.offset, self.page());
            self.outbox.extend(self.sampled.update(rows));
        }
    }

    fn on_details(
        &mut self,
        endpoint: EndpointId,
        id: SessionId,
        answer: Result<Arc<SessionObservation>, RequestError>,
    ) {
        let now = self.now;
        let are_several = self.endpoints.are_several_proxies(endpoint);
        if let Some(detail) = &mut self.detail
            && (detail.identity.endpoint, detail.identity.id) == (endpoint, id)
            && (!are_several || detail.is_seen(&answer))
        {
            detail.on_observation(answer, now);
            // An ended session is not polled again; the details stay as they were.
            self.outbox.extend(detail.ended.map(|_| Effect::Watch(None)));
        }
    }
}
