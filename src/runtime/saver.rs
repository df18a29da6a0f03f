//! Saves settings to the configuration file, each time in a thread of its own: a slow disk must not block the
//! screen.

use std::io;
use std::thread;

use tokio::sync::mpsc::UnboundedSender;

use crate::app::msg::Msg;
use crate::app::saving::{SaveResult, SavedSettings};
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

    /// Starts to save settings. The result arrives as a message.
    pub(super) fn start(&self, settings: SavedSettings, replaces: bool) -> io::Result<()> {
        let (file, results) = (self.file.clone(), self.results.clone());
        thread::Builder::new().name("saver".to_owned()).spawn(move || {
            // Without a receiver the program exits.
            let _ = results.send(Msg::Saved(save(&file, &settings, replaces)));
        })?;
        Ok(())
    }
}

fn save(file: &SettingsFile, settings: &SavedSettings, replaces: bool) -> SaveResult {
    match file.save(settings, replaces) {
        Ok(Saved::Written { names, place }) => SaveResult::Written(names, visible(&place).into_owned()),
        Ok(Saved::Unchanged) => SaveResult::Written(Vec::new(), String::new()),
        Ok(Saved::Differs { present, place }) => {
            let present = present.iter().map(|value| visible(value).into_owned());
            SaveResult::Differs(present.collect(), visible(&place).into_owned())
        }
        Err(error) => SaveResult::Failed(visible(&error.to_string()).into_owned()),
    }
}
