//! Copying to the terminal's clipboard, and the menu of what can be copied in each view.

mod row;
mod server;
mod session;
mod thread;

use super::App;
use super::keymap::{Action, KeyContext};
use super::modal::Modal;
use super::msg::Effect;
use super::status::Status;
use crate::filter::Filter;
use crate::model::{EndpointId, counted, shell_quoted, visible};

/// A text that can be copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CopyChoice {
    /// Description of the text.
    pub about: String,
    /// The text.
    pub text: String,
}

impl CopyChoice {
    fn new(about: impl Into<String>, text: String) -> Self {
        Self {
            about: about.into(),
            text,
        }
    }
}

/// Returns a text on one line: its first one, with spaces in place of tabs.
pub(crate) fn preview(text: &str) -> String {
    let first = text.lines().next().unwrap_or_default();
    first.replace('\t', "  ")
}

/// The texts that can be copied at one place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CopyOffer {
    /// The texts; the most useful first.
    pub choices: Vec<CopyChoice>,
    /// Why no `KILL` is offered.
    pub no_kill: Option<String>,
}

/// State of the open menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CopyMenu {
    /// The texts; the most useful first.
    pub choices: Vec<CopyChoice>,
    /// Index of the choice under the cursor.
    pub cursor: usize,
    /// The first choice on the screen when the cursor's was clicked; `None`: the list scrolls with the cursor.
    pub top: Option<usize>,
    /// Why no `KILL` is offered.
    pub no_kill: Option<String>,
}

impl CopyMenu {
    /// Moves the cursor to the choice that was clicked, while `first` is the first one on the screen.
    pub(super) fn choose(&mut self, position: usize, first: Option<usize>) {
        self.cursor = position.min(self.choices.len().saturating_sub(1));
        self.top = first;
    }

    fn step(&mut self, lines: isize) {
        self.top = None;
        let last = self.choices.len().saturating_sub(1);
        self.cursor = self.cursor.saturating_add_signed(lines).min(last);
    }
}

impl App {
    /// `y`: opens the menu of what can be copied in the view.
    pub(super) fn open_copy_menu(&mut self) {
        let CopyOffer { choices, no_kill } = self.copy_offer();
        if choices.is_empty() {
            return self.say_nothing_to_copy(no_kill);
        }
        self.modal = Modal::Copy(CopyMenu {
            choices,
            cursor: 0,
            top: None,
            no_kill,
        });
    }

    /// Handles a key in the menu.
    pub(super) fn copy_menu_key(&mut self, action: Action) {
        let Modal::Copy(menu) = &mut self.modal else {
            return;
        };
        match action {
            Action::Move(lines) => menu.step(lines),
            Action::Page(pages) => menu.step(pages.saturating_mul(10)),
            Action::First => menu.step(isize::MIN),
            Action::Last => menu.step(isize::MAX),
            Action::Accept => {
                let choice = menu.choices.get(menu.cursor).cloned();
                self.modal.close();
                if let Some(choice) = choice {
                    self.copy(choice.text, &format!("   ({})", choice.about));
                }
            }
            Action::CopyAll => {
                let choices = std::mem::take(&mut menu.choices);
                self.modal.close();
                self.copy_texts(choices);
            }
            Action::Quit => self.quit(false),
            _ => _ = self.modal.close(),
        }
    }

    /// `Y`: copies everything that the menu offers, one per line.
    pub(super) fn copy_all(&mut self) {
        let CopyOffer { choices, no_kill } = self.copy_offer();
        if choices.is_empty() {
            return self.say_nothing_to_copy(no_kill);
        }
        self.copy_texts(choices);
    }

    fn say_nothing_to_copy(&mut self, why: Option<String>) {
        let why = why.map(|why| format!(": {why}")).unwrap_or_default();
        self.status = Some(Status::note(format!("nothing to copy{why}")));
    }

    fn copy_texts(&mut self, choices: Vec<CopyChoice>) {
        let texts: Vec<_> = choices.into_iter().map(|choice| choice.text).collect();
        if !texts.is_empty() {
            self.copy(texts.join("\n"), "");
        }
    }

    /// Returns what can be copied in the view.
    pub(crate) fn copy_offer(&self) -> CopyOffer {
        match self.context() {
            KeyContext::Blockers => self.thread_offer(),
            KeyContext::Servers => self.server_offer(),
            KeyContext::Endpoints => self.endpoint_offer(),
            KeyContext::Groups => self.group_offer(),
            KeyContext::Table => self.row_offer(),
            KeyContext::Detail => self
                .detail
                .as_ref()
                .map(|pane| self.pane_offer(pane))
                .unwrap_or_default(),
            _ => CopyOffer::default(),
        }
    }

    /// Returns the command that lists the sessions that a filter matches; `None` if its endpoint has no URL.
    fn list_command(&self, endpoint: Option<EndpointId>, filter: &Filter) -> Option<CopyChoice> {
        let only = (self.endpoints.len() == 1)
            .then(|| self.endpoints.ids().next())
            .flatten();
        let access = self.endpoints.get(endpoint.or(only)?)?.access.as_ref()?;
        let user = access.user.as_deref();
        let user = user
            .map(|user| format!(" -u {}", shell_quoted(user)))
            .unwrap_or_default();
        let (url, filter) = (shell_quoted(&access.url), shell_quoted(filter.text()));
        let text = format!("maxtop list -e {url}{user} -f {filter}");
        Some(CopyChoice::new(
            "its sessions, with maxtop",
            visible(&text).into_owned(),
        ))
    }

    /// Copies a text and shows it.
    pub(super) fn copy(&mut self, text: String, note: &str) {
        let lines = text.lines().count();
        let shown = if lines > 1 {
            counted(lines, "line")
        } else {
            preview(&text)
        };
        self.send_copy(text, &shown, note);
    }

    /// Sends a text to the terminal's clipboard. Terminals do not confirm that they accept it.
    fn send_copy(&mut self, text: String, shown: &str, note: &str) {
        let condition = if self.settings.in_tmux {
            "; tmux copies it with 'set-clipboard on'"
        } else {
            ""
        };
        self.status = Some(Status::note(format!(
            "sent to the clipboard: {shown}{note}{condition}"
        )));
        self.outbox.push(Effect::Copy(text));
    }
}
