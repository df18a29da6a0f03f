//! The thread that keeps the history: what was fetched in the last minutes. It builds the screens of past moments, so
//! that the drawing thread does not wait.

use std::io;
use std::sync::Arc;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use jiff::tz::TimeZone;
use tokio::sync::mpsc::UnboundedSender;

use super::read_ahead::read_ahead;
use crate::app::App;
use crate::app::build_view::{TableView, ViewRequest, build_view};
use crate::app::calculation::{Calculated, Calculation};
use crate::app::events::{Event, EventFinder};
use crate::app::msg::{Now, Travel};
use crate::app::past::{HistoryExtent, Moment, PastScreen};
use crate::model::Identity;
use crate::recording::{Fact, History};

/// Length of a step by minutes.
const MINUTE: Duration = Duration::from_mins(1);

/// Limits of the history.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HistoryLimits {
    /// Time that it covers. Zero for no history.
    pub span: Duration,
    /// Maximum size in bytes. Zero for no history.
    pub bytes: usize,
}

/// A request for another moment.
pub(super) struct TravelRequest {
    /// The moment, from the one that was requested before.
    pub travel: Travel,
    /// Parts of the screen that the moment is shown with.
    pub screen: PastScreen,
    /// The present time.
    pub live: Now,
    /// Number of the request.
    pub number: u64,
}

/// Input of the thread.
pub(super) enum HistoryCommand {
    /// Add a fact.
    Fact(Fact),
    /// Find the events in a new view of the live table.
    View(Arc<TableView>, Now),
    /// Show another moment.
    Travel(Box<TravelRequest>),
    /// The live screen is shown: the next request starts from the present.
    Live,
    /// Build a table view of the moment with this number.
    Arrange(Box<ViewRequest>, u64),
    /// Run a calculation for the moment with this number.
    Calculate(Box<Calculation>, u64),
    /// Free an app that is no longer shown.
    Free(Box<App>),
    /// Play the recording at this speed; `None` pauses it.
    Play(Option<u32>),
}

/// Output of the thread. Numbers are those of the requests.
pub(super) enum HistoryReply {
    /// The app of a moment.
    Shown(Box<App>, u64),
    /// A table view of the moment.
    Arranged(Arc<TableView>, u64),
    /// The result of a calculation for the moment.
    Calculated(Box<Calculated>, u64),
    /// Why the requested moment cannot be shown.
    Refused(String, u64),
    /// Events that were found.
    Happened(Vec<Event>),
    /// The history has ended with this error.
    Failed(String),
    /// Facts of a recording that are due, and the time that is reached.
    Played(Vec<Fact>, Now, u64),
    /// The end of the recording is reached.
    PlayEnded,
    /// All events of the recording are found, except those of this many parts that cannot be read.
    EventsComplete(usize),
}

/// The thread. It ends with the program.
pub(super) struct HistoryThread(mpsc::Sender<HistoryCommand>);

impl HistoryThread {
    /// Returns the thread that receives these commands.
    pub(super) const fn new(commands: mpsc::Sender<HistoryCommand>) -> Self {
        Self(commands)
    }

    /// Sends a command.
    pub(super) fn send(&self, command: HistoryCommand) {
        // The thread ends only with the program.
        drop(self.0.send(command));
    }
}

/// Starts the thread.
pub(super) fn start(
    endpoints: usize,
    limits: HistoryLimits,
    out: UnboundedSender<HistoryReply>,
) -> io::Result<HistoryThread> {
    let is_on = limits.bytes > 0 && !limits.span.is_zero();
    let history = if is_on {
        Ok(History::new(endpoints, limits.bytes, limits.span).map_err(io::Error::other)?)
    } else {
        Err("the history is off: history-span and history-memory turn it on".to_owned())
    };
    let (sender, queue) = mpsc::channel();
    let mut keeper = Keeper {
        history,
        shown: None,
        finder: EventFinder::default(),
        out,
    };
    thread::Builder::new().name("history".to_owned()).spawn(move || {
        while let Ok(command) = queue.recv() {
            let commands: Vec<_> = std::iter::once(command).chain(queue.try_iter()).collect();
            keeper.handle(commands);
        }
    })?;
    Ok(HistoryThread::new(sender))
}

/// State of the thread.
struct Keeper {
    /// The history, or why there is none.
    history: Result<History, String>,
    /// The moment that was requested last; `None` if the live screen is shown.
    shown: Option<Duration>,
    finder: EventFinder,
    out: UnboundedSender<HistoryReply>,
}

