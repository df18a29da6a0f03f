//! Settings of the diagnosis: the limits of the reasons, and the sessions that are expected to wait.

use super::thresholds::Thresholds;
use crate::filter::{Filter, FilterInput};
use crate::model::Session;

/// Limits of the reasons, and the sessions that never get one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DiagnosisSettings {
    /// Limits from which a session is stuck.
    pub thresholds: Thresholds,
    /// Sessions that are expected to wait, such as replicas and job queues. By default none.
    pub expected: ExpectedFilter,
}

/// A filter of sessions that are expected to wait. An empty one matches no session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExpectedFilter(Filter);

/// Fields that an [`ExpectedFilter`] cannot use, because the diagnosis or samples decide on them.
const DERIVED_FIELDS: [&str; 8] = [
    "stuck",
    "reason",
    "reads",
    "writes",
    "trx",
    "blocks",
    "waits",
    "rows_locked",
];

impl ExpectedFilter {
    /// Parses the setting `expected`.
    ///
    /// # Errors
    ///
    /// Returns a sentence if the filter is invalid, or if it uses a field that is not known before the
    /// diagnosis.
    pub fn parse(text: &str) -> Result<Self, String> {
        let filter = Filter::parse(text).map_err(|error| error.to_string())?;
        if filter.uses("key") {
            return Err(
                "'key' cannot be used here: name the sessions by user, address or program".to_owned(),
            );
        }
        match DERIVED_FIELDS.iter().find(|field| filter.uses(field)) {
            Some(field) => Err(format!(
                "'{field}' cannot be used here: it is known only after the diagnosis"
            )),
            None => Ok(Self(filter)),
        }
    }

    /// Whether the session is expected to wait. Unknown counts as no.
    pub(crate) fn matches(&self, session: &Session, endpoint: Option<&str>) -> bool {
        let input = FilterInput {
            endpoint,
            ..FilterInput::new(session)
        };
        !self.0.is_empty() && self.0.evaluate(&input).is_yes()
    }
}
