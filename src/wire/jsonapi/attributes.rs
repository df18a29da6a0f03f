//! Decodes a row of the JSON:API list: only the fields that the table needs.

use std::sync::Arc;

use serde::Deserialize;

use super::buffers::{RawBuffers, write_queue};
use super::transaction;
use crate::model::{
    JsonApiFields, RunningStatement, ServerConnection, Session, Span, Text, TextLimit, WriteQueue,
};
use crate::wire::field::{Entries, Lenient, LenientVec, NumberOr, Object, Port, Raw};
use crate::wire::{Decoder, RowFlaw, parse_id};

#[derive(Deserialize)]
pub(in crate::wire) struct RawSessionResource<'a> {
    #[serde(borrow, default)]
    id: Lenient<Raw<'a>>,
    #[serde(borrow, default, rename = "type")]
    resource_type: Lenient<Raw<'a>>,
    #[serde(borrow, default)]
    attributes: Lenient<Object<RawSessionAttributes<'a>>>,
    #[serde(borrow, default)]
    relationships: Lenient<Object<RawRelationships<'a>>>,
}

#[derive(Debug, Default, Deserialize)]
struct RawSessionAttributes<'a> {
    #[serde(borrow, default)]
    state: Lenient<Raw<'a>>,
    #[serde(borrow, default)]
    user: Lenient<Raw<'a>>,
    #[serde(borrow, default)]
    remote: Lenient<Raw<'a>>,
    #[serde(default)]
    port: Lenient<Port>,
    #[serde(borrow, default)]
    connected: Lenient<Raw<'a>>,
    #[serde(default)]
    seconds_alive: Lenient<Span>,
    #[serde(default)]
    idle: Lenient<Span>,
    #[serde(default)]
    io_activity: Lenient<u64>,
    #[serde(default)]
    thread: Lenient<u64>,
    #[serde(borrow, default)]
    connections: Lenient<LenientVec<Object<RawServerConnection<'a>>>>,
    #[serde(borrow, default)]
    client: Lenient<Object<RawListClient<'a>>>,
    #[serde(borrow, default)]
    queries: Lenient<LenientVec<Object<RawRunning<'a>>>>,
    #[serde(borrow, default)]
    memory: Lenient<Object<RawMemory<'a>>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct RawRelationships<'a> {
    #[serde(borrow, default)]
    services: Lenient<Object<RawLinks<'a>>>,
}

/// The linked objects of a relationship.
#[derive(Debug, Deserialize)]
pub(super) struct RawLinks<'a> {
    #[serde(borrow, default)]
    data: Lenient<LenientVec<Object<RawLink<'a>>>>,
}

#[derive(Debug, Deserialize)]
struct RawLink<'a> {
    #[serde(borrow, default)]
    id: Lenient<Raw<'a>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct RawServerConnection<'a> {
    #[serde(borrow, default)]
    pub(super) server: Lenient<Raw<'a>>,
    #[serde(default)]
    connection_id: Lenient<i64>,
    #[serde(borrow, default)]
    pub(super) cipher: Lenient<Raw<'a>>,
    /// Contains the thread id up to 2.4.
    #[serde(default)]
    protocol_diagnostics: Lenient<Object<RawDiagnostics>>,
}

#[derive(Debug, Deserialize)]
struct RawDiagnostics {
    #[serde(default)]
    connection_id: Lenient<i64>,
}

#[derive(Debug, Deserialize)]
struct RawListClient<'a> {
    #[serde(borrow, default)]
    connection_attributes: Lenient<Entries<'a, Raw<'a>>>,
    #[serde(default)]
    sescmd_history_len: Lenient<u32>,
}

/// The fields needed to find the running statement and an open transaction.
#[derive(Debug, Deserialize)]
struct RawRunning<'a> {
    #[serde(borrow, default)]
    command: Lenient<Raw<'a>>,
    #[serde(borrow, default)]
    statement: Lenient<Raw<'a>>,
    #[serde(borrow, default)]
    received: Lenient<Raw<'a>>,
    #[serde(borrow, default)]
    completed: Lenient<Raw<'a>>,
}

