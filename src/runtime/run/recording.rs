//! `R`: the recording beside the screen. Files are created and written on other threads.

use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use tokio::sync::mpsc as channel;
use tokio::time::{Instant, timeout_at};

use super::Screen;
use crate::app::App;
use crate::app::endpoint::EndpointState;
use crate::app::msg::{Msg, Now};
use crate::app::recorded::fact_of;
use crate::app::recording::RecordingMsg;
use crate::kill::AuditEntry;
use crate::model::{Text, TextLimit, visible};
use crate::recording::{Fact, FactKind, Header, MINOR_VERSION, RecordedEndpoint};
use crate::runtime::recorder::{
    IncompleteRecording, MAX_FILE_SIZE, MAX_FULL_FILES, RecordedSize, Recorder, RecorderEnd, RecorderError,
    RecordingTarget, Rotation, make_directory_of,
};

/// Maximum time to wait at the end until the recording is written.
const MAX_WRITE_WAIT: Duration = Duration::from_secs(2);

/// Report of a thread of a recording, with the number of the recording.
pub(super) enum RecorderEvent {
    /// The file is created.
    Started(u64, Recorder, String),
    /// The recording has ended.
    Ended(u64, Result<RecordedSize, RecorderError>),
}

/// The recording beside the screen, if there is one.
pub(super) struct ScreenRecorder {
    /// Directory of the files; `None` without a home directory.
    directory: Option<PathBuf>,
    /// Number of the last recording. A report about an earlier one comes too late: its end has been reported.
    number: u64,
    state: RecorderState,
    /// Recordings whose last facts are being written, by number.
    ending: Vec<(u64, RecorderEnd)>,
    sender: channel::UnboundedSender<RecorderEvent>,
    events: channel::UnboundedReceiver<RecorderEvent>,
}

/// State of the last recording.
enum RecorderState {
    /// It has ended, or there is none.
    Off,
    /// Its file is being created.
    Starting {
        /// Whether it is to be finished as soon as it has started.
        must_end: bool,
    },
    Running(Recorder),
}

impl ScreenRecorder {
    pub(super) fn new(directory: Option<PathBuf>) -> Self {
        let (sender, events) = channel::unbounded_channel();
        Self {
            directory,
            number: 0,
            state: RecorderState::Off,
            ending: Vec::new(),
            sender,
            events,
        }
    }

    /// Waits for the next event.
    pub(super) async fn next_event(&mut self) -> RecorderEvent {
        match self.events.recv().await {
            Some(event) => event,
            None => std::future::pending().await,
        }
    }

    /// Creates the file on another thread. Returns why it cannot be tried.
    fn start(&mut self, app: &App, now: Now) -> Result<(), String> {
        let directory = self.directory.as_ref().ok_or("no directory for recordings")?;
        let zone = app.settings.zone.clone();
        let name = now.wall.to_zoned_datetime(zone).strftime("%Y-%m-%d_%H-%M-%S.mxr");
        let path = directory.join(name.to_string());
        let (header, sender) = (header(app, now), self.sender.clone());
        self.number += 1;
        let number = self.number;
        let started = thread::Builder::new()
            .name("recording".to_owned())
            .spawn(move || {
                let event = match create(path.clone(), header, number, &sender) {
                    Ok(recorder) => {
                        let file = visible(&path.display().to_string()).into_owned();
                        RecorderEvent::Started(number, recorder, file)
                    }
                    Err(error) => RecorderEvent::Ended(number, Err(error)),
                };
                // Without a receiver the program exits.
                drop(sender.send(event));
            });
        started.map_err(|error| error.to_string())?;
        self.state = RecorderState::Starting { must_end: false };
        Ok(())
    }

    /// Finishes the recording. Its thread writes the last facts, and then reports the end.
    fn finish(&mut self) {
        self.state = match std::mem::replace(&mut self.state, RecorderState::Off) {
            RecorderState::Starting { .. } => RecorderState::Starting { must_end: true },
            RecorderState::Running(recorder) => {
                self.ending.push((self.number, recorder.finish()));
                RecorderState::Off
            }
            RecorderState::Off => RecorderState::Off,
        };
    }

    /// Adds a fact. Returns why the recording has ended, if it has.
    fn push(&mut self, fact: Fact) -> Option<String> {
        let error = self.running()?.push(fact).err()?;
        self.finish();
        Some(error.to_string())
    }

    const fn running(&self) -> Option<&Recorder> {
        match &self.state {
            RecorderState::Running(recorder) => Some(recorder),
            RecorderState::Off | RecorderState::Starting { .. } => None,
        }
    }

    /// Finishes the recording at the end of the program, and waits until everything is written, also that of earlier
    /// recordings.
    ///
    /// # Errors
    ///
    /// Returns the first error, if a recording is not complete.
    pub(super) async fn close(mut self) -> Result<(), IncompleteRecording> {
        let until = Instant::now() + MAX_WRITE_WAIT;
        let mut result = Ok(());
        while matches!(self.state, RecorderState::Starting { .. }) {
            match timeout_at(until, self.events.recv()).await {
                Ok(Some(RecorderEvent::Started(number, recorder, _))) if number == self.number => {
                    self.state = RecorderState::Running(recorder);
                }
                Ok(Some(RecorderEvent::Ended(number, Err(error)))) if number == self.number => {
                    result = Err(IncompleteRecording::Failed(error.to_string()));
                    self.state = RecorderState::Off;
                }
                Ok(Some(_)) => {}
                Ok(None) | Err(_) => {
                    result = Err(IncompleteRecording::TooSlow);
                    self.state = RecorderState::Off;
                }
            }
        }
        self.finish();
        for (_, end) in self.ending {
            // Waits for each, also after an error.
            let written = end.wait(until.saturating_duration_since(Instant::now()));
            result = result.and(written);
        }
        result
    }
}

