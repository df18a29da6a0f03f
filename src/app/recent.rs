//! The last minutes of an endpoint in bars of a few seconds each, for the header: there, a picture that
//! moved with every list would be noise, and bytes on the line.

use std::collections::VecDeque;
use std::time::Duration;

use super::point::Point;

/// A bar stands for so long at least; one list does where they come further apart.
pub const BAR: Duration = Duration::from_secs(5);
/// More bars than that fit no header.
const KEPT: usize = 24;

/// The last bars.
#[derive(Clone, Debug, Default)]
pub struct Recent {
    /// The newest is still being filled.
    bars: VecDeque<Point>,
}

impl Recent {
    /// One more list.
    pub(super) fn listed(&mut self, point: Point) {
        match self.bars.back_mut() {
            Some(open) if open.span() < BAR => open.merge(&point),
            _ => self.bars.push_back(point),
        }
        if self.bars.len() > KEPT + 1 {
            self.bars.pop_front();
        }
    }

    /// So many of the sessions of the last list are stuck.
    pub(super) fn judged(&mut self, stuck: usize) {
        if let Some(open) = self.bars.back_mut() {
            open.judged(stuck);
        }
    }

    /// The bars that are full, the oldest first.
    pub fn bars(&self) -> impl DoubleEndedIterator<Item = &Point> {
        self.bars.iter().take(self.bars.len().saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::stage::{Stage, draft};
    use crate::model::Dialect;

    #[test]
    fn a_bar_is_shown_when_it_is_full() {
        let mut stage = Stage::new(Dialect::Draft, (80, 24));
        let mut full = Vec::new();
        for second in 0..13_u64 {
            stage.list(&draft(&[(1, "ann", 9_000), (second + 2, "bob", 1)]));
            stage.wait(Duration::from_secs(1));
            full.push(stage.app.endpoints[0].trend.recent().bars().count());
        }
        assert_eq!(full, [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2]);
        let bars: Vec<_> = stage.app.endpoints[0].trend.recent().bars().collect();
        for bar in bars {
            assert_eq!((bar.span(), bar.sessions), (BAR, 2));
            assert_eq!((bar.came(), bar.went()), (Some(1.0), Some(1.0)));
            assert_eq!(bar.stuck(), Some(1.0));
        }
    }

    #[test]
    fn where_lists_are_rare_each_is_a_bar_and_few_are_kept() {
        let mut stage = Stage::new(Dialect::Draft, (80, 24));
        for _ in 0..100 {
            stage.list(&draft(&[(1, "ann", 1)]));
            stage.wait(Duration::from_secs(30));
        }
        let recent = stage.app.endpoints[0].trend.recent();
        assert_eq!(recent.bars().count(), KEPT);
        assert_eq!(recent.bars().next().unwrap().span(), Duration::from_secs(30));
    }
}
