//! Incidents as tables: transactions that block others, a server that fails, a service that fills up.

use std::time::Duration;

use super::World;
use super::locks::{Lock, LockKind, LockParty, Owner};
use super::population::{CRON, ClientProfile, DBA, ETL, ORDERS, WEB};
use super::scenario::{ScenarioSession, Script, SessionTrouble};
use super::session::SimSessionAt;
use super::topology::ServerTrouble;

/// Thread of the client that is connected to the primary directly.
pub(super) const DIRECT_THREAD: u64 = 17;
/// Service that fills up.
pub(super) const FILLING_SERVICE: &str = "Reporting";
/// Number of sessions that the filling service accepts, in addition to those at the start.
pub(super) const FILLING_ROOM: usize = 8;
/// Time between two arrivals at the filling service.
pub(super) const FILLING_PERIOD: Duration = Duration::from_secs(10);

/// Server that fails, how long it works, and how long it is down.
const FAILING_SERVER: &str = "db-03";
const WORKS_FOR: u64 = 90;
const DOWN_FOR: u64 = 45;

/// A session of an incident.
#[derive(Debug)]
pub(super) struct IncidentSession {
    pub(super) role: ScenarioSession,
    pub(super) script: Script,
    rows_locked: u64,
    rows_modified: u64,
    holds: &'static [Lock],
    waits: Option<Lock>,
}

const fn row(table: &'static str, row: u32) -> Lock {
    Lock {
        kind: LockKind::Row,
        table,
        mode: "X",
        row,
    }
}

const fn metadata(table: &'static str, mode: &'static str) -> Lock {
    Lock {
        kind: LockKind::Metadata,
        table,
        mode,
        row: 0,
    }
}

/// Returns a session that is idle in a transaction, since `trouble` seconds.
const fn holder(
    kind: &'static ClientProfile,
    (age, trouble): (u64, u64),
    before: &'static [&'static str],
    (rows_locked, rows_modified): (u64, u64),
    holds: &'static [Lock],
) -> IncidentSession {
    IncidentSession {
        role: ScenarioSession {
            kind,
            plot: SessionTrouble::OpenTransaction,
            age,
            trouble,
        },
        script: Script {
            before,
            waiting: None,
        },
        rows_locked,
        rows_modified,
        holds,
        waits: None,
    }
}

/// Returns a session whose statement waits for a lock, since `trouble` seconds.
const fn waiter(
    kind: &'static ClientProfile,
    (age, trouble): (u64, u64),
    statement: &'static str,
    lock: Lock,
) -> IncidentSession {
    IncidentSession {
        role: ScenarioSession {
            kind,
            plot: SessionTrouble::LockWait,
            age,
            trouble,
        },
        script: Script {
            before: &[],
            waiting: Some(statement),
        },
        rows_locked: 1,
        rows_modified: 0,
        holds: &[],
        waits: Some(lock),
    }
}

const PAY: &str = "UPDATE orders SET state = 'paid' WHERE id = 4999";
const SHIP: &str = "UPDATE orders SET state = 'shipped' WHERE id = 2";
const READ_CUSTOMER: &str = "SELECT name FROM customers WHERE id = 20931 LOCK IN SHARE MODE";

