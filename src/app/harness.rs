//! Test harness: the core with a shell that only records effects, and builds views at once.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::build_view::build_view;
use super::calculation::Calculation;
use super::endpoint::EndpointState;
use super::events::EventFinder;
use super::keymap::{Code, KeyPress};
use super::msg::{Effect, FrameReport, Msg, Now, Ticket};
use super::past::{HistoryExtent, Moment};
use super::prompt::TYPING_PAUSE;
use super::recorded::fact_of;
use super::theme::Background;
use super::{App, AppSettings};
use crate::kill::{KillEvent, KillRequest, Order, Survey};
use crate::model::{
    Absence, Dialect, EndpointId, Identity, Instance, ListDiff, ListStats, ProcessStart, RequestError,
    ServerState, Servers, ServiceState, Services, SessionDetail, SessionId, SessionObservation, Snapshot,
    Span, Text, TextLimit,
};
use crate::recording::{Fact, HISTORY_BYTES, HISTORY_SPAN, History};
use crate::wire::{self, Decoder, Interner};

/// Time at which the tests start: 2026-11-23 16:20:00 UTC.
const WALL: i64 = 1_795_450_800;

pub(crate) struct AppHarness {
    pub(crate) app: App,
    /// All effects except view requests, sampling and wake-ups.
    pub(crate) asked: Vec<Effect>,
    /// Reply of the audit log to intents.
    pub(crate) log: Result<(), String>,
    /// Whether the audit log replies to intents at once.
    pub(crate) log_replies: bool,
    /// The version that the endpoints report (JSON:API).
    pub(crate) version: String,
    /// Minimum interval that the endpoint allows.
    pub(crate) least_interval: Duration,
    pub(crate) dialect: Dialect,
    pub(crate) elapsed: Duration,
    /// How long it takes to build a view, and how often that was done.
    pub(crate) arranging_takes: Duration,
    pub(crate) arranged: usize,
    /// Whether calculations run at once; otherwise `calculate` runs those that were requested.
    pub(crate) calculates: bool,
    pub(crate) calculations: Vec<Calculation>,
    /// Time of the next wake-up, if any.
    wake: Option<Duration>,
    /// The sessions whose connections are sampled first.
    pub(crate) shown: Vec<u64>,
    lists: u64,
    finder: EventFinder,
    /// The facts among all messages.
    pub(crate) facts: Vec<Fact>,
    zone: TimeZone,
    /// Name of the machine that the proxy runs on.
    node: Option<Text>,
}

impl AppHarness {
    pub(crate) fn new(dialect: Dialect, size: (u16, u16)) -> Self {
        let settings = AppSettings {
            grace: Duration::ZERO,
            ..AppSettings::default()
        };
        Self::with(settings, dialect, size)
    }

    pub(crate) fn with(settings: AppSettings, dialect: Dialect, size: (u16, u16)) -> Self {
        Self::watching(&["127.0.0.1:8989"], settings, dialect, size)
    }

    /// Creates a harness with these endpoints.
    pub(crate) fn watching(
        endpoints: &[&str],
        settings: AppSettings,
        dialect: Dialect,
        size: (u16, u16),
    ) -> Self {
        let named = |name: &&str| EndpointState::new((*name).to_owned(), false, Vec::new());
        let app = App::new(settings, endpoints.iter().map(named).collect(), size);
        let mut stage = Self {
            app,
            asked: Vec::new(),
            log: Ok(()),
            log_replies: true,
            version: "24.02.3".to_owned(),
            least_interval: Duration::ZERO,
            dialect,
            elapsed: Duration::from_secs(1),
            wake: None,
            arranging_takes: Duration::ZERO,
            arranged: 0,
            calculates: true,
            calculations: Vec::new(),
            shown: Vec::new(),
            lists: 0,
            finder: EventFinder::default(),
            facts: Vec::new(),
            zone: TimeZone::UTC,
            node: None,
        };
        stage.app.background = Background::Dark;
        stage.wait(Duration::ZERO);
        stage
    }

