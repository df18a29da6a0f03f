//! Effects of a kill on the changes and locks of its sessions, as sentences.

use crate::model::{SessionLocks, counted};

/// Number of changed rows above which rolling back takes long.
const LONG_ROLLBACK_ROWS: u64 = 100_000;

/// Returns what the servers roll back, and how many sessions can continue then. Empty if nothing is known of it.
pub(crate) fn lock_effects<'a>(locks: impl IntoIterator<Item = Option<&'a SessionLocks>>) -> Vec<String> {
    let locks: Vec<_> = locks.into_iter().collect();
    let rows = |locks: &SessionLocks| locks.transaction.as_ref()?.rows_modified;
    let changed = locks.iter().flatten().filter_map(|locks| rows(locks));
    let changed = changed.fold(0, u64::saturating_add);
    let single = match locks.as_slice() {
        [Some(locks)] => Some(*locks),
        _ => None,
    };
    let mut sentences = Vec::new();
    if changed > 0 {
        let rows = counted(changed, "changed row");
        sentences.push(match single {
            Some(locks) => format!("{} rolls back {rows}.", locks.server),
            None => format!("Together they roll back {rows}."),
        });
    }
    if changed > LONG_ROLLBACK_ROWS {
        sentences.push("Rolling back may take as long as the changes took.".to_owned());
    }
    match single.map_or(0, |locks| locks.blocks) {
        0 => {}
        1 => sentences.push("The session that waits for it can continue then.".to_owned()),
        count => sentences.push(format!(
            "The {count} sessions that wait for it can continue then."
        )),
    }
    sentences
}
