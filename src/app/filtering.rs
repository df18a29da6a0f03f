//! The filter prompt: effect of each key on the table.

use std::sync::Arc;
use std::time::Duration;

use super::App;
use super::awaiting::Awaited;
use super::keymap::KeyPress;
use super::modal::Modal;
use super::prompt::PromptResult;
use super::status::Status;
use super::table_view::TableView;
use crate::filter::{Filter, FilterField};
use crate::model::{Session, Text};

/// The values of a field that a key has requested.
#[derive(Clone, Debug)]
pub(super) struct AwaitedValues {
    id: u64,
    field: &'static FilterField,
    is_started: bool,
}

/// Input of reading the values of a field.
#[derive(Clone, Debug)]
pub(super) struct ValuesRequest {
    pub(super) id: u64,
    field: &'static FilterField,
    view: Arc<TableView>,
}

impl ValuesRequest {
    /// Returns the values of the field.
    pub(super) fn run(self) -> Vec<String> {
        self.view.texts(self.field)
    }
}

impl App {
    /// Inserts pasted text into the open text input. It is never treated as keys.
    pub(super) fn on_paste(&mut self, text: &str) {
        if self.paste_into_help(text) {
            return;
        }
        match &mut self.modal {
            Modal::KillDialog(dialog) => dialog.paste(text),
            Modal::Search(prompt) => {
                prompt.paste(text);
                self.count_found();
            }
            Modal::Time(prompt) => prompt.paste(text),
            Modal::Prompt(prompt) => {
                let result = prompt.on_paste(text);
                self.on_prompt_result(result);
            }
            _ => {}
        }
    }

    /// Replaces the filter with the user and address of the selected session, on all endpoints.
    pub(super) fn filter_client(&mut self) {
        let Some((user, address)) = self.client() else {
            return;
        };
        let asked = [("user", user), ("address", address)];
        let filter = asked.iter().try_fold(Filter::default(), |filter, (field, text)| {
            let field = FilterField::named(field)?;
            filter.narrowed(field, text.as_ref().map(Text::raw)).ok()
        });
        let Some(filter) = filter else {
            self.status = Some(Status::warning(
                "cannot filter by this client: its name is too long".to_owned(),
            ));
            return;
        };
        if filter == self.table.filter && !self.shows_view() && self.detail.is_none() {
            let text = "only this client is shown already; Esc shows the other sessions";
            self.status = Some(Status::note(text.to_owned()));
            return;
        }
        self.leave_for_sessions(&filter);
        if self.detail.is_some() {
            self.close_detail();
        }
        self.keep_filter(self.table.filter.clone());
        self.table.show_sessions(filter);
        self.rebuild_view();
    }

    /// `!`: shows only stuck sessions, by a condition of the filter, or removes the condition.
    pub(super) fn toggle_stuck(&mut self) {
        let Some(stuck) = FilterField::named("stuck") else {
            return;
        };
        let Ok(filter) = self.table.filter.toggled(stuck) else {
            self.status = Some(Status::warning(
                "the filter is too long to add 'stuck'".to_owned(),
            ));
            return;
        };
        let total = self.table.view.total();
        self.keep_filter(self.table.filter.clone());
        if filter.needs(stuck) {
            self.status = Some(Status::note(format!("only stuck sessions (! shows all {total})")));
            self.table.apply_filter(filter);
        } else {
            self.status = Some(Status::note("healthy sessions are shown again".to_owned()));
            self.table.filter = filter;
        }
        self.rebuild_view();
    }

    /// Returns user and address of the selected session, each `None` if unknown.
    fn client(&self) -> Option<(Option<Text>, Option<Text>)> {
        if self.table.shows_groups() {
            return None;
        }
        let of = |session: &Session| (session.user.clone(), session.address.clone());
        match &self.detail {
            Some(detail) => Some(of(detail.session())),
            None => Some(of(self.table.view.row(self.table.cursor.position())?.session)),
        }
    }

    /// Handles a key in the prompt. Enter with an invalid filter stays in the prompt.
    pub(super) fn prompt_key(&mut self, key: KeyPress) {
        let Self {
            table, modal, now, ..
        } = self;
        if let Some(prompt) = modal.prompt_mut() {
            let mut wanted = None;
            let values = |field| {
                wanted = Some(field);
                Vec::new()
            };
            let result = prompt.on_key(key, now.elapsed, &table.history, values);
            self.on_prompt_result(result);
            if let Some(field) = wanted {
                self.read_values(field);
            }
        }
    }

    /// Requests the values of a field. The word at the cursor is completed when they are known.
    fn read_values(&mut self, field: &'static FilterField) {
        self.calculations += 1;
        self.values = Some(AwaitedValues {
            id: self.calculations,
            field,
            is_started: false,
        });
        self.wait_for(Awaited::Values);
    }

    /// Returns the reading of values that has to be started.
    pub(super) fn next_values(&mut self) -> Option<ValuesRequest> {
        let awaited = self.values.as_mut().filter(|awaited| !awaited.is_started)?;
        awaited.is_started = true;
        Some(ValuesRequest {
            id: awaited.id,
            field: awaited.field,
            view: Arc::clone(&self.table.view),
        })
    }

    /// Completes the word at the cursor with the values of its field.
    pub(super) fn on_values(&mut self, id: u64, values: Vec<String>) {
        if self.values.take_if(|awaited| awaited.id == id).is_none() {
            return;
        }
        self.end_wait(Awaited::Values);
        if let Some(prompt) = self.modal.prompt_mut() {
            let result = prompt.complete_with(values);
            self.on_prompt_result(result);
        }
    }

    /// Applies the typed filter if typing has paused.
    pub(super) fn apply_typed_filter(&mut self) {
        if let Some(prompt) = self.modal.prompt_mut() {
            // The clock of a past moment stays, so a typed filter applies at once.
            let now = if self.past.is_some() {
                Duration::MAX
            } else {
                self.now.elapsed
            };
            let result = prompt.on_clock(now);
            self.on_prompt_result(result);
        }
    }

    fn on_prompt_result(&mut self, result: PromptResult) {
        match result {
            PromptResult::Stay => return,
            PromptResult::Typed(filter) if filter == self.table.filter => return,
            PromptResult::Typed(filter) => self.table.filter = filter,
            PromptResult::Accepted(filter) => {
                let before = self.modal.prompt().map(|prompt| prompt.before.clone());
                self.modal.close();
                if filter.is_empty() {
                    // All sessions are shown, so there is no group to return to.
                    self.table.groups.opened.clear();
                    self.offer_filter(before.unwrap_or_default());
                } else if let Some(before) = before.filter(|before| *before != filter) {
                    self.keep_filter(before);
                }
                self.table.apply_filter(filter);
            }
            PromptResult::Canceled(before) => {
                self.table.filter = before;
                self.modal.close();
            }
        }
        self.rebuild_view();
    }
}
