//! The events: what has changed that an operator wants to know afterwards, each with its time. Newest first.

mod changes;
mod finder;
mod kills;
mod kind;
mod scan;

use std::collections::VecDeque;
use std::time::Duration;

use jiff::Timestamp;

pub use self::finder::EventFinder;
use self::kills::KilledSessions;
pub(crate) use self::kind::EventKind;
pub(crate) use self::scan::EventScan;
use super::App;
use super::keymap::Action;
use super::layout::clamp_scroll;
use super::modal::Modal;
use super::msg::{Effect, Now, Travel};
use crate::model::{EndpointId, Identity};

/// Maximum number of events. The oldest are dropped.
const MAX_EVENTS: usize = 1_000;
/// Time in which the same event of the same subject is counted and not listed again.
const REPEAT_TIME: Duration = Duration::from_mins(5);

/// Subject of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// The endpoint.
    Endpoint,
    /// A server, by its name.
    Server(String),
    /// A session.
    Session(Box<Identity>),
    /// Several sessions, with one of them.
    Sessions(Option<Box<Identity>>),
}

/// Something that has happened.
#[derive(Clone, Debug)]
pub struct Event {
    /// When it was noticed, the last time.
    pub(crate) at: Now,
    /// When it was noticed first, if it happened several times.
    pub(crate) first: Now,
    /// When the trouble began, if that is known.
    pub(crate) since: Option<Timestamp>,
    /// The endpoint.
    pub(crate) endpoint: EndpointId,
    /// Kind of the event.
    pub(crate) kind: EventKind,
    /// Subject of the event.
    pub(crate) subject: Subject,
    /// Subject and details, sanitized.
    pub(crate) text: String,
    /// How often it happened, if the times are close together.
    pub(crate) count: u32,
    /// The kills of the same confirmation that are one line.
    killed: Option<KilledSessions>,
    /// Number of the line, which stays when the event happens again.
    number: u64,
}

impl Event {
    fn new(at: Now, endpoint: EndpointId, kind: EventKind, subject: Subject, text: String) -> Self {
        Self {
            at,
            first: at,
            since: None,
            endpoint,
            kind,
            subject,
            text,
            count: 1,
            killed: None,
            number: 0,
        }
    }

    /// Sets when the trouble began.
    fn since(self, since: Option<Timestamp>) -> Self {
        Self { since, ..self }
    }

    /// Returns the event as a line of its own, also if it is one of several kills.
    pub(crate) fn alone(self) -> Self {
        Self { killed: None, ..self }
    }

    /// Adds an event that belongs to the same line. Returns `false` if it does not.
    fn absorb(&mut self, next: &Self) -> bool {
        let (Some(killed), Some(more)) = (&mut self.killed, &next.killed) else {
            return false;
        };
        let is_added = self.endpoint == next.endpoint && killed.add(more);
        if is_added {
            self.at = next.at;
            self.text = killed.words();
            if let Subject::Session(first) = &self.subject {
                self.subject = Subject::Sessions(Some(first.clone()));
            }
        }
        is_added
    }

    /// Returns the session to show at the moment of the event.
    fn session(&self) -> Option<&Identity> {
        match &self.subject {
            Subject::Session(identity) | Subject::Sessions(Some(identity)) => Some(identity),
            _ => None,
        }
    }

    /// Returns the moment of the event, with its session.
    pub(super) fn travel(&self) -> Travel {
        Travel::To(self.at.elapsed, self.session().cloned().map(Box::new))
    }

    /// Whether another event is the same one, soon after.
    fn is_repeated_by(&self, next: &Self) -> bool {
        let is_soon = next.at.elapsed.saturating_sub(self.at.elapsed) < REPEAT_TIME;
        let is_single = !matches!(self.subject, Subject::Sessions(_));
        let is_same = self.kind.is_same_line(next.kind) && self.endpoint == next.endpoint;
        is_soon && is_single && is_same && self.subject == next.subject
    }
}

/// The events, newest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct EventList {
    events: VecDeque<Event>,
    last_number: u64,
    /// Whether a recording was searched to its end.
    pub(super) is_complete: bool,
}