    pub(crate) fn send(&mut self, msg: Msg) {
        let fact = fact_of(&msg, self.now());
        let happened: Vec<_> = fact.iter().flat_map(|fact| self.finder.in_fact(fact)).collect();
        self.facts.extend(fact);
        let mut msgs = VecDeque::from([msg]);
        if !happened.is_empty() {
            msgs.push_front(Msg::Happened(happened));
        }
        while let Some(msg) = msgs.pop_front() {
            for effect in self.app.update(msg) {
                match effect {
                    Effect::Arrange(job) => {
                        self.arranged += 1;
                        self.elapsed += self.arranging_takes;
                        msgs.push_back(Msg::Clock(self.now()));
                        let view = Arc::new(build_view(*job));
                        if self.app.past_moment().is_none() && !view.spec.is_frozen {
                            let happened = self.finder.in_view(&view, self.now());
                            if !happened.is_empty() {
                                msgs.push_back(Msg::Happened(happened));
                            }
                        }
                        msgs.push_back(Msg::Arranged(view));
                    }
                    Effect::Calculate(calculation) if self.calculates => {
                        let calculated = calculation.run();
                        msgs.extend(calculated.map(Box::new).map(Msg::Calculated));
                    }
                    Effect::Calculate(calculation) => self.calculations.push(*calculation),
                    Effect::WakeAt(at) => self.wake = Some(at),
                    Effect::Prioritize(shown) => self.shown = shown.into_iter().map(|(_, id)| id.0).collect(),
                    Effect::Kill(Order::Ask {
                        ticket,
                        request: KillRequest::Survey,
                        ..
                    }) => msgs.push_back(Msg::Kill(KillEvent::Surveyed(ticket, Ok(Survey::OneProxy)))),
                    Effect::Kill(Order::WriteIntents { ticket, .. }) => {
                        let log = self.log.clone().map_err(|why| Text::clean(&why, TextLimit::Line));
                        if self.log_replies {
                            msgs.push_back(Msg::Kill(KillEvent::Logged(ticket, log)));
                        }
                        self.asked.push(effect);
                    }
                    effect => self.asked.push(effect),
                }
            }
        }
    }

    /// Runs the calculations that were requested, and those that follow from their results.
    pub(crate) fn calculate(&mut self) {
        while !self.calculations.is_empty() {
            for calculation in std::mem::take(&mut self.calculations) {
                if let Some(calculated) = calculation.run() {
                    self.send(Msg::Calculated(Box::new(calculated)));
                }
            }
        }
    }

    /// Advances the time.
    pub(crate) fn wait(&mut self, span: Duration) {
        self.elapsed += span;
        self.send(Msg::Clock(self.now()));
    }

    /// Returns the history of all messages.
    pub(crate) fn history(&self) -> History {
        let mut history = History::new(self.app.endpoints.len(), HISTORY_BYTES, HISTORY_SPAN).unwrap();
        for fact in &self.facts {
            history.push(fact).unwrap();
        }
        history
    }

    /// Returns a harness with the app of a past moment, shown with the parts of `screen`.
    pub(crate) fn back_at(&self, at: Duration, screen: &App, session: Option<&Identity>) -> Self {
        let history = self.history();
        let live = (screen.past_moment().is_some()).then_some(&self.app);
        let moment = Moment {
            at,
            live: self.now(),
            extent: HistoryExtent {
                from: history.span().unwrap().0,
                bytes: history.bytes(),
            },
            session,
        };
        let app = screen.past_screen(live).at(moment, history.facts_until(at));
        let mut past = Self::new(self.dialect, screen.size);
        past.app = app.unwrap().unwrap();
        past.elapsed = at;
        past
    }

    /// Returns the time this number of seconds ago.
    pub(crate) fn ago(&self, seconds: u64) -> Duration {
        self.app.now.elapsed.saturating_sub(Duration::from_secs(seconds))
    }

    /// Returns a harness with the app of a past moment, shown with the parts of the live one.
    pub(crate) fn back(&self, at: Duration) -> Self {
        self.back_at(at, &self.app, None)
    }

    pub(crate) fn now(&self) -> Now {
        let seconds = i64::try_from(self.elapsed.as_secs()).unwrap();
        Now {
            elapsed: self.elapsed,
            wall: Timestamp::from_second(WALL + seconds).unwrap(),
        }
    }

    /// Advances the time and delivers the wake-ups.
    pub(crate) fn wait_awake(&mut self, span: Duration) {
        let until = self.elapsed + span;
        while let Some(at) = self.wake.take().filter(|at| *at <= until) {
            self.wait(at.saturating_sub(self.elapsed));
        }
        self.wait(until.saturating_sub(self.elapsed));
    }

    /// Draws a frame with all that has happened.
    pub(crate) fn draw(&mut self) {
        let question = self.app.modal.open_dialog_ticket();
        self.send(Msg::Drawn(FrameReport {
            question,
            ..FrameReport::default()
        }));
    }