impl RawRunning<'_> {
    /// Returns the text of a statement that was run as text; `None` for any other command.
    fn sql(&self) -> Option<&str> {
        let is_query = match &self.command {
            Lenient::Known(command) => command.0 == "COM_QUERY",
            Lenient::Absent => true,
            Lenient::Wrong => false,
        };
        match &self.statement {
            Lenient::Known(sql) if is_query => Some(&sql.0),
            _ => None,
        }
    }
}

#[derive(Debug, Deserialize)]
struct RawMemory<'a> {
    #[serde(default)]
    total: Lenient<u64>,
    #[serde(borrow, default)]
    connection_buffers: Lenient<NumberOr<RawBuffers<'a>>>,
}

/// Type of every row of the list.
const SESSIONS: &str = "sessions";

/// Converts a row. Returns `None` if it has no valid id or is of another type.
pub(super) fn session(raw: RawSessionResource<'_>, decoder: &mut Decoder<'_>) -> Option<Session> {
    if let Some(Raw(other)) = raw.resource_type.known().filter(|name| name.0 != SESSIONS) {
        decoder.flaw = RowFlaw::OtherType(Text::clean(&other, TextLimit::Name));
        return None;
    }
    let id = parse_id(&raw.id.known()?.0)?;
    let before = decoder.previous.find(id);
    let service = service(
        raw.relationships,
        before.and_then(|before| before.service.as_ref()),
        decoder,
    );
    let Some(Object(raw)) = raw.attributes.take(&mut decoder.blanked) else {
        return Some(Session {
            service,
            ..Session::bare(id)
        });
    };
    let connected = decoder.connected_field(raw.connected, before);
    let age = match raw.seconds_alive.take(&mut decoder.blanked) {
        None => decoder.age(connected.as_ref()).take(&mut decoder.blanked),
        alive => alive,
    };
    let (memory, write_queue) = memory(raw.memory, decoder);
    let (in_transaction, running) = statements(raw.queries, decoder);
    let extra = JsonApiFields {
        memory,
        write_queue,
        backends: backends(raw.connections, decoder),
        io_activity: raw.io_activity.take(&mut decoder.blanked),
        worker: raw.thread.take(&mut decoder.blanked),
        running,
        in_transaction,
        ..client(raw.client, decoder)
    };
    let same = before.and_then(|before| before.extra.as_ref());
    let extra = same
        .filter(|same| ***same == extra)
        .map_or_else(|| Arc::new(extra), Arc::clone);
    let (address, address_is_mapped) = decoder.address(raw.remote, before);
    Some(Session {
        state: decoder.same_name(raw.state, before.and_then(|before| before.state.as_ref())),
        user: decoder.same_name(raw.user, before.and_then(|before| before.user.as_ref())),
        address,
        address_is_mapped,
        port: raw.port.take(&mut decoder.blanked).and_then(|Port(port)| port),
        service,
        age,
        connected,
        idle: raw.idle.take(&mut decoder.blanked),
        extra: Some(extra),
        ..Session::bare(id)
    })
}

/// Returns the name of the service, which is likely to be the same as `before`.
pub(super) fn service(
    raw: Lenient<Object<RawRelationships<'_>>>,
    before: Option<&Text>,
    decoder: &mut Decoder<'_>,
) -> Option<Text> {
    let services = raw
        .take(&mut decoder.blanked)?
        .0
        .services
        .take(&mut decoder.blanked)?;
    let links = services.0.data.take(&mut decoder.blanked)?;
    let first = links.0.into_iter().next()?.take(&mut decoder.blanked)?;
    decoder.same_name(first.0.id, before)
}

/// Returns the names of the linked objects. Links without a name are left out.
pub(super) fn linked_names(links: RawLinks<'_>, decoder: &mut Decoder<'_>) -> Vec<Text> {
    let links = links.data.take(&mut decoder.blanked);
    let links = links.map(|links| links.0).unwrap_or_default();
    let name = |link: Lenient<Object<RawLink<'_>>>| {
        let link = link.take(&mut decoder.blanked)?;
        decoder.name(link.0.id)
    };
    links.into_iter().filter_map(name).collect()
}

