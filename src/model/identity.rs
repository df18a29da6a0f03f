//! Who a session is, so that a cursor, a mark or a kill can never mean its neighbour.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use super::session::origin;
use super::{ProcessStart, Session, SessionId, Text, quoted};

/// Which of the watched endpoints, by its place on the command line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EndpointId(pub u16);

/// What a cursor holds: endpoint, process start, id, `connected` as sent (docs/kill-protocol.md).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RowKey {
    /// The endpoint.
    pub endpoint: EndpointId,
    /// The process, where the dialect tells.
    pub process: Option<ProcessStart>,
    /// The number.
    pub id: SessionId,
    /// When it began, as sent.
    pub connected: Option<Text>,
}

impl RowKey {
    /// The key of a session.
    pub fn new(endpoint: EndpointId, process: Option<&ProcessStart>, session: &Session) -> Self {
        Self {
            endpoint,
            process: process.cloned(),
            id: session.id,
            connected: session.connected.as_ref().map(|connected| connected.sent.clone()),
        }
    }

    /// Whether it is this session's. An unreadable process start is no proof of another process.
    pub fn matches(&self, endpoint: EndpointId, process: Option<&ProcessStart>, session: &Session) -> bool {
        let connected = session.connected.as_ref().map(|connected| &connected.sent);
        self.endpoint == endpoint
            && self.may_share_process(process)
            && self.id == session.id
            && self.connected.as_ref() == connected
    }

    /// Whether both are one session's keys.
    pub fn agrees_with(&self, other: &Self) -> bool {
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
    /// The process behind the endpoint.
    Process,
    /// The number.
    Id,
    /// When the client connected, as sent.
    Connected,
    /// The user.
    User,
    /// The client's address.
    Address,
    /// The client's port.
    Port,
    /// The service.
    Service,
}

impl Part {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Process,
        Self::Id,
        Self::Connected,
        Self::User,
        Self::Address,
        Self::Port,
        Self::Service,
    ];

    /// The word for it.
    pub const fn name(self) -> &'static str {
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

    /// Without these a kill is refused (docs/kill-protocol.md).
    pub const fn is_required(self) -> bool {
        matches!(self, Self::Id | Self::Connected | Self::User | Self::Address)
    }
}

/// The full identity of a session, with every text in its provable form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The endpoint.
    pub endpoint: EndpointId,
    /// The process, where the dialect tells.
    pub process: Option<ProcessStart>,
    /// The number.
    pub id: SessionId,
    /// When it began, as sent.
    pub connected: Option<Text>,
    /// The user.
    pub user: Option<Text>,
    /// The client's address.
    pub address: Option<Text>,
    /// The client's port.
    pub port: Option<u16>,
    /// The service.
    pub service: Option<Text>,
}

/// One part that is not the same on both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Which part.
    pub part: Part,
    /// What it was.
    pub was: String,
    /// What it is now.
    pub now: String,
}

/// Whether two identities are one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdentityMatch {
    /// The same; the parts named were unknown on one side and could not be compared.
    Same {
        /// Parts that could not be compared.
        unchecked: Vec<Part>,
    },
    /// Somebody else.
    Different(Vec<Difference>),
    /// A part without which nobody may be ended is unknown.
    Unknown(Part),
}

impl Identity {
    /// The identity of a session.
    pub fn new(endpoint: EndpointId, process: Option<&ProcessStart>, session: &Session) -> Self {
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

    /// The row that it stands in.
    pub fn key(&self) -> RowKey {
        RowKey {
            endpoint: self.endpoint,
            process: self.process.clone(),
            id: self.id,
            connected: self.connected.clone(),
        }
    }

    /// Compares this one, as it was frozen, with what the endpoint says now.
    pub fn compare(&self, now: &Self) -> IdentityMatch {
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

    /// A fingerprint of all parts for scripts: `maxtop kill --key` ends only what still has it.
    /// `endpoint` is the URL, since a number on a command line means nothing elsewhere.
    pub fn fingerprint(&self, endpoint: &str) -> String {
        let mut hash = Sha256::new();
        hash.update(endpoint.as_bytes());
        for part in Part::ALL {
            let proof = self.proof(part);
            hash.update([0, u8::from(proof.is_some())]);
            let bytes = proof.unwrap_or_default();
            hash.update((bytes.len() as u64).to_le_bytes());
            hash.update(&bytes);
        }
        hash.finalize()
            .iter()
            .take(8)
            .fold(String::with_capacity(16), |mut hex, byte| {
                // Writing to a String cannot fail.
                let _ = write!(hex, "{byte:02x}");
                hex
            })
    }

    /// How one part reads.
    pub fn text(&self, part: Part) -> String {
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

    /// `bob@10.0.0.9:4711`, for one line.
    pub fn client(&self) -> String {
        let shown = |text: &Option<Text>| match text {
            Some(text) => quoted(text.as_str()).into_owned(),
            None => "unknown".to_owned(),
        };
        let origin = origin(&shown(&self.address), self.port);
        format!("{}@{origin}", shown(&self.user))
    }

    /// [`Identity::client`] of the session that differs in these parts.
    pub fn client_after(&self, differences: &[Difference]) -> String {
        let now = |part: Part| {
            let changed = differences.iter().find(|difference| difference.part == part);
            changed.map_or_else(|| self.text(part), |difference| difference.now.clone())
        };
        let origin = origin(&quoted(&now(Part::Address)), now(Part::Port).parse().ok());
        format!("{}@{origin}", quoted(&now(Part::User)))
    }

    /// The bytes that are compared: raw forms, never what is shown.
    fn proof(&self, part: Part) -> Option<Vec<u8>> {
        let raw = |text: &Option<Text>| text.as_ref().map(tagged);
        match part {
            Part::Process => self.process.as_ref().map(|process| {
                let parts = [
                    Some(&process.started_at),
                    process.datadir.as_ref(),
                    process.node.as_ref(),
                ];
                parts
                    .into_iter()
                    .flat_map(|text| text.map_or_else(|| vec![2], tagged))
                    .collect()
            }),
            Part::Id => Some(self.id.0.to_le_bytes().to_vec()),
            Part::Connected => raw(&self.connected),
            Part::User => raw(&self.user),
            Part::Address => raw(&self.address),
            Part::Port => self.port.map(|port| port.to_le_bytes().to_vec()),
            Part::Service => raw(&self.service),
        }
    }
}

/// The proof of a text, marked so that a digest is never taken for a name of the same bytes.
fn tagged(text: &Text) -> Vec<u8> {
    let mut bytes = vec![u8::from(text.raw().whole().is_some())];
    bytes.extend_from_slice(text.proof());
    bytes
}
