//! Why a session is stuck: named reasons, each with its evidence, never a bare score.
//!
//! [`diagnose()`] evaluates all rules for each session of a snapshot, with the history of earlier snapshots (a
//! few numbers for each session), and returns [`Diagnoses`]. A rule without enough data returns `Unknown`,
//! which is not `No`. The reasons are one table, [`REASONS`].
//!
//! Uses `model` and `filter` only. Pure: the only times are those of the snapshots.

mod baseline;
mod capabilities;
mod diagnose;
mod evidence;
mod finding;
mod history;
mod locking;
mod pressure;
mod reason;
mod reasons;
mod rule;
mod rules;
mod sample;
mod server_time;
mod settings;
mod thresholds;

pub use baseline::depends_on_others;
pub(crate) use capabilities::is_running;
pub use diagnose::{Diagnoses, DiagnosisInput, Samples, diagnose};
pub use evidence::Evidence;
pub(crate) use evidence::StepFor;
pub use finding::ReasonSet;
pub use finding::Severity;
pub use finding::{Diagnosis, Finding, OwnedDiagnosis};
pub use reason::{ListNeed, Rank, Reason};
pub use reasons::REASONS;
pub(crate) use reasons::SERVER_ACCESS;
pub use sample::ConnectionSample;
pub(crate) use sample::MAX_TROUBLE_AGE_MS;
pub use sample::closer;
pub use settings::{DiagnosisSettings, ExpectedFilter};
pub use thresholds::{THRESHOLDS, Threshold, ThresholdAccess, Thresholds};

#[cfg(test)]
mod tests;
