//! Findings of one session, their severities, and sets of reasons.

use super::evidence::{Evidence, StepFor};
use super::reason::Reason;
use super::reasons::REASONS;
use crate::model::{LockKnowledge, Session, Span, glyph_in};

/// A reason that applies to a session.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The reason.
    pub reason: &'static Reason,
    /// Severity for this session.
    pub severity: Severity,
    /// The numbers behind it.
    pub evidence: Evidence,
}

impl Finding {
    /// Returns how long the trouble has lasted, if that is known.
    pub(crate) const fn lasted(&self) -> Option<Span> {
        self.evidence.lasted()
    }

    /// Returns a short text for a table cell: `idle 4h 12m, keeps db-01 open`.
    pub fn short(&self, session: &Session) -> String {
        self.evidence.short(session)
    }

    /// Returns the full text: `no backend 12s`, `idle 4h 12m, keeps db-01 open`.
    pub fn words(&self, session: &Session) -> String {
        self.evidence.words(session)
    }

    /// Returns the finding as a sentence, for the details of the session.
    pub(crate) fn sentence(&self, session: &Session) -> String {
        self.evidence.sentence(session)
    }

    /// Returns the next step for the user.
    pub(crate) fn next_step(&self, session: &Session, place: StepFor<'_>) -> String {
        self.evidence.next_step(session, place)
    }
}

/// Sorts findings by severity, strongest first, then in the order of [`REASONS`].
pub(super) fn order(findings: &mut [Finding]) {
    findings.sort_by_key(|finding| (std::cmp::Reverse(finding.severity), finding.reason.index()));
}

/// The findings of one session. By default there are none, and every reason is unknown.
#[derive(Clone, Copy, Debug)]
pub struct Diagnosis<'a> {
    /// Findings, strongest first.
    pub found: &'a [Finding],
    /// Reasons without enough data.
    pub unjudged: ReasonSet,
    /// Whether the session is expected to wait. It never has a finding then.
    pub is_expected: bool,
}

impl Default for Diagnosis<'_> {
    fn default() -> Self {
        Self {
            found: &[],
            unjudged: ReasonSet::ALL,
            is_expected: false,
        }
    }
}

impl<'a> Diagnosis<'a> {
    /// Returns the strongest finding.
    pub const fn strongest(&self) -> Option<&'a Finding> {
        self.found.first()
    }

    /// Returns the strongest finding as a short text for a table cell. A long statement without a server connection
    /// has two reasons. Both are named in the same order, so that the text stays when one becomes more severe.
    pub(crate) fn short(&self, session: &Session) -> Option<String> {
        let first = self.strongest()?;
        let is_pair =
            |finding: &&Finding| matches!(finding.evidence, Evidence::Query { .. } | Evidence::NoBackend(_));
        if is_pair(&first) {
            let mut pair: Vec<_> = self.found.iter().filter(is_pair).collect();
            if pair.len() > 1 {
                pair.sort_by_key(|finding| std::cmp::Reverse(finding.reason.index()));
                let texts: Vec<_> = pair.iter().map(|finding| finding.short(session)).collect();
                return Some(texts.join(", "));
            }
        }
        Some(first.short(session))
    }

    /// Returns the severity of the strongest finding.
    pub fn severity(&self) -> Option<Severity> {
        self.strongest().map(|finding| finding.severity)
    }

    /// Returns a copy that owns its findings.
    pub fn to_owned(self) -> OwnedDiagnosis {
        OwnedDiagnosis {
            found: self.found.to_vec(),
            unjudged: self.unjudged,
            is_expected: self.is_expected,
        }
    }

    /// Returns the diagnosis for a filter: if the locks of the session are not known, the reasons that need them are
    /// unknown. Elsewhere they do not apply then.
    #[must_use]
    pub(crate) const fn for_filter(self, locks: LockKnowledge<'_>) -> Self {
        let unjudged = if locks.is_known() {
            self.unjudged
        } else {
            self.unjudged.with_server_access()
        };
        Self { unjudged, ..self }
    }

    /// Whether every reason is unknown.
    pub fn is_unknown(&self) -> bool {
        self.found.is_empty() && self.unjudged.contains_all_of_lists()
    }
}

