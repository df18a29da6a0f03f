//! JSON:API documents of sessions. Keys are sorted. Missing values are absent, except that
//! `connection_attributes` can be null.

mod ends;

use std::net::IpAddr;
use std::time::Duration;

use serde::ser::{Serialize, Serializer};

use self::ends::{ClientDoc, ConnectionDoc, client, connections};
use super::context::{DocContext, RelationshipLinks, SelfLink};
use super::memory::Memory;
use crate::demo::dates::{asctime, http_date, local_millis, timestamp};
use crate::demo::profile::{Idle, RowForm, VersionProfile};
use crate::demo::world::{SimConnection, SimSessionAt, State, World};

/// All sessions, grouped by worker, otherwise unordered. Each is built when it is serialized.
#[derive(Debug)]
pub(super) struct SessionListDoc<'a> {
    pub(super) world: &'a World,
    pub(super) context: DocContext<'a>,
}

impl Serialize for SessionListDoc<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut sessions: Vec<SimSessionAt<'_>> = self.world.listed_sessions().collect();
        sessions.sort_unstable_by_key(|session| (session.worker(), session.shuffle()));
        serializer.collect_seq(
            sessions
                .iter()
                .map(|session| SessionDoc::of(session, self.world, self.context)),
        )
    }
}

/// Returns the session with this id, if this version finds it.
pub(super) fn found<'a>(world: &'a World, id: u64, profile: &VersionProfile) -> Option<SimSessionAt<'a>> {
    let session = world.session(id)?;
    (profile.sessions.finds_all || session.state() == State::Ready).then_some(session)
}

/// A session resource.
#[derive(Debug, serde::Serialize)]
pub(super) struct SessionDoc<'a> {
    attributes: SessionAttributesDoc<'a>,
    id: String,
    links: SelfLink,
    relationships: Relationships,
    r#type: &'static str,
}

#[derive(Debug, serde::Serialize)]
struct SessionAttributesDoc<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    client: Option<ClientDoc<'a>>,
    connected: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    connections: Option<Vec<ConnectionDoc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    default_database: Option<&'static str>,
    idle: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    io_activity: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    log: Option<[&'static str; 0]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    memory: Option<Memory>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameters: Option<LogSwitchesDoc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    port: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    queries: Option<Vec<StatementDoc<'a>>>,
    remote: IpAddr,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds_alive: Option<f64>,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    thread: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a str>,
}

/// Log switches of one session, all off.
#[derive(Debug, Default, serde::Serialize)]
#[allow(clippy::struct_excessive_bools)]
struct LogSwitchesDoc {
    log_error: bool,
    log_info: bool,
    log_notice: bool,
    log_warning: bool,
}

#[derive(Debug, serde::Serialize)]
struct StatementDoc<'a> {
    command: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    completed: Option<String>,
    received: String,
    responses: Vec<StatementReplyDoc>,
    statement: &'a str,
}

#[derive(Debug, serde::Serialize)]
struct StatementReplyDoc {
    duration: u64,
    server: &'static str,
}

#[derive(Debug, serde::Serialize)]
struct Relationships {
    services: ServiceLinkDoc,
}

#[derive(Debug, serde::Serialize)]
struct ServiceLinkDoc {
    data: [Reference; 1],
    links: RelationshipLinks,
}

#[derive(Debug, serde::Serialize)]
struct Reference {
    id: &'static str,
    r#type: &'static str,
}

impl<'a> SessionDoc<'a> {
    pub(super) fn of(session: &SimSessionAt<'a>, world: &World, context: DocContext<'_>) -> Self {
        let path = format!("sessions/{}", session.id());
        let links = RelationshipLinks::of(context, &path, "services");
        let data = [Reference {
            id: session.service().name,
            r#type: "services",
        }];
        Self {
            attributes: SessionAttributesDoc::of(session, world, context),
            id: session.id().to_string(),
            links: SelfLink {
                myself: context.object(&path),
            },
            relationships: Relationships {
                services: ServiceLinkDoc { data, links },
            },
            r#type: "sessions",
        }
    }
}

