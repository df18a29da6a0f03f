//! Writes the screen and its data to two files, each time in a thread of its own: a slow disk must not block the
//! screen.

use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::thread;

use tokio::sync::mpsc::UnboundedSender;

use super::json::to_writer;
use super::recorder::{create_for_owner, make_directory_of};
use crate::app::msg::Msg;
use crate::app::screen_file::{ScreenData, ScreenFileResult};
use crate::model::visible;

/// The directory, and the receiver of the results.
#[derive(Debug)]
pub(super) struct ScreenWriter {
    /// Directory of the files; `None` without a home directory.
    directory: Option<PathBuf>,
    results: UnboundedSender<Msg>,
}

impl ScreenWriter {
    pub(super) const fn new(directory: Option<PathBuf>, results: UnboundedSender<Msg>) -> Self {
        Self { directory, results }
    }

    /// Writes a frame and its data to files with this name. The result arrives as a message, also if no thread can
    /// be started.
    pub(super) fn start(&self, name: &str, frame: String, data: Box<ScreenData>) {
        let Some(directory) = &self.directory else {
            return self.report(ScreenFileResult::Failed("no directory for files".to_owned()));
        };
        let (stem, results) = (directory.join(name), self.results.clone());
        let thread = thread::Builder::new().name("screen-writer".to_owned());
        let started = thread.spawn(move || {
            // Without a receiver the program exits.
            let _ = results.send(Msg::ScreenWritten(write(&stem, &frame, &data)));
        });
        if let Err(error) = started {
            self.report(ScreenFileResult::Failed(format!(
                "no thread can be started: {error}"
            )));
        }
    }

    fn report(&self, result: ScreenFileResult) {
        let _ = self.results.send(Msg::ScreenWritten(result));
    }
}

fn write(stem: &Path, frame: &str, data: &ScreenData) -> ScreenFileResult {
    match write_files(stem, frame, data) {
        Ok(path) => ScreenFileResult::Written(path),
        Err(error) => ScreenFileResult::Failed(visible(&error.to_string()).into_owned()),
    }
}

/// Writes both files. Returns the path of the text file.
fn write_files(stem: &Path, frame: &str, data: &ScreenData) -> io::Result<String> {
    make_directory_of(stem).map_err(io::Error::other)?;
    let text = with_ending(stem, ".txt");
    let shown = visible(&text.display().to_string()).into_owned();
    let named = |error: io::Error| io::Error::other(format!("{shown}: {error}"));
    create_for_owner(&text)
        .and_then(|mut file| file.write_all(frame.as_bytes()))
        .map_err(named)?;
    let json = create_for_owner(&with_ending(stem, ".json")).map_err(named)?;
    let mut out = BufWriter::new(json);
    to_writer(&mut out, data)
        .and_then(|()| out.write_all(b"\n"))
        .and_then(|()| out.flush())
        .map_err(named)?;
    Ok(shown)
}

fn with_ending(stem: &Path, ending: &str) -> PathBuf {
    let mut path = stem.as_os_str().to_owned();
    path.push(ending);
    path.into()
}
