//! The world: the same seed and time give the same sessions, and the scenario is in it.

use std::time::Duration;

use maxtop::demo::{SimConnection, SimSessionAt, State, World, WorldSpec};

const NOW: i64 = 1_790_000_000;

fn spec(sessions: usize) -> WorldSpec {
    WorldSpec::new(sessions, 42, NOW)
}

fn at(spec: &WorldSpec, steps: &[u64]) -> World {
    let mut world = World::new(spec);
    for step in steps {
        world.advance(Duration::from_millis(*step));
    }
    world
}

fn picture(world: &World) -> Vec<String> {
    world
        .sessions()
        .map(|one| format!("{one:?} {:?}", backends(&one)))
        .collect()
}

fn backends(session: &SimSessionAt<'_>) -> Vec<SimConnection> {
    session.connections().collect()
}

#[test]
fn it_does_not_matter_how_often_one_looks() {
    let spec = spec(300);
    let steps: Vec<u64> = (0..=900).map(|step| step * 100).collect();
    let (once, often) = (at(&spec, &[90_000]), at(&spec, &steps));
    assert_eq!(picture(&once), picture(&often));
    assert_ne!(picture(&once), picture(&at(&spec, &[89_000])));
    let other = WorldSpec { seed: 43, ..spec };
    assert_ne!(picture(&once), picture(&at(&other, &[90_000])));
}

#[test]
fn the_fleet_keeps_its_size_and_changes_its_members() {
    let spec = WorldSpec {
        churn: Some(10.0),
        ..spec(1_000)
    };
    let mut world = World::new(&spec);
    let first: Vec<u64> = world.sessions().map(|one| one.id()).collect();
    assert_eq!(first.len(), 1_001, "and one is half open");
    for minute in 1..=10 {
        world.advance(Duration::from_secs(minute * 60));
        assert!(
            (850..1_150).contains(&world.len()),
            "{} at minute {minute}",
            world.len()
        );
    }
    let new = world.sessions().filter(|one| !first.contains(&one.id())).count();
    assert!(
        (300..700).contains(&new),
        "{new} came within ten minutes and are here"
    );
    assert!(world.total_sessions() > 6_000);
}

#[test]
fn without_churn_nobody_comes_or_goes() {
    let spec = WorldSpec {
        churn: Some(0.0),
        ..spec(500)
    };
    let ids = |world: &World| world.sessions().map(|one| one.id()).collect::<Vec<_>>();
    let mut later = at(&spec, &[3_600_000]);
    assert_eq!(ids(&World::new(&spec)), ids(&later));
    assert_eq!(ids(&later), (1..=501).collect::<Vec<_>>());
    for id in 1..=100 {
        assert!(later.kill(id));
    }
    later.advance(Duration::from_hours(2));
    assert_eq!(later.len(), 401, "and nobody comes back");
}

#[test]
fn the_oldest_have_the_lowest_ids() {
    let world = World::new(&spec(200));
    let connected: Vec<Duration> = world.sessions().map(|one| one.connected()).collect();
    assert!(connected.is_sorted());
    let ages: Vec<u64> = world.sessions().map(|one| one.age().as_secs()).collect();
    assert!(ages[0] > 86_400 && ages[ages.len() - 1] < 10);
}

#[test]
fn sizes_down_to_none() {
    for sessions in [0, 1, 2, 7, 8, 9, 40] {
        let spec = WorldSpec {
            half_open: false,
            ..spec(sessions)
        };
        assert_eq!(World::new(&spec).len(), sessions);
    }
}

