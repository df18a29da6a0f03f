//! Content of a GET reply: the selected part of a resource, with its validators.

use std::time::Duration;

use axum::http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;

use super::parameters::{Fields, Range};
use super::resource::{CONNECTION, DraftConnectionDoc, DraftSessionDoc, PartialDoc, SESSION};
use super::{DraftError, DraftResource, refuse};
use crate::demo::dates::{asctime, timestamp};
use crate::demo::endpoint::SimEndpoint;
use crate::demo::http::{SimRequest, etag};
use crate::demo::world::{SimSessionAt, State, World};

/// Body of a GET reply, with its validators.
pub(super) struct Content {
    pub(super) body: Vec<u8>,
    pub(super) etag: String,
    pub(super) modified: Timestamp,
}

pub(super) fn content(
    endpoint: &SimEndpoint,
    request: &SimRequest,
    resource: DraftResource,
    world: &World,
) -> Result<Content, DraftError> {
    let parameters = request.parameters();
    let keys = if matches!(resource, DraftResource::Connections(_)) {
        &CONNECTION[..]
    } else {
        &SESSION[..]
    };
    let fields = Fields::of(&parameters, keys);
    match resource {
        DraftResource::Sessions => Ok(list(endpoint, world, fields, range(&parameters)?)),
        DraftResource::Session(id) => {
            let session = find(world, id)?;
            let whole = json(&PartialDoc {
                item: &shown(endpoint, world, &session),
                fields: Fields::ALL,
            });
            let etag = etag(&whole);
            let body = if fields == Fields::ALL {
                whole
            } else {
                json(&PartialDoc {
                    item: &shown(endpoint, world, &session),
                    fields,
                })
            };
            Ok(Content {
                body,
                etag,
                modified: modified(world, &session),
            })
        }
        DraftResource::Connections(id) => {
            let session = find(world, id)?;
            let range = range(&parameters)?;
            let connections: Vec<DraftConnectionDoc> = session
                .connections()
                .map(|backend| DraftConnectionDoc::of(&backend, session.service().name))
                .collect();
            let whole: Vec<_> = connections
                .iter()
                .map(|item| PartialDoc { item, fields })
                .collect();
            let body = json(&range.of_slice(&whole));
            Ok(Content {
                etag: etag(&body),
                body,
                modified: modified(world, &session),
            })
        }
    }
}

fn range(parameters: &[(String, String)]) -> Result<Range, DraftError> {
    Range::of(parameters).or_else(|text| {
        let description = format!("`range={text}` is not of the form A-B with A not above B.");
        refuse(StatusCode::BAD_REQUEST, "Invalid range", description)
    })
}

fn find(world: &World, id: u64) -> Result<SimSessionAt<'_>, DraftError> {
    let session = world.session(id).filter(is_listed);
    session.map_or_else(
        || {
            refuse(
                StatusCode::NOT_FOUND,
                "Not found",
                format!("There is no session {id}."),
            )
        },
        Ok,
    )
}

/// Whether the draft lists the session. It has no form for a missing user, so a session is listed after
/// login.
fn is_listed(session: &SimSessionAt<'_>) -> bool {
    session.state() != State::HalfOpen
}

fn list(endpoint: &SimEndpoint, world: &World, fields: Fields, range: Range) -> Content {
    let mut modified_at = world.changed();
    let listed = world.listed_sessions().filter(is_listed);
    let sessions: Vec<DraftSessionDoc<'_>> = range
        .over(listed)
        .map(|session| {
            modified_at = modified_at.max(last_change(world, &session));
            shown(endpoint, world, &session)
        })
        .collect();
    let rows: Vec<_> = sessions.iter().map(|item| PartialDoc { item, fields }).collect();
    let body = json(&rows);
    Content {
        etag: etag(&body),
        body,
        modified: timestamp(world.wall_at(modified_at)),
    }
}

fn shown<'a>(endpoint: &SimEndpoint, world: &World, session: &SimSessionAt<'a>) -> DraftSessionDoc<'a> {
    DraftSessionDoc {
        id: session.id(),
        state: if session.state() == State::Stopping {
            "Stopping session"
        } else {
            "Session ready for routing"
        },
        user: session.user().unwrap_or_default(),
        address: session.address(),
        service: session.service().name,
        connected: asctime(timestamp(world.wall_at(session.connected())), &endpoint.zone),
        idle: idle(world, session),
    }
}

/// Number of whole seconds since the client's last request.
fn idle(world: &World, session: &SimSessionAt<'_>) -> u64 {
    world.uptime().saturating_sub(session.last_request()).as_secs()
}

/// Returns when the visible content of a session last changed. The idle time changes every second.
fn last_change(world: &World, session: &SimSessionAt<'_>) -> Duration {
    session
        .last_request()
        .saturating_add(Duration::from_secs(idle(world, session)))
}

fn modified(world: &World, session: &SimSessionAt<'_>) -> Timestamp {
    timestamp(world.wall_at(last_change(world, session)))
}

/// Serializes a struct of numbers and texts. These always fit into JSON.
pub(super) fn json<T: Serialize + ?Sized>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}
