//! Errors of requests to the admin API, each with a cause and a remedy.

use serde::{Deserialize, Serialize};
use std::time::Duration;

use thiserror::Error;

use super::{Text, TlsFault, duration_micros, exact_text, quoted};

/// Why a request to the admin API failed. All text from the server is sanitized.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RequestError {
    /// The host name could not be resolved.
    #[error("no such host: {0}")]
    Resolve(Text),
    /// No process listens on the port.
    #[error("connection refused")]
    Refused,
    /// The connection failed for another cause.
    #[error("cannot connect: {0}")]
    Connect(Text),
    /// The TLS handshake failed.
    #[error("{0}")]
    Tls(Box<TlsFault>),
    /// The reply was not complete in time.
    #[error("timed out after {}", exact_text(*.0))]
    TimedOut(#[serde(with = "duration_micros")] Duration),
    /// The connection was closed before the reply was complete.
    #[error("the reply was cut off: {0}")]
    Cut(Text),
    /// The body is larger than the limit.
    #[error("the reply is larger than {} MB", .limit / 1_000_000)]
    TooLarge {
        /// Limit in bytes.
        limit: usize,
    },
    /// The list has more rows than the limit.
    #[error("the list has more than {limit} rows")]
    TooManyRows {
        /// Limit in rows.
        limit: usize,
    },
    /// The rows of the list take more memory than the limit.
    #[error("the decoded list is larger than {} MB", .limit / 1_000_000)]
    TooMuchMemory {
        /// Limit in bytes.
        limit: usize,
    },
    /// The request was rejected (401 or 403).
    #[error("not allowed ({status}){}", .detail.as_ref().map(|d| format!(": {d}")).unwrap_or_default())]
    NotAllowed {
        /// HTTP status.
        status: u16,
        /// Error message from the server.
        detail: Option<Text>,
        /// Whether credentials were sent.
        with_credentials: bool,
    },
    /// The token that the user has given was rejected (401). The text says when it expires.
    #[error("the token was rejected (401){0}")]
    TokenRejected(Text),
    /// The account may read but not kill: a DELETE was rejected although a GET is accepted. Nothing was done.
    #[error("this account may only read")]
    MayOnlyRead,
    /// The token of a DELETE had expired. Nothing was done.
    #[error("login expired: nothing was done, try again")]
    LoginEnded,
    /// A redirect, which is never followed.
    #[error("redirected to {0}, which is not followed")]
    Redirected(Text),
    /// Any other status that is not a success.
    #[error("status {status}{}", .detail.as_ref().map(|d| format!(": {d}")).unwrap_or_default())]
    Status {
        /// HTTP status.
        status: u16,
        /// Error message from the server.
        detail: Option<Text>,
    },
    /// A 404 in MaxScale's own form, for a resource that must exist.
    #[error("not found (404): no MaxScale admin API there")]
    NotFound,
    /// A 404 that is not in MaxScale's form. It does not prove that a session is gone.
    #[error("not MaxScale's own 404: a gateway or load balancer may have answered")]
    Unclear404,
    /// A body with a content encoding.
    #[error("content encoding {0} was not requested")]
    Encoded(Text),
    /// None of the rows is a session.
    #[error("{0}")]
    NoSession(Text),
    /// The body is not JSON.
    #[error("{0} instead of JSON")]
    NotJson(Text),
    /// The body is JSON of an unexpected form.
    #[error("unexpected JSON: {0}")]
    Malformed(Text),
    /// The check of a DELETE became too old before its first byte was written. Nothing was sent.
    #[error("the check was more than 1 s old: nothing was sent")]
    CheckExpired,
    /// The connection for a DELETE was closed before its first byte. Nothing was sent.
    #[error("the connection was closed before anything was sent")]
    Unsent,
    /// Two process starts were read during one check.
    #[error("two MaxScale processes answered one check")]
    MixedProcesses,
    /// The program exited before the reply arrived.
    #[error("exited before the reply arrived")]
    Abandoned,
    /// The request would change something, but the program is in read-only mode.
    #[error("read-only mode: only GET requests are sent")]
    ReadOnly,
}

/// One line of advice on a request error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remedy(pub &'static str);

