//! Why a session is stuck: named reasons, each with its evidence, never a bare score.
//!
//! [`diagnose`] looks at one list, with what the lists before it have left in mind (a few numbers for
//! each session), and gives a [`Diagnoses`] that stands beside it. A reason that this dialect, version
//! or number of looks cannot tell is *unjudged*, which is not the same as absent. The reasons are
//! one table, [`REASONS`]; each family of them has a file.
//!
//! Used by `app` (which judges in `arrange`, beside the drawing thread) and the one-shot commands;
//! uses `model` only. Pure: time is what the lists say, nothing else.

mod baseline;
mod capabilities;
mod diagnose;
mod evidence;
mod finding;
mod history;
mod pressure;
mod reason;
mod reasons;
mod rule;
mod rules;
mod sample;
mod server_time;
mod thresholds;

pub use diagnose::{Diagnoses, DiagnosisInput, Samples, diagnose};
pub use evidence::Evidence;
pub use finding::ReasonSet;
pub use finding::Severity;
pub use finding::{Diagnosis, Finding};
pub use reason::Reason;
pub use reasons::REASONS;
pub use sample::ConnectionSample;
pub use sample::closer;
pub use thresholds::{THRESHOLDS, Threshold, ThresholdAccess, Thresholds};

#[cfg(test)]
mod tests;
