//! Errors of a server as values.

use crate::model::{ServerAccessFault, Text, TextLimit};

/// Kind of a server error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    WrongPassword,
    NoPrivilege,
    TooManyConnections,
    Cut,
    Ended,
    /// The connection to the server has ended, or cannot be made.
    NoConnection,
}

/// Error numbers of MariaDB, and from 2000 of its client library.
const KINDS: [(u32, Kind); 23] = [
    (1045, Kind::WrongPassword),
    (1698, Kind::WrongPassword),
    (1862, Kind::WrongPassword),
    (4151, Kind::WrongPassword),
    (1044, Kind::NoPrivilege),
    (1095, Kind::NoPrivilege),
    (1142, Kind::NoPrivilege),
    (1227, Kind::NoPrivilege),
    (1979, Kind::NoPrivilege),
    (1040, Kind::TooManyConnections),
    (1203, Kind::TooManyConnections),
    (1226, Kind::TooManyConnections),
    (1969, Kind::Cut),
    (1957, Kind::Ended),
    (1053, Kind::NoConnection),
    (1129, Kind::NoConnection),
    (1130, Kind::NoConnection),
    (1927, Kind::NoConnection),
    (2002, Kind::NoConnection),
    (2003, Kind::NoConnection),
    (2005, Kind::NoConnection),
    (2006, Kind::NoConnection),
    (2013, Kind::NoConnection),
];

fn kind(errno: u32) -> Option<Kind> {
    KINDS
        .iter()
        .find(|(known, _)| *known == errno)
        .map(|(_, kind)| *kind)
}

fn fault(errno: u32, message: Text, without_connection: ServerAccessFault) -> ServerAccessFault {
    match kind(errno) {
        Some(Kind::WrongPassword) => ServerAccessFault::WrongPassword(message),
        Some(Kind::NoPrivilege) => ServerAccessFault::NoPrivilege(message),
        Some(Kind::TooManyConnections) => ServerAccessFault::TooManyConnections(message),
        Some(Kind::Cut) => ServerAccessFault::Cut,
        Some(Kind::Ended) => ServerAccessFault::Ended,
        Some(Kind::NoConnection) => without_connection,
        None => ServerAccessFault::Statement { errno, message },
    }
}

/// Converts the error of a statement.
pub fn fault_of_errno(errno: u32, message: Text) -> ServerAccessFault {
    fault(errno, message, ServerAccessFault::Lost)
}

/// Converts MaxScale's message about a connection that it could not open: `… failed. Error 1045: Access …`.
///
/// Returns `None` if it has no error number.
pub fn fault_of_connect(detail: &str) -> Option<ServerAccessFault> {
    let rest = detail.split_once("Error ")?.1;
    let end = rest.find(|c: char| !c.is_ascii_digit())?;
    let errno = rest.get(..end)?.parse().ok()?;
    let message = rest.get(end..)?.trim_start_matches(':').trim();
    let message = Text::clean(message, TextLimit::Line);
    Some(fault(
        errno,
        message.clone(),
        ServerAccessFault::ServerDown(message),
    ))
}
