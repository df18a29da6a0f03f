//! The texts about a session that is closing: in the details, the kill dialog, `show` and bulk kills.
//!
//! Whether a DELETE can still reach it depends on the version: from 24.02 MaxScale finds no closing session by
//! its id (docs/maxscale-api.md). `K` finds that out.

use super::Session;

/// Note that the details offer the KILL of a thread. One that is gone has none.
pub(crate) const COPIES_KILL: &str = " (y copies KILL while the thread exists)";

/// Says when another kill of a closing session has an effect.
pub(crate) const CLOSING_KILL: &str = "; another kill helps only if MaxScale still finds it by its id";

/// Returns that the session is closing and has not finished.
pub(crate) fn closing_text(lasted: Option<&str>) -> String {
    let lasted = lasted.map(|lasted| format!(" for {lasted}")).unwrap_or_default();
    format!("already closing{lasted}: MaxScale was ordered to end it and has not finished")
}

/// Returns what may help: another kill, by this key or command, or the end of its threads. `copy` is a note on how
/// to copy the KILL.
pub(crate) fn closing_step(session: &Session, kill: &str, copy: &str) -> String {
    let threads = end_threads(session, copy);
    format!("{kill} may still help if MaxScale finds it by its id; otherwise {threads}")
}

/// Returns what helps if MaxScale does not find the session by its id.
pub(crate) fn closing_step_without_kill(session: &Session, copy: &str) -> String {
    let threads = end_threads(session, copy);
    format!("it cannot be killed again, because MaxScale no longer finds it by its id (404): {threads}")
}

fn end_threads(session: &Session, copy: &str) -> String {
    match closing_servers(session) {
        Some(servers) => {
            let copy = if session.knows_thread() { copy } else { "" };
            format!("end its threads there. {servers}{copy}")
        }
        None => "look for its threads on the servers and end them there".to_owned(),
    }
}

/// Returns why a closing session cannot be killed: a GET by its id does not find it.
pub(crate) fn closing_refusal() -> String {
    format!(
        "{}; it cannot be killed again, because MaxScale no longer finds it by its id",
        closing_text(None)
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
