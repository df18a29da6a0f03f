//! Samples of the connections of one session, which a session list does not report.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::evidence::Evidence;
use super::finding::{Diagnosis, Finding, OwnedDiagnosis, order};
use super::reasons::REASONS;
use super::rule::RuleResult;
use crate::model::{Buffer, ConnectionDetail, ConnectionStatistics, Counter, Span, Text};

/// Maximum age of a sample that is used in a diagnosis, in milliseconds.
const MAX_AGE_MS: i128 = 10_000;
/// Maximum age of a sample that shows trouble, while there is no later one, in milliseconds.
pub(crate) const MAX_TROUBLE_AGE_MS: i128 = 300_000;
/// Minimum interval between two samples to compute a rate, in milliseconds.
const MIN_INTERVAL_MS: u64 = 100;

/// The last sample of the connections of one session, compared with earlier ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionSample {
    /// Time of the sample, by this machine's clock.
    pub taken_at: Timestamp,
    pub(super) connections: Vec<TrackedConnection>,
    pub(super) client: Option<Buffer>,
    /// Time since the previous sample, in milliseconds; `None` if there is none.
    since_ms: Option<u64>,
}

/// A connection, recognized in the next sample by its index and server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TrackedConnection {
    pub(super) server: Option<Text>,
    pub(super) statistics: ConnectionStatistics,
    pub(super) buffer: Option<Buffer>,
    /// Number of consecutive samples with a full queue.
    pub(super) full: u8,
    /// Buffered writes of the last samples, newest first.
    pub(super) buffered: [Option<u64>; 3],
    /// Counters of the previous sample.
    before: Option<ConnectionStatistics>,
}

impl ConnectionSample {
    /// Returns the sample for `connections` and the queues of the client, with rates against `before`.
    ///
    /// Returns `before` unchanged if the timestamps are equal.
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

    /// Returns the sample for a redacted recording. Its only texts are names of servers, which stay.
    pub(crate) fn redacted(self) -> Self {
        let Self {
            taken_at,
            connections,
            client,
            since_ms,
        } = self;
        let connections = connections.into_iter().map(|connection| {
            let TrackedConnection {
                server,
                statistics,
                buffer,
                full,
                buffered,
                before,
            } = connection;
            TrackedConnection {
                server,
                statistics,
                buffer,
                full,
                buffered,
                before,
            }
        });
        Self {
            connections: connections.collect(),
            taken_at,
            client,
            since_ms,
        }
    }

    /// Returns the sample with its age at a moment. `None` if it is too old to show anything.
    pub(super) fn seen_at(&self, moment: Timestamp) -> Option<SeenSample<'_>> {
        let age = moment.duration_since(self.taken_at).as_millis();
        let is_current = self.is_current_at(moment);
        let seconds = i64::try_from(age / 1_000).unwrap_or(i64::MAX);
        let is_usable = is_current || (0..=MAX_TROUBLE_AGE_MS).contains(&age);
        is_usable.then_some(SeenSample {
            sample: self,
            ago: (!is_current).then(|| Span::from_secs(seconds)),
        })
    }

    /// Whether the sample shows a reason why the session is stuck.
    pub fn has_findings(&self) -> bool {
        let mut rules = REASONS.iter().filter_map(|reason| reason.rule.connection_rule());
        rules.any(|rule| matches!(rule(self), RuleResult::Found(..)))
    }

    /// Whether the sample was taken within 10 s of `moment`.
    pub fn is_current_at(&self, moment: Timestamp) -> bool {
        moment.duration_since(self.taken_at).as_millis().abs() <= MAX_AGE_MS
    }

    /// Returns a counter, summed over all connections; `None` if none reports it.
    pub fn total(&self, counter: Counter) -> Option<u64> {
        sum(self
            .connections
            .iter()
            .map(|connection| connection.statistics.get(counter)))
    }

    /// Returns the increase of a counter since the previous sample, over the connections that it has too. `None` if
    /// there is no such connection.
    pub fn increase(&self, counter: Counter) -> Option<u64> {
        sum(self.connections.iter().map(|connection| {
            let before = connection.before?.get(counter)?;
            connection.statistics.get(counter)?.checked_sub(before)
        }))
    }

    /// Returns the increase of a counter per second, over the connections that the previous sample has too.
    pub fn rate(&self, counter: Counter) -> Option<f64> {
        let passed = self.since_ms.filter(|passed| *passed >= MIN_INTERVAL_MS)?;
        #[expect(clippy::cast_precision_loss, reason = "a rate for display")]
        let rate = self.increase(counter)? as f64 * 1000.0 / passed as f64;
        Some(rate)
    }

    /// Whether another sample soon may lead to a finding.
    pub fn is_suspicious(&self) -> bool {
        let grows =
            |buffered: &[Option<u64>; 3]| matches!(buffered, [Some(now), Some(before), _] if now > before);
        self.connections
            .iter()
            .any(|connection| connection.full > 0 || grows(&connection.buffered))
    }
}

/// A sample at the time of a list.
#[derive(Clone, Copy, Debug)]
pub(super) struct SeenSample<'a> {
    sample: &'a ConnectionSample,
    /// Its age, if it is too old to show that a session is well.
    ago: Option<Span>,
}

impl SeenSample<'_> {
    /// Returns the result of a rule. An old sample still shows trouble, but never that there is none: `None` then.
    pub(super) fn apply(self, rule: fn(&ConnectionSample) -> RuleResult) -> Option<RuleResult> {
        match (rule(self.sample), self.ago) {
            (result, None) => Some(result),
            (RuleResult::Found(severity, evidence), Some(ago)) => {
                let evidence = Box::new(evidence);
                Some(RuleResult::Found(severity, Evidence::Earlier { evidence, ago }))
            }
            (_, Some(_)) => None,
        }
    }
}

/// Returns the sum of the known values; `None` if there are none.
fn sum(values: impl Iterator<Item = Option<u64>>) -> Option<u64> {
    values.flatten().reduce(u64::saturating_add)
}

/// Whether a queue is full: there were more high-water than low-water events.
fn is_full(statistics: &ConnectionStatistics) -> bool {
    let low = statistics.get(Counter::LowWater);
    low.is_some() && statistics.get(Counter::HighWater) > low
}

/// Whether a counter has fallen. Counters only rise, so it is another connection then.
fn has_fallen(before: &ConnectionStatistics, now: &ConnectionStatistics) -> bool {
    let mut counters = before.iter().zip(now.iter());
    counters.any(|((_, before), (_, now))| now.is_some() && now < before)
}

/// Adds the findings of a sample to those of a list.
pub fn closer(listed: Diagnosis<'_>, sample: Option<&ConnectionSample>) -> OwnedDiagnosis {
    let mut diagnosis = listed.to_owned();
    let Some(sample) = sample.filter(|_| !listed.is_expected) else {
        return diagnosis;
    };
    for (index, reason) in REASONS.iter().enumerate() {
        let Some(rule) = reason.rule.connection_rule() else {
            continue;
        };
        diagnosis.found.retain(|finding| finding.reason != reason);
        diagnosis.unjudged.remove(index);
        match rule(sample) {
            RuleResult::Unknown => diagnosis.unjudged.insert(index),
            RuleResult::No => {}
            RuleResult::Found(severity, evidence) => diagnosis.found.push(Finding {
                reason,
                severity,
                evidence,
            }),
        }
    }
    order(&mut diagnosis.found);
    diagnosis
}
