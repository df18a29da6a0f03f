//! Decides which session's connections are sampled next. Pure: time is an argument.
//!
//! Sessions on the screen and those that may be in trouble are sampled every two seconds, all others in
//! turn. Neither group can block the other.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use crate::diagnosis::ConnectionSample;
use crate::model::{ConnectionDetail, Session, SessionId};
use jiff::Timestamp;

/// Interval of the sessions on the screen or possibly in trouble.
const PRIORITY_INTERVAL: Duration = Duration::from_secs(2);
/// Minimum interval of all other sessions, even if there are few.
const MIN_INTERVAL: Duration = Duration::from_secs(5);
/// Maximum age of a sample that the next one is compared with.
const MAX_SAMPLE_AGE: Duration = Duration::from_secs(30);
/// Maximum number of sessions skipped when searching for one that is due.
const MAX_SKIPPED: usize = 1_024;

/// The last sample of one session.
#[derive(Debug)]
struct LastSample {
    /// Time of the last request.
    at: Instant,
    /// Time of the sample.
    taken: Instant,
    /// `None` if the session did not exist any more.
    sample: Option<ConnectionSample>,
}

/// The samples until now, and the order of the next ones.
#[derive(Debug, Default)]
pub(super) struct SampleSchedule {
    /// The last sample of each session.
    samples: BTreeMap<SessionId, LastSample>,
    /// The session sampled last of those in turn.
    last: Option<SessionId>,
    /// Whether a session on the screen goes first this time.
    shown_first: bool,
}

impl SampleSchedule {
    /// Returns the next session that is due. `listed` is sorted by id.
    pub(super) fn next(
        &mut self,
        now: Instant,
        shown: &[SessionId],
        listed: &[Session],
    ) -> Option<SessionId> {
        self.samples
            .retain(|_, last| now.duration_since(last.at) < MAX_SAMPLE_AGE);
        self.shown_first = !self.shown_first;
        let shown = self.oldest_shown(now, shown);
        if let Some(shown) = shown.filter(|_| self.shown_first) {
            return Some(shown);
        }
        self.suspicious(now)
            .or_else(|| self.in_turn(now, listed))
            .or(shown)
    }

    /// Stores a sample, compared with the previous one.
    pub(super) fn on_sample(
        &mut self,
        id: SessionId,
        connections: &[ConnectionDetail],
        at: Instant,
        taken_at: Timestamp,
    ) -> ConnectionSample {
        let before = self.samples.remove(&id).and_then(|last| last.sample);
        let sample = ConnectionSample::next(before, connections, None, taken_at);
        let last = LastSample {
            at,
            taken: at,
            sample: Some(sample.clone()),
        };
        self.samples.insert(id, last);
        sample
    }

    /// Stores that the session did not exist any more.
    pub(super) fn missed(&mut self, id: SessionId, at: Instant) {
        let (taken, sample) = (at, None);
        self.samples.insert(id, LastSample { at, taken, sample });
    }

    /// Stores that the session could not be sampled. The next sample is compared with the one before.
    pub(super) fn failed(&mut self, id: SessionId, at: Instant) {
        let before = self.samples.remove(&id);
        let before = before.filter(|before| at.duration_since(before.taken) < MAX_SAMPLE_AGE);
        let (taken, sample) = before.map_or((at, None), |before| (before.taken, before.sample));
        self.samples.insert(id, LastSample { at, taken, sample });
    }

    /// Drops all samples after a restart, because the ids belong to other sessions.
    pub(super) fn restart(&mut self) {
        *self = Self::default();
    }

    fn is_due(&self, id: SessionId, now: Instant, period: Duration) -> bool {
        let last = self.samples.get(&id);
        last.is_none_or(|last| now.duration_since(last.at) >= period)
    }

    fn oldest_shown(&self, now: Instant, shown: &[SessionId]) -> Option<SessionId> {
        let due = shown
            .iter()
            .copied()
            .filter(|id| self.is_due(*id, now, PRIORITY_INTERVAL));
        due.min_by_key(|id| self.samples.get(id).map(|last| last.at))
    }

    fn suspicious(&self, now: Instant) -> Option<SessionId> {
        let suspicious = self.samples.iter().filter(|(_, last)| {
            let sample = last.sample.as_ref();
            now.duration_since(last.at) >= PRIORITY_INTERVAL
                && sample.is_some_and(ConnectionSample::is_suspicious)
        });
        suspicious.min_by_key(|(_, last)| last.at).map(|(id, _)| *id)
    }

