//! When the rows are put in order anew, and what becomes of the result.

use std::sync::Arc;

use super::arrange::{Generation, Job, Spec};
use super::effect::Effect;
use super::{App, Arranging};

impl App {
    /// The details say why their session is stuck, shown in the table or not.
    pub(super) fn judge_detail(&mut self) {
        if let Some(detail) = &mut self.detail {
            let verdict = self.table.generation.verdict(&detail.identity.key());
            detail.judged(verdict);
        }
    }

    /// Has the rows put in order; while that is under way, the next request waits for it.
    pub(super) fn rearrange(&mut self, effects: &mut Vec<Effect>) {
        if self.arranging != Arranging::No {
            self.arranging = Arranging::Again;
            return;
        }
        let shown = &self.table.generation.snapshots;
        let (snapshots, samples) = if self.paused && !shown.is_empty() {
            (shown.clone(), self.table.generation.samples.clone())
        } else {
            let listed = self.endpoints.iter().filter_map(|endpoint| {
                let latest = endpoint.latest.clone()?;
                Some((latest, Arc::clone(&endpoint.samples)))
            });
            listed.unzip()
        };
        let spec = Spec {
            filter: self.table.filter.clone(),
            endpoints: self
                .endpoints
                .iter()
                .map(|known| known.name.as_str().into())
                .collect(),
            sort: self.table.sort,
            hide_idle: self.table.hide_idle,
            cursor: self.table.cursor.clone(),
            hold: self.holds_order(),
            ended: self.kills.ended.clone(),
            thresholds: self.settings.thresholds,
        };
        self.arranging = Arranging::Yes;
        let previous = Some(Arc::clone(&self.table.generation));
        effects.push(Effect::Arrange(Box::new(Job {
            previous,
            snapshots,
            samples,
            spec,
        })));
    }

    pub(super) fn arranged(&mut self, generation: Arc<Generation>, effects: &mut Vec<Effect>) {
        let again = self.arranging == Arranging::Again;
        self.arranging = Arranging::No;
        if self.table.was_arranged_for_another(&generation) {
            return self.rearrange(effects);
        }
        let page = self.page();
        self.table.take(generation, page);
        self.judge_detail();
        self.count_hidden_marks();
        if again {
            self.rearrange(effects);
        }
    }
}
