//! Rules for connections whose other side does not read fast enough, by statistics or queues.

use super::evidence::Evidence;
use super::finding::Severity;
use super::rule::RuleInput;
use super::rule::RuleResult;
use super::sample::{ConnectionSample, TrackedConnection};
use crate::model::{Buffer, Counter, WriteQueue};

/// Number of consecutive samples that must show a full queue.
const MIN_SAMPLES: u8 = 2;

/// Checks for a full queue in two consecutive samples, or for data in a write queue.
pub(super) fn back_pressure(sample: &ConnectionSample) -> RuleResult {
    let found = |evidence| RuleResult::Found(Severity::Act, evidence);
    if let Some(bytes) = sample.client.and_then(waiting) {
        return found(Evidence::WriteQueue { server: None, bytes });
    }
    let mut is_known = sample.client.is_some_and(|buffer| buffer.writeq.is_some());
    let mut may_be = false;
    let full = sample
        .connections
        .iter()
        .filter(|connection| connection.full >= MIN_SAMPLES);
    if let Some(evidence) = full
        .max_by_key(|connection| surplus(connection))
        .and_then(high_water)
    {
        return found(evidence);
    }
    let queues = sample.connections.iter().filter_map(|connection| {
        let bytes = connection.buffer.and_then(waiting)?;
        Some((bytes, &connection.server))
    });
    // As in a list: the first of equal ones.
    if let Some((bytes, server)) = queues.rev().max_by_key(|(bytes, _)| *bytes) {
        let server = server.clone();
        return found(Evidence::WriteQueue { server, bytes });
    }
    for connection in &sample.connections {
        is_known |= connection.statistics.get(Counter::HighWater).is_some()
            || connection.buffer.is_some_and(|buffer| buffer.writeq.is_some());
        may_be |= connection.full > 0;
    }
    if may_be || !is_known {
        RuleResult::Unknown
    } else {
        RuleResult::No
    }
}

/// Checks for data in a write queue, from a session list (JSON:API, 23.02 and later).
pub(super) fn write_queue(input: &RuleInput<'_>) -> RuleResult {
    let extra = input.session.extra.as_ref();
    match extra.and_then(|extra| extra.write_queue.clone()) {
        None => RuleResult::Unknown,
        Some(WriteQueue { bytes: 0, .. }) => RuleResult::No,
        Some(WriteQueue { server, bytes }) => {
            RuleResult::Found(Severity::Act, Evidence::WriteQueue { server, bytes })
        }
    }
}

fn waiting(buffer: Buffer) -> Option<u64> {
    buffer.writeq.filter(|bytes| *bytes > 0)
}

/// Returns the number of high-water events minus low-water events. The highest marks the worst connection.
fn surplus(connection: &TrackedConnection) -> u64 {
    let value = |counter| connection.statistics.get(counter).unwrap_or_default();
    value(Counter::HighWater).saturating_sub(value(Counter::LowWater))
}

fn high_water(connection: &TrackedConnection) -> Option<Evidence> {
    Some(Evidence::HighWater {
        server: connection.server.clone(),
        high: connection.statistics.get(Counter::HighWater)?,
        low: connection.statistics.get(Counter::LowWater)?,
        buffered: connection.statistics.get(Counter::BufferedWrites),
    })
}

/// Checks for buffered writes that have grown over three samples.
pub(super) fn buffering(sample: &ConnectionSample) -> RuleResult {
    let mut result = RuleResult::Unknown;
    for connection in &sample.connections {
        match connection.buffered {
            [Some(now), Some(before), Some(first)] if now > before && before > first => {
                let server = connection.server.clone();
                let grown = now - first;
                return RuleResult::Found(Severity::Look, Evidence::Buffering { server, grown });
            }
            [Some(_), Some(_), Some(_)] => result = RuleResult::No,
            _ => {}
        }
    }
    result
}
