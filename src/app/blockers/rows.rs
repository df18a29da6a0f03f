//! The lines of the view: root blockers first by how many wait, with their waiters below them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

use super::doing::{doing, holds, is_idle, name, origin};
use super::{BlockerRow, ThreadKey, ThreadRow};
use crate::model::{
    EndpointId, EndpointLocks, ServerLocks, ServerThread, Session, Snapshot, Span, ThreadNode, ThreadOwner,
    counted,
};

/// Maximum number of waiters shown under one thread.
const MAX_WAITERS: usize = 12;
/// Maximum number of likely blockers named.
const MAX_LIKELY: usize = 2;

/// Totals of the view.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct BlockerTotals {
    /// Number of root blockers.
    pub roots: usize,
    /// Number of threads that wait, without those of ended sessions.
    pub waiting: usize,
    /// The longest wait.
    pub longest: Option<Span>,
    /// Number of open transactions.
    pub transactions: usize,
    /// Age of the oldest one.
    pub oldest: Option<Span>,
    /// Number of waiters whose blocker is only likely.
    pub likely: usize,
    /// Number of sessions that have ended while a statement of theirs still runs.
    pub left_running: usize,
    /// When the oldest report was complete.
    pub read_at: Option<Timestamp>,
    /// Whether a server has more rows than it has reported.
    pub has_more: bool,
    /// Whether a server has not loaded `METADATA_LOCK_INFO` while threads wait for metadata locks.
    pub needs_plugin: bool,
}

/// Lines and totals of the view of blockers.
#[derive(Clone, Debug, Default)]
pub(crate) struct BlockerLines {
    /// The lines, from top to bottom.
    pub rows: Vec<BlockerRow>,
    /// Totals of all servers.
    pub totals: BlockerTotals,
}

impl BlockerLines {
    /// Builds the lines. They grow with the number of waiting threads, so this runs off the drawing thread.
    pub(crate) fn of(snapshots: &[Arc<Snapshot>], locks: &[Arc<EndpointLocks>]) -> Self {
        let rows = rows(snapshots, locks);
        let left = rows
            .iter()
            .filter(|row| matches!(row, BlockerRow::Ended { runs: true, .. }));
        let totals = BlockerTotals {
            left_running: left.count(),
            ..totals(locks)
        };
        Self { rows, totals }
    }
}

/// Counts the threads of all servers.
fn totals(locks: &[Arc<EndpointLocks>]) -> BlockerTotals {
    let mut totals = BlockerTotals::default();
    for server in locks.iter().flat_map(|locks| &locks.servers) {
        if server.report.activity.is_ok() && !server.is_outdated {
            let at = server.report.taken_at;
            totals.read_at = Some(totals.read_at.map_or(at, |oldest| oldest.min(at)));
        }
        for (thread, node) in &server.graph.nodes {
            let is_ended = server.ended.contains_key(thread);
            let live = node.wait.as_ref().filter(|_| !is_ended);
            totals.roots += usize::from(node.is_root_blocker());
            totals.waiting += usize::from(live.is_some());
            totals.likely +=
                usize::from(live.is_some_and(|wait| wait.direct.is_empty() && !wait.likely.is_empty()));
            totals.longest = totals.longest.max(live.and_then(|wait| wait.age));
            let age = node.transaction.map(|transaction| transaction.age);
            totals.transactions += usize::from(age.is_some());
            totals.oldest = totals.oldest.max(age.flatten());
        }
        totals.has_more |= server.graph.has_more;
        totals.needs_plugin |= server.graph.needs_plugin;
    }
    totals
}

/// A thread at the top of a tree.
struct Top<'a> {
    tree: &'a ServerTree<'a>,
    thread: u64,
    /// Note on why it is at the top, unless it is a root blocker.
    note: Option<Cow<'static, str>>,
    /// Whether it is only listed because its session has ended and its statement still runs.
    is_left: bool,
}

/// The threads of one server.
struct ServerTree<'a> {
    endpoint: EndpointId,
    server: &'a ServerLocks,
    sessions: &'a [Session],
    threads: BTreeMap<u64, &'a ServerThread>,
    /// Threads that wait for each thread, longest wait first.
    waiters: BTreeMap<u64, Vec<u64>>,
}