/// Returns the total memory in bytes, and the write queue that matters most.
fn memory(
    raw: Lenient<Object<RawMemory<'_>>>,
    decoder: &mut Decoder<'_>,
) -> (Option<u64>, Option<WriteQueue>) {
    let Some(Object(raw)) = raw.take(&mut decoder.blanked) else {
        return (None, None);
    };
    let queue = match raw.connection_buffers.take(&mut decoder.blanked) {
        Some(NumberOr::Object(buffers)) => write_queue(buffers, decoder),
        _ => None,
    };
    (raw.total.take(&mut decoder.blanked), queue)
}

fn backends(
    raw: Lenient<LenientVec<Object<RawServerConnection<'_>>>>,
    decoder: &mut Decoder<'_>,
) -> Option<Vec<ServerConnection>> {
    let LenientVec(connections) = raw.take(&mut decoder.blanked)?;
    let mut backends = Vec::with_capacity(connections.len());
    backends.extend(connections.into_iter().filter_map(|connection| {
        let Object(mut connection) = connection.take(&mut decoder.blanked)?;
        let thread_id = connection.thread_id(decoder);
        Some(ServerConnection {
            server: decoder.name(connection.server)?,
            thread_id,
        })
    }));
    Some(backends)
}

fn client(raw: Lenient<Object<RawListClient<'_>>>, decoder: &mut Decoder<'_>) -> JsonApiFields {
    let mut extra = JsonApiFields::default();
    let Some(Object(client)) = raw.take(&mut decoder.blanked) else {
        return extra;
    };
    extra.history = client.sescmd_history_len.take(&mut decoder.blanked);
    let attributes = client.connection_attributes.take(&mut decoder.blanked);
    for (name, value) in attributes.into_iter().flat_map(|entries| entries.0) {
        match name.as_ref() {
            "program_name" => extra.program = decoder.name(value),
            "_pid" => extra.pid = value.known().and_then(|pid| pid.0.parse().ok()),
            _ => {}
        }
    }
    extra
}

/// Returns whether a transaction is open, and the running statement: the last one, if it has no completion
/// time. Statements are sent oldest first.
fn statements(
    raw: Lenient<LenientVec<Object<RawRunning<'_>>>>,
    decoder: &mut Decoder<'_>,
) -> (Option<bool>, Option<RunningStatement>) {
    let Some(LenientVec(mut entries)) = raw.take(&mut decoder.blanked) else {
        return (None, None);
    };
    let texts = entries.iter().rev().map(|entry| match entry {
        Lenient::Known(Object(entry)) => entry.sql(),
        Lenient::Absent | Lenient::Wrong => None,
    });
    let in_transaction = transaction::is_open(texts);
    let last = entries.pop().and_then(|last| last.take(&mut decoder.blanked));
    (
        in_transaction,
        last.and_then(|Object(last)| running(last, decoder)),
    )
}

fn running(last: RawRunning<'_>, decoder: &mut Decoder<'_>) -> Option<RunningStatement> {
    if last.completed.known().is_some() {
        return None;
    }
    let received = last.received.take(&mut decoder.blanked)?;
    let sql = last.statement.take(&mut decoder.blanked);
    Some(RunningStatement {
        sql: sql.map(|sql| decoder.interner.text(&sql.0, TextLimit::Sql)),
        received: decoder.interner.text(&received.0, TextLimit::Name),
    })
}

impl RawServerConnection<'_> {
    /// Returns the low 32 bits of the thread id, all that the API sends. `None` until the handshake is done.
    pub(super) fn thread_id(&mut self, decoder: &mut Decoder<'_>) -> Option<u32> {
        let here = std::mem::take(&mut self.connection_id).take(&mut decoder.blanked);
        let sent = here.or_else(|| {
            let diagnostics = std::mem::take(&mut self.protocol_diagnostics).take(&mut decoder.blanked)?;
            diagnostics.0.connection_id.take(&mut decoder.blanked)
        })?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the API truncated it already"
        )]
        let low = sent as u32;
        (low != 0).then_some(low)
    }
}
