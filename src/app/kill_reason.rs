//! The reason for a kill, typed in its dialog for the audit log.

use tui_input::InputRequest;

use super::keymap::{Code, KeyPress};
use super::kill_dialog::KillDialog;
use crate::model::{Text, TextLimit};

/// Maximum length of a reason, in characters. A reason is one line.
const MAX_REASON_LEN: usize = 200;

impl KillDialog {
    /// Returns the typed reason; `None` if it is blank.
    pub(super) fn typed_reason(&self) -> Option<Text> {
        let reason = self.reason.value().trim();
        (!reason.is_empty()).then(|| Text::clean(reason, TextLimit::Line))
    }

    /// Handles a key while the reason is typed.
    pub(super) fn reason_key(&mut self, key: KeyPress) {
        let room = self.reason.value().chars().count() < MAX_REASON_LEN;
        let request = match (key.code, key.ctrl) {
            (Code::Enter | Code::Esc | Code::Tab, _) | (Code::Char('c'), true) => {
                self.types_reason = false;
                return;
            }
            (Code::Char('u'), true) => {
                self.reason.reset();
                return;
            }
            (Code::Char('w'), true) => InputRequest::DeletePrevWord,
            (Code::Char(c), false) if room && !c.is_control() => InputRequest::InsertChar(c),
            (Code::Backspace, _) => InputRequest::DeletePrevChar,
            (Code::Delete, _) => InputRequest::DeleteNextChar,
            (Code::Left, _) => InputRequest::GoToPrevChar,
            (Code::Right, _) => InputRequest::GoToNextChar,
            (Code::Home, _) => InputRequest::GoToStart,
            (Code::End, _) => InputRequest::GoToEnd,
            _ => return,
        };
        let _ = self.reason.handle(request);
    }

    /// Inserts pasted text into the reason while it is typed, and nowhere else.
    pub(super) fn paste(&mut self, text: &str) {
        if self.types_reason {
            for c in text.chars() {
                self.reason_key(KeyPress::plain(Code::Char(c)));
            }
        }
    }
}
