//! Work that grows with the number of sessions, each next to its baseline.
//!
//! `decode` compares decoding of 100,000 draft sessions with a bare typed parse of the same bytes. The others
//! are the steps from a reply to a frame.
#![allow(clippy::unwrap_used, reason = "a benchmark may panic")]

use std::borrow::Cow;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use maxtop::app::build_view::{TableView, ViewQuery, ViewRequest, build_view};
use maxtop::app::endpoint::EndpointState;
use maxtop::app::groups::groupings::GroupingId;
use maxtop::app::groups::{GroupSpec, collect};
use maxtop::app::msg::Msg;
use maxtop::app::{App, AppSettings};
use maxtop::diagnosis::{DiagnosisInput, DiagnosisSettings, Samples, Severity, diagnose};
use maxtop::filter::Filter;
use maxtop::model::{
    Dialect, EndpointId, ListDiff, ListStats, RowReads, Session, SessionPhase, Snapshot, Span, Text,
    TextLimit,
};
use maxtop::ui::view;
use maxtop::wire::{self, Decoder, Interner, PreviousList};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use serde::{Deserialize, Serialize};

const MANY: usize = 100_000;

/// The seven fields of the draft, parsed without any further work.
#[derive(Deserialize, Serialize)]
struct Bare<'a> {
    id: u64,
    #[serde(borrow)]
    state: Cow<'a, str>,
    #[serde(borrow)]
    user: Cow<'a, str>,
    #[serde(borrow)]
    address: Cow<'a, str>,
    #[serde(borrow)]
    service: Cow<'a, str>,
    #[serde(borrow)]
    connected: Cow<'a, str>,
    idle: u64,
}

/// Returns a list with the shape of the simulated fleet.
fn body() -> Vec<u8> {
    let users = ["web", "app_orders", "etl", "report"];
    let rows: Vec<_> = (0..MANY)
        .zip(users.iter().cycle())
        .map(|(id, user)| (id as u64, user))
        .map(|(id, user)| Bare {
            id: id + 1,
            state: "Session ready for routing".into(),
            user: (*user).into(),
            address: format!("10.0.{}.{}", id % 7, id % 250).into(),
            service: "/services/RW-Split".into(),
            connected: format!("Mon Nov 23 {:02}:{:02}:{:02} 2026", id % 16, id % 60, id / 7 % 60).into(),
            idle: id % 4000,
        })
        .collect();
    serde_json::to_vec(&rows).unwrap()
}

fn snapshot(body: &[u8], interner: &mut Interner) -> Snapshot {
    snapshot_after(&[], body, interner)
}

/// Decodes a list after the sessions of the previous one.
fn snapshot_after(previous: &[Session], body: &[u8], interner: &mut Interner) -> Snapshot {
    let zone = TimeZone::UTC;
    let decoder = Decoder::new(interner, Some(&zone), Timestamp::UNIX_EPOCH);
    let mut decoder = decoder.after(PreviousList::new(previous));
    let rows = wire::list(Dialect::Draft, body, &mut decoder).unwrap();
    Snapshot {
        change: ListDiff::default(),
        stats: ListStats::default(),
        rows: RowReads::default(),
        endpoint: EndpointId(0),
        dialect: Dialect::Draft,
        instance: None,
        number: 1,
        asked_at: maxtop::model::Now::default(),
        taken_at: Timestamp::UNIX_EPOCH,
        cost: Duration::from_millis(14),
        decode_time: Duration::ZERO,
        least_interval: Duration::ZERO,
        bytes: body.len(),
        sessions: rows.sessions,
        blanked: 0,
        dropped: 0,
    }
}

fn decode(c: &mut Criterion) {
    let body = body();
    let mut group = c.benchmark_group("decode 100,000 draft sessions");
    group.sample_size(10);
    group.bench_function("baseline: bare typed serde_json", |b| {
        b.iter(|| {
            serde_json::from_slice::<Vec<Bare<'_>>>(black_box(&body))
                .unwrap()
                .len()
        });
    });
    group.bench_function("maxtop: the first list", |b| {
        b.iter(|| {
            snapshot(black_box(&body), &mut Interner::default())
                .sessions
                .len()
        });
    });
    let mut interner = Interner::default();
    let previous = snapshot(&body, &mut interner).sessions;
    group.bench_function("maxtop: the next list", |b| {
        b.iter(|| {
            snapshot_after(&previous, black_box(&body), &mut interner)
                .sessions
                .len()
        });
    });
    group.finish();
}

fn order(c: &mut Criterion) {
    let body = body();
    let list = Arc::new(snapshot(&body, &mut Interner::default()));
    let job = |spec, previous| ViewRequest {
        samples: Vec::new(),
        reports: Vec::new(),
        previous,
        snapshots: vec![Arc::clone(&list)],
        spec,
    };
    let before = Arc::new(build_view(job(ViewQuery::default(), None)));
    let mut group = c.benchmark_group("arrange 100,000 sessions");
    group.sample_size(10);
    group.bench_function("by what is stuck", |b| {
        b.iter(|| build_view(job(ViewQuery::default(), None)).len());
    });
    group.bench_function("held", |b| {
        b.iter(|| {
            build_view(job(
                ViewQuery {
                    hold: true,
                    ..ViewQuery::default()
                },
                Some(Arc::clone(&before)),
            ))
            .len()
        });
    });
    group.bench_function("filtered", |b| {
        b.iter(|| {
            build_view(job(
                ViewQuery {
                    filter: Filter::parse("orders").unwrap(),
                    ..ViewQuery::default()
                },
                None,
            ))
            .len()
        });
    });
    group.finish();
}

