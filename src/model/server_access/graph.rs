//! The threads of one server and their waits for each other.

use std::collections::{BTreeMap, BTreeSet};

use super::super::Span;
use super::activity::{
    LockWaits, MetadataLocks, RowLock, ServerActivity, ServerThread, Transaction, TransactionState,
};
use super::metadata::{self, MetadataWait};

/// Maximum number of likely blockers of one waiter.
const MAX_LIKELY: usize = 10;
/// Maximum number of pairs for metadata locks.
const MAX_PAIRS: usize = 4_000;

/// Kind of lock that a thread waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitKind {
    /// A row lock.
    RowLock,
    /// A metadata lock of a table.
    MetadataLock,
    /// A user lock (`GET_LOCK`).
    UserLock,
}

/// A thread's wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// Kind of lock.
    pub kind: WaitKind,
    /// Time since the wait began.
    pub age: Option<Span>,
    /// The requested row lock, if known.
    pub lock: Option<RowLock>,
    /// Threads that it waits for directly, ascending.
    pub direct: Vec<u64>,
    /// Threads at the end of its chains, ascending. In a cycle without an end: the threads of the cycle.
    pub roots: Vec<u64>,
    /// Whether its chains end in a cycle.
    pub is_cycle: bool,
    /// Threads with an open transaction that is older than the wait, most likely first. Empty if `direct` is
    /// known.
    pub likely: Vec<u64>,
}

/// A thread that waits, blocks others or has an open transaction. Id 0 stands for all prepared XA
/// transactions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ThreadNode {
    /// Its open transaction. For id 0, the oldest prepared XA transaction.
    pub transaction: Option<Transaction>,
    /// Its wait, if it waits.
    pub wait: Option<Wait>,
    /// Number of threads that wait for it directly.
    pub blocks_directly: usize,
    /// Number of threads that wait for it, directly or through others. Without those of sessions that have ended:
    /// their clients are gone.
    pub blocks: usize,
    /// Number of threads of ended sessions that wait for it, directly or through others.
    pub ended_waiters: usize,
    /// Longest wait of the threads counted in `blocks`.
    pub longest_blocked: Option<Span>,
}

impl ThreadNode {
    /// Whether it blocks others and does not wait itself.
    pub const fn is_root_blocker(&self) -> bool {
        self.blocks > 0 && self.wait.is_none()
    }
}

/// The threads of one server by id, with their waits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WaitGraph {
    /// Nodes by thread id.
    pub nodes: BTreeMap<u64, ThreadNode>,
    /// Whether a result was cut off, so that counts are minimums.
    pub has_more: bool,
    /// Whether the plugin `METADATA_LOCK_INFO` must be loaded to find the holders of metadata locks.
    pub needs_plugin: bool,
}

/// Edges from a waiter to the threads that it waits for.
type Edges = BTreeMap<u64, BTreeSet<u64>>;

impl WaitGraph {
    /// Builds the graph. The order of the rows has no influence. `is_ended` is whether the session of a thread has
    /// ended.
    pub fn new(activity: &ServerActivity, is_ended: impl Fn(u64) -> bool) -> Self {
        let mut graph = Self {
            has_more: activity.threads.has_more || activity.transactions.has_more,
            needs_plugin: activity.metadata_locks == MetadataLocks::NoPlugin,
            ..Self::default()
        };
        graph.add_transactions(&activity.transactions.rows);
        graph.add_metadata_waiters(&activity.threads.rows);
        let mut edges = graph.add_row_locks(&activity.lock_waits);
        if let MetadataLocks::Known(locks) = &activity.metadata_locks {
            graph.has_more |= locks.has_more;
            let pairs = metadata::pairs(&activity.threads.rows, &locks.rows);
            graph.has_more |= pairs.len() > MAX_PAIRS;
            for (waiter, blocker) in pairs.into_iter().take(MAX_PAIRS) {
                edges.entry(waiter).or_default().insert(blocker);
                graph.nodes.entry(blocker).or_default();
            }
        }
        graph.count(&edges, is_ended);
        graph.find_roots(&edges);
        graph.find_likely(&activity.threads.rows);
        graph
    }

