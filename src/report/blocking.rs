//! Blockers and waiters: the tree at the moment at which the most threads waited.

use std::fmt::Write as _;

use crate::app::blockers::BlockerRow;
use crate::app::table_view::TableView;
use crate::model::{Now, Span, counted};

/// Maximum number of lines.
const MAX_LINES: usize = 60;

/// The worst moment.
#[derive(Clone, Debug)]
pub(super) struct BlockingMoment {
    /// When it was.
    pub at: Now,
    /// Number of root blockers.
    pub roots: usize,
    /// Number of threads that waited.
    pub waiting: usize,
    /// The longest wait.
    pub longest: Option<Span>,
    /// Lines of the tree.
    pub lines: Vec<String>,
    /// Number of lines that did not fit.
    pub more: usize,
    /// Whether a server had more rows than it reported.
    pub has_more: bool,
}

/// Finds the worst moment.
#[derive(Clone, Debug, Default)]
pub(super) struct WorstBlocking {
    /// The moment; `None` if no thread waited.
    pub worst: Option<BlockingMoment>,
    /// Whether the locks of a server were known.
    pub is_known: bool,
}

impl WorstBlocking {
    pub(super) fn on_view(&mut self, view: &TableView, at: Now) {
        let blockers = &view.blockers;
        let totals = blockers.totals;
        self.is_known |= totals.read_at.is_some();
        let weight = (totals.waiting, totals.longest);
        let is_worse = |worst: &BlockingMoment| weight > (worst.waiting, worst.longest);
        if totals.waiting == 0 || !self.worst.as_ref().is_none_or(is_worse) {
            return;
        }
        let lines = blockers.rows.iter().take(MAX_LINES).map(line);
        self.worst = Some(BlockingMoment {
            at,
            roots: totals.roots,
            waiting: totals.waiting,
            longest: totals.longest,
            lines: lines.collect(),
            more: blockers.rows.len().saturating_sub(MAX_LINES),
            has_more: totals.has_more,
        });
    }
}

/// Returns a line of the tree as text.
fn line(row: &BlockerRow) -> String {
    match row {
        BlockerRow::Thread(thread) => {
            let mut text = format!("{}{}", thread.tree, thread.name);
            if thread.blocks > 0 {
                // Writing to a string cannot fail.
                let _ = write!(text, "  blocks {}", thread.blocks);
            }
            if let Some(wait) = thread.wait {
                let _ = write!(text, "  waits {wait}");
            }
            if let Some(age) = thread.transaction {
                let _ = write!(text, "  transaction {age}");
            }
            let _ = write!(text, "  {}", thread.doing);
            text
        }
        BlockerRow::Ended {
            tree, ended, runs, ..
        } => {
            let runs = if *runs { ", its statement still runs" } else { "" };
            format!("{tree}session {} {} has ended{runs}", ended.session, ended.client)
        }
        BlockerRow::Note { tree, text } => format!("{tree}{text}"),
    }
}

impl BlockingMoment {
    /// Returns the moment in a sentence.
    pub(super) fn sentence(&self) -> String {
        let longest = self.longest.map(|longest| format!(", for up to {longest}"));
        let more = if self.has_more { " at least" } else { "" };
        format!(
            "{more} {} waited for {}{}",
            counted(self.waiting, "thread"),
            counted(self.roots, "root blocker"),
            longest.unwrap_or_default()
        )
        .trim_start()
        .to_owned()
    }
}
