//! Why an endpoint gave no answer: a named cause, and what a person can do about it.

use std::time::Duration;

use thiserror::Error;

use super::{Text, TlsFault, quoted};

/// A request that brought nothing usable. Every text in it is cleaned.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RequestError {
    /// The name could not be resolved.
    #[error("no such host: {0}")]
    Resolve(Text),
    /// Nobody listens there.
    #[error("connection refused")]
    Refused,
    /// No connection, for another cause.
    #[error("cannot connect: {0}")]
    Connect(Text),
    /// The TLS handshake failed.
    #[error("{0}")]
    Tls(Box<TlsFault>),
    /// The whole reply did not come in time.
    #[error("timed out after {}", humantime::format_duration(*.0))]
    TimedOut(Duration),
    /// The connection ended inside the reply.
    #[error("the reply was cut off: {0}")]
    Cut(Text),
    /// The body is larger than what is read.
    #[error("the reply is larger than {} MB", .limit / 1_000_000)]
    TooLarge {
        /// The cap in bytes.
        limit: usize,
    },
    /// The list has more rows than are kept.
    #[error("the list has more than {limit} rows")]
    TooManyRows {
        /// The cap in rows.
        limit: usize,
    },
    /// The rows of the list take more memory than they may.
    #[error("the decoded list is larger than {} MB", .limit / 1_000_000)]
    TooMuchMemory {
        /// The cap in bytes.
        limit: usize,
    },
    /// A 401 or 403.
    #[error("not allowed ({status}){}", .detail.as_ref().map(|d| format!(": {d}")).unwrap_or_default())]
    NotAllowed {
        /// The status.
        status: u16,
        /// What the server said.
        detail: Option<Text>,
        /// Whether credentials were sent.
        with_credentials: bool,
    },
    /// The account may look, and end nothing: the server refused a DELETE of somebody whom it lets
    /// read. Nothing was done.
    #[error("this account may only read")]
    MayOnlyRead,
    /// The server no longer knew the token that a DELETE came with. Nothing was done.
    #[error("the login had ended before it: nothing was done, try again")]
    LoginEnded,
    /// A redirect; it is never followed.
    #[error("redirected to {0}, which is not followed")]
    Redirected(Text),
    /// Any other status that is no success.
    #[error("status {status}{}", .detail.as_ref().map(|d| format!(": {d}")).unwrap_or_default())]
    Status {
        /// The status.
        status: u16,
        /// What the server said.
        detail: Option<Text>,
    },
    /// A 404 as `MaxScale` sends it, where something must be.
    #[error("not found (404): no MaxScale admin API there")]
    NotFound,
    /// A 404 that `MaxScale` does not send. It is no proof that a session has ended.
    #[error("not MaxScale's own 404: a gateway or load balancer may have answered")]
    Unclear404,
    /// A body with a content encoding.
    #[error("content encoding {0} was not requested")]
    Encoded(Text),
    /// Rows came, and none of them is a session.
    #[error("{0}")]
    NoSession(Text),
    /// The body is no JSON.
    #[error("{0} instead of JSON")]
    NotJson(&'static str),
    /// The body is JSON, but not what was asked for.
    #[error("unexpected JSON: {0}")]
    Malformed(Text),
    /// The check of a DELETE grew too old before its first byte could be written. Nothing was sent.
    #[error("its check was more than 1 s old: nothing was sent")]
    CheckExpired,
    /// The connection that was open for a DELETE was closed before its first byte. Nothing was sent.
    #[error("the connection was closed before anything was sent")]
    Unsent,
    /// Two process starts were read during one check.
    #[error("two MaxScale processes answered one check")]
    MixedProcesses,
    /// The program ended before an answer came.
    #[error("left before that was seen")]
    Abandoned,
    /// The request would change something, and this program only reads.
    #[error("read-only: no request but GET leaves the program")]
    ReadOnly,
}

/// What to try, in one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remedy(pub &'static str);

impl RequestError {
    /// What a person can do about it; nothing where waiting is all there is.
    pub fn remedy(&self) -> Option<Remedy> {
        Some(Remedy(match self {
            Self::Resolve(_) => "check the host name given with --endpoint",
            Self::Refused => "is MaxScale running, and is its admin_port this one?",
            Self::Connect(_) => "check the address, the route and the firewall",
            Self::Tls(fault) => return Some(fault.remedy()),
            Self::TimedOut(_) => "raise --timeout, or see what holds the proxy's main thread",
            Self::NotAllowed {
                with_credentials: true,
                ..
            } => "check user and password, and admin_readwrite_hosts",
            Self::NotAllowed { .. } => "give --user, and the password in MAXTOP_PASSWORD or --password-file",
            Self::MayOnlyRead => "use an account of type admin, from a host in admin_readwrite_hosts",
            Self::Redirected(_) | Self::Unclear404 | Self::Encoded(_) => {
                "give the address of the admin API itself"
            }
            Self::NotFound
            | Self::NotJson(_)
            | Self::Malformed(_)
            | Self::NoSession(_)
            | Self::TooManyRows { .. }
            | Self::TooMuchMemory { .. } => {
                "is this MaxScale's admin port? try --dialect, or inspect it with curl"
            }
            Self::Status { status, .. } => return remedy_of_status(*status),
            Self::ReadOnly => "start without --read-only",
            _ => return None,
        }))
    }

    /// Returns the text of the fault for a line with other words in it: what the server wrote comes
    /// last and is quoted.
    pub fn one_line(&self) -> String {
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
            fault => fault.to_string(),
        }
    }

    /// Whether the server refused who asks, or what they asked for.
    pub const fn is_not_allowed(&self) -> bool {
        matches!(self, Self::NotAllowed { .. } | Self::MayOnlyRead)
    }

    /// Whether the server refused who asks although credentials were sent: it logs each such try,
    /// and may lock the account.
    pub const fn is_refused_password(&self) -> bool {
        matches!(
            self,
            Self::NotAllowed {
                with_credentials: true,
                ..
            }
        )
    }

    /// Whether nothing at all was reached.
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

/// What to try after a status. For others the server's own words are all there is.
const STATUS_REMEDIES: [(u16, &str); 5] = [
    (
        304,
        "a cache may have answered: give the address of the admin API itself",
    ),
    (429, "the endpoint limits requests: raise --interval"),
    (
        502,
        "a gateway answers and MaxScale does not: is it running? or give the admin API's own address",
    ),
    (
        503,
        "MaxScale is busy or stops, or a gateway has no server: try again, or give the admin API's own address",
    ),
    (
        504,
        "a gateway got no answer from MaxScale: see what holds its main thread, or give its own address",
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
    fn a_status_that_has_a_usual_cause_has_a_remedy() {
        let remedy = |status| RequestError::Status { status, detail: None }.remedy();
        for status in [304, 429, 502, 503, 504] {
            assert!(remedy(status).is_some(), "{status}");
        }
        assert_eq!(remedy(500), None);
    }
}
