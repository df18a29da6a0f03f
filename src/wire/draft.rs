//! The draft dialect: bare arrays and objects, ids as numbers, connections with statistics.

use serde::Deserialize;

use super::body::{Shape, broken, expect_shape, text};
use super::bounds::session_size;
use super::field::{Field, Object, Raw};
use super::rows::{self, Row};
use super::{Decoder, RowFlaw, Rows, WireError, in_order, shape};
use crate::model::{Connection, Counter, Detail, Session, SessionId, Span, Statistics, Text};

#[derive(Deserialize)]
pub(super) struct RawSession<'a> {
    #[serde(default)]
    id: Field<u64>,
    #[serde(borrow, default)]
    state: Field<Raw<'a>>,
    #[serde(borrow, default)]
    user: Field<Raw<'a>>,
    #[serde(borrow, default)]
    address: Field<Raw<'a>>,
    #[serde(borrow, default)]
    service: Field<Raw<'a>>,
    #[serde(borrow, default)]
    connected: Field<Raw<'a>>,
    #[serde(default)]
    idle: Field<Span>,
}

impl RawSession<'_> {
    /// Whether it has a field that only a session has.
    const fn is_session(&self) -> bool {
        matches!(
            (&self.user, &self.address, &self.service, &self.connected),
            (Field::Known(_), ..)
                | (_, Field::Known(_), ..)
                | (_, _, Field::Known(_), _)
                | (.., Field::Known(_))
        )
    }
}

#[derive(Deserialize)]
pub(super) struct RawConnection<'a> {
    #[serde(borrow, default)]
    state: Field<Raw<'a>>,
    #[serde(borrow, default)]
    role: Field<Raw<'a>>,
    #[serde(borrow, default)]
    server: Field<Raw<'a>>,
    #[serde(default)]
    statistics: Field<Object<RawStatistics>>,
}

#[derive(Debug, Deserialize)]
struct RawStatistics {
    #[serde(default)]
    reads: Field<u64>,
    #[serde(default)]
    writes: Field<u64>,
    #[serde(default)]
    buffered_writes: Field<u64>,
    #[serde(default)]
    high_water_events: Field<u64>,
    #[serde(default)]
    low_water_events: Field<u64>,
}

struct SessionRow;

impl Row for SessionRow {
    type Raw<'de> = RawSession<'de>;
    type Item = Session;

    fn size(session: &Session) -> usize {
        session_size(session)
    }

    fn convert(raw: RawSession<'_>, decoder: &mut Decoder<'_>) -> Option<Session> {
        let Field::Known(id) = raw.id else {
            if raw.is_session() {
                decoder.flaw = RowFlaw::NoId;
            }
            return None;
        };
        let idle = raw.idle.take(&mut decoder.blanked);
        let connected = raw
            .connected
            .take(&mut decoder.blanked)
            .map(|sent| decoder.connected(&sent.0));
        let age = decoder.age(connected.as_ref());
        let (address, address_is_mapped) = decoder.address(raw.address);
        Some(Session {
            state: decoder.name(raw.state),
            user: decoder.name(raw.user),
            address,
            address_is_mapped,
            service: decoder.linked(raw.service, "/services/"),
            age: age.take(&mut decoder.blanked),
            connected,
            idle,
            ..Session::bare(SessionId(id))
        })
    }
}

struct ConnectionRow;

impl Row for ConnectionRow {
    type Raw<'de> = RawConnection<'de>;
    type Item = Connection;

    fn convert(raw: RawConnection<'_>, decoder: &mut Decoder<'_>) -> Option<Connection> {
        let statistics = raw
            .statistics
            .take(&mut decoder.blanked)
            .map(|Object(raw)| raw.convert(decoder));
        Some(Connection {
            server: decoder.linked(raw.server, "/servers/"),
            state: decoder.name(raw.state),
            role: decoder.name(raw.role),
            statistics,
            ..Connection::default()
        })
    }
}

impl RawStatistics {
    fn convert(self, decoder: &mut Decoder<'_>) -> Statistics {
        let blanked = &mut decoder.blanked;
        let reads = self.reads.take(blanked);
        let writes = self.writes.take(blanked);
        let buffered = self.buffered_writes.take(blanked);
        let high = self.high_water_events.take(blanked);
        let low = self.low_water_events.take(blanked);
        Statistics::from_fn(|counter| match counter {
            Counter::Reads => reads,
            Counter::Writes => writes,
            Counter::BufferedWrites => buffered,
            Counter::HighWater => high,
            Counter::LowWater => low,
        })
    }
}

impl Decoder<'_> {
    /// A name, cleaned and interned.
    pub(super) fn name(&mut self, field: Field<Raw<'_>>) -> Option<Text> {
        field
            .take(&mut self.blanked)
            .map(|raw| self.interner.name(&raw.0))
    }

    /// Returns an address in its short form, and whether it was sent as a mapped one: up to 23.02, an
    /// IPv4 client of a dual-stack listener is `::ffff:1.2.3.4`.
    pub(super) fn address(&mut self, field: Field<Raw<'_>>) -> (Option<Text>, bool) {
        let Some(raw) = field.take(&mut self.blanked) else {
            return (None, false);
        };
        let short = raw.0.strip_prefix("::ffff:").filter(|rest| rest.contains('.'));
        let address = self.interner.name(short.unwrap_or(&raw.0));
        (Some(address), short.is_some())
    }

    /// The name inside a relative link: `/services/RW-Split` is shown as `RW-Split`.
    fn linked(&mut self, field: Field<Raw<'_>>, prefix: &str) -> Option<Text> {
        let raw = field.take(&mut self.blanked)?;
        Some(self.interner.name(raw.0.strip_prefix(prefix).unwrap_or(&raw.0)))
    }
}

/// `GET /sessions`.
pub fn list(body: &[u8], decoder: &mut Decoder<'_>) -> Result<Rows, WireError> {
    expect_shape(body, Shape::Array)?;
    let rows = rows::decode::<SessionRow>(&text(body), decoder)?;
    Ok(Rows {
        sessions: in_order(rows.items),
        blanked: decoder.blanked,
        dropped: rows.dropped,
    })
}

/// `GET /sessions/:id`: the row alone; its connections come by [`connections`].
pub fn session(body: &[u8], decoder: &mut Decoder<'_>) -> Result<Detail, WireError> {
    if shape(body) == Shape::Array {
        return Err(WireError::Shape {
            expected: "one session",
            got: "an array, as in an early form of the draft",
        });
    }
    expect_shape(body, Shape::Object)?;
    let text = text(body);
    let Some(session) = rows::one::<SessionRow>(&text, decoder) else {
        return Err(no_session(&text));
    };
    Ok(Detail {
        blanked: decoder.blanked,
        ..Detail::of(session)
    })
}

/// `GET /sessions/:id/connections`, in the order in which they were sent.
pub fn connections(body: &[u8], decoder: &mut Decoder<'_>) -> Result<Vec<Connection>, WireError> {
    expect_shape(body, Shape::Array)?;
    rows::decode::<ConnectionRow>(&text(body), decoder).map(|rows| rows.items)
}

/// Why an object is no session: broken JSON, or JSON without an id.
pub(super) fn no_session(text: &str) -> WireError {
    match serde_json::from_str::<serde::de::IgnoredAny>(text) {
        Err(error) => broken(&error),
        Ok(_) => WireError::Shape {
            expected: "a session",
            got: "an object without a valid id",
        },
    }
}