/// Returns all lines.
fn rows(snapshots: &[Arc<Snapshot>], locks: &[Arc<EndpointLocks>]) -> Vec<BlockerRow> {
    let lists = snapshots.iter().zip(locks);
    let trees: Vec<_> = lists
        .flat_map(|(snapshot, locks)| {
            let servers = locks.servers.iter();
            servers.map(|server| ServerTree::new(snapshot.endpoint, server, &snapshot.sessions))
        })
        .collect();
    let mut tops: Vec<_> = trees.iter().flat_map(ServerTree::tops).collect();
    tops.sort_by_key(|top| {
        let node = top.tree.node(top.thread);
        let weight = node.map(|node| (node.blocks, node.longest_blocked));
        (top.is_left, top.note.is_some(), std::cmp::Reverse(weight))
    });
    let mut rows = Vec::new();
    let mut shown = BTreeSet::new();
    let mut is_after_left = false;
    for top in tops {
        let is_listed_with_last = std::mem::replace(&mut is_after_left, top.is_left);
        if !rows.is_empty() && !is_listed_with_last {
            rows.push(BlockerRow::Note {
                tree: String::new(),
                text: String::new(),
            });
        }
        top.tree
            .add(top.thread, None, &Branch::TOP, &mut shown, &mut rows);
        if let Some(note) = &top.note {
            rows.push(BlockerRow::Note {
                tree: "  ".to_owned(),
                text: note.clone().into_owned(),
            });
        }
        top.tree.add_waiters(
            top.thread,
            &top.tree.key(top.thread),
            &Branch::TOP,
            &mut shown,
            &mut rows,
        );
    }
    rows
}

/// Lines of the tree to the left of a thread.
#[derive(Clone, Debug)]
struct Branch {
    /// Lines of the thread itself.
    own: String,
    /// Lines of everything below it.
    below: String,
}

impl Branch {
    const TOP: Self = Self {
        own: String::new(),
        below: String::new(),
    };

    /// Returns the lines of a waiter.
    fn waiter(&self, is_last: bool) -> Self {
        let indent = if self.below.is_empty() { "  " } else { "" };
        Self {
            own: format!("{indent}{}{} ", self.below, if is_last { "└" } else { "├" }),
            below: format!("{indent}{}{} ", self.below, if is_last { " " } else { "│" }),
        }
    }
}

impl<'a> ServerTree<'a> {
    fn new(endpoint: EndpointId, server: &'a ServerLocks, sessions: &'a [Session]) -> Self {
        let activity = server.report.activity.as_ref().ok();
        let threads = activity.into_iter().flat_map(|activity| &activity.threads.rows);
        let mut tree = Self {
            endpoint,
            server,
            sessions,
            threads: threads.map(|thread| (thread.id, thread)).collect(),
            waiters: BTreeMap::new(),
        };
        let mut waiters: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
        for (id, node) in &server.graph.nodes {
            let Some(wait) = &node.wait else { continue };
            for blocker in &wait.direct {
                waiters.entry(*blocker).or_default().push(*id);
            }
        }
        for list in waiters.values_mut() {
            list.sort_by_key(|id| (std::cmp::Reverse(tree.wait_of(*id)), *id));
        }
        tree.waiters = waiters;
        tree
    }

