//! `W`: saves columns, sort order and filter to the configuration file. Before a value in the file is replaced,
//! a question of one line must be confirmed.

use super::App;
use super::build_view::Sort;
use super::columns::ColumnId;
use super::keymap::{Action, KeyContext, KeyPress, action};
use super::modal::Modal;
use super::msg::Effect;
use super::status::Status;

/// Settings as texts of the command line, by name.
pub type SavedSettings = Vec<(&'static str, String)>;

/// Result of saving, for the status line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SaveResult {
    /// The settings with these names were written to this place; without a name, the file had all values.
    Written(Vec<&'static str>, String),
    /// The file at this place has other values, which must be replaced.
    Differs(Vec<String>, String),
    /// The cause of a failure. The file is unchanged.
    Failed(String),
}

/// The question whether to replace values of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SaveQuestion {
    /// The question.
    pub text: String,
    /// The settings that it is about.
    settings: SavedSettings,
    /// Whether a frame has shown it. Before that no key confirms it.
    pub is_drawn: bool,
}

impl App {
    /// Saves what the screen shows now.
    pub(super) fn save(&mut self) {
        let settings = self.saved_settings();
        self.saving = Some(settings.clone());
        self.outbox.push(Effect::Save {
            settings,
            replaces: false,
        });
    }

    fn saved_settings(&self) -> SavedSettings {
        let shown = &self.table.columns;
        let columns = if *shown == ColumnId::defaults(self.endpoints.len()) {
            String::new()
        } else {
            let names: Vec<_> = shown.iter().map(|id| id.column().name).collect();
            names.join(",")
        };
        vec![
            ("columns", columns),
            ("sort", sort_text(self.table.sort)),
            ("filter", self.table.filter.text().to_owned()),
        ]
    }

    /// Handles the result. Another modal is not replaced by the question.
    pub(super) fn on_saved(&mut self, result: SaveResult) {
        let settings = self.saving.take();
        self.status = Some(match result {
            SaveResult::Written(names, _) if names.is_empty() => {
                Status::note("nothing to save: the file has these columns, sort and filter".to_owned())
            }
            SaveResult::Written(names, place) => {
                Status::done(format!("saved {} to {place}", names.join(", ")))
            }
            SaveResult::Differs(present, place)
                if let Some(settings) = settings.filter(|_| self.modal.is_closed()) =>
            {
                let text = format!("replace {} in {place}? y/n", present.join(", "));
                self.modal = Modal::SaveQuestion(SaveQuestion {
                    text,
                    settings,
                    is_drawn: false,
                });
                return;
            }
            SaveResult::Differs(..) => {
                let key = self.settings.keys.first(Action::Save);
                Status::note(format!("not saved: press {key} again"))
            }
            SaveResult::Failed(why) => Status::warning(format!("not saved: {why}")),
        });
    }

    /// Handles a key while the question is open.
    pub(super) fn save_question_key(&mut self, key: KeyPress) {
        let Modal::SaveQuestion(question) = &self.modal else {
            return;
        };
        match action(KeyContext::SaveQuestion, key) {
            Some(Action::Yes) if !question.is_drawn => return,
            Some(Action::Yes) => {
                let settings = question.settings.clone();
                self.outbox.push(Effect::Save {
                    settings,
                    replaces: true,
                });
            }
            Some(_) => self.status = Some(Status::note("not saved".to_owned())),
            None => return,
        }
        self.modal.close();
    }
}

/// Returns a sort order as text: `-idle,user`.
fn sort_text(sort: Sort) -> String {
    let one = |column: ColumnId, descending: bool| {
        let sign = if descending { "-" } else { "" };
        format!("{sign}{}", column.column().name)
    };
    let then = sort.then.map(|(column, descending)| one(column, descending));
    let first = one(sort.column, sort.descending);
    [Some(first), then]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(",")
}
