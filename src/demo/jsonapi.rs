//! The JSON:API dialect, as MaxScale 24.02.3 speaks it, quirks included.
//!
//! Who may enter: `endpoint`. The order of work is the real server's: the action first, then the preconditions.

mod context;
mod document;
mod entrance;
mod filter;
mod memory;
mod proxy;
mod resource;
mod selection;
mod session;
mod targets;

use std::time::Duration;

use axum::http::header::{self, HeaderName};
use axum::http::{Method, StatusCode};
use jiff::Timestamp;
use serde::Serialize;

use super::dates::{http_date, http_date_short, timestamp};
use super::endpoint::Endpoint;
use super::http::{Precondition, Reply, Request, etag, precondition};
use super::world::{Moment, State, World};
use context::Context;
use document::document;
use entrance::{denied, enter, login};
use resource::Resource;
use selection::Selection;

/// The SHA-1 of nothing: the tag of every empty reply to a GET.
const EMPTY_TAG: &str = "\"da39a3ee5e6b4b0d3255bfef95601890afd80709\"";

const SECURITY: [(HeaderName, &str); 4] = [
    (header::X_FRAME_OPTIONS, "Deny"),
    (header::X_XSS_PROTECTION, "1"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::CACHE_CONTROL, "no-cache"),
];

pub(super) fn answer(endpoint: &Endpoint, request: &Request) -> Reply {
    let close = !request.has_body();
    let is_login = request.method == Method::GET && matches!(*request.segments(), ["v1", "auth"] | ["auth"]);
    let denial = if is_login {
        login(endpoint, request)
    } else {
        enter(endpoint.accounts.entry(request))
    };
    let now = || endpoint.with_world(|world| timestamp(world.wall()));
    match denial {
        Ok(None) => {}
        Ok(Some(token)) => return complete(token, close, now()),
        Err(denial) => return denied(&denial, now(), close),
    }
    let mut segments = request.segments();
    let prefixed = segments.first() == Some(&"v1");
    if prefixed {
        segments.remove(0);
    }
    let host = request.header(&header::HOST).unwrap_or("127.0.0.1:8989");
    let base = format!("http://{host}{}", if prefixed { "/v1" } else { "" });
    let context = Context {
        base: &base,
        zone: &endpoint.zone,
    };
    let (reply, now) = endpoint.with_world(|world| {
        let reply = act(request, Resource::of(&segments), context, world);
        (reply, timestamp(world.wall()))
    });
    complete(reply, close, now)
}

/// An internal error, whatever was asked.
pub(super) fn fail(endpoint: &Endpoint, request: &Request) -> Reply {
    let now = endpoint.with_world(|world| timestamp(world.wall()));
    let detail = format!("{} could not be answered", request.path);
    let mut reply = failure(StatusCode::INTERNAL_SERVER_ERROR, &detail);
    if request.method == Method::HEAD {
        reply.body.clear();
    }
    complete(reply, !request.has_body(), now)
}

/// The headers that every reply has.
fn complete(mut reply: Reply, close: bool, now: Timestamp) -> Reply {
    if close {
        reply = reply.with(header::CONNECTION, "close");
    }
    reply = reply.with(header::DATE, http_date_short(now));
    for (name, value) in SECURITY {
        reply = reply.with(name, value);
    }
    let length = reply.body.len().to_string();
    reply.with(header::CONTENT_LENGTH, length)
}

fn act(request: &Request, resource: Resource<'_>, context: Context<'_>, world: &mut World) -> Reply {
    let started = timestamp((world.started_unix(), 0));
    match request.method {
        Method::GET => {
            let reply = get(request, resource, context, world, started);
            if reply.status == StatusCode::OK && matches!(resource, Resource::Sessions) {
                world.was_listed();
            }
            reply
        }
        Method::HEAD => head(resource, world, started),
        Method::OPTIONS if !matches!(resource, Resource::Unknown) => {
            Reply::new(StatusCode::OK).with(header::ACCEPT, resource.methods())
        }
        Method::DELETE | Method::POST | Method::PATCH | Method::PUT | Method::OPTIONS => {
            let reply = change(request, resource, world);
            match precondition(request, EMPTY_TAG, started) {
                Precondition::Failed => Reply::new(StatusCode::PRECONDITION_FAILED),
                _ => reply,
            }
        }
        _ => Reply::new(StatusCode::METHOD_NOT_ALLOWED),
    }
}

