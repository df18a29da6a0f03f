//! The event loop: receives messages, executes effects (`effects`), draws frames. `looking_back` routes messages while a
//! past moment is shown.
//!
//! Runs on the main thread. Everything slow runs elsewhere: requests on the runtime's thread, decoding on
//! blocking threads, table views in the thread of `view_builder`, output in one of `frame_backend`. Keys are drawn at once, data
//! at most every 100 ms, and nothing is drawn if nothing has changed.

mod effects;
mod looking_back;
mod recording;

use std::io;
use std::path::PathBuf;
use std::sync::mpsc;
use std::time::Duration;

use ratatui::Terminal;
use ratatui::layout::{Position, Rect, Size};
use tokio::sync::mpsc as channel;
use tokio::time::Instant;

use self::looking_back::LookingBack;
pub(crate) use self::looking_back::PastSource;
use self::recording::ScreenRecorder;
use super::audit::{AuditLog, AuditThread, MAX_LOG_WAIT};
use super::frame_backend::Frame;
use super::frame_backend::FrameBackend;
use super::pollers::Pollers;
use super::saver::Saver;
use super::screen_writer::ScreenWriter;
use super::signals::{SignalEvent, Signals, can_stop, stop};
use super::terminal::TerminalGuard;
use super::{audit, calculator, frame_backend, input, terminal, view_builder};
use crate::app::App;
use crate::app::build_view::ViewRequest;
use crate::app::calculation::Calculation;
use crate::app::endpoint::EndpointState;
use crate::app::msg::{FrameReport, Msg};
use crate::client::{Client, close_server_connections};
use crate::clock;
use crate::config::SettingsFile;
use crate::poller::PollSettings;
use crate::ui::view;

/// Maximum time that the first frame waits for the terminal's background.
const BACKGROUND_TIME: Duration = Duration::from_millis(100);
/// Minimum time between frames for data. The lists of 200 endpoints arrive one by one.
const FRAME_INTERVAL: Duration = Duration::from_millis(100);
/// Maximum time that a new list waits for its view.
const VIEW_TIME: Duration = Duration::from_millis(16);
/// Maximum number of messages handled before the next frame.
const MAX_MESSAGES_PER_FRAME: usize = 256;

/// How the screen ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ScreenExit {
    /// Quit by a key.
    Quit,
    /// Quit by a key, with a DELETE whose result is unknown.
    Unsettled,
    /// Ended by a signal with this number.
    Signal(u8),
    /// The terminal was closed.
    TerminalGone,
}

/// How the screen ended, and the messages to print then.
#[derive(Debug)]
pub(crate) struct ScreenResult {
    /// How the screen ended, or the error that ended it.
    pub exit: io::Result<ScreenExit>,
    /// A line for each session whose kill has an unknown result.
    pub unsettled: Vec<String>,
    /// A line for each file that is not complete: the audit log and the recording.
    pub incomplete: Vec<String>,
}

/// Input of the screen for one endpoint.
pub(crate) struct Watched {
    /// The client of each endpoint.
    pub client: Client,
    /// Its initial state.
    pub endpoint: EndpointState,
}

/// Files and limits of the screen.
pub(crate) struct ScreenFiles {
    /// The audit log.
    pub audit: AuditLog,
    /// The file that settings are saved to.
    pub settings: SettingsFile,
    /// Source of past moments.
    pub past: PastSource,
    /// Directory of recordings and of files of the screen.
    pub recordings: Option<PathBuf>,
}

/// Shows the screen until it ends. The terminal is restored and the connections to servers are closed in
/// every case.
///
/// # Errors
///
/// Returns an error if the screen cannot be started.
pub(crate) async fn run(
    settings: crate::app::AppSettings,
    watched: Vec<Watched>,
    files: ScreenFiles,
) -> io::Result<ScreenResult> {
    let (clients, endpoints): (Vec<_>, Vec<_>) =
        watched.into_iter().map(|one| (one.client, one.endpoint)).unzip();
    let result = Box::pin(show(settings, clients.clone(), endpoints, files)).await;
    close_server_connections(&clients).await;
    result
}

