//! The data that a dialect and version report, and their meaning (docs/maxscale-api.md).

use crate::model::{Dialect, IdleMeaning, Instance, Session, SessionPhase, Version};

/// First release in which every router records `completed`.
const FIRST_WITH_COMPLETED: Version = Version { major: 6, minor: 2 };
/// Idle time from which a session counts as idle, in milliseconds.
const MIN_IDLE_MS: u64 = 1_000;

/// The data about statements that a dialect and version report.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Capabilities {
    /// Whether statements are kept, so that a session without a running statement has none.
    keeps_statements: bool,
    version: Option<Version>,
    idle: Option<IdleMeaning>,
}

/// Whether a session runs a statement, as reported by the admin API; `None` if undetermined.
pub(crate) fn is_running(dialect: Dialect, instance: Option<&Instance>, session: &Session) -> Option<bool> {
    Capabilities::new(dialect, instance).is_running(session)
}

impl Capabilities {
    pub(super) fn new(dialect: Dialect, instance: Option<&Instance>) -> Self {
        let kept = instance.and_then(|instance| instance.retained_statements);
        Self {
            keeps_statements: dialect == Dialect::JsonApi && kept.is_some_and(|kept| kept > 0),
            version: instance.and_then(Instance::release),
            idle: instance.and_then(Instance::idle_meaning),
        }
    }

    /// Whether a statement is running; `None` if undetermined.
    ///
    /// Up to 6.1 some routers never record `completed`, so an idle session may run one or not. Where `idle` is
    /// 0 during a statement, a session idle for 1 s or more runs none, even if one without `completed` is kept.
    pub(super) fn is_running(self, session: &Session) -> Option<bool> {
        let extra = session.extra.as_ref()?;
        if extra.running.is_none() {
            return self.keeps_statements.then_some(false);
        }
        let is_idle = session.idle.is_some_and(|idle| idle.as_millis() >= MIN_IDLE_MS);
        match (self.idle, self.version) {
            (Some(IdleMeaning::Between), _) => Some(!is_idle),
            (_, Some(version)) if version >= FIRST_WITH_COMPLETED => Some(true),
            _ => (!is_idle).then_some(true),
        }
    }

    /// Whether the client waits for an answer without recent I/O events; `None` if undetermined.
    ///
    /// Every read ages the counter (docs/maxscale-api.md#io_activity), so 0 means no event for some seconds,
    /// not for 30. Where `idle` is 0 during a statement, no statement need be kept.
    pub(super) fn is_quiet(self, session: &Session) -> Option<bool> {
        let runs = match (self.is_running(session), self.awaits_answer(session)) {
            (Some(true), _) | (_, Some(true)) => true,
            (Some(false), _) | (_, Some(false)) => false,
            (None, None) => return None,
        };
        if !runs {
            return Some(false);
        }
        Some(session.extra.as_ref()?.io_activity? == 0)
    }

    /// Whether `idle` is exactly 0 where that means that an answer is due; `None` if it means something else.
    ///
    /// A client that has not logged in has no user, and its `idle` stays 0.
    fn awaits_answer(self, session: &Session) -> Option<bool> {
        if self.idle != Some(IdleMeaning::Between) {
            return None;
        }
        let is_logged_in = session.user.is_some() && session.phase()? == SessionPhase::Ready;
        Some(is_logged_in && session.idle?.as_millis() == 0)
    }

    /// Whether a statement waits without a server connection; `None` if undetermined.
    pub(super) fn is_bare(self, session: &Session) -> Option<bool> {
        let is_ready = session.phase()? == SessionPhase::Ready;
        let has_none = session.server_connections()?.is_empty();
        Some(is_ready && has_none && self.is_running(session)?)
    }
}
