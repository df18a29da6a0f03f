//! Selects the dialect of a request, and applies faults and delays to the reply.

use std::time::Duration;

use super::endpoint::SimEndpoint;
use super::faults::InjectedFault;
use super::http::{SimReply, SimRequest};
use super::spec::ServedDialects;
use super::{draft, jsonapi};

/// A reply and when to send it.
#[derive(Debug)]
pub(super) struct DelayedReply {
    /// The reply. `None` resets the connection.
    pub(super) reply: Option<SimReply>,
    /// How long the reply is held back.
    pub(super) hold: Duration,
}

/// Handles a request and adds it to the log.
pub(super) fn answer(endpoint: &SimEndpoint, request: &SimRequest) -> DelayedReply {
    let (fault, silence) = endpoint.next_fault(request).unzip();
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
    let own = reply.as_ref().map_or(Duration::ZERO, |reply| reply.hold);
    DelayedReply {
        reply,
        hold: own
            .saturating_add(delay)
            .saturating_add(silence.unwrap_or_default()),
    }
}

fn carry_out(endpoint: &SimEndpoint, request: &SimRequest) -> SimReply {
    if speaks_jsonapi(endpoint.dialects, &request.path) {
        jsonapi::answer(endpoint, request)
    } else {
        draft::answer(endpoint, request)
    }
}

/// Returns the reply for an internal error, in the dialect of the request.
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
