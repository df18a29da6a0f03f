//! Servers, services and reports of servers without users, addresses and literals.

use super::Redactor;
use crate::model::{
    BoundedRows, LockWaits, MetadataLocks, MonitorReport, ServerActivity, ServerProcess, ServerReport,
    ServerState, ServerThread, Servers, ServiceState, Services,
};

impl Redactor {
    pub(super) fn servers(&mut self, servers: &Servers) -> Servers {
        let Servers {
            states,
            taken_at,
            blanked,
            dropped,
        } = servers;
        Servers {
            states: states.iter().map(|state| self.server(state)).collect(),
            taken_at: *taken_at,
            blanked: *blanked,
            dropped: *dropped,
        }
    }

    fn server(&mut self, server: &ServerState) -> ServerState {
        let ServerState {
            name,
            state,
            status,
            address,
            port,
            replication_lag,
            connections,
            // Names of events, times and states.
            monitor: MonitorReport {
                last_event,
                replication,
            },
        } = server;
        ServerState {
            name: name.clone(),
            state: state.clone(),
            status: status.clone(),
            address: address.as_ref().map(|address| self.names.address(address)),
            port: *port,
            replication_lag: *replication_lag,
            connections: *connections,
            monitor: MonitorReport {
                last_event: last_event.clone(),
                replication: *replication,
            },
        }
    }

    /// Returns the services. Their texts are names of services, states, routers and servers.
    #[expect(clippy::unused_self, reason = "one form for all answers")]
    pub(super) fn services(&mut self, services: &Services) -> Services {
        let Services {
            states,
            taken_at,
            blanked,
            dropped,
        } = services;
        Services {
            states: states.iter().map(service).collect(),
            taken_at: *taken_at,
            blanked: *blanked,
            dropped: *dropped,
        }
    }

    pub(super) fn report(&mut self, report: &ServerReport) -> ServerReport {
        let ServerReport {
            server,
            taken_at,
            process,
            grants,
            activity,
            cost,
            period,
        } = report;
        ServerReport {
            server: server.clone(),
            taken_at: *taken_at,
            process: process.as_ref().map(|process| self.server_process(process)),
            grants: *grants,
            activity: match activity {
                Ok(activity) => Ok(self.activity(activity)),
                Err(fault) => Err(self.server_fault(fault)),
            },
            cost: *cost,
            period: *period,
        }
    }

    fn server_process(&mut self, process: &ServerProcess) -> ServerProcess {
        let ServerProcess {
            hostname,
            port,
            server_id,
            version,
            started,
            own_thread,
            own_host,
            account,
        } = process;
        ServerProcess {
            hostname: hostname.as_ref().map(|host| self.names.address(host)),
            port: *port,
            server_id: *server_id,
            version: version.clone(),
            started: *started,
            own_thread: *own_thread,
            own_host: own_host.as_ref().map(|host| self.names.origin(host)),
            account: account.as_ref().map(|account| self.names.account(account)),
        }
    }

    fn activity(&mut self, activity: &ServerActivity) -> ServerActivity {
        let ServerActivity {
            threads:
                BoundedRows {
                    rows,
                    has_more,
                    dropped,
                },
            transactions,
            lock_count,
            lock_waits,
            metadata_locks,
        } = activity;
        ServerActivity {
            threads: BoundedRows {
                rows: rows.iter().map(|thread| self.thread(thread)).collect(),
                has_more: *has_more,
                dropped: *dropped,
            },
            // Numbers and states.
            transactions: transactions.clone(),
            lock_count: *lock_count,
            // Names of tables, indexes and modes.
            lock_waits: match lock_waits {
                LockWaits::None => LockWaits::None,
                LockWaits::Known(rows) => LockWaits::Known(rows.clone()),
                LockWaits::Unknown => LockWaits::Unknown,
            },
            metadata_locks: match metadata_locks {
                MetadataLocks::None => MetadataLocks::None,
                MetadataLocks::Known(rows) => MetadataLocks::Known(rows.clone()),
                MetadataLocks::NoPlugin => MetadataLocks::NoPlugin,
                MetadataLocks::Unknown => MetadataLocks::Unknown,
            },
        }
    }

    fn thread(&mut self, thread: &ServerThread) -> ServerThread {
        let ServerThread {
            id,
            user,
            host,
            database,
            command,
            time,
            state,
            query_id,
            statement,
        } = thread;
        ServerThread {
            id: *id,
            user: user.as_ref().map(|user| self.names.user(user)),
            host: host.as_ref().map(|host| self.names.origin(host)),
            database: database.clone(),
            command: command.clone(),
            time: *time,
            state: state.clone(),
            query_id: *query_id,
            statement: statement.as_ref().map(|statement| self.statement(statement)),
        }
    }
}

fn service(service: &ServiceState) -> ServiceState {
    let ServiceState {
        name,
        state,
        router,
        connections,
        total_connections,
        most_connections,
        max_connections,
        servers,
        retained_statements,
    } = service;
    ServiceState {
        name: name.clone(),
        state: state.clone(),
        router: router.clone(),
        connections: *connections,
        total_connections: *total_connections,
        most_connections: *most_connections,
        max_connections: *max_connections,
        servers: servers.clone(),
        retained_statements: *retained_statements,
    }
}
