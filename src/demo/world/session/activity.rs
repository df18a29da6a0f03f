//! Statements of a session over time: its rhythm, interrupted by a scripted problem.

use super::super::scenario::{Script, SessionTrouble};
use super::super::timeline::{Progress, Timeline};

/// Usual time from one scripted statement to the next, in microseconds.
const STEP: u64 = 2_000_000;
/// Usual duration of a scripted statement that completes, in microseconds.
const RUN: u64 = 4_000;

/// Activity of one session. Ages are in microseconds.
///
/// The rhythm ends when the problem begins. The scripted statements come right before that. A problem that
/// ends is followed by the rhythm from its start.
#[derive(Debug, Clone, Copy)]
pub(super) struct Activity {
    pub(super) timeline: Timeline,
    pub(super) plot: SessionTrouble,
    /// Age at which the problem begins.
    pub(super) trouble: u64,
    /// Age at which the problem ends, if it does.
    pub(super) ended: Option<u64>,
    /// Statements before and during the problem.
    pub(super) script: &'static Script,
}

impl Activity {
    /// Returns the progress at an age.
    pub(super) fn progress(&self, age: u64) -> Progress {
        if self.plot == SessionTrouble::HalfOpen {
            return Progress {
                started: 0,
                finished: 0,
            };
        }
        if !self.plot.interrupts() || age < self.script_start() {
            return self.timeline.progress(age);
        }
        if let Some(into) = self.ended.and_then(|ended| age.checked_sub(ended)) {
            let (first, again) = (self.first_after(), self.timeline.progress(into));
            return Progress {
                started: first + again.started,
                finished: first + again.finished,
            };
        }
        let first = self.first_scripted();
        if age < self.trouble {
            let into = age - self.script_start();
            let (number, rest) = (into / self.step(), into % self.step());
            return Progress {
                started: first + number + 1,
                finished: first + number + u64::from(rest >= self.run()),
            };
        }
        let finished = first + self.script_length();
        Progress {
            started: finished + u64::from(self.plot.is_waiting()),
            finished,
        }
    }

    /// Returns start and end of the `number`-th statement, from 0. The end is later than the current age while
    /// the statement runs; it is `None` if it is not known.
    pub(super) fn span(&self, number: u64) -> (u64, Option<u64>) {
        let usual = |number| {
            let (start, end) = self.timeline.span(number);
            (start, Some(end))
        };
        let Some(scripted) = number
            .checked_sub(self.first_scripted())
            .filter(|_| self.plot.interrupts())
        else {
            return usual(number);
        };
        if scripted < self.script_length() {
            let start = self.script_start() + scripted * self.step();
            return (start, Some(start + self.run()));
        }
        if scripted == self.script_length() && self.plot.is_waiting() {
            return (self.trouble, self.ended);
        }
        let (start, end) = usual(number.saturating_sub(self.first_after()));
        let ended = self.ended.unwrap_or(0);
        (ended + start, end.map(|end| ended + end))
    }

    /// Returns the scripted text of the `number`-th statement, if it has one.
    pub(super) fn text(&self, number: u64) -> Option<&'static str> {
        let scripted = number
            .checked_sub(self.first_scripted())
            .filter(|_| self.plot.interrupts())?;
        if scripted == self.script_length() && self.plot.is_waiting() {
            return self.script.waiting;
        }
        let place = usize::try_from(scripted).ok()?;
        self.script.before.get(place).copied()
    }

    /// Returns the age at which the first scripted statement starts.
    pub(super) fn script_start(&self) -> u64 {
        let steps = self.script_length().checked_sub(1);
        let lead = steps.map_or(0, |steps| steps * self.step() + self.run());
        self.trouble.saturating_sub(lead)
    }

    /// Returns the time from one scripted statement to the next: less than usual in a session that is too
    /// young for the script.
    fn step(&self) -> u64 {
        STEP.min(self.trouble / self.script_length().max(1)).max(1)
    }

    fn run(&self) -> u64 {
        RUN.min(self.step())
    }

    fn script_length(&self) -> u64 {
        self.script.before.len() as u64
    }

    fn first_scripted(&self) -> u64 {
        if self.plot.interrupts() {
            self.timeline.progress(self.script_start()).finished
        } else {
            u64::MAX
        }
    }

    /// Returns the number of the first statement after the problem.
    fn first_after(&self) -> u64 {
        self.first_scripted() + self.script_length() + u64::from(self.plot.is_waiting())
    }
}
