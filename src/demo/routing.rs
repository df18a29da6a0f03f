//! Which dialect answers a request, and what becomes of its answer. Who may enter: `server`.

use std::time::Duration;

use super::endpoint::Endpoint;
use super::faults::Fault;
use super::http::{Reply, Request};
use super::spec::Dialects;
use super::{draft, jsonapi};

/// What is sent back, and when.
#[derive(Debug)]
pub(super) struct Answer {
    /// Without one the connection is reset.
    pub(super) reply: Option<Reply>,
    /// How long it is held back.
    pub(super) hold: Duration,
}

/// Answers a request, and remembers that it was asked.
pub(super) fn answer(endpoint: &Endpoint, request: &Request) -> Answer {
    let (fault, silence) = endpoint.fault(request).unzip();
    let carried_out = fault
        .is_none_or(Fault::is_after)
        .then(|| carry_out(endpoint, request));
    let reply = match fault {
        None | Some(Fault::SilenceAfter) => carried_out,
        Some(Fault::ResetBefore | Fault::ResetAfter) => None,
        Some(Fault::ErrorBefore | Fault::ErrorAfter | Fault::SilenceBefore) => Some(fail(endpoint, request)),
    };
    let status = reply.as_ref().map_or(0, |reply| reply.status.as_u16());
    endpoint.remember(request, status, fault);

    let delay = if request.is_single() {
        endpoint.delay
    } else {
        Duration::ZERO
    };
    let silence = silence.filter(|_| fault.is_some_and(Fault::is_silence));
    Answer {
        reply,
        hold: delay.saturating_add(silence.unwrap_or_default()),
    }
}

fn carry_out(endpoint: &Endpoint, request: &Request) -> Reply {
    if speaks_jsonapi(endpoint.dialects, &request.path) {
        jsonapi::answer(endpoint, request)
    } else {
        draft::answer(endpoint, request)
    }
}

/// An internal error, in the dialect that was asked.
fn fail(endpoint: &Endpoint, request: &Request) -> Reply {
    if speaks_jsonapi(endpoint.dialects, &request.path) {
        jsonapi::fail(endpoint, request)
    } else {
        draft::fail(endpoint, request)
    }
}

fn speaks_jsonapi(dialects: Dialects, path: &str) -> bool {
    match dialects {
        Dialects::Both => path == "/v1" || path.starts_with("/v1/"),
        Dialects::Draft => false,
        Dialects::JsonApi => true,
    }
}