    fn node(&self, thread: u64) -> Option<&'a ThreadNode> {
        self.server.graph.nodes.get(&thread)
    }

    fn wait_of(&self, thread: u64) -> Option<Span> {
        self.node(thread)?.wait.as_ref()?.age
    }

    fn key(&self, thread: u64) -> ThreadKey {
        ThreadKey {
            endpoint: self.endpoint,
            server: self.server.report.server.clone(),
            thread,
        }
    }

    /// Returns root blockers, one thread of each cycle, waiters without a known blocker, and last the threads of ended
    /// sessions that still run.
    fn tops(&'a self) -> Vec<Top<'a>> {
        let top = |thread, note| Top {
            tree: self,
            thread,
            note,
            is_left: false,
        };
        let roots = self.server.graph.root_blockers();
        let mut reached = BTreeSet::new();
        for root in &roots {
            self.reach(*root, &mut reached);
        }
        let mut tops: Vec<_> = roots.into_iter().map(|root| top(root, None)).collect();
        let waiting = self
            .server
            .graph
            .nodes
            .iter()
            .filter_map(|(id, node)| Some((*id, node.wait.as_ref()?)));
        for (id, wait) in waiting {
            if reached.contains(&id) {
                continue;
            }
            let note = if wait.is_cycle {
                "in a cycle: each waits for the next".into()
            } else if wait.direct.is_empty() {
                self.likely_blockers(&wait.likely)
            } else {
                // Another thread of its chain comes first.
                continue;
            };
            self.reach(id, &mut reached);
            tops.push(top(id, Some(note)));
        }
        for id in self.server.ended.keys().filter(|id| self.runs(**id)) {
            if reached.contains(id) {
                continue;
            }
            self.reach(*id, &mut reached);
            tops.push(Top {
                is_left: true,
                ..top(*id, None)
            });
        }
        tops
    }

    /// Whether a thread runs a statement.
    fn runs(&self, thread: u64) -> bool {
        let thread = self.threads.get(&thread);
        thread.is_some_and(|thread| !is_idle(thread) && thread.statement.is_some())
    }

    /// Names the threads that may block a waiter: their transactions are older than its wait.
    fn likely_blockers(&self, likely: &[u64]) -> Cow<'static, str> {
        let names = likely.iter().take(MAX_LIKELY).map(|id| {
            let thread = self.threads.get(id).copied();
            name(&self.server.holder(*id, self.sessions), thread)
        });
        let names: Vec<_> = names.collect();
        match likely.len().saturating_sub(MAX_LIKELY) {
            _ if names.is_empty() => "its blocker is unknown".into(),
            0 => format!("perhaps behind {}", names.join(" or ")).into(),
            more => format!("perhaps behind {}, or {more} more", names.join(" or ")).into(),
        }
    }

    /// Adds a thread and all that wait for it.
    fn reach(&self, from: u64, reached: &mut BTreeSet<u64>) {
        let mut open = vec![from];
        while let Some(id) = open.pop() {
            if reached.insert(id) {
                open.extend(self.waiters.get(&id).into_iter().flatten());
            }
        }
    }

    /// Adds the line of a thread, and what it holds.
    fn add(
        &self,
        thread: u64,
        root: Option<&ThreadKey>,
        branch: &Branch,
        shown: &mut BTreeSet<ThreadKey>,
        rows: &mut Vec<BlockerRow>,
    ) {
        let key = self.key(thread);
        shown.insert(key.clone());
        let row = self.threads.get(&thread).copied();
        let node = self.node(thread);
        let owner = self.server.owners.get(&thread);
        rows.push(BlockerRow::Thread(Box::new(ThreadRow {
            session: match owner {
                Some(ThreadOwner::Session(id)) => Some(*id),
                _ => None,
            },
            root: root.cloned(),
            tree: branch.own.clone(),
            name: name(&self.server.holder(thread, self.sessions), row),
            transaction: node.and_then(|node| node.transaction?.age),
            wait: self.wait_of(thread),
            doing: doing(row, thread),
            blocks: node.map_or(0, |node| node.blocks),
            key,
        })));
        let waiters = self.waiters.get(&thread).into_iter().flatten();
        let locks = node
            .filter(|_| self.waiters.contains_key(&thread))
            .and_then(|node| holds(node, waiters.filter_map(|id| self.node(*id))));
        let tree = if branch.below.is_empty() {
            "  ".to_owned()
        } else {
            format!("{}  ", branch.below)
        };
        if let Some(ended) = self.server.ended.get(&thread) {
            rows.push(BlockerRow::Ended {
                tree: tree.clone(),
                endpoint: self.endpoint,
                ended: ended.clone(),
                runs: row.is_some_and(|row| !is_idle(row)),
            });
        }
        let notes = origin(owner, thread, self.server.report.server.as_str())
            .into_iter()
            .chain(locks);
        rows.extend(notes.map(|text| BlockerRow::Note {
            tree: tree.clone(),
            text,
        }));
    }

    /// Adds the threads that wait for a thread, each once.
    fn add_waiters(
        &self,
        thread: u64,
        root: &ThreadKey,
        branch: &Branch,
        shown: &mut BTreeSet<ThreadKey>,
        rows: &mut Vec<BlockerRow>,
    ) {
        let waiters = self.waiters.get(&thread).into_iter().flatten();
        let waiters: Vec<_> = waiters
            .copied()
            .filter(|id| !shown.contains(&self.key(*id)))
            .collect();
        // A waiter of several threads of the chain is shown where it is reached first.
        shown.extend(waiters.iter().map(|id| self.key(*id)));
        // What a kill has left is always listed.
        let waiters = waiters.into_iter().enumerate();
        let (listed, rest): (Vec<_>, Vec<_>) =
            waiters.partition(|(place, id)| *place < MAX_WAITERS || self.server.ended.contains_key(id));
        let more = rest.len();
        let last = listed.len().saturating_sub(1);
        for (place, (_, id)) in listed.into_iter().enumerate() {
            let branch = branch.waiter(place == last && more == 0);
            self.add(id, Some(root), &branch, shown, rows);
            self.add_waiters(id, root, &branch, shown, rows);
        }
        if more > 0 {
            let longest = rest.iter().filter_map(|(_, id)| self.wait_of(*id)).max();
            let longest = longest.map(|longest| format!(", waiting for up to {longest}"));
            rows.push(BlockerRow::Note {
                tree: branch.waiter(true).own,
                text: format!(
                    "and {} more{}",
                    counted(more, "session"),
                    longest.unwrap_or_default()
                ),
            });
        }
    }
}
