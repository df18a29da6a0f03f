//! The session under the cursor when its list no longer has it: it stays until the cursor leaves.

use std::sync::Arc;

use super::generation::{Generation, Ghost};
use crate::model::{Found, RowKey, Snapshot};

/// The ghost of the session under the cursor, if it has left its list. One that has come back is
/// no ghost; of an endpoint that no longer answers nothing is known.
pub(super) fn haunt(
    previous: Option<&Generation>,
    snapshots: &[Arc<Snapshot>],
    cursor: &RowKey,
    ended: bool,
) -> Option<Ghost> {
    let previous = previous?;
    let now = snapshots
        .iter()
        .find(|snapshot| snapshot.endpoint == cursor.endpoint)?;
    if matches!(now.find(cursor), Found::Same(_)) {
        return None;
    }
    if let Some(ghost) = &previous.ghost
        && ghost.snapshot.key(&ghost.session) == *cursor
    {
        let counts_again = u8::from(now.number > ghost.counted);
        let missing = ghost.missing.saturating_add(counts_again);
        return Some(Ghost {
            missing: if ended { missing.max(2) } else { missing },
            counted: now.number,
            ..ghost.clone()
        });
    }
    let mut lists = previous.snapshots.iter().zip(&previous.judged);
    let (before, judged) = lists.find(|(snapshot, _)| snapshot.endpoint == cursor.endpoint)?;
    let Found::Same(session) = before.find(cursor) else {
        return None;
    };
    let another = ended || matches!(now.find(cursor), Found::Other(_)) || now.process() != before.process();
    Some(Ghost {
        snapshot: Arc::clone(before),
        session: session.clone(),
        judged: Arc::clone(judged),
        // Another session under its number, or another process, leaves no doubt.
        missing: if another { 2 } else { 1 },
        counted: now.number,
    })
}