fn create(
    path: PathBuf,
    header: Header,
    number: u64,
    events: &channel::UnboundedSender<RecorderEvent>,
) -> Result<Recorder, RecorderError> {
    make_directory_of(&path)?;
    let target = RecordingTarget::File {
        path,
        overwrite: false,
        needs_list: false,
        rotation: Rotation {
            max_size: MAX_FILE_SIZE,
            max_age: None,
            keep: MAX_FULL_FILES,
        },
    };
    let events = events.clone();
    Recorder::start(target, header, move |result| {
        drop(events.send(RecorderEvent::Ended(number, result)));
    })
}

fn header(app: &App, now: Now) -> Header {
    let endpoints = app.endpoints.iter().map(|endpoint| RecordedEndpoint {
        name: Text::clean(&endpoint.name, TextLimit::Name),
        url: Text::clean(
            endpoint.access.as_ref().map_or("", |access| access.url.as_str()),
            TextLimit::Line,
        ),
        clock_offset_ms: clock_offset(endpoint),
    });
    Header {
        program: Text::clean(env!("CARGO_PKG_VERSION"), TextLimit::Name),
        endpoints: endpoints.collect(),
        started: now,
        is_redacted: false,
        minor_version: MINOR_VERSION,
    }
}

/// Returns the proxy's clock minus this machine's, in milliseconds, by the last list; `None` if it is unknown.
fn clock_offset(endpoint: &EndpointState) -> Option<i64> {
    let latest = endpoint.latest.as_ref()?;
    let offset = latest
        .proxy_time(latest.taken_at)?
        .duration_since(latest.taken_at);
    i64::try_from(offset.as_millis()).ok()
}

impl Screen {
    /// Starts or finishes the recording.
    pub(super) fn record(&mut self, starts: bool) -> std::io::Result<()> {
        if starts {
            let now = crate::clock::now();
            return match self.recording.start(&self.app, now) {
                Ok(()) => Ok(()),
                Err(why) => self.report_recording(RecordingMsg::Failed(why)),
            };
        }
        self.recording.finish();
        Ok(())
    }

    /// Adds what a message reports to the recording.
    pub(super) fn add_to_recording(&mut self, msg: &Msg, now: Now) -> std::io::Result<()> {
        if self.recording.running().is_none() {
            return Ok(());
        }
        let Some(fact) = fact_of(msg, now) else {
            return Ok(());
        };
        self.push_to_recording(fact)?;
        match (self.recording.running(), msg) {
            (Some(recorder), Msg::Listed(_)) => {
                let size = recorder.size().bytes;
                self.report_recording(RecordingMsg::Size(size))
            }
            _ => Ok(()),
        }
    }

    /// Adds kills to the recording.
    pub(super) fn add_kills_to_recording(&mut self, entries: &[AuditEntry]) -> std::io::Result<()> {
        // The KILL of a statement belongs to a kill that is added already.
        for entry in entries.iter().filter(|entry| entry.statement.is_none()) {
            self.push_to_recording(Fact {
                at: crate::clock::now(),
                endpoint: Some(entry.identity.endpoint),
                kind: FactKind::Kill(Box::new(entry.into())),
            })?;
        }
        Ok(())
    }

    fn push_to_recording(&mut self, fact: Fact) -> std::io::Result<()> {
        match self.recording.push(fact) {
            Some(why) => self.report_recording(RecordingMsg::Failed(why)),
            None => Ok(()),
        }
    }

    /// Sends a message about the recording to both apps.
    fn report_recording(&mut self, msg: RecordingMsg) -> std::io::Result<()> {
        self.route(Msg::Recording(msg))
    }

    /// Handles an event of the recording.
    pub(super) fn on_recorder(&mut self, event: RecorderEvent) -> std::io::Result<()> {
        match event {
            RecorderEvent::Started(number, recorder, file) if number == self.recording.number => {
                let must_end = matches!(self.recording.state, RecorderState::Starting { must_end: true });
                self.recording.state = RecorderState::Running(recorder);
                self.report_recording(RecordingMsg::Started(file))?;
                for fact in self.app.known_facts() {
                    self.push_to_recording(fact)?;
                }
                if must_end {
                    self.recording.finish();
                }
            }
            RecorderEvent::Ended(number, result) => {
                self.recording.ending.retain(|(ending, _)| *ending != number);
                if number == self.recording.number {
                    self.on_end_of_recording(result)?;
                }
            }
            RecorderEvent::Started(..) => {}
        }
        self.draw_data(Duration::ZERO);
        Ok(())
    }

    fn on_end_of_recording(&mut self, result: Result<RecordedSize, RecorderError>) -> std::io::Result<()> {
        self.recording.state = RecorderState::Off;
        self.report_recording(match result {
            Ok(size) => RecordingMsg::Finished(size.bytes),
            Err(error) => RecordingMsg::Failed(visible(&error.to_string()).into_owned()),
        })
    }
}
