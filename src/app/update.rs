//! The only function that changes the state, and the handlers of its messages.

use std::sync::Arc;

use super::keymap::{Action, KeyContext, action};
use super::keymap::{Code, KeyPress};
use super::msg::Effect;
use super::msg::{FrameReport, Msg};
use super::status::Status;
use super::{App, status};
use crate::kill::KillBatch;
use crate::model::{EndpointId, RequestError, SessionId, SessionObservation, Snapshot};

impl App {
    /// Handles one message and returns the effects for the shell.
    pub fn update(&mut self, msg: Msg) -> Vec<Effect> {
        let mut effects = Vec::new();
        let surveyed = self.shows_overview();
        match msg {
            Msg::Clock(now) => self.clock(now, &mut effects),
            Msg::Key(key) => self.key(key, &mut effects),
            Msg::Paste(text) => self.on_paste(&text, &mut effects),
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
                if let Some(endpoint) = self.endpoint_mut(endpoint) {
                    endpoint.dialect = Some(dialect);
                }
            }
            Msg::MayOnlyRead(endpoint) => self.may_only_read(endpoint, &mut effects),
            Msg::Listed(snapshot) => self.on_list(snapshot, &mut effects),
            Msg::SeveralProxies(endpoint) => self.proxies_switched(endpoint, &mut effects),
            Msg::ListFailed {
                endpoint,
                fault,
                retry_in,
            } => {
                let retry_at = self.now.elapsed + retry_in;
                if let Some(endpoint) = self.endpoint_mut(endpoint) {
                    endpoint.on_failure(fault, retry_at);
                }
            }
            Msg::Seen { endpoint, id, answer } => self.on_details(endpoint, id, answer, &mut effects),
            Msg::Sampled(endpoint, looks) => self.on_samples(endpoint, looks),
            Msg::Servers { endpoint, answer } => {
                if let Some(endpoint) = self.endpoint_mut(endpoint) {
                    endpoint.servers.on_reply(answer);
                }
            }
            Msg::Services { endpoint, answer } => {
                if let Some(endpoint) = self.endpoint_mut(endpoint) {
                    endpoint.services.on_reply(answer);
                }
            }
            // Not shown yet.
            Msg::ServerAccess { .. } => {}
            Msg::Kill(event) => self.on_kill_event(event, &mut effects),
            Msg::LogFailed(why) => self.on_log_failure(&why),
            Msg::Arranged(view) => self.on_view(view, &mut effects),
            Msg::Suspends => {
                self.halt_kills(&mut effects);
            }
            Msg::Ends => self.abandon_kills(&mut effects),
            Msg::Resumed => {
                self.halt_kills(&mut effects);
                self.dialog_resumed();
                let all = (0..)
                    .zip(&self.endpoints)
                    .map(|(number, _)| EndpointId(number))
                    .collect();
                effects.extend([Effect::Repaint, Effect::Relist(all)]);
            }
            Msg::CannotSuspend => {
                self.status = Some(Status::note("cannot suspend: no shell to return to".to_owned()));
            }
        }
        self.quit_when_idle(&mut effects);
        if self.shows_overview() != surveyed {
            effects.push(Effect::Survey(!surveyed));
        }
        effects.extend(self.sample_shown());
        effects.extend(self.next_wake().map(Effect::WakeAt));
        effects
    }

    /// Handles a written frame: keys refer to what it showed, and scrolling stops at its limits.
    fn on_frame(&mut self, shown: FrameReport) {
        self.on_dialog_drawn(shown.question);
        if let (Some(detail), Some(end)) = (&mut self.detail, shown.detail_end) {
            detail.scroll = detail.scroll.min(end);
        }
        self.on_overlay_drawn(shown.overlay_end);
    }

    fn clock(&mut self, now: super::msg::Now, effects: &mut Vec<Effect>) {
        let held = self.keeps_order();
        self.now = now;
        for endpoint in &mut self.endpoints {
            endpoint.proxies.settle(now.elapsed);
        }
        self.kills_clock(effects);
        if held && !self.keeps_order() {
            self.rebuild_view(effects);
        }
        self.rebuild_if_waiting(effects);
    }

    fn key(&mut self, key: KeyPress, effects: &mut Vec<Effect>) {
        if key.alt {
            // On a slow line Esc and the next key arrive as one; nothing is bound to Alt.
            self.key(KeyPress::plain(Code::Esc), effects);
            return self.key(KeyPress { alt: false, ..key }, effects);
        }
        self.last_key = Some(self.now.elapsed);
        self.table.is_settled = true;
        self.status = None;
        let context = self.context();
        if self.cancels_kill(context, key) && self.cancel_kill("by key", effects) {
            return;
        }
        if self.cancels_logging(context, key) && self.stop_kills(effects) {
            return;
        }
        if action(context, key).is_some() {
            // Digits before and after another key belong to two ids.
            self.goto = None;
        }
        match (context, action(context, key)) {
            (KeyContext::Reason, _) => self.reason_key(key),
            (KeyContext::Dialog, Some(action)) => self.dialog_key(action, effects),
            (KeyContext::Dialog, None) => {
                if let Some(digit) = key.typed_char().filter(char::is_ascii_digit) {
                    self.dialog_digit(digit, effects);
                }
            }
            (KeyContext::Prompt, Some(action)) => self.prompt_key(action, effects),
            (KeyContext::Prompt, None) => self.type_filter(key, effects),
            (KeyContext::Columns, Some(action)) => self.chooser_key(action, effects),
            (_, Some(action)) => self.act(action, effects),
            (KeyContext::Table, None) => {
                if let Some(digit) = key.typed_char().filter(char::is_ascii_digit) {
                    self.goto_digit(digit, effects);
                }
            }
            (_, None) => {}
        }
    }

    fn act(&mut self, action: Action, effects: &mut Vec<Effect>) {
        let page = isize::try_from(self.page_of_keys()).unwrap_or(isize::MAX);
        match action {
            Action::Move(lines) => self.step(lines, effects),
            Action::Page(pages) => self.step(pages * page, effects),
            Action::HalfPage(halves) => self.step(halves * (page / 2).max(1), effects),
            Action::First => self.jump(0, effects),
            Action::Last => self.jump(usize::MAX, effects),
            Action::Open => self.open(effects),
            Action::Back => self.back(effects),
            Action::NextPane => self.detail_focused = self.detail.is_some() && !self.detail_focused,
            Action::Filter => self.open_prompt(),
            Action::SortBy(step) => self.sort_by(step, effects),
            Action::Invert => self.invert(effects),
            Action::Group(step) => self.group_by(step, effects),
            Action::Mark => self.toggle_mark(effects),
            Action::MarkRange => self.mark_range(),
            Action::MarkAll => self.mark_all(),
            Action::UnmarkAll => self.unmark_all(),
            Action::CancelKill => self.status = Some(Status::note("nothing to cancel".to_owned())),
            Action::HideIdle => {
                self.table.hide_idle = !self.table.hide_idle;
                self.rebuild_view(effects);
            }
            Action::SameClient => self.filter_client(effects),
            Action::Kill => self.ask_to_kill(effects),
            Action::KillLog => self.open_kill_log(),
            Action::Overview => self.open_overview(),
            Action::Columns => self.open_chooser(),
            Action::Copy => self.copy_kill(effects),
            Action::Pause => self.pause(effects),
            Action::Pace(by) => {
                self.settings.interval = status::step(self.settings.interval, by);
                effects.push(Effect::Pace(self.settings.interval));
            }
            Action::Refresh => effects.push(Effect::Refresh),
            Action::Repaint => effects.push(Effect::Repaint),
            Action::Help => self.open_help(),
            Action::Suspend => {
                self.halt_kills(effects);
                effects.push(Effect::Suspend);
            }
            Action::Quit => self.quit(false, effects),
            Action::QuitKeepingFrame => self.quit(true, effects),
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
    fn back(&mut self, effects: &mut Vec<Effect>) {
        // Esc stops the remaining kills first, as the last line shows.
        if self.stop_kills(effects) || self.overlay.take().is_some() {
        } else if self.detail.is_some() {
            self.close_detail(effects);
        } else if self.marks.anchor().is_some() {
            self.marks.set_anchor(None);
        } else if self.leave_group(effects) {
        } else if !self.marks.is_empty() {
            self.unmark_all();
        } else if !self.table.filter.is_empty() {
            self.table.filter = crate::filter::Filter::default();
            self.rebuild_view(effects);
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

    fn pause(&mut self, effects: &mut Vec<Effect>) {
        self.paused = !self.paused;
        if !self.paused {
            self.rebuild_view(effects);
        }
    }

    fn on_list(&mut self, snapshot: Arc<Snapshot>, effects: &mut Vec<Effect>) {
        let at = self.now.elapsed;
        let id = snapshot.endpoint;
        let are_several = self
            .endpoint(id)
            .is_some_and(|endpoint| endpoint.proxies.are_several());
        if snapshot.change.is_after_restart
            && !are_several
            && let Some(endpoint) = self.endpoint(id)
        {
            let restarted = format!("{} restarted: session ids start at 1 again", endpoint.name);
            // The message of a kill stays until the next key.
            self.status = Some(Status::warning_after(self.status.take(), restarted));
        }
        // The consequence for a kill is more informative and comes last.
        self.on_list_for_kills(&snapshot, effects);
        // If several proxies answer, a list without the session does not show that it ended.
        if let Some(detail) = &mut self.detail
            && (!are_several || detail.is_in(&snapshot))
        {
            detail.on_list(&snapshot);
        }
        if !are_several {
            let before = self.endpoint(id).and_then(|endpoint| endpoint.latest.clone());
            self.marks.on_list(&snapshot, before.as_deref());
        }
        if let Some(endpoint) = self.endpoint_mut(id) {
            endpoint.on_list(snapshot, at);
        }
        self.compare_proxies(id);
        if !self.paused {
            self.rebuild_for_data(effects);
        }
    }

    fn on_details(
        &mut self,
        endpoint: EndpointId,
        id: SessionId,
        answer: Result<Arc<SessionObservation>, RequestError>,
        effects: &mut Vec<Effect>,
    ) {
        let now = self.now;
        let are_several = self
            .endpoint(endpoint)
            .is_some_and(|endpoint| endpoint.proxies.are_several());
        if let Some(detail) = &mut self.detail
            && (detail.identity.endpoint, detail.identity.id) == (endpoint, id)
            && (!are_several || detail.is_seen(&answer))
        {
            detail.on_observation(answer, now);
            // An ended session is not polled again; the details stay as they were.
            effects.extend(detail.ended.map(|_| Effect::Watch(None)));
        }
    }
}
