//! The loop: messages in, effects out, a frame when something has changed.
//!
//! It runs on the main thread. Everything slow is elsewhere: requests on the runtime's thread,
//! decoding on blocking ones, order in the `arranger`, output in the
//! `writer`. A key is drawn at once, data at most every 16 ms, and nothing is
//! drawn when nothing happens.

use std::io;
use std::sync::mpsc;
use std::time::Duration;

use ratatui::Terminal;
use ratatui::layout::{Position, Rect, Size};
use tokio::sync::mpsc as channel;
use tokio::time::Instant;

use super::audit::{AuditLog, Scribe};
use super::canvas::Canvas;
use super::client::Client;
use super::clock;
use super::poller::{Command, PollSettings};
use super::pollers::Pollers;
use super::signals::{Asked, Signals, can_stop, stop};
use super::writer::Frame;
use super::{arranger, audit, input, scrollback, terminal, writer};
use crate::app::App;
use crate::app::arrange::Job;
use crate::app::effect::Effect;
use crate::app::endpoint::Endpoint;
use crate::app::msg::{Msg, Shown};
use crate::kill::Order;
use crate::ui::view;

/// Frames for data are at least this far apart.
const FRAME: Duration = Duration::from_millis(16);
/// So long the last lines of the audit log are waited for.
const LAST_LINES: Duration = Duration::from_secs(2);
/// How many messages are heard before the next frame, at most.
const BATCH: usize = 256;

/// How the screen was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// By a key.
    Quit,
    /// By a key, and something was sent whose end is not known.
    Unsettled,
    /// By a signal of this number.
    Signal(u8),
    /// The terminal went away.
    TerminalGone,
}

/// How the screen was left, and what is left to be said.
#[derive(Debug)]
pub struct Left {
    /// How.
    pub exit: Exit,
    /// A line for each session of which it is not known whether it ended.
    pub unsettled: Vec<String>,
}

/// What the screen is to show.
pub struct Watched {
    /// The client of each endpoint.
    pub client: Client,
    /// What is known of it beforehand.
    pub endpoint: Endpoint,
}

/// Shows the screen until it is left. The terminal is given back on every way out.
pub async fn run(settings: crate::app::Settings, watched: Vec<Watched>, audit: AuditLog) -> io::Result<Left> {
    let (tell, told) = channel::unbounded_channel();
    let polling = PollSettings {
        interval: settings.interval,
        duty: settings.duty,
    };
    let (clients, endpoints): (Vec<_>, Vec<_>) =
        watched.into_iter().map(|one| (one.client, one.endpoint)).unzip();
    let pollers = Pollers::spawn(clients, polling, &tell);
    let scribe = audit::start(audit, tell.clone())?;
    let signals = Signals::listen()?;
    terminal::end_on_panic();
    let guard = terminal::Guard::enter()?;
    let size = terminal::size()?;
    let mut screen = Screen {
        app: App::new(settings, endpoints, size),
        canvas: Terminal::new(Canvas::new(size.into()))?,
        frames: writer::start(tell.clone())?,
        jobs: arranger::start(tell)?,
        told,
        pollers,
        scribe,
        wake: None,
        due: Some(Instant::now()),
        last_data: None,
        data_waits: false,
        exit: None,
        keep_frame: false,
    };
    let exit = screen.run(signals).await;
    screen.hear([Msg::Ends])?;
    drop(guard);
    let logged = screen.scribe.close(LAST_LINES);
    if exit.is_ok() && screen.keep_frame {
        terminal::write_patiently(scrollback::last_frame(&screen.app)?.into_bytes());
    }
    let mut unsettled = screen.app.kills.unsettled;
    unsettled.extend((!logged).then(|| "the audit log was not written to its end".to_owned()));
    exit.map(|exit| Left { exit, unsettled })
}

struct Screen {
    app: App,
    canvas: Terminal<Canvas>,
    frames: channel::Sender<Frame>,
    jobs: mpsc::Sender<Job>,
    told: channel::UnboundedReceiver<Msg>,
    pollers: Pollers,
    scribe: Scribe,
    /// When the core wants to hear the time.
    wake: Option<Instant>,
    /// When the next frame is due; nothing has changed: none.
    due: Option<Instant>,
    /// When data was drawn last.
    last_data: Option<Instant>,
    /// The next frame is for data, whatever else it shows.
    data_waits: bool,
    exit: Option<Exit>,
    keep_frame: bool,
}

impl Screen {
    async fn run(&mut self, mut signals: Signals) -> io::Result<Exit> {
        let mut input = input::listen()?;
        loop {
            let (now, due, wake) = (Instant::now(), self.due, self.wake);
            tokio::select! {
                biased;
                asked = signals.next() => self.asked(asked)?,
                msg = input.recv() => match msg {
                    Some(msg) => self.input(msg)?,
                    None => return Ok(Exit::TerminalGone),
                },
                // A frame is drawn only when the writer can take it.
                frame = self.frames.clone().reserve_owned(), if due.is_some_and(|due| due <= now) => {
                    match frame {
                        Ok(slot) => self.draw(slot)?,
                        Err(_) => return Ok(Exit::TerminalGone),
                    }
                }
                msg = self.told.recv() => match msg {
                    Some(msg) => self.data(msg)?,
                    None => return Ok(Exit::TerminalGone),
                },
                () = until(due), if due.is_some_and(|due| due > now) => {}
                () = until(wake), if wake.is_some() => {
                    self.wake = None;
                    self.hear([])?;
                    self.draw_data(Duration::ZERO);
                }
                ended = self.pollers.ended() => return Err(io::Error::other(ended)),
            }
            if let Some(exit) = self.exit {
                return Ok(exit);
            }
        }
    }

