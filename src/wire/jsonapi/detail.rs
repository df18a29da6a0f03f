//! Decodes the details of one JSON:API session that a row of the list does not have.
//!
//! The body is parsed a second time, so that the fields of the row need no second set of rules. It is small
//! (2 kB, rarely above 100 kB). Wrong types that the row has counted are not counted again.

use serde::Deserialize;

use super::attributes::RawServerConnection;
use super::buffers::{RawBuffers, place_buffers};
use crate::model::{
    ConnectionDetail, RetainedStatement, Session, SessionDetail, StatementReply, Text, TextLimit,
};
use crate::wire::Decoder;
use crate::wire::field::{Entries, Lenient, LenientVec, NumberOr, Object, Raw};

#[derive(Deserialize)]
struct RawDetailResource<'a> {
    #[serde(borrow, default)]
    attributes: Lenient<Object<RawDetailAttributes<'a>>>,
}

#[derive(Debug, Deserialize)]
struct RawDetailAttributes<'a> {
    #[serde(borrow, default)]
    connections: Lenient<LenientVec<Object<RawServerConnection<'a>>>>,
    #[serde(borrow, default)]
    client: Lenient<Object<RawDetailClient<'a>>>,
    #[serde(borrow, default)]
    queries: Lenient<LenientVec<Object<RawQuery<'a>>>>,
    #[serde(borrow, default)]
    log: Lenient<LenientVec<Raw<'a>>>,
    #[serde(borrow, default)]
    memory: Lenient<Entries<'a, NumberOr<RawBuffers<'a>>>>,
}

#[derive(Debug, Deserialize)]
struct RawDetailClient<'a> {
    #[serde(borrow, default)]
    cipher: Lenient<Raw<'a>>,
    #[serde(borrow, default)]
    connection_attributes: Lenient<Entries<'a, Raw<'a>>>,
}

#[derive(Debug, Deserialize)]
struct RawQuery<'a> {
    #[serde(borrow, default)]
    command: Lenient<Raw<'a>>,
    #[serde(borrow, default)]
    statement: Lenient<Raw<'a>>,
    #[serde(borrow, default)]
    received: Lenient<Raw<'a>>,
    #[serde(borrow, default)]
    completed: Lenient<Raw<'a>>,
    #[serde(borrow, default)]
    responses: Lenient<LenientVec<Object<RawResponse<'a>>>>,
}

#[derive(Debug, Deserialize)]
struct RawResponse<'a> {
    #[serde(borrow, default)]
    server: Lenient<Raw<'a>>,
    #[serde(default)]
    duration: Lenient<u64>,
}

/// Fields of `memory` that the row has decoded, with their wrong types counted.
const IN_THE_ROW: [&str; 2] = ["connection_buffers", "total"];

/// Adds the details in the same body to a row.
pub(super) fn complete(session: Session, data: &str, decoder: &mut Decoder<'_>) -> SessionDetail {
    let mut detail = SessionDetail::of(session);
    let resource = serde_json::from_str::<RawDetailResource<'_>>(data).ok();
    let Some(Object(raw)) = resource.and_then(|resource| resource.attributes.known()) else {
        return detail;
    };
    detail.connections = list(raw.connections.known(), decoder, connection);
    if let Some(Object(client)) = raw.client.known() {
        detail.cipher = decoder.name(client.cipher);
        detail.client = client_attributes(client.connection_attributes.known(), decoder);
    }
    detail.queries = raw
        .queries
        .known()
        .map(|queries| list(Some(queries), decoder, |raw, decoder| Some(query(raw, decoder))));
    detail.log = lines(raw.log, decoder);
    for (name, value) in raw.memory.known().into_iter().flat_map(|memory| memory.0) {
        let counted = decoder.blanked;
        let bytes = match value.take(&mut decoder.blanked) {
            Some(NumberOr::Number(bytes)) => Some(bytes),
            Some(NumberOr::Object(buffers)) => place_buffers(buffers, &mut detail, decoder),
            None => None,
        };
        if IN_THE_ROW.contains(&&*name) {
            decoder.blanked = counted;
        }
        detail
            .memory
            .extend(bytes.map(|bytes| (decoder.interner.name(&name), bytes)));
    }
    detail
}

/// Returns the valid entries of a list. Counts the others.
fn list<R, T>(
    raw: Option<LenientVec<Object<R>>>,
    decoder: &mut Decoder<'_>,
    convert: impl Fn(R, &mut Decoder<'_>) -> Option<T>,
) -> Vec<T> {
    let entries = raw.into_iter().flat_map(|list| list.0);
    let known = entries.filter_map(|entry| convert(entry.take(&mut decoder.blanked)?.0, decoder));
    known.collect()
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "one of the conversions that `list` takes"
)]
fn connection(mut raw: RawServerConnection<'_>, decoder: &mut Decoder<'_>) -> Option<ConnectionDetail> {
    let thread_id = raw.thread_id(decoder);
    Some(ConnectionDetail {
        server: decoder.name(raw.server),
        thread_id,
        cipher: decoder.name(raw.cipher),
        ..ConnectionDetail::default()
    })
}

fn query(raw: RawQuery<'_>, decoder: &mut Decoder<'_>) -> RetainedStatement {
    let responses = raw.responses.take(&mut decoder.blanked);
    let sql = raw.statement.take(&mut decoder.blanked);
    RetainedStatement {
        command: decoder.name(raw.command),
        sql: sql.map(|sql| Text::clean(&sql.0, TextLimit::Sql)),
        received: decoder.name(raw.received),
        completed: decoder.name(raw.completed),
        responses: list(responses, decoder, |raw, decoder| {
            let duration_ms = raw.duration.take(&mut decoder.blanked);
            Some(StatementReply {
                server: decoder.name(raw.server),
                duration_ms,
            })
        }),
    }
}

fn client_attributes(raw: Option<Entries<'_, Raw<'_>>>, decoder: &mut Decoder<'_>) -> Vec<(Text, Text)> {
    let entries = raw.into_iter().flat_map(|entries| entries.0);
    let known = entries.filter_map(|(name, value)| {
        let value = value.take(&mut decoder.blanked)?;
        Some((
            Text::clean(&name, TextLimit::Name),
            Text::clean(&value.0, TextLimit::Line),
        ))
    });
    known.collect()
}

/// Decodes log lines. Up to 23.02 each ends in the line break of the log file.
fn lines(raw: Lenient<LenientVec<Raw<'_>>>, decoder: &mut Decoder<'_>) -> Vec<Text> {
    let lines = raw
        .take(&mut decoder.blanked)
        .into_iter()
        .flat_map(|lines| lines.0);
    let known = lines.filter_map(|line| {
        let line = line.take(&mut decoder.blanked)?;
        Some(Text::clean(line.0.trim_end(), TextLimit::Line))
    });
    known.collect()
}
