//! The one place where what went wrong with a request becomes a [`RequestError`].
//!
//! What the system, a library or the other side said, as it may be shown.

use std::error::Error as StdError;
use std::io;

use super::reply::Reply;
use super::tls::ClientCertificate;
use super::tls_fault;
use super::url::EndpointUrl;
use crate::model::{Dialect, RequestError, Text, TextLimit, counted};
use crate::wire::{WireError, error_detail, is_own_error};

/// How far a reply had come when it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReplyProgress {
    /// Nothing of it, or not all of its headers.
    Head,
    /// So many bytes of the body, of so many where the reply said it.
    Body(usize, Option<u64>),
}

/// The way on which it failed.
#[derive(Clone, Copy, Debug)]
pub(super) struct ErrorContext<'a> {
    pub(super) url: &'a EndpointUrl,
    /// What is shown to a server that asks for a certificate.
    pub(super) certificate: Option<&'a ClientCertificate>,
    /// Whether the server has ever answered.
    pub(super) has_answered: bool,
}

/// A request that brought no whole reply. Looks at the causes only: an error's own text has the URL.
pub(super) fn of_error(error: &reqwest::Error, stage: ReplyProgress, link: ErrorContext<'_>) -> RequestError {
    let url = link.url;
    if error.is_dns() {
        return RequestError::Resolve(line(&format!("{} ({})", url.host(), root(error))));
    }
    if let Some(tls) = cause::<rustls::Error>(error) {
        return RequestError::Tls(Box::new(tls_fault::of_error(tls, url, link.certificate)));
    }
    // The innermost is the system's own.
    let io = causes(error).filter_map(|cause| cause.downcast_ref::<io::Error>());
    let io = io.last().map(io::Error::kind);
    if error.is_connect() {
        return match (io, tls_fault::of_handshake(io, url)) {
            (Some(io::ErrorKind::ConnectionRefused), _) => RequestError::Refused,
            (_, Some(fault)) => RequestError::Tls(Box::new(fault)),
            _ => RequestError::Connect(line(&root(error).to_string())),
        };
    }
    if cause::<hyper::Error>(error).is_some_and(hyper::Error::is_parse) {
        return RequestError::NotJson("a reply that is no HTTP");
    }
    if stage == ReplyProgress::Head
        && !link.has_answered
        && let Some(fault) = tls_fault::of_silence(url, link.certificate)
    {
        return RequestError::Tls(Box::new(fault));
    }
    RequestError::Cut(match (stage, io) {
        (ReplyProgress::Body(got, Some(all)), _) => line(&format!("{got} of {} came", counted(all, "byte"))),
        (ReplyProgress::Body(got, None), _) => line(&format!("{} came", counted(got, "byte"))),
        (ReplyProgress::Head, Some(kind)) if url.is_https() => line(&kind.to_string()),
        (ReplyProgress::Head, None) if url.is_https() => line("closed without a reply"),
        // What a server that wants TLS does with plain http.
        (ReplyProgress::Head, _) => line("closed without a reply; if it speaks TLS, give https://"),
    })
}

/// A connection that could not be opened, TLS included.
pub(super) fn of_connect(error: &io::Error, link: ErrorContext<'_>) -> RequestError {
    let root = chain(error).last().unwrap_or(error);
    if let Some(tls) = chain(error).find_map(|cause| cause.downcast_ref::<rustls::Error>()) {
        return RequestError::Tls(Box::new(tls_fault::of_error(tls, link.url, link.certificate)));
    }
    match (
        error.kind(),
        tls_fault::of_handshake(Some(error.kind()), link.url),
    ) {
        (io::ErrorKind::ConnectionRefused, _) => RequestError::Refused,
        (_, Some(fault)) => RequestError::Tls(Box::new(fault)),
        _ => RequestError::Connect(line(&root.to_string())),
    }
}

/// A request over an open connection that brought no whole reply.
pub(super) fn of_http(error: &hyper::Error, stage: ReplyProgress, link: ErrorContext<'_>) -> RequestError {
    if error.is_parse() {
        return RequestError::NotJson("a reply that is no HTTP");
    }
    if let Some(tls) = chain(error).find_map(|cause| cause.downcast_ref::<rustls::Error>()) {
        return RequestError::Tls(Box::new(tls_fault::of_error(tls, link.url, link.certificate)));
    }
    if stage == ReplyProgress::Head
        && !link.has_answered
        && let Some(fault) = tls_fault::of_silence(link.url, link.certificate)
    {
        return RequestError::Tls(Box::new(fault));
    }
    RequestError::Cut(match stage {
        ReplyProgress::Body(got, Some(all)) => line(&format!("{got} of {all} bytes came")),
        ReplyProgress::Body(got, None) => line(&format!("{got} bytes came")),
        ReplyProgress::Head => line("closed without a reply"),
    })
}

/// An error and its causes, from the outside in.
fn chain<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |cause| inner(*cause))
}

