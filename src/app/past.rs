//! A past moment on the screen: an [`App`] of its own that is fed with the facts up to that moment. The live one is
//! never changed by it.
//!
//! It starts with the settings and the open parts of the screen, so that only the data is another one. Its clock
//! stays at the moment. [`PastScreen`] can be sent to another thread, which builds the app.

mod endpoints;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::App;
use super::build_view::{TableView, ViewRequest, build_view, diagnose_view};
use super::detail::DetailPane;
use super::marks::Marks;
use super::modal::Modal;
use super::mouse::Mouse;
use super::msg::{Effect, Msg, Now};
use super::outbox::Outbox;
use super::rebuild::RebuildSchedule;
use super::recorded::msg_of;
use super::replay::Replay;
use super::sampling::PrioritizedRows;
use super::status::Status;
use super::undo::Undo;
use crate::model::{Identity, IdentityMatch, Lookup, RowKey};
use crate::recording::{Fact, FactKind, RecordingError};

/// The moment that an [`App`] shows, if it is not live. The moment itself is the time of its clock.
#[derive(Clone, Debug, Default)]
pub struct PastMoment {
    /// The present time.
    pub live: Now,
    /// Time of the oldest fact of the history.
    pub from: Now,
    /// Size of the history, in bytes.
    pub bytes: usize,
    /// The recording that it is a moment of; `None` for the history.
    pub replay: Option<Replay>,
    /// The session that the cursor was on before it was missing, and the row that it is on now.
    pub(super) sought: Option<(RowKey, Option<RowKey>)>,
}

/// Limits of the history.
#[derive(Clone, Copy, Debug, Default)]
pub struct HistoryExtent {
    /// Time of the oldest fact.
    pub from: Now,
    /// Size in bytes.
    pub bytes: usize,
}

/// A moment to show, and what to show there.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    /// The moment, since the program started.
    pub at: Duration,
    /// The present time.
    pub live: Now,
    /// Limits of the history.
    pub extent: HistoryExtent,
    /// A session to move the cursor to.
    pub session: Option<&'a Identity>,
}

/// The parts of the screen that a past moment is shown with.
#[derive(Clone, Debug)]
pub struct PastScreen {
    /// The screen when the key was pressed, live or past.
    pub(super) screen: App,
    /// The live one, for what lasts: names of endpoints, trends, kills.
    live: Option<Box<App>>,
}

impl App {
    /// Returns what a past moment is shown with: the parts of this screen. `live` is the live app if this one is not.
    pub fn past_screen(&self, live: Option<&Self>) -> PastScreen {
        PastScreen {
            screen: self.clone(),
            live: live.cloned().map(Box::new),
        }
    }

    /// Returns the time of the moment, if this one is past.
    pub fn past_moment(&self) -> Option<Duration> {
        self.past.as_ref().map(|_| self.now.elapsed)
    }

    /// Returns the time of a key since the program started: the present, also in a past moment.
    pub(super) fn key_time(&self) -> Duration {
        self.past.as_ref().map_or(self.now, |past| past.live).elapsed
    }

    /// Returns the session under the cursor, or the one that it was on before it was missing.
    pub(crate) fn sought_session(&self) -> Option<RowKey> {
        let shown = self.table.cursor.chosen_key();
        let sought = self.past.as_ref().and_then(|past| past.sought.as_ref());
        let missing = sought.filter(|(_, instead)| instead.as_ref() == shown);
        missing.map(|(wanted, _)| wanted).or(shown).cloned()
    }
}

impl PastScreen {
    /// Returns the time zone of displayed times.
    pub fn zone(&self) -> &jiff::tz::TimeZone {
        &self.screen.settings.zone
    }

