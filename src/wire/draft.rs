//! Decodes the draft dialect: bare arrays and objects, numeric ids, connections with statistics.

use std::sync::Arc;

use serde::Deserialize;

use super::body::{Shape, expect_shape, syntax_error, text};
use super::bounds::session_size;
use super::field::{Lenient, Object, Raw};
use super::row_reader::Envelope;
use super::rows::{self, RowFormat};
use super::{Decoder, RowFlaw, WireError, shape};
use crate::model::{
    Connected, ConnectionDetail, ConnectionStatistics, Counter, Session, SessionDetail, SessionId, Span, Text,
};

#[derive(Deserialize)]
pub(super) struct RawSession<'a> {
    #[serde(default)]
    id: Lenient<u64>,
    #[serde(borrow, default)]
    state: Lenient<Raw<'a>>,
    #[serde(borrow, default)]
    user: Lenient<Raw<'a>>,
    #[serde(borrow, default)]
    address: Lenient<Raw<'a>>,
    #[serde(borrow, default)]
    service: Lenient<Raw<'a>>,
    #[serde(borrow, default)]
    connected: Lenient<Raw<'a>>,
    #[serde(default)]
    idle: Lenient<Span>,
}

impl RawSession<'_> {
    /// Whether the row has a field that only a session has.
    const fn is_session(&self) -> bool {
        matches!(
            (&self.user, &self.address, &self.service, &self.connected),
            (Lenient::Known(_), ..)
                | (_, Lenient::Known(_), ..)
                | (_, _, Lenient::Known(_), _)
                | (.., Lenient::Known(_))
        )
    }
}

#[derive(Deserialize)]
pub(super) struct RawDraftConnection<'a> {
    #[serde(borrow, default)]
    state: Lenient<Raw<'a>>,
    #[serde(borrow, default)]
    role: Lenient<Raw<'a>>,
    #[serde(borrow, default)]
    server: Lenient<Raw<'a>>,
    #[serde(default)]
    statistics: Lenient<Object<RawConnectionStatistics>>,
}

#[derive(Debug, Deserialize)]
struct RawConnectionStatistics {
    #[serde(default)]
    reads: Lenient<u64>,
    #[serde(default)]
    writes: Lenient<u64>,
    #[serde(default)]
    buffered_writes: Lenient<u64>,
    #[serde(default)]
    high_water_events: Lenient<u64>,
    #[serde(default)]
    low_water_events: Lenient<u64>,
}

pub(super) struct DraftSessionRow;

impl RowFormat for DraftSessionRow {
    type Raw<'de> = RawSession<'de>;
    type Item = Session;

    fn size(session: &Session) -> usize {
        session_size(session)
    }

    fn convert(raw: RawSession<'_>, decoder: &mut Decoder<'_>) -> Option<Session> {
        let Lenient::Known(id) = raw.id else {
            if raw.is_session() {
                decoder.flaw = RowFlaw::NoId;
            }
            return None;
        };
        let id = SessionId(id);
        let before = decoder.previous.find(id);
        let idle = raw.idle.take(&mut decoder.blanked);
        let connected = decoder.connected_field(raw.connected, before);
        let age = decoder.age(connected.as_ref());
        let (address, address_is_mapped) = decoder.address(raw.address, before);
        Some(Session {
            state: decoder.same_name(raw.state, before.and_then(|before| before.state.as_ref())),
            user: decoder.same_name(raw.user, before.and_then(|before| before.user.as_ref())),
            address,
            address_is_mapped,
            service: decoder.linked(
                raw.service,
                "/services/",
                before.and_then(|before| before.service.as_ref()),
            ),
            age: age.take(&mut decoder.blanked),
            connected,
            idle,
            ..Session::bare(id)
        })
    }
}

struct ConnectionRow;

impl RowFormat for ConnectionRow {
    type Raw<'de> = RawDraftConnection<'de>;
    type Item = ConnectionDetail;

    fn convert(raw: RawDraftConnection<'_>, decoder: &mut Decoder<'_>) -> Option<ConnectionDetail> {
        let statistics = raw
            .statistics
            .take(&mut decoder.blanked)
            .map(|Object(raw)| raw.convert(decoder));
        Some(ConnectionDetail {
            server: decoder.linked(raw.server, "/servers/", None),
            state: decoder.name(raw.state),
            role: decoder.name(raw.role),
            statistics,
            ..ConnectionDetail::default()
        })
    }
}