/// A reply that is no success: what its status says. A 404 is [`RequestError::NotFound`] only in the form in
/// which `MaxScale` sends it in this dialect.
pub(super) fn of_status(reply: &Reply, dialect: Dialect, with_credentials: bool) -> RequestError {
    let detail = || error_detail(&reply.body);
    match (reply.status, &reply.location) {
        (status @ (401 | 403), _) => RequestError::NotAllowed {
            status,
            detail: detail(),
            with_credentials,
        },
        (404, _) if reply.is_cut || !is_own_error(dialect, &reply.body) => RequestError::Unclear404,
        (404, _) => RequestError::NotFound,
        (300..=399, Some(location)) => RequestError::Redirected(location.clone()),
        (status, _) => RequestError::Status {
            status,
            detail: detail(),
        },
    }
}

/// The same for a list, which no session depends on. The 404 of either dialect means that there is none:
/// the endpoint may speak the other one.
pub(super) fn of_list_status(reply: &Reply, with_credentials: bool) -> RequestError {
    match of_status(reply, Dialect::JsonApi, with_credentials) {
        RequestError::Unclear404 => of_status(reply, Dialect::Draft, with_credentials),
        fault => fault,
    }
}

/// The same for a resource that is not a session. Its 404 must not be taken for the end of one.
pub(super) fn of_resource_status(reply: &Reply, missing: &str, with_credentials: bool) -> RequestError {
    match of_status(reply, Dialect::JsonApi, with_credentials) {
        RequestError::NotFound => missing_resource(missing),
        fault => fault,
    }
}

/// A 404 that does not mean that a session has ended.
pub(super) fn missing_resource(detail: &str) -> RequestError {
    RequestError::Status {
        status: 404,
        detail: Some(line(detail)),
    }
}

/// A body that could not be used.
pub(super) fn of_wire(error: &WireError) -> RequestError {
    match error {
        WireError::NotJson(what) => RequestError::NotJson(what),
        WireError::Shape { .. } | WireError::Broken(_) => RequestError::Malformed(line(&error.to_string())),
        WireError::NoSession { .. } => RequestError::NoSession(line(&error.to_string())),
        WireError::TooManyRows(limit) => RequestError::TooManyRows { limit: *limit },
        WireError::TooMuchMemory(limit) => RequestError::TooMuchMemory { limit: *limit },
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

/// One cleaned line.
pub(super) fn line(text: &str) -> Text {
    Text::clean(text, TextLimit::Line)
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON_API: Dialect = Dialect::JsonApi;

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
            of_status(&denied, JSON_API, true),
            RequestError::NotAllowed {
                status: 401,
                detail: Some(line("Access denied")),
                with_credentials: true
            }
        );
        let draft = reply(503, r#"{"error":"Busy","description":"Come again"}"#);
        let busy = of_status(&draft, Dialect::Draft, false);
        assert_eq!(busy.to_string(), "status 503: Come again");
        for (status, body, shown) in [(500, "<html>", "status 500"), (304, "", "status 304")] {
            let fault = of_status(&reply(status, body), JSON_API, false);
            assert_eq!(fault.to_string(), shown);
        }
    }

    #[test]
    fn a_redirect_is_shown_cleaned() {
        let moved = Reply {
            location: Some(line("http://x/\u{1b}[2J")),
            ..reply(302, "")
        };
        let text = of_status(&moved, JSON_API, true).to_string();
        assert_eq!(text, r"redirected to http://x/\u{1b}[2J, which is not followed");
    }

    #[test]
    fn only_a_404_of_maxscale_means_not_found() {
        const JSON_API_OWN: &str = r#"{"errors":[{"detail":"5 is not a session"}]}"#;
        const DRAFT_OWN: &str = r#"{"error":"Not found","description":"No such session."}"#;
        let not_found =
            |dialect, body| of_status(&reply(404, body), dialect, false) == RequestError::NotFound;
        for dialect in [JSON_API, Dialect::Draft] {
            assert!(not_found(dialect, ""));
            assert_eq!(not_found(dialect, JSON_API_OWN), dialect == JSON_API);
            assert_eq!(not_found(dialect, DRAFT_OWN), dialect == Dialect::Draft);
            for foreign in [
                "404 page not found\n",
                "default backend - 404",
                "<html>nginx</html>",
                "\n",
                "{}",
                "[]",
                "null",
                r#"["Not found","No such session."]"#,
                r#"{"message":"no Route matched with those values"}"#,
                r#"{"kind":"Status","status":"Failure","reason":"NotFound","code":404}"#,
                r#"{"error":"Not found"}"#,
                r#"{"error":{"code":404},"description":"x"}"#,
                r#"{"errors":[]}"#,
                r#"{"errors":["not found"]}"#,
                r#"{"errors":[{"title":"Not found"}]}"#,
                r#"{"errors":[{"detail":"x"},{"title":"y"}]}"#,
            ] {
                assert!(!not_found(dialect, foreign), "{foreign}");
            }
        }
    }

    #[test]
    fn a_404_whose_body_broke_off_is_unclear() {
        let cut = Reply {
            is_cut: true,
            ..reply(404, "")
        };
        assert_eq!(of_status(&cut, JSON_API, false), RequestError::Unclear404);
    }

    #[test]
    fn a_resource_that_is_missing_ends_no_session() {
        let fault = |body| of_resource_status(&reply(404, body), "no such thing there", false);
        assert_eq!(fault("").to_string(), "status 404: no such thing there");
        assert_eq!(fault("nginx"), RequestError::Unclear404);
    }
}
