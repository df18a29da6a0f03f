//! A past moment in place of the live screen: which messages it receives, and what its keys request.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc as channel;

use super::Screen;
use crate::app::App;
use crate::app::build_view::ViewQuery;
use crate::app::msg::{Effect, Msg, Now, PastMsg, Travel};
use crate::app::recorded::{fact_of, msg_of};
use crate::clock;
use crate::kill::AuditEntry;
use crate::model::Identity;
use crate::recording::{Fact, FactKind};
use crate::runtime::history::{
    self, HistoryCommand, HistoryLimits, HistoryReply, HistoryThread, TravelRequest,
};
use crate::runtime::replay::{self, ReplaySource};

/// Maximum number of commands that are held.
const MAX_HELD: usize = 64;

/// Source of past moments.
pub(crate) enum PastSource {
    /// The history of this run.
    History(HistoryLimits),
    /// A recording, which is shown in place of the live screen.
    Recording(Box<ReplaySource>),
}

/// The past moment that is shown, if any, and the thread that builds it.
pub(super) struct LookingBack {
    thread: HistoryThread,
    /// Commands that wait for the first frame with a table, so that the start does not share its time.
    held: Option<Vec<HistoryCommand>>,
    replies: channel::UnboundedReceiver<HistoryReply>,
    /// The app of the moment that is shown.
    app: Option<Box<App>>,
    /// Number of the last request for a moment. Replies to earlier ones are dropped.
    number: u64,
    /// Number of the request for the moment that is shown.
    shown: u64,
    /// The session that the last request moves the cursor to.
    session: Option<Box<Identity>>,
    /// Whether the screen has changed by a key since that request.
    has_changed: bool,
}

impl LookingBack {
    /// Starts the thread: that of the history, or that of the recording which is shown.
    pub(super) fn start(live: &App, source: PastSource) -> io::Result<Self> {
        let (sender, replies) = channel::unbounded_channel();
        let mut app = None;
        let thread = match source {
            PastSource::History(limits) => history::start(live.endpoints.len(), limits, sender)?,
            PastSource::Recording(source) => {
                app = source.first_app(live).map_err(io::Error::other)?;
                let endpoints = live.endpoints.iter().cloned().collect();
                let query = ViewQuery {
                    diagnosis: live.settings.diagnosis.clone(),
                    ..ViewQuery::default()
                };
                replay::start(*source, endpoints, query, sender)?
            }
        };
        Ok(Self {
            thread,
            held: Some(Vec::new()),
            replies,
            app: app.map(Box::new),
            number: 0,
            shown: 0,
            session: None,
            has_changed: false,
        })
    }

    /// Plays the recording at this speed; `None` pauses it.
    pub(super) fn play(&mut self, pace: Option<u32>) {
        self.thread.send(HistoryCommand::Play(pace));
    }

    /// Returns the app of the past moment, if one is shown.
    pub(super) fn app(&self) -> Option<&App> {
        self.app.as_deref()
    }

    /// Adds what a message for the live app reports to the history.
    pub(super) fn record(&mut self, msg: &Msg, now: Now) {
        // The lists of a paused table are older than those before.
        if let Msg::Arranged(view) = msg
            && !view.spec.is_frozen
        {
            self.send(HistoryCommand::View(Arc::clone(view), now));
        }
        if let Some(fact) = fact_of(msg, now) {
            self.send(HistoryCommand::Fact(fact));
        }
    }

    /// Sends a command, or holds it until the first frame with a table.
    fn send(&mut self, command: HistoryCommand) {
        match &mut self.held {
            Some(held) if held.len() < MAX_HELD => held.push(command),
            _ => {
                self.release();
                self.thread.send(command);
            }
        }
    }

    /// Sends the commands that were held.
    pub(super) fn release(&mut self) {
        for command in self.held.take().into_iter().flatten() {
            self.thread.send(command);
        }
    }

    /// Adds kills to the history.
    pub(super) fn record_kills(&mut self, entries: &[AuditEntry]) {
        // The KILL of a statement belongs to a kill that is added already.
        for entry in entries.iter().filter(|entry| entry.statement.is_none()) {
            self.send(HistoryCommand::Fact(Fact {
                at: clock::now(),
                endpoint: Some(entry.identity.endpoint),
                kind: FactKind::Kill(Box::new(entry.into())),
            }));
        }
    }

    /// Waits for the next reply of the thread.
    pub(super) async fn next_reply(&mut self) -> HistoryReply {
        match self.replies.recv().await {
            Some(reply) => reply,
            None => std::future::pending().await,
        }
    }
}

impl Screen {
    /// Returns the app that is shown: that of a past moment, or the live one.
    pub(super) fn shown(&self) -> &App {
        self.past.app().unwrap_or(&self.app)
    }

    /// Sends a message to the live app, to the one of the past moment, or to both.
    pub(super) fn route(&mut self, msg: Msg) -> io::Result<()> {
        if self.past.app.is_none() {
            self.past.has_changed |= msg.is_input();
            return self.update(msg);
        }
        if msg.is_for_shown() {
            self.past.has_changed |= msg.is_input();
            return self.update_past(msg);
        }
        if msg.is_for_both() {
            self.past.has_changed |=
                !matches!(msg, Msg::Happened(_) | Msg::Recording(_) | Msg::ScreenWritten(_));
            self.update_past(msg.clone())?;
        }
        self.update(msg)
    }

