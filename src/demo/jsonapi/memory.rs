//! Memory of a session, in bytes.

use std::collections::BTreeMap;

use crate::demo::profile::{MemoryForm, Sizes};
use crate::demo::world::{SimConnection, SimSessionAt, State};

/// Size of a read buffer. The side that was active last has it.
const READ_BUFFER: u64 = 65_536;

#[derive(Debug, serde::Serialize)]
pub(super) struct Memory {
    connection_buffers: Buffered,
    exec_metadata: u64,
    last_queries: u64,
    sescmd_history: u64,
    total: u64,
    variables: u64,
}

#[derive(Debug, serde::Serialize)]
#[serde(untagged)]
enum Buffered {
    Number(u64),
    Sides(ConnectionBuffers),
}

#[derive(Debug, serde::Serialize)]
struct ConnectionBuffers {
    backends: BTreeMap<&'static str, Buffers>,
    client: Buffers,
    total: u64,
}

#[derive(Debug, serde::Serialize)]
struct Buffers {
    misc: u64,
    readq: u64,
    total: u64,
    writeq: u64,
}

impl Memory {
    pub(super) fn of<'a>(
        session: &SimSessionAt<'_>,
        backends: &[SimConnection],
        statements: impl Iterator<Item = &'a str>,
        form: MemoryForm,
    ) -> Option<Self> {
        let (MemoryForm::Number(given) | MemoryForm::Object(given)) = form else {
            return None;
        };
        let Sizes {
            half_open,
            empty_history,
        } = given;
        let open = session.state() != State::HalfOpen;
        // While a statement runs, the server side has the read buffer; afterwards the client side.
        let (running, count) = (session.is_running(), backends.len());
        let side = |place| {
            if running && place + 1 == count {
                READ_BUFFER
            } else {
                0
            }
        };
        let sides = backends.iter().enumerate();
        let backends: BTreeMap<_, _> = sides
            .map(|(place, backend)| (backend.server, Buffers::of(662, side(place), backend.write_queue)))
            .collect();
        let readq = if open && !running { READ_BUFFER } else { 0 };
        let client = Buffers::of(
            if open { 654 } else { half_open },
            readq,
            session.client_write_queue(),
        );
        let buffered = client.total + backends.values().map(|buffers| buffers.total).sum::<u64>();
        let last_queries = statements.map(|text| 189 + text.len() as u64).sum();
        let sescmd_history = if open && session.service().history {
            181
        } else {
            empty_history
        };
        let sides = ConnectionBuffers {
            backends,
            client,
            total: buffered,
        };
        Some(Self {
            connection_buffers: match form {
                MemoryForm::Object(_) => Buffered::Sides(sides),
                _ => Buffered::Number(buffered),
            },
            exec_metadata: 0,
            last_queries,
            sescmd_history,
            total: buffered + last_queries + sescmd_history,
            variables: 0,
        })
    }
}

impl Buffers {
    fn of(misc: u64, readq: u64, writeq: u64) -> Self {
        Self {
            misc,
            readq,
            total: misc + readq + writeq,
            writeq,
        }
    }
}
