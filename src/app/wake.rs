//! Times at which the screen changes without a message, so that the shell can sleep until then.

use std::time::Duration;

use super::App;
use super::endpoint::LinkState;

impl App {
    /// Returns the next time (since the program began) at which the screen would differ without any
    /// other message: data becomes stale, a displayed second changes, a hold ends.
    pub(super) fn next_wake(&self) -> Option<Duration> {
        let endpoints = self.endpoints.iter().filter_map(|endpoint| {
            let heard = endpoint.heard_at;
            let stale_at =
                heard.map(|at| at + endpoint.max_silence(self.settings.interval, self.settings.duty));
            let counts_seconds = matches!(endpoint.link, LinkState::Failing { .. })
                || endpoint.is_stale(self.now.elapsed, self.settings.interval, self.settings.duty);
            if counts_seconds {
                Some(self.next_second(heard))
            } else {
                stale_at.map(|at| at + Duration::from_millis(1))
            }
        });
        let hold = self
            .last_key
            .map(|at| at + super::HOLD_AFTER_KEY)
            .filter(|_| self.keeps_order());
        let paused = self.paused.then(|| self.next_second(None));
        let leaving = self.leaving.map(|leaving| leaving.until);
        let dialog = self.modal.kill_dialog();
        let dialog = dialog.and_then(|dialog| dialog.batch.wake_at());
        let kills = self.kills.wake_at().into_iter().chain(dialog);
        let neighbours = self.neighbours_turn_stale_at();
        let arranging = self.arranging.wake_at();
        let wakes = endpoints.chain(hold).chain(paused).chain(leaving).chain(kills);
        let wakes = wakes.chain(neighbours).chain(arranging);
        wakes.filter(|at| *at > self.now.elapsed).min()
    }

    /// Returns when a count of seconds since `from` next changes.
    fn next_second(&self, from: Option<Duration>) -> Duration {
        let from = from.unwrap_or_default();
        let whole = self.now.elapsed.saturating_sub(from).as_secs();
        from + Duration::from_secs(whole + 1)
    }
}