    /// Sends a message to the app of the past moment, and executes the effects.
    fn update_past(&mut self, msg: Msg) -> io::Result<()> {
        let effects = self.past.app.as_mut().map(|app| app.update(msg));
        for effect in effects.into_iter().flatten() {
            match effect {
                Effect::Arrange(job) => self
                    .past
                    .thread
                    .send(HistoryCommand::Arrange(job, self.past.shown)),
                Effect::Calculate(calculation) => {
                    let command = HistoryCommand::Calculate(calculation, self.past.shown);
                    self.past.thread.send(command);
                }
                Effect::Quit { keep_frame, .. } => self.quit_from_past(keep_frame)?,
                effect => self.carry_out(effect)?,
            }
        }
        Ok(())
    }

    /// Quits. If requests for kills are in flight, the live screen shows that.
    fn quit_from_past(&mut self, keep_frame: bool) -> io::Result<()> {
        self.update(Msg::Quit { keep_frame })?;
        if self.exit.is_none() {
            self.past.app = None;
        }
        Ok(())
    }

    /// Sends the present time to the app of the past moment.
    pub(super) fn send_live_time(&mut self, now: Now) -> io::Result<()> {
        self.update_past(Msg::Past(PastMsg::LiveTime(now)))
    }

    /// Requests the next frame of a past moment: it shows how long ago it was, in seconds.
    pub(super) fn wake_past(&mut self, now: Now) {
        let app = self.past.app.as_ref().filter(|app| !app.is_replay());
        if let Some(moment) = app.and_then(|app| app.past_moment()) {
            let ago = now.elapsed.saturating_sub(moment);
            let next = clock::instant(moment + Duration::from_secs(ago.as_secs() + 1));
            self.wake = Some(self.wake.map_or(next, |earlier| earlier.min(next)));
        }
    }

    /// Requests another moment, or returns to the live screen.
    pub(super) fn travel(&mut self, travel: Travel) -> io::Result<()> {
        self.past.number += 1;
        if travel == Travel::Live {
            return self.return_to_live();
        }
        self.past.release();
        self.past.has_changed = false;
        self.past.session = match &travel {
            Travel::To(_, session) => session.clone(),
            _ => None,
        };
        let screen = match &self.past.app {
            Some(app) if app.is_replay() => app.past_screen(None),
            Some(app) => app.past_screen(Some(&self.app)),
            None => self.app.past_screen(None),
        };
        self.past
            .thread
            .send(HistoryCommand::Travel(Box::new(TravelRequest {
                travel,
                screen,
                live: clock::now(),
                number: self.past.number,
            })));
        Ok(())
    }

    fn return_to_live(&mut self) -> io::Result<()> {
        self.past.thread.send(HistoryCommand::Live);
        if let Some(past) = self.past.app.take() {
            let session = past.sought_session();
            self.past.thread.send(HistoryCommand::Free(past));
            self.update(Msg::Past(PastMsg::Returned(session)))?;
        }
        Ok(())
    }

    /// Handles a reply of the history's thread.
    pub(super) fn on_history(&mut self, reply: HistoryReply) -> io::Result<()> {
        match reply {
            HistoryReply::Shown(app, number) if number == self.past.number => self.show_past(app)?,
            HistoryReply::Arranged(view, number) if number == self.past.shown => {
                self.update_past(Msg::Arranged(view))?;
            }
            HistoryReply::Calculated(calculated, number) if number == self.past.shown => {
                self.update_past(Msg::Calculated(calculated))?;
            }
            HistoryReply::Refused(why, number) if number == self.past.number => {
                let msg = Msg::Past(PastMsg::Refused(why));
                if self.past.app.is_some() {
                    self.update_past(msg)?;
                } else {
                    self.update(msg)?;
                }
            }
            HistoryReply::Happened(events) => {
                self.route(Msg::Happened(events))?;
                // Shown with the next frame, unless the log is open.
                if self.shown().modal.events().is_none() {
                    return Ok(());
                }
            }
            HistoryReply::Played(facts, now, number) if number == self.past.shown => {
                self.on_played(facts, now)?;
            }
            HistoryReply::PlayEnded => self.update_past(Msg::Past(PastMsg::PlayEnded))?,
            HistoryReply::EventsComplete(unreadable) => {
                self.update(Msg::Past(PastMsg::EventsComplete(unreadable)))?;
                self.update_past(Msg::Past(PastMsg::EventsComplete(unreadable)))?;
            }
            HistoryReply::Failed(why) => self.update(Msg::Past(PastMsg::Refused(why)))?,
            HistoryReply::Shown(..)
            | HistoryReply::Arranged(..)
            | HistoryReply::Calculated(..)
            | HistoryReply::Played(..)
            | HistoryReply::Refused(..) => {}
        }
        self.draw_data(Duration::ZERO);
        Ok(())
    }

    /// Sends facts of the recording to its app.
    fn on_played(&mut self, facts: Vec<Fact>, now: Now) -> io::Result<()> {
        for fact in facts {
            self.update_past(Msg::Clock(fact.at))?;
            if let Some(msg) = msg_of(fact) {
                self.update_past(msg)?;
            }
        }
        self.update_past(Msg::Clock(now))
    }

    /// Shows the app of a moment. If keys have changed the screen in the meantime, the moment is built for the new one.
    fn show_past(&mut self, mut app: Box<App>) -> io::Result<()> {
        if self.past.has_changed
            && let Some(moment) = app.past_moment()
        {
            let session = self.past.session.take();
            return self.travel(Travel::To(moment, session));
        }
        self.past.shown = self.past.number;
        app.follow_live(&self.app);
        if let Some(before) = self.past.app.replace(app) {
            self.past.thread.send(HistoryCommand::Free(before));
        }
        let now = clock::now();
        self.send_live_time(now)?;
        self.wake_past(now);
        Ok(())
    }
}
