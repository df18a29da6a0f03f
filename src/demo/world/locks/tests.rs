//! Tests of the incidents: waits, kills and what they free.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;

use crate::demo::world::incidents::DIRECT_THREAD;
use crate::demo::world::locks::Owner;
use crate::demo::world::{World, WorldSpec, WorldThread};

const PRIMARY: &str = "db-01";

fn world() -> World {
    let mut world = World::new(&WorldSpec {
        incidents: true,
        churn: Some(0.0),
        ..WorldSpec::new(40, 42, 1_790_000_000)
    });
    world.advance(Duration::from_secs(1));
    world
}

fn thread(world: &World, wanted: impl Fn(&WorldThread) -> bool) -> WorldThread {
    world
        .threads(PRIMARY)
        .into_iter()
        .find(|one| wanted(one))
        .unwrap()
}

/// Returns the thread of the first session whose running statement contains this text.
fn running(world: &World, text: &str) -> WorldThread {
    thread(world, |one| {
        one.info.as_deref().is_some_and(|info| info.contains(text))
    })
}

/// Returns the threads that each thread waits for.
fn waits(world: &World) -> BTreeMap<u64, Vec<u64>> {
    let mut waits = BTreeMap::<u64, Vec<u64>>::new();
    for pair in world.lock_waits(PRIMARY) {
        waits.entry(pair.waiter).or_default().push(pair.blocker);
    }
    waits
}

/// Returns the session that holds rows 1 and 4999, with its thread.
fn root(world: &World) -> (u64, u64) {
    let paying = running(world, "id = 4999").id;
    let blocker = waits(world)[&paying][0];
    let session = thread(world, |one| one.id == blocker).session.unwrap();
    (session, blocker)
}

#[test]
fn five_requests_and_a_chain_wait_for_the_first_transaction() {
    let world = world();
    let (session, blocker) = root(&world);
    let waits = waits(&world);
    let direct: Vec<_> = waits.iter().filter(|(_, by)| **by == [blocker]).collect();
    assert_eq!(direct.len(), 6, "five requests and the second transaction");
    let middle = running(&world, "'packed' WHERE id = 1").id;
    assert_eq!(waits[&running(&world, "'shipped'").id], [middle]);
    assert_eq!(waits[&running(&world, "UPDATE stock").id], [DIRECT_THREAD]);
    assert_eq!(waits.len(), 8);

    let holder = world.session(session).unwrap();
    assert!(!holder.is_running(), "is idle since its last statement");
    let idle = world.uptime().saturating_sub(holder.last_activity());
    assert_eq!(idle.as_secs(), 353);
    let last: Vec<_> = holder.statements(4).map(|statement| statement.text).collect();
    assert_eq!(last[0], "BEGIN");
    let transactions = world.transactions(PRIMARY);
    let own = transactions.iter().find(|one| one.thread_id == blocker).unwrap();
    assert_eq!(
        (own.age.as_secs(), own.rows_locked, own.rows_modified),
        (359, 4, 2)
    );
    assert_eq!(transactions.iter().filter(|one| one.waits.is_some()).count(), 8);
}

#[test]
fn a_waiting_session_is_idle_zero_without_io() {
    let mut world = world();
    world.advance(Duration::from_secs(31));
    let session = running(&world, "id = 4999").session.unwrap();
    let session = world.session(session).unwrap();
    assert!(session.is_running());
    assert_eq!(session.last_activity(), world.uptime());
    assert_eq!(session.io_activity(), 0);
}

#[test]
fn a_killed_holder_frees_all_its_waiters_at_once() {
    let mut world = world();
    let (session, blocker) = root(&world);
    let waiting: Vec<u64> = world
        .threads(PRIMARY)
        .iter()
        .filter(|one| {
            one.info
                .as_deref()
                .is_some_and(|info| info.contains("UPDATE orders"))
        })
        .filter_map(|one| one.session)
        .collect();
    assert!(world.kill(session));
    assert_eq!(
        waits(&world).len(),
        1,
        "only the one that waits for the direct client"
    );
    assert!(world.threads(PRIMARY).iter().all(|one| one.id != blocker));
    for id in waiting {
        let freed = world.session(id).unwrap();
        let last = freed.statements(1).last().unwrap();
        assert!(last.text.starts_with("UPDATE orders"), "{}", last.text);
        assert_eq!(last.completed, Some(world.uptime()));
    }
}

#[test]
fn the_statement_of_a_killed_waiter_continues_until_its_query_is_killed() {
    let mut world = world();
    let waiter = running(&world, "ALTER TABLE");
    let behind = running(&world, "LOCK IN SHARE MODE").session.unwrap();
    assert!(world.kill(waiter.session.unwrap()));
    let left = running(&world, "ALTER TABLE");
    assert_eq!(
        (left.id, left.query_id, left.session),
        (waiter.id, waiter.query_id, None)
    );
    assert!(
        world.session(behind).unwrap().is_running(),
        "the readers still wait"
    );

    assert!(!world.kill_query(PRIMARY, left.query_id + 1));
    assert!(!world.kill_query("db-02", left.query_id));
    assert!(world.kill_query(PRIMARY, left.query_id));
    assert!(!world.kill_query(PRIMARY, left.query_id), "no longer runs");
    assert!(!world.session(behind).unwrap().is_running());
}

#[test]
fn the_statement_of_a_killed_waiter_ends_when_it_gets_its_lock() {
    let mut world = world();
    let (session, _) = root(&world);
    let waiter = running(&world, "id = 4999");
    assert!(world.kill(waiter.session.unwrap()));
    world.advance(Duration::from_mins(5));
    assert!(world.threads(PRIMARY).iter().any(|one| one.id == waiter.id));
    assert!(world.kill(session));
    assert!(world.threads(PRIMARY).iter().all(|one| one.id != waiter.id));
}

