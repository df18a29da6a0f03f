//! The only function that changes the state, and the handlers of its messages. Keys are in `keys`.

use std::sync::Arc;

use super::App;
use super::endpoint::EndpointState;
use super::modal::Modal;
use super::msg::{Effect, FrameReport, Msg, Now};
use super::rebuild::RebuildTrigger;
use super::status::Status;
use super::theme::Background;
use crate::kill::KillEvent;
use crate::model::{
    Dialect, EndpointId, RequestError, SessionId, SessionObservation, Snapshot, Text, TextLimit,
};

impl App {
    /// Handles one message, and the keys that have waited for it. Returns the effects for the shell.
    pub fn update(&mut self, msg: Msg) -> Vec<Effect> {
        if let Some(msg) = self.hold(msg) {
            self.handle_and_measure(msg);
        }
        while let Some(msg) = self.waiting.next_released() {
            self.handle_and_measure(msg);
        }
        self.finish_update()
    }

    /// Handles a message, and measures the endpoint that it changes.
    fn handle_and_measure(&mut self, msg: Msg) {
        let changed = msg.endpoint();
        self.handle(msg);
        if let Some(id) = changed {
            self.measure_endpoint(id);
        }
    }

    fn handle(&mut self, msg: Msg) {
        match msg {
            Msg::Clock(now) => self.clock(now),
            Msg::Key(key) => self.key(key),
            Msg::Mouse(event) => self.on_mouse(event),
            Msg::Paste(text) => self.on_paste(&text),
            Msg::PasteDropped => {
                let text = "paste dropped: it has no end, or is longer than 64 KiB";
                self.status = Some(Status::warning(text.to_owned()));
            }
            Msg::Resized(columns, lines) => self.on_resize((columns, lines)),
            Msg::Background(Background::Unknown) => {}
            Msg::Background(background) => self.background = background,
            Msg::Drawn(shown) => self.on_frame(shown),
            Msg::DialectDetected(endpoint, dialect) => {
                self.on_endpoint(endpoint, |known| known.dialect = Some(dialect));
            }
            Msg::MayOnlyRead(endpoint) => self.on_read_only(endpoint),
            Msg::Listed(snapshot) => self.on_list(snapshot),
            Msg::RowsRead(snapshot) => self.on_rows(snapshot),
            Msg::SeveralProxies(endpoint) => self.on_several_proxies(endpoint),
            Msg::ListFailed {
                endpoint,
                fault,
                retry_in,
            } => {
                let now = self.now.elapsed;
                self.on_endpoint(endpoint, |known| known.on_failure(fault, now, retry_in));
            }
            Msg::Seen { endpoint, id, answer } => self.on_details(endpoint, id, answer),
            Msg::Sampled(endpoint, samples) => self.on_endpoint(endpoint, |known| known.on_samples(samples)),
            Msg::SamplingFailed { endpoint, fault } => {
                let now = self.now.elapsed;
                self.on_endpoint(endpoint, |known| known.on_sampling_failure(fault, now));
            }
            Msg::Servers { endpoint, answer } => {
                let now = self.now.elapsed;
                self.on_endpoint(endpoint, |known| known.on_servers(answer, now));
            }
            Msg::Services { endpoint, answer } => {
                self.on_endpoint(endpoint, |known| known.on_services(answer));
            }
            Msg::ServerAccess { endpoint, report } => {
                self.on_endpoint(endpoint, |known| known.server_access.on_report(report));
                self.share_reports(endpoint);
            }
            Msg::Past(msg) => self.on_past(msg),
            Msg::Recording(msg) => self.on_recording(msg),
            Msg::Happened(events) => self.on_events(events),
            Msg::Quit { keep_frame } => self.quit(keep_frame),
            Msg::Kill(event) => self.on_kill_event(&event),
            Msg::LogFailed(why) => {
                let why = Text::clean(&why, TextLimit::Line);
                self.status = Some(Status::warning(format!("an outcome was not logged: {why}")));
            }
            Msg::Saved(result) => self.on_saved(result),
            Msg::ScreenWritten(result) => self.on_screen_file(result),
            Msg::Arranged(view) => {
                self.on_view(&view);
                self.measure_changed_endpoints();
            }
            Msg::Calculated(calculated) => self.on_calculated(*calculated),
            Msg::Suspends => self.halt_kills(),
            Msg::Ends => self.abandon_kills(),
            Msg::Resumed => self.on_resumed(),
            Msg::CannotSuspend => {
                self.status = Some(Status::note("cannot suspend: no shell to return to".to_owned()));
            }
        }
    }

    /// Adds the effects that follow from the new state, and returns all effects of this update.
    fn finish_update(&mut self) -> Vec<Effect> {
        if self.past.is_some() {
            self.apply_typed_filter();
        }
        self.quit_when_idle();
        self.advance_tour();
        self.prioritize();
        self.update_layers();
        self.start_calculations();
        self.update_terminal();
        let wake = self.next_wake();
        self.outbox.extend(wake.map(Effect::WakeAt));
        if self.past.is_some() {
            return self.effects_in_past();
        }
        self.outbox.drain()
    }

