//! Messages: the input of `update`.
//!
//! Effects: its output.

use std::sync::Arc;
use std::time::Duration;

use super::build_view::{TableView, ViewRequest};
use super::calculation::{Calculated, Calculation};
use super::events::Event;
use super::keymap::KeyPress;
use super::mouse::{ClickableLine, HintPlace, MouseEvent};
use super::recording::RecordingMsg;
use super::saving::{SaveResult, SavedSettings, SettingChange};
use super::screen_file::{ScreenData, ScreenFileResult};
use super::theme::Background;
use crate::diagnosis::ConnectionSample;
use crate::kill::{self, Order};
use crate::model::{
    Dialect, EndpointId, Identity, RequestError, RowKey, ServerReport, Servers, Services, SessionId,
    SessionObservation, Snapshot,
};
use crate::recording::RecordingTime;

pub use crate::kill::Ticket;
pub use crate::model::Now;

/// Facts that only the drawing of a frame determines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FrameReport {
    /// Places of the hints.
    pub hints: Vec<HintPlace>,
    /// Lines with an effect of clicks.
    pub lines: Vec<ClickableLine>,
    /// The dialog whose Yes was fully visible.
    pub question: Option<Ticket>,
    /// Maximum scroll offset of the kill dialog, if it was drawn.
    pub dialog_end: Option<usize>,
    /// Maximum scroll offset of the details, if they were drawn.
    pub detail_end: Option<usize>,
    /// Number of lines of the view of blockers that list threads, if it was drawn with some.
    pub blocker_lines: Option<usize>,
    /// Maximum scroll offset of the overlay, if one was drawn.
    pub overlay_end: Option<usize>,
}

/// A message about a past moment.
#[derive(Clone, Debug)]
pub enum PastMsg {
    /// The present time, for the app that shows a past moment.
    LiveTime(Now),
    /// Sent to the live app when the user returns to it, with the session under the cursor.
    Returned(Option<RowKey>),
    /// The moment cannot be shown, for this reason.
    Refused(String),
    /// The end of the recording was reached while it was playing.
    PlayEnded,
    /// All events of the recording are found, except those of this many parts that cannot be read.
    EventsComplete(usize),
}

/// Another moment to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Travel {
    /// This number of lists later, or earlier.
    Lists(isize),
    /// This number of minutes later, or earlier.
    Minutes(isize),
    /// The present.
    Live,
    /// This time of the recording.
    Time(RecordingTime),
    /// This moment since the program started, with the cursor on a session.
    To(Duration, Option<Box<Identity>>),
}

/// A message.
#[derive(Clone, Debug)]
pub enum Msg {
    /// The time. Sent before every batch of other messages, and when a wake-up is due.
    Clock(Now),
    /// A key press.
    Key(KeyPress),
    /// An event of the mouse.
    Mouse(MouseEvent),
    /// Pasted text: goes to a text input or is ignored, never treated as keys.
    Paste(String),
    /// A paste was longer than is kept, or its end did not arrive in time: nothing of it is used.
    PasteDropped,
    /// The terminal's size in columns and rows.
    Resized(u16, u16),
    /// Background of the terminal, as it replied. Unknown: it cannot reply.
    Background(Background),
    /// Sent when a frame has been written to the terminal.
    Drawn(FrameReport),
    /// A message about a past moment.
    Past(PastMsg),
    /// A message about the recording beside the screen.
    Recording(RecordingMsg),
    /// Events that were found.
    Happened(Vec<Event>),
    /// Quit, by a key on another screen than this one.
    Quit {
        /// Whether to leave the last frame as text.
        keep_frame: bool,
    },
    /// Sent when the dialect is detected, and when it changes.
    DialectDetected(EndpointId, Dialect),
    /// A new snapshot.
    Listed(Arc<Snapshot>),
    /// The last snapshot with rows that were read one by one after it.
    RowsRead(Arc<Snapshot>),
    /// Sent if the account used with this endpoint may read, but kill no session.
    MayOnlyRead(EndpointId),
    /// The process start of an endpoint has switched back to an earlier one: several proxies answer at
    /// its address.
    SeveralProxies(EndpointId),
    /// A failed poll.
    ListFailed {
        /// The endpoint.
        endpoint: EndpointId,
        /// Cause of the failure.
        fault: RequestError,
        /// Time until the request is retried.
        retry_in: Duration,
    },
    /// The reply to a poll of the details.
    Seen {
        /// The endpoint.
        endpoint: EndpointId,
        /// The requested session.
        id: SessionId,
        /// A 404 is [`RequestError::NotFound`].
        answer: Result<Arc<SessionObservation>, RequestError>,
    },
    /// Samples of the connections of some sessions (draft).
    Sampled(EndpointId, Vec<(SessionId, ConnectionSample)>),
    /// The connections of a session could not be read (draft).
    SamplingFailed {
        /// The endpoint.
        endpoint: EndpointId,
        /// Cause of the failure.
        fault: RequestError,
    },
    /// States of the servers of an endpoint.
    Servers {
        /// The endpoint.
        endpoint: EndpointId,
        /// All servers, or why they are unknown.
        answer: Result<Arc<Servers>, RequestError>,
    },
    /// Load of the services of an endpoint.
    Services {
        /// The endpoint.
        endpoint: EndpointId,
        /// All services, or why their load is unknown.
        answer: Result<Arc<Services>, RequestError>,
    },
    /// One round of statements at a server of an endpoint.
    ServerAccess {
        /// The endpoint.
        endpoint: EndpointId,
        /// The round.
        report: Arc<ServerReport>,
    },
    /// A reply for a kill.
    Kill(kill::KillEvent),
    /// An outcome could not be written to the audit log.
    LogFailed(String),
    /// Result of saving settings.
    Saved(SaveResult),
    /// Result of writing the screen to files.
    ScreenWritten(ScreenFileResult),
    /// A finished table view.
    Arranged(Arc<TableView>),
    /// The result of a calculation.
    Calculated(Box<Calculated>),
    /// The program is about to be suspended.
    Suspends,
    /// The program was suspended and continues.
    Resumed,
    /// The program exits, for any cause.
    Ends,
    /// The program cannot be suspended: no shell could resume it.
    CannotSuspend,
}

