//! Lists, sessions and their details without users, addresses and literals.

use std::sync::Arc;

use super::Redactor;
use super::pseudonyms::Kind;
use crate::diagnosis::ConnectionSample;
use crate::model::{
    Connected, ConnectionDetail, Identity, Instance, JsonApiFields, ListStats, ProcessStart,
    RetainedStatement, RowReads, RunningStatement, Session, SessionDetail, SessionId, SessionObservation,
    Snapshot,
};

/// The only attribute of a client that stays, as a pseudonym.
const PROGRAM: &str = "program_name";

impl Redactor {
    pub(super) fn list(&mut self, list: &Snapshot) -> Arc<Snapshot> {
        let Snapshot {
            endpoint,
            dialect,
            instance,
            number,
            asked_at,
            taken_at,
            cost,
            decode_time,
            least_interval,
            bytes,
            sessions,
            blanked,
            dropped,
            change,
            // Names of services, and counts.
            stats:
                ListStats {
                    services,
                    idle,
                    idle_unknown,
                },
            rows:
                RowReads {
                    interval,
                    revision,
                    read_at,
                },
        } = list;
        Arc::new(Snapshot {
            endpoint: *endpoint,
            dialect: *dialect,
            instance: instance.as_ref().map(|instance| self.instance(instance)),
            number: *number,
            asked_at: *asked_at,
            taken_at: *taken_at,
            cost: *cost,
            decode_time: *decode_time,
            least_interval: *least_interval,
            bytes: *bytes,
            sessions: sessions.iter().map(|session| self.session(session)).collect(),
            blanked: *blanked,
            dropped: *dropped,
            change: *change,
            stats: ListStats {
                services: services.clone(),
                idle: *idle,
                idle_unknown: *idle_unknown,
            },
            rows: RowReads {
                interval: *interval,
                revision: *revision,
                read_at: read_at.clone(),
            },
        })
    }

    fn instance(&mut self, instance: &Instance) -> Instance {
        let Instance {
            version,
            uptime,
            process,
            retained_statements,
        } = instance;
        Instance {
            version: version.clone(),
            uptime: *uptime,
            process: process.as_ref().map(|process| self.process(process)),
            retained_statements: *retained_statements,
        }
    }

    fn process(&mut self, process: &ProcessStart) -> ProcessStart {
        let ProcessStart {
            started_at,
            datadir,
            node,
        } = process;
        ProcessStart {
            started_at: self.names.time(started_at),
            datadir: datadir.as_ref().map(|datadir| self.names.directory(datadir)),
            node: node.as_ref().map(|node| self.names.address(node)),
        }
    }

    fn session(&mut self, session: &Session) -> Session {
        let Session {
            id,
            state,
            user,
            address,
            address_is_mapped,
            port,
            service,
            connected,
            age,
            idle,
            extra,
        } = session;
        Session {
            id: *id,
            state: state.clone(),
            user: user.as_ref().map(|user| self.names.user(user)),
            address: address.as_ref().map(|address| self.names.address(address)),
            address_is_mapped: *address_is_mapped,
            port: *port,
            service: service.clone(),
            connected: connected.as_ref().map(|connected| {
                let Connected { sent, at } = connected.as_ref();
                Arc::new(Connected {
                    sent: self.names.time(sent),
                    at: *at,
                })
            }),
            age: *age,
            idle: *idle,
            extra: extra.as_ref().map(|extra| Arc::new(self.extra(extra))),
        }
    }

    fn extra(&mut self, extra: &JsonApiFields) -> JsonApiFields {
        let JsonApiFields {
            backends,
            program,
            pid,
            io_activity,
            memory,
            history,
            worker,
            running,
            in_transaction,
            write_queue,
        } = extra;
        let running = running.as_ref().map(|running| {
            let RunningStatement { sql, received } = running;
            RunningStatement {
                sql: sql.as_ref().map(|sql| self.statement(sql)),
                received: self.names.time(received),
            }
        });
        JsonApiFields {
            backends: backends.clone(),
            program: program
                .as_ref()
                .map(|program| self.names.of(Kind::Program, program)),
            pid: *pid,
            io_activity: *io_activity,
            memory: *memory,
            history: *history,
            worker: *worker,
            running,
            in_transaction: *in_transaction,
            write_queue: write_queue.clone(),
        }
    }

    pub(super) fn observation(&mut self, seen: &SessionObservation) -> SessionObservation {
        let SessionObservation {
            endpoint,
            process,
            other_process,
            asked_at,
            taken_at,
            detail,
        } = seen;
        SessionObservation {
            endpoint: *endpoint,
            process: process.as_ref().map(|process| self.process(process)),
            other_process: other_process.as_ref().map(|process| self.process(process)),
            asked_at: *asked_at,
            taken_at: *taken_at,
            detail: self.detail(detail),
        }
    }

    fn detail(&mut self, detail: &SessionDetail) -> SessionDetail {
        let SessionDetail {
            session,
            connections,
            client,
            cipher,
            client_buffer,
            memory,
            queries,
            log: _,
            blanked,
        } = detail;
        let program = client.iter().filter(|(name, _)| name.raw().is(PROGRAM));
        let program = program.map(|(name, value)| (name.clone(), self.names.of(Kind::Program, value)));
        SessionDetail {
            client: program.collect(),
            session: self.session(session),
            connections: connections.iter().map(connection).collect(),
            cipher: cipher.clone(),
            client_buffer: *client_buffer,
            memory: memory.clone(),
            queries: queries.as_ref().map(|queries| {
                let queries = queries.iter().map(|query| self.query(query));
                queries.collect()
            }),
            log: Vec::new(),
            blanked: *blanked,
        }
    }

    fn query(&mut self, query: &RetainedStatement) -> RetainedStatement {
        let RetainedStatement {
            command,
            sql,
            received,
            completed,
            responses,
        } = query;
        RetainedStatement {
            command: command.clone(),
            sql: sql.as_ref().map(|sql| self.statement(sql)),
            received: received.as_ref().map(|time| self.names.time(time)),
            completed: completed.as_ref().map(|time| self.names.time(time)),
            responses: responses.clone(),
        }
    }

    #[expect(clippy::unused_self, reason = "one form for all facts")]
    pub(super) fn samples(
        &self,
        samples: Vec<(SessionId, ConnectionSample)>,
    ) -> Vec<(SessionId, ConnectionSample)> {
        let samples = samples.into_iter();
        samples.map(|(id, sample)| (id, sample.redacted())).collect()
    }

    pub(super) fn identity(&mut self, identity: Identity) -> Identity {
        let Identity {
            endpoint,
            process,
            id,
            connected,
            user,
            address,
            port,
            service,
        } = identity;
        Identity {
            endpoint,
            process: process.map(|process| self.process(&process)),
            id,
            connected: connected.map(|time| self.names.time(&time)),
            user: user.map(|user| self.names.user(&user)),
            address: address.map(|address| self.names.address(&address)),
            port,
            service,
        }
    }
}

/// Returns a connection, whose texts are names of the server, of its state and of the cipher.
fn connection(connection: &ConnectionDetail) -> ConnectionDetail {
    let ConnectionDetail {
        server,
        state,
        role,
        thread_id,
        cipher,
        statistics,
        buffer,
    } = connection;
    ConnectionDetail {
        server: server.clone(),
        state: state.clone(),
        role: role.clone(),
        thread_id: *thread_id,
        cipher: cipher.clone(),
        statistics: *statistics,
        buffer: *buffer,
    }
}
