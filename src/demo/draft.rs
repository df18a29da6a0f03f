//! The draft dialect: the whole Session resource of the REST API's design document.
//!
//! A request passes these steps in order: authentication, resource, method, parameters, preconditions,
//! action.

mod content;
mod parameters;
mod resource;

use axum::http::header;
use axum::http::{Method, StatusCode};
use jiff::Timestamp;
use serde::Serialize;

use super::accounts::AuthOutcome;
use super::dates::{http_date, timestamp};
use super::endpoint::SimEndpoint;
use super::http::{Precondition, SimReply, SimRequest, etag, precondition};
use super::world::World;
use content::{Content, content, json};

/// A resource of the draft.
#[derive(Debug, Clone, Copy)]
enum DraftResource {
    Sessions,
    Session(u64),
    Connections(u64),
}

impl DraftResource {
    fn of(request: &SimRequest) -> Option<Self> {
        match *request.segments() {
            ["sessions"] => Some(Self::Sessions),
            ["sessions", id] => Some(Self::Session(id_of(id)?)),
            ["sessions", id, "connections"] => Some(Self::Connections(id_of(id)?)),
            _ => None,
        }
    }

    fn allow(self) -> &'static str {
        match self {
            Self::Session(_) => "GET, HEAD, DELETE",
            Self::Sessions | Self::Connections(_) => "GET, HEAD",
        }
    }

    fn allows(self, method: &Method) -> bool {
        self.allow().split(", ").any(|allowed| allowed == method.as_str())
    }
}

/// Parses a session id: decimal digits without sign or leading zero, as in the list.
fn id_of(text: &str) -> Option<u64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    if plain { text.parse().ok() } else { None }
}

/// Why a request was rejected.
#[derive(Debug)]
struct DraftError {
    status: StatusCode,
    error: &'static str,
    description: String,
}

fn refuse<T>(
    status: StatusCode,
    error: &'static str,
    description: impl Into<String>,
) -> Result<T, DraftError> {
    Err(DraftError {
        status,
        error,
        description: description.into(),
    })
}

pub(super) fn answer(endpoint: &SimEndpoint, request: &SimRequest) -> SimReply {
    let resource = DraftResource::of(request);
    let (answered, date, started) = endpoint.with_world(|world| {
        let answered = act(endpoint, request, resource, world);
        (
            answered,
            timestamp(world.wall()),
            timestamp((world.started_unix(), 0)),
        )
    });
    let reply = answered.unwrap_or_else(|refusal| error(&refusal));
    complete(reply, request, resource, (date, started))
}

/// Returns the reply for an internal error.
pub(super) fn fail(endpoint: &SimEndpoint, request: &SimRequest) -> SimReply {
    let (date, started) =
        endpoint.with_world(|world| (timestamp(world.wall()), timestamp((world.started_unix(), 0))));
    let reply = error(&DraftError {
        status: StatusCode::INTERNAL_SERVER_ERROR,
        error: "Internal error",
        description: format!("`{}` could not be answered.", request.path),
    });
    complete(reply, request, DraftResource::of(request), (date, started))
}

/// Adds the headers of every reply. A reply without a modification time gets the start of the process.
fn complete(
    mut reply: SimReply,
    request: &SimRequest,
    resource: Option<DraftResource>,
    (date, started): (Timestamp, Timestamp),
) -> SimReply {
    if let Some(resource) = resource {
        reply = reply.with(header::ALLOW, resource.allow());
    }
    if !reply.has(&header::ETAG) {
        let tag = etag(&reply.body);
        reply = reply
            .with(header::ETAG, tag)
            .with(header::LAST_MODIFIED, http_date(started));
    }
    if request.method == Method::HEAD && reply.status != StatusCode::NOT_MODIFIED {
        let length = reply.body.len().to_string();
        reply = reply.with(header::CONTENT_LENGTH, length);
        reply.body.clear();
    }
    reply.with(header::DATE, http_date(date))
}

fn act(
    endpoint: &SimEndpoint,
    request: &SimRequest,
    resource: Option<DraftResource>,
    world: &mut World,
) -> Result<SimReply, DraftError> {
    match endpoint.accounts.authenticate(request) {
        AuthOutcome::Welcome => {}
        AuthOutcome::Denied { .. } => {
            return refuse(
                StatusCode::UNAUTHORIZED,
                "Unauthorized",
                "User name and password are required.",
            );
        }
        AuthOutcome::Forbidden { .. } => {
            return refuse(StatusCode::FORBIDDEN, "Forbidden", "This account is read-only.");
        }
    }
    let Some(resource) = resource else {
        let description = format!("There is no resource `{}`.", request.path);
        return refuse(StatusCode::NOT_FOUND, "Not found", description);
    };
    if !resource.allows(&request.method) {
        let description = format!(
            "The `{}` resource does not support {}.",
            request.path, request.method
        );
        return refuse(
            StatusCode::METHOD_NOT_ALLOWED,
            "Method not supported",
            description,
        );
    }
    let content = content(endpoint, request, resource, world)?;
    match precondition(request, &content.etag, content.modified) {
        Precondition::NotModified => Ok(validated(SimReply::new(StatusCode::NOT_MODIFIED), &content)),
        Precondition::Failed => refuse(
            StatusCode::PRECONDITION_FAILED,
            "Precondition failed",
            format!(
                "`{}` does not match the preconditions of the request; nothing was changed.",
                request.path
            ),
        ),
        Precondition::None | Precondition::Holds => Ok(done(resource, &request.method, content, world)),
    }
}

fn done(resource: DraftResource, method: &Method, mut content: Content, world: &mut World) -> SimReply {
    if let (&Method::DELETE, DraftResource::Session(id)) = (method, resource) {
        world.kill(id);
        return validated(SimReply::new(StatusCode::NO_CONTENT), &content);
    }
    if let (&Method::GET, DraftResource::Sessions) = (method, resource) {
        world.on_listed();
    }
    let body = std::mem::take(&mut content.body);
    validated(SimReply::json(StatusCode::OK, body), &content)
}

fn validated(reply: SimReply, content: &Content) -> SimReply {
    reply
        .with(header::ETAG, content.etag.clone())
        .with(header::LAST_MODIFIED, http_date(content.modified))
}

fn error(refusal: &DraftError) -> SimReply {
    #[derive(Serialize)]
    struct DraftErrorDoc<'a> {
        error: &'a str,
        description: &'a str,
    }
    let body = json(&DraftErrorDoc {
        error: refusal.error,
        description: &refusal.description,
    });
    let reply = SimReply::json(refusal.status, body);
    if refusal.status == StatusCode::UNAUTHORIZED {
        return reply.with(header::WWW_AUTHENTICATE, "Basic");
    }
    reply
}
