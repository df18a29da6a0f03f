//! The JSON:API dialect of each MaxScale version, with its quirks. `demo::profile` has the differences.
//!
//! As in MaxScale, the action comes first and the preconditions after it.

mod auth;
mod context;
mod document;
mod filter;
mod layout;
mod memory;
mod proxy;
mod resource;
mod selection;
mod session;
mod sql;
mod targets;

use std::time::Duration;

use axum::http::header::{self, HeaderName};
use axum::http::{Method, StatusCode};
use jiff::Timestamp;
use serde::Serialize;

use super::dates::{http_date, http_date_short, timestamp};
use super::endpoint::SimEndpoint;
use super::http::{Precondition, SimReply, SimRequest, etag, precondition};
use super::profile::{NotFoundStyle, VersionProfile};
use super::world::World;
use auth::{authorize, denied, login};
use context::DocContext;
use document::document;
use resource::JsonApiResource;
use selection::DocOptions;
use session::found;

/// Entity tag of every empty reply to a GET: the SHA-1 of no bytes.
const EMPTY_TAG: &str = "\"da39a3ee5e6b4b0d3255bfef95601890afd80709\"";
/// Entity tag of a resource that was not changed over the API, in versions whose tags count changes.
const UNCHANGED_TAG: &str = "\"0\"";

const SECURITY: [(HeaderName, &str); 4] = [
    (header::X_FRAME_OPTIONS, "Deny"),
    (header::X_XSS_PROTECTION, "1"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::CACHE_CONTROL, "no-cache"),
];

pub(super) fn answer(endpoint: &SimEndpoint, request: &SimRequest) -> SimReply {
    let profile = endpoint.profile;
    let is_login = request.method == Method::GET && matches!(*request.segments(), ["v1", "auth"] | ["auth"]);
    let denial = if is_login {
        login(endpoint, request)
    } else {
        authorize(endpoint.accounts.authenticate(request))
    };
    let now = || endpoint.with_world(|world| timestamp(world.wall()));
    match denial {
        Ok(None) => {}
        Ok(Some(token)) => return complete(token, profile, request, now()),
        Err(denial) => return denied(&denial, now(), connection(profile, request)),
    }
    let mut segments = request.segments();
    let prefixed = segments.first() == Some(&"v1");
    if prefixed {
        segments.remove(0);
    }
    let host = request.header(&header::HOST).unwrap_or("127.0.0.1:8989");
    let prefix = if prefixed || profile.links.always_prefixed {
        "/v1"
    } else {
        ""
    };
    let base = format!("http://{host}{prefix}");
    let sender = endpoint.accounts.sender(request);
    let context = DocContext {
        base: &base,
        zone: &endpoint.zone,
        profile,
        settings: &endpoint.settings,
        accounts: &endpoint.accounts,
        sender: &sender,
    };
    if let Some(form) = profile
        .sql
        .filter(|_| segments.first() == Some(&"sql") && (prefixed || !profile.http.needs_prefix))
    {
        let reply = sql::answer(endpoint, request, form, context, &segments);
        return complete(reply, profile, request, now());
    }
    let resource = if prefixed || !profile.http.needs_prefix {
        JsonApiResource::of(&segments, profile)
    } else {
        JsonApiResource::Unknown
    };
    let (reply, now) = endpoint.with_world(|world| {
        let reply = act(request, resource, context, world);
        (reply, timestamp(world.wall()))
    });
    complete(reply, profile, request, now)
}

/// Returns the reply for an internal error.
pub(super) fn fail(endpoint: &SimEndpoint, request: &SimRequest) -> SimReply {
    let now = endpoint.with_world(|world| timestamp(world.wall()));
    let detail = format!("{} could not be answered", request.path);
    let mut reply = failure(StatusCode::INTERNAL_SERVER_ERROR, &detail);
    if request.method == Method::HEAD {
        reply.body.clear();
    }
    complete(reply, endpoint.profile, request, now)
}

