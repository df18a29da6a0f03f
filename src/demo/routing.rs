//! Which dialect answers a request, and what becomes of its answer. Who may enter: `server`.

use std::time::Duration;

use super::endpoint::SimEndpoint;
use super::faults::InjectedFault;
use super::http::{SimReply, SimRequest};
use super::spec::ServedDialects;
use super::{draft, jsonapi};

/// What is sent back, and when.
#[derive(Debug)]
pub(super) struct DelayedReply {
    /// Without one the connection is reset.
    pub(super) reply: Option<SimReply>,
    /// How long it is held back.
    pub(super) hold: Duration,
}

/// Answers a request, and remembers that it was asked.
pub(super) fn answer(endpoint: &SimEndpoint, request: &SimRequest) -> DelayedReply {
    let (fault, silence) = endpoint.fault(request).unzip();
    let carried_out = fault
        .is_none_or(InjectedFault::is_after)
        .then(|| carry_out(endpoint, request));
    let reply = match fault {
        None | Some(InjectedFault::SilenceAfter) => carried_out,
        Some(InjectedFault::ResetBefore | InjectedFault::ResetAfter) => None,
        Some(InjectedFault::ErrorBefore | InjectedFault::ErrorAfter | InjectedFault::SilenceBefore) => {
            Some(fail(endpoint, request))
        }
    };
    let status = reply.as_ref().map_or(0, |reply| reply.status.as_u16());
    endpoint.remember(request, status, fault);

    let delay = if request.is_single() {
        endpoint.delay
    } else {
        Duration::ZERO
    };
    let silence = silence.filter(|_| fault.is_some_and(InjectedFault::is_silence));
    DelayedReply {
        reply,
        hold: delay.saturating_add(silence.unwrap_or_default()),
    }
}

fn carry_out(endpoint: &SimEndpoint, request: &SimRequest) -> SimReply {
    if speaks_jsonapi(endpoint.dialects, &request.path) {
        jsonapi::answer(endpoint, request)
    } else {
        draft::answer(endpoint, request)
    }
}

/// An internal error, in the dialect that was asked.
fn fail(endpoint: &SimEndpoint, request: &SimRequest) -> SimReply {
    if speaks_jsonapi(endpoint.dialects, &request.path) {
        jsonapi::fail(endpoint, request)
    } else {
        draft::fail(endpoint, request)
    }
}

fn speaks_jsonapi(dialects: ServedDialects, path: &str) -> bool {
    match dialects {
        ServedDialects::Both => path == "/v1" || path.starts_with("/v1/"),
        ServedDialects::Draft => false,
        ServedDialects::JsonApi => true,
    }
}
