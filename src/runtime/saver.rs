//! Saves settings to the configuration file, each time in a thread of its own: a slow disk must not block the
//! screen.

use std::thread;

use tokio::sync::mpsc::UnboundedSender;

use crate::app::msg::Msg;
use crate::app::saving::{SaveResult, SavedSettings, SettingChange};
use crate::config::{Saved, SettingsFile};
use crate::model::visible;

/// The file, and the receiver of the results.
#[derive(Debug)]
pub(super) struct Saver {
    file: SettingsFile,
    results: UnboundedSender<Msg>,
}

impl Saver {
    pub(super) const fn new(file: SettingsFile, results: UnboundedSender<Msg>) -> Self {
        Self { file, results }
    }

    /// Saves settings, or finds out what saving would write. The result arrives as a message, also if no thread
    /// can be started.
    pub(super) fn start(&self, settings: SavedSettings, confirmed: Option<Vec<SettingChange>>) {
        let (file, results) = (self.file.clone(), self.results.clone());
        let thread = thread::Builder::new().name("saver".to_owned());
        let started = thread.spawn(move || {
            // Without a receiver the program exits.
            let _ = results.send(Msg::Saved(save(&file, &settings, confirmed.as_deref())));
        });
        if let Err(error) = started {
            let why = format!("no thread can be started: {error}");
            let _ = self.results.send(Msg::Saved(SaveResult::Failed(why)));
        }
    }
}

fn save(file: &SettingsFile, settings: &SavedSettings, confirmed: Option<&[SettingChange]>) -> SaveResult {
    match file.save(settings, confirmed) {
        Ok(Saved::Written { names, place }) => SaveResult::Written(names, visible(&place).into_owned()),
        Ok(Saved::Planned { changes, place }) => SaveResult::Planned(changes, visible(&place).into_owned()),
        Err(error) => SaveResult::Failed(visible(&error.to_string()).into_owned()),
    }
}
