//! The next step for the user after each kind of evidence: on the screen it names keys, in the output of a command other
//! commands.

use super::{Evidence, name};
use crate::model::{COPIES_KILL, LockHolder, Session, SessionId, SessionWait, Text, closing_step};

/// Place that a next step is shown in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StepFor<'a> {
    /// On the screen, which has keys.
    Screen,
    /// In the output of a command.
    Output {
        /// URL of the session's endpoint. The commands name it: another proxy has the same ids.
        url: &'a str,
        /// Options of this run that the commands need too, each after a blank.
        options: &'a str,
        /// Whether the locks of its servers are read.
        reads_locks: bool,
    },
}

/// An action of a next step.
#[derive(Clone, Copy)]
enum Means {
    /// Kills a session.
    Kill(SessionId),
    /// Shows which sessions wait for which.
    Waits,
    /// Shows what a session waits for, and what its holder does.
    Chain(SessionId),
}

impl Means {
    /// Returns the key or the command.
    fn words(self, place: StepFor<'_>) -> String {
        match (place, self) {
            (StepFor::Screen, Self::Kill(_)) => "K".to_owned(),
            (StepFor::Screen, Self::Waits | Self::Chain(_)) => "b".to_owned(),
            (StepFor::Output { url, options, .. }, Self::Kill(id)) => {
                format!("'maxtop kill -e {url}{options} {id}'")
            }
            (StepFor::Output { url, options, .. }, Self::Waits) => {
                format!("'maxtop list -e {url}{options} -f \"waits>=0s\"'")
            }
            (StepFor::Output { url, options, .. }, Self::Chain(id)) => {
                format!("'maxtop show -e {url}{options} {id}'")
            }
        }
    }
}

/// Returns the next step.
pub(super) fn next_step(evidence: &Evidence, session: &Session, place: StepFor<'_>) -> String {
    let client = session.client();
    let kill = Means::Kill(session.id).words(place);
    let waits = Means::Waits.words(place);
    match evidence {
        Evidence::Earlier { evidence, .. } => next_step(evidence, session, place),
        Evidence::Blocks { count, idle, .. } => {
            let frees = match count {
                1 => "1 session continues".to_owned(),
                count => format!("{count} sessions continue"),
            };
            // A statement that runs keeps the locks until it has ended.
            let when = if idle.is_none() {
                " when its statement ends"
            } else {
                ""
            };
            let which = match place {
                StepFor::Screen => format!("{waits} shows which"),
                // No filter selects those that wait for one session.
                StepFor::Output { .. } => "TRANSACTION below lists them".to_owned(),
            };
            format!("contact {client}, or kill it ({kill}): {frees}{when}; {which}")
        }
        Evidence::LockWait { server, wait, .. } => lock_wait(server, wait, place),
        Evidence::OpenTransaction { .. } | Evidence::Transaction(_) => {
            format!("contact {client} for a COMMIT; {kill} kills the session and rolls back")
        }
        Evidence::Query { .. } => {
            let copy = on_screen(place, ", y copies the KILL for its server");
            let copy = if session.knows_thread() { copy } else { "" };
            format!("read the statement below; {kill} kills the session{copy}")
        }
        Evidence::Silent(_) => {
            let how = match place {
                StepFor::Output {
                    reads_locks: false, ..
                } => "needs sql-user",
                _ => &waits,
            };
            format!("check for locks ({how}) and the load of its servers")
        }
        Evidence::NoBackend(_) => match &session.service {
            Some(service) => format!("check the servers of {service}: down, in maintenance or full?"),
            None => "check the servers of its service: down, in maintenance or full?".to_owned(),
        },
        Evidence::Idle { .. } => {
            format!("check with {client} whether it is still needed; {kill} frees its connections")
        }
        Evidence::Closing(_) => closing_step(session, &kill, on_screen(place, COPIES_KILL)),
        Evidence::Login(_) => format!("check the network and the login of {client}"),
        Evidence::History { .. } => "a new connection of the client starts with an empty history".to_owned(),
        Evidence::Memory { .. } => "MEMORY below names the part that is large".to_owned(),
        Evidence::WriteQueue { server: None, .. } => {
            format!("check {client}: is it busy, or its network slow?")
        }
        Evidence::HighWater { server, .. }
        | Evidence::WriteQueue { server, .. }
        | Evidence::Buffering { server, .. } => {
            let server = name(server.as_ref());
            format!("check {client} and the load of {server}: which one is slow?")
        }
    }
}

/// Returns the next step for a session that waits for a lock.
fn lock_wait(server: &Text, wait: &SessionWait, place: StepFor<'_>) -> String {
    let waits = Means::Waits.words(place);
    match (&wait.blocker, wait.is_likely) {
        (Some(LockHolder::Session { id, .. }), false) => {
            let chain = Means::Chain(*id).words(place);
            let kill = match place {
                StepFor::Screen => format!("a kill of {id}"),
                StepFor::Output { .. } => Means::Kill(*id).words(place),
            };
            let what = if place == StepFor::Screen {
                "the chain"
            } else {
                "the holder"
            };
            format!("{chain} shows {what}; {kill} frees this session too")
        }
        (Some(LockHolder::EndedSession { id, thread }), false) => {
            let rest = match place {
                StepFor::Screen => format!("{waits} shows thread {thread} if it stays"),
                StepFor::Output { .. } => format!("inspect thread {thread} there if it stays"),
            };
            format!("nothing to do yet: session {id} has ended, and {server} frees its locks soon; {rest}")
        }
        (Some(LockHolder::Thread(id)), false) => match place {
            StepFor::Screen => format!("b shows thread {id}; y copies its KILL there"),
            StepFor::Output { .. } => {
                format!("inspect thread {id} on {server}: no session of this proxy has it")
            }
        },
        _ => match place {
            StepFor::Screen => "b shows what is known about the lock".to_owned(),
            StepFor::Output { .. } => format!("{waits} lists all that wait"),
        },
    }
}

/// Returns a text that is shown on the screen only.
fn on_screen<'t>(place: StepFor<'_>, text: &'t str) -> &'t str {
    if place == StepFor::Screen { text } else { "" }
}
