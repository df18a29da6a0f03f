//! Whether the process starts that are read at one address belong to one proxy.

use std::time::Duration;

use super::{Instance, ProcessStart, Text, civil_millis, parse_moment};

/// Maximum number of process starts kept, so that the history is bounded.
const MAX_STARTS: usize = 64;
/// A process that has run for this much longer than the time since another one replied ran beside it.
/// Covers the time that a reply may take.
const OVERLAP: Duration = Duration::from_secs(15);

/// What a process start shows, compared with the ones read before at the same address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Continuity {
    /// The same process, as far as it is known.
    Same,
    /// A process that was not seen before: the proxy was restarted.
    Restarted,
    /// Several proxies answer at this address, for example behind a balancer.
    SeveralProxies,
}

impl Continuity {
    /// Compares readings that were made side by side, each on its own connection.
    ///
    /// Two processes are one proxy only if exactly one of them has just begun. A process that reports no
    /// uptime counts as one that has run before.
    pub fn of_simultaneous(readings: &[Instance]) -> Self {
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

/// The process starts read at one address, one after another.
///
/// A restart only goes forward. A process start that comes back after another one proves that several
/// proxies answer; so does a process that started earlier than the one before it and ran beside it.
#[derive(Clone, Debug, Default)]
pub struct ProcessHistory {
    /// Each start once. The one that was read last is the last.
    starts: Vec<ProcessStart>,
    /// When the last one was read, on a monotonic clock.
    read_at: Duration,
}

impl ProcessHistory {
    /// Adds a reading and compares it with the earlier ones.
    ///
    /// `read_at` is the time at which the reply was complete, on a monotonic clock. Readings have to come
    /// in the order in which they were made, none begun before the one before it was complete. A reading
    /// without a process start is ignored.
    pub fn observe(&mut self, reading: &Instance, read_at: Duration) -> Continuity {
        let Some(start) = &reading.process else {
            return Continuity::Same;
        };
        let since_last = read_at.saturating_sub(self.read_at);
        self.read_at = read_at;
        let newest = self.starts.len().saturating_sub(1);
        let Some(place) = self.starts.iter().rposition(|known| known.may_be(start)) else {
            let before = self.starts.last();
            let continuity = match before {
                None => Continuity::Same,
                Some(before) if ran_beside(reading, since_last) && is_older(start, before) => {
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
        let known = self.starts.remove(place).completed_by(start);
        self.starts.push(known);
        if place == newest {
            Continuity::Same
        } else {
            Continuity::SeveralProxies
        }
    }
}

/// Whether the process ran already when another one replied `since` ago.
fn ran_beside(reading: &Instance, since: Duration) -> bool {
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
    /// Whether both may be one process: an unknown data directory or node name proves nothing.
    fn may_be(&self, other: &Self) -> bool {
        let agree =
            |one: &Option<Text>, other: &Option<Text>| one.is_none() || other.is_none() || one == other;
        self.started_at == other.started_at
            && agree(&self.datadir, &other.datadir)
            && agree(&self.node, &other.node)
    }

    /// Adds what `other` knows of the same process.
    fn completed_by(self, other: &Self) -> Self {
        Self {
            datadir: self.datadir.or_else(|| other.datadir.clone()),
            node: self.node.or_else(|| other.node.clone()),
            ..self
        }
    }

    /// Whether both are certainly one process: all parts are known and equal.
    pub fn is_certainly(&self, other: &Self) -> bool {
        self.datadir.is_some() && self.node.is_some() && self == other
    }
}

#[cfg(test)]
mod tests;
