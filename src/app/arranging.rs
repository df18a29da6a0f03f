//! When the rows are put in order anew, and what becomes of the result. What a person asks for is done
//! at once; for data alone it takes no more than a sixteenth of the time, however many endpoints tell.

use std::sync::Arc;
use std::time::Duration;

use super::App;
use super::arrange::{Generation, Job, Spec};
use super::effect::Effect;
use super::endpoint::{Endpoint, Link};

/// For data alone rows are put in order for at most one part of the time in so many.
const SHARE: u32 = 16;
/// But however long it takes, what is shown is not older than this for it.
const LONGEST_REST: Duration = Duration::from_secs(2);

/// Whether rows are being put in order beside the drawing thread, and when that may begin again.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Arranging {
    /// Under way since then.
    since: Option<Duration>,
    /// What has been asked for meanwhile.
    asked: Option<Asked>,
    /// Until then data does not ask again.
    rests_until: Duration,
}

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Asked {
    ByData,
    ByPerson,
}

impl Arranging {
    /// When data that waits has its turn.
    pub(super) fn wake_at(&self) -> Option<Duration> {
        (self.since.is_none() && self.asked.is_some()).then_some(self.rests_until)
    }
}

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
        self.ask_to_arrange(Asked::ByPerson, effects);
    }

    /// There is something new to put in order.
    pub(super) fn rearrange_for_data(&mut self, effects: &mut Vec<Effect>) {
        self.ask_to_arrange(Asked::ByData, effects);
    }

    /// Data that has waited long enough has its turn.
    pub(super) fn arrange_what_waits(&mut self, effects: &mut Vec<Effect>) {
        if let Some(asked) = self.arranging.asked {
            self.ask_to_arrange(asked, effects);
        }
    }

    fn ask_to_arrange(&mut self, asked: Asked, effects: &mut Vec<Effect>) {
        let asked = self.arranging.asked.map_or(asked, |before| before.max(asked));
        let rests = asked == Asked::ByData && self.now.elapsed < self.arranging.rests_until;
        if rests || self.arranging.since.is_some() {
            self.arranging.asked = Some(asked);
            return;
        }
        self.arranging.asked = None;
        self.arranging.since = Some(self.now.elapsed);
        let shown = &self.table.generation.snapshots;
        let (snapshots, samples) = if self.paused && !shown.is_empty() {
            (shown.clone(), self.table.generation.samples.clone())
        } else {
            let shown = self.endpoints.iter();
            let shown = shown.filter(|endpoint| self.shown_by(endpoint).is_none());
            let listed = shown.filter_map(|endpoint| {
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
            group: self.table.groups.spec(),
            hide_idle: self.table.hide_idle,
            cursor: self.table.cursor.clone(),
            hold: self.holds_order(),
            ended: self.kills.ended.clone(),
            thresholds: self.settings.thresholds,
        };
        let previous = Some(Arc::clone(&self.table.generation));
        effects.push(Effect::Arrange(Box::new(Job {
            previous,
            snapshots,
            samples,
            spec,
        })));
    }

    pub(super) fn arranged(&mut self, generation: Arc<Generation>, effects: &mut Vec<Effect>) {
        if let Some(since) = self.arranging.since.take() {
            let cost = self.now.elapsed.saturating_sub(since);
            self.arranging.rests_until = since + (cost * SHARE).min(LONGEST_REST);
        }
        if self.table.was_arranged_for_another(&generation) {
            return self.rearrange(effects);
        }
        let page = self.page();
        self.table.take(generation, page);
        let is_awaited = |endpoint: &Endpoint| matches!(endpoint.link, Link::Connecting);
        self.table.is_settled |= !self.endpoints.iter().any(is_awaited);
        self.judge_detail();
        self.follow_stuck();
        self.count_hidden_marks();
        self.arrange_what_waits(effects);
    }
}
