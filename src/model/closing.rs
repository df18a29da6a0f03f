//! The one text about a session that is closing: in the details, the kill dialog, `show` and bulk kills.

use super::{Session, Span};

/// Returns that the session is closing and that nothing more can be done.
pub(crate) fn closing_text(lasted: Option<Span>) -> String {
    let lasted = lasted.map(|lasted| format!(" for {lasted}")).unwrap_or_default();
    format!(
        "already closing{lasted}: MaxScale was ordered to end it and has not finished; maxtop can do nothing more"
    )
}

/// Returns the servers and threads of a session: `Its servers: db-01 #221, db-02 #222`. `None` without
/// known servers.
pub(crate) fn closing_servers(session: &Session) -> Option<String> {
    let connections = session.server_connections()?.iter();
    let names = connections.map(|connection| match connection.thread_id {
        Some(thread) => format!("{} #{thread}", connection.server),
        None => connection.server.to_string(),
    });
    let names: Vec<_> = names.collect();
    (!names.is_empty()).then(|| format!("Its servers: {}", names.join(", ")))
}