impl Msg {
    /// Returns the endpoint whose state the message changes; `None` if it is about no single one.
    pub(super) fn endpoint(&self) -> Option<EndpointId> {
        match self {
            Self::Listed(snapshot) | Self::RowsRead(snapshot) => Some(snapshot.endpoint),
            Self::DialectDetected(endpoint, _)
            | Self::MayOnlyRead(endpoint)
            | Self::SeveralProxies(endpoint)
            | Self::Sampled(endpoint, _)
            | Self::SamplingFailed { endpoint, .. }
            | Self::ListFailed { endpoint, .. }
            | Self::Seen { endpoint, .. }
            | Self::Servers { endpoint, .. }
            | Self::Services { endpoint, .. }
            | Self::ServerAccess { endpoint, .. } => Some(*endpoint),
            _ => None,
        }
    }
}

/// A request to the shell.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Build a table view off the drawing thread; answered by `Arranged`.
    Arrange(Box<ViewRequest>),
    /// Run a calculation off the drawing thread; answered by `Calculated`.
    Calculate(Box<Calculation>),
    /// Show another moment.
    Travel(Travel),
    /// Play the recording at this speed; `None` pauses it.
    Play(Option<u32>),
    /// Start a recording beside the screen, or finish it.
    Record(bool),
    /// List all endpoints now. Rejected credentials are tried once more.
    Refresh,
    /// List these endpoints now, if the request is not too expensive.
    Relist(Vec<EndpointId>),
    /// Change the interval between polls.
    Pace(Duration),
    /// Poll this session's details and no other; `None` polls none.
    Watch(Option<(EndpointId, SessionId)>),
    /// Read these sessions first, because they are on the screen or stuck.
    Prioritize(Vec<(EndpointId, SessionId)>),
    /// An order of a kill; answered by `Kill`.
    Kill(Order),
    /// Save settings to the configuration file; answered by `Saved`.
    Save {
        /// The settings.
        settings: SavedSettings,
        /// The values that the user has confirmed; `None` to find out what would be written.
        confirmed: Option<Vec<SettingChange>>,
    },
    /// Write the screen and its data to files; answered by `ScreenWritten`.
    WriteScreen(Box<ScreenData>),
    /// Put a text into the terminal's clipboard.
    Copy(String),
    /// Ring the terminal's bell once.
    Bell,
    /// Set the terminal's title. The text is sanitized.
    Title(String),
    /// Send `Clock` at this time (since the program began) at the latest.
    WakeAt(Duration),
    /// Redraw the screen.
    Repaint,
    /// Suspend the program after Ctrl-Z.
    Suspend,
    /// Exit the program.
    Quit {
        /// Whether to leave the last frame as text.
        keep_frame: bool,
        /// Whether a DELETE was sent whose outcome is unknown.
        unsettled: bool,
    },
}
