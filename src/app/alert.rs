//! The bell and the title of the terminal: when a session becomes ▲, and how many sessions are.
//!
//! [`build_view`](super::build_view) compares the lists, off the drawing thread. `update` decides what the terminal
//! receives.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::App;
use super::msg::Effect;
use super::table_view::TableView;
use crate::diagnosis::{Diagnoses, Severity};
use crate::model::{EndpointId, Lookup, RowKey, Session, SessionId, Snapshot, ascii, visible};

/// Minimum time between two bells. Many endpoints are listed at different times.
const MIN_GAP: Duration = Duration::from_secs(1);
/// Maximum number of sessions kept that were ▲ and are missing in a list.
const MAX_MISSING: usize = 1000;
/// Maximum number of characters of an endpoint's name in the title.
const MAX_NAME: usize = 64;
/// Sign of ▲ in ASCII, as on the screen.
const ASCII_SIGN: &str = "!";

/// What has changed among the sessions that are ▲ since the previous view.
#[derive(Clone, Debug, Default)]
pub(crate) struct ActChanges {
    /// Whether a session is ▲ that was not before.
    pub(crate) has_new: bool,
    /// Sessions that were ▲ and are missing in the last list of their endpoint. A list is not atomic, so they may
    /// be in the next one.
    missing: BTreeMap<(EndpointId, SessionId), RowKey>,
}

/// A snapshot with its diagnoses.
type Diagnosed<'a> = (&'a Arc<Snapshot>, &'a Arc<Diagnoses>);

impl ActChanges {
    /// Compares a view with the previous one. The first list of a process has no changes.
    pub(super) fn between(previous: Option<&TableView>, view: &TableView) -> Self {
        let mut changes = Self::default();
        let Some(previous) = previous else {
            return changes;
        };
        for now in view.snapshots.iter().zip(&view.diagnoses) {
            let mut known = previous.snapshots.iter().zip(&previous.diagnoses);
            let before = known.find(|(before, _)| before.endpoint == now.0.endpoint);
            if let Some(before) = before.filter(|before| !is_restarted(before.0, now.0)) {
                changes.compare(before, now, &previous.act_changes);
            }
        }
        changes
    }

    /// Compares two lists of an endpoint, or one with its newer rows.
    fn compare(&mut self, before: Diagnosed<'_>, now: Diagnosed<'_>, past: &Self) {
        let is_missing = |key: &RowKey| matches!(now.0.find(key), Lookup::Missing);
        let gone = act(before).map(|session| before.0.key(session));
        // A session that is missing in a second list has ended.
        let counts_again = now.0.number != before.0.number;
        let past_gone = past.missing.values().filter(|_| !counts_again);
        let of_endpoint = past_gone.filter(|key| key.endpoint == now.0.endpoint).cloned();
        let room = MAX_MISSING.saturating_sub(self.missing.len());
        let missing = of_endpoint.chain(gone).filter(is_missing).take(room);
        self.missing
            .extend(missing.map(|key| ((key.endpoint, key.id), key)));
        self.has_new = self.has_new || act(now).any(|session| past.is_new(before, &now.0.key(session)));
    }

    /// Whether a session that is ▲ was not ▲ in the list before, nor in the one before that if it was missing since.
    fn is_new(&self, (before, diagnoses): Diagnosed<'_>, key: &RowKey) -> bool {
        match before.find(key) {
            Lookup::Same(session) => {
                let place = before.position(session.id);
                place.is_none_or(|place| diagnoses.diagnosis(place).severity() != Some(Severity::Act))
            }
            _ => {
                let missing = self.missing.get(&(key.endpoint, key.id));
                missing.is_none_or(|missing| !missing.agrees_with(key))
            }
        }
    }
}

/// Returns the sessions of a list that are ▲.
fn act((snapshot, diagnoses): Diagnosed<'_>) -> impl Iterator<Item = &Session> {
    let listed = snapshot.sessions.iter().enumerate();
    let listed = listed.filter(|_| diagnoses.count(Severity::Act) > 0);
    listed
        .filter(|(place, _)| diagnoses.diagnosis(*place).severity() == Some(Severity::Act))
        .map(|(_, session)| session)
}

/// Whether the sessions of two lists are of different processes.
fn is_restarted(before: &Snapshot, now: &Snapshot) -> bool {
    let is_next = now.number != before.number;
    is_next && (now.change.is_after_restart || now.is_of_another_process(before))
}

impl TableView {
    /// Returns the title of the terminal: the number of ▲ of all endpoints, and the endpoint with most of them.
    ///
    /// ```text
    /// maxtop ▲2 prod-1
    /// ```
    pub(crate) fn title(&self, is_ascii: bool) -> String {
        let listed = self.snapshots.iter().zip(&self.diagnoses);
        let listed = listed.filter(|(list, _)| !self.spec.hidden_endpoints.contains(&list.endpoint));
        let (mut total, mut worst) = (0, None);
        for (snapshot, diagnoses) in listed {
            let count = diagnoses.count(Severity::Act);
            total += count;
            if count > worst.map_or(0, |(most, _)| most) {
                worst = Some((count, snapshot.endpoint));
            }
        }
        let name = match (worst, self.spec.endpoints.as_slice()) {
            (Some((_, endpoint)), names) => names.get(usize::from(endpoint.0)),
            (None, [only]) => Some(only),
            (None, _) => None,
        };
        let sign = if is_ascii {
            ASCII_SIGN
        } else {
            Severity::Act.glyph()
        };
        let count = (total > 0).then(|| format!("{sign}{total}"));
        let name = name.map(|name| shown_name(name, is_ascii));
        let parts = [Some("maxtop".to_owned()), count, name];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

/// Returns a name without characters that a terminal obeys.
fn shown_name(name: &str, is_ascii: bool) -> String {
    let name = visible(name);
    let name = if is_ascii { ascii(&name) } else { name };
    name.chars().take(MAX_NAME).collect()
}

/// What the terminal has received.
#[derive(Clone, Debug, Default)]
pub(super) struct Alerts {
    title: Option<String>,
    /// Time of the last bell, since the program began.
    rung_at: Option<Duration>,
}

impl App {
    /// Rings if a session of the new view has become ▲, and shows the number of ▲ in the title.
    pub(super) fn alert(&mut self) {
        if !self.settings.bell {
            return;
        }
        let now = self.now.elapsed;
        let rests = self.alerts.rung_at.is_some_and(|at| now < at + MIN_GAP);
        if self.table.view.act_changes.has_new && !self.paused && !rests {
            self.alerts.rung_at = Some(now);
            self.outbox.push(Effect::Bell);
        }
        let title = Some(self.table.view.title(self.settings.ascii));
        if title != self.alerts.title {
            self.outbox.extend(title.clone().map(Effect::Title));
            self.alerts.title = title;
        }
    }

    /// Sets the title before the first view, and after another program had the terminal.
    pub(super) fn set_lost_title(&mut self) {
        if self.settings.bell && self.alerts.title.is_none() {
            let title = self.table.view.title(self.settings.ascii);
            self.alerts.title = Some(title.clone());
            self.outbox.push(Effect::Title(title));
        }
    }

    /// Handles a terminal whose title may be of another program.
    pub(super) fn lose_title(&mut self) {
        self.alerts.title = None;
    }
}
