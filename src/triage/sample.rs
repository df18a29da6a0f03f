//! A closer look at the connections of one session, and at what the looks before it have shown.
//! Lists do not tell this: it comes from looking at a session by itself.

use jiff::Timestamp;

use crate::model::{Buffer, Counter, Detail, Statistics, Text};

/// What the last looks at the connections of one session have shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionSample {
    /// When the last look was, by this machine's clock.
    pub taken_at: Timestamp,
    pub(super) connections: Vec<Followed>,
    pub(super) client: Option<Buffer>,
}

/// One connection, known again by its place and its server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Followed {
    pub(super) server: Option<Text>,
    pub(super) statistics: Statistics,
    pub(super) buffer: Option<Buffer>,
    /// On so many looks in a row there were more rises than falls.
    pub(super) full: u8,
    /// The buffered writes of the last looks, the newest first.
    pub(super) buffered: [Option<u64>; 3],
}

impl ConnectionSample {
    /// Looks at a session, with what was seen before in mind. A look at the same moment is none.
    pub fn look(before: Option<Self>, detail: &Detail, taken_at: Timestamp) -> Self {
        let before = match before {
            Some(before) if before.taken_at == taken_at => return before,
            before => before,
        };
        let mut old = before
            .map(|before| before.connections)
            .unwrap_or_default()
            .into_iter();
        let connections = detail.connections.iter().map(|connection| {
            let statistics = connection.statistics.unwrap_or_default();
            let same = old
                .next()
                .filter(|old| old.server == connection.server && !has_fallen(&old.statistics, &statistics));
            let full = match same.as_ref() {
                _ if !is_full(&statistics) => 0,
                Some(same) => same.full.saturating_add(1),
                None => 1,
            };
            let [first, second, _] = same.map_or([None; 3], |same| same.buffered);
            Followed {
                server: connection.server.clone(),
                statistics,
                buffer: connection.buffer,
                full,
                buffered: [statistics.get(Counter::BufferedWrites), first, second],
            }
        });
        Self {
            taken_at,
            connections: connections.collect(),
            client: detail.client_buffer,
        }
    }
}

/// More rises over the high-water mark than falls below the low one: a queue is full now.
fn is_full(statistics: &Statistics) -> bool {
    let low = statistics.get(Counter::LowWater);
    low.is_some() && statistics.get(Counter::HighWater) > low
}

/// Counters only rise: what has fallen is another connection.
fn has_fallen(before: &Statistics, now: &Statistics) -> bool {
    let mut counters = before.iter().zip(now.iter());
    counters.any(|((_, before), (_, now))| now.is_some() && now < before)
}