/// A diagnosis that owns its findings. By default there are none, and every reason is unknown.
#[derive(Clone, Debug)]
pub struct OwnedDiagnosis {
    /// Findings, strongest first.
    pub found: Vec<Finding>,
    /// Reasons without enough data.
    pub unjudged: ReasonSet,
    /// Whether the session is expected to wait. It never has a finding then.
    pub is_expected: bool,
}

impl Default for OwnedDiagnosis {
    fn default() -> Self {
        Self::unknown()
    }
}

impl OwnedDiagnosis {
    /// Returns a diagnosis in which every reason is unknown.
    pub const fn unknown() -> Self {
        Self {
            found: Vec::new(),
            unjudged: ReasonSet::ALL,
            is_expected: false,
        }
    }

    /// Returns the diagnosis, borrowed.
    pub fn borrowed(&self) -> Diagnosis<'_> {
        Diagnosis {
            found: &self.found,
            unjudged: self.unjudged,
            is_expected: self.is_expected,
        }
    }
}

/// Severity of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Marked ●: the user should inspect it.
    Look,
    /// Marked ▲: the user should act.
    Act,
}

impl Severity {
    /// All severities, strongest first.
    pub const ALL: [Self; 2] = [Self::Act, Self::Look];

    /// Returns the name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Look => "look",
            Self::Act => "act",
        }
    }

    /// Returns the sign in the output of a command: with `is_ascii` an ASCII character.
    pub(crate) fn sign(self, is_ascii: bool) -> &'static str {
        glyph_in(is_ascii, self.glyph())
    }

    /// Returns the sign in the table, one cell wide.
    pub const fn glyph(self) -> &'static str {
        match self {
            Self::Look => "●",
            Self::Act => "▲",
        }
    }

    /// Returns the sign in ASCII.
    pub(crate) const fn ascii_glyph(self) -> &'static str {
        match self {
            Self::Look => "o",
            Self::Act => "!",
        }
    }
}

/// The reasons that need server access, as bits of a [`ReasonSet`].
const SERVER_ACCESS_REASONS: u16 = 0b111;

/// A set of reasons, by their index in [`REASONS`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReasonSet(u16);

impl ReasonSet {
    /// The empty set.
    pub const NONE: Self = Self(0);
    /// All reasons.
    pub const ALL: Self = Self((1 << REASONS.len()) - 1);

    /// Adds the reason at this index.
    pub(super) const fn insert(&mut self, index: usize) {
        self.0 |= 1 << index;
    }

    /// Removes the reason at this index.
    pub(super) const fn remove(&mut self, index: usize) {
        self.0 &= !(1 << index);
    }

    /// Whether it contains every reason that needs no server access. Those that need it are the first in
    /// [`REASONS`]: without it they do not apply, and are never unknown.
    const fn contains_all_of_lists(self) -> bool {
        self.0 | SERVER_ACCESS_REASONS == Self::ALL.0
    }

    /// Returns the set with the reasons that need server access.
    const fn with_server_access(self) -> Self {
        Self(self.0 | SERVER_ACCESS_REASONS)
    }

    /// Whether the set is empty.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether the set contains the reason with this name.
    pub fn has(self, name: &str) -> bool {
        self.names().any(|known| known == name)
    }

    /// Returns the names of the reasons, in the order of [`REASONS`].
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let named = REASONS.iter().enumerate();
        named
            .filter(move |(index, _)| self.0 & (1 << index) != 0)
            .map(|(_, reason)| reason.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnosis::evidence::Lasted;
    use crate::model::SessionId;

    #[test]
    fn a_long_statement_without_a_server_keeps_both_reasons_in_one_order() {
        let finding = |name: &str, severity, evidence| Finding {
            reason: REASONS.iter().find(|reason| reason.name == name).unwrap(),
            severity,
            evidence,
        };
        let lasted = Lasted {
            span: Span::from_secs(300),
            is_least: false,
        };
        let query = Evidence::Query { lasted, quiet: None };
        let text = |severity| {
            let mut found = [
                finding("query", severity, query.clone()),
                finding("no-backend", Severity::Look, Evidence::NoBackend(lasted)),
            ];
            order(&mut found);
            let diagnosis = Diagnosis {
                found: &found,
                ..Diagnosis::default()
            };
            diagnosis.short(&Session::bare(SessionId(1))).unwrap()
        };
        assert_eq!(text(Severity::Look), "query 5m, no backend 5m");
        assert_eq!(text(Severity::Act), text(Severity::Look));
    }
}
