//! Sessions that are read one by one.
//!
//! In the draft, a list does not contain the connections: the shell samples those of one session after
//! another within the proxy's time limit. In JSON:API, the shell reads sessions between expensive lists. Those on
//! the screen and stuck ones come first.

use std::sync::Arc;
use std::time::Duration;

use super::endpoint::EndpointState;
use super::msg::Effect;
use super::row::TableRow;
use crate::diagnosis::{ConnectionSample, MAX_TROUBLE_AGE_MS};
use crate::model::{Dialect, EndpointId, RequestError, SessionId};

/// Minimum time for which a failed sample is shown, also if the next one succeeds.
const FAULT_TIME: Duration = Duration::from_secs(10);
/// Age of the last sample from which a session's samples are dropped, in milliseconds. Bounds the memory.
const FORGOTTEN_MS: i128 = 30_000;

/// The last failure to read the connections of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SamplingFault {
    fault: RequestError,
    /// Time since the program began.
    at: Duration,
    /// Whether connections were read after it.
    is_over: bool,
}

impl EndpointState {
    /// Stores new samples.
    pub(super) fn on_samples(&mut self, new: Vec<(SessionId, ConnectionSample)>) {
        let newest = new.iter().map(|(_, sample)| sample.taken_at).max();
        let samples = Arc::make_mut(&mut self.samples);
        samples.extend(new);
        if let Some(newest) = newest {
            samples.retain(|_, sample| {
                let age = newest.duration_since(sample.taken_at).as_millis();
                age <= FORGOTTEN_MS || (age <= MAX_TROUBLE_AGE_MS && sample.has_findings())
            });
            if let Some(failure) = &mut self.sampling_fault {
                failure.is_over = true;
            }
        }
    }

    /// Stores why the connections of a session could not be read.
    pub(super) fn on_sampling_failure(&mut self, fault: RequestError, now: Duration) {
        self.sampling_fault = Some(SamplingFault {
            fault,
            at: now,
            is_over: false,
        });
    }

    /// Returns why connections of sessions cannot be read, or could not a short time ago.
    pub(crate) fn connections_fault(&self, now: Duration) -> Option<&RequestError> {
        let failure = self.sampling_fault.as_ref()?;
        let is_shown = !failure.is_over || now.saturating_sub(failure.at) < FAULT_TIME;
        is_shown.then_some(&failure.fault)
    }

    /// Returns the number of listed sessions with a recent sample. `None` if lists contain all data.
    pub fn connections_known(&self) -> Option<usize> {
        let latest = self
            .latest
            .as_ref()
            .filter(|latest| latest.dialect == Dialect::Draft)?;
        let known = self
            .samples
            .iter()
            .filter(|(id, sample)| sample.is_current_at(latest.taken_at) && latest.position(**id).is_some());
        Some(known.count())
    }
}

/// Maximum number of sessions that are read before others. Reading them has to take less than two seconds.
const MAX_PRIORITIZED: usize = 64;

/// The sessions that were read before others last.
#[derive(Clone, Debug, Default)]
pub(super) struct PrioritizedRows {
    rows: Vec<(EndpointId, SessionId)>,
    /// Number of the view, and offset and height of the window, that they were chosen for.
    window: Option<(u64, usize, usize)>,
}

impl PrioritizedRows {
    /// Whether the rows have to be chosen again for a view and a window: they read all stuck rows.
    pub(super) fn is_needed(&mut self, window: (u64, usize, usize)) -> bool {
        self.window.replace(window) != Some(window)
    }

    /// Returns the sessions to read first, if they have changed. `rows` are those on the screen, then the
    /// stuck ones.
    pub(super) fn update<'a>(&mut self, rows: impl Iterator<Item = TableRow<'a>>) -> Option<Effect> {
        let mut wanted: Vec<_> = Vec::with_capacity(MAX_PRIORITIZED);
        let rows = rows.filter(|row| row.snapshot.may_read_rows() && row.missing == 0);
        for key in rows.map(|row| (row.snapshot.endpoint, row.session.id)) {
            if wanted.len() == MAX_PRIORITIZED {
                break;
            }
            if !wanted.contains(&key) {
                wanted.push(key);
            }
        }
        if wanted == self.rows {
            return None;
        }
        self.rows.clone_from(&wanted);
        Some(Effect::Prioritize(wanted))
    }
}
