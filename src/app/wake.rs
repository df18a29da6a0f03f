//! Times at which the screen changes without a message, so that the shell can sleep until then.

use std::time::Duration;

use super::App;

impl App {
    /// Returns the next time (since the program began) at which the screen would differ without any
    /// other message: the earliest wake-up that a part needs.
    pub(super) fn next_wake(&self) -> Option<Duration> {
        let now = self.now.elapsed;
        let detail = self.detail.as_ref().map(|detail| detail.identity.endpoint);
        let wakes = [
            self.endpoints
                .neighbors_wake_at(self.now, detail, self.modal.is_overview()),
            self.hold_wake_at(),
            self.bell_wake_at(),
            (self.blockers.is_some() || self.endpoint_pane.is_some())
                .then(|| next_second(now, Duration::ZERO)),
            self.paused.then(|| next_second(now, Duration::ZERO)),
            self.leaving.map(|leaving| leaving.until),
            self.kills.wake_at(),
            self.modal.wake_at(now),
            self.rebuilds.wake_at(),
            self.waiting.wake_at(),
        ];
        self.endpoints
            .wake_at(self.now, self.settings.interval, self.settings.duty)
            .chain(wakes.into_iter().flatten())
            .filter(|at| *at > now)
            .min()
    }
}

/// Returns when a count of seconds since `from` next changes.
pub(super) fn next_second(now: Duration, from: Duration) -> Duration {
    from + Duration::from_secs(now.saturating_sub(from).as_secs() + 1)
}
