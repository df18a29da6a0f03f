//! Who comes in, and how a real server turns the others away.
//!
//! Who may enter: `jsonapi`.

use axum::http::StatusCode;
use axum::http::header;
use jiff::Timestamp;
use serde::Serialize;

use super::layout::{Layout, dump};
use crate::demo::accounts::Entry;
use crate::demo::dates::http_date;
use crate::demo::endpoint::Endpoint;
use crate::demo::http::{Reply, Request};

/// Why somebody does not come in: the words of a real server.
pub(super) struct Denial {
    status: StatusCode,
    challenge: bool,
    detail: &'static str,
}

const fn denial(status: StatusCode, challenge: bool, detail: &'static str) -> Denial {
    Denial {
        status,
        challenge,
        detail,
    }
}

/// Comes before everything else. Who comes with a password and may only read is told the same as who has none.
pub(super) fn enter(entry: Entry) -> Result<Option<Reply>, Denial> {
    match entry {
        Entry::Welcome => Ok(None),
        Entry::Denied { by_token } => Err(denial(StatusCode::UNAUTHORIZED, !by_token, "Access denied")),
        Entry::MayOnlyRead { by_token: false } => {
            Err(denial(StatusCode::UNAUTHORIZED, true, "Access denied"))
        }
        Entry::MayOnlyRead { by_token: true } => Err(denial(
            StatusCode::FORBIDDEN,
            false,
            "Administrative access required",
        )),
    }
}

/// A token for user and password; not for a token.
pub(super) fn login(endpoint: &Endpoint, request: &Request) -> Result<Option<Reply>, Denial> {
    #[derive(Serialize)]
    struct Token {
        token: String,
    }
    #[derive(Serialize)]
    struct Body {
        meta: Token,
    }
    let refuse = |detail| denial(StatusCode::UNAUTHORIZED, false, detail);
    if !endpoint.accounts.gives_tokens() {
        return Err(refuse("Connection is not encrypted"));
    }
    let token = endpoint.accounts.token(request);
    let token = token.ok_or_else(|| refuse("Access denied"))?;
    let body = dump(
        &Body {
            meta: Token { token },
        },
        Layout::Indented,
    );
    Ok(Some(Reply::json(StatusCode::OK, body)))
}

/// The HTTP library's own reply: another date form, no content type.
pub(super) fn denied(denial: &Denial, now: Timestamp, connection: Option<&'static str>) -> Reply {
    let mut reply = Reply::new(denial.status).with(header::DATE, http_date(now));
    if denial.challenge {
        reply = reply.with(header::WWW_AUTHENTICATE, "Basic realm=\"maxscale\"");
    }
    if let Some(connection) = connection {
        reply = reply.with(header::CONNECTION, connection);
    }
    reply.body = format!("{{\"errors\": [ {{ \"detail\": \"{}\" }} ] }}", denial.detail).into_bytes();
    reply
}