    pub(crate) fn press(&mut self, code: Code) {
        self.send(Msg::Key(KeyPress::plain(code)));
    }

    pub(crate) fn type_text(&mut self, text: &str) {
        for c in text.chars() {
            self.press(Code::Char(c));
        }
        if self.app.modal.prompt().is_some() {
            self.wait(TYPING_PAUSE);
        }
    }

    /// Waits until no key holds the order any more.
    pub(crate) fn wait_until_idle(&mut self) {
        self.wait(Duration::from_secs(6));
    }

    pub(crate) fn decoded<T>(&self, decode: impl FnOnce(&mut Decoder<'_>) -> T) -> T {
        let mut interner = Interner::default();
        let now = Timestamp::from_second(WALL).unwrap();
        decode(&mut Decoder::new(&mut interner, Some(&self.zone), now))
    }

    /// Delivers a session list.
    pub(crate) fn list(&mut self, body: &str) {
        self.list_of(body, "Mon, 23 Nov 2026 15:55:27 GMT");
    }

    /// Delivers a list from the process with this start time (which only JSON:API reports).
    pub(crate) fn list_of(&mut self, body: &str, started_at: &str) {
        self.list_at(0, body, started_at);
    }

    /// Delivers a snapshot of one of several endpoints, whose proxy has this start time and node name.
    pub(crate) fn list_from(&mut self, endpoint: u16, body: &str, started_at: &str, node: Option<&str>) {
        self.node = node.map(|node| Text::clean(node, TextLimit::Name));
        self.list_at(endpoint, body, started_at);
    }

    /// Delivers a list of one of many endpoints.
    pub(crate) fn list_at(&mut self, endpoint: u16, body: &str, started_at: &str) {
        let rows = self
            .decoded(|decoder| wire::list(self.dialect, body.as_bytes(), decoder))
            .unwrap();
        self.lists += 1;
        let mut snapshot = Snapshot {
            endpoint: EndpointId(endpoint),
            dialect: self.dialect,
            instance: (self.dialect == Dialect::JsonApi)
                .then(|| instance(&self.version, started_at, self.node.clone())),
            number: self.lists,
            asked_at: self.now(),
            taken_at: self.app.now.wall,
            cost: Duration::from_millis(14),
            decode_time: Duration::ZERO,
            least_interval: self.least_interval,
            bytes: body.len(),
            sessions: rows.sessions,
            blanked: rows.blanked,
            dropped: rows.dropped,
            change: ListDiff::default(),
            stats: ListStats::default(),
            rows: crate::model::RowReads::default(),
        };
        let before = self.app.endpoints[usize::from(endpoint)].latest.as_ref();
        if let Some(before) = before {
            snapshot.change = ListDiff::between(before, &snapshot);
        }
        snapshot.stats = ListStats::of(&snapshot.sessions);
        self.send(Msg::Listed(Arc::new(snapshot)));
    }

    pub(crate) fn fail(&mut self, fault: RequestError) {
        self.fail_at(0, fault);
    }

    pub(crate) fn fail_at(&mut self, endpoint: u16, fault: RequestError) {
        self.send(Msg::ListFailed {
            endpoint: EndpointId(endpoint),
            fault,
            retry_in: Duration::from_secs(4),
        });
    }

    /// Delivers the reply to the details' request.
    pub(crate) fn on_observation(&mut self, answer: Result<SessionDetail, RequestError>) {
        let id = self
            .app
            .detail
            .as_ref()
            .map_or(SessionId(0), |detail| detail.identity.id);
        let answer = answer.map(|detail| self.observation(detail));
        self.send(Msg::Seen {
            endpoint: EndpointId(0),
            id,
            answer,
        });
    }

    /// Delivers the states of the endpoint's servers.
    pub(crate) fn servers(&mut self, answer: Result<&[ServerState], RequestError>) {
        self.servers_at(0, answer);
    }

    /// Delivers the states of the servers of one of several endpoints.
    pub(crate) fn servers_at(&mut self, endpoint: u16, answer: Result<&[ServerState], RequestError>) {
        let answer = answer.map(|states| {
            Arc::new(Servers {
                states: states.to_vec(),
                taken_at: self.app.now.wall,
                blanked: 0,
                dropped: 0,
            })
        });
        self.send(Msg::Servers {
            endpoint: EndpointId(endpoint),
            answer,
        });
    }

    /// Delivers the load of the endpoint's services.
    pub(crate) fn services(&mut self, answer: Result<&[ServiceState], RequestError>) {
        let answer = answer.map(|states| {
            Arc::new(Services {
                states: states.to_vec(),
                taken_at: self.app.now.wall,
                blanked: 0,
                dropped: 0,
            })
        });
        self.send(Msg::Services {
            endpoint: EndpointId(0),
            answer,
        });
    }

    /// Delivers the reply to a check.
    pub(crate) fn on_check(&mut self, ticket: Ticket, answer: Result<SessionDetail, RequestError>) {
        if answer
            .as_ref()
            .is_err_and(|fault| *fault == RequestError::NotFound)
        {
            let latest = self.app.endpoints[0].latest.as_ref();
            let absence = Absence {
                process: latest.and_then(|latest| latest.process().cloned()),
                other_process: None,
            };
            return self.send(Msg::Kill(KillEvent::Missing(ticket, absence)));
        }
        let answer = answer.map(|detail| self.observation(detail));
        self.send(Msg::Kill(KillEvent::Seen(ticket, answer)));
    }

    fn observation(&self, detail: SessionDetail) -> Arc<SessionObservation> {
        let process = self.app.endpoints[0]
            .latest
            .as_ref()
            .and_then(|latest| latest.process().cloned());
        Arc::new(SessionObservation {
            endpoint: EndpointId(0),
            process,
            other_process: None,
            asked_at: self.app.now,
            taken_at: self.app.now.wall,
            detail,
        })
    }

    /// Returns the session with this id in the last list, as a GET would show it.
    pub(crate) fn detail(&self, id: u64) -> SessionDetail {
        let latest = self.app.endpoints[0].latest.as_ref().unwrap();
        SessionDetail::of(latest.get(SessionId(id)).unwrap().clone())
    }

    /// Returns the ids on the screen, from top to bottom, and the one under the cursor.
    pub(crate) fn shown(&self) -> (Vec<u64>, Option<u64>) {
        let rows = self
            .app
            .table
            .view
            .window(self.app.table.cursor.offset, self.app.page());
        let ids = rows.map(|row| row.session.id.0).collect();
        (ids, self.app.table.cursor.key.as_ref().map(|key| key.id.0))
    }

    /// Returns the checks that were ordered: tickets and ids.
    pub(crate) fn checks(&self) -> Vec<(Ticket, u64)> {
        let checks = self.asked.iter().filter_map(|effect| match effect {
            Effect::Kill(Order::Ask {
                ticket,
                request: KillRequest::Check { id, .. },
                ..
            }) => Some((*ticket, id.0)),
            _ => None,
        });
        checks.collect()
    }

    /// Returns the last check that was ordered.
    pub(crate) fn last_check(&self) -> Option<Ticket> {
        self.asked.iter().rev().find_map(|effect| match effect {
            Effect::Kill(Order::Ask {
                ticket,
                request: KillRequest::Check { .. },
                ..
            }) => Some(*ticket),
            _ => None,
        })
    }

    /// Returns the DELETEs that were ordered: ids and tickets.
    pub(crate) fn deletes(&self) -> Vec<(u64, Ticket)> {
        let deletes = self.asked.iter().filter_map(|effect| match effect {
            Effect::Kill(Order::Ask {
                ticket,
                request: KillRequest::Delete { id, .. },
                ..
            }) => Some((id.0, *ticket)),
            _ => None,
        });
        deletes.collect()
    }
}

fn instance(version: &str, started_at: &str, node: Option<Text>) -> Instance {
    let text = |raw| Text::clean(raw, TextLimit::Name);
    Instance {
        version: Some(text(version)),
        uptime: Some(Span::from_secs(273_600)),
        process: Some(ProcessStart {
            started_at: text(started_at),
            datadir: Some(text("/var/lib/maxscale/data4711")),
            node,
        }),
        retained_statements: Some(10),
    }
}

/// Returns a list of the draft dialect: each session by id, user and idle seconds.
pub(crate) fn draft(sessions: &[(u64, &str, u64)]) -> String {
    let rows = sessions.iter().map(|(id, user, idle)| {
        let age = id % 60;
        format!(
            r#"{{"id":{id},"state":"Session ready for routing","user":"{user}","address":"10.0.3.{}","service":"/services/RW-Split","connected":"Mon Nov 23 15:{age:02}:03 2026","idle":{idle}}}"#,
            id % 250
        )
    });
    format!("[{}]", rows.collect::<Vec<_>>().join(","))
}
