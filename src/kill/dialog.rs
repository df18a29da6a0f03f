//! The rules of asking a person: default No, and no key that was typed before it could be read.

use std::time::Duration;

/// A confirming key counts only this long after the frame that opened Yes: a buffered `y` over a
/// slow line must not confirm what nobody has seen.
pub(super) const SETTLE: Duration = Duration::from_millis(300);

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
    /// Enter: whatever is chosen.
    Enter,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The dialog stays.
    Stay,
    /// Do nothing, close.
    No,
    /// Go on.
    Yes,
}

/// What is chosen, and since when Yes is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dialog {
    choice: Choice,
    opened: Option<Duration>,
}

impl Dialog {
    /// A frame was drawn. `checked`: it showed that the first check has passed.
    pub fn drawn(&mut self, checked: bool, now: Duration) {
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

    /// Whether Yes can be chosen at all.
    pub const fn is_open(&self) -> bool {
        self.opened.is_some()
    }

    /// A key, at a time (since the program began).
    pub fn press(&mut self, press: Press, now: Duration) -> Answer {
        let settled = self
            .opened
            .is_some_and(|opened| now.saturating_sub(opened) >= SETTLE);
        match (press, self.choice) {
            (Press::No, _) | (Press::Enter, Choice::No) => Answer::No,
            (Press::Yes, _) | (Press::Enter, Choice::Yes) => {
                if settled {
                    Answer::Yes
                } else {
                    Answer::Stay
                }
            }
            (Press::Move, choice) => {
                if self.is_open() {
                    self.choice = if choice == Choice::No {
                        Choice::Yes
                    } else {
                        Choice::No
                    };
                }
                Answer::Stay
            }
        }
    }
}
