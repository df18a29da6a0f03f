//! Which dialect answers a request. Who may enter: `server`.

use super::endpoint::{Dialects, Endpoint};
use super::http::{Reply, Request};
use super::{draft, jsonapi};

/// Answers a request, and remembers that it was asked.
pub(super) fn answer(endpoint: &Endpoint, request: &Request) -> Reply {
    let reply = if speaks_jsonapi(endpoint.dialects, &request.path) {
        jsonapi::answer(endpoint, request)
    } else {
        draft::answer(endpoint, request)
    };
    endpoint.remember(request, &reply);
    reply
}

fn speaks_jsonapi(dialects: Dialects, path: &str) -> bool {
    match dialects {
        Dialects::Both => path == "/v1" || path.starts_with("/v1/"),
        Dialects::Draft => false,
        Dialects::JsonApi => true,
    }
}