impl Keeper {
    /// Handles all waiting commands. Of several requests for a moment, only the last one is built.
    fn handle(&mut self, commands: Vec<HistoryCommand>) {
        let mut open: Option<Box<TravelRequest>> = None;
        let mut chosen = None;
        for command in commands {
            match command {
                HistoryCommand::Fact(fact) => self.add(&fact),
                HistoryCommand::Arrange(job, number) => {
                    self.reply(HistoryReply::Arranged(Arc::new(build_view(*job)), number));
                }
                HistoryCommand::View(view, at) => {
                    let events = self.finder.in_view(&view, at);
                    self.happened(events);
                }
                HistoryCommand::Calculate(calculation, number) => {
                    if let Some(calculated) = calculation.run() {
                        self.reply(HistoryReply::Calculated(Box::new(calculated), number));
                    }
                }
                HistoryCommand::Free(app) => drop(app),
                // Only a recording is played.
                HistoryCommand::Play(_) => {}
                HistoryCommand::Live => (self.shown, open) = (None, None),
                HistoryCommand::Travel(request) => match self.moment(&request) {
                    Ok((moment, session)) => {
                        self.shown = Some(moment);
                        chosen = session;
                        open = Some(request);
                    }
                    // An earlier request of the same batch is built.
                    Err(_) if open.is_some() => {
                        if let Some(open) = &mut open {
                            open.number = request.number;
                        }
                    }
                    Err(why) => self.reply(HistoryReply::Refused(why, request.number)),
                },
            }
        }
        if let (Some(request), Some(moment)) = (open, self.shown) {
            self.show(*request, moment, chosen.as_deref());
        }
    }

    fn reply(&self, reply: HistoryReply) {
        // The receiver ends only with the program.
        drop(self.out.send(reply));
    }

    fn happened(&self, events: Vec<Event>) {
        if !events.is_empty() {
            self.reply(HistoryReply::Happened(events));
        }
    }

    fn add(&mut self, fact: &Fact) {
        let events = self.finder.in_fact(fact);
        self.happened(events);
        if let Ok(history) = &mut self.history
            && let Err(error) = history.push(fact)
        {
            let why = format!("the history has ended: {error}");
            self.history = Err(why.clone());
            self.reply(HistoryReply::Failed(why));
        }
    }

    /// Returns the requested moment and session, or why there is none.
    fn moment(&self, request: &TravelRequest) -> Result<(Duration, Option<Box<Identity>>), String> {
        let history = self.history.as_ref().map_err(Clone::clone)?;
        let Some((from, to)) = history.span() else {
            return Err("there is no history yet".to_owned());
        };
        let at_start = || {
            format!(
                "the history starts here, at {}",
                clock_text(from, request.screen.zone())
            )
        };
        let at_end = || "this is the newest list; L for live".to_owned();
        let is_live = self.shown.is_none();
        let here = self.shown.unwrap_or(to.elapsed);
        let found = match &request.travel {
            Travel::To(moment, session) => {
                let is_kept = *moment >= from.elapsed;
                let found = is_kept.then(|| (*moment, session.clone()));
                return found.ok_or_else(|| {
                    let start = clock_text(from, request.screen.zone());
                    format!("the history starts later, at {start}")
                });
            }
            Travel::Lists(lists) => {
                let is_forward = *lists > 0;
                // The live screen shows the last list.
                let here = if is_live {
                    history
                        .step(here + Duration::from_nanos(1), false)
                        .unwrap_or(here)
                } else {
                    here
                };
                let step = |at: Option<Duration>, _| history.step(at?, is_forward);
                (0..lists.unsigned_abs()).fold(Some(here), step)
            }
            Travel::Minutes(minutes) => {
                let span = MINUTE * u32::try_from(minutes.unsigned_abs()).unwrap_or(u32::MAX);
                let there = if *minutes > 0 {
                    (here + span).min(to.elapsed)
                } else {
                    // Before the first list there is nothing to see.
                    let just_before = from.elapsed.saturating_sub(Duration::from_nanos(1));
                    let first = history.step(just_before, true).unwrap_or(from.elapsed);
                    here.saturating_sub(span).max(first.min(here))
                };
                (there != here).then_some(there)
            }
            Travel::Live | Travel::Time(_) => None,
        };
        let is_forward = matches!(request.travel, Travel::Lists(1..) | Travel::Minutes(1..));
        found
            .map(|moment| (moment, None))
            .ok_or_else(|| if is_forward { at_end() } else { at_start() })
    }

    /// Builds the app of a moment.
    fn show(&mut self, request: TravelRequest, moment: Duration, session: Option<&Identity>) {
        let Ok(history) = &self.history else { return };
        let extent = HistoryExtent {
            from: history.span().map_or_else(Now::default, |(from, _)| from),
            bytes: history.bytes(),
        };
        let mut facts = history.facts_until(moment);
        let moment = Moment {
            at: moment,
            live: request.live,
            extent,
            session,
        };
        let built = read_ahead(|| facts.next(), |facts| request.screen.at(moment, facts));
        let reply = match built {
            Ok(Some(app)) => HistoryReply::Shown(Box::new(app), request.number),
            Ok(None) => HistoryReply::Refused("nothing is known of that moment".to_owned(), request.number),
            Err(error) => {
                HistoryReply::Refused(format!("this moment cannot be shown: {error}"), request.number)
            }
        };
        self.reply(reply);
    }
}

/// Formats a time of day.
fn clock_text(at: Now, zone: &TimeZone) -> String {
    at.wall
        .to_zoned_datetime(zone.clone())
        .strftime("%H:%M:%S")
        .to_string()
}
