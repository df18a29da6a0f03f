//! Converts errors of a request to a [`RequestError`]. All conversions are here.
//!
//! Messages of the system, a library or the server are sanitized.

use std::error::Error as StdError;
use std::io;

use super::reply::Reply;
use super::tls::ClientCertificate;
use super::tls_fault;
use super::url::EndpointUrl;
use crate::model::{Dialect, RequestError, Text, TextLimit, counted};
use crate::wire::{WireError, error_detail, is_own_error};

/// How much of a reply had arrived when it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReplyProgress {
    /// At most a part of the headers.
    Head,
    /// This many bytes of the body, and its length if the reply stated it.
    Body(usize, Option<u64>),
}

/// The context of a failed request.
#[derive(Clone, Copy, Debug)]
pub(super) struct ErrorContext<'a> {
    pub(super) url: &'a EndpointUrl,
    /// The client certificate.
    pub(super) certificate: Option<&'a ClientCertificate>,
    /// Whether the server has ever replied.
    pub(super) has_answered: bool,
}

/// Converts a request without a complete reply. Uses only the error's causes, because its own text
/// contains the URL.
pub(super) fn of_error(error: &reqwest::Error, stage: ReplyProgress, link: ErrorContext<'_>) -> RequestError {
    let url = link.url;
    if error.is_dns() {
        return RequestError::Resolve(line(&format!("{} ({})", url.host(), root(error))));
    }
    if let Some(tls) = cause::<rustls::Error>(error) {
        return RequestError::Tls(Box::new(tls_fault::of_error(tls, url, link.certificate)));
    }
    // The innermost cause is the system's own error.
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
        return RequestError::NotJson(line("a non-HTTP reply"));
    }
    if stage == ReplyProgress::Head
        && !link.has_answered
        && let Some(fault) = tls_fault::of_silence(url, link.certificate)
    {
        return RequestError::Tls(Box::new(fault));
    }
    RequestError::Cut(match (stage, io) {
        (ReplyProgress::Body(got, Some(all)), _) => {
            line(&format!("{got} of {} received", counted(all, "byte")))
        }
        (ReplyProgress::Body(got, None), _) => line(&format!("{} received", counted(got, "byte"))),
        (ReplyProgress::Head, Some(kind)) if url.is_https() => line(&kind.to_string()),
        (ReplyProgress::Head, None) if url.is_https() => line("closed without a reply"),
        // A server that expects TLS closes a plain http connection like this.
        (ReplyProgress::Head, _) => line("closed without a reply; if it speaks TLS, give https://"),
    })
}

/// Converts a failed connection attempt, TLS included.
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

/// Converts a request over an open connection without a complete reply.
pub(super) fn of_http(error: &hyper::Error, stage: ReplyProgress, link: ErrorContext<'_>) -> RequestError {
    if error.is_parse() {
        return RequestError::NotJson(line("a non-HTTP reply"));
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
        ReplyProgress::Body(got, Some(all)) => line(&format!("{got} of {all} bytes received")),
        ReplyProgress::Body(got, None) => line(&format!("{got} bytes received")),
        ReplyProgress::Head => line("closed without a reply"),
    })
}

/// Returns an error and its causes, from the outside in.
fn chain<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |cause| inner(*cause))
}

/// Converts an error status. A 404 is [`RequestError::NotFound`] only in the form that `MaxScale` uses in
/// this dialect.
pub(super) fn of_status(reply: &Reply, dialect: Dialect, with_credentials: bool) -> RequestError {
    let detail = || error_detail(&reply.body);
    if let Some(fault) = &reply.token_fault {
        return fault.clone();
    }
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

/// Converts an error status of a list, which is not about a single session. The 404 of either dialect
/// means that there is no list: the endpoint may use the other dialect.
pub(super) fn of_list_status(reply: &Reply, with_credentials: bool) -> RequestError {
    match of_status(reply, Dialect::JsonApi, with_credentials) {
        RequestError::Unclear404 => of_status(reply, Dialect::Draft, with_credentials),
        fault => fault,
    }
}

/// Converts an error status of a resource that is not a session. Its 404 does not mean that a session is
/// gone.
pub(super) fn of_resource_status(reply: &Reply, missing: &str, with_credentials: bool) -> RequestError {
    match of_status(reply, Dialect::JsonApi, with_credentials) {
        RequestError::NotFound => missing_resource(missing),
        fault => fault,
    }
}

/// Returns the error for a 404 that does not mean that a session is gone.
pub(super) fn missing_resource(detail: &str) -> RequestError {
    RequestError::Status {
        status: 404,
        detail: Some(line(detail)),
    }
}

/// Converts a decoding error.
pub(super) fn of_wire(error: &WireError) -> RequestError {
    match error {
        WireError::NotJson(what) => RequestError::NotJson(line(what)),
        WireError::Shape { .. } | WireError::Broken(_) => RequestError::Malformed(line(&error.to_string())),
        WireError::NoSession { .. } => RequestError::NoSession(line(&error.to_string())),
        WireError::TooManyRows(limit) => RequestError::TooManyRows { limit: *limit },
        WireError::TooMuchMemory(limit) => RequestError::TooMuchMemory { limit: *limit },
    }
}

/// Returns the first cause of a type.
fn cause<E: StdError + 'static>(error: &reqwest::Error) -> Option<&E> {
    causes(error).find_map(|cause| cause.downcast_ref::<E>())
}

/// Returns the last cause: the message of the system or the server.
pub(super) fn root(error: &reqwest::Error) -> &(dyn StdError + 'static) {
    causes(error).last().unwrap_or(error)
}

/// Returns every cause, from the outside in.
fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    std::iter::successors(error.source(), |cause| inner(*cause))
}

/// Returns the error inside an error. The `source` of an I/O error leaves out the error that it was made
/// from, and TLS errors are inside I/O errors.
fn inner<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    }
}

/// Sanitizes a text to one line.
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
