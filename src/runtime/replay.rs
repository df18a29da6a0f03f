//! The thread that plays a recording: it reads the facts, sends them when they are due, and builds the screens of other
//! moments. A second thread finds the events.

mod player;

use std::io;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;

use self::player::Player;
use super::history::{HistoryReply, HistoryThread};
use super::read_ahead::read_ahead;
use crate::app::App;
use crate::app::build_view::ViewQuery;
use crate::app::endpoint::EndpointState;
use crate::app::events::EventScan;
use crate::app::past::{HistoryExtent, Moment};
use crate::app::replay::Replay;
use crate::clock;
use crate::recording::{Recording, RecordingError};

/// Number of facts after which the events that were found are sent.
const SCANNED_FACTS: usize = 200;

/// A recording to show.
#[derive(Clone, Debug)]
pub(crate) struct ReplaySource {
    /// The recording.
    pub recording: Recording,
    /// Its first state on the screen.
    pub state: Replay,
    /// The first moment to show.
    pub start: Duration,
}

impl ReplaySource {
    /// Builds the app of the first moment. `screen` has the settings and no data.
    ///
    /// # Errors
    ///
    /// Returns the error of a fact that cannot be read.
    pub(crate) fn first_app(&self, screen: &App) -> Result<Option<App>, RecordingError> {
        let moment = Moment {
            at: self.start,
            live: clock::now(),
            extent: HistoryExtent::default(),
            session: None,
        };
        let screen = screen.past_screen(None).replaying(self.state.clone());
        let mut facts = self.recording.facts_until(self.start);
        read_ahead(|| facts.next(), |facts| screen.at(moment, facts))
    }
}

/// Starts both threads. They end with the program.
pub(super) fn start(
    source: ReplaySource,
    endpoints: Vec<EndpointState>,
    query: ViewQuery,
    out: UnboundedSender<HistoryReply>,
) -> io::Result<HistoryThread> {
    let recording = source.recording.clone();
    let found = out.clone();
    let scan = EventScan::new(endpoints, query);
    thread::Builder::new()
        .name("events".to_owned())
        .spawn(move || find_events(&recording, scan, &found))?;
    let (sender, queue) = mpsc::channel();
    let mut player = Player::new(source, out);
    thread::Builder::new()
        .name("replay".to_owned())
        .spawn(move || player.run(&queue))?;
    Ok(HistoryThread::new(sender))
}

/// Sends all events of a recording, and then the number of parts that cannot be read.
fn find_events(recording: &Recording, mut scan: EventScan, out: &UnboundedSender<HistoryReply>) {
    let mut events = Vec::new();
    let mut unreadable = 0;
    for (number, fact) in recording.facts().enumerate() {
        match fact {
            Ok(fact) => events.extend(scan.add(fact)),
            Err(_) => unreadable += 1,
        }
        if number % SCANNED_FACTS == 0 && !events.is_empty() {
            let found = std::mem::take(&mut events);
            if out.send(HistoryReply::Happened(found)).is_err() {
                return;
            }
        }
    }
    // The receiver ends only with the program.
    drop(out.send(HistoryReply::Happened(events)));
    drop(out.send(HistoryReply::EventsComplete(unreadable)));
}

#[cfg(test)]
mod tests;
