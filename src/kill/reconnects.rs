//! Detects new sessions of a client within 5 s after a session of it was killed. Another kill does not help against a
//! client that reconnects. Whether it has reconnected is not known: a pool opens sessions by itself.

use std::collections::BTreeSet;
use std::time::Duration;

use rustc_hash::FxHashMap;

use super::Victim;
use crate::model::{EndpointId, Identity, JsonApiFields, Now, Session, SessionId, Snapshot, Text};

/// Maximum time between a kill and the new session of the client.
const RECONNECT_WINDOW: Duration = Duration::from_secs(5);
/// Maximum number of clients that are kept, the last ones.
const MAX_CLIENTS: usize = 1_000;

/// A client whose session was killed.
#[derive(Clone, Debug)]
struct KilledClient {
    kill: u32,
    identity: Identity,
    program: Program,
    /// Highest id known at the kill. Ids ascend, so a newer session has a higher one.
    above: SessionId,
    at: Now,
}

/// The client's program and its process id, if known.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Program {
    name: Option<Text>,
    pid: Option<u64>,
}

impl Program {
    fn of(session: &Session) -> Self {
        let extra: Option<&JsonApiFields> = session.extra.as_deref();
        Self {
            name: extra.and_then(|extra| extra.program.clone()),
            pid: extra.and_then(|extra| extra.pid),
        }
    }

    /// Whether both may be the same program. A part that is unknown on one side is not compared.
    fn agrees_with(&self, other: &Self) -> bool {
        let agree = |differ: Option<bool>| differ != Some(true);
        let names = self.name.as_ref().zip(other.name.as_ref());
        agree(names.map(|(a, b)| a != b)) && agree(self.pid.zip(other.pid).map(|(a, b)| a != b))
    }
}

/// A client that has reconnected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Return {
    /// Number of the kill.
    pub kill: u32,
    /// Id of the client's new session.
    pub id: SessionId,
    /// Time between the kill and the new session.
    pub after: Duration,
}

impl Return {
    /// Formats the session: `its client has opened session 2210 since`. That may have another cause than the kill.
    pub(crate) fn words(&self) -> String {
        format!("its client has opened session {} since", self.id)
    }
}

/// Detects reconnects of killed clients. Each client is kept until it reconnects or the time has passed.
#[derive(Clone, Debug, Default)]
pub(crate) struct ReconnectDetector {
    gone: Vec<KilledClient>,
    /// Sessions that were already reported as reconnects.
    taken: BTreeSet<(EndpointId, SessionId)>,
}

impl ReconnectDetector {
    /// Adds a killed session. `above` is the highest id known at its endpoint at that time.
    pub(crate) fn expect(&mut self, kill: u32, victim: &Victim, above: SessionId, now: Now) {
        self.gone.push(KilledClient {
            kill,
            identity: victim.identity.clone(),
            program: Program::of(&victim.session),
            above,
            at: now,
        });
        let surplus = self.gone.len().saturating_sub(MAX_CLIENTS);
        self.gone.drain(..surplus);
    }

    /// Returns the clients of a snapshot that have reconnected. Each new session is reported for one
    /// client only.
    pub(crate) fn on_list(&mut self, snapshot: &Snapshot, now: Now) -> Vec<Return> {
        self.gone
            .retain(|gone| now.elapsed.saturating_sub(gone.at.elapsed) <= RECONNECT_WINDOW);
        if self.gone.is_empty() {
            self.taken.clear();
            return Vec::new();
        }
        let here = self
            .gone
            .iter()
            .filter(|gone| gone.identity.endpoint == snapshot.endpoint);
        let Some(above) = here.map(|gone| gone.above).min() else {
            return Vec::new();
        };
        let newer = NewerSessions::of(snapshot, above);
        let mut back = Vec::new();
        let taken = &mut self.taken;
        self.gone.retain(|gone| {
            let found = came_back(gone, snapshot, &newer, taken);
            taken.extend(found.map(|found| (snapshot.endpoint, found.id)));
            back.extend(found);
            found.is_none()
        });
        back
    }
}

/// User, address and service of a session.
type Client<'a> = (Option<&'a Text>, Option<&'a Text>, Option<&'a Text>);

/// The sessions of a snapshot with ids above another, by client, in ascending order of id.
struct NewerSessions<'a>(FxHashMap<Client<'a>, Vec<&'a Session>>);

impl<'a> NewerSessions<'a> {
    fn of(snapshot: &'a Snapshot, above: SessionId) -> Self {
        let first = snapshot.sessions.partition_point(|session| session.id <= above);
        let newer = snapshot.sessions.get(first..).unwrap_or_default();
        let mut by_client: FxHashMap<Client<'a>, Vec<_>> = FxHashMap::default();
        for session in newer {
            let client = (
                session.user.as_ref(),
                session.address.as_ref(),
                session.service.as_ref(),
            );
            by_client.entry(client).or_default().push(session);
        }
        Self(by_client)
    }
}

fn came_back(
    gone: &KilledClient,
    snapshot: &Snapshot,
    newer: &NewerSessions<'_>,
    taken: &BTreeSet<(EndpointId, SessionId)>,
) -> Option<Return> {
    let Identity {
        endpoint,
        user,
        address,
        service,
        ..
    } = &gone.identity;
    if snapshot.endpoint != *endpoint {
        return None;
    }
    let client = (user.as_ref(), address.as_ref(), service.as_ref());
    let own = newer.0.get(&client)?;
    let first = own.partition_point(|session| session.id <= gone.above);
    let session = own.iter().skip(first).find(|session| {
        gone.program.agrees_with(&Program::of(session)) && !taken.contains(&(snapshot.endpoint, session.id))
    })?;
    let listed_after = snapshot.taken_at.duration_since(gone.at.wall);
    let listed_after = Duration::try_from(listed_after).unwrap_or_default();
    // If the age is exact, it gives the time of the login. Otherwise that time is at most the list's.
    let age = session.extra.as_ref().and(session.age);
    let age = age.map_or(0.0, crate::model::Span::as_secs_f64);
    let age = Duration::try_from_secs_f64(age).unwrap_or_default();
    Some(Return {
        kill: gone.kill,
        id: session.id,
        after: listed_after.saturating_sub(age),
    })
}
