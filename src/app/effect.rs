//! What goes out: everything that `update` can ask of the shell.

use std::time::Duration;

use super::arrange::Job;
use crate::kill::Order;
use crate::model::{EndpointId, SessionId};

/// A request to the world outside.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Put a list in order, beside the drawing thread; answered by `Arranged`.
    Arrange(Box<Job>),
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
