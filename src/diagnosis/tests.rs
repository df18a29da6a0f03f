//! Each reason on both sides of its threshold, and with unknown data.

mod bounds;
mod closer;
mod expected;
mod history;
mod load;
mod rows;
mod unjudged;
mod waiting;
mod words;

use jiff::Timestamp;

use super::*;
use crate::model::{
    Connected, Dialect, Instance, JsonApiFields, ProcessStart, RunningStatement, ServerConnection, Session,
    SessionId, Span, Text, TextLimit,
};

/// Time of the tests: 2026-11-23 16:20:00 UTC.
const WALL: i64 = 1_795_450_800;

fn text(raw: &str) -> Text {
    Text::clean(raw, TextLimit::Name)
}

fn version(version: &str) -> Instance {
    Instance {
        version: Some(text(version)),
        uptime: None,
        process: Some(ProcessStart {
            started_at: text("Mon, 23 Nov 2026 15:55:27 GMT"),
            datadir: None,
            node: None,
        }),
        retained_statements: Some(10),
    }
}

/// Consecutive snapshots.
struct Polls {
    dialect: Dialect,
    instance: Option<Instance>,
    settings: DiagnosisSettings,
    /// Seconds since the first one.
    now: i64,
    restarted: bool,
    past: Option<(Vec<Session>, Timestamp, Diagnoses)>,
}

impl Polls {
    fn of(release: &str) -> Self {
        Self {
            dialect: Dialect::JsonApi,
            instance: Some(version(release)),
            settings: DiagnosisSettings::default(),
            now: 0,
            restarted: false,
            past: None,
        }
    }

    fn draft() -> Self {
        Self {
            dialect: Dialect::Draft,
            instance: None,
            ..Self::of("")
        }
    }

    /// Diagnoses a snapshot, `after` seconds after the previous one.
    fn list(&mut self, after: i64, sessions: Vec<Session>) -> &Diagnoses {
        self.now += after;
        let taken_at = Timestamp::from_second(WALL + self.now).unwrap();
        let past = self.past.take();
        let look = |sessions, taken_at, is_after_restart| DiagnosisInput {
            rows: None,
            dialect: self.dialect,
            endpoint: Some("m"),
            instance: self.instance.as_ref(),
            taken_at,
            is_after_restart,
            locks: None,
            sessions,
        };
        let before = past
            .as_ref()
            .map(|(sessions, taken_at, diagnoses)| (look(sessions, *taken_at, false), diagnoses));
        let restarted = std::mem::take(&mut self.restarted);
        let now = look(&sessions, taken_at, restarted);
        let diagnoses = diagnose(before, now, &self.settings, &Samples::new());
        &self.past.insert((sessions, taken_at, diagnoses)).2
    }

    /// Returns the findings of the only session, as `query 48s`, with their severities.
    fn one(&mut self, after: i64, session: Session) -> Vec<(String, Severity)> {
        let kept = session.clone();
        let found = self.list(after, vec![session]).diagnosis(0).found.to_vec();
        found
            .iter()
            .map(|finding| (finding.words(&kept), finding.severity))
            .collect()
    }

    /// Whether a reason of the first session is unknown after the last snapshot.
    fn is_open(&self, reason: &str) -> bool {
        let (_, _, diagnoses) = self.past.as_ref().unwrap();
        diagnoses.diagnosis(0).unjudged.has(reason)
    }
}

/// Returns a session of 24.02 that is in use and runs no statement.
fn session(id: u64) -> Session {
    Session {
        state: Some(text("Session started")),
        user: Some(text("app")),
        address: Some(text("10.0.2.10")),
        service: Some(text("RW-Split")),
        connected: Some(Connected {
            sent: text("Mon, 23 Nov 2026 15:20:00 GMT"),
            at: Some(WALL - 3600),
        }),
        age: Some(Span::from_secs(3600)),
        idle: Some(Span::from_secs(2)),
        extra: Some(Box::new(JsonApiFields {
            backends: Some(vec![backend("db-01")]),
            io_activity: Some(7),
            memory: Some(68_000),
            history: Some(1),
            ..JsonApiFields::default()
        })),
        ..Session::bare(SessionId(id))
    }
}

fn backend(server: &str) -> ServerConnection {
    ServerConnection {
        server: text(server),
        thread_id: Some(4021),
    }
}

impl Session {
    fn with(mut self, change: impl FnOnce(&mut JsonApiFields)) -> Self {
        change(self.extra.get_or_insert_default());
        self
    }

    /// Sets a running statement, received at this time in the server's zone.
    fn running(self, received: &str) -> Self {
        let received = text(&format!("2026-11-23T{received}"));
        let idle = Some(Span::default());
        let running = Some(RunningStatement { sql: None, received });
        Self { idle, ..self }.with(|extra| extra.running = running)
    }

    /// Sets the number of I/O events.
    fn moved(self, events: u64) -> Self {
        self.with(|extra| extra.io_activity = Some(events))
    }

    fn idle(self, seconds: i64) -> Self {
        Self {
            idle: Some(Span::from_secs(seconds)),
            ..self
        }
    }

    fn aged(self, seconds: i64) -> Self {
        let connected = Some(Connected {
            sent: text("as sent"),
            at: Some(WALL - seconds),
        });
        Self {
            connected,
            age: Some(Span::from_secs(seconds)),
            ..self
        }
    }

    /// Makes the session older by this number of seconds.
    fn later(self, seconds: i64) -> Self {
        let age = self.age.map_or(0, Span::as_secs);
        Self {
            age: Some(Span::from_secs(i64::from(age) + seconds)),
            ..self
        }
    }

    fn in_state(self, state: &str) -> Self {
        Self {
            state: Some(text(state)),
            ..self
        }
    }
}

fn look(words: &str) -> (String, Severity) {
    (words.to_owned(), Severity::Look)
}

fn act(words: &str) -> (String, Severity) {
    (words.to_owned(), Severity::Act)
}

const NONE: [(String, Severity); 0] = [];
