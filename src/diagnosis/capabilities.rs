//! What the values of a list mean in the version that sent it (docs/maxscale-api.md).

use crate::model::{Dialect, IdleMeaning, Instance, Session, Version};

/// The first release in which every router books the end of a statement.
const BOOKS_ENDS: Version = Version { major: 6, minor: 2 };
/// Idle for longer than this is not "just now".
const RECENT_MS: u64 = 1_000;

/// What can be known of a statement.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Capabilities {
    /// Sessions without a running statement have none: statements are kept.
    keeps_statements: bool,
    version: Option<Version>,
    idle: Option<IdleMeaning>,
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

    /// Whether a statement runs. Up to 6.1 some routers never book an end: what is idle there may
    /// run or not. Where `idle` is 0 in a statement, what is idle runs none, whatever is retained.
    pub(super) fn is_running(self, session: &Session) -> Option<bool> {
        let extra = session.extra.as_ref()?;
        if extra.running.is_none() {
            return self.keeps_statements.then_some(false);
        }
        let is_idle = session.idle.is_some_and(|idle| idle.as_millis() >= RECENT_MS);
        match (self.idle, self.version) {
            (Some(IdleMeaning::Between), _) => Some(!is_idle),
            (_, Some(version)) if version >= BOOKS_ENDS => Some(true),
            _ => (!is_idle).then_some(true),
        }
    }

    /// Whether a statement runs and no event was counted lately. The counter is worn out by reading
    /// (docs/maxscale-api.md#io_activity), so 0 means some seconds, not 30; and without it nothing is known.
    pub(super) fn is_quiet(self, session: &Session) -> Option<bool> {
        if !self.is_running(session)? {
            return Some(false);
        }
        Some(session.extra.as_ref()?.io_activity? == 0)
    }

    /// Whether a statement waits while there is no connection to a server.
    pub(super) fn is_bare(self, session: &Session) -> Option<bool> {
        let is_ready = session.phase()? == crate::model::SessionPhase::Ready;
        let has_none = session.server_connections()?.is_empty();
        Some(is_ready && has_none && self.is_running(session)?)
    }
}
