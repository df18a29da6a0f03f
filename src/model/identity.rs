//! Identity of a session, so that a cursor, a mark or a kill never applies to another session.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::session::{NO_USER, client_text, origin};
use super::{ProcessStart, Session, SessionId, Text, quoted};

/// Index of an endpoint, in the order of the command line or configuration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EndpointId(pub u16);

/// Short form of an identity, stored by the cursor and by marks (docs/kill-protocol.md).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RowKey {
    /// The endpoint.
    pub endpoint: EndpointId,
    /// Process start; `None` if not reported.
    pub process: Option<ProcessStart>,
    /// Session id.
    pub id: SessionId,
    /// Time of the client's connection, as sent.
    pub connected: Option<Text>,
}

impl RowKey {
    /// Creates the key of a session.
    pub(crate) fn new(endpoint: EndpointId, process: Option<&ProcessStart>, session: &Session) -> Self {
        Self {
            endpoint,
            process: process.cloned(),
            id: session.id,
            connected: session.connected.as_ref().map(|connected| connected.sent.clone()),
        }
    }

    /// Whether this is the key of `session`. An unknown process start matches any.
    pub(crate) fn matches(
        &self,
        endpoint: EndpointId,
        process: Option<&ProcessStart>,
        session: &Session,
    ) -> bool {
        let connected = session.connected.as_ref().map(|connected| &connected.sent);
        self.endpoint == endpoint
            && self.may_share_process(process)
            && self.id == session.id
            && self.connected.as_ref() == connected
    }

    /// Whether both keys are of one session. An unknown process start matches any.
    pub(crate) fn agrees_with(&self, other: &Self) -> bool {
        let own = (self.endpoint, self.id, &self.connected);
        own == (other.endpoint, other.id, &other.connected) && self.may_share_process(other.process.as_ref())
    }

    fn may_share_process(&self, process: Option<&ProcessStart>) -> bool {
        self.process.is_none() || process.is_none() || self.process.as_ref() == process
    }
}

/// The parts of an identity, in the order in which they are compared and shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// Start of the MaxScale process.
    Process,
    /// Session id.
    Id,
    /// Time of the client's connection, as sent.
    Connected,
    /// User of the session.
    User,
    /// Address of the client.
    Address,
    /// Port of the client.
    Port,
    /// Service of the session.
    Service,
}

impl Part {
    /// All parts, in order.
    pub(crate) const ALL: [Self; 7] = [
        Self::Process,
        Self::Id,
        Self::Connected,
        Self::User,
        Self::Address,
        Self::Port,
        Self::Service,
    ];

    /// Returns the name to show.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Process => "process start",
            Self::Id => "id",
            Self::Connected => "connected",
            Self::User => "user",
            Self::Address => "address",
            Self::Port => "port",
            Self::Service => "service",
        }
    }

    /// Whether a kill is refused if this part is unknown (docs/kill-protocol.md).
    pub(crate) const fn is_required(self) -> bool {
        matches!(self, Self::Id | Self::Connected | Self::User | Self::Address)
    }
}

/// The fields that prove that two observations are of one session. Texts are compared in raw form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The endpoint.
    pub endpoint: EndpointId,
    /// Process start; `None` if not reported.
    pub process: Option<ProcessStart>,
    /// Session id.
    pub id: SessionId,
    /// Time of the client's connection, as sent.
    pub connected: Option<Text>,
    /// User of the session.
    pub user: Option<Text>,
    /// Address of the client.
    pub address: Option<Text>,
    /// Port of the client.
    pub port: Option<u16>,
    /// Service of the session.
    pub service: Option<Text>,
}

/// A part that differs between two identities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The part that differs.
    pub part: Part,
    /// The old value.
    pub was: String,
    /// The new value.
    pub now: String,
}

/// Result of comparing two identities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdentityMatch {
    /// The same session.
    Same {
        /// Parts that were not compared, because one side does not have them. A part that both sides lack is left out,
        /// except the process start.
        unchecked: Vec<Part>,
    },
    /// Another session.
    Different(Vec<Difference>),
    /// A part that a kill requires is unknown.
    Unknown(Part),
}

impl Identity {
    /// Creates the identity of a session.
    pub(crate) fn new(endpoint: EndpointId, process: Option<&ProcessStart>, session: &Session) -> Self {
        Self {
            endpoint,
            process: process.cloned(),
            id: session.id,
            connected: session.connected.as_ref().map(|connected| connected.sent.clone()),
            user: session.user.clone(),
            address: session.address.clone(),
            port: session.port,
            service: session.service.clone(),
        }
    }

    /// Whether a part is known.
    pub(crate) fn has(&self, part: Part) -> bool {
        self.proof(part).is_some()
    }

    /// Returns the row key of this session.
    pub(crate) fn key(&self) -> RowKey {
        RowKey {
            endpoint: self.endpoint,
            process: self.process.clone(),
            id: self.id,
            connected: self.connected.clone(),
        }
    }

