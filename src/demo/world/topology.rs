//! The services of the proxy and the servers behind it, as tables.
//!
//! Who may enter: the world, and the replies for their names.

/// A service of the proxy.
#[derive(Debug)]
pub struct Service {
    /// Its name.
    pub name: &'static str,
    /// Its router module.
    pub router: &'static str,
    /// The port of its listener.
    pub port: u16,
    /// The servers it routes to, the one for writes first.
    pub servers: &'static [&'static str],
    /// How many of them a session holds.
    pub held: usize,
    /// Whether its router keeps a history of session commands.
    pub history: bool,
}

/// The services.
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
    /// Its name.
    pub(in crate::demo) name: &'static str,
    /// Its address.
    pub(in crate::demo) address: &'static str,
    /// Its state as the monitor sees it.
    pub(in crate::demo) state: &'static str,
    /// Its server id.
    pub(in crate::demo) number: u32,
}

/// The servers.
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

/// A server that is not well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TroubledServer {
    /// Its name; one that does not exist troubles nobody.
    pub name: String,
    /// What is wrong with it.
    pub trouble: ServerTrouble,
}

/// What can be wrong with a server. The sessions of the world do not notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServerTrouble {
    /// It was set aside.
    Maintenance,
    /// It gets nobody new.
    Draining,
    /// It refuses the monitor.
    AuthError,
    /// It does not answer.
    Down,
    /// It is so many seconds behind.
    Lagging(u32),
}

impl ServerTrouble {
    /// The state as the monitor puts it, made from the one without the trouble. The roles are those of
    /// servers that take part.
    pub(in crate::demo) fn state(self, well: &str) -> String {
        match self {
            Self::Maintenance => "Maintenance, Running".to_owned(),
            Self::Draining => format!("Draining, {well}"),
            Self::AuthError => "Auth Error, Running".to_owned(),
            Self::Down => "Down".to_owned(),
            Self::Lagging(_) => well.to_owned(),
        }
    }

    /// How far the server is behind; -1 stands for nobody knows.
    pub(in crate::demo) fn replication_lag(self) -> i64 {
        match self {
            Self::Maintenance | Self::AuthError | Self::Down => -1,
            Self::Draining => 0,
            Self::Lagging(seconds) => i64::from(seconds),
        }
    }
}