#[test]
fn metadata_locks_show_what_the_alter_waits_for() {
    let world = world();
    let alter = running(&world, "ALTER TABLE");
    assert_eq!(alter.state, "Waiting for table metadata lock");
    let on: Vec<_> = world
        .metadata_locks(PRIMARY)
        .into_iter()
        .filter(|lock| lock.table == "customers")
        .map(|lock| (lock.mode, lock.thread_id == alter.id))
        .collect();
    assert_eq!(on, [("MDL_SHARED_READ", false), ("MDL_SHARED_UPGRADABLE", true)]);
}

#[test]
fn query_ids_grow_and_are_unique() {
    let mut world = world();
    let ids = |world: &World| -> Vec<u64> {
        let threads = world.threads(PRIMARY);
        let running = threads.iter().filter(|one| one.info.is_some());
        running.map(|one| one.query_id).collect()
    };
    let first = ids(&world);
    world.advance(Duration::from_mins(1));
    let later = ids(&world);
    let highest = first.iter().max().unwrap();
    for id in &later {
        assert!(first.contains(id) || id > highest, "{id}");
    }
    let unique: std::collections::BTreeSet<_> = later.iter().collect();
    assert_eq!(unique.len(), later.len());
}

#[test]
fn a_server_fails_and_returns_and_a_service_fills_up() {
    let mut world = world();
    let mut seen = Vec::new();
    for second in 2..200 {
        world.advance(Duration::from_secs(second));
        let down = world.trouble_of("db-03").is_some();
        if seen.last() != Some(&down) {
            seen.push(down);
        }
        assert_eq!(world.trouble_of("db-01"), None);
    }
    assert_eq!(seen, [false, true, false]);
    let limit = world.max_connections("Reporting");
    let now = world.sessions().filter(|one| one.service().name == "Reporting");
    assert_eq!(now.count(), limit);
}

#[test]
fn after_a_restart_no_statement_is_in_the_future() {
    let world = world().restarted();
    for session in world.sessions() {
        for statement in session.statements(10) {
            let ended = statement.completed.unwrap_or(statement.received);
            assert!(
                ended <= world.uptime() + Duration::from_micros(10),
                "{statement:?}"
            );
        }
    }
    assert_eq!(waits(&world).len(), 8);
}

#[test]
fn a_restarted_server_has_a_new_start_and_no_transactions() {
    let mut world = world();
    let before = world.last_server_change(PRIMARY);
    let waiter = running(&world, "id = 4999").session.unwrap();
    world.restart_server(PRIMARY);
    assert_ne!(world.last_server_change(PRIMARY), before);
    assert!(world.lock_waits(PRIMARY).is_empty() && world.metadata_locks(PRIMARY).is_empty());
    assert!(!world.session(waiter).unwrap().is_running());
}

#[test]
fn a_pooled_thread_belongs_to_the_session_that_has_it_now() {
    let mut world = world();
    let waiter = running(&world, "id = 4999");
    let other = world
        .sessions()
        .find(|one| one.user() == Some("app_orders") && one.connections().next().is_some());
    let other = other.unwrap().id();
    assert!(world.hand_over(waiter.session.unwrap(), other));
    let now = thread(&world, |one| one.id == waiter.id);
    assert_eq!(now.session, Some(other));
    assert_ne!(now.query_id, waiter.query_id);
    assert!(!world.hand_over(other, other) && !world.hand_over(waiter.session.unwrap(), other));
}

/// A change from outside.
#[derive(Debug, Clone)]
enum Step {
    Wait(u64),
    KillSession(prop::sample::Index),
    KillQuery(prop::sample::Index),
    Rename(prop::sample::Index),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (1..120_u64).prop_map(Step::Wait),
        any::<prop::sample::Index>().prop_map(Step::KillSession),
        any::<prop::sample::Index>().prop_map(Step::KillQuery),
        any::<prop::sample::Index>().prop_map(Step::Rename),
    ]
}

fn apply(world: &mut World, step: &Step) {
    let ids: Vec<u64> = world.sessions().map(|one| one.id()).collect();
    match step {
        Step::Wait(seconds) => {
            let until = world.world_time() + Duration::from_secs(*seconds);
            world.advance(until);
        }
        Step::KillSession(index) => assert!(world.kill(*index.get(&ids))),
        Step::Rename(index) => assert!(world.impersonate(*index.get(&ids), "other")),
        Step::KillQuery(index) => {
            let threads = world.threads(PRIMARY);
            let running: Vec<_> = threads.iter().filter(|one| one.info.is_some()).collect();
            if let Some(thread) = running.get(index.index(running.len().max(1))) {
                assert!(world.kill_query(PRIMARY, thread.query_id));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// After any sequence of kills, a transaction that waits has a blocker and a thread that runs its statement, and a
    /// transaction that does not wait has its session.
    #[test]
    fn every_waiter_has_a_blocker_and_a_thread(steps in prop::collection::vec(step(), 1..20)) {
        let mut world = world();
        for step in steps {
            apply(&mut world, &step);
            let threads = world.threads(PRIMARY);
            for (place, party) in world.locks.parties.iter().enumerate() {
                let thread = threads.iter().find(|one| one.id == party.thread_id);
                if party.waits.is_some() {
                    prop_assert!(world.locks.blockers(place).next().is_some());
                    prop_assert!(thread.is_some_and(|one| one.info.is_some()));
                }
                if let Owner::Session(id) = party.owner {
                    prop_assert_eq!(thread.and_then(|one| one.session), Some(id));
                }
            }
            let unique: std::collections::BTreeSet<_> = threads.iter().map(|one| one.id).collect();
            prop_assert_eq!(unique.len(), threads.len());
        }
    }
}