impl RawConnectionStatistics {
    fn convert(self, decoder: &mut Decoder<'_>) -> ConnectionStatistics {
        let blanked = &mut decoder.blanked;
        let reads = self.reads.take(blanked);
        let writes = self.writes.take(blanked);
        let buffered = self.buffered_writes.take(blanked);
        let high = self.high_water_events.take(blanked);
        let low = self.low_water_events.take(blanked);
        ConnectionStatistics::from_fn(|counter| match counter {
            Counter::Reads => reads,
            Counter::Writes => writes,
            Counter::BufferedWrites => buffered,
            Counter::HighWater => high,
            Counter::LowWater => low,
        })
    }
}

impl Decoder<'_> {
    /// Returns a sanitized and interned name.
    pub(super) fn name(&mut self, field: Lenient<Raw<'_>>) -> Option<Text> {
        self.same_name(field, None)
    }

    /// Returns [`name`](Self::name), which is likely to be the same as `before`.
    pub(super) fn same_name(&mut self, field: Lenient<Raw<'_>>, before: Option<&Text>) -> Option<Text> {
        let raw = field.take(&mut self.blanked)?;
        Some(self.interner.same_name(&raw.0, before))
    }

    /// Returns the time of the client's connection.
    pub(super) fn connected_field(
        &mut self,
        field: Lenient<Raw<'_>>,
        before: Option<&Session>,
    ) -> Option<Arc<Connected>> {
        let raw = field.take(&mut self.blanked)?;
        let before = before.and_then(|before| before.connected.as_ref());
        let same = before.filter(|before| before.sent.raw().whole() == Some(raw.0.as_ref()));
        Some(same.map_or_else(|| self.connected(&raw.0), Arc::clone))
    }

    /// Returns an address in its short form, and whether it was sent as a mapped address.
    ///
    /// Up to 23.02, an IPv4 client of a dual-stack listener is `::ffff:1.2.3.4`.
    pub(super) fn address(
        &mut self,
        field: Lenient<Raw<'_>>,
        before: Option<&Session>,
    ) -> (Option<Text>, bool) {
        let Some(raw) = field.take(&mut self.blanked) else {
            return (None, false);
        };
        let short = raw.0.strip_prefix("::ffff:").filter(|rest| rest.contains('.'));
        let before = before.and_then(|before| before.address.as_ref());
        let address = self.interner.same_name(short.unwrap_or(&raw.0), before);
        (Some(address), short.is_some())
    }

    /// Returns the name in a relative link: `RW-Split` for `/services/RW-Split`.
    fn linked(&mut self, field: Lenient<Raw<'_>>, prefix: &str, before: Option<&Text>) -> Option<Text> {
        let raw = field.take(&mut self.blanked)?;
        let name = raw.0.strip_prefix(prefix).unwrap_or(&raw.0);
        Some(self.interner.same_name(name, before))
    }
}

/// Decodes `GET /sessions/:id`, without connections. For these see [`connections`].
///
/// # Errors
///
/// Returns [`WireError`] if the body is not one session.
pub(crate) fn session(body: &[u8], decoder: &mut Decoder<'_>) -> Result<SessionDetail, WireError> {
    if shape(body) == Shape::Array {
        return Err(WireError::Shape {
            expected: "one session",
            got: "an array, as in an early form of the draft",
        });
    }
    expect_shape(body, Shape::Object)?;
    let text = text(body);
    let Some(session) = rows::one::<DraftSessionRow>(&text, decoder) else {
        return Err(no_session(&text));
    };
    Ok(SessionDetail {
        blanked: decoder.blanked,
        ..SessionDetail::of(session)
    })
}

/// Decodes `GET /sessions/:id/connections`, in the order of the reply.
///
/// # Errors
///
/// Returns [`WireError`] if the body is not an array, is cut off, or exceeds the limits.
pub(crate) fn connections(
    body: &[u8],
    decoder: &mut Decoder<'_>,
) -> Result<Vec<ConnectionDetail>, WireError> {
    rows::decode::<ConnectionRow>(Envelope::Array, body, decoder).map(|rows| rows.items)
}

/// Returns why an object is not a session: invalid JSON, or JSON without an id.
pub(super) fn no_session(text: &str) -> WireError {
    match serde_json::from_str::<serde::de::IgnoredAny>(text) {
        Err(error) => syntax_error(&error),
        Ok(_) => WireError::Shape {
            expected: "a session",
            got: "an object without a valid id",
        },
    }
}
