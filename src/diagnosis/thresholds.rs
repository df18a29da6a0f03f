//! From when on something is worth a word: the limits, and the table by which they are set.

use std::time::Duration;

use crate::model::Span;

/// The limits of the reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// A statement that runs so long is looked at.
    pub query_look: Span,
    /// A statement that runs so long is acted on; never less than `query_look`.
    pub query_act: Span,
    /// A statement runs and nothing moves.
    pub silent: Span,
    /// Idle while it holds a backend.
    pub idle: Span,
    /// Being closed.
    pub closing: Span,
    /// A statement waits and there is no backend.
    pub no_backend: Span,
    /// So many times the history of commands that is usual in its service.
    pub history: u32,
    /// So many times the memory that is usual in its service.
    pub memory: u32,
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
            history: 10,
            memory: 10,
        }
    }
}

/// One limit, as it is set from outside.
#[derive(Debug)]
pub struct Threshold {
    /// The key in the configuration file.
    pub name: &'static str,
    /// What is worth a word from there on.
    pub about: &'static str,
    /// Where it stands, and in which unit.
    pub limit: ThresholdAccess,
}

/// Where a limit stands, and in which unit.
#[derive(Clone, Copy, Debug)]
pub enum ThresholdAccess {
    /// A length of time.
    Span(fn(&mut Thresholds) -> &mut Span),
    /// So many times what is usual.
    Times(fn(&mut Thresholds) -> &mut u32),
}

/// Every limit.
pub static THRESHOLDS: [Threshold; 8] = [
    Threshold {
        name: "query-look",
        about: "a statement that has run for so long is looked at (●)",
        limit: ThresholdAccess::Span(|limits| &mut limits.query_look),
    },
    Threshold {
        name: "query-act",
        about: "and after so long it is acted on (▲)",
        limit: ThresholdAccess::Span(|limits| &mut limits.query_act),
    },
    Threshold {
        name: "silent",
        about: "a statement runs and no event is counted for so long",
        limit: ThresholdAccess::Span(|limits| &mut limits.silent),
    },
    Threshold {
        name: "idle",
        about: "idle for so long while it holds a server",
        limit: ThresholdAccess::Span(|limits| &mut limits.idle),
    },
    Threshold {
        name: "closing",
        about: "told to stop so long ago, and still there",
        limit: ThresholdAccess::Span(|limits| &mut limits.closing),
    },
    Threshold {
        name: "no-backend",
        about: "a statement waits for so long, and no server is connected",
        limit: ThresholdAccess::Span(|limits| &mut limits.no_backend),
    },
    Threshold {
        name: "history",
        about: "a history of commands so many times what is usual in its service",
        limit: ThresholdAccess::Times(|limits| &mut limits.history),
    },
    Threshold {
        name: "memory",
        about: "so many times the memory that is usual in its service",
        limit: ThresholdAccess::Times(|limits| &mut limits.memory),
    },
];

impl Threshold {
    /// Its value as it is written: `30s`, `10x`.
    pub fn text(&self, mut limits: Thresholds) -> String {
        match self.limit {
            ThresholdAccess::Span(at) => {
                let span = Duration::from_millis(at(&mut limits).as_millis());
                humantime::format_duration(span).to_string().replace(' ', "")
            }
            ThresholdAccess::Times(at) => format!("{}x", at(&mut limits)),
        }
    }
}

impl Thresholds {
    /// Whether what is acted on was looked at before.
    pub fn are_in_order(&self) -> bool {
        self.query_look <= self.query_act
    }
}
