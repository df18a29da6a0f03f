//! Tests of the scenario: lists of the pure world, decoded and diagnosed at times that the test sets.

mod first_lists;
mod past;
mod recording;
mod server_access;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use axum::http::{HeaderMap, Method};
use jiff::tz::{TimeZone, offset};

use self::server_access::ServerConnections;
use super::endpoint::SimEndpoint;
use super::http::SimRequest;
use super::world::SessionTrouble;
use super::{ServeSpec, ServedDialects, dates, draft, jsonapi};
use crate::diagnosis::{
    ConnectionSample, Diagnoses, DiagnosisInput, DiagnosisSettings, Samples, Severity, diagnose,
};
use crate::model::{Dialect, EndpointId, EndpointLocks, Snapshot};
use crate::wire::{self, Decoder, Interner};

/// Start of the world in seconds since 1970. The server's zone is not reported.
const NOW: i64 = 1_790_000_000;
const ZONE: i8 = 2;

/// A client that polls the world.
struct Watcher {
    endpoint: SimEndpoint,
    dialect: Dialect,
    interner: Interner,
    past: Option<(Snapshot, Diagnoses)>,
    /// Connection samples (draft).
    samples: Samples,
    /// Connections to the servers; empty without server access.
    servers: ServerConnections,
}

/// Findings of one session: reasons with their severities.
type FoundSession = BTreeSet<(&'static str, Severity)>;

impl Watcher {
    fn new(dialect: Dialect, sessions: usize) -> Self {
        Self::of(dialect, ServeSpec::new(sessions, 42))
    }

    /// Returns a client of a JSON:API endpoint with the incidents, which keeps this many statements.
    fn with_incidents(sessions: usize, retained: u64) -> Self {
        let mut spec = ServeSpec::new(sessions, 42);
        spec.world.incidents = true;
        spec.settings = spec.settings.proxy("retain_last_statements", retained);
        Self::of(Dialect::JsonApi, spec)
    }

    fn of(dialect: Dialect, mut spec: ServeSpec) -> Self {
        spec.world.now_unix = NOW;
        spec.speed = 0.0;
        spec.dialects = ServedDialects::Both;
        let mut endpoint = SimEndpoint::new(spec);
        endpoint.zone = TimeZone::fixed(offset(ZONE));
        Self {
            endpoint,
            dialect,
            interner: Interner::default(),
            past: None,
            samples: Samples::new(),
            servers: ServerConnections::default(),
        }
    }

    fn get(&self, path: &str) -> Vec<u8> {
        let request = SimRequest {
            method: Method::GET,
            path: path.to_owned(),
            query: String::new(),
            headers: HeaderMap::new(),
            body: Vec::new(),
        };
        match self.dialect {
            Dialect::Draft => draft::answer(&self.endpoint, &request).body,
            Dialect::JsonApi => jsonapi::answer(&self.endpoint, &request).body,
        }
    }

    /// Gets a list of the world at this time.
    fn list(&mut self, at: Duration) -> Snapshot {
        self.endpoint.with_world(|world| world.advance(at));
        let path = match self.dialect {
            Dialect::Draft => "/sessions",
            Dialect::JsonApi => "/v1/sessions",
        };
        let body = self.get(path);
        let taken_at = self.endpoint.with_world(|world| dates::timestamp(world.wall()));
        // The zone of a server is known on loopback only. JSON:API does not need it.
        let zone = (self.dialect == Dialect::Draft).then(|| self.endpoint.zone.clone());
        let mut decoder = Decoder::new(&mut self.interner, zone.as_ref(), taken_at);
        let rows = wire::list(self.dialect, &body, &mut decoder).unwrap();
        let instance = (self.dialect == Dialect::JsonApi)
            .then(|| wire::jsonapi::instance(&self.get("/v1/maxscale")).unwrap());
        Snapshot {
            endpoint: EndpointId(0),
            dialect: self.dialect,
            instance,
            number: at.as_secs(),
            // Our clock differs from the server's.
            asked_at: crate::model::Now::default(),
            taken_at: taken_at + jiff::SignedDuration::from_secs(47),
            cost: Duration::ZERO,
            decode_time: Duration::ZERO,
            least_interval: Duration::ZERO,
            bytes: body.len(),
            sessions: rows.sessions,
            blanked: rows.blanked,
            dropped: rows.dropped,
            change: crate::model::ListDiff::default(),
            stats: crate::model::ListStats::default(),
            rows: crate::model::RowReads::default(),
        }
    }

    /// Gets and diagnoses a list of the world at `second`.
    fn poll(&mut self, second: u64) -> BTreeMap<u64, FoundSession> {
        let snapshot = self.list(Duration::from_secs(second));
        if self.dialect == Dialect::Draft {
            self.sample(&snapshot);
        }
        let past = self
            .past
            .as_ref()
            .map(|(before, diagnoses)| (DiagnosisInput::from(before), diagnoses));
        let reports = self.servers.read(&self.endpoint, snapshot.taken_at);
        let locks = EndpointLocks::new(&reports, &snapshot.sessions, snapshot.taken_at);
        let diagnoses = diagnose(
            past,
            DiagnosisInput::from(&snapshot).with_locks(Some(&locks)),
            &DiagnosisSettings::default(),
            &self.samples,
        );
        let sessions = snapshot.sessions.iter().enumerate();
        let found = sessions.map(|(index, session)| {
            let found = diagnoses.diagnosis(index).found.iter();
            let reasons = found.map(|finding| (finding.reason.name, finding.severity));
            (session.id.0, reasons.collect())
        });
        let found = found
            .filter(|(_, reasons): &(u64, FoundSession)| !reasons.is_empty())
            .collect();
        self.past = Some((snapshot, diagnoses));
        found
    }

    /// Samples the connections of every session.
    fn sample(&mut self, snapshot: &Snapshot) {
        for session in &snapshot.sessions {
            let body = self.get(&format!("/sessions/{}/connections", session.id));
            let mut decoder = Decoder::new(&mut self.interner, None, snapshot.taken_at);
            let connections = wire::draft::connections(&body, &mut decoder).unwrap();
            let before = self.samples.remove(&session.id);
            let sample = ConnectionSample::next(before, &connections, None, snapshot.taken_at);
            self.samples.insert(session.id, sample);
        }
    }

    /// Returns the sessions that wait for a lock.
    fn waiting(&self) -> Vec<u64> {
        let (snapshot, _) = self.past.as_ref().unwrap();
        let ids = snapshot.sessions.iter().map(|session| session.id.0);
        ids.filter(|id| self.plot(*id) == SessionTrouble::LockWait)
            .collect()
    }

    /// Returns the scripted trouble of a session.
    fn plot(&self, id: u64) -> SessionTrouble {
        self.endpoint.with_world(|world| {
            world
                .session(id)
                .map_or(SessionTrouble::Ordinary, |session| session.plot())
        })
    }
}

/// Returns the findings of each scripted trouble within half a minute, from lists and (draft) connection
/// samples.
fn planted(dialect: Dialect) -> Vec<(SessionTrouble, FoundSession)> {
    let found = |reasons: &[_]| reasons.iter().copied().collect();
    let (act, look) = (Severity::Act, Severity::Look);
    let mut planted = vec![
        (SessionTrouble::Leaked, found(&[("idle", act)])),
        (SessionTrouble::Closing, found(&[("closing", look)])),
    ];
    let pressed = ("back-pressure", act);
    if dialect == Dialect::Draft {
        planted.push((SessionTrouble::SlowReader, found(&[pressed, ("buffering", look)])));
    }
    if dialect == Dialect::JsonApi {
        planted.push((SessionTrouble::SlowReader, found(&[pressed])));
        let waits = ("query", look);
        planted.push((SessionTrouble::Hung, found(&[waits])));
        planted.push((SessionTrouble::NoBackend, found(&[waits, ("no-backend", look)])));
        planted.push((SessionTrouble::HalfOpen, found(&[("login", look)])));
    }
    planted
}

#[test]
fn every_trouble_is_found_within_three_polls_in_the_dialect_that_can_know_it() {
    for dialect in [Dialect::Draft, Dialect::JsonApi] {
        for sessions in [12, 200] {
            let mut watcher = Watcher::new(dialect, sessions);
            let found = [0, 16, 32].map(|second| watcher.poll(second))[2].clone();
            let plots: Vec<_> = found
                .iter()
                .map(|(id, reasons)| (watcher.plot(*id), reasons.clone()))
                .collect();
            for trouble in planted(dialect) {
                assert!(
                    plots.contains(&trouble),
                    "{dialect:?} {sessions}: {trouble:?} in {plots:?}"
                );
            }
            assert_eq!(plots.len(), planted(dialect).len(), "{dialect:?}: {plots:?}");
        }
    }
}

#[test]
fn one_list_shows_what_is_idle_and_what_hangs() {
    let mut watcher = Watcher::new(Dialect::JsonApi, 200);
    let found = watcher.poll(0);
    let plots: BTreeMap<_, _> = found
        .iter()
        .map(|(id, reasons)| (format!("{:?}", watcher.plot(*id)), reasons.clone()))
        .collect();
    let (leaked, hung) = (("idle", Severity::Act), ("query", Severity::Look));
    assert_eq!(plots["Leaked"], FoundSession::from([leaked]));
    assert_eq!(plots["Hung"], FoundSession::from([hung]));
    let pressed = ("back-pressure", Severity::Act);
    assert_eq!(plots["SlowReader"], FoundSession::from([pressed]));
    assert_eq!(plots.len(), 3);
}

#[test]
fn no_other_session_is_found_in_ten_minutes() {
    for dialect in [Dialect::Draft, Dialect::JsonApi] {
        let mut watcher = Watcher::new(dialect, 100);
        let mut seen: BTreeMap<String, FoundSession> = BTreeMap::new();
        for second in 0..=600 {
            for (id, reasons) in watcher.poll(second) {
                let plot = format!("{:?}", watcher.plot(id));
                seen.entry(plot).or_default().extend(reasons);
            }
        }
        let mut expected: BTreeMap<String, FoundSession> = planted(dialect)
            .into_iter()
            .map(|(plot, reasons)| (format!("{plot:?}"), reasons))
            .collect();
        // A statement that hangs this long is marked ▲ in the end.
        for plot in ["Hung", "NoBackend"] {
            if let Some(reasons) = expected.get_mut(plot) {
                reasons.insert(("query", Severity::Act));
            }
        }
        assert_eq!(seen, expected, "{dialect:?}");
    }
}

/// Returns the reasons of each scripted trouble, and the second in which the first session of it was found.
fn troubles(watcher: &mut Watcher, seconds: u64) -> BTreeMap<String, (FoundSession, u64)> {
    let mut seen: BTreeMap<String, (FoundSession, u64)> = BTreeMap::new();
    for second in 0..=seconds {
        for (id, reasons) in watcher.poll(second) {
            let plot = format!("{:?}", watcher.plot(id));
            let entry = seen.entry(plot).or_insert_with(|| (FoundSession::new(), second));
            entry.0.extend(reasons);
        }
    }
    seen
}

#[test]
fn without_statements_and_database_user_waiters_are_silent_and_healthy_sessions_are_not() {
    let mut watcher = Watcher::with_incidents(100, 0);
    let seen = troubles(&mut watcher, 600);
    let reasons = |plot: &str| seen[plot].0.clone();
    let silent = FoundSession::from([("silent", Severity::Look), ("silent", Severity::Act)]);
    // The `ALTER`, its readers and everyone who waits for a row.
    assert_eq!(reasons("LockWait"), silent);
    assert_eq!(reasons("Hung"), silent);
    let (_, found_at) = seen["LockWait"];
    assert!(
        found_at <= 30 + 3 + 10,
        "{found_at} s: limit, three polls, wear of the counter"
    );
    assert!(!seen.contains_key("Ordinary"), "{seen:?}");
    assert!(
        !seen.contains_key("OpenTransaction"),
        "it cannot be known: {seen:?}"
    );
}

#[test]
fn every_waiter_is_found_without_statements() {
    let mut watcher = Watcher::with_incidents(100, 0);
    let mut found_at: BTreeMap<u64, u64> = BTreeMap::new();
    for second in 0..=60 {
        for (id, reasons) in watcher.poll(second) {
            if reasons == FoundSession::from([("silent", Severity::Look)]) {
                found_at.entry(id).or_insert(second);
            }
        }
    }
    let waiting = watcher.waiting();
    assert!(waiting.len() >= 11, "{waiting:?}");
    for id in waiting {
        let second = found_at.get(&id).copied();
        // The limit, three polls, and the time that the counter needs to reach 0: it covers 30 s, and reads
        // age it.
        assert!(
            second.is_some_and(|second| second <= 30 + 3 + 30),
            "{id}: {found_at:?}"
        );
    }
}

#[test]
fn with_statements_the_open_transaction_is_found_and_its_waiters_are_queries() {
    let mut watcher = Watcher::with_incidents(100, 10);
    let seen = troubles(&mut watcher, 600);
    let of = |name| FoundSession::from([(name, Severity::Look), (name, Severity::Act)]);
    let open = FoundSession::from([("transaction", Severity::Look), ("transaction", Severity::Act)]);
    assert_eq!(seen["OpenTransaction"].0, open);
    assert_eq!(seen["OpenTransaction"].1, 0, "the first list shows it");
    assert_eq!(seen["LockWait"].0, of("query"));
    assert!(!seen.contains_key("Ordinary"), "{seen:?}");
}
