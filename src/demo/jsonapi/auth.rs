//! Who comes in, and how a real server turns the others away.
//!
//! Who may enter: `jsonapi`.
//!
//! The users of the admin API.
//!
//! Who may enter: the JSON:API dialect.

use axum::http::{StatusCode, header};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::context::DocContext;
use super::layout::{Layout, dump};
use crate::demo::accounts::AuthOutcome;
use crate::demo::dates::http_date;
use crate::demo::endpoint::SimEndpoint;
use crate::demo::http::{SimReply, SimRequest};

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
pub(super) fn enter(entry: AuthOutcome) -> Result<Option<SimReply>, Denial> {
    match entry {
        AuthOutcome::Welcome => Ok(None),
        AuthOutcome::Denied { by_token } => Err(denial(StatusCode::UNAUTHORIZED, !by_token, "Access denied")),
        AuthOutcome::MayOnlyRead { by_token: false } => {
            Err(denial(StatusCode::UNAUTHORIZED, true, "Access denied"))
        }
        AuthOutcome::MayOnlyRead { by_token: true } => Err(denial(
            StatusCode::FORBIDDEN,
            false,
            "Administrative access required",
        )),
    }
}

/// A token for user and password; not for a token.
pub(super) fn login(endpoint: &SimEndpoint, request: &SimRequest) -> Result<Option<SimReply>, Denial> {
    #[derive(Serialize)]
    struct TokenMeta {
        token: String,
    }
    #[derive(Serialize)]
    struct TokenDoc {
        meta: TokenMeta,
    }
    let refuse = |detail| denial(StatusCode::UNAUTHORIZED, false, detail);
    if !endpoint.accounts.gives_tokens() {
        return Err(refuse("Connection is not encrypted"));
    }
    let token = endpoint.accounts.token(request);
    let token = token.ok_or_else(|| refuse("Access denied"))?;
    let body = dump(
        &TokenDoc {
            meta: TokenMeta { token },
        },
        Layout::Indented,
    );
    Ok(Some(SimReply::json(StatusCode::OK, body)))
}

/// The HTTP library's own reply: another date form, no content type.
pub(super) fn denied(denial: &Denial, now: Timestamp, connection: Option<&'static str>) -> SimReply {
    let mut reply = SimReply::new(denial.status).with(header::DATE, http_date(now));
    if denial.challenge {
        reply = reply.with(header::WWW_AUTHENTICATE, "Basic realm=\"maxscale\"");
    }
    if let Some(connection) = connection {
        reply = reply.with(header::CONNECTION, connection);
    }
    reply.body = format!("{{\"errors\": [ {{ \"detail\": \"{}\" }} ] }}", denial.detail).into_bytes();
    reply
}

/// `/users/inet`.
pub(super) fn users(context: DocContext<'_>) -> Vec<Value> {
    let users = context.accounts.users().into_iter();
    users
        .map(|(name, account)| one_user(name, account, context))
        .collect()
}

fn one_user(name: &str, account: &str, context: DocContext<'_>) -> Value {
    json!({
        "attributes": {
            "account": account,
            "created": null,
            "last_login": null,
            "last_update": null,
            "name": name,
        },
        "id": name,
        "links": { "self": context.object(&format!("users/inet/{name}")) },
        "type": "inet",
    })
}
