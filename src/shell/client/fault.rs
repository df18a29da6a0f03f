//! The one place where what went wrong with a request becomes a [`Fault`].

use std::error::Error as StdError;
use std::io;

use super::line::line;
use super::reply::Reply;
use super::tls::ClientCertificate;
use super::tls_fault;
use super::url::EndpointUrl;
use crate::model::{Fault, counted};
use crate::wire::{Shape, WireError, error_detail, shape};

/// How far a reply had come when it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Nothing of it, or not all of its headers.
    Head,
    /// So many bytes of the body, of so many where the reply said it.
    Body(usize, Option<u64>),
}

/// The way on which it failed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link<'a> {
    pub(super) url: &'a EndpointUrl,
    /// What is shown to a server that asks for a certificate.
    pub(super) certificate: Option<&'a ClientCertificate>,
    /// Whether the server has ever answered.
    pub(super) has_answered: bool,
}

/// A request that brought no whole reply. Looks at the causes only: an error's own text has the URL.
pub(super) fn of_error(error: &reqwest::Error, stage: Stage, link: Link<'_>) -> Fault {
    let url = link.url;
    if error.is_dns() {
        return Fault::Resolve(line(&format!("{} ({})", url.host(), root(error))));
    }
    if let Some(tls) = cause::<rustls::Error>(error) {
        return Fault::Tls(Box::new(tls_fault::of_error(tls, url, link.certificate)));
    }
    // The innermost is the system's own.
    let io = causes(error).filter_map(|cause| cause.downcast_ref::<io::Error>());
    let io = io.last().map(io::Error::kind);
    if error.is_connect() {
        return match (io, tls_fault::of_handshake(io, url)) {
            (Some(io::ErrorKind::ConnectionRefused), _) => Fault::Refused,
            (_, Some(fault)) => Fault::Tls(Box::new(fault)),
            _ => Fault::Connect(line(&root(error).to_string())),
        };
    }
    if cause::<hyper::Error>(error).is_some_and(hyper::Error::is_parse) {
        return Fault::NotJson("a reply that is no HTTP");
    }
    if stage == Stage::Head
        && !link.has_answered
        && let Some(fault) = tls_fault::of_silence(url, link.certificate)
    {
        return Fault::Tls(Box::new(fault));
    }
    Fault::Cut(match (stage, io) {
        (Stage::Body(got, Some(all)), _) => line(&format!("{got} of {} came", counted(all, "byte"))),
        (Stage::Body(got, None), _) => line(&format!("{} came", counted(got, "byte"))),
        (Stage::Head, Some(kind)) if url.is_https() => line(&kind.to_string()),
        (Stage::Head, None) if url.is_https() => line("closed without a reply"),
        // What a server that wants TLS does with plain http.
        (Stage::Head, _) => line("closed without a reply; if it speaks TLS, give https://"),
    })
}

/// A reply that is no success: what its status says.
pub(super) fn of_status(reply: &Reply, with_credentials: bool) -> Fault {
    let detail = || error_detail(&reply.body);
    match (reply.status, &reply.location) {
        (status @ (401 | 403), _) => Fault::NotAllowed {
            status,
            detail: detail(),
            with_credentials,
        },
        (404, _) => Fault::NotFound,
        (300..=399, Some(location)) => Fault::Redirected(location.clone()),
        (status, _) => Fault::Status {
            status,
            detail: detail(),
        },
    }
}

/// A 404 to a request that names a session. The admin API's own is empty or JSON; a page comes from
/// somewhere else, and says nothing about the session.
pub(super) fn of_session_status(reply: &Reply, with_credentials: bool) -> Fault {
    match (reply.status, shape(&reply.body)) {
        (404, Shape::Html) => unclear_404("a page, not the admin API's answer"),
        _ => of_status(reply, with_credentials),
    }
}

/// A 404 that must not be taken for the end of a session.
pub(super) fn unclear_404(detail: &str) -> Fault {
    Fault::Status {
        status: 404,
        detail: Some(line(detail)),
    }
}

/// A body that could not be used.
pub(super) fn of_wire(error: &WireError) -> Fault {
    match error {
        WireError::NotJson(what) => Fault::NotJson(what),
        WireError::Shape { .. } | WireError::Broken(_) => Fault::Malformed(line(&error.to_string())),
    }
}

/// The first cause of a type.
fn cause<E: StdError + 'static>(error: &reqwest::Error) -> Option<&E> {
    causes(error).find_map(|cause| cause.downcast_ref::<E>())
}

/// The last cause: what the system or the peer said.
pub(super) fn root(error: &reqwest::Error) -> &(dyn StdError + 'static) {
    causes(error).last().unwrap_or(error)
}

/// Every cause, from the outside in.
fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    std::iter::successors(error.source(), |cause| inner(*cause))
}

/// What an error wraps. An I/O error leaves out the error it was made from when asked for its
/// source, and TLS errors come inside of I/O errors.
fn inner<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16, body: &str) -> Reply {
        Reply {
            status,
            body: body.as_bytes().to_vec(),
            ..Reply::default()
        }
    }

    #[test]
    fn statuses_have_names() {
        let denied = reply(401, r#"{"errors": [ { "detail": "Access denied" } ] }"#);
        assert_eq!(
            of_status(&denied, true),
            Fault::NotAllowed {
                status: 401,
                detail: Some(line("Access denied")),
                with_credentials: true
            }
        );
        let draft = reply(503, r#"{"error":"Busy","description":"Come again"}"#);
        assert_eq!(of_status(&draft, false).to_string(), "status 503: Come again");
        assert_eq!(of_status(&reply(404, ""), false), Fault::NotFound);
        assert_eq!(of_status(&reply(500, "<html>"), false).to_string(), "status 500");
        assert_eq!(of_status(&reply(304, ""), false).to_string(), "status 304");
    }

    #[test]
    fn a_redirect_is_shown_cleaned() {
        let moved = Reply {
            location: Some(line("http://x/\u{1b}[2J")),
            ..reply(302, "")
        };
        let text = of_status(&moved, true).to_string();
        assert_eq!(text, r"redirected to http://x/\u{1b}[2J, which is not followed");
    }

    #[test]
    fn a_page_that_says_404_ends_no_session() {
        assert_eq!(of_session_status(&reply(404, ""), false), Fault::NotFound);
        assert_eq!(of_session_status(&reply(404, "{}"), false), Fault::NotFound);
        let page = of_session_status(&reply(404, "<html>nginx</html>"), false);
        assert!(matches!(page, Fault::Status { status: 404, .. }));
    }
}