impl EventList {
    /// Adds an event. One that repeats takes the place of the earlier one, with a count.
    pub(crate) fn push(&mut self, mut event: Event) {
        if self.events.iter_mut().any(|known| known.absorb(&event)) {
            return;
        }
        let earlier = self.events.iter().position(|known| known.is_repeated_by(&event));
        if let Some(known) = earlier.and_then(|place| self.events.remove(place)) {
            event.count = known.count.saturating_add(1);
            event.number = known.number;
            event.first = known.first;
        } else {
            self.last_number += 1;
            event.number = self.last_number;
        }
        self.events.push_front(event);
        self.events.truncate(MAX_EVENTS);
    }

    /// Returns the number of lines.
    pub(crate) fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether nothing has happened.
    pub(crate) fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// Returns the lines from a position on.
    pub(crate) fn from(&self, position: usize) -> impl Iterator<Item = &Event> {
        self.events.iter().skip(position)
    }

    fn position(&self, number: u64) -> Option<usize> {
        self.events.iter().position(|event| event.number == number)
    }
}

/// State of the open log.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct EventPane {
    /// Number of the chosen line; `None` for the newest one.
    chosen: Option<u64>,
    /// Position of the first line on the screen.
    top: usize,
}

impl EventPane {
    /// Returns the position of the chosen line.
    pub(crate) fn position(&self, events: &EventList) -> usize {
        let position = self.chosen.and_then(|number| events.position(number));
        position.unwrap_or_default()
    }

    /// Returns the position of the first line in a window of this height.
    pub(crate) fn first(&self, events: &EventList, height: usize) -> usize {
        clamp_scroll(self.top, self.position(events), events.len(), height)
    }
}

/// Lines of the screen without events: the border, the headings, and the two lines at the foot of the screen.
const FRAME_LINES: u16 = 5;
/// Lines for the whole text of the chosen event, and the height of the screen from which they are shown. The
/// narrower the screen, the more of a text is cut.
const TEXT_LINES: u16 = 2;
const TEXT_LINES_IF_NARROW: u16 = 3;
const NARROW: u16 = 80;
const HEIGHT_WITH_TEXT: u16 = 12;

impl App {
    /// Returns the number of events on the screen.
    pub(crate) fn event_page(&self) -> usize {
        let frame = FRAME_LINES + self.event_text_lines();
        usize::from(self.size.1.saturating_sub(frame)).max(1)
    }

    /// Returns the number of lines below the events that show the whole text of the chosen one.
    pub(crate) const fn event_text_lines(&self) -> u16 {
        if self.size.1 < HEIGHT_WITH_TEXT {
            0
        } else if self.size.0 < NARROW {
            TEXT_LINES_IF_NARROW
        } else {
            TEXT_LINES
        }
    }

    /// Handles events that were found.
    pub(super) fn on_events(&mut self, events: Vec<Event>) {
        for event in events {
            self.events.push(event);
        }
    }

    /// Handles a key in the log.
    pub(super) fn events_key(&mut self, action: Action) {
        let page = isize::try_from(self.event_page()).unwrap_or(isize::MAX);
        match action {
            Action::Move(lines) => self.step_event(lines),
            Action::Page(pages) => self.step_event(pages.saturating_mul(page)),
            Action::First => self.step_event(isize::MIN),
            Action::Last => self.step_event(isize::MAX),
            Action::Open => self.open_event(),
            action => self.act(action),
        }
    }

    fn step_event(&mut self, by: isize) {
        let height = self.event_page();
        let Modal::Events(pane) = &mut self.modal else {
            return;
        };
        let last = self.events.len().saturating_sub(1);
        let position = pane.position(&self.events).saturating_add_signed(by).min(last);
        let chosen = self.events.from(position).next();
        pane.chosen = chosen.filter(|_| position > 0).map(|event| event.number);
        pane.top = clamp_scroll(pane.top, position, self.events.len(), height);
    }

    /// Enter in the log: shows the moment of the event, with its session.
    fn open_event(&mut self) {
        let Modal::Events(pane) = &self.modal else {
            return;
        };
        let chosen = self.events.from(pane.position(&self.events)).next();
        if let Some(event) = chosen {
            let travel = event.travel();
            self.modal.close();
            self.outbox.push(Effect::Travel(travel));
        }
    }
}
