//! Copying to the terminal's clipboard.

use super::App;
use super::msg::Effect;
use super::status::Status;

impl App {
    /// `y` in the details: copies the `KILL` statement for one of the session's connections on its
    /// server, which a DELETE does not kill. Pressed again, copies the statement for the next
    /// connection.
    pub(super) fn copy_kill(&mut self) {
        let Some(detail) = &mut self.detail else { return };
        let connections = detail
            .observation
            .iter()
            .flat_map(|observation| &observation.detail.connections);
        let threads: Vec<_> = connections
            .filter_map(|connection| Some((connection.server.clone(), connection.thread_id?)))
            .collect();
        let place = detail.copied.map_or(0, |copied| copied + 1);
        let place = if place < threads.len() { place } else { 0 };
        let Some((server, thread)) = threads.get(place) else {
            let observation = detail.observation.as_ref();
            let why = if observation.is_some_and(|observation| observation.detail.is_empty()) {
                "nothing to copy: the session has no server connection"
            } else {
                "no thread id is known: this dialect or version does not report it"
            };
            self.status = Some(Status::note(why.to_owned()));
            return;
        };
        detail.copied = Some(place);
        let server = server
            .as_ref()
            .map_or_else(|| "its server".to_owned(), ToString::to_string);
        let next = match threads.len() {
            1 => "",
            _ => "; y again for the next",
        };
        self.copy(format!("KILL {thread}"), &format!("   (for {server}{next})"));
    }

    /// Sends a text to the terminal's clipboard. Terminals do not confirm that they accept it.
    pub(super) fn copy(&mut self, text: String, note: &str) {
        let condition = if self.settings.in_tmux {
            "; tmux copies it with 'set-clipboard on'"
        } else {
            ""
        };
        self.status = Some(Status::note(format!(
            "sent to the terminal: {text}{note}{condition}"
        )));
        self.outbox.push(Effect::Copy(text));
    }
}
