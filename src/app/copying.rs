//! Copying to the terminal's clipboard, and the menu of what can be copied from the details.

use super::App;
use super::detail::DetailPane;
use super::keymap::Action;
use super::modal::Modal;
use super::msg::Effect;
use super::status::Status;
use crate::model::{Dialect, ServerActivity, ServerLocks, ServerThread, Session, Text, curl_line, maxctrl};

/// A text that can be copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CopyChoice {
    /// Description of the text.
    pub about: String,
    /// The text.
    pub text: String,
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
    /// `y` in the details: opens the menu.
    pub(super) fn open_copy_menu(&mut self) {
        let choices = self.copy_choices();
        if !choices.is_empty() {
            let pane = self.detail.as_ref();
            let no_kill = pane.and_then(|pane| self.protection_of(&pane.identity, pane.session()));
            self.modal = Modal::Copy(CopyMenu {
                choices,
                cursor: 0,
                top: None,
                no_kill: no_kill.map(|refusal| refusal.short()),
            });
        }
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
                self.modal.close();
                self.copy_all();
            }
            Action::Quit => self.quit(false),
            _ => _ = self.modal.close(),
        }
    }

    /// `Y` in the details: copies everything that the menu offers, one per line.
    pub(super) fn copy_all(&mut self) {
        let texts: Vec<_> = self
            .copy_choices()
            .into_iter()
            .map(|choice| choice.text)
            .collect();
        if texts.is_empty() {
            return;
        }
        let count = texts.len();
        self.send_copy(texts.join("\n"), &format!("{count} lines"), "");
    }

    /// Returns what can be copied from the details: the `KILL` of the thread that runs the statement
    /// first.
    pub(crate) fn copy_choices(&self) -> Vec<CopyChoice> {
        let Some(pane) = &self.detail else {
            return Vec::new();
        };
        let session = pane.session();
        let mut choices = self.kill_choices(pane);
        if let Some((text, about)) = statement(pane) {
            choices.push(CopyChoice {
                about: about.to_owned(),
                text,
            });
        }
        let id = pane.identity.id;
        choices.push(CopyChoice {
            about: "session id".to_owned(),
            text: id.to_string(),
        });
        choices.push(CopyChoice {
            about: "user and address".to_owned(),
            text: session.client(),
        });
        let endpoint = self.endpoints.get(pane.identity.endpoint);
        let dialect = endpoint.and_then(|endpoint| endpoint.dialect);
        if dialect != Some(Dialect::Draft) {
            choices.push(CopyChoice {
                about: "all details, with maxctrl".to_owned(),
                text: maxctrl::show_session(id),
            });
        }
        if let Some(access) = endpoint.and_then(|endpoint| endpoint.access.as_ref()) {
            let target = match dialect {
                Some(Dialect::Draft) => format!("/sessions/{id}"),
                _ => format!("/v1/sessions/{id}"),
            };
            choices.push(CopyChoice {
                about: "all details, with curl".to_owned(),
                text: curl_line(&access.url, access.user.as_deref(), "", &target),
            });
        }
        choices
    }

    /// Returns the `KILL` of each thread of the session, that of a thread with a statement first. A session
    /// that is or may be protected has none.
    fn kill_choices(&self, pane: &DetailPane) -> Vec<CopyChoice> {
        // The thread may belong to another session by now.
        let is_past = self.past.is_some();
        if is_past || self.protection_of(&pane.identity, pane.session()).is_some() {
            return Vec::new();
        }
        let mut threads = pane.threads();
        let runs = |server: Option<&Text>, id: u32| {
            let running = server.and_then(|server| self.thread_of(pane, server, id));
            running.is_some_and(|thread| thread.statement.is_some())
                || pane
                    .running_server()
                    .is_some_and(|running| Some(running) == server)
        };
        threads.sort_by_key(|(server, id)| !runs(server.as_ref(), *id));
        let choices = threads.into_iter().filter_map(|(server, id)| {
            let full_id = self.full_thread_id(pane, server.as_ref(), id)?;
            let running = if runs(server.as_ref(), id) {
                "runs its statement; "
            } else {
                ""
            };
            let place = server.map_or_else(|| "its server".to_owned(), |server| server.to_string());
            Some(CopyChoice {
                about: format!("{running}run it on {place}, not on MaxScale"),
                text: format!("KILL {full_id}"),
            })
        });
        choices.collect()
    }

    /// Returns the whole id of a thread, which only its server knows: the API sends the low 32 bits. Without
    /// a report of the server those are all that is known. `None` if the thread is gone, or if several threads
    /// have these bits.
    fn full_thread_id(&self, pane: &DetailPane, server: Option<&Text>, id: u32) -> Option<u64> {
        let low = (id != 0).then_some(u64::from(id));
        let locks = self.locks_of(pane.identity.endpoint);
        let report = server.and_then(|name| locks?.server(name).filter(|server| !server.is_outdated));
        let Some(activity) = report.and_then(|server| server.report.activity.as_ref().ok()) else {
            return low;
        };
        if let Some(thread) = server.and_then(|server| self.thread_of(pane, server, id)) {
            return Some(thread.id);
        }
        let threads = activity.threads.rows.iter().map(|thread| thread.id);
        let mut own = threads.filter(|thread| thread & u64::from(u32::MAX) == u64::from(id));
        match (own.next(), own.next()) {
            (Some(only), None) => low.map(|_| only),
            (Some(_), Some(_)) => None,
            // Not all threads are visible, or were read.
            (None, _) => low.filter(|_| !sees_all(activity, report)),
        }
    }

    /// Returns a thread of the session, as its server reports it.
    pub(crate) fn thread_of(&self, pane: &DetailPane, server: &Text, id: u32) -> Option<&ServerThread> {
        let locks = self.locks_of(pane.identity.endpoint)?;
        let server = locks.server(server).filter(|server| !server.is_outdated)?;
        let activity = server.report.activity.as_ref().ok()?;
        // The API sends the low 32 bits of a thread id.
        let user = &pane.session().user;
        let is_own =
            |thread: &&ServerThread| thread.id & u64::from(u32::MAX) == u64::from(id) && thread.user == *user;
        activity.threads.rows.iter().find(is_own).filter(|_| id != 0)
    }

    /// Copies a text and shows it.
    pub(super) fn copy(&mut self, text: String, note: &str) {
        let shown = text.clone();
        self.send_copy(text, &shown, note);
    }

    /// Sends a text to the terminal's clipboard. Terminals do not confirm that they accept it.
    pub(super) fn send_copy(&mut self, text: String, shown: &str, note: &str) {
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

/// Returns the running statement, otherwise the last one, and which of both it is.
fn statement(pane: &DetailPane) -> Option<(String, &'static str)> {
    let session: &Session = pane.session();
    let running = session.extra.as_ref().and_then(|extra| extra.running.as_ref());
    if let Some(sql) = running.and_then(|running| running.sql.as_ref()) {
        return Some((sql.to_string(), "running statement"));
    }
    let detail = &pane.observation.as_ref()?.detail;
    let last = detail.queries.as_ref()?.last()?;
    Some((last.sql.as_ref()?.to_string(), "last statement"))
}

/// Whether a report has all threads of its server.
fn sees_all(activity: &ServerActivity, server: Option<&ServerLocks>) -> bool {
    let grants = server.and_then(|server| server.report.grants);
    !activity.threads.has_more && grants.is_some_and(|grants| grants.may_see_all)
}
