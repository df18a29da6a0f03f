//! `W`: saves sort order, columns, grouping and theme to the configuration file, and the filter on request. A
//! question lists what would be written; nothing is written before it is confirmed.

use super::App;
use super::build_view::Sort;
use super::columns::ColumnId;
use super::groups::groupings::GroupingId;
use super::keymap::{Action, KeyContext, KeyPress, action};
use super::modal::Modal;
use super::msg::Effect;
use super::status::Status;

/// Name of the setting that is saved only on request.
const FILTER: &str = "filter";

/// Settings as texts of the command line, by name.
pub type SavedSettings = Vec<(&'static str, String)>;

/// A value that the file would get.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingChange {
    /// Name of the setting.
    pub name: &'static str,
    /// The value, as written in the file.
    pub written: String,
    /// The value that the file has, as written there; `None` if it has none.
    pub present: Option<String>,
}

/// Result of saving, for the status line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SaveResult {
    /// Values at this place that have to be confirmed; none was written.
    Planned(Vec<SettingChange>, String),
    /// The settings with these names were written to this place.
    Written(Vec<&'static str>, String),
    /// The cause of a failure. The file is unchanged.
    Failed(String),
}

/// The question whether to write values to the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SaveQuestion {
    /// The values.
    pub changes: Vec<SettingChange>,
    /// The filter, if it differs from that of the file.
    pub filter: Option<SettingChange>,
    /// Whether the filter is written too.
    pub with_filter: bool,
    /// Profile and path.
    pub place: String,
    /// All settings as texts.
    settings: SavedSettings,
    /// Whether a frame has shown it. Before that no key confirms it.
    pub is_drawn: bool,
}

impl SaveQuestion {
    /// Returns the values to write, in the order of the settings.
    fn confirmed(&self) -> Vec<SettingChange> {
        let filter = self.filter.iter().filter(|_| self.with_filter);
        self.changes.iter().chain(filter).cloned().collect()
    }

    /// Returns the settings to write.
    fn chosen(&self) -> SavedSettings {
        let all = self.settings.iter().cloned();
        all.filter(|(name, _)| *name != FILTER || self.with_filter)
            .collect()
    }
}

impl App {
    /// Requests what saving would write.
    pub(super) fn save(&mut self) {
        let settings = self.saved_settings();
        self.saving = Some(settings.clone());
        self.outbox.push(Effect::Save {
            settings,
            confirmed: None,
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
        let groups = &self.table.groups;
        // Inside of a group it is the grouping that the group belongs to.
        let grouping = groups.opened.first().map(|opened| opened.by).or(groups.by);
        vec![
            ("sort", sort_text(self.table.sort)),
            ("columns", columns),
            ("group-by", GroupingId::text(grouping).to_owned()),
            ("theme", self.settings.theme_name.clone()),
            (FILTER, self.table.filter.text().to_owned()),
        ]
    }

    /// Handles the result. Another modal is not replaced by the question.
    pub(super) fn on_saved(&mut self, result: SaveResult) {
        let settings = self.saving.take();
        self.status = Some(match result {
            SaveResult::Planned(changes, _) if changes.is_empty() => {
                Status::note("nothing to save: no setting differs from the saved ones".to_owned())
            }
            SaveResult::Planned(changes, place)
                if let Some(settings) = settings.filter(|_| self.modal.is_closed()) =>
            {
                let (filter, changes) = changes.into_iter().partition(|change| change.name == FILTER);
                let filter: Vec<SettingChange> = filter;
                self.modal = Modal::SaveQuestion(SaveQuestion {
                    changes,
                    filter: filter.into_iter().next(),
                    with_filter: false,
                    place,
                    settings,
                    is_drawn: false,
                });
                return;
            }
            SaveResult::Planned(..) => {
                let key = self.settings.keys.first(Action::Save);
                Status::note(format!("not saved: press {key} again"))
            }
            SaveResult::Written(names, place) => {
                Status::done(format!("saved {} to {place}", names.join(", ")))
            }
            SaveResult::Failed(why) => Status::warning(format!("not saved: {why}")),
        });
    }

    /// Handles a key while the question is open.
    pub(super) fn save_question_key(&mut self, key: KeyPress) {
        let Modal::SaveQuestion(question) = &mut self.modal else {
            return;
        };
        match action(KeyContext::SaveQuestion, key) {
            Some(Action::Yes) if !question.is_drawn => return,
            Some(Action::Yes) if question.confirmed().is_empty() => {
                self.status = Some(Status::note("nothing chosen: f adds the filter".to_owned()));
                return;
            }
            Some(Action::Yes) => {
                let settings = question.chosen();
                let confirmed = Some(question.confirmed());
                self.saving = Some(settings.clone());
                self.outbox.push(Effect::Save { settings, confirmed });
            }
            Some(Action::Toggle) => {
                question.with_filter = !question.with_filter && question.filter.is_some();
                question.is_drawn = false;
                return;
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
