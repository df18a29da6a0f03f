//! From when on something is worth a word.

use crate::model::Span;

/// The limits of the reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// A statement that runs so long is looked at.
    pub query_look: Span,
    /// A statement that runs so long is acted on.
    pub query_act: Span,
    /// A statement runs and nothing moves.
    pub silent: Span,
    /// Idle while it holds a backend.
    pub idle: Span,
    /// Being closed.
    pub closing: Span,
    /// A statement waits and there is no backend.
    pub no_backend: Span,
    /// So many times what is usual in its service.
    pub times_usual: u32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            query_look: Span::from_secs(30),
            query_act: Span::from_secs(5 * 60),
            silent: Span::from_secs(30),
            idle: Span::from_secs(3600),
            closing: Span::from_secs(10),
            no_backend: Span::from_secs(10),
            times_usual: 10,
        }
    }
}
