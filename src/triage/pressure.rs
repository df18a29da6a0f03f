//! Connections whose other side does not keep up, by their statistics or their queues.

use super::case::Case;
use super::evidence::Evidence;
use super::judgment::Judgment;
use super::sample::{ConnectionSample, Followed};
use super::severity::Severity;
use crate::model::{Buffer, Counter, WriteQueue};

/// So many looks in a row have to show a full queue.
const LOOKS: u8 = 2;

/// A full queue on two looks in a row, or something that waits to be written.
pub(super) fn back_pressure(sample: &ConnectionSample) -> Judgment {
    let found = |evidence| Judgment::Found(Severity::Act, evidence);
    if let Some(bytes) = sample.client.and_then(waiting) {
        return found(Evidence::WriteQueue { server: None, bytes });
    }
    let mut is_known = sample.client.is_some_and(|buffer| buffer.writeq.is_some());
    let mut may_be = false;
    let full = sample
        .connections
        .iter()
        .filter(|connection| connection.full >= LOOKS);
    if let Some(evidence) = full
        .max_by_key(|connection| surplus(connection))
        .and_then(high_water)
    {
        return found(evidence);
    }
    for connection in &sample.connections {
        if let Some(bytes) = connection.buffer.and_then(waiting) {
            let server = connection.server.clone();
            return found(Evidence::WriteQueue { server, bytes });
        }
        is_known |= connection.statistics.get(Counter::HighWater).is_some()
            || connection.buffer.is_some_and(|buffer| buffer.writeq.is_some());
        may_be |= connection.full > 0;
    }
    if may_be || !is_known {
        Judgment::Unjudged
    } else {
        Judgment::No
    }
}

/// Something that waits to be written, as a list tells it (JSON:API, 23.02 and later).
pub(super) fn write_queue(case: &Case<'_>) -> Judgment {
    let extra = case.session.extra.as_ref();
    match extra.and_then(|extra| extra.write_queue.clone()) {
        None => Judgment::Unjudged,
        Some(WriteQueue { bytes: 0, .. }) => Judgment::No,
        Some(WriteQueue { server, bytes }) => {
            Judgment::Found(Severity::Act, Evidence::WriteQueue { server, bytes })
        }
    }
}

fn waiting(buffer: Buffer) -> Option<u64> {
    buffer.writeq.filter(|bytes| *bytes > 0)
}

/// How many more rises than falls there were: the worst connection is the one to name.
fn surplus(connection: &Followed) -> u64 {
    let value = |counter| connection.statistics.get(counter).unwrap_or_default();
    value(Counter::HighWater).saturating_sub(value(Counter::LowWater))
}

fn high_water(connection: &Followed) -> Option<Evidence> {
    Some(Evidence::HighWater {
        server: connection.server.clone(),
        high: connection.statistics.get(Counter::HighWater)?,
        low: connection.statistics.get(Counter::LowWater)?,
        buffered: connection.statistics.get(Counter::BufferedWrites),
    })
}

/// Buffered writes that have grown from look to look, over three.
pub(super) fn buffering(sample: &ConnectionSample) -> Judgment {
    let mut judgment = Judgment::Unjudged;
    for connection in &sample.connections {
        match connection.buffered {
            [Some(now), Some(before), Some(first)] if now > before && before > first => {
                let server = connection.server.clone();
                let grown = now - first;
                return Judgment::Found(Severity::Look, Evidence::Buffering { server, grown });
            }
            [Some(_), Some(_), Some(_)] => judgment = Judgment::No,
            _ => {}
        }
    }
    judgment
}
