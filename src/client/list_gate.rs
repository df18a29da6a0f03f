//! Allows one list at a time, and none while a check is in progress.
//!
//! MaxScale builds a list on the thread that replies to checks, so a check during a list would be late.

use std::time::Duration;

use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard, watch};
use tokio::time::sleep;

/// Maximum time that a check waits for a list. After that the list is dropped and requested again later.
const MAX_WAIT: Duration = Duration::from_secs(1);

/// Keeps lists and checks of one endpoint apart.
#[derive(Debug)]
pub(super) struct ListGate {
    lock: RwLock<()>,
    /// Number of checks that wait for the list in flight.
    waiting: watch::Sender<usize>,
}

impl Default for ListGate {
    fn default() -> Self {
        Self {
            lock: RwLock::new(()),
            waiting: watch::Sender::new(0),
        }
    }
}

/// Counts a check as waiting until it is dropped.
struct Waiting<'a>(&'a watch::Sender<usize>);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count = count.saturating_sub(1));
    }
}

impl ListGate {
    /// Waits until no list is in flight. No list starts while the guard exists.
    pub(super) async fn keep_lists_out(&self) -> RwLockReadGuard<'_, ()> {
        self.waiting.send_modify(|count| *count += 1);
        let _waiting = Waiting(&self.waiting);
        self.lock.read().await
    }

    /// Waits for the turn of a list.
    pub(super) async fn list(&self) -> RwLockWriteGuard<'_, ()> {
        self.lock.write().await
    }

    /// Runs a list in its turn. If a check has waited for a second, drops the list and starts it again.
    pub(super) async fn run<T, F: Future<Output = T>>(&self, list: impl Fn() -> F) -> T {
        loop {
            let _turn = self.list().await;
            tokio::select! {
                biased;
                result = list() => return result,
                () = self.interrupted() => {}
            }
        }
    }

    async fn interrupted(&self) {
        let mut waiting = self.waiting.subscribe();
        loop {
            // The sender lives as long as `self`.
            let _ = waiting.wait_for(|count| *count > 0).await;
            sleep(MAX_WAIT).await;
            if *waiting.borrow() > 0 {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_check_waits_for_a_list_and_then_drops_it() {
        let gate = Arc::new(ListGate::default());
        let begun = Arc::new(AtomicUsize::new(0));
        let list = tokio::spawn({
            let (gate, begun) = (Arc::clone(&gate), Arc::clone(&begun));
            async move {
                gate.run(|| async {
                    match begun.fetch_add(1, Ordering::SeqCst) {
                        0 => pending().await,
                        _ => "the second one",
                    }
                })
                .await
            }
        });
        tokio::task::yield_now().await;
        let before = tokio::time::Instant::now();
        let check = gate.keep_lists_out().await;
        assert_eq!(before.elapsed(), MAX_WAIT);
        tokio::task::yield_now().await;
        assert_eq!(begun.load(Ordering::SeqCst), 1, "no list beside a check");
        drop(check);
        assert_eq!(list.await.unwrap(), "the second one");
    }
}