    /// Returns the threads at the ends of all chains, the one that blocks most first. Those for which only threads of
    /// ended sessions wait are the last ones.
    pub fn root_blockers(&self) -> Vec<u64> {
        let is_root = |node: &ThreadNode| node.blocks + node.ended_waiters > 0 && node.wait.is_none();
        let roots = self.nodes.iter().filter(|(_, node)| is_root(node));
        let mut roots: Vec<_> = roots.collect();
        roots.sort_by_key(|(id, node)| (std::cmp::Reverse((node.blocks, node.longest_blocked)), **id));
        roots.into_iter().map(|(id, _)| *id).collect()
    }

    fn add_transactions(&mut self, transactions: &[Transaction]) {
        for transaction in transactions {
            let node = self.nodes.entry(transaction.thread).or_default();
            let is_older = |known: Transaction| order_of(&known) < order_of(transaction);
            if node.transaction.is_none_or(is_older) {
                node.transaction = Some(*transaction);
            }
            if transaction.state == TransactionState::LockWait {
                let known = node.wait.as_ref().and_then(|wait| wait.age);
                node.wait = Some(Wait::new(WaitKind::RowLock, known.max(transaction.wait)));
            }
        }
    }

    fn add_metadata_waiters(&mut self, threads: &[ServerThread]) {
        for thread in threads {
            let kind = match metadata::wait_of(thread) {
                Some(MetadataWait::Table) => WaitKind::MetadataLock,
                Some(MetadataWait::User) => WaitKind::UserLock,
                None => continue,
            };
            let node = self.nodes.entry(thread.id).or_default();
            node.wait = Some(Wait::new(kind, thread.time));
        }
    }

    fn add_row_locks(&mut self, waits: &LockWaits) -> Edges {
        let mut edges = Edges::new();
        let LockWaits::Known(rows) = waits else {
            return edges;
        };
        self.has_more |= rows.has_more;
        for row in &rows.rows {
            self.nodes.entry(row.blocker).or_default();
            let node = self.nodes.entry(row.waiter).or_default();
            let wait = node
                .wait
                .get_or_insert_with(|| Wait::new(WaitKind::RowLock, None));
            // The least of several, so that the order of the rows has no influence.
            let lock = wait.lock.take().into_iter().chain(row.lock.clone());
            wait.lock = lock.min_by(|one, other| lock_order(one).cmp(&lock_order(other)));
            edges.entry(row.waiter).or_default().insert(row.blocker);
        }
        edges
    }

    /// Counts the threads that wait for each node.
    fn count(&mut self, edges: &Edges, is_ended: impl Fn(u64) -> bool) {
        let mut reversed = Edges::new();
        for (waiter, blockers) in edges {
            for blocker in blockers {
                reversed.entry(*blocker).or_default().insert(*waiter);
            }
        }
        for blocker in reversed.keys() {
            let mut waiters = reachable(*blocker, &reversed);
            waiters.remove(blocker);
            let ended_waiters = waiters.len();
            waiters.retain(|id| !is_ended(*id));
            let ended_waiters = ended_waiters - waiters.len();
            let ages = waiters
                .iter()
                .filter_map(|id| self.nodes.get(id)?.wait.as_ref()?.age);
            let longest = ages.max();
            let direct = reversed
                .get(blocker)
                .map(|direct| direct.intersection(&waiters).count());
            if let Some(node) = self.nodes.get_mut(blocker) {
                node.blocks = waiters.len();
                node.ended_waiters = ended_waiters;
                node.blocks_directly = direct.unwrap_or_default();
                node.longest_blocked = longest;
            }
        }
    }