/// Shows the screen until it ends; without clients for a recording. The terminal is restored in every case.
///
/// # Errors
///
/// Returns an error if the screen cannot be started.
pub(crate) async fn show(
    settings: crate::app::AppSettings,
    clients: Vec<Client>,
    endpoints: Vec<EndpointState>,
    files: ScreenFiles,
) -> io::Result<ScreenResult> {
    let (sender, inbox) = channel::unbounded_channel();
    let polling = PollSettings {
        interval: settings.interval,
        duty: settings.duty,
    };
    let pollers = Pollers::spawn(clients, polling, &sender);
    let audit = audit::start(files.audit, sender.clone())?;
    let saver = Saver::new(files.settings, sender.clone());
    let screen_writer = ScreenWriter::new(files.recordings.clone(), sender.clone());
    let signals = Signals::listen()?;
    terminal::restore_on_panic();
    let guard = TerminalGuard::enter(settings.mouse, settings.bell)?;
    let is_queried = settings.needs_background() && terminal::query_background()?;
    let size = terminal::size()?;
    let app = App::new(settings, endpoints, size);
    let past = LookingBack::start(&app, files.past)?;
    let mut screen = Screen {
        app,
        canvas: Terminal::new(FrameBackend::new(size.into()))?,
        frames: frame_backend::start(sender.clone())?,
        jobs: view_builder::start(sender.clone())?,
        calculations: calculator::start(sender)?,
        inbox,
        pollers,
        audit,
        saver,
        to_files: screen_writer,
        past,
        recording: ScreenRecorder::new(files.recordings),
        wake: None,
        due: Some(Instant::now()),
        background_until: is_queried.then(|| Instant::now() + BACKGROUND_TIME),
        last_data: None,
        data_waits: false,
        must_suspend: false,
        exit: None,
        keep_frame: false,
    };
    let exit = screen.run(signals).await;
    Ok(screen.end(exit, guard).await)
}

struct Screen {
    app: App,
    canvas: Terminal<FrameBackend>,
    frames: channel::Sender<Frame>,
    jobs: mpsc::Sender<ViewRequest>,
    calculations: mpsc::Sender<Box<Calculation>>,
    inbox: channel::UnboundedReceiver<Msg>,
    pollers: Pollers,
    audit: AuditThread,
    saver: Saver,
    to_files: ScreenWriter,
    past: LookingBack,
    recording: ScreenRecorder,
    /// Time at which the app needs the next clock message.
    wake: Option<Instant>,
    /// Time of the next frame. `None` if nothing has changed.
    due: Option<Instant>,
    /// Time until which the first frame waits for the terminal's background.
    background_until: Option<Instant>,
    /// Time of the last frame for data.
    last_data: Option<Instant>,
    /// Whether the next frame is for data, among others.
    data_waits: bool,
    /// Whether the app has requested a suspension that is not executed yet.
    must_suspend: bool,
    exit: Option<ScreenExit>,
    keep_frame: bool,
}

impl Screen {
    async fn run(&mut self, mut signals: Signals) -> io::Result<ScreenExit> {
        let mut input = input::listen()?;
        loop {
            let (now, due, wake) = (Instant::now(), self.next_frame(), self.wake);
            tokio::select! {
                biased;
                event = signals.next() => self.on_signal(event)?,
                msg = input.recv() => match msg {
                    Some(msg) => self.input(msg)?,
                    None => return Ok(ScreenExit::TerminalGone),
                },
                // A frame is drawn only when the writer can accept it.
                frame = self.frames.clone().reserve_owned(), if due.is_some_and(|due| due <= now) => {
                    match frame {
                        Ok(slot) => self.draw(slot)?,
                        Err(_) => return Ok(ScreenExit::TerminalGone),
                    }
                }
                msg = self.inbox.recv() => match msg {
                    Some(msg) => self.data(msg)?,
                    None => return Ok(ScreenExit::TerminalGone),
                },
                reply = self.past.next_reply() => self.on_history(reply)?,
                event = self.recording.next_event() => self.on_recorder(event)?,
                () = clock::until(due), if due.is_some_and(|due| due > now) => {}
                () = clock::until(wake), if wake.is_some() => {
                    self.wake = None;
                    self.dispatch([])?;
                    self.draw_data(Duration::ZERO);
                }
                ended = self.pollers.wait_for_end() => return Err(io::Error::other(ended)),
            }
            if let Some(exit) = self.exit {
                return Ok(exit);
            }
        }
    }

    /// Restores the terminal, and waits until the audit log and the recording are written. Goes on after an error, so
    /// that each line to print is known.
    async fn end(mut self, exit: io::Result<ScreenExit>, guard: TerminalGuard) -> ScreenResult {
        let ended = self.dispatch([Msg::Ends]);
        drop(guard);
        let frame = (exit.is_ok() && self.keep_frame).then(|| frame_backend::last_frame(self.shown()));
        let logged = self.audit.close(MAX_LOG_WAIT);
        let recorded = self.recording.close().await;
        let printed = frame
            .transpose()
            .map(|frame| frame.map_or((), |frame| terminal::write_patiently(frame.into_bytes())));
        let logged = logged.map_err(|why| format!("the audit log is not complete: {why}"));
        let recorded = recorded.map_err(|why| format!("the recording is not complete: {why}"));
        ScreenResult {
            exit: exit.and_then(|exit| ended.and(printed).map(|()| exit)),
            unsettled: self.app.kills.unsettled,
            incomplete: [logged, recorded].into_iter().filter_map(Result::err).collect(),
        }
    }

    /// Returns when the next frame is drawn. `None` if nothing has changed.
    fn next_frame(&self) -> Option<Instant> {
        self.due
            .map(|due| self.background_until.map_or(due, |until| due.max(until)))
    }

