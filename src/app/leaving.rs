//! Ending the program: at once, or as soon as it is known what became of what was sent.

use std::time::Duration;

use super::effect::Effect;
use super::{App, Leaving};

/// So long a quit waits for what is in flight.
const LAST_WORDS: Duration = Duration::from_secs(2);

impl App {
    /// Begins no more, and ends.
    pub(super) fn quit(&mut self, keep_frame: bool, effects: &mut Vec<Effect>) {
        self.stop_kills(effects);
        self.leaving = Some(Leaving {
            keep_frame,
            until: self.now.elapsed + LAST_WORDS,
        });
    }

    /// Ends at once, or as soon as it is known what became of the DELETEs in flight.
    pub(super) fn leave_when_settled(&mut self, effects: &mut Vec<Effect>) {
        let Some(Leaving { keep_frame, until }) = self.leaving else {
            return;
        };
        let out_of_time = self.now.elapsed >= until;
        if !self.kills.in_flight() {
            effects.push(Effect::Quit {
                keep_frame,
                unsettled: false,
            });
        } else if out_of_time {
            self.abandon_kills(effects);
            effects.push(Effect::Quit {
                keep_frame,
                unsettled: true,
            });
        }
    }
}