#[test]
fn the_story_is_told_in_a_small_fleet() {
    let spec = WorldSpec {
        churn: Some(0.0),
        ..spec(12)
    };
    let world = at(&spec, &[5_000]);
    assert_eq!(world.len(), 13);
    let find = |wanted: &dyn Fn(&SimSessionAt<'_>) -> bool| {
        let found: Vec<u64> = world
            .sessions()
            .filter(|one| wanted(one))
            .map(|one| one.id())
            .collect();
        assert_eq!(found.len(), 1, "{found:?}");
        world.session(found[0]).unwrap()
    };
    let quiet = |one: &SimSessionAt<'_>| world.uptime().saturating_sub(one.last_activity());

    let leaked = find(&|one| quiet(one) > Duration::from_hours(4));
    assert_eq!(leaked.user(), Some("etl"));
    assert_eq!(
        backends(&leaked).iter().map(|one| one.server).collect::<Vec<_>>(),
        ["db-01"]
    );
    let mates = world.sessions().filter(|one| {
        one.user() == leaked.user() && one.address() == leaked.address() && one.id() != leaked.id()
    });
    let mates: Vec<_> = mates.collect();
    assert!(mates.len() >= 2 && mates.iter().all(|mate| quiet(mate) < Duration::from_mins(1)));

    let slow = find(&|one| one.client_write_queue() > 0);
    let held = backends(&slow);
    assert!(
        held.iter()
            .any(|one| one.high_water > one.low_water && one.write_queue > 0),
        "{held:?}"
    );

    let hung = find(&|one| {
        one.is_running()
            && one.io_activity() == 0
            && !backends(one).is_empty()
            && one.client_write_queue() == 0
    });
    let last = hung.statements(10).last().unwrap();
    assert_eq!(last.completed, None);
    assert_eq!(world.uptime().saturating_sub(last.received).as_secs(), 53);

    find(&|one| one.state() == State::Stopping);
    find(&|one| one.state() == State::HalfOpen);
    find(&|one| one.state() == State::Ready && one.is_running() && backends(one).is_empty());
}

#[test]
fn trouble_shows_between_two_looks() {
    let spec = WorldSpec {
        churn: Some(0.0),
        ..spec(12)
    };
    let (before, after) = (at(&spec, &[5_000]), at(&spec, &[65_000]));
    for (old, new) in before.sessions().zip(after.sessions()) {
        let (old_backends, new_backends) = (backends(&old), backends(&new));
        if old.client_write_queue() > 0 {
            let (old, new) = (old_backends.last().unwrap(), new_backends.last().unwrap());
            assert!(new.buffered_writes > old.buffered_writes + 100);
            assert!(new.high_water - new.low_water > old.high_water - old.low_water);
        } else if new.io_activity() == 0 && new.is_running() {
            assert_eq!(
                format!("{old_backends:?}"),
                format!("{new_backends:?}"),
                "nothing moves"
            );
        }
    }
}

#[test]
fn ordinary_sessions_are_healthy() {
    let world = at(&spec(400), &[120_000]);
    let sick = world.sessions().filter(|one| {
        let quiet = world.uptime().saturating_sub(one.last_request());
        let pressed = backends(one)
            .iter()
            .any(|one| one.high_water != one.low_water || one.write_queue > 0);
        pressed || quiet > Duration::from_hours(1) || (one.is_running() && quiet > Duration::from_secs(30))
    });
    let sick: Vec<_> = sick.map(|one| one.id()).collect();
    assert_eq!(
        sick.len(),
        4,
        "leaked, hung, pressed, without a backend: {sick:?}"
    );
}

#[test]
fn some_killed_clients_of_pools_come_back() {
    let mut world = at(&spec(1_000), &[1_000]);
    let pool: Vec<_> = world
        .sessions()
        .filter(|one| one.user() == Some("app_orders"))
        .map(|one| (one.id(), one.address(), one.port()))
        .collect();
    let first_new = world.total_sessions() + 1;
    assert!(pool.iter().all(|(id, ..)| world.kill(*id)));
    assert!(
        pool.iter().all(|(id, ..)| world.session(*id).is_none()),
        "gone at once"
    );
    world.advance(Duration::from_secs(4));
    let back: Vec<_> = world
        .sessions()
        .filter(|one| one.user() == Some("app_orders"))
        .collect();
    assert!(
        !back.is_empty() && back.len() < pool.len() / 2,
        "{} of {}",
        back.len(),
        pool.len()
    );
    for one in back {
        assert!(one.id() >= first_new);
        assert!(pool.iter().any(|(_, address, _)| *address == one.address()));
    }
}

#[test]
fn hostile_texts_only_when_asked_for() {
    let odd = |world: &World| {
        let users = world.sessions().filter_map(|one| one.user().map(str::to_owned));
        users
            .filter(|user| user.chars().any(char::is_control) || user.len() > 100 || !user.is_ascii())
            .count()
    };
    assert_eq!(odd(&World::new(&spec(60))), 0);
    assert!(
        odd(&World::new(&WorldSpec {
            hostile: true,
            ..spec(60)
        })) >= 6
    );
}