impl<'a> SessionAttributesDoc<'a> {
    fn of(session: &SimSessionAt<'a>, world: &World, context: DocContext<'_>) -> Self {
        let form = context.profile.row;
        let backends: Vec<SimConnection> = session.connections().collect();
        let queries = queries(session, world, context);
        let texts = queries.iter().map(|query| query.statement);
        let connected = timestamp(world.wall_at(session.connected()));
        let [half_open, ready, stopping] = form.states;
        Self {
            client: client(session, form.client),
            connected: if form.local_dates {
                asctime(connected, context.zone)
            } else {
                http_date(connected)
            },
            connections: connections(&backends, form.connections),
            default_database: database(session).filter(|_| form.default_database),
            idle: tenths(idle(session, world, form.idle)),
            io_activity: form.activity.then(|| session.io_activity()),
            log: form.statements.then_some([]),
            memory: Memory::of(session, &backends, texts, form.memory),
            parameters: form.parameters.then(LogSwitchesDoc::default),
            port: form.port.then(|| session.port()),
            queries: form.statements.then_some(queries),
            remote: remote(session, form),
            seconds_alive: form.seconds_alive.then(|| session.age().as_secs_f64()),
            state: match session.state() {
                State::HalfOpen => half_open,
                State::Ready => ready,
                State::Stopping => stopping,
            },
            thread: form.activity.then(|| session.worker()),
            user: session.user(),
        }
    }
}

/// Returns the value of `idle`, by this version's definition.
fn idle(session: &SimSessionAt<'_>, world: &World, meaning: Idle) -> Duration {
    let quiet_since = match meaning {
        Idle::SinceRead => session.last_request(),
        Idle::SinceTraffic if session.client_write_queue() > 0 => world.uptime(),
        Idle::SinceTraffic if session.is_running() || session.state() == State::HalfOpen => {
            session.last_request()
        }
        Idle::SinceTraffic | Idle::BetweenStatements => session.last_activity(),
    };
    world.uptime().saturating_sub(quiet_since)
}

fn remote(session: &SimSessionAt<'_>, form: RowForm) -> IpAddr {
    match session.address() {
        IpAddr::V4(address) if form.mapped_addresses => address.to_ipv6_mapped().into(),
        address => address,
    }
}

/// Returns the default database. About two in three clients have one.
fn database(session: &SimSessionAt<'_>) -> Option<&'static str> {
    let has_one = session.user().is_some() && !session.pid().is_multiple_of(3);
    has_one.then_some("shop")
}

/// Returns the retained statements, oldest first. A running one has no `completed` and no server.
fn queries<'a>(session: &SimSessionAt<'a>, world: &World, context: DocContext<'_>) -> Vec<StatementDoc<'a>> {
    let local = |at: Duration| local_millis(timestamp(world.wall_at(at)), context.zone);
    let is_noted = !context.profile.row.forgets_ends || session.service().router == "readwritesplit";
    let query = |statement: crate::demo::world::Statement<'a>| {
        let completed = statement.completed.filter(|_| is_noted);
        StatementDoc {
            command: "COM_QUERY",
            completed: completed.map(local),
            received: local(statement.received),
            responses: completed
                .map(|completed| StatementReplyDoc {
                    duration: milliseconds(completed.saturating_sub(statement.received)),
                    server: statement.server,
                })
                .into_iter()
                .collect(),
            statement: statement.text,
        }
    };
    let retained = context.settings.retained(session.service().name);
    session.statements(retained).map(query).collect()
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Converts to seconds in steps of 0.1.
fn tenths(duration: Duration) -> f64 {
    f64::from(u32::try_from(duration.as_millis() / 100).unwrap_or(u32::MAX)) / 10.0
}