    fn in_turn(&mut self, now: Instant, listed: &[Session]) -> Option<SessionId> {
        let behind = listed.partition_point(|session| Some(session.id) <= self.last);
        let (before, after) = listed.split_at_checked(behind)?;
        let mut turn = after
            .iter()
            .chain(before)
            .take(MAX_SKIPPED)
            .map(|session| session.id);
        let next = turn.find(|id| self.is_due(*id, now, MIN_INTERVAL))?;
        self.last = Some(next);
        Some(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ConnectionStatistics, Counter};

    fn sessions(count: u64) -> Vec<Session> {
        (1..=count).map(|id| Session::bare(SessionId(id))).collect()
    }

    fn connections(high: u64) -> Vec<ConnectionDetail> {
        let statistics = ConnectionStatistics::from_fn(|counter| match counter {
            Counter::HighWater => Some(high),
            _ => Some(0),
        });
        vec![ConnectionDetail {
            statistics: Some(statistics),
            ..ConnectionDetail::default()
        }]
    }

    /// Takes this many samples, one every `step`. Sessions whose id is in `full` have a full queue.
    fn looks(
        sample_schedule: &mut SampleSchedule,
        from: Instant,
        step: Duration,
        count: u32,
        full: &[u64],
    ) -> Vec<u64> {
        let (all, shown) = (sessions(1_000), [SessionId(900), SessionId(901)]);
        let look = |turn: u32| {
            let now = from + step * turn;
            let id = sample_schedule.next(now, &shown, &all)?;
            let high = u64::from(full.contains(&id.0));
            sample_schedule.on_sample(id, &connections(high), now, Timestamp::UNIX_EPOCH);
            Some(id.0)
        };
        (0..count).filter_map(look).collect()
    }

    #[test]
    fn those_on_the_screen_and_all_others_by_turns() {
        let step = Duration::from_millis(50);
        let seen = looks(&mut SampleSchedule::default(), Instant::now(), step, 8, &[]);
        assert_eq!(seen, [900, 1, 901, 2, 3, 4, 5, 6]);
    }

    #[test]
    fn who_may_be_in_trouble_comes_again_soon() {
        let mut sample_schedule = SampleSchedule::default();
        let seen = looks(
            &mut sample_schedule,
            Instant::now(),
            Duration::from_millis(500),
            20,
            &[1],
        );
        assert!(seen.iter().filter(|id| **id == 1).count() >= 3, "{seen:?}");
        assert!(seen.iter().filter(|id| **id == 900).count() >= 3, "{seen:?}");
        assert!(
            seen.iter().filter(|id| (2..900).contains(*id)).count() >= 5,
            "{seen:?}"
        );
    }

    #[test]
    fn a_failed_request_does_not_lose_the_sample_before() {
        let (mut schedule, start) = (SampleSchedule::default(), Instant::now());
        let taken_at = |seconds| Timestamp::UNIX_EPOCH + Duration::from_secs(seconds);
        let (id, reads) = (SessionId(7), connections(9));
        let first = schedule.on_sample(id, &reads, start, taken_at(0));
        assert_eq!(first.rate(Counter::Reads), None);
        for (second, is_compared) in [(4, true), (40, false)] {
            schedule.failed(id, start + Duration::from_secs(second / 2));
            schedule.failed(id, start + Duration::from_secs(second - 1));
            let at = start + Duration::from_secs(second);
            let next = schedule.on_sample(id, &reads, at, taken_at(second));
            assert_eq!(next.rate(Counter::Reads).is_some(), is_compared, "{second}");
        }
    }

    #[test]
    fn everybody_has_a_turn_and_few_are_not_looked_at_all_the_time() {
        let (mut sample_schedule, start, all) = (SampleSchedule::default(), Instant::now(), sessions(3));
        let mut seen = Vec::new();
        for turn in 0..100 {
            let now = start + Duration::from_millis(50) * turn;
            if let Some(id) = sample_schedule.next(now, &[], &all) {
                sample_schedule.missed(id, now);
                seen.push(id.0);
            }
        }
        assert_eq!(seen, [1, 2, 3]);
        let later = start + Duration::from_secs(40);
        assert_eq!(sample_schedule.next(later, &[], &sessions(1)), Some(SessionId(1)));
        assert_eq!(sample_schedule.next(later, &[], &[]), None);
        assert_eq!(sample_schedule.samples.len(), 0, "forgotten");
    }
}
