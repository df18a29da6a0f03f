//! Copying to the terminal's clipboard.

use super::App;
use super::detail::DetailPane;
use super::msg::Effect;
use super::status::Status;

impl App {
    /// `y` in the details: copies the `KILL` statement for one of the session's connections. Pressed
    /// again, copies the statement for the next connection.
    pub(super) fn copy_kill(&mut self) {
        match self.detail.as_mut().map(DetailPane::next_kill_statement) {
            Some(Ok((text, note))) => self.copy(text, &note),
            Some(Err(status)) => self.status = Some(status),
            None => {}
        }
    }

    /// Sends a text to the terminal's clipboard. Terminals do not confirm that they accept it.
    pub(super) fn copy(&mut self, text: String, note: &str) {
        let condition = if self.settings.in_tmux {
            "; tmux copies it with 'set-clipboard on'"
        } else {
            ""
        };
        self.status = Some(Status::note(format!(
            "sent to the clipboard: {text}{note}{condition}"
        )));
        self.outbox.push(Effect::Copy(text));
    }
}
