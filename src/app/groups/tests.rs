//! Groups contain exactly the sessions that their filters match.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::app::build_view::{TableView, ViewQuery, ViewRequest, build_view};
use crate::diagnosis::Severity;
use crate::filter::Filter;
use crate::model::{
    Dialect, EndpointId, JsonApiFields, ListDiff, ListStats, ServerConnection, Session, SessionId, Snapshot,
    Span, Text, TextLimit,
};

/// Names with a meaning in filters, some that are shown alike, and some that are long.
fn name() -> impl Strategy<Value = Text> {
    let known = [
        "",
        "web",
        "app orders",
        "app*",
        "app?",
        "*",
        "o'neil",
        "a\"b",
        "'\"",
        "\\",
        "\\'",
        "a\u{202e}b",
        "a\\u{202e}b",
        "and",
        "(unknown)",
        "known(user)",
        "日本",
        "^a$",
        "[a]",
        "a\nb",
    ];
    prop_oneof![
        4 => select(known.to_vec()).prop_map(str::to_owned),
        1 => "[ab*?'\"\\\\ ()~=]{0,6}",
        1 => any::<String>().prop_map(|text| text.chars().take(40).collect()),
    ]
    .prop_map(|raw| Text::clean(&raw, TextLimit::Name))
}

/// States as servers send them, and other texts.
fn state() -> impl Strategy<Value = Text> {
    let known = [
        "Session ready for routing",
        "SESSION STARTED",
        "Stopping session",
        "ready",
        "stopping",
        "",
        "other",
        "Session*",
    ];
    select(known.to_vec()).prop_map(|raw| Text::clean(raw, TextLimit::Name))
}

fn extra() -> impl Strategy<Value = JsonApiFields> {
    let backends = vec(name(), 0..4);
    (backends, option::of(name()), option::of(0..9_u64)).prop_map(|(servers, program, memory)| {
        JsonApiFields {
            backends: Some(
                servers
                    .into_iter()
                    .map(|server| ServerConnection {
                        server,
                        thread_id: None,
                    })
                    .collect(),
            ),
            program,
            memory,
            ..JsonApiFields::default()
        }
    })
}

fn session() -> impl Strategy<Value = Session> {
    let names = (
        option::of(name()),
        option::of(name()),
        option::of(name()),
        option::of(state()),
    );
    let idle = option::of(select(&[0_i64, 5, 4000, 90_000][..]));
    (names, idle, option::of(extra())).prop_map(|((user, address, service, state), idle, extra)| Session {
        user,
        address,
        service,
        state,
        idle: idle.map(Span::from_secs),
        extra: extra.map(Arc::new),
        ..Session::bare(SessionId(0))
    })
}

fn list(mut sessions: Vec<Session>, dialect: Dialect) -> Arc<Snapshot> {
    for (session, id) in sessions.iter_mut().zip(1..) {
        session.id = SessionId(id);
    }
    Arc::new(Snapshot {
        endpoint: EndpointId(0),
        dialect,
        instance: None,
        number: 1,
        asked_at: crate::model::Now::default(),
        taken_at: Timestamp::UNIX_EPOCH,
        cost: Duration::ZERO,
        decode_time: Duration::ZERO,
        least_interval: Duration::ZERO,
        bytes: 0,
        blanked: 0,
        dropped: 0,
        change: ListDiff::default(),
        stats: ListStats::of(&sessions),
        rows: crate::model::RowReads::default(),
        sessions,
    })
}

fn arranged(list: &Arc<Snapshot>, filter: &Filter, group: Option<GroupSpec>) -> TableView {
    build_view(ViewRequest {
        samples: Vec::new(),
        reports: Vec::new(),
        previous: None,
        snapshots: vec![Arc::clone(list)],
        spec: ViewQuery {
            filter: filter.clone(),
            endpoints: vec!["proxy 1".into()],
            group,
            ..ViewQuery::default()
        },
    })
}

fn by(by: GroupingId) -> GroupSpec {
    GroupSpec {
        by,
        ..GroupSpec::default()
    }
}

fn fleet() -> impl Strategy<Value = (Arc<Snapshot>, Filter)> {
    let filters = [
        "",
        "idle>1s",
        "known(user) or known(service)",
        "user=*a* or not known(server)",
    ];
    let dialects = [Dialect::Draft, Dialect::JsonApi];
    (
        vec(session(), 0..25),
        select(filters.to_vec()),
        select(dialects.to_vec()),
    )
        .prop_map(|(sessions, filter, dialect)| (list(sessions, dialect), Filter::parse(filter).unwrap()))
}

