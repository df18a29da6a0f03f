//! Samples of the connections of draft sessions. A list does not contain them: the shell samples one
//! session after another within the proxy's time limit, those on the screen first.

use std::sync::Arc;

use super::endpoint::EndpointState;
use super::msg::Effect;
use super::row::TableRow;
use crate::diagnosis::ConnectionSample;
use crate::model::{Dialect, EndpointId, SessionId};

/// Age of the last sample from which a session's samples are dropped, in milliseconds. Bounds the memory.
const FORGOTTEN_MS: i128 = 30_000;

impl EndpointState {
    /// Stores new samples.
    pub(super) fn on_samples(&mut self, new: Vec<(SessionId, ConnectionSample)>) {
        let newest = new.iter().map(|(_, sample)| sample.taken_at).max();
        let samples = Arc::make_mut(&mut self.samples);
        samples.extend(new);
        if let Some(newest) = newest {
            samples.retain(|_, sample| newest.duration_since(sample.taken_at).as_millis() <= FORGOTTEN_MS);
        }
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

/// The draft sessions that were on the screen last.
#[derive(Clone, Debug, Default)]
pub(super) struct SampledRows(Vec<(EndpointId, SessionId)>);

impl SampledRows {
    /// Returns the sessions to sample first, if those on the screen have changed.
    pub(super) fn update<'a>(&mut self, rows: impl Iterator<Item = TableRow<'a>>) -> Option<Effect> {
        let shown: Vec<_> = rows
            .filter(|row| row.snapshot.dialect == Dialect::Draft && row.missing == 0)
            .map(|row| (row.snapshot.endpoint, row.session.id))
            .collect();
        if shown == self.0 {
            return None;
        }
        self.0.clone_from(&shown);
        Some(Effect::Sample(shown))
    }
}
