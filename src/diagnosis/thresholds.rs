//! The thresholds of the reasons, and the table of their settings.

use std::time::Duration;

use crate::model::{Span, setting_text};

/// The thresholds of the reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// Time after which a running statement is marked ●. Defaults to 30 s.
    pub query_look: Span,
    /// Time after which a running statement is marked ▲, at least `query_look`. Defaults to 5 minutes.
    pub query_act: Span,
    /// Time after which a statement without I/O events is marked ●. Defaults to 30 s.
    pub silent_look: Span,
    /// Time after which a statement without I/O events is marked ▲, at least `silent_look`. Defaults to 5
    /// minutes.
    pub silent_act: Span,
    /// Idle time after which a session in a transaction is marked ●. Defaults to 30 s.
    pub transaction_look: Span,
    /// Idle time after which a session in a transaction is marked ▲, at least `transaction_look`. Defaults to
    /// 5 minutes.
    pub transaction_act: Span,
    /// Idle time of a session that holds a server. Defaults to 1 hour.
    pub idle: Span,
    /// Time that a session has been closing. Defaults to 10 s.
    pub closing: Span,
    /// Time that a client has been connected without logging in. Defaults to 10 s.
    pub login: Span,
    /// Time that a statement waits without a server connection. Defaults to 10 s.
    pub no_backend: Span,
    /// Number of session commands, as a multiple of the median of the service. Defaults to 10.
    pub history: u32,
    /// Memory, as a multiple of the median of the service. Defaults to 10.
    pub memory: u32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            query_look: Span::from_secs(30),
            query_act: Span::from_secs(5 * 60),
            silent_look: Span::from_secs(30),
            silent_act: Span::from_secs(5 * 60),
            transaction_look: Span::from_secs(30),
            transaction_act: Span::from_secs(5 * 60),
            idle: Span::from_secs(3600),
            closing: Span::from_secs(10),
            login: Span::from_secs(10),
            no_backend: Span::from_secs(10),
            history: 10,
            memory: 10,
        }
    }
}

/// A threshold that can be configured.
#[derive(Debug)]
pub struct Threshold {
    /// Key in the configuration file.
    pub name: &'static str,
    /// Description, for documentation.
    pub about: &'static str,
    /// Accessor for the value.
    pub limit: ThresholdAccess,
}

/// Accessor for the value of a threshold, by its unit.
#[derive(Clone, Copy, Debug)]
pub enum ThresholdAccess {
    /// A duration.
    Span(fn(&mut Thresholds) -> &mut Span),
    /// A multiple of the typical value.
    Times(fn(&mut Thresholds) -> &mut u32),
}

/// All thresholds.
pub static THRESHOLDS: [Threshold; 12] = [
    Threshold {
        name: "query-look",
        about: "time after which a running statement is marked ●",
        limit: ThresholdAccess::Span(|limits| &mut limits.query_look),
    },
    Threshold {
        name: "query-act",
        about: "time after which it is marked ▲",
        limit: ThresholdAccess::Span(|limits| &mut limits.query_act),
    },
    Threshold {
        name: "silent-look",
        about: "time after which a statement without I/O events is marked ●",
        limit: ThresholdAccess::Span(|limits| &mut limits.silent_look),
    },
    Threshold {
        name: "silent-act",
        about: "time after which it is marked ▲",
        limit: ThresholdAccess::Span(|limits| &mut limits.silent_act),
    },
    Threshold {
        name: "transaction-look",
        about: "idle time after which an open transaction is marked ●",
        limit: ThresholdAccess::Span(|limits| &mut limits.transaction_look),
    },
    Threshold {
        name: "transaction-act",
        about: "idle time after which it is marked ▲",
        limit: ThresholdAccess::Span(|limits| &mut limits.transaction_act),
    },
    Threshold {
        name: "idle",
        about: "idle time of a session that holds a server",
        limit: ThresholdAccess::Span(|limits| &mut limits.idle),
    },
    Threshold {
        name: "closing",
        about: "time that a session has been closing",
        limit: ThresholdAccess::Span(|limits| &mut limits.closing),
    },
    Threshold {
        name: "login",
        about: "time that a client has been connected without logging in",
        limit: ThresholdAccess::Span(|limits| &mut limits.login),
    },
    Threshold {
        name: "no-backend",
        about: "time that a statement waits without a server connection",
        limit: ThresholdAccess::Span(|limits| &mut limits.no_backend),
    },
    Threshold {
        name: "history",
        about: "session commands, as a multiple of the median of the service",
        limit: ThresholdAccess::Times(|limits| &mut limits.history),
    },
    Threshold {
        name: "memory",
        about: "memory, as a multiple of the median of the service",
        limit: ThresholdAccess::Times(|limits| &mut limits.memory),
    },
];

impl Threshold {
    /// Returns the value as text: `30s`, `10x`.
    pub fn text(&self, mut limits: Thresholds) -> String {
        match self.limit {
            ThresholdAccess::Span(at) => setting_text(Duration::from_millis(at(&mut limits).as_millis())),
            ThresholdAccess::Times(at) => format!("{}x", at(&mut limits)),
        }
    }
}

impl Thresholds {
    /// Returns the names of a pair whose ● comes after its ▲, such as `query-look` and `query-act`.
    pub fn out_of_order(mut self) -> Option<(&'static str, &'static str)> {
        let mut value = |threshold: &Threshold| match threshold.limit {
            ThresholdAccess::Span(at) => Some(*at(&mut self)),
            ThresholdAccess::Times(_) => None,
        };
        let acts = THRESHOLDS
            .iter()
            .filter_map(|act| Some((act.name.strip_suffix("-act")?, act)));
        let mut pairs = acts.filter_map(|(reason, act)| {
            let look = THRESHOLDS
                .iter()
                .find(|look| look.name.strip_suffix("-look") == Some(reason))?;
            Some((look, act))
        });
        let (look, act) = pairs.find(|(look, act)| value(look) > value(act))?;
        Some((look.name, act.name))
    }
}
