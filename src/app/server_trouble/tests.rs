//! Trouble of servers and services from reply to reply.

use super::*;
use crate::model::{MonitorReport, Replication, TextLimit};

fn text(raw: &str) -> Text {
    Text::clean(raw, TextLimit::Name)
}

fn server(name: &str, state: &str) -> ServerState {
    ServerState {
        name: text(name),
        state: Some(text(state)),
        replication_lag: None,
        status: None,
        address: None,
        port: None,
        connections: None,
        monitor: MonitorReport::default(),
    }
}

fn lagging(name: &str, seconds: i64) -> ServerState {
    ServerState {
        replication_lag: Some(seconds),
        ..server(name, "Slave, Running")
    }
}

/// Returns a server whose last event was this number of seconds after 1970.
fn after_event(server: ServerState, event: &str, second: i64) -> ServerState {
    let last_event = Some(MonitorEvent {
        name: text(event),
        at: Timestamp::from_second(second).unwrap(),
    });
    ServerState {
        monitor: MonitorReport {
            last_event,
            ..server.monitor
        },
        ..server
    }
}

fn replicating(server: ServerState, replication: Replication) -> ServerState {
    ServerState {
        monitor: MonitorReport {
            replication: Some(replication),
            ..server.monitor
        },
        ..server
    }
}

#[derive(Default)]
struct Stage(ServerTroubles);

/// The proxy's clock is this number of seconds ahead of the time since the program began.
const PROXY_BEGAN: i64 = 100_000;

impl Stage {
    fn servers(&mut self, second: u64, states: &[ServerState]) -> &mut Self {
        let servers = Servers {
            states: states.to_vec(),
            taken_at: Timestamp::UNIX_EPOCH,
            blanked: 0,
            dropped: 0,
        };
        let proxy_second = PROXY_BEGAN + i64::try_from(second).unwrap();
        self.0.on_servers(ServersReply {
            servers: &servers,
            proxy_now: Timestamp::from_second(proxy_second).ok(),
            now: Duration::from_secs(second),
        });
        self
    }

    fn services(&mut self, router: &str, load: Option<(u64, u64)>) -> &mut Self {
        self.0.on_services(&Services {
            states: vec![ServiceState {
                name: text("RW"),
                state: None,
                router: Some(text(router)),
                connections: load.map(|load| load.0),
                total_connections: None,
                most_connections: None,
                max_connections: load.map(|load| load.1),
                retained_statements: None,
            }],
            taken_at: Timestamp::UNIX_EPOCH,
            blanked: 0,
            dropped: 0,
        });
        self
    }

    fn words(&self, second: u64) -> Vec<String> {
        let now = Duration::from_secs(second);
        let line = |trouble: ServerTrouble| {
            let name = trouble.name.as_ref().map(|name| format!("{} ", name.as_str()));
            format!("{}{}", name.unwrap_or_default(), trouble.words(now))
        };
        self.0.all().into_iter().map(line).collect()
    }
}

#[test]
fn trouble_has_the_time_since_it_began_and_the_worst_is_first() {
    let (primary, lag) = (server("a", "Master, Running"), lagging("b", 720));
    let mut stage = Stage::default();
    stage.servers(0, &[primary.clone(), lagging("b", 0)]);
    assert_eq!(stage.words(0), [""; 0]);
    stage.servers(10, &[primary, lag.clone()]);
    assert_eq!(stage.words(12), ["b lag 12m"]);
    stage.servers(20, &[server("a", "Down"), lag]);
    assert_eq!(stage.words(60), ["a DOWN 40s", "no primary 40s", "b lag 12m"]);
    stage.servers(30, &[server("a", "Down"), server("b", "Master, Running")]);
    assert_eq!(stage.words(61), ["a DOWN 41s"], "another primary");
    stage.servers(
        40,
        &[server("a", "Slave, Running"), server("b", "Master, Running")],
    );
    assert_eq!(stage.words(61), [""; 0]);
}

