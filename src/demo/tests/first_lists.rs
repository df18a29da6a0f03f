//! A world with a head start: its first lists show old problems, and its clock is right.

use std::time::Duration;

use super::{FoundSession, NOW, Watcher};
use crate::demo::ServeSpec;
use crate::model::Dialect;

const HEAD_START: Duration = Duration::from_secs(135);

fn spec() -> ServeSpec {
    let mut spec = ServeSpec::new(200, 1);
    spec.world.old_troubles = true;
    spec.head_start = HEAD_START;
    spec
}

fn reasons(found: impl IntoIterator<Item = FoundSession>) -> Vec<&'static str> {
    let mut reasons: Vec<_> = found.into_iter().flatten().map(|(reason, _)| reason).collect();
    reasons.sort_unstable();
    reasons.dedup();
    reasons
}

#[test]
fn the_first_list_has_stuck_sessions_and_the_second_needs_no_more_than_two_samples() {
    let mut watcher = Watcher::of(Dialect::Draft, spec());
    let begins = HEAD_START.as_secs();
    let first = watcher.poll(begins);
    assert_eq!(first.keys().copied().collect::<Vec<_>>(), [1, 3, 5]);
    assert_eq!(reasons(first.into_values()), ["idle"]);
    let second = watcher.poll(begins + 2);
    assert_eq!(reasons(second.into_values()), ["back-pressure", "idle"]);
    let later = watcher.poll(begins + 12);
    assert!(reasons(later.into_values()).contains(&"closing"));
}

#[test]
fn the_clock_of_a_world_with_a_head_start_shows_the_time_of_the_machine() {
    let watcher = Watcher::of(Dialect::Draft, spec());
    watcher
        .endpoint
        .with_world(|world| assert_eq!(world.wall().0, NOW));
    watcher.endpoint.restart();
    watcher
        .endpoint
        .with_world(|world| assert_eq!(world.wall().0, NOW));
}
