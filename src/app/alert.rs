//! The bell and the title of the terminal.
//!
//! [`build_view`](mod@super::build_view) compares the lists and counts, off the drawing thread
//! ([`ViewAlerts`]). `update` decides when the terminal rings.

use std::sync::Arc;
use std::time::Duration;

use super::App;
use super::msg::Effect;
use super::table_view::TableView;
use crate::diagnosis::Severity;
use crate::model::{ascii, visible};

pub(crate) use self::changes::ViewAlerts;

mod changes;

/// Minimum time between two bells. Many endpoints are listed at different times.
const MIN_GAP: Duration = Duration::from_secs(1);
/// Maximum number of characters of an endpoint's name in the title.
const MAX_NAME: usize = 64;

impl ViewAlerts {
    /// Returns the title of the terminal: the number of stuck sessions of all endpoints, and the endpoint with most
    /// of them. `names` are the names of the endpoints.
    ///
    /// ```text
    /// maxtop ▲2 ●3 prod-1
    /// ```
    pub(crate) fn title(&self, names: &[Arc<str>], is_ascii: bool) -> String {
        let mut total = [0; Severity::ALL.len()];
        let mut worst = None;
        for (endpoint, counts) in &self.stuck {
            for (sum, count) in total.iter_mut().zip(counts) {
                *sum += count;
            }
            // The counts of ▲ are compared first.
            if *counts > worst.map_or([0; Severity::ALL.len()], |(most, _)| most) {
                worst = Some((*counts, *endpoint));
            }
        }
        let name = match (worst, names) {
            (Some((_, endpoint)), names) => names.get(usize::from(endpoint.0)),
            (None, [only]) => Some(only),
            (None, _) => None,
        };
        let counts = Severity::ALL.iter().zip(total);
        let counts = counts.filter(|(_, total)| *total > 0);
        let counts = counts.map(|(severity, total)| {
            let glyph = if is_ascii {
                severity.ascii_glyph()
            } else {
                severity.glyph()
            };
            format!("{glyph}{total}")
        });
        let name = name.map(|name| shown_name(name, is_ascii));
        let parts = std::iter::once("maxtop".to_owned()).chain(counts).chain(name);
        parts.collect::<Vec<_>>().join(" ")
    }
}

/// Returns a name without characters that a terminal obeys.
fn shown_name(name: &str, is_ascii: bool) -> String {
    let name = visible(name);
    let name = if is_ascii { ascii(&name) } else { name };
    name.chars().take(MAX_NAME).collect()
}

/// When the terminal rings: at once, and then at most once per [`MIN_GAP`].
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Bell {
    /// Time of the last ring, since the program began.
    rung_at: Option<Duration>,
    /// Whether a session has become ▲ since the last ring.
    is_due: bool,
}

impl Bell {
    /// Handles a session that has become ▲.
    pub(crate) const fn request(&mut self) {
        self.is_due = true;
    }

    /// Whether the terminal has to ring now.
    pub(crate) fn rings(&mut self, now: Duration) -> bool {
        let rings = self.is_due && self.rung_at.is_none_or(|at| now >= at + MIN_GAP);
        if rings {
            *self = Self {
                rung_at: Some(now),
                is_due: false,
            };
        }
        rings
    }

    /// Returns when a ring that waits is due.
    pub(crate) fn wake_at(&self) -> Option<Duration> {
        self.rung_at.filter(|_| self.is_due).map(|at| at + MIN_GAP)
    }
}

/// Bell and title that the terminal has received.
#[derive(Clone, Debug, Default)]
pub(super) struct TerminalAlerts {
    bell: Bell,
    /// `None` if the terminal may have another title.
    title: Option<String>,
}

impl App {
    /// Handles a new view: requests the bell if it rings and a session of the view has become ▲, and sets the title.
    pub(super) fn alert(&mut self, view: &TableView, rings: bool) {
        if self.settings.bell {
            if rings && view.alerts.has_new {
                self.alerts.bell.request();
            }
            self.alerts.title = self.alerts.title.take().filter(|title| *title == self.title());
        }
    }

    /// Rings, and sets the title that the terminal does not have.
    pub(super) fn update_terminal(&mut self) {
        if !self.settings.bell {
            return;
        }
        if self.alerts.bell.rings(self.now.elapsed) {
            self.outbox.push(Effect::Bell);
        }
        if self.alerts.title.is_none() {
            let title = self.title();
            self.alerts.title = Some(title.clone());
            self.outbox.push(Effect::Title(title));
        }
    }

    fn title(&self) -> String {
        let view = self.newest_view();
        view.alerts.title(&view.spec.endpoints, self.settings.ascii)
    }

    /// Handles a suspension: the shell may have set the title.
    pub(super) fn lose_title(&mut self) {
        self.alerts.title = None;
    }

    /// Returns when a ring that waits is due.
    pub(super) fn bell_wake_at(&self) -> Option<Duration> {
        self.alerts.bell.wake_at()
    }
}
