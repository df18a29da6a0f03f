//! Sessions as JSON:API writes them: keys sorted, absent rather than null, but for `connection_attributes`.
//!
//! Who may enter: the JSON:API dialect.

use std::time::Duration;

use serde::ser::{Serialize, Serializer};

use super::context::{Context, SelfLink};
use super::memory::Memory;
use crate::demo::dates::{http_date, local_millis, timestamp};
use crate::demo::world::{Backend, Moment, State, World};

/// So many statements are kept: `retain_last_statements`.
const RETAINED: u64 = 10;
/// All sessions, worker by worker, in no useful order; each is built when it is written.
#[derive(Debug)]
pub(super) struct Rows<'a> {
    pub(super) world: &'a World,
    pub(super) context: Context<'a>,
}

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut sessions: Vec<Moment<'_>> = self.world.listed().collect();
        sessions.sort_unstable_by_key(|session| (session.worker(), session.shuffle()));
        serializer.collect_seq(
            sessions
                .iter()
                .map(|session| Row::of(session, self.world, self.context)),
        )
    }
}

/// One session.
#[derive(Debug, serde::Serialize)]
pub(super) struct Row<'a> {
    attributes: Attributes<'a>,
    id: String,
    links: SelfLink,
    relationships: Relationships,
    r#type: &'static str,
}

#[derive(Debug, serde::Serialize)]
struct Attributes<'a> {
    client: Client<'a>,
    connected: String,
    connections: Vec<Connection>,
    idle: f64,
    io_activity: u64,
    log: [&'static str; 0],
    memory: Memory,
    parameters: Parameters,
    port: u16,
    queries: Vec<Query<'a>>,
    remote: std::net::IpAddr,
    seconds_alive: f64,
    state: &'static str,
    thread: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a str>,
}

#[derive(Debug, serde::Serialize)]
struct Client<'a> {
    cipher: &'static str,
    connection_attributes: Option<ConnectionAttributes<'a>>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    history: Option<History>,
}

/// The names are the server's.
#[derive(Debug, serde::Serialize)]
#[allow(clippy::struct_field_names)]
struct History {
    sescmd_history_len: u64,
    sescmd_history_stored_metadata: u64,
    sescmd_history_stored_responses: u64,
}

#[derive(Debug, serde::Serialize)]
struct ConnectionAttributes<'a> {
    _client_name: &'static str,
    _client_version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    _os: Option<&'static str>,
    _pid: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    _platform: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    _server_host: Option<&'static str>,
    program_name: &'a str,
}

/// The names are the server's.
#[derive(Debug, serde::Serialize)]
#[allow(clippy::struct_field_names)]
struct Connection {
    cipher: &'static str,
    connection_id: u64,
    server: &'static str,
}

/// Switches of one session's logging, all off.
#[derive(Debug, Default, serde::Serialize)]
#[allow(clippy::struct_excessive_bools)]
struct Parameters {
    log_error: bool,
    log_info: bool,
    log_notice: bool,
    log_warning: bool,
}

#[derive(Debug, serde::Serialize)]
struct Query<'a> {
    command: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    completed: Option<String>,
    received: String,
    responses: Vec<Response>,
    statement: &'a str,
}

#[derive(Debug, serde::Serialize)]
struct Response {
    duration: u64,
    server: &'static str,
}

#[derive(Debug, serde::Serialize)]
struct Relationships {
    services: Services,
}

#[derive(Debug, serde::Serialize)]
struct Services {
    data: [Reference; 1],
    links: RelationshipLinks,
}

#[derive(Debug, serde::Serialize)]
struct Reference {
    id: &'static str,
    r#type: &'static str,
}

#[derive(Debug, serde::Serialize)]
struct RelationshipLinks {
    related: String,
    #[serde(rename = "self")]
    myself: String,
}

impl<'a> Row<'a> {
    pub(super) fn of(session: &Moment<'a>, world: &World, context: Context<'_>) -> Self {
        let base = context.base;
        let myself = format!("{base}/sessions/{}/", session.id());
        let links = RelationshipLinks {
            related: format!("{base}/services/"),
            myself: format!("{myself}relationships/services/"),
        };
        let data = [Reference {
            id: session.service().name,
            r#type: "services",
        }];
        Self {
            attributes: Attributes::of(session, world, context),
            id: session.id().to_string(),
            links: SelfLink { myself },
            relationships: Relationships {
                services: Services { data, links },
            },
            r#type: "sessions",
        }
    }
}

impl<'a> Attributes<'a> {
    fn of(session: &Moment<'a>, world: &World, context: Context<'_>) -> Self {
        let backends: Vec<Backend> = session.backends().collect();
        let queries = queries(session, world, context);
        let connection = |backend: &Backend| Connection {
            cipher: "",
            connection_id: backend.thread_id,
            server: backend.server,
        };
        Self {
            client: Client::of(session),
            connected: http_date(timestamp(world.wall_at(session.connected()))),
            connections: backends.iter().map(connection).collect(),
            idle: tenths(world.uptime().saturating_sub(session.last_activity())),
            io_activity: session.io_activity(),
            log: [],
            memory: Memory::of(session, &backends, queries.iter().map(|query| query.statement)),
            parameters: Parameters::default(),
            port: session.port(),
            queries,
            remote: session.address(),
            seconds_alive: session.age().as_secs_f64(),
            state: match session.state() {
                State::HalfOpen => "Session created",
                State::Ready => "Session started",
                State::Stopping => "Stopping session",
            },
            thread: session.worker(),
            user: session.user(),
        }
    }
}

impl<'a> Client<'a> {
    fn of(session: &Moment<'a>) -> Self {
        let library = session.library();
        let platform = |text| library.platform.then_some(text);
        let attributes = session.user().map(|_| ConnectionAttributes {
            _client_name: library.name,
            _client_version: library.version,
            _os: platform("Linux"),
            _pid: session.pid().to_string(),
            _platform: platform("x86_64"),
            _server_host: platform("10.0.0.5"),
            program_name: session.program(),
        });
        let known = u64::from(attributes.is_some());
        let history = session.service().history.then_some(History {
            sescmd_history_len: known,
            sescmd_history_stored_metadata: 0,
            sescmd_history_stored_responses: known,
        });
        Self {
            cipher: "",
            connection_attributes: attributes,
            history,
        }
    }
}

/// The retained statements, oldest first; the one that runs has no `completed` and names no server.
fn queries<'a>(session: &Moment<'a>, world: &World, context: Context<'_>) -> Vec<Query<'a>> {
    let local = |at: Duration| local_millis(timestamp(world.wall_at(at)), context.zone);
    let query = |statement: crate::demo::world::Statement<'a>| Query {
        command: "COM_QUERY",
        completed: statement.completed.map(local),
        received: local(statement.received),
        responses: statement
            .completed
            .map(|completed| Response {
                duration: milliseconds(completed.saturating_sub(statement.received)),
                server: statement.server,
            })
            .into_iter()
            .collect(),
        statement: statement.text,
    };
    session.statements(RETAINED).map(query).collect()
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Seconds in steps of a tenth.
fn tenths(duration: Duration) -> f64 {
    f64::from(u32::try_from(duration.as_millis() / 100).unwrap_or(u32::MAX)) / 10.0
}
