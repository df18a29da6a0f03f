//! Effects of a kill on the changes and locks of its sessions, for the kill dialog and `maxtop kill`.

use crate::model::{SessionLocks, Text, counted};

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
}

/// Numbers of changes and waits that a kill affects.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LockEffects<'a> {
    /// Number of rows that the transactions have changed.
    pub changed_rows: u64,
    /// The server of the only victim.
    pub server: Option<&'a Text>,
    /// Number of threads that wait for the only victim.
    pub blocked: u64,
}

impl<'a> LockEffects<'a> {
    /// Returns the effects of a kill of these sessions; `None` for one whose locks are unknown.
    pub(crate) fn of(locks: impl IntoIterator<Item = Option<&'a SessionLocks>>) -> Self {
        let locks: Vec<_> = locks.into_iter().collect();
        let rows = locks.iter().flatten().map(|locks| changed_rows(locks));
        let changed_rows = rows.fold(0, u64::saturating_add);
        match locks.as_slice() {
            [Some(only)] => Self {
                changed_rows,
                server: Some(&only.server),
                blocked: only.blocks,
            },
            _ => Self {
                changed_rows,
                ..Self::default()
            },
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
        let text = match self.blocked {
            0 => return sentences,
            1 => "The session that waits for its lock then continues.".to_owned(),
            count => format!("The {count} sessions that wait for its locks then continue one by one."),
        };
        sentences.push((EffectKind::Frees, text));
        sentences
    }
}

/// Returns the number of rows that the transaction of a session has changed.
fn changed_rows(locks: &SessionLocks) -> u64 {
    let transaction = locks.transaction.as_ref();
    transaction
        .and_then(|transaction| transaction.rows_modified)
        .unwrap_or(0)
}
