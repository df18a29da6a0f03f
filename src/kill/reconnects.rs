//! Clients that come back as soon as their session was ended: killing them again and again is not
//! what helps.

use std::collections::BTreeSet;
use std::time::Duration;

use super::Victim;
use super::outcome::seconds;
use crate::model::{EndpointId, Identity, JsonApiFields, Now, Session, SessionId, Snapshot, Text};

/// Who is back within this time is back at once.
const RECONNECT_WINDOW: Duration = Duration::from_secs(5);

/// One that has just gone.
#[derive(Clone, Debug)]
struct KilledClient {
    kill: u32,
    identity: Identity,
    program: Program,
    /// Ids ascend: whoever came after it has a higher one than all that were known.
    above: SessionId,
    at: Now,
}

/// The client's program and its process id, where they are known.
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

    /// Whether both may be the same program: a part that one side does not know is not compared.
    fn agrees_with(&self, other: &Self) -> bool {
        let agree = |differ: Option<bool>| differ != Some(true);
        let names = self.name.as_ref().zip(other.name.as_ref());
        agree(names.map(|(a, b)| a != b)) && agree(self.pid.zip(other.pid).map(|(a, b)| a != b))
    }
}

/// A client that is back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Return {
    /// The number of the kill that ended its session.
    pub kill: u32,
    /// The session that it has now.
    pub id: SessionId,
    /// How long it was away.
    pub after: Duration,
}

impl Return {
    /// `back as 2210 after 0.4 s`.
    pub fn words(&self) -> String {
        format!("back as {} after {}", self.id, seconds(self.after))
    }
}

/// Those that have just gone, each until it is back or too long away.
#[derive(Clone, Debug, Default)]
pub struct ReconnectDetector {
    gone: Vec<KilledClient>,
    /// Sessions that were somebody's return already.
    taken: BTreeSet<(EndpointId, SessionId)>,
}

impl ReconnectDetector {
    /// A session was killed; `above` is the highest id that its endpoint had by then.
    pub fn expect(&mut self, kill: u32, victim: &Victim, above: SessionId, now: Now) {
        self.gone.push(KilledClient {
            kill,
            identity: victim.identity.clone(),
            program: Program::of(&victim.session),
            above,
            at: now,
        });
    }

    /// Who is back, by a good list. Each new session is the return of one client only.
    pub fn on_list(&mut self, snapshot: &Snapshot, now: Now) -> Vec<Return> {
        self.gone
            .retain(|gone| now.elapsed.saturating_sub(gone.at.elapsed) <= RECONNECT_WINDOW);
        if self.gone.is_empty() {
            self.taken.clear();
            return Vec::new();
        }
        let mut back = Vec::new();
        let taken = &mut self.taken;
        self.gone.retain(|gone| {
            let found = came_back(gone, snapshot, taken);
            taken.extend(found.map(|found| (snapshot.endpoint, found.id)));
            back.extend(found);
            found.is_none()
        });
        back
    }
}

fn came_back(
    gone: &KilledClient,
    snapshot: &Snapshot,
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
    let first = snapshot
        .sessions
        .partition_point(|session| session.id <= gone.above);
    let newer = snapshot.sessions.get(first..).unwrap_or_default();
    let session = newer.iter().find(|session| {
        (&session.user, &session.address, &session.service) == (user, address, service)
            && gone.program.agrees_with(&Program::of(session))
            && !taken.contains(&(snapshot.endpoint, session.id))
    })?;
    let listed_after = snapshot.taken_at.duration_since(gone.at.wall);
    let listed_after = Duration::try_from(listed_after).unwrap_or_default();
    // Where the age is exact, it tells when it came; else it is not later than the list.
    let age = session.extra.as_ref().and(session.age);
    let age = age.map_or(0.0, crate::model::Span::as_secs_f64);
    let age = Duration::try_from_secs_f64(age).unwrap_or_default();
    Some(Return {
        kill: gone.kill,
        id: session.id,
        after: listed_after.saturating_sub(age),
    })
}
