//! Every fact is read as it was written.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::model::{RunningStatement, WriteQueue};

/// A change of a list.
#[derive(Clone, Debug)]
enum Change {
    Add(u64, u64),
    End(u64),
    Idle(u64, u64),
    Forget(u64),
    User(u64, String),
    Statement(u64, Option<String>),
    Queue(u64, u64),
    NoExtra(u64),
    Connected(u64, Option<i64>),
    Process(u8),
    Rows,
}

fn change() -> impl Strategy<Value = Change> {
    let id = 0_u64..12;
    prop_oneof![
        4 => (id.clone(), 0_u64..100).prop_map(|(id, idle)| Change::Add(id, idle)),
        2 => id.clone().prop_map(Change::End),
        3 => (id.clone(), 0_u64..60_000_000_000).prop_map(|(id, idle)| Change::Idle(id, idle)),
        1 => id.clone().prop_map(Change::Forget),
        1 => (id.clone(), ".{0,300}").prop_map(|(id, user)| Change::User(id, user)),
        1 => (id.clone(), prop::option::of(".{0,20}")).prop_map(|(id, sql)| Change::Statement(id, sql)),
        1 => (id.clone(), any::<u64>()).prop_map(|(id, bytes)| Change::Queue(id, bytes)),
        1 => id.clone().prop_map(Change::NoExtra),
        1 => (id.clone(), prop::option::of(any::<i64>())).prop_map(|(id, at)| Change::Connected(id, at)),
        1 => (0_u8..2).prop_map(Change::Process),
        1 => Just(Change::Rows),
    ]
}

/// The sessions, as they change.
#[derive(Default)]
struct World {
    sessions: BTreeMap<u64, Session>,
    process: u8,
    rows: u32,
}

impl World {
    fn apply(&mut self, change: Change) {
        let mut edit = |id: u64, edit: &mut dyn FnMut(&mut Session)| {
            if let Some(session) = self.sessions.get_mut(&id) {
                edit(session);
            }
        };
        match change {
            Change::Add(id, idle) => drop(self.sessions.insert(id, session(id, idle))),
            Change::End(id) => drop(self.sessions.remove(&id)),
            Change::Idle(id, idle) => edit(id, &mut |session| session.idle = span(idle)),
            Change::Forget(id) => edit(id, &mut |session| {
                (session.idle, session.age, session.state) = (None, None, Some(text("stopping")));
            }),
            Change::User(id, user) => edit(id, &mut |session| session.user = Some(text(&user))),
            Change::Statement(id, sql) => edit(id, &mut |session| {
                let extra = Arc::make_mut(session.extra.get_or_insert_default());
                extra.running = sql.as_ref().map(|sql| RunningStatement {
                    sql: Some(Text::clean(sql, TextLimit::Sql)),
                    received: text("2026-11-23T10:00:00.000"),
                });
                extra.in_transaction = Some(sql.is_some());
            }),
            Change::Queue(id, bytes) => edit(id, &mut |session| {
                let extra = Arc::make_mut(session.extra.get_or_insert_default());
                extra.write_queue = Some(WriteQueue { server: None, bytes });
                extra.backends = None;
            }),
            Change::NoExtra(id) => edit(id, &mut |session| session.extra = None),
            Change::Connected(id, at) => edit(id, &mut |session| {
                let sent = text("Tue");
                session.connected = at.map(|at| Arc::new(Connected { sent, at: Some(at) }));
            }),
            Change::Process(process) => self.process = process,
            Change::Rows => self.rows += 1,
        }
    }

    /// Lets a second pass: most durations grow by it, others by a little more.
    fn advance(&mut self) {
        for session in self.sessions.values_mut() {
            let more = 10 + session.id.0 % 3 / 2;
            for duration in [&mut session.idle, &mut session.age] {
                *duration = duration.and_then(|known| span(u64::from(known) + more));
            }
        }
    }
}

/// Returns a list after each group of changes.
fn facts_of(groups: Vec<Vec<Change>>) -> Vec<Fact> {
    let mut world = World::default();
    let mut facts: Vec<Fact> = Vec::new();
    for (index, group) in groups.into_iter().enumerate() {
        let millis = 9_000 * index as u64;
        world.advance();
        world.rows = 0;
        for change in group {
            world.apply(change);
        }
        let sessions = world.sessions.values().cloned().collect();
        let process = format!("start {}", world.process);
        let mut list = snapshot(millis, index as u64 + 1, &process, sessions);
        facts.push(fact(millis, FactKind::Listed(Arc::clone(&list))));
        for row in 0..world.rows {
            let known = Arc::make_mut(&mut list);
            known.rows.revision = row + 1;
            let first = known.sessions.first_mut();
            if let Some(session) = first {
                session.idle = span(u64::from(row));
                known.rows.read_at.insert(session.id, now(millis + 1).wall);
            }
            facts.push(fact(millis + 1, FactKind::RowsRead(Arc::clone(&list))));
        }
    }
    facts
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn lists_with_any_changes_are_read_as_they_were_written(
        groups in prop::collection::vec(prop::collection::vec(change(), 0..8), 1..12),
    ) {
        let facts = facts_of(groups);
        let found = read(open(&recorded(&facts)).facts());
        prop_assert_eq!(shown(&found), shown(&facts));
        for (found, wanted) in found.iter().zip(&facts) {
            let (FactKind::Listed(found) | FactKind::RowsRead(found), FactKind::Listed(wanted) | FactKind::RowsRead(wanted))
                = (&found.kind, &wanted.kind) else { panic!("{found:?}") };
            prop_assert_eq!(&found.sessions, &wanted.sessions);
        }
    }
}

#[test]
fn unchanged_fields_and_texts_are_shared() {
    let found = read(open(&recorded(&lists(3))).facts());
    let of = |fact: &Fact| match &fact.kind {
        FactKind::Listed(list) => list.sessions[0].clone(),
        kind => panic!("{kind:?}"),
    };
    let (one, two) = (of(&found[0]), of(&found[1]));
    assert!(Arc::ptr_eq(
        one.extra.as_ref().unwrap(),
        two.extra.as_ref().unwrap()
    ));
    assert!(Arc::ptr_eq(
        one.connected.as_ref().unwrap(),
        two.connected.as_ref().unwrap()
    ));
    assert!(one.user.unwrap().owners() > 9);
}
