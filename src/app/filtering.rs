//! The filter prompt: effect of each key on the table.

use std::sync::Arc;

use super::App;
use super::keymap::Action;
use super::keymap::KeyPress;
use super::prompt::FilterPrompt;
use super::status::Status;
use crate::filter::{Filter, FilterField};
use crate::model::{Session, Text};

impl App {
    pub(super) fn open_prompt(&mut self) {
        self.prompt = Some(FilterPrompt::new(self.table.filter.clone()));
    }

    pub(super) fn type_filter(&mut self, key: KeyPress) {
        if self.prompt.as_mut().is_some_and(|prompt| prompt.key(key)) {
            self.preview_filter();
        }
    }

    /// Inserts pasted text into the open text input. It is never treated as keys.
    pub(super) fn on_paste(&mut self, text: &str) {
        if let Some(asking) = &mut self.kills.asking {
            asking.paste(text);
        } else if self.prompt.as_mut().is_some_and(|prompt| prompt.paste(text)) {
            self.preview_filter();
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
        if self.detail.is_some() {
            self.close_detail();
        }
        self.table.history.add(&filter);
        self.table.groups.opened.clear();
        self.table.filter = filter;
        self.table.start_over();
        self.rebuild_view();
    }

    /// Returns user and address of the selected session, each `None` if unknown.
    fn client(&self) -> Option<(Option<Text>, Option<Text>)> {
        if self.shows_groups() {
            return None;
        }
        let of = |session: &Session| (session.user.clone(), session.address.clone());
        match &self.detail {
            Some(detail) => Some(of(detail.session())),
            None => Some(of(self.table.view.row(self.table.position())?.session)),
        }
    }

    /// Applies the last valid text while the filter is being typed.
    fn preview_filter(&mut self) {
        if let Some(prompt) = &self.prompt
            && prompt.error.is_none()
        {
            self.table.filter = prompt.good.clone();
            self.rebuild_view();
        }
    }

    pub(super) fn prompt_key(&mut self, action: Action) {
        let Some(prompt) = &mut self.prompt else { return };
        let changed = match action {
            Action::Move(by) => prompt.step(by, &self.table.history),
            Action::Complete => {
                let view = Arc::clone(&self.table.view);
                prompt.complete(|field| view.texts(field))
            }
            _ => return self.end_prompt(action),
        };
        if changed {
            self.preview_filter();
        }
    }

    /// Enter with an invalid filter stays in the prompt.
    fn end_prompt(&mut self, action: Action) {
        let Some(prompt) = &mut self.prompt else { return };
        if action == Action::Accept {
            let Some(filter) = prompt.accept() else { return };
            self.table.history.add(&filter);
            if filter.is_empty() {
                // All sessions are shown, so there is no group to return to.
                self.table.groups.opened.clear();
            }
            self.table.filter = filter;
            self.table.start_over();
        } else {
            self.table.filter = prompt.before.clone();
        }
        self.prompt = None;
        self.rebuild_view();
    }
}
