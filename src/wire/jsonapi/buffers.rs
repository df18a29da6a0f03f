//! Decodes `connection_buffers`: the queues on both sides of a session. A number before 23.02.

use serde::Deserialize;

use crate::model::{Buffer, SessionDetail, WriteQueue};
use crate::wire::Decoder;
use crate::wire::field::{Entries, Lenient, Object};

#[derive(Debug, Deserialize)]
pub(super) struct RawBuffers<'a> {
    #[serde(default)]
    total: Lenient<u64>,
    #[serde(default)]
    client: Lenient<Object<RawBuffer>>,
    #[serde(borrow, default)]
    backends: Lenient<Entries<'a, Object<RawBuffer>>>,
}

#[derive(Debug, Deserialize)]
struct RawBuffer {
    #[serde(default)]
    readq: Lenient<u64>,
    #[serde(default)]
    writeq: Lenient<u64>,
}

/// Returns the write queue of the client if data waits there, otherwise the longest one of the servers; `None` if none
/// is known. The lengths change all the time: with the longest of all, the side that is named would alternate.
pub(super) fn write_queue(raw: RawBuffers<'_>, decoder: &mut Decoder<'_>) -> Option<WriteQueue> {
    let client = raw
        .client
        .take(&mut decoder.blanked)
        .and_then(|client| buffer(client, decoder).writeq);
    let client = client.map(|bytes| WriteQueue { server: None, bytes });
    let mut longest: Option<WriteQueue> = None;
    let backends = raw.backends.take(&mut decoder.blanked);
    for (server, value) in backends.into_iter().flat_map(|backends| backends.0) {
        let bytes = value
            .take(&mut decoder.blanked)
            .and_then(|value| buffer(value, decoder).writeq);
        if let Some(bytes) = bytes.filter(|bytes| longest.as_ref().is_none_or(|known| known.bytes < *bytes)) {
            let server = Some(decoder.interner.name(&server));
            longest = Some(WriteQueue { server, bytes });
        }
    }
    let client_waits = client.as_ref().is_some_and(|queue| queue.bytes > 0);
    let server_waits = longest.as_ref().is_some_and(|queue| queue.bytes > 0);
    if client_waits || !server_waits {
        client.or(longest)
    } else {
        longest
    }
}

/// Assigns the queues of each server to its connection and those of the client to the session.
///
/// Returns their total, in bytes.
pub(super) fn place_buffers(
    raw: RawBuffers<'_>,
    detail: &mut SessionDetail,
    decoder: &mut Decoder<'_>,
) -> Option<u64> {
    detail.client_buffer = raw
        .client
        .take(&mut decoder.blanked)
        .map(|client| buffer(client, decoder));
    for (server, value) in raw
        .backends
        .take(&mut decoder.blanked)
        .into_iter()
        .flat_map(|backends| backends.0)
    {
        let Some(value) = value.take(&mut decoder.blanked) else {
            continue;
        };
        let server = decoder.interner.name(&server);
        let connection = detail
            .connections
            .iter_mut()
            .find(|connection| connection.server.as_ref() == Some(&server));
        if let Some(connection) = connection {
            connection.buffer = Some(buffer(value, decoder));
        }
    }
    raw.total.take(&mut decoder.blanked)
}

fn buffer(Object(raw): Object<RawBuffer>, decoder: &mut Decoder<'_>) -> Buffer {
    Buffer {
        readq: raw.readq.take(&mut decoder.blanked),
        writeq: raw.writeq.take(&mut decoder.blanked),
    }
}
