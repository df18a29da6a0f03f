//! The services of the proxy and the servers behind it, as tables.

/// A service of the proxy.
#[derive(Debug)]
pub struct Service {
    /// Name of the service.
    pub name: &'static str,
    /// Router module.
    pub router: &'static str,
    /// Port of the listener.
    pub port: u16,
    /// Servers of the service. The first one takes writes.
    pub servers: &'static [&'static str],
    /// Number of servers that a session is connected to.
    pub held: usize,
    /// Whether the router keeps a history of session commands.
    pub history: bool,
}

/// All services.
pub(in crate::demo) const SERVICES: [Service; 3] = [
    Service {
        name: "RW-Split",
        router: "readwritesplit",
        port: 4006,
        servers: &["db-01", "db-02", "db-03"],
        held: 2,
        history: true,
    },
    Service {
        name: "Read-Only",
        router: "readconnroute",
        port: 4008,
        servers: &["db-02", "db-03"],
        held: 1,
        history: false,
    },
    Service {
        name: "Reporting",
        router: "readwritesplit",
        port: 4010,
        servers: &["db-02", "db-03"],
        held: 2,
        history: true,
    },
];

/// A database server behind the proxy.
#[derive(Debug)]
pub(in crate::demo) struct Server {
    /// Name of the server.
    pub(in crate::demo) name: &'static str,
    /// Address of the server.
    pub(in crate::demo) address: &'static str,
    /// State as the monitor reports it.
    pub(in crate::demo) state: &'static str,
    /// Server id.
    pub(in crate::demo) number: u32,
}

/// All servers.
pub(in crate::demo) const SERVERS: [Server; 3] = [
    Server {
        name: "db-01",
        address: "10.0.9.11",
        state: "Master, Running",
        number: 3001,
    },
    Server {
        name: "db-02",
        address: "10.0.9.12",
        state: "Slave, Running",
        number: 3002,
    },
    Server {
        name: "db-03",
        address: "10.0.9.13",
        state: "Slave, Running",
        number: 3003,
    },
];

/// A server with a problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TroubledServer {
    /// Name of the server. An unknown name has no effect.
    pub name: String,
    /// The problem of the server.
    pub trouble: ServerTrouble,
}

/// A problem of a server. It does not affect the simulated sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServerTrouble {
    /// In maintenance.
    Maintenance,
    /// Draining: accepts no new connections.
    Draining,
    /// Rejects the monitor.
    AuthError,
    /// Does not respond.
    Down,
    /// Behind in replication, by this number of seconds.
    Lagging(u32),
    /// A replica whose SQL thread has stopped. The monitor no longer calls it a replica.
    ReplicationStopped,
}

impl ServerTrouble {
    /// Returns the state as the monitor reports it, from the state without the problem. Only servers in use
    /// have a role.
    pub(in crate::demo) fn state(self, well: &str) -> String {
        match self {
            Self::Maintenance => "Maintenance, Running".to_owned(),
            Self::Draining => format!("Draining, {well}"),
            Self::AuthError => "Auth Error, Running".to_owned(),
            Self::Down => "Down".to_owned(),
            Self::Lagging(_) => well.to_owned(),
            Self::ReplicationStopped => "Running".to_owned(),
        }
    }

    /// Returns the replication lag in seconds. -1 means unknown.
    pub(in crate::demo) fn replication_lag(self) -> i64 {
        match self {
            Self::Maintenance | Self::AuthError | Self::Down | Self::ReplicationStopped => -1,
            Self::Draining => 0,
            Self::Lagging(seconds) => i64::from(seconds),
        }
    }
}