    /// Builds the app that shows a moment from the facts up to it. `None` without facts.
    ///
    /// # Errors
    ///
    /// Returns the error of a fact that cannot be read.
    pub fn at(
        self,
        moment: Moment<'_>,
        facts: impl IntoIterator<Item = Result<Fact, RecordingError>>,
    ) -> Result<Option<App>, RecordingError> {
        let mut facts = facts.into_iter();
        let Some(first) = facts.next().transpose()? else {
            return Ok(None);
        };
        let live = self.live.as_deref().unwrap_or(&self.screen);
        let endpoints = live.endpoints.iter();
        let endpoints = endpoints.map(|endpoint| endpoint.before(first.at.elapsed));
        let mut fed = Self::blank(&self.screen, endpoints.collect());
        let shown = Self::details(&self.screen, moment.session);
        let mut is_listed = false;
        let mut last = first.at;
        for fact in std::iter::once(Ok(first)).chain(facts) {
            let fact = fact?;
            last = fact.at;
            if let FactKind::Listed(list) = &fact.kind
                && let Some(identity) = &shown
                && let Lookup::Same(session) = list.find(&identity.key())
                && !is_listed
            {
                is_listed = true;
                fed.detail = Some(DetailPane::new(identity.clone(), session.clone()));
            }
            // Rows are needed only in the end.
            settle_with(&mut fed, Msg::Clock(fact.at), diagnose_view);
            if let Some(msg) = msg_of(fact) {
                settle_with(&mut fed, msg, diagnose_view);
            }
        }
        let now = at(last, moment.at);
        settle_with(&mut fed, Msg::Clock(now), diagnose_view);
        Ok(Some(self.finished(fed, now, moment)))
    }

    /// Returns an app without data and open parts.
    fn blank(screen: &App, endpoints: Vec<super::endpoint::EndpointState>) -> App {
        let mut settings = screen.settings.clone();
        settings.filter = crate::filter::Filter::default();
        settings.group_by = None;
        settings.bell = false;
        settings.tour = false;
        App::new(settings, endpoints, screen.size)
    }

    /// Returns the session that has its details open.
    fn details(screen: &App, chosen: Option<&Identity>) -> Option<Identity> {
        let open = screen.detail.as_ref().map(|detail| &detail.identity);
        chosen.or(open).cloned()
    }

    /// Returns the app with the data of `fed` and the parts of the screen.
    fn finished(self, fed: App, now: Now, moment: Moment<'_>) -> App {
        let Self { screen, live } = self;
        let kills = live.as_deref().unwrap_or(&screen).kills.until(now.wall);
        let sought = screen.sought_session();
        let open = screen.detail.as_ref().map(|detail| detail.identity.clone());
        let mut app = App {
            now,
            endpoints: fed.endpoints,
            detail: fed.detail,
            marks: Marks::default(),
            undo: Undo::default(),
            kills,
            status: None,
            paused: false,
            leaving: None,
            rebuilds: RebuildSchedule::default(),
            hold_until: None,
            goto: None,
            mouse: Mouse::default(),
            saving: None,
            prioritized: PrioritizedRows::default(),
            outbox: Outbox::default(),
            past: None,
            ..screen.clone()
        };
        if let (Some(now), Some(before)) = (&mut app.detail, &screen.detail) {
            now.keep_place(before);
        }
        app.past = Some(PastMoment {
            live: moment.live,
            from: moment.extent.from,
            bytes: moment.extent.bytes,
            replay: screen.replay().cloned(),
            sought: None,
        });
        app.table.view = fed.table.view;
        // Columns keep their widths between moments.
        Arc::make_mut(&mut app.table.view).widths = screen.table.view.widths;
        if let Some(identity) = moment.session {
            app.show_session(identity);
        } else if let Some(key) = sought.clone()
            && app.table.cursor.key.as_ref() != Some(&key)
        {
            app.table.cursor.choose_key(key);
        }
        app.rebuild_view();
        settle(&mut app, Msg::Clock(now));
        let wanted = moment.session.map(Identity::key).or(sought);
        if let Some(identity) = moment.session {
            app.show_hidden(identity);
        }
        app.seek(wanted, open);
        app
    }
}

impl App {
    /// Shows the details of a session, without views over them.
    fn show_session(&mut self, identity: &Identity) {
        self.modal = Modal::Closed;
        self.help = None;
        self.close_view();
        self.table.groups.by = None;
        self.table.groups.opened.clear();
        self.table.cursor.choose_key(identity.key());
    }

