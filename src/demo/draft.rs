//! The draft dialect: the whole Session resource of the REST API's design document.
//!
//! Who may enter: `endpoint`. The order of work: who asks, which resource, which method, the parameters, the
//! preconditions, and only then the action.

mod parameters;
mod resource;

use axum::http::header;
use axum::http::{Method, StatusCode};
use jiff::Timestamp;
use serde::Serialize;

use super::dates::{asctime, http_date, timestamp};
use super::endpoint::Endpoint;
use super::http::{Precondition, Reply, Request, etag, precondition};
use super::world::{Moment, State, World};
use parameters::{Fields, Range};
use resource::{CONNECTION, Connection, SESSION, Session, Shown};

/// The resources.
#[derive(Debug, Clone, Copy)]
enum Resource {
    Sessions,
    Session(u64),
    Connections(u64),
}

impl Resource {
    fn of(request: &Request) -> Option<Self> {
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

/// Digits as the list shows them: no sign, no leading zero.
fn id_of(text: &str) -> Option<u64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    if plain { text.parse().ok() } else { None }
}

/// Why a request is not done.
#[derive(Debug)]
struct Refusal {
    status: StatusCode,
    error: &'static str,
    description: String,
}

fn refuse<T>(status: StatusCode, error: &'static str, description: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal {
        status,
        error,
        description: description.into(),
    })
}

/// What a GET shows, with its validators.
struct Content {
    body: Vec<u8>,
    etag: String,
    modified: Timestamp,
}

pub(super) fn answer(endpoint: &Endpoint, request: &Request) -> Reply {
    let resource = Resource::of(request);
    let (answered, date, started) = endpoint.with_world(|world| {
        let answered = act(endpoint, request, resource, world);
        (
            answered,
            timestamp(world.wall()),
            timestamp((world.started_unix(), 0)),
        )
    });
    let mut reply = answered.unwrap_or_else(|refusal| error(&refusal));
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
    endpoint: &Endpoint,
    request: &Request,
    resource: Option<Resource>,
    world: &mut World,
) -> Result<Reply, Refusal> {
    if !endpoint.is_authorized(request) {
        return refuse(
            StatusCode::UNAUTHORIZED,
            "Unauthorized",
            "User name and password are needed.",
        );
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
        Precondition::NotModified => Ok(validated(Reply::new(StatusCode::NOT_MODIFIED), &content)),
        Precondition::Failed => refuse(
            StatusCode::PRECONDITION_FAILED,
            "Precondition failed",
            format!(
                "`{}` is not what the request expects; nothing was done.",
                request.path
            ),
        ),
        Precondition::None | Precondition::Holds => Ok(done(resource, &request.method, content, world)),
    }
}

fn done(resource: Resource, method: &Method, mut content: Content, world: &mut World) -> Reply {
    if let (&Method::DELETE, Resource::Session(id)) = (method, resource) {
        world.kill(id);
        return validated(Reply::new(StatusCode::NO_CONTENT), &content);
    }
    let body = std::mem::take(&mut content.body);
    validated(Reply::json(StatusCode::OK, body), &content)
}

fn validated(reply: Reply, content: &Content) -> Reply {
    reply
        .with(header::ETAG, content.etag.clone())
        .with(header::LAST_MODIFIED, http_date(content.modified))
}

fn error(refusal: &Refusal) -> Reply {
    #[derive(Serialize)]
    struct Body<'a> {
        error: &'a str,
        description: &'a str,
    }
    let body = json(&Body {
        error: refusal.error,
        description: &refusal.description,
    });
    let reply = Reply::json(refusal.status, body);
    if refusal.status == StatusCode::UNAUTHORIZED {
        return reply.with(header::WWW_AUTHENTICATE, "Basic");
    }
    reply
}

fn content(
    endpoint: &Endpoint,
    request: &Request,
    resource: Resource,
    world: &World,
) -> Result<Content, Refusal> {
    let parameters = request.parameters();
    let keys = if matches!(resource, Resource::Connections(_)) {
        &CONNECTION[..]
    } else {
        &SESSION[..]
    };
    let fields = Fields::of(&parameters, keys);
    match resource {
        Resource::Sessions => Ok(list(endpoint, world, fields, range(&parameters)?)),
        Resource::Session(id) => {
            let session = find(world, id)?;
            let whole = json(&Shown {
                item: &shown(endpoint, world, &session),
                fields: Fields::ALL,
            });
            let etag = etag(&whole);
            let body = if fields == Fields::ALL {
                whole
            } else {
                json(&Shown {
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
        Resource::Connections(id) => {
            let session = find(world, id)?;
            let range = range(&parameters)?;
            let connections: Vec<Connection> = session
                .backends()
                .map(|backend| Connection::of(&backend, session.service().name))
                .collect();
            let whole: Vec<_> = connections.iter().map(|item| Shown { item, fields }).collect();
            let body = json(&range.of_slice(&whole));
            Ok(Content {
                etag: etag(&body),
                body,
                modified: modified(world, &session),
            })
        }
    }
}

fn range(parameters: &[(String, String)]) -> Result<Range, Refusal> {
    Range::of(parameters).or_else(|text| {
        let description = format!("`range={text}` is not of the form A-B with A not above B.");
        refuse(StatusCode::BAD_REQUEST, "Invalid range", description)
    })
}

fn find(world: &World, id: u64) -> Result<Moment<'_>, Refusal> {
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

/// In the draft every value is known, so a session appears once its user has logged in.
fn is_listed(session: &Moment<'_>) -> bool {
    session.state() != State::HalfOpen
}

fn list(endpoint: &Endpoint, world: &World, fields: Fields, range: Range) -> Content {
    let mut modified_at = world.changed();
    let listed = world.sessions().filter(is_listed);
    let sessions: Vec<Session<'_>> = range
        .over(listed)
        .map(|session| {
            modified_at = modified_at.max(last_change(world, &session));
            shown(endpoint, world, &session)
        })
        .collect();
    let rows: Vec<_> = sessions.iter().map(|item| Shown { item, fields }).collect();
    let body = json(&rows);
    Content {
        etag: etag(&body),
        body,
        modified: timestamp(world.wall_at(modified_at)),
    }
}

fn shown<'a>(endpoint: &Endpoint, world: &World, session: &Moment<'a>) -> Session<'a> {
    Session {
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

/// Whole seconds since the client last asked for something.
fn idle(world: &World, session: &Moment<'_>) -> u64 {
    world.uptime().saturating_sub(session.last_request()).as_secs()
}

/// When what is shown of a session last changed: its idle time does so every second.
fn last_change(world: &World, session: &Moment<'_>) -> std::time::Duration {
    session
        .last_request()
        .saturating_add(std::time::Duration::from_secs(idle(world, session)))
}

fn modified(world: &World, session: &Moment<'_>) -> Timestamp {
    timestamp(world.wall_at(last_change(world, session)))
}

/// Plain structs of numbers and texts: there is nothing in them that JSON cannot hold.
fn json<T: Serialize + ?Sized>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}
