//! What comes in: everything that `update` can hear of.
//!
//! What goes out: everything that `update` can ask of the shell.

use std::sync::Arc;
use std::time::Duration;

use super::build_view::{TableView, ViewRequest};
use super::keymap::KeyPress;
use crate::diagnosis::ConnectionSample;
use crate::kill::{self, Order};
use crate::model::{
    Dialect, EndpointId, RequestError, Servers, Services, SessionId, SessionObservation, Snapshot,
};

pub use crate::kill::Ticket;
pub use crate::model::Now;

/// What a frame has shown, as the drawing found it out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FrameReport {
    /// The question that could be answered with Yes.
    pub question: Option<Ticket>,
    /// How far the details can be scrolled, if they were drawn.
    pub detail_end: Option<usize>,
    /// How far the overlay can be scrolled, if one was drawn.
    pub overlay_end: Option<usize>,
}

/// A message.
#[derive(Clone, Debug)]
pub enum Msg {
    /// The time; sent before every batch of other messages, and when a wake is due.
    Clock(Now),
    /// A key.
    Key(KeyPress),
    /// Pasted text: goes to a text input or nowhere, never to the keys.
    Paste(String),
    /// The terminal's size in columns and rows.
    Resized(u16, u16),
    /// A frame has been written to the terminal.
    Drawn(FrameReport),
    /// The dialect was found, or found anew.
    Spoke(EndpointId, Dialect),
    /// A good list.
    Listed(Arc<Snapshot>),
    /// The account that this endpoint is used with may read, and kill no session.
    MayOnlyRead(EndpointId),
    /// The process start of an endpoint has switched back to an earlier one: several proxies answer at
    /// its address.
    SeveralProxies(EndpointId),
    /// A list that did not come.
    ListFailed {
        /// Where.
        endpoint: EndpointId,
        /// Why.
        fault: RequestError,
        /// When it is tried again.
        retry_in: Duration,
    },
    /// The details' session, looked at by itself.
    Seen {
        /// Where.
        endpoint: EndpointId,
        /// Who was asked for.
        id: SessionId,
        /// A 404 is [`RequestError::NotFound`].
        answer: Result<Arc<SessionObservation>, RequestError>,
    },
    /// Looks at the connections of some sessions (draft).
    Sampled(EndpointId, Vec<(SessionId, ConnectionSample)>),
    /// How the servers of an endpoint are doing, asked for while details are open.
    Servers {
        /// Where.
        endpoint: EndpointId,
        /// All of them, or why they are not known.
        answer: Result<Arc<Servers>, RequestError>,
    },
    /// How full the services of an endpoint are, asked for while details or the overview are open.
    Services {
        /// Where.
        endpoint: EndpointId,
        /// All of them, or why they are not known.
        answer: Result<Arc<Services>, RequestError>,
    },
    /// An answer for a kill.
    Kill(kill::KillEvent),
    /// An outcome could not be written to the audit log.
    LogFailed(String),
    /// `arrange` is done.
    Arranged(Arc<TableView>),
    /// The program is about to be stopped.
    Suspends,
    /// The program was stopped and goes on.
    Resumed,
    /// The program ends, by a signal or without its terminal.
    Ends,
    /// The program cannot be stopped: nobody would be there to go on.
    CannotSuspend,
}

/// A request to the world outside.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Put a list in order, beside the drawing thread; answered by `Arranged`.
    Arrange(Box<ViewRequest>),
    /// List all endpoints now; refused credentials are tried once more.
    Refresh,
    /// List these endpoints now, where that is worth a request.
    Relist(Vec<EndpointId>),
    /// From now on, list this often.
    Pace(Duration),
    /// Poll this session's details, and no other; `None` polls none.
    Watch(Option<(EndpointId, SessionId)>),
    /// Poll the services of every endpoint, or no longer, unless the details need them.
    Survey(bool),
    /// These sessions are on the screen: their connections are looked at before those of others.
    Sample(Vec<(EndpointId, SessionId)>),
    /// What a kill orders; answered by `Kill`.
    Kill(Order),
    /// Put a text into the terminal's clipboard.
    Copy(String),
    /// Send `Clock` at this time (since the program began), whatever else happens.
    WakeAt(Duration),
    /// Draw everything anew.
    Repaint,
    /// Stop, as Ctrl-Z asks.
    Suspend,
    /// End the program.
    Quit {
        /// Leave the last frame as text.
        keep_frame: bool,
        /// Something was sent whose end is not known.
        unsettled: bool,
    },
}
