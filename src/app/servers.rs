//! State of an endpoint's servers and services: the last successful reply, and the error since then.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::msg::Now;
use crate::model::{RequestError, Servers, Services};

/// Maximum age of data that counts as current. Requests are sent every ten seconds, so older data has
/// missed an update.
const MAX_AGE: Duration = Duration::from_secs(30);

/// Data with the time at which it was valid.
pub trait Timed {
    /// Returns the time of the data, by this machine's clock.
    fn taken_at(&self) -> Timestamp;
}

impl Timed for Servers {
    fn taken_at(&self) -> Timestamp {
        self.taken_at
    }
}

impl Timed for Services {
    fn taken_at(&self) -> Timestamp {
        self.taken_at
    }
}

/// The servers of one endpoint; empty until they are requested.
pub(crate) type ServersKnown = Known<Servers>;
/// The services of one endpoint; empty until they are requested.
pub(crate) type ServicesKnown = Known<Services>;

/// The last reply to a repeated request, and its error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known<T> {
    /// The last successful reply.
    pub latest: Option<Arc<T>>,
    /// Why the last request failed.
    pub fault: Option<RequestError>,
}

impl<T> Default for Known<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Known<T> {
    /// Creates a value without a reply.
    pub const fn new() -> Self {
        Self {
            latest: None,
            fault: None,
        }
    }

    /// Handles a reply. After an error the previous data stays and ages.
    pub fn on_reply(&mut self, answer: Result<Arc<T>, RequestError>) {
        match answer {
            Ok(latest) => {
                *self = Self {
                    latest: Some(latest),
                    fault: None,
                }
            }
            Err(fault) => self.fault = Some(fault),
        }
    }
}

impl<T: Timed> Known<T> {
    /// Returns the time of the data if it is too old to be current.
    pub fn stale_since(&self, now: Now) -> Option<Timestamp> {
        let latest = self.latest.as_ref()?;
        (now.since(latest.taken_at()) > MAX_AGE).then_some(latest.taken_at())
    }

    /// Returns how long the data is still current.
    pub(super) fn fresh_for(&self, now: Now) -> Option<Duration> {
        MAX_AGE.checked_sub(now.since(self.latest.as_ref()?.taken_at()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::harness::AppHarness;
    use crate::app::keymap::Code;
    use crate::app::msg::Effect;
    use crate::app::msg::Msg;
    use crate::model::{Dialect, MonitorReport, ServerState, Text, TextLimit};

    const LIST: &str = r#"{"data":[{"id":"1","attributes":{"user":"ann"}}]}"#;

    /// Returns the time of the next wake-up.
    fn wake(stage: &mut AppHarness) -> Option<Duration> {
        let now = stage.app.now;
        let effects = stage.app.update(Msg::Clock(now)).into_iter();
        let wakes = effects.filter_map(|effect| match effect {
            Effect::WakeAt(at) => Some(at),
            _ => None,
        });
        wakes.last()
    }

    fn stage() -> AppHarness {
        let mut stage = AppHarness::new(Dialect::JsonApi, (80, 24));
        stage.list(LIST);
        stage.press(Code::Enter);
        stage
    }

    #[test]
    fn what_is_known_outlives_a_fault_and_a_good_answer_ends_it() {
        let mut stage = stage();
        let known = |stage: &AppHarness| {
            let servers = &stage.app.endpoints[0].servers;
            (servers.latest.is_some(), servers.fault.clone())
        };
        assert_eq!(known(&stage), (false, None));
        stage.servers(Err(RequestError::Refused));
        assert_eq!(known(&stage), (false, Some(RequestError::Refused)));
        stage.servers(Ok(&[]));
        assert_eq!(known(&stage), (true, None));
        stage.servers(Err(RequestError::Refused));
        assert_eq!(known(&stage), (true, Some(RequestError::Refused)));
        stage.servers(Ok(&[]));
        assert_eq!(known(&stage), (true, None));
    }

    #[test]
    fn the_screen_is_woken_when_what_it_shows_turns_old() {
        let mut stage = stage();
        stage.servers(Ok(&[]));
        let turn = stage.app.now.elapsed + MAX_AGE + Duration::from_millis(1);
        stage.wait(Duration::from_secs(29));
        stage.list(LIST);
        assert_eq!(wake(&mut stage), Some(turn));
        assert_eq!(stage.app.endpoints[0].servers.stale_since(stage.app.now), None);
        stage.wait(Duration::from_secs(2));
        let known = &stage.app.endpoints[0].servers;
        let since = known.stale_since(stage.app.now);
        assert_eq!(since, known.latest.as_ref().map(|latest| latest.taken_at));
    }

    #[test]
    fn a_duration_in_the_header_is_drawn_with_the_next_list_if_that_is_due() {
        let mut stage = stage();
        stage.press(Code::Esc);
        let down = ServerState {
            name: Text::clean("db-03", TextLimit::Name),
            state: Some(Text::clean("Down", TextLimit::Name)),
            replication_lag: None,
            status: None,
            address: None,
            port: None,
            connections: None,
            monitor: MonitorReport::default(),
        };
        stage.servers(Ok(&[down]));
        let listed = stage.app.now.elapsed;
        let millis = |wake: Option<Duration>| wake.map(|at| at.saturating_sub(listed).as_millis());
        assert_eq!(millis(wake(&mut stage)), Some(1_250));
        // The list is late: every second has its own frame.
        stage.wait(Duration::from_millis(1_300));
        assert_eq!(millis(wake(&mut stage)), Some(2_000));
    }

    #[test]
    fn nobody_is_woken_for_servers_that_are_not_shown() {
        let mut stage = stage();
        stage.servers(Ok(&[]));
        let turn = stage.app.now.elapsed + MAX_AGE + Duration::from_millis(1);
        stage.press(Code::Esc);
        stage.wait(Duration::from_secs(29));
        stage.list(LIST);
        assert!(wake(&mut stage) > Some(turn));
    }
}
