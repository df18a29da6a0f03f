//! Effects of a kill on the changes and locks of its sessions, for the kill dialog and `maxtop kill`.

use std::collections::BTreeSet;

use crate::model::{LockHolder, SessionId, SessionLocks, SessionWait, Text, counted};

/// Number of changed rows above which rolling back takes long.
const LONG_ROLLBACK_ROWS: u64 = 100_000;

/// Kind of an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EffectKind {
    /// Changes are rolled back.
    RollsBack,
    /// The rollback takes long.
    TakesLong,
    /// Other sessions can continue.
    Frees,
    /// Other sessions wait until a statement has ended.
    Waits,
}

/// Numbers of changes and waits that a kill affects.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LockEffects<'a> {
    /// Number of rows that the transactions have changed.
    pub changed_rows: u64,
    /// The server of the only victim.
    pub server: Option<&'a Text>,
    /// Number of threads that wait for the victims, and continue when they end.
    pub blocked: u64,
    /// Whether the only victim runs a statement that gets no KILL. It keeps the locks until it has ended.
    pub keeps_locks: bool,
}

impl<'a> LockEffects<'a> {
    /// Returns the effects of a kill of these sessions; `None` for one whose locks are unknown.
    /// `kills_statements` is whether their statements are ended too.
    pub(crate) fn of(
        victims: impl IntoIterator<Item = (SessionId, Option<&'a SessionLocks>)>,
        kills_statements: bool,
    ) -> Self {
        let (ids, locks): (BTreeSet<_>, Vec<_>) = victims.into_iter().unzip();
        let rows = locks.iter().flatten().map(|locks| changed_rows(locks));
        let changed_rows = rows.fold(0, u64::saturating_add);
        match locks.as_slice() {
            [Some(only)] => Self {
                changed_rows,
                server: Some(&only.server),
                blocked: only.blocks,
                keeps_locks: only.runs() && !kills_statements,
            },
            many => {
                let known = || many.iter().flatten();
                let is_victim = |wait: &SessionWait| match &wait.blocker {
                    Some(LockHolder::Session { id, .. }) => ids.contains(id),
                    _ => false,
                };
                let waiting = known().filter(|locks| locks.wait.as_ref().is_some_and(is_victim));
                let waiting = u64::try_from(waiting.count()).unwrap_or(u64::MAX);
                let roots = known().filter(|locks| locks.is_root_blocker && !locks.runs());
                let blocked: u64 = roots.map(|locks| locks.blocks).sum();
                Self {
                    changed_rows,
                    blocked: blocked.saturating_sub(waiting),
                    ..Self::default()
                }
            }
        }
    }

    /// Returns what the servers roll back, and how many sessions continue, as sentences. Empty if there is
    /// nothing.
    pub(crate) fn sentences(&self) -> Vec<(EffectKind, String)> {
        let mut sentences = Vec::new();
        if self.changed_rows > 0 {
            let rows = counted(self.changed_rows, "changed row");
            let text = match self.server {
                Some(server) => format!("{server} rolls back {rows}."),
                None => format!("Together they roll back {rows}."),
            };
            sentences.push((EffectKind::RollsBack, text));
        }
        if self.changed_rows > LONG_ROLLBACK_ROWS {
            let text = "Rolling back may take as long as the changes took.";
            sentences.push((EffectKind::TakesLong, text.to_owned()));
        }
        if self.keeps_locks && self.blocked > 0 {
            sentences.push((EffectKind::Waits, continue_later(self.blocked)));
            return sentences;
        }
        let whose = if self.server.is_some() { "its" } else { "their" };
        let text = match self.blocked {
            0 => return sentences,
            1 => format!("The session that waits for {whose} lock then continues."),
            count => format!("The {count} sessions that wait for {whose} locks then continue one by one."),
        };
        sentences.push((EffectKind::Frees, text));
        sentences
    }
}

/// Returns when the sessions continue that wait for a session with a running statement.
pub(crate) fn continue_later(blocked: u64) -> String {
    match blocked {
        1 => "The session that waits for its lock continues only when its statement has ended.".to_owned(),
        count => {
            format!(
                "The {count} sessions that wait for its locks continue only when its statement has ended."
            )
        }
    }
}

/// Returns the number of rows that the transaction of a session has changed.
fn changed_rows(locks: &SessionLocks) -> u64 {
    let transaction = locks.transaction.as_ref();
    transaction
        .and_then(|transaction| transaction.rows_modified)
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Span, TextLimit, WaitKind};

    /// The locks of a session that blocks this number of threads, or waits for another session.
    fn locks(blocks: u64, waits_for: Option<u64>) -> SessionLocks {
        let wait = waits_for.map(|id| SessionWait {
            kind: WaitKind::RowLock,
            age: None,
            blocker: Some(LockHolder::Session {
                id: SessionId(id),
                client: String::new(),
            }),
            is_likely: false,
            is_cycle: false,
            others: 0,
            table: None,
        });
        SessionLocks {
            server: Text::clean("db-01", TextLimit::Name),
            thread: 1,
            transaction: None,
            idle: wait.is_none().then(Span::default),
            is_root_blocker: wait.is_none(),
            wait,
            blocks,
            has_more: false,
            longest_blocked: None,
        }
    }

    #[test]
    fn of_several_sessions_those_that_wait_for_them_continue_without_the_victims() {
        let all = [
            (1, locks(4, None)),
            (2, locks(0, Some(1))),
            (3, locks(0, Some(9))),
        ];
        let known = all.iter().map(|(id, locks)| (SessionId(*id), Some(locks)));
        let effects = LockEffects::of(known, false);
        assert_eq!(effects.blocked, 3, "2 waits for a victim, 3 for another session");
        let text = "The 3 sessions that wait for their locks then continue one by one.";
        assert_eq!(effects.sentences(), [(EffectKind::Frees, text.to_owned())]);
    }

    #[test]
    fn waiters_continue_at_once_only_if_no_statement_keeps_the_locks() {
        let effects = |blocked, keeps_locks| LockEffects {
            blocked,
            keeps_locks,
            ..LockEffects::default()
        };
        assert_eq!(effects(0, true).sentences(), []);
        for blocked in [1, 3] {
            let kinds = |keeps_locks| {
                let sentences = effects(blocked, keeps_locks).sentences();
                sentences.into_iter().map(|(kind, _)| kind).collect::<Vec<_>>()
            };
            assert_eq!(kinds(false), [EffectKind::Frees]);
            assert_eq!(kinds(true), [EffectKind::Waits]);
        }
        let text = continue_later(3);
        assert!(
            text.ends_with("continue only when its statement has ended."),
            "{text}"
        );
    }
}
