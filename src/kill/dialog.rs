//! The rules of asking a person: default No, no key that was typed before it could be read, and a
//! number to type where many are meant.

use std::time::Duration;

/// A confirming key counts only this long after the frame that opened Yes: a buffered `y` over a
/// slow line must not confirm what nobody has seen.
pub(super) const SETTLE_TIME: Duration = Duration::from_millis(300);
/// Up to so many are confirmed by a key; for more, their number is typed.
pub const MAX_CONFIRMED_BY_KEY: usize = 5;
/// More digits than any number of sessions has.
const MAX_DIGITS: usize = 9;

/// The two buttons.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// The default.
    #[default]
    No,
    /// End it.
    Yes,
}

/// What a key means in the dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Press {
    /// `y`.
    Yes,
    /// `n`, `q`, Esc.
    No,
    /// An arrow.
    Move,
    /// Enter: whatever is chosen, or typed.
    Enter,
    /// A digit of the number of victims.
    Digit(char),
    /// Takes the last digit back.
    Erase,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DialogResult {
    /// The dialog stays.
    Stay,
    /// Do nothing, close.
    No,
    /// Go on.
    Yes,
}

/// What is chosen and typed, and since when Yes is open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DialogState {
    choice: Choice,
    typed: String,
    /// Whether the typed number was entered and is not the number of victims.
    is_mismatch: bool,
    opened: Option<Duration>,
}

impl DialogState {
    /// A frame was drawn. `checked`: it showed that the first check has passed.
    pub fn on_drawn(&mut self, checked: bool, now: Duration) {
        match (checked, self.opened) {
            (true, None) => self.opened = Some(now),
            (false, _) => *self = Self::default(),
            (true, Some(_)) => {}
        }
    }

    /// The button that Enter would press.
    pub const fn choice(&self) -> Choice {
        self.choice
    }

    /// What was typed of the number.
    pub fn typed(&self) -> &str {
        &self.typed
    }

    /// Whether the typed number was entered and is not the number of victims.
    pub const fn is_mismatch(&self) -> bool {
        self.is_mismatch
    }

    /// Whether Yes can be chosen at all.
    pub const fn is_open(&self) -> bool {
        self.opened.is_some()
    }

    /// Other victims are meant now: what was typed, chosen and seen was about others.
    pub fn on_change(&mut self) {
        *self = Self::default();
    }

    /// A key, at a time (since the program began), where a Yes would end so many.
    pub fn press(&mut self, press: Press, victims: usize, now: Duration) -> DialogResult {
        let settled = self
            .opened
            .is_some_and(|opened| now.saturating_sub(opened) >= SETTLE_TIME);
        let by_number = victims > MAX_CONFIRMED_BY_KEY;
        self.is_mismatch = false;
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
                self.typed.push(digit);
            }
            (Press::Erase, _) => drop(self.typed.pop()),
            (Press::Move | Press::Digit(_), _) => {}
        }
        DialogResult::Stay
    }
}