    /// Removes the filter if it hides a session that is listed.
    fn show_hidden(&mut self, identity: &Identity) {
        let view = &self.table.view;
        let key = identity.key();
        if view.position(&key).is_some() || view.diagnosis(&key).is_none() {
            return;
        }
        self.table.filter = crate::filter::Filter::default();
        self.table.hide_idle = false;
        self.table.cursor.choose_key(key);
        self.rebuild_view();
        settle(self, Msg::Clock(self.now));
        self.status = Some(Status::note(
            "the filter hid this session, and is removed".to_owned(),
        ));
    }

    /// Notes the session that the cursor must return to, and whether the details had to be closed.
    fn seek(&mut self, wanted: Option<RowKey>, open: Option<Identity>) {
        let shown = self.table.cursor.chosen_key().cloned();
        let is_missing = wanted
            .as_ref()
            .is_some_and(|key| self.table.view.diagnosis(key).is_none());
        if let Some(past) = &mut self.past {
            past.sought = wanted.filter(|_| is_missing).map(|key| (key, shown));
        }
        if let Some(identity) = open.filter(|_| self.detail.is_none()) {
            self.detail_focused = false;
            let text = format!("session {} is in no list of this time", identity.id);
            self.status = Some(Status::note(text));
        }
        self.update_layers();
    }

    /// Handles the return from a past moment: the cursor goes to the session that it was on there.
    pub(super) fn on_return(&mut self, session: Option<RowKey>) {
        let Some(key) = session else { return };
        // Keys would be for a session that was not on the screen.
        if self
            .detail
            .as_ref()
            .is_some_and(|detail| detail.identity.key() != key)
        {
            self.close_detail();
        }
        if self.table.view.position(&key).is_some() {
            self.table.cursor.choose_key(key);
            let (view, page) = (Arc::clone(&self.table.view), self.page());
            self.table.set_view(view, page);
            self.table.scroll_into_view(page);
        } else if self.table.view.diagnosis(&key).is_none() {
            self.status = Some(Status::note(format!("live again; session {} has ended", key.id)));
        }
    }
}

impl DetailPane {
    /// Keeps the place of another one in the text.
    fn keep_place(&mut self, before: &Self) {
        let is_same = matches!(
            self.identity.compare(&before.identity),
            IdentityMatch::Same { .. }
        );
        if is_same {
            self.scroll = before.scroll;
            self.across = before.across;
        }
        self.unfolded = before.unfolded;
    }
}

impl super::killing::Kills {
    /// Returns the log up to a moment. No kill is in progress in it.
    fn until(&self, at: Timestamp) -> Self {
        let mut past = Self::default();
        let ended = self.log.iter().filter(|entry| entry.at <= at);
        past.log.extend(ended.cloned());
        past.later = self.log.len() - past.log.len();
        let canceled = self.canceled.iter().filter(|entry| entry.at <= at);
        past.canceled.extend(canceled.cloned());
        past
    }
}

/// Sends a message, and runs what follows from it: views and calculations.
fn settle(app: &mut App, msg: Msg) {
    settle_with(app, msg, build_view);
}

/// Does the same with this function for views.
fn settle_with(app: &mut App, msg: Msg, build: fn(ViewRequest) -> TableView) {
    let mut waiting = VecDeque::from([msg]);
    while let Some(msg) = waiting.pop_front() {
        for effect in app.update(msg) {
            match effect {
                Effect::Arrange(job) => waiting.push_back(Msg::Arranged(Arc::new(build(*job)))),
                Effect::Calculate(calculation) => {
                    let calculated = calculation.run();
                    waiting.extend(calculated.map(Box::new).map(Msg::Calculated));
                }
                _ => {}
            }
        }
    }
}

/// Returns a moment on both clocks, measured from a known one.
fn at(known: Now, elapsed: Duration) -> Now {
    let later = SignedDuration::try_from(elapsed.saturating_sub(known.elapsed)).unwrap_or_default();
    Now {
        elapsed: elapsed.max(known.elapsed),
        wall: known.wall.saturating_add(later).unwrap_or(known.wall),
    }
}
