//! Authentication and users of the admin API, with MaxScale's replies.

use axum::http::{StatusCode, header};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::context::DocContext;
use super::layout::{Layout, dump};
use crate::demo::accounts::{AuthOutcome, ShownAccount};
use crate::demo::dates::http_date;
use crate::demo::endpoint::SimEndpoint;
use crate::demo::http::{SimReply, SimRequest};

/// Why a request was rejected, in MaxScale's words.
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

/// Authorizes the request, before anything else.
///
/// As in MaxScale, a read-only account with a password gets the same 401 as a wrong password.
pub(super) fn authorize(outcome: AuthOutcome) -> Result<Option<SimReply>, Denial> {
    match outcome {
        AuthOutcome::Welcome => Ok(None),
        AuthOutcome::Denied { by_token } => Err(denial(StatusCode::UNAUTHORIZED, !by_token, "Access denied")),
        AuthOutcome::Forbidden { by_token: false } => {
            Err(denial(StatusCode::UNAUTHORIZED, true, "Access denied"))
        }
        AuthOutcome::Forbidden { by_token: true } => Err(denial(
            StatusCode::FORBIDDEN,
            false,
            "Administrative access required",
        )),
    }
}

/// Issues a token for user and password. Does not accept a token instead.
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

/// Returns the reply of MaxScale's HTTP library: another date format, no content type.
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

/// Returns the data of `/users`.
pub(super) fn users(context: DocContext<'_>) -> Vec<Value> {
    let users = context.accounts.users();
    users.iter().map(|account| one_user(account, context)).collect()
}

/// Returns the path of the users, below which each has its own: versions without roles have one for each type of user.
pub(super) const fn users_path(context: DocContext<'_>) -> &'static str {
    if context.profile.roles {
        "users"
    } else {
        "users/inet"
    }
}

fn one_user(account: &ShownAccount, context: DocContext<'_>) -> Value {
    let name = &account.user;
    let mut data = json!({
        "attributes": {
            "account": account.role,
            "created": null,
            "last_login": null,
            "last_update": null,
            "name": name,
        },
        "id": name,
        "links": { "self": context.object(&format!("{}/{name}", users_path(context))) },
        "type": if context.profile.roles { "users" } else { "inet" },
    });
    let attributes = data.pointer_mut("/attributes").and_then(Value::as_object_mut);
    if let Some(attributes) = attributes.filter(|_| context.profile.roles) {
        attributes.insert("permissions".to_owned(), json!(account.permissions));
    }
    data
}

/// Returns the data of `/whoami`: the account that sent the request.
pub(super) fn whoami(account: &ShownAccount) -> Value {
    let mut attributes = json!({
        "account": account.role,
        "permissions": account.permissions,
        "sub": account.user,
    });
    if let (Some(expires), Some(attributes)) = (account.expires, attributes.as_object_mut()) {
        attributes.insert("exp".to_owned(), expires.into());
    }
    json!({ "attributes": attributes, "id": account.user, "type": "whoami" })
}
