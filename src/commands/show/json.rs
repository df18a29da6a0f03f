//! One session as a JSON object: the fields of the list, and those that only the details have.

use serde::{Serialize, Serializer};

use super::ShownSession;
use super::transaction::TransactionRecord;
use crate::app::session_record::{LockFacts, SessionRecord};
use crate::model::{
    ConnectionDetail, ConnectionStatistics, Dialect, RetainedStatement, StatementReply, Text,
};

/// The JSON object. Values that the dialect does not report are `null`.
#[derive(Debug, Serialize)]
pub(super) struct DetailRecord<'a> {
    #[serde(flatten)]
    session: SessionRecord<'a>,
    transaction: Option<TransactionRecord<'a>>,
    connections: Vec<ConnectionRecord<'a>>,
    client: Option<ClientAttributesRecord<'a>>,
    queries: Option<Vec<QueryRecord<'a>>>,
    log: Option<&'a [Text]>,
}

#[derive(Debug, Serialize)]
struct ConnectionRecord<'a> {
    server: Option<&'a Text>,
    state: Option<&'a Text>,
    role: Option<&'a Text>,
    thread_id: Option<u32>,
    cipher: Option<&'a Text>,
    statistics: Option<Counters>,
    readq_bytes: Option<u64>,
    writeq_bytes: Option<u64>,
}

#[derive(Debug, Serialize)]
struct QueryRecord<'a> {
    command: Option<&'a Text>,
    sql: Option<&'a Text>,
    /// As sent, in the server's time zone.
    received: Option<&'a Text>,
    /// As sent; `null` while it runs.
    completed: Option<&'a Text>,
    duration_ms: Option<u64>,
    responses: Vec<ResponseRecord<'a>>,
}

#[derive(Debug, Serialize)]
struct ResponseRecord<'a> {
    server: Option<&'a Text>,
    duration_ms: Option<u64>,
}

impl<'a> DetailRecord<'a> {
    pub(super) fn new(found: &'a ShownSession, endpoint: &'a str) -> Self {
        let detail = &found.detail;
        let tells = found.dialect == Dialect::JsonApi;
        Self {
            session: SessionRecord::new(
                endpoint,
                &found.identity,
                &detail.session,
                &found.diagnosis.borrowed(),
                LockFacts {
                    numbers: found.locks.numbers,
                    servers: &found.locks.servers,
                    fault: found.locks.fault.as_deref(),
                },
            ),
            transaction: found.locks.own.as_ref().map(TransactionRecord::from),
            connections: detail.connections.iter().map(connection).collect(),
            client: tells.then_some(ClientAttributesRecord(&detail.client)),
            queries: detail
                .queries
                .as_ref()
                .map(|queries| queries.iter().map(query).collect()),
            log: tells.then_some(&detail.log),
        }
    }
}

fn connection(connection: &ConnectionDetail) -> ConnectionRecord<'_> {
    ConnectionRecord {
        server: connection.server.as_ref(),
        state: connection.state.as_ref(),
        role: connection.role.as_ref(),
        thread_id: connection.thread_id,
        cipher: connection.cipher.as_ref(),
        statistics: connection.statistics.map(Counters),
        readq_bytes: connection.buffer.and_then(|buffer| buffer.readq),
        writeq_bytes: connection.buffer.and_then(|buffer| buffer.writeq),
    }
}

fn query(query: &RetainedStatement) -> QueryRecord<'_> {
    QueryRecord {
        command: query.command.as_ref(),
        sql: query.sql.as_ref(),
        received: query.received.as_ref(),
        completed: query.completed.as_ref(),
        duration_ms: query.duration_ms(),
        responses: query.responses.iter().map(response).collect(),
    }
}

fn response(response: &StatementReply) -> ResponseRecord<'_> {
    ResponseRecord {
        server: response.server.as_ref(),
        duration_ms: response.duration_ms,
    }
}

/// Serializes the client's connection attributes as an object.
#[derive(Debug)]
struct ClientAttributesRecord<'a>(&'a [(Text, Text)]);

impl Serialize for ClientAttributesRecord<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

/// Serializes the five counters as an object, by their API names.
#[derive(Debug)]
struct Counters(ConnectionStatistics);

impl Serialize for Counters {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(counter, value)| (counter.name(), value)))
    }
}