/// The sessions of all incidents.
///
/// The first holds rows 1 and 4999, for which five web requests wait. The seventh holds row 2 and waits for
/// row 1, and the eighth waits for row 2.
pub(super) static INCIDENTS: [IncidentSession; 14] = [
    holder(
        ETL,
        (3 * 3_600, 352),
        &[
            "BEGIN",
            "SELECT id FROM orders WHERE batch = 5512 FOR UPDATE",
            "UPDATE orders SET batch = 5513 WHERE id = 1",
            "UPDATE orders SET batch = 5513 WHERE id = 4999",
        ],
        (4, 2),
        &[row("orders", 1), row("orders", 4_999)],
    ),
    waiter(WEB, (184, 48), PAY, row("orders", 4_999)),
    waiter(WEB, (163, 41), PAY, row("orders", 4_999)),
    waiter(WEB, (151, 29), PAY, row("orders", 4_999)),
    waiter(WEB, (140, 22), PAY, row("orders", 4_999)),
    waiter(WEB, (122, 12), PAY, row("orders", 4_999)),
    IncidentSession {
        script: Script {
            before: &["BEGIN", "UPDATE orders SET state = 'packed' WHERE id = 2"],
            waiting: Some("UPDATE orders SET state = 'packed' WHERE id = 1"),
        },
        rows_locked: 2,
        rows_modified: 1,
        holds: &[row("orders", 2)],
        ..waiter(ORDERS, (2_400, 33), "", row("orders", 1))
    },
    waiter(WEB, (95, 18), SHIP, row("orders", 2)),
    // A statement that waits for a client that does not use the proxy.
    waiter(
        CRON,
        (60, 26),
        "UPDATE stock SET reserved = 0 WHERE id = 7",
        row("stock", 7),
    ),
    holder(
        ORDERS,
        (4_100, 131),
        &["BEGIN", "SELECT id, name FROM customers WHERE region = 'north'"],
        (0, 0),
        &[metadata("customers", "MDL_SHARED_READ")],
    ),
    IncidentSession {
        rows_locked: 0,
        holds: &[metadata("customers", "MDL_SHARED_UPGRADABLE")],
        ..waiter(
            DBA,
            (640, 44),
            "ALTER TABLE customers ADD COLUMN locale CHAR(5)",
            metadata("customers", "MDL_EXCLUSIVE"),
        )
    },
    reader((171, 38)),
    reader((113, 24)),
    reader((79, 11)),
];

const fn reader(ages: (u64, u64)) -> IncidentSession {
    IncidentSession {
        rows_locked: 0,
        ..waiter(WEB, ages, READ_CUSTOMER, metadata("customers", "MDL_SHARED_READ"))
    }
}

/// Locks of the direct client.
static DIRECT_HOLDS: [Lock; 1] = [row("stock", 7)];

/// Registers the transaction of a session that has just been created.
pub(super) fn join(world: &mut World, id: u64, incident: &'static IncidentSession) {
    let Some(session) = world.sessions.get_mut(&id) else {
        return;
    };
    session.script = &incident.script;
    let thread_id = session.first_thread_id();
    let (started, since) = SimSessionAt::of(session, world.uptime).incident_times();
    world.locks.parties.push(LockParty {
        owner: Owner::Session(id),
        thread_id,
        started,
        rows_locked: incident.rows_locked,
        rows_modified: incident.rows_modified,
        holds: incident.holds,
        waits: incident.waits.as_ref().map(|lock| (lock, since)),
    });
}

/// Adds the transactions without a session: one of a direct client, one that is prepared.
pub(super) fn add_outsiders(world: &mut World) {
    let party = |owner, thread_id, seconds, holds| LockParty {
        owner,
        thread_id,
        started: world.uptime.saturating_sub(Duration::from_secs(seconds)),
        rows_locked: 1,
        rows_modified: 1,
        holds,
        waits: None,
    };
    let outsiders = [
        party(Owner::Direct, DIRECT_THREAD, 840, &DIRECT_HOLDS[..]),
        party(Owner::Prepared, 0, 3 * 3_600, &[]),
    ];
    world.locks.parties.extend(outsiders);
}

/// Returns the problem of a server at a world time, in an incident.
pub(super) fn trouble_at(server: &str, world_time: Duration) -> Option<ServerTrouble> {
    let into = world_time.as_secs() % (WORKS_FOR + DOWN_FOR);
    (server == FAILING_SERVER && into >= WORKS_FOR).then_some(ServerTrouble::Down)
}

/// Returns the world time when the failing server last went down or came back.
pub(super) fn last_change(server: &str, world_time: Duration) -> Option<Duration> {
    let cycle = WORKS_FOR + DOWN_FOR;
    let (cycles, into) = (world_time.as_secs() / cycle, world_time.as_secs() % cycle);
    let at = cycles * cycle + if into >= WORKS_FOR { WORKS_FOR } else { 0 };
    (server == FAILING_SERVER && at > 0).then(|| Duration::from_secs(at))
}