/// Everything that changes something is done before anybody asks for preconditions.
fn change(request: &Request, resource: Resource<'_>, world: &mut World) -> Reply {
    match (&request.method, resource) {
        (&Method::DELETE, Resource::Session(id)) => delete(request, id, world),
        (&Method::DELETE | &Method::PATCH, Resource::NoSuch(name, kind)) => {
            failure(StatusCode::NOT_FOUND, &format!("{name} is not a {kind}"))
        }
        (&Method::PATCH, Resource::Session(id)) if world.session(id).is_some_and(is_started) => {
            Reply::new(StatusCode::OK)
        }
        (&Method::POST, Resource::Restart) => Reply::new(StatusCode::OK),
        _ => Reply::new(StatusCode::NOT_FOUND),
    }
}

fn delete(request: &Request, id: u64, world: &mut World) -> Reply {
    if !world.session(id).is_some_and(is_started) {
        return Reply::new(StatusCode::NOT_FOUND);
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
    Reply::new(StatusCode::OK)
}

/// As C's `atoi` reads it, but nothing below zero.
fn leading_digits(text: &str) -> u64 {
    let digits = text
        .trim_start()
        .split(|c: char| !c.is_ascii_digit())
        .next()
        .unwrap_or_default();
    digits.parse().unwrap_or(0)
}

/// Only sessions in use are found by their id.
fn is_started(session: Moment<'_>) -> bool {
    session.state() == State::Ready
}

fn get(
    request: &Request,
    resource: Resource<'_>,
    context: Context<'_>,
    world: &World,
    started: Timestamp,
) -> Reply {
    let tag = etag(format!("{}{started}{:?}", request.path, (world.uptime(), world.changed())).as_bytes());
    let verdict = precondition(request, &tag, started);
    match verdict {
        Precondition::Failed => return Reply::new(StatusCode::PRECONDITION_FAILED),
        Precondition::NotModified => return Reply::new(StatusCode::NOT_MODIFIED),
        Precondition::Holds | Precondition::None => {}
    }
    // A precondition that holds makes the real server forget the parameters and the validators.
    let bare = verdict == Precondition::Holds;
    let selection = Selection::of(&request.parameters(), bare);
    let reply = match document(resource, context, world, &selection) {
        Ok(Some(body)) => Reply::json(StatusCode::OK, body),
        Ok(None) => missing(resource),
        Err(detail) => return failure(StatusCode::BAD_REQUEST, &detail),
    };
    if bare {
        return reply;
    }
    let tag = if reply.body.is_empty() {
        EMPTY_TAG.to_owned()
    } else {
        tag
    };
    reply
        .with(header::ETAG, tag)
        .with(header::LAST_MODIFIED, http_date(started))
}

/// What a GET answers that has no document.
fn missing(resource: Resource<'_>) -> Reply {
    match resource {
        Resource::Root => Reply::new(StatusCode::OK),
        Resource::NoSuch(name, kind) => failure(StatusCode::NOT_FOUND, &format!("{name} is not a {kind}")),
        Resource::Server(name) => failure(StatusCode::NOT_FOUND, &format!("{name} is not a server")),
        Resource::Service(name) => failure(StatusCode::NOT_FOUND, &format!("{name} is not a service")),
        Resource::Thread(name) => failure(StatusCode::NOT_FOUND, &format!("{name} is not a thread")),
        _ => Reply::new(StatusCode::NOT_FOUND),
    }
}

fn head(resource: Resource<'_>, world: &World, started: Timestamp) -> Reply {
    let found = match resource {
        Resource::Session(id) => world.session(id).is_some_and(is_started),
        Resource::Unknown | Resource::NoSuch(..) | Resource::Restart => false,
        _ => true,
    };
    let (status, modified) = if found {
        (StatusCode::OK, timestamp(world.wall()))
    } else {
        (StatusCode::NOT_FOUND, started)
    };
    let reply = if found {
        Reply::json(status, Vec::new())
    } else {
        Reply::new(status)
    };
    reply
        .with(header::ETAG, EMPTY_TAG)
        .with(header::LAST_MODIFIED, http_date(modified))
}

fn failure(status: StatusCode, detail: &str) -> Reply {
    #[derive(Serialize)]
    struct Detail<'a> {
        detail: &'a str,
    }
    #[derive(Serialize)]
    struct Errors<'a> {
        errors: [Detail<'a>; 1],
    }
    Reply::json(
        status,
        selection::dump(
            &Errors {
                errors: [Detail { detail }],
            },
            true,
        ),
    )
}