    /// Handles a key, a paste or a reply of the terminal. Draws at once.
    fn input(&mut self, msg: Msg) -> io::Result<()> {
        if matches!(msg, Msg::Background(_)) {
            self.background_until = None;
        }
        self.dispatch([msg])?;
        self.due = Some(Instant::now());
        Ok(())
    }

    /// Reads the terminal's size and redraws everything.
    fn resize(&mut self) -> io::Result<()> {
        let (columns, lines) = terminal::size()?;
        let size = Size::new(columns, lines);
        self.canvas.backend_mut().resize(size);
        self.canvas.resize(Rect::from((Position::ORIGIN, size)))?;
        self.dispatch([Msg::Resized(columns, lines)])?;
        self.due = Some(Instant::now());
        Ok(())
    }

    /// Handles all pending messages before the next frame.
    fn data(&mut self, first: Msg) -> io::Result<()> {
        let mut batch = vec![first];
        while batch.len() < MAX_MESSAGES_PER_FRAME
            && let Ok(msg) = self.inbox.try_recv()
        {
            batch.push(msg);
        }
        let patience = batch.iter().filter_map(patience).min();
        self.dispatch(batch)?;
        if let Some(patience) = patience {
            self.draw_data(patience);
        }
        Ok(())
    }

    /// Schedules a frame for data, at once if enough time has passed since the last one. `patience` waits
    /// for messages that are expected soon.
    fn draw_data(&mut self, patience: Duration) {
        let now = Instant::now();
        let earliest = self.last_data.map_or(now, |last| last + FRAME_INTERVAL);
        let due = earliest.max(now + patience);
        self.due = Some(self.due.map_or(due, |sooner| sooner.min(due)));
        self.data_waits = true;
    }

    fn on_signal(&mut self, event: SignalEvent) -> io::Result<()> {
        match event {
            SignalEvent::End(signal) => {
                self.exit = Some(ScreenExit::Signal(signal));
                Ok(())
            }
            SignalEvent::Suspend => self.suspend(),
            SignalEvent::Continued => self.resume(),
            SignalEvent::Resize => self.resize(),
        }
    }

    /// Sends the time and then `msgs` to the app, and executes the effects. A requested suspension
    /// follows when all of them are executed, because it sends further messages.
    fn dispatch(&mut self, msgs: impl IntoIterator<Item = Msg>) -> io::Result<()> {
        let now = clock::now();
        self.update(Msg::Clock(now))?;
        self.send_live_time(now)?;
        for msg in msgs {
            self.past.record(&msg, now);
            self.add_to_recording(&msg, now)?;
            self.route(msg)?;
        }
        self.wake_past(now);
        if !std::mem::take(&mut self.must_suspend) {
            Ok(())
        } else if can_stop() {
            self.suspend()
        } else {
            self.update(Msg::CannotSuspend)
        }
    }

    /// Sends a message to the live app, and executes the effects.
    fn update(&mut self, msg: Msg) -> io::Result<()> {
        for effect in self.app.update(msg) {
            self.carry_out(effect)?;
        }
        Ok(())
    }

    fn draw(&mut self, slot: channel::OwnedPermit<Frame>) -> io::Result<()> {
        self.due = None;
        self.background_until = None;
        if std::mem::take(&mut self.data_waits) {
            self.last_data = Some(Instant::now());
        }
        let app = self.past.app().unwrap_or(&self.app);
        let mut shown = FrameReport::default();
        self.canvas.draw(|frame| shown = view(app, frame))?;
        let bytes = self.canvas.backend_mut().take_frame().unwrap_or_default();
        // A frame without bytes is queued too, because it confirms the frames before it.
        slot.send(Frame {
            bytes,
            drawn: Msg::Drawn(shown),
        });
        if !self.app.table.view.snapshots.is_empty() {
            self.past.release();
        }
        Ok(())
    }

    /// Suspends the program and resumes it. Pending kills are canceled first, because they cannot be
    /// canceled while suspended.
    fn suspend(&mut self) -> io::Result<()> {
        self.dispatch([Msg::Suspends])?;
        terminal::leave();
        stop()?;
        self.resume()
    }

    fn resume(&mut self) -> io::Result<()> {
        // First, so that the app does not treat the time of the suspension as passed grace.
        self.update(Msg::Resumed)?;
        terminal::enter()?;
        self.resize()
    }
}

/// Returns how long the frame for a message may wait. `None` if it needs none. A list follows its
/// dialect, and is shown once its view is built: usually after about a millisecond.
const fn patience(msg: &Msg) -> Option<Duration> {
    match msg {
        // Samples are shown with the next list.
        Msg::Drawn(_) | Msg::Sampled(..) | Msg::SamplingFailed { .. } => None,
        Msg::DialectDetected(..) | Msg::Listed(_) => Some(VIEW_TIME),
        _ => Some(Duration::ZERO),
    }
}