#[test]
fn trouble_that_may_be_older_than_the_first_reply_says_so() {
    let mut stage = Stage::default();
    stage.servers(0, &[server("a", "Down")]);
    assert_eq!(stage.words(0), ["a DOWN"]);
    stage.servers(10, &[server("a", "Down")]);
    assert_eq!(
        stage.words(40),
        ["a DOWN over 40s"],
        "and no service needs a primary"
    );
}

#[test]
fn the_event_of_the_monitor_gives_the_time_of_older_trouble() {
    let down = after_event(server("a", "Down"), "slave_down", PROXY_BEGAN - 3 * 3_600);
    let mut stage = Stage::default();
    stage.servers(0, std::slice::from_ref(&down));
    assert_eq!(stage.words(1), ["a DOWN 3h 0m"]);
    // Down again, between two replies.
    let again = after_event(server("a", "Down"), "slave_down", PROXY_BEGAN + 5);
    stage.servers(10, &[again]);
    assert_eq!(stage.words(10), ["a DOWN 5s"]);
    // Another event says nothing about the time.
    let other = after_event(server("a", "Down"), "new_slave", PROXY_BEGAN - 60);
    let mut stage = Stage::default();
    stage.servers(0, &[other]);
    assert_eq!(stage.words(9), ["a DOWN over 9s"]);
    // The proxy's clock is unknown.
    let mut troubles = ServerTroubles::default();
    let servers = Servers {
        states: vec![down],
        taken_at: Timestamp::UNIX_EPOCH,
        blanked: 0,
        dropped: 0,
    };
    troubles.on_servers(ServersReply {
        servers: &servers,
        proxy_now: None,
        now: Duration::ZERO,
    });
    assert_eq!(troubles.all()[0].words(Duration::from_secs(9)), "DOWN over 9s");
}

#[test]
fn a_server_that_is_unusable_in_another_way_keeps_its_time() {
    let mut stage = Stage::default();
    stage.servers(0, &[server("a", "Slave, Running")]);
    stage.servers(10, &[server("a", "Auth Error, Running")]);
    stage.servers(20, &[server("a", "Down")]);
    assert_eq!(stage.words(50), ["a DOWN 40s"]);
    stage.servers(30, &[server("a", "Maintenance, Down")]);
    assert_eq!(stage.words(50), ["a maintenance 20s"]);
}

#[test]
fn a_replica_that_is_only_running_has_stopped_replicating() {
    let primary = server("a", "Master, Running");
    let mut stage = Stage::default();
    stage.servers(0, &[primary.clone(), server("b", "Slave, Running")]);
    stage.servers(10, &[primary.clone(), server("b", "Running")]);
    assert_eq!(stage.words(50), ["b replication stopped 40s"]);
    stage.servers(60, &[primary.clone(), server("b", "Slave, Running")]);
    assert_eq!(stage.words(60), [""; 0]);
    // A server that never had a role: no monitor may watch it.
    let mut stage = Stage::default();
    stage.servers(0, &[primary.clone(), server("b", "Running")]);
    assert_eq!(stage.words(50), [""; 0]);
    // The event of the monitor says that it was a replica.
    let lost = after_event(server("b", "Running"), "lost_slave", PROXY_BEGAN - 90);
    let mut stage = Stage::default();
    stage.servers(0, &[primary, lost]);
    assert_eq!(stage.words(30), ["b replication stopped 2m"]);
}

#[test]
fn a_primary_is_not_missed_as_a_replica() {
    let mut stage = Stage::default();
    let before = [server("a", "Master, Running"), server("b", "Slave, Running")];
    stage.servers(0, &before);
    // After a failover the former primary has no role until it is a replica again.
    stage.servers(10, &[server("a", "Running"), server("b", "Master, Running")]);
    assert_eq!(stage.words(20), [""; 0]);
}

#[test]
fn a_galera_node_that_is_only_running_is_not_synced() {
    let synced = server("a", "Slave, Synced, Running");
    let mut stage = Stage::default();
    stage.services(WRITING_ROUTER, None);
    stage.servers(0, &[synced.clone(), server("b", "Slave, Synced, Running")]);
    assert_eq!(stage.words(0), [""; 0], "a synced node accepts writes");
    stage.servers(10, &[synced, server("b", "Running")]);
    assert_eq!(stage.words(50), ["b not synced 40s"]);
}

