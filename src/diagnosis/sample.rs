//! A closer look at the connections of one session, and at what the looks before it have shown.
//! Lists do not tell this: it comes from looking at a session by itself.
//!
//! What a closer look at a session's connections adds to what its list tells.

use jiff::Timestamp;

use super::finding::{Diagnosis, Finding, ReasonSet, order};
use super::reasons::REASONS;
use super::rule::RuleResult;
use crate::model::{Buffer, ConnectionDetail, ConnectionStatistics, Counter, Text};

/// Older than this it says nothing of now, in milliseconds.
const HOLDS_MS: i128 = 10_000;
/// Looks closer together than this give no rate: the quotient would be noise.
const MIN_INTERVAL_MS: u64 = 100;

/// What the last looks at the connections of one session have shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionSample {
    /// When the last look was, by this machine's clock.
    pub taken_at: Timestamp,
    pub(super) connections: Vec<TrackedConnection>,
    pub(super) client: Option<Buffer>,
    /// How long before it the last look was, if there was one, in milliseconds.
    since_ms: Option<u64>,
}

/// One connection, known again by its place and its server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TrackedConnection {
    pub(super) server: Option<Text>,
    pub(super) statistics: ConnectionStatistics,
    pub(super) buffer: Option<Buffer>,
    /// On so many looks in a row there were more rises than falls.
    pub(super) full: u8,
    /// The buffered writes of the last looks, the newest first.
    pub(super) buffered: [Option<u64>; 3],
    /// How the counters stood at the look before.
    before: Option<ConnectionStatistics>,
}

impl ConnectionSample {
    /// Looks at the connections of a session and the queues of its client, with what was seen before
    /// in mind. A look at the same moment is none.
    pub fn next(
        before: Option<Self>,
        connections: &[ConnectionDetail],
        client: Option<Buffer>,
        taken_at: Timestamp,
    ) -> Self {
        let before = match before {
            Some(before) if before.taken_at == taken_at => return before,
            before => before,
        };
        let since = before
            .as_ref()
            .map(|before| taken_at.duration_since(before.taken_at));
        let mut old = before
            .map(|before| before.connections)
            .unwrap_or_default()
            .into_iter();
        let connections = connections.iter().map(|connection| {
            let statistics = connection.statistics.unwrap_or_default();
            let same = old
                .next()
                .filter(|old| old.server == connection.server && !has_fallen(&old.statistics, &statistics));
            let full = match same.as_ref() {
                _ if !is_full(&statistics) => 0,
                Some(same) => same.full.saturating_add(1),
                None => 1,
            };
            let [first, second, _] = same.as_ref().map_or([None; 3], |same| same.buffered);
            TrackedConnection {
                server: connection.server.clone(),
                statistics,
                buffer: connection.buffer,
                full,
                buffered: [statistics.get(Counter::BufferedWrites), first, second],
                before: same.map(|same| same.statistics),
            }
        });
        Self {
            taken_at,
            connections: connections.collect(),
            client,
            since_ms: since.and_then(|since| u64::try_from(since.as_millis()).ok()),
        }
    }

    /// Whether it is not too old to tell of that moment.
    pub fn is_current_at(&self, moment: Timestamp) -> bool {
        moment.duration_since(self.taken_at).as_millis().abs() <= HOLDS_MS
    }

    /// What a counter has come to on all its connections together, where any tells.
    pub fn total(&self, counter: Counter) -> Option<u64> {
        sum(self
            .connections
            .iter()
            .map(|connection| connection.statistics.get(counter)))
    }

    /// By how much a counter has risen a second, on the connections that the look before had too.
    pub fn rate(&self, counter: Counter) -> Option<f64> {
        let passed = self.since_ms.filter(|passed| *passed >= MIN_INTERVAL_MS)?;
        let risen = self.connections.iter().map(|connection| {
            let before = connection.before?.get(counter)?;
            connection.statistics.get(counter)?.checked_sub(before)
        });
        #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
        let rate = sum(risen)? as f64 * 1000.0 / passed as f64;
        Some(rate)
    }

    /// Whether another look soon may find what this one cannot tell yet.
    pub fn is_suspicious(&self) -> bool {
        let grows =
            |buffered: &[Option<u64>; 3]| matches!(buffered, [Some(now), Some(before), _] if now > before);
        self.connections
            .iter()
            .any(|connection| connection.full > 0 || grows(&connection.buffered))
    }
}

/// The sum of what is known; nothing where nothing is.
fn sum(values: impl Iterator<Item = Option<u64>>) -> Option<u64> {
    values.flatten().reduce(u64::saturating_add)
}

/// More rises over the high-water mark than falls below the low one: a queue is full now.
fn is_full(statistics: &ConnectionStatistics) -> bool {
    let low = statistics.get(Counter::LowWater);
    low.is_some() && statistics.get(Counter::HighWater) > low
}

/// Counters only rise: what has fallen is another connection.
fn has_fallen(before: &ConnectionStatistics, now: &ConnectionStatistics) -> bool {
    let mut counters = before.iter().zip(now.iter());
    counters.any(|((_, before), (_, now))| now.is_some() && now < before)
}

/// What a list found of a session, with what a closer look adds to it. The strongest first.
pub fn closer(listed: &Diagnosis<'_>, sample: Option<&ConnectionSample>) -> (Vec<Finding>, ReasonSet) {
    let (mut found, mut unjudged) = (listed.found.to_vec(), listed.unjudged);
    for (place, reason) in REASONS.iter().enumerate() {
        let (Some(judge), Some(sample)) = (reason.judge.connection_rule(), sample) else {
            continue;
        };
        found.retain(|finding| finding.reason != reason);
        unjudged.remove(place);
        match judge(sample) {
            RuleResult::Unknown => unjudged.insert(place),
            RuleResult::No => {}
            RuleResult::Found(severity, evidence) => found.push(Finding {
                reason,
                severity,
                evidence,
            }),
        }
    }
    order(&mut found);
    (found, unjudged)
}