    /// A key draws at once.
    fn input(&mut self, msg: Msg) -> io::Result<()> {
        self.hear([msg])?;
        self.due = Some(Instant::now());
        Ok(())
    }

    /// Asks the terminal for its size, and draws everything anew in it.
    fn resize(&mut self) -> io::Result<()> {
        let (columns, lines) = terminal::size()?;
        let size = Size::new(columns, lines);
        self.canvas.backend_mut().resize(size);
        self.canvas.resize(Rect::from((Position::ORIGIN, size)))?;
        self.hear([Msg::Resized(columns, lines)])?;
        self.due = Some(Instant::now());
        Ok(())
    }

    /// Everything that is there is heard before the next frame.
    fn data(&mut self, first: Msg) -> io::Result<()> {
        let mut batch = vec![first];
        while batch.len() < BATCH
            && let Ok(msg) = self.told.try_recv()
        {
            batch.push(msg);
        }
        let patience = batch.iter().filter_map(patience).min();
        self.hear(batch)?;
        if let Some(patience) = patience {
            self.draw_data(patience);
        }
        Ok(())
    }

    /// Data is drawn once enough time has passed since data was drawn last; the first at once.
    /// `patience` waits for what is known to follow.
    fn draw_data(&mut self, patience: Duration) {
        let now = Instant::now();
        let earliest = self.last_data.map_or(now, |last| last + FRAME);
        let due = earliest.max(now + patience);
        self.due = Some(self.due.map_or(due, |sooner| sooner.min(due)));
        self.data_waits = true;
    }

    fn asked(&mut self, asked: Asked) -> io::Result<()> {
        match asked {
            Asked::End(signal) => {
                self.exit = Some(Exit::Signal(signal));
                Ok(())
            }
            Asked::Suspend => self.suspend(),
            Asked::Continued => self.resume(),
            Asked::Resize => self.resize(),
        }
    }

    /// Tells the core the time, then what happened, and does what it asks.
    fn hear(&mut self, msgs: impl IntoIterator<Item = Msg>) -> io::Result<()> {
        let clock = Msg::Clock(clock::now());
        for msg in std::iter::once(clock).chain(msgs) {
            for effect in self.app.update(msg) {
                self.carry_out(effect)?;
            }
        }
        Ok(())
    }

    fn carry_out(&mut self, effect: Effect) -> io::Result<()> {
        match effect {
            // The thread ends only with the program.
            Effect::Arrange(job) => drop(self.jobs.send(*job)),
            Effect::Relist(endpoints) => {
                for endpoint in endpoints {
                    self.pollers.tell(endpoint, Command::Relist);
                }
            }
            Effect::Refresh => self.pollers.tell_all(&Command::Refresh),
            Effect::Pace(interval) => self.pollers.tell_all(&Command::Interval(interval)),
            Effect::Watch(watched) => self.pollers.watch(watched),
            Effect::Survey(is_open) => self.pollers.tell_all(&Command::Survey(is_open)),
            Effect::Sample(shown) => self.pollers.sample(&shown),
            Effect::Kill(order) => self.kill(order),
            Effect::Copy(text) => self.canvas.backend_mut().copy(&text)?,
            Effect::WakeAt(at) => {
                let at = clock::instant(at);
                self.wake = Some(self.wake.map_or(at, |earlier| earlier.min(at)));
            }
            Effect::Repaint => self.canvas.clear()?,
            Effect::Suspend if can_stop() => self.suspend()?,
            Effect::Suspend => self.hear([Msg::CannotSuspend])?,
            Effect::Quit {
                keep_frame,
                unsettled,
            } => {
                self.keep_frame = keep_frame;
                self.exit = Some(if unsettled { Exit::Unsettled } else { Exit::Quit });
            }
        }
        Ok(())
    }

    fn kill(&mut self, order: Order) {
        match order {
            Order::Ask {
                endpoint,
                ticket,
                request,
            } => self.pollers.tell(endpoint, Command::Kill(ticket, request)),
            Order::WriteIntents { ticket, entries } => self.scribe.write_intents(ticket, entries),
            Order::WriteOutcomes(entries) => self.scribe.write_outcomes(entries),
        }
    }

    fn draw(&mut self, slot: channel::OwnedPermit<Frame>) -> io::Result<()> {
        self.due = None;
        if std::mem::take(&mut self.data_waits) {
            self.last_data = Some(Instant::now());
        }
        let app = &self.app;
        let mut shown = Shown::default();
        self.canvas.draw(|frame| shown = view(app, frame))?;
        let bytes = self.canvas.backend_mut().take_frame().unwrap_or_default();
        // A frame without bytes waits in line too: it shows what those before it have yet to show.
        slot.send(Frame {
            bytes,
            drawn: Msg::Drawn(shown),
        });
        Ok(())
    }

    /// To the shell and back. Whoever is stopped cannot take anything back, so it is taken back before.
    fn suspend(&mut self) -> io::Result<()> {
        self.hear([Msg::Suspends])?;
        terminal::leave();
        stop()?;
        self.resume()
    }

    fn resume(&mut self) -> io::Result<()> {
        // Before it hears how late it is: nothing that waited for a time may think that it has come.
        for effect in self.app.update(Msg::Resumed) {
            self.carry_out(effect)?;
        }
        terminal::enter()?;
        self.resize()
    }
}

/// How long the frame for a message may wait; nothing if it needs none. A list comes right behind
/// its dialect, and is shown once it has been put in order: about a millisecond in the usual case.
const fn patience(msg: &Msg) -> Option<Duration> {
    match msg {
        // What is known of connections is told by the next list.
        Msg::Drawn(_) | Msg::Sampled(..) => None,
        Msg::Spoke(..) | Msg::Listed(_) => Some(FRAME),
        _ => Some(Duration::ZERO),
    }
}

async fn until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}