#[test]
fn a_replication_thread_that_does_not_run_is_stopped_replication() {
    let primary = server("a", "Master, Running");
    let replica = |state| replicating(lagging("b", 600), state);
    let mut stage = Stage::default();
    stage.servers(0, &[primary.clone(), replica(Replication::Running)]);
    assert_eq!(stage.words(0), ["b lag 10m"]);
    stage.servers(10, &[primary.clone(), replica(Replication::Stopped)]);
    assert_eq!(stage.words(50), ["b replication stopped 40s"]);
    stage.servers(20, &[primary, replica(Replication::Connecting)]);
    assert_eq!(stage.words(50), ["b replication stopped 40s"]);
    // A replica of a primary that is down can only wait for it.
    stage.servers(30, &[server("a", "Down"), replica(Replication::Connecting)]);
    assert_eq!(stage.words(30), ["a DOWN 0s", "no primary 0s", "b lag 10m"]);
    // A primary that replicates from another cluster, and that is stopped, still accepts writes.
    let mut stage = Stage::default();
    let external = replicating(server("a", "Master, Running"), Replication::Stopped);
    stage.servers(0, &[external]);
    assert_eq!(stage.words(9), [""; 0]);
}

#[test]
fn a_primary_that_is_missing_from_the_start_is_found_if_a_service_needs_one() {
    let replicas = [server("a", "Slave, Running"), server("b", "Slave, Running")];
    let mut stage = Stage::default();
    stage.servers(0, &replicas);
    stage.services("readconnroute", None);
    assert_eq!(stage.words(9), [""; 0], "its sessions only read");
    stage.services(WRITING_ROUTER, None);
    assert_eq!(stage.words(40), ["no primary over 40s"]);
    let unknown = ServerState {
        state: None,
        ..server("a", "")
    };
    stage.servers(50, &[unknown]);
    assert_eq!(stage.words(50), [""; 0]);
    stage.servers(60, &[]);
    assert_eq!(stage.words(60), [""; 0]);
}

#[test]
fn the_time_without_a_primary_is_that_of_the_last_loss() {
    let lost = |second| after_event(server("a", "Down"), "master_down", PROXY_BEGAN + second);
    let mut stage = Stage::default();
    stage.services(WRITING_ROUTER, None);
    stage.servers(0, &[lost(-600), server("b", "Slave, Running")]);
    assert_eq!(stage.words(0), ["a DOWN 10m", "no primary 10m"]);
    // Another server has changed since then: it may have been a primary.
    let changed = after_event(server("b", "Slave, Running"), "new_slave", PROXY_BEGAN - 60);
    let mut stage = Stage::default();
    stage.services(WRITING_ROUTER, None);
    stage.servers(0, &[lost(-600), changed]);
    assert_eq!(stage.words(5), ["a DOWN 10m", "no primary over 5s"]);
}

#[test]
fn a_service_is_full_or_nearly_full() {
    let mut stage = Stage::default();
    for (connections, expected) in [
        (10, None),
        (198, Some("RW 198/200")),
        (200, Some("RW FULL 200/200")),
    ] {
        stage.services("readconnroute", Some((connections, 200)));
        assert_eq!(stage.words(0).first().map(String::as_str), expected);
    }
    stage.services("readconnroute", Some((198, 200)));
    stage.servers(0, &[lagging("a", 60)]);
    assert_eq!(stage.words(0), ["a lag 1m", "RW 198/200"]);
}

#[test]
fn the_screen_is_woken_when_a_time_changes() {
    let mut stage = Stage::default();
    stage.servers(0, &[server("a", "Slave, Running")]);
    assert_eq!(stage.0.wake_at(Duration::ZERO), None);
    stage.servers(10, &[server("a", "Down")]);
    let at = Duration::from_millis;
    assert_eq!(stage.0.wake_at(at(12_400)), Some(at(13_000)));
    assert_eq!(stage.0.wake_at(at(75_000)), Some(at(130_000)));
}