    fn find_roots(&mut self, edges: &Edges) {
        for (waiter, direct) in edges {
            let reached = reachable(*waiter, edges);
            let ends = reached.iter().filter(|id| !edges.contains_key(id));
            let mut roots: Vec<_> = ends.copied().collect();
            let is_cycle = roots.is_empty();
            if is_cycle {
                let cycle = reached.iter().filter(|id| reachable(**id, edges).contains(*id));
                roots = cycle.copied().collect();
            }
            if let Some(wait) = self.nodes.get_mut(waiter).and_then(|node| node.wait.as_mut()) {
                wait.direct = direct.iter().copied().collect();
                wait.roots = roots;
                wait.is_cycle = is_cycle;
            }
        }
    }

    /// Finds candidates for waits whose blocker is unknown: threads that do not wait for a metadata lock and
    /// have a transaction that is older than the wait.
    fn find_likely(&mut self, threads: &[ServerThread]) {
        let databases: BTreeMap<_, _> = threads
            .iter()
            .filter_map(|thread| Some((thread.id, thread.database.as_ref()?)))
            .collect();
        let holders: Vec<_> = self
            .nodes
            .iter()
            .filter(|(_, node)| node.transaction.is_some())
            .collect();
        let mut found = Vec::new();
        for (id, node) in &self.nodes {
            let Some(wait) = node.wait.as_ref().filter(|wait| wait.direct.is_empty()) else {
                continue;
            };
            if wait.kind == WaitKind::UserLock {
                continue;
            }
            let own_database = databases.get(id);
            let mut candidates: Vec<_> = holders
                .iter()
                .filter(|(other, node)| *other != id && is_likely(node, wait))
                .map(|(other, node)| {
                    let is_elsewhere = own_database.is_none() || databases.get(other) != own_database;
                    let age = node.transaction.and_then(|transaction| transaction.age);
                    (is_elsewhere, std::cmp::Reverse(age), **other)
                })
                .collect();
            candidates.sort_unstable();
            candidates.truncate(MAX_LIKELY);
            found.push((*id, candidates));
        }
        for (id, candidates) in found {
            if let Some(wait) = self.nodes.get_mut(&id).and_then(|node| node.wait.as_mut()) {
                wait.likely = candidates.into_iter().map(|(_, _, other)| other).collect();
            }
        }
    }
}

impl Wait {
    const fn new(kind: WaitKind, age: Option<Span>) -> Self {
        Self {
            kind,
            age,
            lock: None,
            direct: Vec::new(),
            roots: Vec::new(),
            is_cycle: false,
            likely: Vec::new(),
        }
    }
}

/// Whether a thread may be the unknown blocker of a wait. For a row lock it is not waiting itself; for a
/// metadata lock it may wait for a row lock.
fn is_likely(node: &ThreadNode, wait: &Wait) -> bool {
    let may_block = match (&node.wait, wait.kind) {
        (None, _) => true,
        (Some(own), WaitKind::MetadataLock) => own.kind == WaitKind::RowLock,
        (Some(_), _) => false,
    };
    let age = node.transaction.and_then(|transaction| transaction.age);
    // Ages of transactions are whole seconds, rounded down.
    may_block && age.is_some_and(|age| wait.age.is_none_or(|wait| age.as_secs() >= wait.as_secs()))
}

/// Order of transactions of one thread id, so that the order of the rows has no influence.
fn order_of(transaction: &Transaction) -> impl Ord + use<> {
    (
        transaction.age,
        transaction.rows_modified,
        transaction.rows_locked,
        transaction.state == TransactionState::LockWait,
        transaction.wait,
    )
}

fn lock_order(lock: &RowLock) -> impl Ord {
    (lock.table.clone(), lock.index.clone(), lock.mode.clone())
}

/// Returns all nodes that can be reached from one by at least one edge.
fn reachable(from: u64, edges: &Edges) -> BTreeSet<u64> {
    let mut reached = BTreeSet::new();
    let mut open = vec![from];
    while let Some(id) = open.pop() {
        for next in edges.get(&id).into_iter().flatten() {
            if reached.insert(*next) {
                open.push(*next);
            }
        }
    }
    reached
}