impl RequestError {
    /// Returns advice for the user; `None` if there is nothing to do but wait.
    pub fn remedy(&self) -> Option<Remedy> {
        Some(Remedy(match self {
            Self::Resolve(_) => "check the host name given with --endpoint",
            Self::Refused => "is MaxScale running, and is its admin_port this one?",
            Self::Connect(_) => "check the address, the route and the firewall",
            Self::Tls(fault) => return Some(fault.remedy()),
            Self::TimedOut(_) => "raise --timeout, or find out why MaxScale's main thread is busy",
            Self::NotAllowed {
                with_credentials: true,
                ..
            } => "check user and password, and admin_readwrite_hosts",
            Self::NotAllowed { .. } => "give --user, and the password in MAXTOP_PASSWORD or --password-file",
            Self::TokenRejected(_) => "get a new token, and give it by --token-file or MAXTOP_TOKEN",
            Self::MayOnlyRead => {
                "use an account with the permission edit (before 25.10: type admin), from a host in admin_readwrite_hosts"
            }
            Self::Redirected(_) | Self::Unclear404 | Self::Encoded(_) => {
                "give the address of the admin API itself"
            }
            Self::NotFound | Self::NotJson(_) | Self::Malformed(_) | Self::NoSession(_) => {
                "is this MaxScale's admin port? try --dialect, or inspect it with curl"
            }
            Self::TooManyRows { .. } => {
                "is this MaxScale's admin port? a proxy with more sessions needs a larger max-sessions in the file"
            }
            Self::TooMuchMemory { .. } => {
                "is this MaxScale's admin port? a larger list needs a larger max-list-memory in the file"
            }
            Self::Status { status, .. } => return remedy_of_status(*status),
            Self::ReadOnly => "start without --read-only",
            _ => return None,
        }))
    }

    /// Returns the text for a line with other words in it: text from the server comes last and is quoted.
    pub(crate) fn one_line(&self) -> String {
        match self {
            Self::NotAllowed {
                status,
                detail: Some(detail),
                ..
            } => format!("not allowed ({status}): {}", quoted(detail.as_str())),
            Self::Status {
                status,
                detail: Some(detail),
            } => format!("status {status}: {}", quoted(detail.as_str())),
            Self::Redirected(to) => format!("redirected, not followed: {}", quoted(to.as_str())),
            error => error.to_string(),
        }
    }

    /// Whether the server rejected the credentials or the request.
    pub const fn is_not_allowed(&self) -> bool {
        matches!(
            self,
            Self::NotAllowed { .. } | Self::TokenRejected(_) | Self::MayOnlyRead
        )
    }

    /// Whether the server rejected our credentials.
    ///
    /// Must not be retried automatically: MaxScale logs every failure and may lock the account.
    pub const fn is_refused_password(&self) -> bool {
        matches!(
            self,
            Self::NotAllowed {
                with_credentials: true,
                ..
            } | Self::TokenRejected(_)
        )
    }

    /// Whether no reply was received at all.
    pub const fn is_unreachable(&self) -> bool {
        matches!(
            self,
            Self::Resolve(_)
                | Self::Refused
                | Self::Connect(_)
                | Self::Tls(_)
                | Self::TimedOut(_)
                | Self::Cut(_)
        )
    }
}

/// Advice for an HTTP status. For others there is only the message from the server.
const STATUS_REMEDIES: [(u16, &str); 5] = [
    (
        304,
        "a cache may have answered: give the address of the admin API itself",
    ),
    (429, "the endpoint limits requests: raise --interval"),
    (
        502,
        "a gateway replies but MaxScale does not: is it running? or use the admin API's own address",
    ),
    (
        503,
        "MaxScale is busy or stopping, or a gateway has no server: try again, or use the admin API's own address",
    ),
    (
        504,
        "a gateway got no reply from MaxScale: find out why its main thread is busy, or use its own address",
    ),
];

fn remedy_of_status(status: u16) -> Option<Remedy> {
    let known = STATUS_REMEDIES.iter().find(|(known, _)| *known == status);
    known.map(|(_, remedy)| Remedy(remedy))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_with_a_typical_cause_has_a_remedy() {
        let remedy = |status| RequestError::Status { status, detail: None }.remedy();
        for status in [304, 429, 502, 503, 504] {
            assert!(remedy(status).is_some(), "{status}");
        }
        assert_eq!(remedy(500), None);
    }
}