    /// Sends a message to an endpoint.
    fn on_endpoint(&mut self, id: EndpointId, handle: impl FnOnce(&mut EndpointState)) {
        if let Some(endpoint) = self.endpoints.get_mut(id) {
            handle(endpoint);
        }
    }

    /// Gives the latest reports of an endpoint's servers to the kills in progress, for their checks.
    fn share_reports(&mut self, id: EndpointId) {
        let Some(endpoint) = self.endpoints.get(id) else {
            return;
        };
        let reports = &endpoint.server_access.reports;
        let dialog = self.modal.kill_dialog_mut().map(|dialog| &mut dialog.batch);
        for batch in dialog.into_iter().chain(&mut self.kills.batches) {
            batch.set_reports(id, Arc::clone(reports));
        }
    }

    fn on_resize(&mut self, size: (u16, u16)) {
        self.size = size;
        self.fit_help();
        let page = self.page();
        self.table.scroll_into_view(page);
    }

    /// Handles the end of a suspension. Everything on the screen is old.
    fn on_resumed(&mut self) {
        self.lose_title();
        self.halt_kills();
        if let Some(dialog) = self.modal.kill_dialog_mut() {
            dialog.on_resumed();
        }
        let all = self.endpoints.ids().collect();
        self.outbox.extend([Effect::Repaint, Effect::Relist(all)]);
    }

    /// Handles a written frame: keys refer to what it showed, and scrolling stops at its limits.
    fn on_frame(&mut self, shown: FrameReport) {
        (self.mouse.hints, self.mouse.lines) = (shown.hints, shown.lines);
        if let Some(dialog) = self.modal.kill_dialog_mut() {
            dialog.on_drawn(shown.question, shown.dialog_end, self.now);
        }
        if let Modal::SaveQuestion(question) = &mut self.modal {
            question.is_drawn = true;
        }
        if let (Some(detail), Some(end)) = (&mut self.detail, shown.detail_end) {
            detail.scroll = detail.scroll.min(end);
        }
        if let Some(pane) = &mut self.blockers {
            pane.lines = shown.blocker_lines.or(pane.lines);
        }
        if let Some(overlay) = self.modal.overlay_mut() {
            overlay.on_drawn(shown.overlay_end);
        }
    }

    fn clock(&mut self, now: Now) {
        let held = self.keeps_order();
        if let Some(dialog) = self.modal.kill_dialog_mut() {
            dialog.on_clock(&self.now, &now);
        }
        self.now = now;
        for endpoint in self.endpoints.iter_mut() {
            endpoint.proxies.settle(now.elapsed);
        }
        self.on_kill_event(&KillEvent::Clock);
        if held && !self.keeps_order() {
            self.rebuild_view();
        }
        self.apply_typed_filter();
        self.show_wait();
        self.rebuild_if_waiting();
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
        self.status = self.kills.on_list(&snapshot, self.status.take(), self.now);
        self.on_kill_event(&KillEvent::Listed(Arc::clone(&snapshot)));
        // If several proxies answer, a list without the session does not show that it ended.
        for detail in self.detail.iter_mut().chain(self.layers.details_mut()) {
            if !are_several || detail.is_in(&snapshot) {
                detail.on_list(&snapshot);
            }
        }
        if !are_several {
            let before = self
                .endpoints
                .get(id)
                .and_then(|endpoint| endpoint.latest.clone());
            self.marks.on_list(&snapshot, before.as_ref());
        }
        if let Some(endpoint) = self.endpoints.get_mut(id) {
            endpoint.on_list(snapshot, at);
        }
        for same in self.endpoints.compare_proxies(id) {
            self.status = Some(Status::warning_after(self.status.take(), same.text));
            self.marks.remove_endpoint(same.hidden);
        }
        self.request_view(RebuildTrigger::Data);
    }

    /// Handles rows that were read after the last list. A kill does not rely on them.
    fn on_rows(&mut self, snapshot: Arc<Snapshot>) {
        let is_new = self
            .endpoints
            .get_mut(snapshot.endpoint)
            .is_some_and(|endpoint| endpoint.on_rows(snapshot));
        if is_new {
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

    /// Requests that the sessions on the screen and the stuck ones are read first, if these have changed.
    fn prioritize(&mut self) {
        let latest = self
            .endpoints
            .iter()
            .filter_map(|endpoint| endpoint.latest.as_ref());
        if latest.into_iter().any(|latest| latest.may_read_rows()) {
            let (view, page) = (&self.table.view, self.page());
            if !self
                .prioritized
                .is_needed((self.table.views, self.table.cursor.offset, page))
            {
                return;
            }
            let rows = view.window(self.table.cursor.offset, page);
            let stuck = view
                .stuck_rows()
                .filter(|row| row.snapshot.dialect == Dialect::JsonApi);
            let effect = self.prioritized.update(rows.chain(stuck));
            self.outbox.extend(effect);
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
            let end = self.kills.end_of(&detail.identity.key());
            detail.on_observation(answer, end.is_some(), now);
            // An ended session is not polled again; the details stay as they were.
            self.outbox.extend(detail.ended.map(|_| Effect::Watch(None)));
        }
    }
}