/// The baseline reads the field of every session.
fn groups(c: &mut Criterion) {
    let list = Arc::new(snapshot(&body(), &mut Interner::default()));
    let arranged = |spec: ViewQuery| {
        build_view(ViewRequest {
            samples: Vec::new(),
            reports: Vec::new(),
            previous: None,
            snapshots: vec![Arc::clone(&list)],
            spec,
        })
    };
    let rows = arranged(ViewQuery::default());
    let mut group = c.benchmark_group("group 100,000 sessions");
    group.sample_size(20);
    group.bench_function("baseline: the names of their users added up", |b| {
        let length = |session: &Session| session.user.as_ref().map_or(0, |user| user.as_str().len());
        b.iter(|| black_box(&list.sessions).iter().map(length).sum::<usize>());
    });
    for by in GroupingId::all() {
        let spec = GroupSpec {
            by,
            ..GroupSpec::default()
        };
        group.bench_function(by.grouping().name, |b| {
            b.iter(|| collect::group(black_box(&rows), &spec, None).len());
        });
    }
    let mut alone = snapshot(&body(), &mut Interner::default());
    for session in &mut alone.sessions {
        session.user = Some(Text::clean(&format!("user {}", session.id), TextLimit::Name));
    }
    let rows = build_view(ViewRequest {
        samples: Vec::new(),
        reports: Vec::new(),
        previous: None,
        snapshots: vec![Arc::new(alone)],
        spec: ViewQuery::default(),
    });
    group.bench_function("user, each another", |b| {
        b.iter(|| collect::group(black_box(&rows), &GroupSpec::default(), None).len());
    });
    group.finish();
}

/// The baseline reads both fields of every session.
fn filter(c: &mut Criterion) {
    let list = snapshot(&body(), &mut Interner::default());
    let mut group = c.benchmark_group("filter 100,000 sessions");
    group.sample_size(20);
    group.bench_function("baseline: compared by hand", |b| {
        let five_minutes = Span::from_secs(300);
        b.iter(|| {
            let is_meant = |session: &&Session| {
                let user = session.user.as_ref().map(Text::as_str);
                user.is_some_and(|user| user.starts_with("app")) && session.idle > Some(five_minutes)
            };
            black_box(&list.sessions).iter().filter(is_meant).count()
        });
    });
    for text in [
        "user=app* and idle>5m",
        "service~'^Rep' or user~etl$",
        "not state=ready",
        "orders",
    ] {
        let filter = Filter::parse(text).unwrap();
        group.bench_function(text, |b| {
            b.iter(|| {
                let sessions = black_box(&list.sessions).iter();
                sessions.filter(|session| filter.matches(session)).count()
            });
        });
    }
    group.finish();
}

/// Compares every idle session with its pool, the most expensive rule on list data.
fn reasons(c: &mut Criterion) {
    let list = snapshot(&body(), &mut Interner::default());
    let limits = DiagnosisSettings::default();
    let look = DiagnosisInput::from(&list);
    let before = diagnose(None, look, &limits, &Samples::new());
    let mut group = c.benchmark_group("diagnose 100,000 sessions");
    group.sample_size(20);
    group.bench_function("baseline: states read", |b| {
        let is_stopping = |session: &&Session| session.phase() == Some(SessionPhase::Stopping);
        b.iter(|| black_box(&list.sessions).iter().filter(is_stopping).count());
    });
    group.bench_function("the first list", |b| {
        b.iter(|| diagnose(None, look, &limits, &Samples::new()).count(Severity::Look));
    });
    group.bench_function("the next list", |b| {
        b.iter(|| diagnose(Some((look, &before)), look, &limits, &Samples::new()).count(Severity::Look));
    });
    group.finish();
}

fn frame(c: &mut Criterion) {
    let list = Arc::new(snapshot(&body(), &mut Interner::default()));
    let generation: Arc<TableView> = Arc::new(build_view(ViewRequest {
        samples: Vec::new(),
        reports: Vec::new(),
        previous: None,
        snapshots: vec![Arc::clone(&list)],
        spec: ViewQuery::default(),
    }));
    let endpoint = EndpointState::new("127.0.0.1:8989".to_owned(), false, Vec::new());
    let mut app = App::new(AppSettings::default(), vec![endpoint], (80, 24));
    app.update(Msg::Listed(list));
    app.update(Msg::Arranged(generation));
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
    c.bench_function("draw 80x24 of 100,000 sessions", |b| {
        b.iter(|| terminal.draw(|frame| _ = view(&app, frame)).unwrap().count);
    });
}

criterion_group!(hot_paths, decode, order, groups, filter, reasons, frame);
criterion_main!(hot_paths);