/// Returns the `Connection` header of a reply, if any.
///
/// Newer versions close the connection after each request without a body, and send no header after others.
/// Older ones keep it open unless the client wants it closed.
fn connection(profile: &VersionProfile, request: &SimRequest) -> Option<&'static str> {
    let wants_close = request
        .header(&header::CONNECTION)
        .is_some_and(|sent| sent.eq_ignore_ascii_case("close"));
    match (profile.http.keeps_connections, request.has_body()) {
        (true, _) if wants_close => Some("close"),
        (true, _) => Some("Keep-Alive"),
        (false, body) if wants_close || !body => Some("close"),
        (false, _) => None,
    }
}

/// Adds the headers of every reply.
fn complete(mut reply: SimReply, profile: &VersionProfile, request: &SimRequest, now: Timestamp) -> SimReply {
    if let Some(connection) = connection(profile, request) {
        reply = reply.with(header::CONNECTION, connection);
    }
    reply = reply.with(header::DATE, http_date_short(now));
    if profile.http.guards_browsers {
        for (name, value) in SECURITY {
            reply = reply.with(name, value);
        }
    }
    let length = reply.body.len().to_string();
    reply.with(header::CONTENT_LENGTH, length)
}

fn act(
    request: &SimRequest,
    resource: JsonApiResource<'_>,
    context: DocContext<'_>,
    world: &mut World,
) -> SimReply {
    let started = timestamp((world.started_unix(), 0));
    match request.method {
        Method::GET => {
            let reply = get(request, resource, context, world, started);
            if reply.status == StatusCode::OK && matches!(resource, JsonApiResource::Sessions) {
                world.on_listed();
            }
            reply
        }
        Method::HEAD => head(resource, context.profile, world, started),
        Method::OPTIONS if !matches!(resource, JsonApiResource::Unknown) => {
            SimReply::new(StatusCode::OK).with(header::ACCEPT, resource.methods(context.profile))
        }
        Method::DELETE | Method::POST | Method::PATCH | Method::PUT | Method::OPTIONS => {
            let reply = change(request, resource, context.profile, world);
            match precondition(request, EMPTY_TAG, started) {
                Precondition::Failed => SimReply::new(StatusCode::PRECONDITION_FAILED),
                _ => reply,
            }
        }
        _ => SimReply::new(StatusCode::from_u16(context.profile.http.unknown_method).unwrap_or_default()),
    }
}

/// Carries out a request that changes something. Preconditions are evaluated only afterwards.
fn change(
    request: &SimRequest,
    resource: JsonApiResource<'_>,
    profile: &VersionProfile,
    world: &mut World,
) -> SimReply {
    let can = profile.sessions;
    match (&request.method, resource) {
        (&Method::DELETE, JsonApiResource::Session(id)) if can.delete => delete(request, id, profile, world),
        (&Method::DELETE, JsonApiResource::NoSuch(..)) if can.delete => missing(request, resource, profile),
        (&Method::PATCH, JsonApiResource::Session(id)) if can.patch => match found(world, id, profile) {
            Some(_) => SimReply::new(StatusCode::OK),
            None => missing(request, resource, profile),
        },
        (&Method::PATCH, JsonApiResource::NoSuch(..)) if can.patch => missing(request, resource, profile),
        (&Method::POST, JsonApiResource::Restart) if can.restart => SimReply::new(StatusCode::OK),
        _ => SimReply::new(StatusCode::NOT_FOUND),
    }
}

fn delete(request: &SimRequest, id: u64, profile: &VersionProfile, world: &mut World) -> SimReply {
    if found(world, id, profile).is_none() {
        return missing(request, JsonApiResource::Session(id), profile);
    }
    let parameters = request.parameters();
    let ttl = parameters
        .iter()
        .find(|(name, _)| name == "ttl")
        .map_or(0, |(_, value)| leading_digits(value));
    if ttl == 0 {
        world.kill(id);
    } else {
        world.kill_after(id, Duration::from_secs(ttl.saturating_add(1)));
    }
    SimReply::new(StatusCode::OK)
}

/// Parses leading digits as C's `atoi` does. Returns 0 for a negative number.
fn leading_digits(text: &str) -> u64 {
    let digits = text
        .trim_start()
        .split(|c: char| !c.is_ascii_digit())
        .next()
        .unwrap_or_default();
    digits.parse().unwrap_or(0)
}

