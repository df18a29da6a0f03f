//! Why a session is stuck: named reasons, each with its evidence, never a bare score.
//!
//! [`judge`] looks at one list, with what the lists before it have left in mind (a few numbers for
//! each session), and gives a [`Judged`] that stands beside it. A reason that this dialect, version
//! or number of looks cannot tell is *unjudged*, which is not the same as absent. The reasons are
//! one table, [`REASONS`]; each family of them has a file.
//!
//! Used by `app` (which judges in `arrange`, beside the drawing thread) and the one-shot commands;
//! uses `model` only. Pure: time is what the lists say, nothing else.

mod case;
mod closer;
mod closing;
mod evidence;
mod finding;
mod history;
mod idle;
mod judge;
mod judgment;
mod knowledge;
mod load;
mod pressure;
mod reason;
mod reason_set;
mod reasons;
mod sample;
mod severity;
mod surroundings;
mod thresholds;
mod waiting;
mod zone;

pub use closer::closer;
pub use evidence::Evidence;
pub use finding::{Finding, Verdict};
pub use judge::{Judged, Look, Samples, judge};
pub use reason::Reason;
pub use reason_set::ReasonSet;
pub use reasons::REASONS;
pub use sample::ConnectionSample;
pub use severity::Severity;
pub use thresholds::{Limit, THRESHOLDS, Threshold, Thresholds};

#[cfg(test)]
mod tests;