    /// Compares this stored identity with a newer one.
    pub(crate) fn compare(&self, now: &Self) -> IdentityMatch {
        let mut unchecked = Vec::new();
        let mut differences = Vec::new();
        for part in Part::ALL {
            match (self.proof(part), now.proof(part)) {
                (Some(was), Some(is)) if was == is => {}
                (Some(_), Some(_)) => differences.push(Difference {
                    part,
                    was: self.text(part),
                    now: now.text(part),
                }),
                _ if part.is_required() => return IdentityMatch::Unknown(part),
                (None, None) if part != Part::Process => {}
                _ => unchecked.push(part),
            }
        }
        if differences.is_empty() {
            IdentityMatch::Same { unchecked }
        } else {
            IdentityMatch::Different(differences)
        }
    }

    /// Returns a hash of all parts as 16 hexadecimal digits.
    ///
    /// `maxtop kill --key` kills only a session that still has it. `endpoint` is the URL, because an
    /// [`EndpointId`] depends on the command line.
    pub(crate) fn fingerprint(&self, endpoint: &str) -> String {
        let mut hash = Sha256::new();
        hash.update(endpoint.as_bytes());
        let mut bytes = Vec::with_capacity(64);
        for part in Part::ALL {
            bytes.clear();
            let is_known = self.write_proof(part, &mut bytes);
            hash.update([0, u8::from(is_known)]);
            hash.update((bytes.len() as u64).to_le_bytes());
            hash.update(&bytes);
        }
        let first = hash.finalize().into_iter().take(8);
        let number = first.fold(0_u64, |number, byte| (number << 8) | u64::from(byte));
        format!("{number:016x}")
    }

    /// Returns a part as text, or `unknown`.
    pub(crate) fn text(&self, part: Part) -> String {
        let shown = |text: &Option<Text>| text.as_ref().map(ToString::to_string);
        let known = match part {
            Part::Process => self.process.as_ref().map(|process| {
                let datadir = process
                    .datadir
                    .as_ref()
                    .map(|dir| format!(" {dir}"))
                    .unwrap_or_default();
                format!("{}{datadir}", process.started_at)
            }),
            Part::Id => Some(self.id.to_string()),
            Part::Connected => shown(&self.connected),
            Part::User => shown(&self.user),
            Part::Address => shown(&self.address),
            Part::Port => self.port.map(|port| port.to_string()),
            Part::Service => shown(&self.service),
        };
        known.unwrap_or_else(|| "unknown".to_owned())
    }

    /// Returns user and address for display: `bob@10.0.0.9:4711`.
    pub(crate) fn client(&self) -> String {
        client_text(self.user.as_ref(), self.address.as_ref(), self.port)
    }

    /// [`Identity::client`] of the session that differs in these parts.
    pub(crate) fn client_after(&self, differences: &[Difference]) -> String {
        let now = |part: Part| {
            let changed = differences.iter().find(|difference| difference.part == part);
            changed.map_or_else(|| self.text(part), |difference| difference.now.clone())
        };
        let origin = origin(&quoted(&now(Part::Address)), now(Part::Port).parse().ok());
        let is_same_user = differences.iter().all(|difference| difference.part != Part::User);
        if is_same_user && self.user.is_none() {
            return format!("{NO_USER}@{origin}");
        }
        format!("{}@{origin}", quoted(&now(Part::User)))
    }

    /// Returns the bytes to compare: the raw forms, never the shown ones. `None` if unknown.
    fn proof(&self, part: Part) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        self.write_proof(part, &mut bytes).then_some(bytes)
    }

    /// Appends the bytes to compare. `false` if the part is unknown; nothing is appended then.
    fn write_proof(&self, part: Part, out: &mut Vec<u8>) -> bool {
        let text = |text: &Option<Text>, out: &mut Vec<u8>| {
            text.as_ref().inspect(|text| write_tagged(text, out)).is_some()
        };
        match part {
            Part::Process => self.process.as_ref().is_some_and(|process| {
                write_tagged(&process.started_at, out);
                for known in [&process.datadir, &process.node] {
                    if !text(known, out) {
                        out.push(2);
                    }
                }
                true
            }),
            Part::Id => {
                out.extend_from_slice(&self.id.0.to_le_bytes());
                true
            }
            Part::Connected => text(&self.connected, out),
            Part::User => text(&self.user, out),
            Part::Address => text(&self.address, out),
            Part::Port => {
                out.extend(self.port.iter().flat_map(|port| port.to_le_bytes()));
                self.port.is_some()
            }
            Part::Service => text(&self.service, out),
        }
    }
}

/// Appends the bytes of a text after a tag, so that a digest never equals a name of the same bytes.
fn write_tagged(text: &Text, out: &mut Vec<u8>) {
    out.push(u8::from(text.raw().whole().is_some()));
    out.extend_from_slice(text.proof());
}
