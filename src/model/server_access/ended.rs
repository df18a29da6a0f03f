//! Threads of sessions that have ended. Their statements and transactions may continue at the server.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

use super::super::{Session, SessionId, Text};
use super::{EndpointLocks, ServerReport, ServerReports};

/// A thread of a session that is no longer listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndedThread {
    /// Id of the session.
    pub session: SessionId,
    /// User and address of the session.
    pub client: String,
    /// User of the session.
    pub user: Option<Text>,
    /// Time of the first list without the session.
    pub ended_at: Timestamp,
}

/// Threads of ended sessions, by server and the low 32 bits of the thread id.
pub(super) type EndedThreads = BTreeMap<(Text, u32), EndedThread>;

/// Returns the threads of sessions that were listed before and have ended since, if their servers still report
/// them, or have not been read since. `before` has the earlier locks and session list.
pub(super) fn ended_threads(
    before: (&EndpointLocks, &[Session]),
    reports: &ServerReports,
    sessions: &[Session],
    at: Timestamp,
) -> EndedThreads {
    let (locks, listed) = before;
    let mut running = BTreeSet::new();
    for (server, report) in reports {
        let activity = report.activity.as_ref().ok();
        let threads = activity.into_iter().flat_map(|activity| &activity.threads.rows);
        running.extend(threads.map(|thread| (server, low_bits(thread.id))));
    }
    let mut ended = locks.ended.clone();
    ended.retain(|(server, thread), one| {
        let is_unread =
            |report: &Arc<ServerReport>| report.activity.is_err() || report.taken_at < one.ended_at;
        running.contains(&(server, *thread)) || reports.get(server).is_some_and(is_unread)
    });
    // A report from before the end may lack a thread that is new. Without reports nothing is added.
    let may_follow = |report: &Arc<ServerReport>| {
        report.activity.is_ok() && report.taken_at < at && !report.is_outdated_at(at)
    };
    let mut now = sessions.iter().peekable();
    for session in listed {
        while now.next_if(|other| other.id < session.id).is_some() {}
        let is_same = |other: &&Session| other.id == session.id && other.connected == session.connected;
        if now.peek().is_some_and(is_same) {
            continue;
        }
        for connection in session.server_connections().unwrap_or_default() {
            let thread = connection.thread_id.unwrap_or_default();
            let server = &connection.server;
            let may_run = running.contains(&(server, thread)) || reports.get(server).is_some_and(may_follow);
            if thread == 0 || !may_run {
                continue;
            }
            let one = EndedThread {
                session: session.id,
                client: session.client(),
                user: session.user.clone(),
                ended_at: at,
            };
            ended.insert((connection.server.clone(), thread), one);
        }
    }
    ended
}

/// Returns the part of a thread id that the admin API reports.
pub(super) fn low_bits(id: u64) -> u32 {
    u32::try_from(id & u64::from(u32::MAX)).unwrap_or_default()
}
