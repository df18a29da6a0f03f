//! Detects restarts of a proxy, and several proxies behind one address, from their process starts.

use std::time::Duration;

use super::{Instance, ProcessStart, Text, civil_millis, parse_moment};

/// Maximum number of process starts kept, so that the history is bounded.
const MAX_STARTS: usize = 64;
/// Minimum overlap of two processes that counts as running side by side. Covers the time that a reply may take.
///
/// A process overlaps with another one if its uptime exceeds the time since the other one replied by this much.
const OVERLAP: Duration = Duration::from_secs(15);

/// Result of comparing a process start with those read before at the same address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Continuity {
    /// The same process, or no process start to compare.
    Same,
    /// A process that was not seen before: the proxy was restarted.
    Restarted,
    /// Several proxies answer at this address, for example behind a balancer.
    SeveralProxies,
}

impl Continuity {
    /// Compares readings made at the same time, each on its own connection.
    ///
    /// Two processes are one proxy only if exactly one of them has just started. A process that reports no
    /// uptime is treated as one that has run for a while.
    pub(crate) fn of_simultaneous(readings: &[Instance]) -> Self {
        let mut distinct: Vec<&Instance> = Vec::new();
        for reading in readings {
            let Some(process) = &reading.process else { continue };
            let is_known = |known: &&Instance| known.process.as_ref().is_some_and(|p| p.may_be(process));
            if !distinct.iter().any(is_known) {
                distinct.push(reading);
            }
        }
        let is_new = |reading: &&Instance| uptime(reading).is_some_and(|uptime| uptime <= OVERLAP);
        match distinct.as_slice() {
            [] | [_] => Self::Same,
            [one, other] if is_new(one) != is_new(other) => Self::Restarted,
            _ => Self::SeveralProxies,
        }
    }
}

/// The process starts read at one address, in order.
///
/// A restart only goes forward. A process start that comes back after another one proves that several
/// proxies answer; so does a process that started earlier than the one before it and ran at the same time.
#[derive(Clone, Debug, Default)]
pub(crate) struct ProcessHistory {
    /// Each start once. The last element is the one that was read last.
    starts: Vec<ProcessStart>,
    /// Time of the last reading, on a monotonic clock.
    read_at: Duration,
}

impl ProcessHistory {
    /// Adds a reading and compares it with the earlier ones.
    ///
    /// `read_at` is the time at which the reply was complete, on a monotonic clock. Readings must be
    /// passed in order, and each must begin after the previous one was complete. A reading
    /// without a process start is ignored.
    pub(crate) fn observe(&mut self, reading: &Instance, read_at: Duration) -> Continuity {
        let Some(start) = &reading.process else {
            return Continuity::Same;
        };
        let since_last = read_at.saturating_sub(self.read_at);
        self.read_at = read_at;
        let newest = self.starts.len().saturating_sub(1);
        let Some(index) = self.starts.iter().rposition(|known| known.may_be(start)) else {
            let before = self.starts.last();
            let continuity = match before {
                None => Continuity::Same,
                Some(before) if ran_alongside(reading, since_last) && is_older(start, before) => {
                    Continuity::SeveralProxies
                }
                Some(_) => Continuity::Restarted,
            };
            if self.starts.len() >= MAX_STARTS {
                self.starts.remove(0);
            }
            self.starts.push(start.clone());
            return continuity;
        };
        let known = self.starts.remove(index).completed_by(start);
        self.starts.push(known);
        if index == newest {
            Continuity::Same
        } else {
            Continuity::SeveralProxies
        }
    }
}

/// Whether the process was already running when another one replied `since` ago.
fn ran_alongside(reading: &Instance, since: Duration) -> bool {
    uptime(reading).is_some_and(|uptime| uptime > since.saturating_add(OVERLAP))
}

fn uptime(reading: &Instance) -> Option<Duration> {
    reading
        .uptime
        .map(|uptime| Duration::from_secs(uptime.as_secs().into()))
}

/// Whether a process started before another one; `false` if that is unknown.
fn is_older(start: &ProcessStart, other: &ProcessStart) -> bool {
    let by = |moment: fn(&Text) -> Option<i64>| Some(moment(&start.started_at)? < moment(&other.started_at)?);
    // Releases up to 22.08 send local time without a zone.
    by(|text| Some(parse_moment(text.as_str(), None)?.as_millisecond()))
        .or_else(|| by(|text| civil_millis(text.as_str())))
        .unwrap_or(false)
}

impl ProcessStart {
    /// Whether both may be one process. An unknown data directory or node name matches any.
    fn may_be(&self, other: &Self) -> bool {
        let agree =
            |one: &Option<Text>, other: &Option<Text>| one.is_none() || other.is_none() || one == other;
        self.started_at == other.started_at
            && agree(&self.datadir, &other.datadir)
            && agree(&self.node, &other.node)
    }

    /// Fills unknown parts from `other`, a reading of the same process.
    fn completed_by(self, other: &Self) -> Self {
        Self {
            datadir: self.datadir.or_else(|| other.datadir.clone()),
            node: self.node.or_else(|| other.node.clone()),
            ..self
        }
    }

    /// Whether the process may be the one that the same proxy runs after a restart from `before`: at the same node,
    /// and not started earlier.
    pub(crate) fn may_follow(&self, before: &Self) -> bool {
        self.node.is_some() && self.node == before.node && !is_older(self, before)
    }

    /// Whether both are certainly one process: all parts are known and equal.
    pub(crate) fn is_certainly(&self, other: &Self) -> bool {
        self.datadir.is_some() && self.node.is_some() && self == other
    }
}

#[cfg(test)]
mod tests;
