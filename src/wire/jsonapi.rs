//! Decodes the JSON:API dialect of every release (2.2 to 25.x): ids as strings, attributes,
//! relationships. A field that a version does not have is absent.

mod account;
mod attributes;
mod buffers;
mod detail;
mod instance;
mod servers;
mod services;
mod transaction;

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use self::attributes::RawSessionResource;
use self::instance::WorkerRow;
use self::servers::ServerRow;
use self::services::ServiceRow;
use super::body::{Shape, expect_shape, syntax_error, text};
use super::bounds::session_size;
use super::draft::no_session;
use super::mend::mend;
use super::row_reader::Envelope;
use super::rows::{self, DecodedRows, RowFormat};
use super::{Decoder, WireError};
use crate::model::{
    Account, Instance, ProxySettings, ServerState, ServiceState, Session, SessionDetail, Worker,
};

#[derive(Deserialize)]
struct DataEnvelope<'a> {
    #[serde(borrow, default)]
    data: Option<&'a RawValue>,
}

pub(super) struct JsonApiSessionRow;

impl RowFormat for JsonApiSessionRow {
    type Raw<'de> = RawSessionResource<'de>;
    type Item = Session;

    fn convert(raw: RawSessionResource<'_>, decoder: &mut Decoder<'_>) -> Option<Session> {
        attributes::session(raw, decoder)
    }

    fn size(session: &Session) -> usize {
        session_size(session)
    }
}

/// Decodes `GET /v1/servers`. Returns the servers in the order of the reply and the number of rows without
/// a name.
///
/// # Errors
///
/// Returns [`WireError`] if the body is not a JSON:API list, is cut off, or exceeds the limits.
pub fn servers(body: &[u8], decoder: &mut Decoder<'_>) -> Result<(Vec<ServerState>, u32), WireError> {
    let rows = rows_of::<ServerRow>(body, decoder)?;
    Ok((rows.items, rows.dropped))
}

/// Decodes `GET /v1/services`. Returns the services in the order of the reply and the number of rows without
/// a name.
///
/// # Errors
///
/// Returns [`WireError`] if the body is not a JSON:API list, is cut off, or exceeds the limits.
pub fn services(body: &[u8], decoder: &mut Decoder<'_>) -> Result<(Vec<ServiceState>, u32), WireError> {
    let rows = rows_of::<ServiceRow>(body, decoder)?;
    Ok((rows.items, rows.dropped))
}

/// Decodes `GET /v1/maxscale/threads`.
///
/// # Errors
///
/// Returns [`WireError`] if the body is not a JSON:API list, is cut off, or exceeds the limits.
pub fn workers(body: &[u8], decoder: &mut Decoder<'_>) -> Result<Vec<Worker>, WireError> {
    Ok(rows_of::<WorkerRow>(body, decoder)?.items)
}

/// Decodes `GET /v1/whoami` and `GET /v1/users/inet/:name`. Returns `None` if the reply has neither a type
/// nor permissions.
///
/// # Errors
///
/// Returns [`WireError`] if the body is not a JSON:API object.
pub fn account(body: &[u8]) -> Result<Option<Account>, WireError> {
    let text = text(body);
    account::account(&object(body, &text)?)
}

/// Decodes the rows in `data`.
fn rows_of<R: RowFormat>(body: &[u8], decoder: &mut Decoder<'_>) -> Result<DecodedRows<R::Item>, WireError> {
    rows::decode::<R>(Envelope::Data, body, decoder)
}

/// Decodes `GET /v1/sessions/:id`.
///
/// # Errors
///
/// Returns [`WireError`] if the body is not a JSON:API object with one session.
pub fn session(body: &[u8], decoder: &mut Decoder<'_>) -> Result<SessionDetail, WireError> {
    let text = text(body);
    let data = object(body, &text)?;
    let session = rows::one::<JsonApiSessionRow>(&data, decoder).ok_or_else(|| no_session(&data))?;
    let detail = detail::complete(session, &data, decoder);
    Ok(SessionDetail {
        blanked: decoder.blanked,
        ..detail
    })
}

/// Decodes `GET /v1/maxscale`, without settings.
///
/// # Errors
///
/// Returns [`WireError`] if the body is not a JSON:API object.
pub fn instance(body: &[u8]) -> Result<Instance, WireError> {
    Ok(proxy(body)?.0)
}

/// Decodes `GET /v1/maxscale`, with settings.
///
/// # Errors
///
/// Returns [`WireError`] if the body is not a JSON:API object.
pub fn proxy(body: &[u8]) -> Result<(Instance, ProxySettings), WireError> {
    let text = text(body);
    instance::proxy(&object(body, &text)?)
}

/// Returns the object in `data`, with unreadable texts and numbers replaced.
pub(super) fn object<'a>(body: &[u8], text: &'a str) -> Result<Cow<'a, str>, WireError> {
    let data = data(body, text)?;
    expect_shape(data.as_bytes(), Shape::Object)?;
    Ok(mend(data).map_or(Cow::Borrowed(data), Cow::Owned))
}

/// Returns the `data` of the envelope as text.
fn data<'a>(body: &[u8], text: &'a str) -> Result<&'a str, WireError> {
    expect_shape(body, Shape::Object)?;
    let envelope: DataEnvelope<'a> = serde_json::from_str(text).map_err(|error| syntax_error(&error))?;
    let data = envelope.data.map(RawValue::get);
    data.ok_or(WireError::Shape {
        expected: "an object with data",
        got: "an object without",
    })
}