proptest! {
    #[test]
    fn every_session_that_matches_is_counted_where_it_belongs((list, filter) in fleet()) {
        let matching = arranged(&list, &filter, None);
        for id in GroupingId::all() {
            let view = arranged(&list, &filter, Some(by(id)));
            let groups = view.groups.as_ref().unwrap();
            let sum: u64 = groups.window(0, usize::MAX).map(|group| group.sessions).sum();
            prop_assert_eq!(groups.sessions, matching.len());
            let is_single = !["server", "reason"].contains(&id.grouping().name);
            if is_single {
                prop_assert_eq!((sum, groups.several), (matching.len() as u64, 0));
            }
            prop_assert!(sum >= matching.len() as u64);
            prop_assert_eq!(sum > matching.len() as u64, groups.several > 0);
        }
    }

    #[test]
    fn the_filter_of_a_group_finds_exactly_its_sessions((list, filter) in fleet()) {
        for id in GroupingId::all() {
            let view = arranged(&list, &filter, Some(by(id)));
            let groups = view.groups.as_ref().unwrap();
            for group in groups.window(0, usize::MAX) {
                let made = filter.narrowed(id.grouping().field().unwrap(), group.key.raw()).unwrap();
                let found = arranged(&list, &made, None);
                let mut found: Vec<_> = found.window(0, usize::MAX).map(|row| row.session.id).collect();
                found.sort_unstable();
                let rows = view.window(0, usize::MAX);
                let own = rows.filter(|row| groups.contains_row(&group.key, row)).map(|row| row.session.id);
                prop_assert_eq!(&found, &own.collect::<Vec<_>>(), "{} {}", id.grouping().name, made.text());
                prop_assert_eq!(found.len() as u64, group.sessions);
                prop_assert_eq!(&Filter::parse(made.text()).unwrap(), &made);
            }
        }
    }

    #[test]
    fn groups_stand_once_worst_first_and_where_they_are_looked_for((list, filter) in fleet()) {
        for id in GroupingId::all() {
            let view = arranged(&list, &filter, Some(by(id)));
            let groups = view.groups.as_ref().unwrap();
            let all: Vec<_> = groups.window(0, usize::MAX).collect();
            for (place, group) in all.iter().enumerate() {
                prop_assert_eq!(groups.position(&group.key), Some(place));
            }
            for pair in all.windows(2) {
                let rank = |group: &Group| (group.act, group.look, group.sessions);
                prop_assert!(rank(pair[0]) >= rank(pair[1]));
            }
            let acting = all.iter().filter(|group| group.severity() == Some(Severity::Act));
            prop_assert!(acting.zip(&all).all(|(acting, first)| acting.key == first.key));
        }
    }
}

fn of_users(users: &[&str]) -> Arc<Snapshot> {
    let sessions = users.iter().map(|user| Session {
        user: Some(Text::clean(user, TextLimit::Name)),
        ..Session::bare(SessionId(0))
    });
    list(sessions.collect(), Dialect::Draft)
}

fn names(view: &TableView) -> Vec<&str> {
    let groups = view.groups.as_ref().unwrap();
    groups.window(0, usize::MAX).map(Group::name).collect()
}

#[test]
fn under_a_held_order_groups_stand_where_they_stood_and_new_ones_at_the_end() {
    let first = Arc::new(arranged(
        &of_users(&["a", "b", "b"]),
        &Filter::default(),
        Some(by(GroupingId::default())),
    ));
    assert_eq!(names(&first), ["b", "a"]);
    let next = |hold| {
        build_view(ViewRequest {
            samples: Vec::new(),
            reports: Vec::new(),
            previous: Some(Arc::clone(&first)),
            snapshots: vec![of_users(&["a", "a", "a", "b", "c", "c", "c", "c"])],
            spec: ViewQuery {
                group: Some(by(GroupingId::default())),
                hold,
                ..ViewQuery::default()
            },
        })
    };
    assert_eq!(names(&next(true)), ["b", "a", "c"]);
    assert_eq!(names(&next(false)), ["c", "a", "b"]);
}

#[test]
fn the_group_under_the_cursor_outlives_its_sessions() {
    let first = Arc::new(arranged(
        &of_users(&["a", "b", "b"]),
        &Filter::default(),
        Some(by(GroupingId::default())),
    ));
    let cursor = first
        .groups
        .as_ref()
        .unwrap()
        .get(0)
        .map(|group| group.key.clone());
    let next = |filter: &str| {
        build_view(ViewRequest {
            samples: Vec::new(),
            reports: Vec::new(),
            previous: Some(Arc::clone(&first)),
            snapshots: vec![of_users(&["a"])],
            spec: ViewQuery {
                filter: Filter::parse(filter).unwrap(),
                group: Some(GroupSpec {
                    cursor: cursor.clone(),
                    ..GroupSpec::default()
                }),
                ..ViewQuery::default()
            },
        })
    };
    let view = next("");
    assert_eq!(names(&view), ["b", "a"]);
    let groups = view.groups.as_ref().unwrap();
    assert_eq!((groups.live(), groups.len(), groups.sessions), (1, 2, 1));
    assert_eq!(
        names(&next("user=a")),
        ["a"],
        "one that is filtered away is not kept"
    );
}

#[test]
fn what_nobody_tells_is_blank_and_not_nothing() {
    let view = arranged(
        &of_users(&["a"]),
        &Filter::default(),
        Some(by(GroupingId::default())),
    );
    let groups = view.groups.as_ref().unwrap();
    let group = groups.get(0).unwrap();
    assert_eq!((group.idle, group.memory), (None, None));
    let cells = GROUP_COLUMNS
        .iter()
        .map(|column| (column.cell)(group).unwrap_or_default());
    assert_eq!(cells.collect::<Vec<_>>(), ["a", "1", "", "", "", "", "", "", ""]);
}