fn get(
    request: &SimRequest,
    resource: JsonApiResource<'_>,
    context: DocContext<'_>,
    world: &World,
    started: Timestamp,
) -> SimReply {
    let profile = context.profile;
    let tag = if profile.http.counts_revisions {
        UNCHANGED_TAG.to_owned()
    } else {
        etag(format!("{}{started}{:?}", request.path, (world.uptime(), world.changed())).as_bytes())
    };
    let verdict = precondition(request, &tag, started);
    match verdict {
        Precondition::Failed => return SimReply::new(StatusCode::PRECONDITION_FAILED),
        Precondition::NotModified => return SimReply::new(StatusCode::NOT_MODIFIED),
        Precondition::Holds | Precondition::None => {}
    }
    // As in MaxScale, a met precondition discards the parameters and the validators.
    let bare = verdict == Precondition::Holds && !profile.http.counts_revisions;
    let selection = DocOptions::of(&request.parameters(), bare, profile.parameters);
    let reply = match document(resource, context, world, &selection) {
        Ok(Some(body)) => SimReply::json(StatusCode::OK, body),
        Ok(None) if matches!(resource, JsonApiResource::Root) => SimReply::new(StatusCode::OK),
        Ok(None) => missing(request, resource, profile),
        Err(detail) => return failure(StatusCode::BAD_REQUEST, &detail),
    };
    if bare {
        return reply;
    }
    let tag = if reply.body.is_empty() && !profile.http.counts_revisions {
        EMPTY_TAG.to_owned()
    } else {
        tag
    };
    reply
        .with(header::ETAG, tag)
        .with(header::LAST_MODIFIED, http_date(started))
}

/// Returns the reply for a resource that does not exist.
fn missing(request: &SimRequest, resource: JsonApiResource<'_>, profile: &VersionProfile) -> SimReply {
    let named = profile.sessions.missing;
    let kind = match resource {
        JsonApiResource::Session(_) if named == NotFoundStyle::Named => "session",
        JsonApiResource::NoSuch(kind) => kind,
        JsonApiResource::Server(_) => "server",
        JsonApiResource::Service(_) => "service",
        JsonApiResource::Thread(_) => "thread",
        JsonApiResource::User(_) => "user",
        _ => return SimReply::new(StatusCode::NOT_FOUND),
    };
    if named == NotFoundStyle::Silent {
        return SimReply::new(StatusCode::NOT_FOUND);
    }
    let name = request.segments().pop().unwrap_or_default();
    failure(StatusCode::NOT_FOUND, &format!("{name} is not a {kind}"))
}

fn head(
    resource: JsonApiResource<'_>,
    profile: &VersionProfile,
    world: &World,
    started: Timestamp,
) -> SimReply {
    let found = match resource {
        JsonApiResource::Session(id) => found(world, id, profile).is_some(),
        JsonApiResource::Unknown | JsonApiResource::NoSuch(..) | JsonApiResource::Restart => false,
        _ => true,
    };
    let (status, modified) = if found {
        (StatusCode::OK, timestamp(world.wall()))
    } else {
        (StatusCode::NOT_FOUND, started)
    };
    let reply = if found {
        SimReply::json(status, Vec::new())
    } else {
        SimReply::new(status)
    };
    let tag = if profile.http.counts_revisions {
        UNCHANGED_TAG
    } else {
        EMPTY_TAG
    };
    reply
        .with(header::ETAG, tag)
        .with(header::LAST_MODIFIED, http_date(modified))
}

fn failure(status: StatusCode, detail: &str) -> SimReply {
    #[derive(Serialize)]
    struct ErrorDoc<'a> {
        detail: &'a str,
    }
    #[derive(Serialize)]
    struct Errors<'a> {
        errors: [ErrorDoc<'a>; 1],
    }
    SimReply::json(
        status,
        layout::dump(
            &Errors {
                errors: [ErrorDoc { detail }],
            },
            layout::Layout::Indented,
        ),
    )
}
