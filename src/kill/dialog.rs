//! The rules of the confirmation dialog: No by default, no key that was typed before the dialog could be
//! read, and a number to type for many victims.

use std::time::Duration;

use super::Ticket;

/// Minimum time between the frame that enables Yes and a key that confirms. A `y` buffered by a slow
/// connection must not confirm a dialog that was not visible yet.
pub(super) const SETTLE_TIME: Duration = Duration::from_millis(300);
/// Maximum number of victims that a key confirms. For more, the user types their number.
pub(crate) const MAX_CONFIRMED_BY_KEY: usize = 5;
/// Maximum number of digits that can be typed; more than any number of victims has.
const MAX_DIGITS: usize = 9;

/// A button of the dialog.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Choice {
    /// Do nothing. The default.
    #[default]
    No,
    /// Kill the victims.
    Yes,
}

/// The meaning of a key in the dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Press {
    /// `y`.
    Yes,
    /// `n`, `q`, Esc.
    No,
    /// An arrow.
    Move,
    /// Enter: accepts the selected button or the typed number.
    Enter,
    /// A digit of the number of victims.
    Digit(char),
    /// Deletes the last digit.
    Erase,
}

/// The effect of a key on the dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DialogResult {
    /// The dialog stays open.
    Stay,
    /// Closes the dialog without a kill.
    No,
    /// Confirms the kill.
    Yes,
}

/// The selected button, the typed number, and the time since which Yes is enabled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct DialogState {
    choice: Choice,
    typed: String,
    /// Whether the entered number differs from the number of victims.
    is_mismatch: bool,
    /// Whether digits were cleared because the victims have changed, and no digit was typed since.
    is_cleared: bool,
    /// The last key, if it does not count because it was typed before the question could be read.
    early: Option<Press>,
    /// The question of the first frame that has shown an enabled Yes, and its time.
    opened: Option<(Ticket, Duration)>,
}

impl DialogState {
    /// Handles a drawn frame. `question` is set if the frame showed an enabled Yes, and the victims are still those
    /// of the frame.
    pub(crate) fn on_drawn(&mut self, question: Option<Ticket>, now: Duration) {
        match (question, self.opened) {
            (Some(question), None) => self.opened = Some((question, now)),
            (Some(question), Some((opened, _))) if question == opened => {}
            // A key that does not count is still shown when the check has passed.
            _ => {
                *self = Self {
                    early: self.early,
                    opened: question.map(|question| (question, now)),
                    is_cleared: self.is_cleared || !self.typed.is_empty(),
                    ..Self::default()
                };
            }
        }
    }

    /// Returns what to show about a key that does not count, and what to do. `victims` is the number of
    /// sessions that Yes would kill.
    pub(crate) fn early_key(&self, victims: usize) -> Option<&'static str> {
        let by_number = victims > MAX_CONFIRMED_BY_KEY;
        match self.early.filter(|_| self.is_open())? {
            Press::Yes if !by_number => Some("y was typed before the question was shown; press y again"),
            Press::Enter if !by_number => {
                Some("Enter was typed before the question was shown; press Enter again")
            }
            Press::Digit(_) if by_number => {
                Some("the number was typed before the question was shown; type it again")
            }
            _ => None,
        }
    }

    /// Returns the button that Enter would press.
    pub(crate) const fn choice(&self) -> Choice {
        self.choice
    }

    /// Returns the digits typed until now.
    pub(crate) fn typed(&self) -> &str {
        &self.typed
    }

    /// Whether the entered number differs from the number of victims.
    pub(crate) const fn is_mismatch(&self) -> bool {
        self.is_mismatch
    }

    /// Whether digits were cleared because the victims have changed, and no digit was typed since.
    pub(crate) const fn is_cleared(&self) -> bool {
        self.is_cleared && self.typed.is_empty()
    }

    /// Whether Yes is enabled.
    pub(crate) const fn is_open(&self) -> bool {
        self.opened.is_some()
    }

    /// Returns when keys begin to confirm. `None` if Yes is not enabled.
    pub(crate) fn settles_at(&self) -> Option<Duration> {
        self.opened.map(|(_, at)| at + SETTLE_TIME)
    }

    /// Resets the dialog because the set of victims has changed.
    pub(crate) fn on_change(&mut self) {
        *self = Self {
            is_cleared: self.is_cleared || !self.typed.is_empty(),
            ..Self::default()
        };
    }

    /// Handles a key. `question` is that of the victims now: a key counts only if a frame has shown it. `victims` is
    /// the number of sessions that Yes would kill; `now` is the time since the program started.
    pub(crate) fn press(
        &mut self,
        press: Press,
        question: Option<Ticket>,
        victims: usize,
        now: Duration,
    ) -> DialogResult {
        let settled = self
            .opened
            .is_some_and(|(opened, at)| Some(opened) == question && now.saturating_sub(at) >= SETTLE_TIME);
        let by_number = victims > MAX_CONFIRMED_BY_KEY;
        if std::mem::take(&mut self.is_mismatch) && matches!(press, Press::Digit(_)) {
            // A new number, not more digits of the wrong one.
            self.typed.clear();
        }
        let confirms = match press {
            Press::Yes | Press::Digit(_) => true,
            Press::Enter => self.choice == Choice::Yes,
            Press::No | Press::Move | Press::Erase => false,
        };
        // Enter ends a number: if its digits did not count, it is not for the button No.
        let ends_ignored_digits = by_number
            && self.typed.is_empty()
            && (self.is_cleared || matches!(self.early, Some(Press::Digit(_))));
        if press == Press::Enter && ends_ignored_digits {
            return DialogResult::Stay;
        }
        self.early = (confirms && !settled).then_some(press);
        match (press, self.choice) {
            (Press::Enter, _) if by_number && !self.typed.is_empty() => {
                if settled && self.typed.parse() == Ok(victims) {
                    return DialogResult::Yes;
                }
                self.is_mismatch = self.typed.parse() != Ok(victims);
            }
            (Press::No, _) | (Press::Enter, Choice::No) => return DialogResult::No,
            (Press::Yes, _) | (Press::Enter, Choice::Yes) => {
                if settled && !by_number {
                    return DialogResult::Yes;
                }
            }
            (Press::Move, choice) if self.is_open() && !by_number => {
                self.choice = if choice == Choice::No {
                    Choice::Yes
                } else {
                    Choice::No
                };
            }
            (Press::Digit(digit), _) if settled && by_number && self.typed.len() < MAX_DIGITS => {
                self.is_cleared = false;
                self.typed.push(digit);
            }
            (Press::Erase, _) => drop(self.typed.pop()),
            (Press::Move | Press::Digit(_), _) => {}
        }
        DialogResult::Stay
    }
}
