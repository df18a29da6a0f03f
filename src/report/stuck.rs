//! The sessions that were stuck, each with its worst finding.

use std::collections::HashMap;

use crate::app::table_view::TableView;
use crate::diagnosis::Severity;
use crate::model::{EndpointId, Now, RowKey, SessionId};

/// Maximum number of sessions that are kept.
const MAX_KEPT: usize = 10_000;

/// A session that was stuck.
#[derive(Clone, Debug)]
pub(super) struct StuckSession {
    /// The endpoint that lists it.
    pub endpoint: EndpointId,
    /// The session.
    pub id: SessionId,
    /// User, address and port.
    pub client: String,
    /// Name of the service.
    pub service: String,
    /// Severity of the worst finding.
    pub severity: Severity,
    /// Name of its reason.
    pub reason: &'static str,
    /// The finding as a sentence, when it was seen last.
    pub sentence: String,
    /// When a finding was seen first.
    pub from: Now,
    /// Whether that was in the first round: then it was stuck before.
    pub is_from_start: bool,
    /// When a finding was seen last.
    pub to: Now,
    /// Whether it was stuck in the last round.
    pub is_open: bool,
}

impl StuckSession {
    /// Returns its place in the order of the report: worst first, then longest first.
    fn rank(&self) -> impl Ord + use<> {
        let lasted = self.to.elapsed.saturating_sub(self.from.elapsed);
        let is_mild = self.severity == Severity::Look;
        (is_mild, std::cmp::Reverse(lasted), self.endpoint, self.id)
    }
}

/// All sessions that were stuck.
#[derive(Clone, Debug, Default)]
pub(super) struct StuckSessions {
    known: HashMap<RowKey, StuckSession>,
    /// Number of findings that did not fit.
    pub left_out: u64,
    /// Largest number of stuck sessions in a round, and its time.
    pub most: Option<(usize, Now)>,
}

impl StuckSessions {
    pub(super) fn on_view(&mut self, view: &TableView, at: Now) {
        for session in self.known.values_mut() {
            session.is_open = false;
        }
        let is_from_start = self.most.is_none();
        let mut count = 0;
        for row in view.window(0, usize::MAX).filter(|row| row.missing == 0) {
            let Some(finding) = row.diagnosis.strongest() else {
                continue;
            };
            count += 1;
            let key = row.key();
            if self.known.len() >= MAX_KEPT && !self.known.contains_key(&key) {
                self.left_out += 1;
                continue;
            }
            let session = row.session;
            let known = self.known.entry(key).or_insert_with(|| StuckSession {
                endpoint: row.snapshot.endpoint,
                id: session.id,
                client: String::new(),
                service: String::new(),
                severity: Severity::Look,
                reason: finding.reason.name,
                sentence: String::new(),
                from: at,
                is_from_start,
                to: at,
                is_open: true,
            });
            known.to = at;
            known.is_open = true;
            let is_milder = known.severity == Severity::Act && finding.severity == Severity::Look;
            if !is_milder {
                known.client = session.client();
                known.service = session
                    .service
                    .as_ref()
                    .map(ToString::to_string)
                    .unwrap_or_default();
                known.severity = finding.severity;
                known.reason = finding.reason.name;
                known.sentence = finding.sentence(session);
            }
        }
        if self.most.is_none_or(|(most, _)| count > most) {
            self.most = Some((count, at));
        }
    }

    /// Returns the sessions, worst first.
    pub(super) fn worst_first(&self) -> Vec<&StuckSession> {
        let mut all: Vec<_> = self.known.values().collect();
        all.sort_by_cached_key(|session| session.rank());
        all
    }

    /// Returns the number of sessions of each reason, largest first.
    pub(super) fn reasons(&self) -> Vec<(&'static str, usize)> {
        let mut counts: std::collections::BTreeMap<&'static str, usize> = std::collections::BTreeMap::new();
        for session in self.known.values() {
            *counts.entry(session.reason).or_default() += 1;
        }
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        counts
    }
}
